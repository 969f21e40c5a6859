"""Controlled rounding: every count and total to a multiple of a base, and all sums still right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure.disclosure.printed import (
    Array,
    Published,
    Relation,
    Tables,
    Totals,
    long_table,
    read_tables,
    with_totals,
)
from fodfaeste.measure.disclosure.programme import Infeasible, Programme
from fodfaeste.measure.disclosure.system import System, completed, linear_system
from fodfaeste.measure.result import Method, Note, Result, provenance

STEPS = (1, 2)
"""By how many bases a count may move at first; one is enough for tables of two dimensions (Cox, Ernst 1982)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rounding(Result):
    """Rounded tables; `table` has a row a printed cell: table, a column a dimension (empty in totals), count.

    Attributes
    ----------
    published : Published
        The rounded tables.
    """

    published: Published


def round_counts(
    tables: Tables,
    base: int = 3,
    totals: Totals = "published",
    *,
    relations: Sequence[Relation] = (),
    count: str = "count",
) -> Rounding:
    """Round all counts to multiples of a base, as near as the sums allow.

    Parameters
    ----------
    tables : table, sequence or mapping of tables
        As for `protect`; tables that share cells are rounded together.
    base : int, default 3
        3 or 5 is usual.
    totals : {"published", "hidden"} or names
        Which totals are printed, as for `protect`.
    relations : sequence of (cell, cells)
        Sums that hold between the tables.
    count : str, default "count"
        Name of the column.

    Returns
    -------
    Rounding
        Multiples of the base stay as they are; others go to one of their two neighbours, with the least total distance.
        Where the sums of three dimensions or linked tables do not allow that, counts move further, and a note says so.

    Raises
    ------
    Refused
        If the search takes too long.
    BadInput
        If a count is missing, negative or not whole, or totals are not the sums of their cells.

    References
    ----------
    Cox, Ernst (1982), INFOR 20, 423-432; Hundepool et al. (2012), Statistical Disclosure Control.
    """
    if base < 2:
        raise BadInput(Problem(f"the base {base}", "2 or more", "3 or 5 is usual."))
    whole = [with_totals(table, totals) for table in read_tables(tables, count)]
    system = linear_system(whole, relations)
    true = completed(system)
    rounded, step = _rounded(system, true, base)
    printed = tuple(
        replace(table, cells={label: int(rounded[system.places[k, label]]) for label in table.cells})
        for k, table in enumerate(whole)
    )
    table = long_table(printed).drop("suppressed")
    furthest = int(np.abs(rounded - true)[system.printed].max())
    return Rounding(
        table=table,
        summary={"cells": int(system.printed.sum()), "base": base},
        notes=_notes(base, step, furthest),
        method=Method("Controlled rounding", "Cox, Ernst 1982, INFOR 20, 423-432"),
        params=provenance(table, base=base, totals=totals if isinstance(totals, str) else list(totals)),
        published=Published(printed, tuple(relations)),
    )


def _notes(base: int, step: float, furthest: int) -> tuple[Note, ...]:
    known = Note("rounded", f"Counts are rounded to multiples of {base}; totals are those of the rounded counts.")
    if step == 1:
        return (known,)
    return (known, Note("moved-further", f"The sums moved some counts by up to {furthest}.", "warning"))


def _rounded(system: System, true: Array, base: int) -> tuple[Array, float]:
    for step in STEPS:
        try:
            return base * _nearest(system, true, base, step), step
        except Infeasible:
            continue
    # 0 everywhere keeps all sums right, so some multiples always do.
    return base * _nearest(system, true, base, np.inf), np.inf


def _nearest(system: System, true: Array, base: int, step: float) -> Array:
    """Give each cell's multiple of the base: that below it, and 1 up, further up or down from there."""
    below = np.floor(true / base)
    over = true - base * below
    free = ~system.printed
    further = np.where(free, np.inf, step - 1)
    upper = np.concatenate(
        [np.where((over == 0) & (step == 1), 0.0, 1.0), further, np.minimum(further, below)],
    )
    right = -(system.sums @ below)
    rows = sparse.csr_array(sparse.hstack([system.sums, system.sums, -system.sums]))
    programme = Programme(rows, right, right, np.zeros(len(upper)), upper)
    distance = np.concatenate([base - 2 * over, np.full(2 * len(true), float(base))])
    for column, cost in enumerate(np.where(np.tile(free, 3), 0.0, distance)):
        programme.cost(column, cost)
    found = programme.solve(integers=True)
    assert found is not None  # only what is not printed has no limit, and it costs nothing
    up, more, down = np.round(found[1]).reshape(3, -1)
    return np.asarray(below + up + more - down)
