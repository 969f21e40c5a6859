"""What saving a list writes of people, by the acts of `people.domain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.domain.facts import FACTS, PersonFacts
from fodfaeste.web.people.domain.households import join_household, make_household
from fodfaeste.web.people.domain.parts import add_language, add_occupation
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.importing.candidate import Candidate
from fodfaeste.web.people.importing.looking import Looked, current_memberships
from fodfaeste.web.people.models import Household, Person

Made = list[Any]
"""Rows that were written, in the order in which they were."""


def write_household(
    members: Sequence[Looked], organisation: Organisation, *, workers: Mapping[str, User], by: User
) -> Made:
    """Write who comes together: new persons, and their household, which is a known person's where one is among them.

    Of a known person nothing is changed but that they belong to the household.
    """
    made: Made = []
    known = [one.joins for one in members if one.joins]
    lives = {each.person_id: each.household for each in current_memberships([person.pk for person in known])}
    household = next(iter(lives.values()), None)
    if household is None:
        household = make_household(_name_of(members), by=by)
        made.append(household)
    for one in members:
        assert one.candidate is not None
        person = one.joins
        if person is None:
            person, written = write_person(one.candidate, organisation, workers=workers, by=by)
            made += written
            one.row.person = person
        if person.pk not in lives:
            made.append(_join(household, person, one.candidate, by))
    return made


def write_person(
    candidate: Candidate, organisation: Organisation, *, workers: Mapping[str, User], by: User
) -> tuple[Person, Made]:
    """Write one new person with what the list says of them.

    The municipality is responsible from the takeover, or from today where that is still to come, so that it can
    prepare for them.
    """
    facts = PersonFacts(**{name: getattr(candidate, name) for name in FACTS if hasattr(candidate, name)})
    from_day = min(candidate.takeover_date, timezone.localdate())
    person = register_person(facts, organisation=organisation, by=by, responsible_from=from_day)
    if candidate.case_number:
        _number(person, candidate.case_number)
    if candidate.worker and (worker := workers[candidate.worker]) != by:
        person.responsibilities.update(worker=worker)
    skills = [
        add_language(person, language=one.language, spoken=one.spoken, written=one.written, by=by)
        for one in candidate.languages
    ]
    trades = [
        add_occupation(person, name=one.name, years=one.years, last_year=one.last_year, by=by)
        for one in candidate.occupations
    ]
    return person, [person, *person.responsibilities.all(), *person.residence_spells.all(), *skills, *trades]


def _number(person: Person, case_number: str) -> None:
    """Give a person the case number of the list; another municipality's are out of sight until the database refuses."""
    person.case_number = case_number
    try:
        with transaction.atomic():
            person.save(update_fields=["case_number"])
    except IntegrityError as error:
        todo = _("Sagsnummeret %(number)s er givet til en anden. Ret det, eller lad cellen være tom.")
        raise Refused(todo % {"number": case_number}) from error


def _join(household: Household, person: Person, candidate: Candidate, by: User) -> Any:
    """Let somebody belong to the household from their arrival, or from where another household of theirs ended."""
    ended: list[date] = [each for each in person.households.values_list("end", flat=True) if each]
    start = max([candidate.arrival_date, *ended])
    return join_household(household, person, start=start, relation=candidate.relation, by=by)


def _name_of(members: Sequence[Looked]) -> str:
    first = members[0].candidate
    assert first is not None
    return first.family_name or first.given_name
