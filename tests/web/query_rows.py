"""Rows with which pages are asked whether their queries grow: so many more of everything that a page may list.

A room adds what its pages list::

    @grows
    def _offers(country: Country, numbers: range) -> None:
        Offer.objects.bulk_create(Offer(..., number=number) for number in numbers)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

from django.utils import timezone

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.insight.models import Counted, Edition
from fodfaeste.web.learning.models import Attendance, Enrolment, Step
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    Household,
    HouseholdMember,
    LanguageSkill,
    Need,
    Occupation,
    Person,
    Responsibility,
    Wish,
)
from fodfaeste.web.programme.domain.day import KINDS
from fodfaeste.web.programme.models import (
    Absence,
    Activity,
    Alternative,
    Approval,
    FollowUp,
    JournalNote,
    Plan,
    Programme,
    Slot,
)

from .conftest import TAKEOVER, Country, made_user
from .learning_examples import LATER, association, school

Grow = Callable[[Country, range], None]

GROWS: list[Grow] = []


def grows(grow: Grow) -> Grow:
    """Register what adds rows, once."""
    GROWS.append(grow)
    return grow


def grow(country: Country, numbers: range) -> None:
    """Add rows of everything, one a number."""
    for each in GROWS:
        each(country, numbers)


@grows
def _persons(country: Country, numbers: range) -> None:
    """Persons of the own municipality, each with a programme and something to do today, all in one household."""
    worker, today = country.users[Role.WORKER], timezone.localdate()
    made = Person.objects.bulk_create(
        Person(
            case_number=f"V-{number}",
            given_name=f"Nummer {number}",
            family_name="Eksempel",
            birth_date=TAKEOVER.replace(year=1990),
            sex="female",
            citizenship="SYR",
            arrival_date=TAKEOVER,
            takeover_date=TAKEOVER,
        )
        for number in numbers
    )
    home, _ = Household.objects.get_or_create(name="Et stort hjem")
    Responsibility.objects.bulk_create(
        Responsibility(person=one, organisation=country.own, worker=worker, start=TAKEOVER) for one in made
    )
    HouseholdMember.objects.bulk_create(HouseholdMember(household=home, person=one, start=TAKEOVER) for one in made)
    running = Programme.objects.bulk_create(
        Programme(person=one, organisation=country.own, rule_set="IL-2019", takeover=TAKEOVER, start=TAKEOVER)
        for one in made
    )
    FollowUp.objects.bulk_create(
        FollowUp(programme=one, code=code, words=KINDS[code], due=today + timedelta(days), held_from=TAKEOVER)
        for one in running
        for code, days in (("first_talk", -8), ("plan_talk", 0), ("agreed", 1))
    )


@grows
def _of_the_person(country: Country, numbers: range) -> None:
    """Many of each thing that is known of the person."""
    one, worker, day = country.person, country.users[Role.WORKER], timedelta(days=1)
    JournalNote.objects.bulk_create(
        JournalNote(person=one, organisation=country.own, day=TAKEOVER, text="Et notat", author=worker) for _ in numbers
    )
    LanguageSkill.objects.bulk_create(LanguageSkill(person=one, language=f"x{number}") for number in numbers)
    Occupation.objects.bulk_create(Occupation(person=one, name="butik") for _ in numbers)
    Wish.objects.bulk_create(Wish(person=one, about="work", words="Et ønske", said=TAKEOVER) for _ in numbers)
    Need.objects.bulk_create(Need(person=one, words="Et hensyn", noted=TAKEOVER) for _ in numbers)
    Consent.objects.bulk_create(Consent(person=one, to_what="x", to_whom="y", given=TAKEOVER) for _ in numbers)
    EmploymentSpell.objects.bulk_create(
        EmploymentSpell(
            person=one, kind="traineeship", start=TAKEOVER + number * day, end=TAKEOVER + (number + 1) * day
        )
        for number in numbers
    )
    for programme in Programme.objects.filter(person=one):
        FollowUp.objects.bulk_create(
            FollowUp(programme=programme, code="agreed", words=KINDS["agreed"], due=due, held_from=TAKEOVER)
            for due in (timezone.localdate() + number * day for number in numbers)
        )
        Absence.objects.bulk_create(
            Absence(programme=programme, day=TAKEOVER + (100 + number) * day, reason="illness", noted_by=worker)
            for number in numbers
        )


@grows
def _of_the_office(country: Country, numbers: range) -> None:
    """Colleagues, openings that nobody explains, and rows of a list that is read in."""
    for number in numbers:
        made_user(f"colleague{number}", country.own, Role.WORKER)
    Opening.objects.bulk_create(
        Opening(person=country.person.pk, user=country.stranger, organisation=country.own, page="people:person")
        for _ in numbers
    )
    for held in ImportedList.objects.filter(organisation=country.own):
        ImportedRow.objects.bulk_create(ImportedRow(imported=held, number=1000 + number) for number in numbers)


@grows
def _behind_figures(country: Country, numbers: range) -> None:
    """Persons behind a figure of the own municipality, where one is made."""
    edition = Edition.objects.filter(kind=Edition.Kind.OWN).first()
    if edition is not None:
        behind = Person.objects.filter(case_number__in=[f"V-{number}" for number in numbers])
        Counted.objects.bulk_create(
            Counted(edition=edition, organisation=country.own, person=one, measure="stayed", n=1, events=1)
            for one in behind
        )


@grows
def _at_school(country: Country, numbers: range) -> None:
    """Learners of the own school, with times by their plans and somebody away, and who agreed to be in touch."""
    worker, today = country.users[Role.WORKER], timezone.localdate()
    there, friends = school(), association()
    behind = {f"V-{number}" for number in numbers}
    running = list(Programme.objects.filter(person__case_number__in=behind).select_related("person"))
    plans = Plan.objects.bulk_create(
        Plan(programme=one, number=1, made_by=worker, state="proposed", text_hash="x") for one in running
    )
    activities = Activity.objects.bulk_create(
        Activity(plan=plan, number=1, kind="danish", name="Dansk", place="S", hours_a_week=3, start=TAKEOVER, end=LATER)
        for plan in plans
    )
    Slot.objects.bulk_create(
        Slot(activity=one, weekday=today.isoweekday(), begins=time(8), ends=time(11)) for one in activities
    )
    Alternative.objects.bulk_create(
        Alternative(activity=one, number=number, words="x", chosen=number == 1)
        for one in activities
        for number in (1, 2)
    )
    signed = {"name": "x", "at": timezone.now(), "text_hash": "x", "present": "x", "taken_by": worker}
    Approval.objects.bulk_create(
        Approval(plan=plan, side=side, **signed) for plan in plans for side in Approval.Side.values
    )
    Plan.objects.filter(pk__in=[plan.pk for plan in plans]).update(state="approved", approved_on=TAKEOVER)
    rows = Enrolment.objects.bulk_create(
        Enrolment(person=one.person, organisation=country.own, school=there, start=TAKEOVER, made_by=worker)
        for one in running
    )
    Step.objects.bulk_create(Step(enrolment=row, track="du2", module=3, day=TAKEOVER, by=worker) for row in rows)
    away = Absence.objects.bulk_create(
        Absence(programme=one, day=today, reason="illness", noted_by=worker) for one in running
    )
    Attendance.objects.bulk_create(
        Attendance(
            enrolment=row, day=today, present=False, reason="illness", by=worker, noted=timezone.now(), absence=absence
        )
        for row, absence in zip(rows, away, strict=True)
    )
    Consent.objects.bulk_create(
        Consent(person=one.person, to_what="x", to_whom="y", given=TAKEOVER, organisation=friends) for one in running
    )
    Wish.objects.bulk_create(
        Wish(person=one.person, about="leisure", words="Fodbold", said=TAKEOVER) for one in running
    )


@grows
def _of_one_learner(country: Country, numbers: range) -> None:
    """More days and steps of each that is a learner already."""
    day = timedelta(days=1)
    for row in Enrolment.objects.filter(person__in=[country.person, country.their_person]):
        more = {"by": country.users[Role.WORKER], "noted": timezone.now()}
        Attendance.objects.bulk_create(
            Attendance(enrolment=row, day=TAKEOVER + number * day, present=True, **more) for number in numbers
        )
        Step.objects.bulk_create(
            Step(enrolment=row, track="du1", module=1, day=TAKEOVER + number * day, by=more["by"]) for number in numbers
        )
