"""What the report prints about arrivals, moves and work, in arrays ready to be met.

Where only percentages are printed, whole numbers of persons are found that round to every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.data import report2002
from fodfaeste.data.synthetic.days import Ints
from fodfaeste.data.synthetic.story import NATIONALITIES, STORY

DESTINATIONS: tuple[str, ...] = (
    "rural",
    "small_town",
    "larger_provincial_town",
    "aarhus_odense_aalborg",
    "capital_area",
)
"""The report's names of the kinds, in the order of `municipalities.KINDS`."""

COVERED: tuple[str, ...] = ("rural", "small_town")
"""The kinds that the report covers."""

Count = tuple[int, int]
"""Persons, and those of them who had moved."""


@dataclass(frozen=True, eq=False)
class Arrivals1998:
    """The arrivals of 1998 to one kind: persons and movers, all and by group.

    `nationality` has the shape (2, 8): the stayed and the moved; `groups` is by the report's names, (arrived, moved).
    """

    all: Count
    nationality: Ints
    groups: dict[str, Count]


@dataclass(frozen=True, eq=False)
class Targets:
    """The report's figures by kind (rural, small_town); `named` and `work` by municipality name.

    `known` is arrivals 1995-98 without the missing and how many had moved, `destinations` where the moved lived by
    kind, `limits` the rates between which the municipalities lie that are not listed (shares moved: that of the last
    of the best, that of the first of the worst), `rate_1999` the share moved of the arrivals of 1999, and `in_work`,
    `out_of_work` the shares moved for the whole country, all in per cent as printed.
    """

    known: dict[str, Count]
    destinations: dict[str, Ints]
    named: dict[str, Count]
    limits: dict[str, tuple[float, float]]
    arrivals_1998: dict[str, Arrivals1998]
    rate_1999: dict[str, float]
    work: dict[str, tuple[int, int, int]]
    in_work: float
    out_of_work: float


@cache
def targets() -> Targets:
    """Read them from the report's tables."""
    status = dict(_frame("mover_employment_status").select("employment_status", "moved_pct_published").iter_rows())
    before_after = _frame("move_rate_before_after_1999").filter(pl.col("arrival_cohort") == "1999")
    return Targets(
        known={k: (n, x) for k, n, x in _rows("retention_totals", "kind", "arrived", "moved_away")},
        destinations={kind: _destinations(kind) for kind in COVERED},
        named={m: (n, x) for m, n, x in _rows("retention_1995_98", "municipality", "arrived", "moved_away")},
        limits={kind: _limits(kind) for kind in COVERED},
        arrivals_1998={kind: _arrivals_1998(kind) for kind in COVERED},
        rate_1999=dict(before_after.select("kind", "moved_pct_published").iter_rows()),
        work={
            m: (e, u, o)
            for m, e, u, o in _rows("employment_2000", "municipality", "employed", "unemployed", "outside_labour_force")
        },
        in_work=status["in_work"],
        out_of_work=status["not_in_work"],
    )


def rounds_to(events: int, persons: int, per_cent: float) -> bool:
    """Say whether a share is printed with one decimal as `per_cent`, halves up; in whole numbers, so exactly."""
    return persons > 0 and (2000 * events + persons) // (2 * persons) == round(10 * per_cent)


def nearest_count(persons: int, per_cent: float) -> int:
    """Find how many of `persons` are nearest to a percentage."""
    return int(np.floor(persons * per_cent / 100 + 0.5))


def two_groups(total: Count, first: float, second: float) -> Count:
    """Find the size and the movers of the first of two groups that make up `total` and have these percentages.

    Raises
    ------
    ValueError
        If no whole numbers of persons are printed so.
    """
    persons, moved = total
    wished = persons * (100 * moved / persons - second) / (first - second)
    fitting = [
        (size, part)
        for size in range(1, persons)
        for part in _counts_printed(size, first)
        if rounds_to(moved - part, persons - size, second)
    ]
    if not fitting:
        raise ValueError(f"no two groups of {persons} with {moved} are printed as {first} and {second} per cent")
    return min(fitting, key=lambda found: abs(found[0] - wished))


def three_groups(total: Count, rates: tuple[float, float, float], first_share: float) -> tuple[Count, Count, Count]:
    """Find three groups with these percentages, the first about `first_share` of all.

    Raises
    ------
    ValueError
        If no whole numbers of persons are printed so.
    """
    persons, moved = total
    middle = round(first_share * persons)
    for size in sorted(range(middle - 40, middle + 40), key=lambda tried: abs(tried - middle)):
        for part in _counts_printed(size, rates[0]):
            rest = persons - size, moved - part
            try:
                second = two_groups(rest, rates[1], rates[2])
            except ValueError:
                continue
            return (size, part), second, (rest[0] - second[0], rest[1] - second[1])
    raise ValueError(f"no three groups of {persons} with {moved} are printed as {rates} per cent")


def _counts_printed(size: int, per_cent: float) -> Iterator[int]:
    middle = nearest_count(size, per_cent)
    return (part for part in range(max(0, middle - 1), middle + 2) if rounds_to(part, size, per_cent))


def _frame(name: str) -> pl.DataFrame:
    return report2002.load(name).frame


def _rows(name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    return _frame(name).select(*columns).iter_rows()


def _destinations(kind: str) -> Ints:
    rows = _frame("moves_matrix").filter(pl.col("origin_kind") == kind)
    persons = dict(rows.select("destination_kind", "persons").iter_rows())
    return np.array([persons[name] for name in DESTINATIONS], np.int64)


def _limits(kind: str) -> tuple[float, float]:
    rows = _frame("retention_1995_98").filter(pl.col("kind") == kind)
    rate = rows.with_columns(rate=pl.col("moved_away") / pl.col("arrived"))
    top = rate.filter(pl.col("rank_group") == "top")["rate"].to_list()
    bottom = rate.filter(pl.col("rank_group") == "bottom")["rate"].to_list()
    return max(top), min(bottom)


def _arrivals_1998(kind: str) -> Arrivals1998:
    rows = _frame("moves_by_nationality").filter(pl.col("kind") == kind)
    by_name = {name: (n, x) for name, n, x in rows.select("nationality", "arrived", "moved_away").iter_rows()}
    total: Count = by_name.pop("total")
    arrived, moved = np.array([by_name[name] for name in NATIONALITIES], np.int64).T
    return Arrivals1998(total, np.stack([arrived - moved, moved]), _groups(kind, total))


def _groups(kind: str, total: Count) -> dict[str, Count]:
    rows = _frame("moves_by_group").filter(pl.col("kind") == kind)
    rate = dict(rows.select("group", "moved_pct_published").iter_rows())
    women = two_groups(total, rate["women"], rate["men"])
    married = two_groups(total, rate["married"], rate["unmarried"])
    ages = three_groups(total, (rate["0-17"], rate["18-34"], rate["35+"]), STORY.children_1998)
    return {"women": women, "married": married, **dict(zip(("0-17", "18-34", "35+"), ages, strict=True))}
