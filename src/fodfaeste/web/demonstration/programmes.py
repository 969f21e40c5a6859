"""Programmes of the demonstration country: plans at every stage, follow-ups that were held and some that were not."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import numpy as np

from fodfaeste.plan import add_months
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.demonstration.newcomers import Newcomer
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.evaluations import EVALUATION, Judged, evaluate, goals_to_judge
from fodfaeste.web.programme.domain.files import TEXT, CheckedFile
from fodfaeste.web.programme.domain.follow_ups import record_follow_up
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.plans import approve, propose, write_plan
from fodfaeste.web.programme.domain.programmes import open_programme
from fodfaeste.web.programme.domain.text import ActivityText, GoalText, Offer, PlanText, Time
from fodfaeste.web.programme.models import Approval, GoalEvaluation, Programme

GROWN_UP = 18
FIRST_TALK = timedelta(days=20)
WRITTEN, PROPOSED, APPROVED = 0.9, 0.8, 0.7
"""Shares of programmes whose plan has been written, laid before both sides, and approved."""

WITH_A_FILE = 0.05
"""Share of programmes with a note that has a file beside it."""

EVALUATED, A_WEEK = 0.2, timedelta(days=7)
"""Share of programmes whose first evaluation was to be held a week ago."""

CLASSES = ((time(8, 30), time(12)), (time(9), time(12, 30)), (time(12, 30), time(16)))
"""When classes of the language school are, on three days of the week."""

HELD = 0.85
"""Share of the follow-ups due that were held."""


def begin(
    newcomer: Newcomer, person: Person, office: Organisation, *, by: User, today: date, rng: np.random.Generator
) -> None:
    """Open the programme of somebody grown up who still lives there, and bring it as far as chance has it."""
    start = newcomer.arrival + FIRST_TALK
    if newcomer.left is not None or add_months(newcomer.birth_date, 12 * GROWN_UP) > newcomer.arrival or start > today:
        return
    programme = open_programme(person, by=by, organisation=office, track="integration", start=start)
    far = rng.random()
    if far < WRITTEN:
        text = _text(newcomer, start, rng)
        write_plan(programme, text, by=by)
        if far < PROPOSED:
            plan = propose(programme, by=by)
            for side in Approval.Side.values if far < APPROVED else ():
                name = str(person) if side == Approval.Side.PERSON else by.name
                approve(plan, by=by, side=side, name=name, present=f"{person}, {by.name}, tolk", seen=plan.text_hash)
        if far < EVALUATED:
            _come_to_evaluation(programme, today)
    _hold(programme, by, today, rng)
    if far < WITH_A_FILE:
        _write(programme, by)


def _hold(programme: Programme, by: User, today: date, rng: np.random.Generator) -> None:
    for row in programme.follow_ups.filter(due__lt=today, held=None).order_by("due"):
        if rng.random() < HELD:
            held = min(max(row.due, row.held_from), today)
            note = "Vi talte om, hvordan det går med undervisning og arbejde. (opdigtet)"
            record_follow_up(
                row, by=by, held=held, note=note, today=today, with_interpreter=bool(rng.random() < HELD / 2)
            )
            if row.code == EVALUATION:
                evaluate(row, _judged(programme, rng), by=by)


def _come_to_evaluation(programme: Programme, today: date) -> None:
    """Move the first evaluation to before today: plans are agreed on the day that the country is made."""
    first = programme.follow_ups.filter(code=EVALUATION).order_by("due").first()
    if first is not None:
        first.due, first.held_from = today - A_WEEK, today - 2 * A_WEEK
        first.save(update_fields=["due", "held_from"])


def _judged(programme: Programme, rng: np.random.Generator) -> list[Judged]:
    """Say of each goal how far it was reached."""
    far = GoalEvaluation.Outcome.values
    return [Judged(goal.number, str(rng.choice(far)), "(opdigtet)") for goal in goals_to_judge(programme)]


def _write(programme: Programme, by: User) -> None:
    """Write a note that has a file beside it and words to be found by."""
    add_note(
        programme.person,
        by=by,
        organisation=programme.organisation,
        day=programme.start,
        kind="phone",
        text="Sprogcenteret har plads på dagholdet, og bussen passer. (opdigtet)",
        tags=("transport", "dansk"),
        files=(CheckedFile("svar-fra-sprogcenteret.txt", TEXT, "Der er plads på dagholdet. (opdigtet)\n".encode()),),
    )


def _text(newcomer: Newcomer, start: date, rng: np.random.Generator) -> PlanText:
    end = add_months(start, 36)
    chosen_on = start
    begins, ends = CLASSES[newcomer.household % len(CLASSES)]
    lessons = tuple(Time(day, begins, ends) for day in (1, 2, 3))
    afternoons = tuple(Time(day, time(8, 0), time(15, 0)) for day in (4, 5))
    trade = newcomer.trade or "butik"
    goals = (
        GoalText(f"Jeg vil arbejde med {trade} og tjene mine egne penge.", own_words=True),
        GoalText("Bestå modultest i dansk inden for et år."),
    )
    school = ActivityText(
        kind="danish",
        name="Dansk på sprogcenteret",
        place="Sprogcenter Fælled",
        hours_a_week=Decimal("10.5"),
        start=start,
        end=end,
        offers=(Offer("Dagundervisning tre dage"), Offer("Aftenhold to gange om ugen")),
        chosen=0,
        chosen_on=chosen_on,
        with_interpreter=True,
        times=lessons,
    )
    work = ActivityText(
        kind="traineeship",
        name=f"Praktik: {trade}",
        place="Virksomhed i byen (opdigtet)",
        hours_a_week=Decimal(14),
        start=add_months(start, 1),
        end=add_months(start, 4),
        offers=(Offer(f"Praktik: {trade}"), Offer("Praktik: lager", real=bool(rng.random() < HELD))),
        chosen=0,
        chosen_on=chosen_on,
        why_no_choice="Den anden virksomhed havde ingen plads.",
        times=afternoons,
    )
    plan = PlanText()
    for goal in goals:
        plan = plan.with_goal(goal)
    return plan.with_activity(school).with_activity(work)
