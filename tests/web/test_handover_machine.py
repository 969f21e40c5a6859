"""No sequence of offers, answers, stops and closings leaves a case without a worker on a day, or with two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import close_account, end_role
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK, Kind, Role
from fodfaeste.web.handover.domain.handovers import (
    accept,
    begin_handover,
    cancel_handover,
    give_back,
    offer,
    offer_rest,
    tell,
)
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in, end_stand_in
from fodfaeste.web.handover.models import HandedCase, Handover, StandIn
from fodfaeste.web.people.models import Person

from .conftest import TAKEOVER, made_person, made_user
from .handover_examples import workers_on

WHO = st.sampled_from(["a", "b", "c", "leader", "administrator"])
WORKERS = st.sampled_from(["a", "b", "c"])
WHICH = st.integers(0, 2)


class Handovers(RuleBasedStateMachine):
    """Three workers, a leader and an administrator do anything with three cases, in any order."""

    @initialize()
    def begin(self) -> None:
        self.office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Egenby", code="901")
        roles = dict.fromkeys("abc", Role.WORKER) | {"leader": Role.LEADER, "administrator": Role.ADMINISTRATOR}
        self.users: dict[str, User] = {name: made_user(name, self.office, role) for name, role in roles.items()}
        self.persons: list[Person] = [made_person(f"P{n}", self.users["a"], self.office) for n in range(3)]
        self.refused = 0

    def attempt(self, act: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                act()
        except Refused:
            self.refused += 1

    def handovers(self) -> list[Handover]:
        return list(Handover.objects.all())

    @rule(worker=WORKERS, by=WHO)
    def begin_one(self, worker: str, by: str) -> None:
        leaves = timezone.localdate() + timedelta(days=3)
        self.attempt(lambda: begin_handover(self.users[worker], self.office, leaves=leaves, by=self.users[by]))

    @rule(which=WHICH, by=WORKERS)
    def tell_and_offer(self, which: int, by: str) -> None:
        for handover in self.handovers():
            person = self.persons[which]
            self.attempt(lambda: tell(handover, person, told="Linje", by=self.users[by]))  # noqa: B023 - at once
            for to in "abc":
                self.attempt(lambda: offer(handover, [person], receiver=self.users[to], by=self.users[by]))  # noqa: B023

    @rule(to=WORKERS, by=WHO)
    def offer_what_is_left(self, to: str, by: str) -> None:
        for handover in self.handovers():
            self.attempt(lambda: offer_rest(handover, receiver=self.users[to], told="Syg", by=self.users[by]))  # noqa: B023

    @rule(by=WORKERS)
    def accept_all(self, by: str) -> None:
        for case in HandedCase.objects.all():
            self.attempt(lambda: accept(case, by=self.users[by]))  # noqa: B023

    @rule(which=WHICH, by=WORKERS)
    def return_one(self, which: int, by: str) -> None:
        for case in HandedCase.objects.filter(person=self.persons[which]):
            self.attempt(lambda: give_back(case, reason="Nej", by=self.users[by]))  # noqa: B023

    @rule(by=WHO)
    def stop(self, by: str) -> None:
        for handover in self.handovers():
            self.attempt(lambda: cancel_handover(handover, by=self.users[by]))  # noqa: B023

    @rule(absent=WORKERS, stand_in=WORKERS, by=WHO)
    def stand_in(self, absent: str, stand_in: str, by: str) -> None:
        today = timezone.localdate()
        self.attempt(
            lambda: arrange_stand_in(
                self.users[absent],
                self.office,
                stand_in=self.users[stand_in],
                start=today,
                end=today + timedelta(days=2),
                urgent="Alt",
                by=self.users[by],
            )
        )

    @rule(by=WHO)
    def end_stand_ins(self, by: str) -> None:
        for found in StandIn.objects.all():
            self.attempt(lambda: end_stand_in(found, day=timezone.localdate(), by=self.users[by]))  # noqa: B023

    @rule(worker=WORKERS, closes=st.booleans())
    def leave(self, worker: str, closes: bool) -> None:
        administrator = self.users["administrator"]
        if closes:
            self.attempt(lambda: close_account(self.users[worker], self.office, by=administrator))
            return
        for held in Membership.objects.filter(user=self.users[worker]):
            self.attempt(lambda: end_role(held, timezone.localdate(), by=administrator))  # noqa: B023

    @invariant()
    def every_case_has_one_worker_every_day(self) -> None:
        today = timezone.localdate()
        for person in getattr(self, "persons", []):
            for day in (TAKEOVER, today - timedelta(days=1), today, today + timedelta(days=400)):
                assert len(workers_on(person, day)) == 1, (person, day)

    @invariant()
    def who_has_a_case_has_a_role(self) -> None:
        today = timezone.localdate()
        working = set(
            Membership.objects.on(today).filter(role__in=CASEWORK, user__is_active=True).values_list("user", flat=True)
        )
        for person in getattr(self, "persons", []):
            assert workers_on(person, today)[0].pk in working

    @invariant()
    def offers_hang_on_handovers_that_run_or_are_answered(self) -> None:
        open_ = HandedCase.objects.filter(state="offered").exclude(handover__closed=None)
        assert not open_.exists()


class Rolled(Handovers):
    """The same, and what each example did is taken back after it."""

    def __init__(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        super().__init__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)


@pytest.mark.django_db
def test_no_case_is_without_a_worker_or_has_two() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Rolled, settings=settings(max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=checks)
    )
