"""Households: who belongs to them from when to when, and who of the family is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.models import Household, HouseholdMember, Person


def make_household(name: str, *, by: User) -> Household:
    """Make a household with nobody in it yet."""
    with change(by):
        return Household.objects.create(name=name)


def name_household(household: Household, *, name: str, version: int, by: User) -> Household:
    """Call a household something else."""
    with change(by):
        return save(household, version, {"name": name})


def join_household(
    household: Household, person: Person, *, start: date, relation: str = "", by: User
) -> HouseholdMember:
    """Let a person belong to a household from a day on; who belongs to another has to leave it first."""
    with change(by):
        return HouseholdMember.objects.create(household=household, person=person, relation=relation, start=start)


def leave_household(member: HouseholdMember, *, end: date, version: int, by: User) -> HouseholdMember:
    """Let a person belong to a household no longer; `end` is the first day without them."""
    with change(by):
        return save(member, version, {"end": end})


def expect_family(
    household: Household, facts: PersonFacts, *, relation: str, day: date, organisation: Organisation, by: User
) -> HouseholdMember:
    """Register somebody who is to come to their family, and when, so that housing can fit then.

    The municipality is responsible from today, because it prepares; arrival and takeover are the expected day, and no
    stay is written down before they have come.
    """
    today = timezone.localdate()
    if day <= today:
        raise Refused(_("Den ventede dag skal ligge i fremtiden. Er familien kommet, så opret personen i stedet."))
    expected = replace(facts, permit="family", arrival_date=day, takeover_date=day)
    with change(by):
        person = register_person(expected, organisation=organisation, by=by, responsible_from=today)
        return join_household(household, person, start=day, relation=relation, by=by)


def expect_on(member: HouseholdMember, *, day: date, version: int, by: User) -> HouseholdMember:
    """Move the day on which somebody is expected, who has not come yet."""
    today = timezone.localdate()
    if member.start <= today:
        raise Refused(_("Personen er kommet: den ventede dag kan ikke flyttes."))
    if day <= today:
        raise Refused(_("Den ventede dag skal ligge i fremtiden."))
    with change(by):
        moved = save(member, version, {"start": day})
        person = member.person
        save(person, person.version, {"arrival_date": day, "takeover_date": day})
        return moved
