"""What is expected of the plan, each outcome by itself, and what households give up for one another."""

from __future__ import annotations

from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Table, Text
from fodfaeste.report.place.facts import Households, OutcomeSum
from fodfaeste.report.place.shared import base_placed, column, outcome_name, sentence, value
from fodfaeste.report.words import Words


def points(sums: tuple[OutcomeSum, ...], w: Words) -> tuple[str, ...]:
    """Say what is expected, an outcome a sentence, with its label."""
    return tuple(_point(one, w) for one in sums)


def _point(one: OutcomeSum, w: Words) -> str:
    told = {
        "name": sentence(outcome_name(one.name, w)),
        "total": value(one.total, w),
        "per": value(one.per_household, w),
    }
    if one.low is None or one.high is None:
        return w("summary.outcome_unsure", **told)
    return w("summary.outcome", **told, low=value(one.low, w), high=value(one.high, w))


def tell(plan: Plan, sums: tuple[OutcomeSum, ...], looked: Households | None, w: Words) -> tuple[Block, ...]:
    """Show the sums, and how many are proposed their own best place."""
    if not sums:
        return (Text(w("outcomes.none")),)
    return Text(w("outcomes.intro")), _table(plan, sums, w), *_own_best(plan, looked, w)


def _table(plan: Plan, sums: tuple[OutcomeSum, ...], w: Words) -> Table:
    rows = tuple(
        (outcome_name(one.name, w), one.weight, one.total, one.low, one.high, one.per_household) for one in sums
    )
    heads = (
        column("outcome", w),
        column("weight", w, "number", 2),
        column("total", w, "number", 2),
        column("low", w, "number", 2),
        column("high", w, "number", 2),
        column("per_household", w, "number", 3),
    )
    note = w("outcomes.note") if any(one.low is not None for one in sums) else w("outcomes.note_unsure")
    title = f"{w('outcomes.table')} ({w('label')})"
    return Table("outcomes", title, heads, rows, base_placed(plan, w), note)


def _own_best(plan: Plan, looked: Households | None, w: Words) -> tuple[Text, ...]:
    if looked is None or not plan.placed.any():
        return ()
    given = looked.given_up[plan.placed]
    at_best = given <= 1e-9
    others = float(given[~at_best].mean()) if (~at_best).any() else 0.0
    told = {"best": w.count(int(at_best.sum())), "placed": w.count(given.size), "given": value(others, w)}
    return (Text(w("outcomes.own_best", **told)),)
