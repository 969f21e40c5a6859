"""No sequence of acts leads where nobody may be: every act either refuses in words or leaves all of it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.follow_ups import EARLY, record_follow_up, refresh
from fodfaeste.web.programme.domain.plans import approve, change, latest, propose, write_plan
from fodfaeste.web.programme.domain.programmes import close_programme, open_programme, set_needs
from fodfaeste.web.programme.domain.text import ENOUGH, PlanText, text_of
from fodfaeste.web.programme.models import Approval, FollowUp, Plan, Programme
from fodfaeste.web.workplace.domain import agreements, answers
from fodfaeste.web.workplace.domain.text import text_of as agreement_text_of
from fodfaeste.web.workplace.models import Agreement, Answer

from .conftest import TAKEOVER, made_person, made_user
from .programme_examples import DANISH, GOALS, WORK
from .workplace_examples import ACTIVITY, AT_WORK, FACTS

HOURS = st.sampled_from(["5", "15", "37"])
ACTIVITIES = st.sampled_from(
    [
        DANISH,
        WORK,
        AT_WORK,
        replace(AT_WORK, times=AT_WORK.times[:2]),
        replace(DANISH, offers=DANISH.offers[:1]),
        replace(DANISH, offers=()),
        replace(WORK, offers=WORK.offers[1:], chosen=None, wish=""),
        replace(WORK, offers=WORK.offers[1:], chosen=0, why_no_choice="Kun ét sted"),
    ]
)
DAYS = st.integers(-40, 1200)


class Programmes(RuleBasedStateMachine):
    """Anybody of the office does anything, in any order."""

    @initialize()
    def begin(self) -> None:
        own = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Egenby", code="901")
        self.worker = made_user("worker", own, Role.WORKER)
        person = made_person("Prøve", self.worker, own)
        self.programme: Programme = open_programme(
            person, by=self.worker, organisation=own, track="integration", start=TAKEOVER
        )
        self.seen: dict[int, str] = {}
        self.refusals: list[str] = []

    def attempt(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as refusal:
            self.refusals.append(str(refusal))
        self.programme = Programme.objects.get(pk=self.programme.pk)

    # Acts

    @rule(hours=HOURS, activity=ACTIVITIES)
    def write_activity(self, hours: str, activity: object) -> None:
        one = replace(activity, hours_a_week=Decimal(hours))  # type: ignore[type-var]
        text = text_of(latest(self.programme))
        known = any(part.number == one.number for part in text.activities)
        written = text.with_activity(one if known else replace(one, number=0))
        self.attempt(lambda: write_plan(self.programme, written, by=self.worker))

    @rule(goals=st.sampled_from([GOALS, GOALS[:1], ()]))
    def write_goals(self, goals: tuple[object, ...]) -> None:
        text = PlanText(goals, text_of(latest(self.programme)).activities)  # type: ignore[arg-type]
        self.attempt(lambda: write_plan(self.programme, text, by=self.worker))

    @rule()
    def take_out(self) -> None:
        text = text_of(latest(self.programme)).without_activity(2)
        self.attempt(lambda: write_plan(self.programme, text, by=self.worker))

    @rule()
    def propose(self) -> None:
        self.attempt(lambda: propose(self.programme, by=self.worker))

    @rule()
    def change(self) -> None:
        self.attempt(lambda: change(self.programme, by=self.worker))

    @rule(side=st.sampled_from(Approval.Side.values), back=st.integers(0, 1), stale=st.booleans())
    def approve(self, side: str, back: int, stale: bool) -> None:
        plans = self.programme.plans.order_by("-number")
        plan = plans[min(back, len(plans) - 1)]
        seen = "0" * 64 if stale else plan.text_hash
        self.attempt(lambda: approve(plan, by=self.worker, side=side, name="Prøve", present="Tolk", seen=seen))

    @rule(sides=st.lists(st.sampled_from(Approval.Side.values), unique=True))
    def agree(self, sides: list[str]) -> None:
        """A whole plan, laid before the two in the room, and signed by some."""
        self.attempt(lambda: write_plan(self.programme, PlanText(GOALS, (DANISH, WORK)), by=self.worker))
        self.propose()
        for side in sides:
            self.approve(side, 0, False)

    @rule()
    def approve_both(self) -> None:
        for side in Approval.Side.values:
            self.approve(side, 0, False)

    @rule(which=st.integers(0, 30), late=st.integers(-12, 12), ago=st.integers(-1, 3))
    def hold(self, which: int, late: int, ago: int) -> None:
        rows = list(self.programme.follow_ups.all())
        row = rows[which % len(rows)]
        held = row.due + timedelta(days=late)
        today = held + timedelta(days=ago)
        self.attempt(lambda: record_follow_up(row, by=self.worker, held=held, note="Talt.", today=today))

    @rule(today=DAYS)
    def refresh(self, today: int) -> None:
        self.attempt(lambda: refresh(self.programme, today=TAKEOVER + timedelta(days=today)))

    @rule(hours=st.none() | st.integers(0, 37))
    def agree_hours(self, hours: int | None) -> None:
        self.attempt(
            lambda: set_needs(
                self.programme,
                by=self.worker,
                home="Hjem",
                travel_minutes=120,
                school_days_in_row=None,
                needs_childcare=False,
                agreed_hours=None if hours is None else Decimal(hours),
            )
        )

    @rule(tasks=st.sampled_from(["Slibe", "Male", ""]), stale=st.booleans())
    def write_agreement(self, tasks: str, stale: bool) -> None:
        row = agreements.current(self.programme, ACTIVITY)
        seen = "0" if stale else "" if row is None else agreement_text_of(row).fingerprint
        facts = replace(FACTS, tasks=tasks)
        self.attempt(lambda: agreements.write(self.programme, ACTIVITY, facts, by=self.worker, seen=seen))

    @rule()
    def send_agreement(self) -> None:
        row = agreements.current(self.programme, ACTIVITY)
        if row is not None:
            self.attempt(lambda: agreements.send(row, by=self.worker))

    @rule(side=st.sampled_from(Answer.Side.values), yes=st.booleans(), stale=st.booleans())
    def answer(self, side: str, yes: bool, stale: bool) -> None:
        row = agreements.current(self.programme, ACTIVITY)
        if row is not None:
            self.attempt(lambda: self.say(row, side, yes, "0" * 64 if stale else row.text_hash))

    def say(self, row: Agreement, side: str, yes: bool, seen: str) -> None:
        """A side says yes, or what does not fit; the office says yes alone."""
        said = {"name": "Prøve"} if yes else {"words": "Ikke torsdag"}
        if side == "workplace":
            answers.answer_as_workplace(row, viewer=Viewer(agreement=row.pk), link=1, seen=seen, **said)
        elif side == "person" and not yes:
            me = Viewer(person=row.person_id)
            answers.answer_oneself(row, viewer=me, link=1, seen=seen, **said)
        else:
            answers.approve(row, by=self.worker, side=side, name="Prøve", present="Tolk", seen=seen)

    @rule(sides=st.lists(st.sampled_from(Answer.Side.values), unique=True))
    def agree_on_work(self, sides: list[str]) -> None:
        """A whole agreement, laid before the three, and approved by some."""
        self.attempt(lambda: write_plan(self.programme, PlanText(GOALS, (DANISH, AT_WORK)), by=self.worker))
        self.write_agreement("Slibe", False)
        self.send_agreement()
        for side in sides:
            self.answer(side, True, False)

    @rule(sure=st.integers(0, 4))
    def call_agreement_off(self, sure: int) -> None:
        row = agreements.current(self.programme, ACTIVITY)
        if row is not None and not sure:
            self.attempt(lambda: agreements.call_off(row, by=self.worker))

    @rule(days=st.integers(-5, 100))
    def close(self, days: int) -> None:
        # Seldom enough that most programmes live on.
        if days > 90:
            self.attempt(lambda: close_programme(self.programme, by=self.worker, end=TAKEOVER + timedelta(days=days)))

    # What always holds

    @invariant()
    def what_was_approved_says_what_it_said(self) -> None:
        for plan in Plan.objects.filter(state__in=Plan.LOCKED):
            said = text_of(plan).fingerprint
            assert said == plan.text_hash
            assert self.seen.setdefault(plan.pk, said) == said

    @invariant()
    def one_plan_holds_and_one_is_in_the_making(self) -> None:
        states = list(Plan.objects.order_by("number").values_list("state", flat=True))
        assert states.count("approved") <= 1
        assert sum(state in Plan.OPEN for state in states) <= 1
        assert all(state == "superseded" for state in states[:-2])

    @invariant()
    def what_is_approved_was_approved_by_both(self) -> None:
        for plan in Plan.objects.exclude(state="draft"):
            signed = plan.approvals.filter(lifted=None)
            assert {one.text_hash for one in signed} <= {plan.text_hash}
            assert (signed.count() == 2) == plan.locked
        assert not Approval.objects.filter(lifted=None, plan__state="draft").exists()

    @invariant()
    def an_agreement_is_ready_with_three_approvals_of_what_it_says_and_never_without(self) -> None:
        for row in Agreement.objects.all():
            live = row.answers.filter(lifted=None)
            signed = {one.side for one in live if one.approves and one.text_hash == row.text_hash}
            assert (row.state == "ready") == (signed == set(Answer.Side.values))
            if row.laid_before:
                assert agreement_text_of(row).fingerprint == row.text_hash
                assert {one.text_hash for one in live} <= {row.text_hash}
            else:
                assert not live

    @invariant()
    def an_agreement_says_what_the_plan_says(self) -> None:
        work = {one.number: one for one in agreements.work_in(text_of(latest(self.programme)))}
        for row in Agreement.objects.exclude(state="off"):
            one, text = work[row.activity], agreement_text_of(row)
            assert (text.times, text.hours_a_week, text.place) == (one.times, one.hours_a_week, one.place)

    @invariant()
    def what_is_approved_had_alternatives(self) -> None:
        for plan in Plan.objects.filter(state__in=Plan.LOCKED):
            for one in text_of(plan).activities:
                assert len(one.offers) >= ENOUGH
                assert sum(offer.real for offer in one.offers) >= ENOUGH or one.why_no_choice
                assert one.chosen is not None or one.wish

    @invariant()
    def nothing_was_held_long_before_its_day(self) -> None:
        for row in FollowUp.objects.exclude(held=None):
            assert row.code == "first_talk" or row.held >= row.due - EARLY
            assert row.held_by == self.worker
            assert row.note

    @invariant()
    def who_is_refused_is_told_why(self) -> None:
        assert all(self.refusals)

    @invariant()
    def no_follow_up_is_there_twice(self) -> None:
        rows = list(FollowUp.objects.values_list("code", "due"))
        assert len(rows) == len(set(rows))


class TakenBack(Programmes):
    """A run in a transaction that is taken back when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)


def test_no_sequence_of_acts_leads_to_a_forbidden_state(db: None) -> None:
    run_state_machine_as_test(
        TakenBack, settings=settings(max_examples=20, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    )
