"""Persons: registering them, and changing what is known of them."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.domain.case_numbers import new_case_number
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.domain.facts import PersonFacts, values_of
from fodfaeste.web.people.models import Person, ResidenceSpell, Responsibility


def register_person(
    facts: PersonFacts, *, organisation: Organisation, by: User, responsible_from: date | None = None
) -> Person:
    """Register a person: a case number, who is responsible from the takeover on, and where they live from arrival on.

    Parameters
    ----------
    organisation : Organisation
        The municipality that takes over; who registers is the responsible worker until somebody else is.
    responsible_from : date, optional
        The first day of its responsibility, where it is another one than the takeover.

    Raises
    ------
    Refused
        Where a rule is broken, in words.
    """
    check_days(facts)
    with change(by):
        person = Person.objects.create(case_number=_free_case_number(), **values_of(facts))
        Responsibility.objects.create(
            person=person, organisation=organisation, worker=by, start=responsible_from or facts.takeover_date
        )
        if organisation.code and facts.arrival_date <= timezone.localdate():
            ResidenceSpell.objects.create(person=person, municipality=organisation.code, start=facts.arrival_date)
    return person


def change_person(person: Person, facts: PersonFacts, *, version: int, by: User) -> Person:
    """Change what is known of a person, if it is still what it was in a version.

    Raises
    ------
    Clash
        Where another has changed it since; nothing is saved.
    Refused
        Where a rule is broken, in words.
    """
    check_days(facts)
    merged = " ".join(" ".join([gone.given_name, gone.family_name]) for gone in person.merged.all())
    with change(by):
        return save(person, version, values_of(facts, also_found_by=merged))


def check_days(facts: PersonFacts) -> None:
    """Refuse days that cannot come in their order: birth, arrival, takeover."""
    if facts.birth_date > timezone.localdate():
        raise Refused(_("Fødselsdatoen ligger i fremtiden."))
    if facts.arrival_date < facts.birth_date:
        raise Refused(_("Personen kan ikke være ankommet før fødslen."))
    if facts.takeover_date < facts.birth_date:
        raise Refused(_("Kommunen kan ikke have overtaget personen før fødslen."))


def _free_case_number() -> str:
    number = new_case_number()
    while Person.objects.filter(case_number=number).exists():
        number = new_case_number()
    return number
