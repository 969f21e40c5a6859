"""Each household: proposal, value, its own best place, and what would come next. Identifiers only, never names."""

from __future__ import annotations

import numpy as np

from fodfaeste.place import NOWHERE, Plan
from fodfaeste.report.document import Block, Cell, Column, Table, Text
from fodfaeste.report.place.facts import Households
from fodfaeste.report.place.shared import base, column, said
from fodfaeste.report.words import DASH, Words

SHOWN = 500
"""Households that the page lists."""

IN_WORKBOOK = 20_000
"""Households that the workbook lists."""


def tell(plan: Plan, looked: Households | None, w: Words) -> tuple[Block, ...]:
    """List the households; many of them in the workbook only."""
    many = len(plan.problem.households)
    heads = _heads(plan, looked is not None, w)
    rows = tuple(_row(plan, looked, i, w) for i in range(min(many, IN_WORKBOOK)))
    title, note = w("households.table"), w("households.note") if looked else ""
    capped = f"{note} {w('households.capped', shown=w.count(SHOWN), n=w.count(many))}".strip()
    page = Table("households", title, heads, rows[:SHOWN], base(plan, w), capped if many > SHOWN else note, long=True)
    more = Table("households_more", title, heads, rows, base(plan, w), note, workbook_only=True)
    return Text(w("households.intro")), page, *((more,) if many > SHOWN else ())


def _heads(plan: Plan, looked: bool, w: Words) -> tuple[Column, ...]:
    heads = [column("household", w), column("persons", w, "count"), column("proposed", w)]
    heads += [column("wish", w, "count")] if plan.problem.wishes is not None else []
    if looked:
        heads += [
            column("value", w, "number", 3),
            column("own_best", w),
            column("own_best_value", w, "number", 3),
            column("given_up", w, "number", 3),
            column("alternatives", w),
        ]
    return tuple(heads)


def _row(plan: Plan, looked: Households | None, i: int, w: Words) -> tuple[Cell, ...]:
    problem, place = plan.problem, int(plan.place[i])
    proposed = problem.places[place] if place != NOWHERE else f"{DASH} ({said('reason', plan.reasons[i], w)})"
    row: list[Cell] = [problem.households[i], int(problem.persons[i]), proposed]
    if problem.wishes is not None:
        rank = int(problem.wishes.rank[i, place]) if place != NOWHERE else 0
        row.append(rank or None)
    if looked is None:
        return tuple(row)
    following = [problem.places[j] for j in looked.following[i].tolist() if j != NOWHERE]
    best = int(looked.best[i])
    return (
        *row,
        _number(looked.value[i]),
        problem.places[best] if best != NOWHERE else DASH,
        _number(looked.best_value[i]),
        _number(looked.given_up[i]),
        ", ".join(following) or DASH,
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
