"""Whatever is allowed, in whatever order: nobody sees a neighbour's person, and no office is without administrator.

Hypothesis walks through what administrators can do (take people on, give and end roles, close accounts, cooperate, make
links) and what happens to cases meanwhile (they are given on within the office, or to the other municipality), day by
day. After each act two things hold, and they hold on later days too, when nobody does anything any more.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain import organisations, roles
from fodfaeste.web.accounts.domain.taking_on import accept, has_been_here, take_on
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import CooperationOffer, Invitation, Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK, Kind, Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.models import Person, Responsibility

from .conftest import made_person, made_user

SOME = st.integers(0, 99)
"""Which of what there is: the number is taken round."""
DAYS = st.integers(-1, 4)
LATER = (0, 2, 30)
SLOW = [HealthCheck.too_slow]


def one_of(rows: list, number: int):  # type: ignore[no-untyped-def, type-arg]
    return rows[number % len(rows)]


class Offices(RuleBasedStateMachine):
    """Two municipalities and who works there."""

    today = date(2026, 3, 2)

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.undone = ExitStack()
        self.undone.enter_context(transaction.atomic())
        self.undone.callback(transaction.set_rollback, True)
        self.undone.enter_context(mock.patch.object(timezone, "localdate", side_effect=lambda *_: self.today))

    def teardown(self) -> None:
        self.undone.close()

    @initialize()
    def two_municipalities(self) -> None:
        for number, name in enumerate(("Egenby", "Nabo")):
            office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name=name, code=str(901 + number))
            made_user(f"administrator-{number}", office, Role.ADMINISTRATOR)
            worker = made_user(f"worker-{number}", office, Role.WORKER)
            made_person(f"P{number}", worker, office)

    def users(self) -> list[User]:
        return list(User.objects.order_by("pk"))

    def somebody(self, number: int, office: Organisation) -> User:
        """Three times of four one of the office's administrators, otherwise anybody: most acts are to be allowed."""
        held = Membership.objects.on(self.today).filter(organisation=office, role=Role.ADMINISTRATOR).order_by("pk")
        return one_of([one.user for one in held] if number % 4 else self.users(), number // 4)

    def offices(self) -> list[Organisation]:
        return list(Organisation.objects.order_by("pk"))

    @rule(office=SOME, who=SOME, role=st.sampled_from(Role), by=SOME, start=DAYS, days=st.none() | st.integers(0, 3))
    def give_a_role(self, office: int, who: int, role: Role, by: int, start: int, days: int | None) -> None:
        place = one_of(self.offices(), office)
        first = self.today + timedelta(days=start)
        end = None if days is None else first + timedelta(days=days)
        with suppress(Refused):
            roles.give_role(one_of(self.users(), who), place, role, first, end, by=self.somebody(by, place))

    @rule(office=SOME, who=SOME, by=SOME, role=st.sampled_from(Role))
    def take_on(self, office: int, who: int, by: int, role: Role) -> None:
        """Somebody new, or somebody who has an account already, wherever."""
        place = one_of(self.offices(), office)
        emails = [f"new-{self.made}@example.invalid", *(user.email for user in self.users())]
        self.made += 1
        with suppress(Refused):
            email, by_whom = one_of(emails, who), self.somebody(by, place)
            taken = take_on(email, "Ny", place, role=role, start=self.today, by=by_whom)
            assert (taken.invitation is None) == has_been_here(taken.user, place)

    @rule(which=SOME, who=SOME)
    def say_yes(self, which: int, who: int) -> None:
        """Whoever has an invitation's link says yes, the one whom it is for or anybody else."""
        if found := list(Invitation.objects.order_by("pk")):
            row, somebody = one_of(found, which), one_of(self.users(), who)
            with suppress(Refused):
                assert accept(row, by=somebody).user == row.user

    @rule(which=SOME, by=SOME, days=DAYS)
    def end_a_role(self, which: int, by: int, days: int) -> None:
        held = one_of(list(Membership.objects.order_by("pk")), which)
        with suppress(Refused):
            roles.end_role(held, self.today + timedelta(days=days), by=self.somebody(by, held.organisation))

    @rule(which=SOME, by=SOME)
    def close_an_account(self, which: int, by: int) -> None:
        held = one_of(list(Membership.objects.order_by("pk")), which)
        with suppress(Refused):
            roles.close_account(held.user, held.organisation, by=self.somebody(by, held.organisation))

    @rule(which=SOME, by=SOME)
    def make_a_link(self, which: int, by: int) -> None:
        """Who is given a link to somebody's account sees no more by it than they could give themselves."""
        held = one_of(list(Membership.objects.order_by("pk")), which)
        with suppress(Refused):
            roles.new_password_link(held.user, held.organisation, by=self.somebody(by, held.organisation))
            running = Membership.objects.filter(user=held.user).exclude(end__lte=self.today)
            assert set(running.values_list("organisation", flat=True)) <= {held.organisation_id}

    @rule(one=SOME, other=SOME, by=SOME)
    def offer_cooperation(self, one: int, other: int, by: int) -> None:
        sender, receiver = one_of(self.offices(), one), one_of(self.offices(), other)
        with suppress(Refused):
            organisations.offer_cooperation(sender, receiver, by=self.somebody(by, sender))

    @rule(which=SOME, by=SOME)
    def accept_cooperation(self, which: int, by: int) -> None:
        if offers := list(CooperationOffer.objects.order_by("pk")):
            offer = one_of(offers, which)
            with suppress(Refused):
                organisations.accept_cooperation(offer, by=self.somebody(by, offer.receiver))

    @rule(which=SOME, to=SOME)
    def give_a_case_on(self, which: int, to: int) -> None:
        """To somebody who works with persons today, in the same municipality or the other: from today, and for good."""
        held = one_of(list(Responsibility.objects.filter(end=None).order_by("pk")), which)
        workers = Membership.objects.on(self.today).filter(role__in=CASEWORK, user__is_active=True).order_by("pk")
        if not workers or held.start >= self.today:
            return
        new = one_of(list(workers), to)
        Responsibility.objects.filter(pk=held.pk).update(end=self.today)
        Responsibility.objects.create(
            person=held.person, organisation=new.organisation, worker=new.user, start=self.today
        )

    @rule(days=st.integers(1, 3))
    def days_go_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def nobody_sees_another_municipalitys_person(self) -> None:
        now = self.today
        for later in LATER:
            self.today = now + timedelta(days=later)
            for user in self.users():
                self.sees_only_the_own(user)
        self.today = now

    def sees_only_the_own(self, user: User) -> None:
        viewer = viewer_of(user, self.today)
        works_in = set(
            Membership.objects.on(self.today)
            .filter(user=user, role__in=CASEWORK)
            .values_list("organisation", flat=True)
        )
        for person in visible(viewer, Person):
            held = [one for one in person.responsibilities.all() if one.end is None or one.end > self.today]
            assert {one.organisation_id for one in held if one.start <= self.today} & works_in
            assert user.is_active

    @invariant()
    def no_office_is_without_administrator(self) -> None:
        for later in LATER:
            day = self.today + timedelta(days=later)
            held = Membership.objects.on(day).filter(role=Role.ADMINISTRATOR, user__is_active=True)
            assert {one.organisation_id for one in held} == {office.pk for office in self.offices()}

    @invariant()
    def nobody_leaves_their_cases(self) -> None:
        for held in Responsibility.objects.filter(end=None).select_related("worker"):
            assert held.worker.is_active


def walk(examples: int, steps: int) -> None:
    drawn = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=SLOW)
    run_state_machine_as_test(Offices, settings=drawn)


@pytest.mark.django_db
def test_whatever_is_allowed_in_whatever_order() -> None:
    walk(examples=8, steps=16)


@pytest.mark.long
@pytest.mark.django_db
def test_the_same_for_longer() -> None:
    walk(examples=150, steps=40)
