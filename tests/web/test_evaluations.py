"""The plan is evaluated: at the follow-up of the rule set, goal by goal, kept as it was said, on page and in letter."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.evaluations import EVALUATION, Judged, evaluate
from fodfaeste.web.programme.domain.programmes import close_programme
from fodfaeste.web.programme.letter import Said, content_of
from fodfaeste.web.programme.models import FollowUp, GoalEvaluation, Programme

from .conftest import Country, signed_in
from .programme_examples import PLAN, agreed, longer, opened

HELD = {"held": "2024-09-03", "text": "Vi så på målene.", "language": "da"}
SAID = {"outcome_1": "partly", "why_1": "Han er i praktik.", "outcome_2": "reached", "outcome_3": "not"}


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def programme(country: Country, worker: User) -> Programme:
    found = opened(country)
    agreed(found, worker)
    return found


@pytest.fixture
def follow_up(programme: Programme) -> FollowUp:
    """The first evaluation of the plan that the rules have made, with its day moved to before today."""
    row = programme.follow_ups.filter(code=EVALUATION).order_by("due").first()
    assert row is not None, "the rule set asks for evaluations"
    FollowUp.objects.filter(pk=row.pk).update(due=date(2024, 9, 3), held_from=date(2024, 8, 27))
    row.refresh_from_db()
    return row


def talk(page: Client, country: Country, row: FollowUp, **said: str) -> object:
    return page.post(f"/program/{country.person.pk}/samtale/", HELD | {"follow_up": str(row.pk)} | said, follow=True)


def test_a_plan_that_is_agreed_is_evaluated_at_the_interval_of_the_rule_set(programme: Programme) -> None:
    days = list(programme.follow_ups.filter(code=EVALUATION).order_by("due").values_list("due", flat=True))
    assert len(days) > 1
    apart = [(later - earlier).days for earlier, later in pairwise(days)]
    assert max(apart) <= 366


def test_a_talk_that_evaluates_says_how_far_each_goal_was_reached(
    country: Country, worker: User, follow_up: FollowUp
) -> None:
    page = signed_in(worker)
    asked = page.get(f"/program/{country.person.pk}/samtale/?opfoelgning={follow_up.pk}")
    assert "Mål 1: Jeg vil arbejde med træ igen" in asked.text
    assert "Mål 2: Jeg vil tale med mine naboer" in asked.text
    answer = talk(page, country, follow_up, **SAID)
    rows = {one.goal.number: one for one in GoalEvaluation.objects.select_related("goal")}
    assert {number: (one.outcome, one.words) for number, one in rows.items()} == {
        1: ("partly", "Han er i praktik."),
        2: ("reached", ""),
        3: ("not", ""),
    }
    said = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())  # type: ignore[attr-defined]
    assert "Evalueret 3. september 2024: delvist nået – Han er i praktik." in said
    assert str(rows[2]) == f"{rows[2].goal}: nået"


def test_a_goal_that_is_left_out_is_named_and_nothing_is_written(
    country: Country, worker: User, follow_up: FollowUp
) -> None:
    said = {name: value for name, value in SAID.items() if name not in {"outcome_1", "outcome_3"}}
    answer = talk(signed_in(worker), country, follow_up, **said)
    assert "det mangler for mål 1, 3." in answer.text  # type: ignore[attr-defined]
    follow_up.refresh_from_db()
    assert follow_up.held is None
    assert not GoalEvaluation.objects.exists()


def test_other_talks_judge_nothing(country: Country, worker: User, follow_up: FollowUp) -> None:
    other = follow_up.programme.follow_ups.exclude(code=EVALUATION).order_by("due").first()
    assert other is not None
    FollowUp.objects.filter(pk=other.pk).update(
        due=date(2024, 9, 3), held_from=date(2024, 8, 27), held=None, held_by=None
    )
    talk(signed_in(worker), country, other, **SAID)
    other.refresh_from_db()
    assert other.held == date(2024, 9, 3)
    assert not GoalEvaluation.objects.exists()


def test_without_an_evaluation_that_can_be_held_nobody_is_asked(country: Country, worker: User) -> None:
    today = timezone.localdate()
    programme = opened(country)
    agreed(programme, worker)
    programme.follow_ups.filter(code=EVALUATION).update(due=F("due") + timedelta(3650), held_from=today + timedelta(80))
    assert "Mål 1: Jeg" not in signed_in(worker).get(f"/program/{country.person.pk}/samtale/").text


def test_what_was_said_follows_the_goal_into_the_next_version_and_its_letter(
    country: Country, worker: User, follow_up: FollowUp
) -> None:
    page = signed_in(worker)
    talk(page, country, follow_up, **SAID)
    first = follow_up.programme.plans.get(number=1)
    second = agreed(follow_up.programme, worker, longer(PLAN, 12))
    for plan in (first, second):
        goals = content_of(plan, Said("en"), on=date(2024, 9, 4))["goals"]["items"]
        assert goals[0]["evaluated"] == [
            [
                "Evalueret 3. september 2024: delvist nået. Han er i praktik.",
                "Evaluated 3 September 2024: partly reached. Han er i praktik.",
            ]
        ]
    assert "delvist nået" in page.get(f"/program/{country.person.pk}/").text


def test_an_evaluation_is_written_once(country: Country, worker: User, follow_up: FollowUp) -> None:
    judged = [Judged(number, "reached") for number in (1, 2, 3)]
    evaluate(follow_up, judged, by=worker)
    with pytest.raises(Refused, match="allerede evalueret"):
        evaluate(follow_up, judged, by=worker)
    for act in (lambda: GoalEvaluation.objects.update(outcome="not"), GoalEvaluation.objects.all().delete):
        with pytest.raises(IntegrityError, match="an_evaluation_stays"), transaction.atomic():
            act()
    close_programme(follow_up.programme, by=worker, end=timezone.localdate())
    GoalEvaluation.objects.all().delete()


def test_nobody_else_evaluates(country: Country, follow_up: FollowUp) -> None:
    with pytest.raises(Refused, match="hører ikke til din kommune"):
        evaluate(follow_up, [], by=country.stranger)


def test_the_letter_is_set_with_evaluations(country: Country, worker: User, follow_up: FollowUp) -> None:
    page = signed_in(worker)
    talk(page, country, follow_up, **SAID)
    answer = page.get(f"/program/{country.person.pk}/plan/brev/1.pdf?sprog=uk")
    assert answer.getvalue().startswith(b"%PDF")  # type: ignore[attr-defined]
