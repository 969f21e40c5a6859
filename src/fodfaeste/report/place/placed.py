"""Who has a place and who has not: counts by size, and every household without one with its reason."""

from __future__ import annotations

from collections import Counter

import numpy as np

from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Table, Text
from fodfaeste.report.place.shared import base, column, listing, said
from fodfaeste.report.words import Words

LARGEST = 6
"""Households of this size and larger are one row."""

SHOWN = 200
"""Households without a place that are listed."""


def point(plan: Plan, w: Words) -> str:
    """Say how many are without a place, by reason."""
    counted = Counter(reason for reason in plan.reasons if reason)
    if not counted:
        return w("summary.all_placed")
    told = [
        w("summary.unplaced_one", reason=said("reason", reason, w))
        if n == 1
        else w("summary.unplaced_reason", n=w.count(n), reason=said("reason", reason, w))
        for reason, n in counted.most_common()
    ]
    return w("summary.unplaced", reasons=listing(told, w))


def tell(plan: Plan, w: Words) -> tuple[Block, ...]:
    """Show the counts, and who is without."""
    problem = plan.problem
    without = np.flatnonzero(~plan.placed)
    households = w.count(len(problem.households))
    if not without.size:
        return Text(w("placed.intro_all", households=households)), _sizes(plan, w)
    intro = w(
        "placed.intro",
        without=w.count(without.size),
        households=households,
        persons=w.count(problem.persons[without].sum()),
    )
    return Text(intro), _unplaced(plan, without, w), _sizes(plan, w)


def _unplaced(plan: Plan, without: np.ndarray, w: Words) -> Table:
    problem = plan.problem
    rows = tuple(
        (problem.households[i], int(problem.persons[i]), said("reason", plan.reasons[i], w))
        for i in without[:SHOWN].tolist()
    )
    note = w("placed.capped", shown=w.count(SHOWN), n=w.count(without.size)) if without.size > SHOWN else ""
    heads = column("household", w), column("persons", w, "count"), column("reason", w)
    long = without.size > 20
    return Table("unplaced", w("placed.unplaced"), heads, rows, base(plan, w), note, long=long)


def _sizes(plan: Plan, w: Words) -> Table:
    size = np.minimum(plan.problem.persons, LARGEST)
    rows = []
    for persons in np.unique(size).tolist():
        mine = size == persons
        label = w("placed.sizes_or_more", size=persons) if persons == LARGEST else w.count(persons)
        placed = int(plan.placed[mine].sum())
        rows.append((label, int(mine.sum()), placed, placed / int(mine.sum())))
    heads = (
        column("size", w),
        column("households", w, "count"),
        column("placed", w, "count"),
        column("share_placed", w, "percent", 1),
    )
    return Table("sizes", w("placed.sizes"), heads, tuple(rows), base(plan, w))
