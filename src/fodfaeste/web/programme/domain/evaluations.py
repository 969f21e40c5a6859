"""How far each goal of the plan was reached: said at the follow-up that evaluates it, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.programme.domain.plans import holding
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import FollowUp, Goal, GoalEvaluation, Programme
from fodfaeste.web.programme.permissions import refuse_strangers

EVALUATION = "plan_evaluation"
"""The follow-up that the rules make for it."""


@dataclass(frozen=True)
class Judged:
    """What is said of one goal: the number that it has in all versions, how far it was reached, and why."""

    number: int
    outcome: str
    words: str = ""


def goals_to_judge(programme: Programme) -> Sequence[Goal]:
    """Give the goals of the plan that holds."""
    plan = holding(programme)
    return [] if plan is None else list(plan.goals.all())


@transaction.atomic
def evaluate(follow_up: FollowUp, judged: Iterable[Judged], *, by: User) -> None:
    """Write down how far the goals of the plan that holds were reached.

    Raises
    ------
    Refused
        If a goal is left out, or was judged at this follow-up before.
    """
    programme = follow_up.programme
    refuse_strangers(by, programme.person)
    said = {one.number: one for one in judged}
    goals = goals_to_judge(programme)
    missing = [str(goal.number) for goal in goals if goal.number not in said]
    if missing:
        raise Refused(_("Sig om hvert mål, hvor langt det er nået; det mangler for mål %(goals)s.") % _listed(missing))
    rows = [
        GoalEvaluation(follow_up=follow_up, goal=goal, outcome=one.outcome, words=one.words.strip(), by=by)
        for goal in goals
        for one in [said[goal.number]]
    ]
    with in_words(_("Planen er allerede evalueret ved den samtale.")):
        GoalEvaluation.objects.bulk_create(rows)


def evaluations_of(rows: Iterable[GoalEvaluation]) -> Mapping[int, list[GoalEvaluation]]:
    """Give evaluations by the number of their goal, the newest first."""
    found: dict[int, list[GoalEvaluation]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.pk), reverse=True):
        found.setdefault(row.goal.number, []).append(row)
    return found


def _listed(numbers: Sequence[str]) -> dict[str, str]:
    return {"goals": ", ".join(numbers)}
