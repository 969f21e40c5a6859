"""Protect tables that are to be printed, and audit tables that are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Wrong
from fodfaeste.measure.disclosure.insiders import hidden_from_insiders, own_counts
from fodfaeste.measure.disclosure.printed import (
    Array,
    Flags,
    Kind,
    PrintedTable,
    Published,
    Relation,
    Tables,
    Totals,
    long_table,
    read_tables,
    with_totals,
)
from fodfaeste.measure.disclosure.programme import Attacker
from fodfaeste.measure.disclosure.suppression import Pattern, Problem, suppress
from fodfaeste.measure.disclosure.system import System, completed, linear_system
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data

_REFERENCE = (
    "Fischetti, Salazar 2001, Manage. Sci. 47, 1008-1027; Hundepool et al. 2012, Statistical Disclosure Control"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Protection(Result):
    """Tables that may be printed.

    `table` has a row a printed cell: table, a column a dimension (empty in totals), count (empty where suppressed) and
    suppressed. Nothing in `table`, `summary` and `params` tells the suppressed counts, nor which of them are small.

    Attributes
    ----------
    published : Published
        The tables as they may be printed, for `audit` and for the audit of later releases. It also remembers which
        cells are small, which is for the office alone: an attacker who has that knows more.
    """

    published: Published


@dataclass(frozen=True, eq=False, kw_only=True)
class Audit(Result):
    """What an attacker can find out.

    `table` has a row a printed cell: table, a column a dimension, count, suppressed, lower, upper, width (what the cell
    can be, empty where there is no limit), protected and flag ("published", "protected", "narrow" or "recomputed").
    """

    @property
    def safe(self) -> bool:
        """Whether all cells are protected."""
        return bool(self.table["protected"].all())


def protect(
    tables: Tables,
    threshold: int = 5,
    protection: Kind = "width",
    totals: Totals = "published",
    cost: Literal["count", "sum"] = "count",
    *,
    zeros: bool = False,
    relations: Sequence[Relation] = (),
    insiders: Mapping[str, Mapping[str, Data]] | None = None,
    count: str = "count",
    exact_up_to: int = 10_000,
) -> Protection:
    """Suppress small counts, and as few others as keep them from being found by subtraction.

    Parameters
    ----------
    tables : table, sequence or mapping of tables
        In long form: a column a dimension, and `count`. Rows with an empty category are totals, which have to agree
        with their cells. Tables that are printed together are given together: they share the cells that have the same
        categories, and all count the same people; where they do not, a column with one category (such as population:
        "arrived 1998") tells them apart. Rates become tables with `rate_table`.
    threshold : int, default 5
        Counts above 0 and below it are small. Totals are counts too.
    protection : {"width", "exact"}
        What an attacker may still know of a small count: an interval of `threshold` or more from end to end, or
        ("exact") anything but the count itself.
    totals : {"published", "hidden"} or names
        Which totals are printed: all, none but those in the tables, or in each table the sums over those of the named
        dimensions that it has. They are taken from all counts, never from what is left.
    cost : {"count", "sum"}
        Whether to suppress few cells or few people beyond the small ones.
    zeros : bool, default False
        Whether 0 is small too. If not, 0 is always printed, because readers often know where nobody can be.
    relations : sequence of (cell, cells)
        Sums that hold between the tables, each cell as a mapping of dimension to category.
    insiders : mapping of name to mapping of table to table, optional
        Readers whose own people are in the tables and who know their counts: for each, those counts under the names of
        the tables, in the same long form without totals. What is left when they subtract their own is protected
        likewise: small counts of all others, and of each other.
    count : str, default "count"
        Name of the column.
    exact_up_to : int, default 10 000
        With more cells that could be suppressed only the heuristic runs.

    Raises
    ------
    Refused
        If the search takes too long.
    BadInput
        If a count is missing, negative or not whole, a total is not the sum of its cells, tables contradict each
        other, or an insider has more people in a cell than there are.

    References
    ----------
    Fischetti, Salazar (2001), Manage. Sci. 47, 1008-1027; Hundepool et al. (2012), Statistical Disclosure Control.
    """
    _check(threshold, protection)
    if cost not in {"count", "sum"}:
        raise UnknownName("no cost", cost, ["count", "sum"])
    given = read_tables(tables, count)
    known = sorted({name for table in given for name in table.dimensions})
    for name in sorted(set(() if isinstance(totals, str) else totals) - set(known)):
        raise UnknownName("no dimension", name, known)
    whole = [with_totals(table, totals) for table in given]
    system = linear_system(whole, relations)
    true = completed(system)
    small = system.printed & (true < threshold) & ((true > 0) | zeros)
    problem = Problem(
        sums=system.sums,
        true=true,
        small=small,
        candidates=system.printed & ~small & (true > 0),
        unprinted=~system.printed,
        cost=_costs(true, system.total, cost),
        need=threshold if protection == "width" else 1,
        hidden=np.zeros_like(small),
    )
    pattern = suppress(problem, exact_up_to)
    own = {name: own_counts(told, whole, system, count) for name, told in (insiders or {}).items()}
    suppressed, exposed = hidden_from_insiders(problem, pattern.suppressed, own, (threshold, zeros), exact_up_to)
    further = {"suppressed_for_insiders": int((suppressed & ~pattern.suppressed).sum())}
    printed = tuple(_without(table, k, system, suppressed) for k, table in enumerate(whole))
    hidden = frozenset(
        (table.name, label) for k, table in enumerate(whole) for label in table.cells if small[system.places[k, label]]
    )
    published = Published(printed, tuple(relations), threshold, protection, zeros, hidden)
    table = long_table(printed)
    return Protection(
        table=table,
        summary={
            "cells": int(system.printed.sum()),
            "suppressed": int(suppressed.sum()),
            "gap": 1 - pattern.bound / pattern.cost if pattern.cost else 0.0,
            **({**further, "exposed_to_insiders": exposed} if insiders else {}),
        },
        notes=_notes(pattern, suppressed, system),
        method=Method("Cell suppression", _REFERENCE),
        # The fingerprint is that of what is printed: one of all counts would let an attacker try out the hidden ones.
        params=provenance(
            table,
            threshold=threshold,
            protection=protection,
            totals=totals if isinstance(totals, str) else list(totals),
            cost=cost,
            zeros=zeros,
            exact_up_to=exact_up_to,
        ),
        published=published,
    )


def audit(
    published: Published | Tables,
    earlier: Published | Tables | None = None,
    *,
    threshold: int | None = None,
    protection: Kind | None = None,
    zeros: bool | None = None,
    relations: Sequence[Relation] = (),
    count: str = "count",
) -> Audit:
    """Attack printed tables: the least and the greatest count that each suppressed cell can have.

    Parameters
    ----------
    published : Published, or table, sequence or mapping of tables
        In long form: an empty count is a suppressed cell, an empty category a total; totals without a row are not
        printed, and other cells without one are taken as empty (nobody).
    earlier : Published or tables, optional
        What is out already: both are attacked together, since one may tell what the other suppresses.
    threshold, protection, zeros : optional
        As in `protect`; by default those of `published`, or 5, "width" and False.
    relations : sequence of (cell, cells)
        Sums that hold beside those inside each table.
    count : str, default "count"
        Name of the column.

    Raises
    ------
    BadInput
        If the printed figures contradict each other.
    Refused
        If the search takes too long.

    Notes
    -----
    A cell counts as protected if its interval is wide enough, or shows that the count is not small. Of tables that
    `protect` made, it is known which suppressed cells are not small; of others, any may be.

    References
    ----------
    Fischetti, Salazar (2001), Manage. Sci. 47, 1008-1027; Hundepool et al. (2012), Statistical Disclosure Control.
    """
    now = _as_published(published, count)
    before = _as_published(earlier, count) if earlier is not None else Published(())
    now = replace(
        now,
        threshold=now.threshold if threshold is None else threshold,
        protection=now.protection if protection is None else protection,
        zeros=now.zeros if zeros is None else zeros,
    )
    _check(now.threshold, now.protection)
    renamed = tuple(replace(table, name=f"earlier {table.name}") for table in before.tables)
    tables = (*now.tables, *renamed)
    system = linear_system(tables, (*now.relations, *before.relations, *relations))
    lower, upper = _attacked(system)
    maybe = _maybe_small((now, before), system)
    rows = [system.places[k, label] for k, table in enumerate(tables) for label in table.cells]
    table = _judged(long_table(tables), lower[rows], upper[rows], maybe[rows], now)
    exposed = table.filter(~pl.col("protected")).height
    return Audit(
        table=table,
        summary={
            "cells": table.height,
            "suppressed": int(table["suppressed"].sum()),
            "exposed": exposed,
            "recomputed": int((table["flag"] == "recomputed").sum()),
        },
        notes=(Note("exposed", f"{exposed} cells are not protected.", "warning"),) if exposed else (),
        method=Method("Attacker's intervals by linear and integer programming", _REFERENCE),
        params=provenance(
            table.select(pl.exclude("lower", "upper", "width", "protected", "flag")),
            threshold=now.threshold,
            protection=now.protection,
            zeros=now.zeros,
        ),
    )


def _check(threshold: int, protection: str) -> None:
    if protection not in {"width", "exact"}:
        raise UnknownName("no protection", protection, ["width", "exact"])
    if threshold < 2:
        raise BadInput(Wrong(f"the threshold {threshold}", "2 or more", "With 5, counts of 1 to 4 are small."))


def _costs(true: Array, total: Flags, cost: str) -> Array:
    own = np.ones_like(true) if cost == "count" else np.maximum(true, 1.0)
    # A total is given up only where no choice of other cells will do, whatever these cost together.
    return np.where(total, own + 1 + own[~total].sum(), own)


def _without(table: PrintedTable, position: int, system: System, suppressed: Flags) -> PrintedTable:
    cells = {
        label: None if suppressed[system.places[position, label]] else value for label, value in table.cells.items()
    }
    return replace(table, cells=cells)


def _notes(pattern: Pattern, suppressed: Flags, system: System) -> tuple[Note, ...]:
    notes = []
    given_up = int((suppressed & system.total).sum())
    if given_up:
        notes.append(Note("totals-suppressed", f"{given_up} totals are suppressed too.", "warning"))
    if pattern.bound < pattern.cost:
        gap = 1 - pattern.bound / pattern.cost
        notes.append(
            Note("not-optimal", f"A heuristic chose the cells; the best choice costs at most {gap:.1%} less.", "info")
        )
    return tuple(notes)


def _as_published(given: Published | Tables, count: str) -> Published:
    return given if isinstance(given, Published) else Published(read_tables(given, count))


def _attacked(system: System) -> tuple[Array, Array]:
    attacker = Attacker(system.sums, system.values)
    attacker.check()
    lower, upper = system.values.copy(), system.values.copy()
    for cell in np.flatnonzero(np.isnan(system.values) & system.printed):
        lower[cell], upper[cell], _, _ = attacker.interval(int(cell))
    return lower, upper


def _maybe_small(releases: Sequence[Published], system: System) -> Flags:
    """Mark the cells that may be small for all that their table tells; one made by hand does not tell."""
    maybe = ~np.isnan(system.values)
    tables = [(release, table) for release in releases for table in release.tables]
    for position, (release, table) in enumerate(tables):
        for label, value in table.cells.items():
            if value is None and (release.small is None or (table.name, label) in release.small):
                maybe[system.places[position, label]] = True
    return maybe


def _judged(table: pl.DataFrame, lower: Array, upper: Array, maybe: Flags, rule: Published) -> pl.DataFrame:
    need = rule.threshold if rule.protection == "width" else 1
    width = upper - lower
    harmless = ~maybe | (lower >= rule.threshold) | ((upper == 0) & (not rule.zeros))
    suppressed = table["suppressed"].to_numpy()
    flag = np.select(
        [~suppressed, width == 0, width < need], ["published", "recomputed", "narrow"], default="protected"
    )
    limits = {name: _whole_or_empty(side) for name, side in (("lower", lower), ("upper", upper), ("width", width))}
    return table.with_columns(
        **limits, protected=pl.Series((width >= need) | harmless), flag=pl.Series(flag.astype(str).tolist())
    )


def _whole_or_empty(values: Array) -> pl.Series:
    return pl.Series([int(value) if np.isfinite(value) else None for value in values], dtype=pl.Int64)
