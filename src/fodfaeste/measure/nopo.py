"""Two groups compared where each has people like the other's, and apart where one has none of a kind."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.two_groups import ONE_BY_ONE, TwoGroups, errors, shares, two_groups, with_intervals
from fodfaeste.tables import Data

NOPO = Method(
    "Ñopo decomposition (exact matching)",
    "Ñopo (2008), Rev. Econ. Stat. 90, 290-299; errors by the delta method",
)
LISTED = 20

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class NopoResult(Result):
    """A difference in four parts.

    Attributes
    ----------
    parts : polars.DataFrame
        One row a part: fold ("difference", "four-fold"), unit ("D0", "DX", "DA", "DB"), estimate, se, lower, upper,
        level, z, p_value, share (of the difference; empty where that is 0), note (what it is). The four add up.
    """

    parts: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Side:
    """One group by cell: people `n`, mean outcome `m` (0 where nobody is), sum of squares around it `ss`."""

    n: Array
    m: Array
    ss: Array
    common: NDArray[np.bool_]

    @property
    def total(self) -> float:
        return float(self.n.sum())

    @property
    def matched(self) -> float:
        return float(self.n[self.common].sum())

    @property
    def mean(self) -> float:
        return float(self.n @ self.m / self.total)

    @property
    def matched_mean(self) -> float:
        return float(self.n @ (self.m * self.common) / self.matched)

    @property
    def weight(self) -> Array:
        """Shares of the cells among the matched."""
        return np.asarray(self.n * self.common / self.matched)


def nopo(
    data: Data,
    outcome: str,
    covariates: Sequence[str],
    group: str,
    *,
    groups: Sequence[Hashable] | None = None,
    count: str | None = None,
    level: float = 0.95,
) -> NopoResult:
    """Split the difference between the means of two groups in four, without comparing people whom one group has not.

    People are matched on all covariates exactly. With A the first group and B the second, D = D0 + DX + DA + DB.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    outcome : str
        Column of numbers, or of true and false.
    covariates : sequence of str
        Columns to match on. A number is matched on its value: give bands where its values are many.
    group : str
        Column that tells the groups apart.
    groups : sequence of two values, optional
        The first and the second group. By default the two that there are, sorted.
    count : str, optional
        Column with the number of persons of each row.
    level : float, default 0.95
        Two-sided level of the intervals.

    Returns
    -------
    NopoResult
        `parts`: D; D0, the difference in means among the matched, over B's cells (level); DX, what their different
        shares of the cells come to at A's means (composition); DA, the mean of all of A less that of its matched; DB,
        the mean of B's matched less that of all of B. `table`: one row a cell with unit, n_first, n_second, mean_first,
        mean_second (empty where nobody is), D0 and DX of the cell, method, flag ("matched", "only" and a group), note.
        `summary`: first, second, n_first, n_second, mean_first, mean_second, difference, D0, DX, DA, DB,
        matched_first, matched_second (shares of the people), cells, cells_matched.

    Raises
    ------
    Refused
        If no cell has people of both groups.
    BadInput
        If there are not two groups, or the outcome is not a number.
    UnknownName
        If a column or a group is not there.

    Notes
    -----
    Delta method with multinomial shares of cells and outcomes as they vary in each; which cells both groups have is
    taken as given. A cell with one person shows no variation, so many of those make the errors too small: a note says
    how many. Where all cells are matched, DA and DB are 0, D0 is Kitagawa's rates at B's shares, and DX the rest.

    References
    ----------
    Ñopo (2008), Rev. Econ. Stat. 90, 290-299.
    """
    level = one_level(level)
    persons = two_groups(data, outcome, covariates, group, groups=groups, count=count)
    cells, code = _cells(persons)
    one, two = _sides(persons, code, cells.height)
    names = _named(cells)
    if not one.common.any():
        raise Refused(
            f"No cell of {', '.join(covariates)} has people of both {persons.names[0]} and {persons.names[1]}, so "
            f"nobody can be compared ({_listed(names)}). Match on fewer covariates, or in wider bands."
        )
    estimate = _parts(one, two)
    columns = with_intervals(estimate, errors(_variances(one, two), persons), level)
    parts = pl.DataFrame({"fold": ["difference"] + ["four-fold"] * 4, "unit": UNITS, **columns})
    parts = parts.with_columns(share=shares(estimate), note=pl.Series(_meanings(*persons.names)))
    return NopoResult(
        table=_table(names, one, two, persons.names),
        summary={
            "first": persons.names[0],
            "second": persons.names[1],
            "n_first": persons.size(0),
            "n_second": persons.size(1),
            "mean_first": one.mean,
            "mean_second": two.mean,
            "difference": float(estimate[0]),
            **dict(zip(UNITS[1:], estimate[1:].tolist(), strict=True)),
            "matched_first": one.matched / one.total,
            "matched_second": two.matched / two.total,
            "cells": cells.height,
            "cells_matched": int(one.common.sum()),
        },
        notes=(*persons.notes, *_notes(names, one, two, persons.names), ONE_BY_ONE),
        method=NOPO,
        params=provenance(
            persons.data,
            outcome=outcome,
            covariates=list(covariates),
            group=group,
            groups=list(persons.names),
            count=count,
            level=level,
        ),
        parts=parts,
    )


UNITS = ["D", "D0", "DX", "DA", "DB"]


def _meanings(first: str, second: str) -> list[str]:
    return [
        f"{first} minus {second}",
        f"level: matched people of {first} and {second} in the same cells, counted as {second}'s are",
        f"composition: the matched are spread over the cells in other shares, at {first}'s means",
        f"people of {first} of whom {second} has none",
        f"people of {second} of whom {first} has none",
    ]


def _cells(persons: TwoGroups) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Give the combinations of covariates that occur, sorted, and which of them each row has."""
    covariates = persons.covariates
    names = covariates.columns
    cells = covariates.unique().sort(names)
    numbered = cells.select(pl.struct(names).alias("cell"), pl.int_range(pl.len()).alias("code"))
    found = covariates.select(pl.struct(names).alias("cell")).join(
        numbered, on="cell", how="left", maintain_order="left"
    )
    return cells, found["code"].to_numpy()


def _sides(persons: TwoGroups, code: NDArray[np.int64], cells: int) -> tuple[_Side, _Side]:
    n: list[Array] = []
    m: list[Array] = []
    ss: list[Array] = []
    for side in (0, 1):
        own = persons.of(side)
        rows, weight, y = code[own], persons.persons[own], persons.y[own]
        n.append(_summed(rows, weight, cells))
        m.append(_over(_summed(rows, weight * y, cells), n[side]))
        ss.append(_summed(rows, weight * (y - m[side][rows]) ** 2, cells))
    common = (n[0] > 0) & (n[1] > 0)
    return _Side(n[0], m[0], ss[0], common), _Side(n[1], m[1], ss[1], common)


def _summed(rows: NDArray[np.int64], values: Array, cells: int) -> Array:
    return np.bincount(rows, values, cells).astype(np.float64)


def _over(total: Array, n: Array) -> Array:
    return np.divide(total, n, out=np.zeros_like(total), where=n > 0)


def _parts(one: _Side, two: _Side) -> Array:
    """Give D, D0, DX, DA and DB."""
    level = two.weight @ (one.m - two.m)
    composition = (one.weight - two.weight) @ one.m
    only_one, only_two = one.mean - one.matched_mean, two.matched_mean - two.mean
    return np.array([one.mean - two.mean, level, composition, only_one, only_two])


def _variances(one: _Side, two: _Side) -> Array:
    """Sum the squares of the persons' influences on each part, cell by cell.

    A person's influence is its cell's, plus a slope times how far its outcome lies from the mean of its cell.
    """
    counted = _over(two.weight, one.n)  # how often each person of A stands for people of B
    matched_1, matched_2 = one.common / one.matched, two.common / two.matched
    of_one = one.m - one.mean, np.ones_like(one.m)
    of_two = two.m - two.mean, np.ones_like(two.m)
    distance_1, distance_2 = one.m - one.matched_mean, two.m - two.matched_mean
    level = two.weight @ (one.m - two.m)
    expected = two.weight @ one.m
    cases = [
        ((of_one[0] / one.total, of_one[1] / one.total), (of_two[0] / two.total, of_two[1] / two.total)),
        ((0 * one.m, counted), ((one.m - two.m - level) * matched_2, matched_2)),
        ((distance_1 * matched_1, matched_1 - counted), ((one.m - expected) * matched_2, 0 * two.m)),
        ((of_one[0] / one.total - distance_1 * matched_1, 1 / one.total - matched_1), (0 * two.m, 0 * two.m)),
        ((0 * one.m, 0 * one.m), (of_two[0] / two.total - distance_2 * matched_2, 1 / two.total - matched_2)),
    ]
    return np.array(
        [
            sum(side.n @ at**2 + side.ss @ slope**2 for side, (at, slope) in zip((one, two), case, strict=True))
            for case in cases
        ]
    )


def _named(cells: pl.DataFrame) -> list[str]:
    return [
        ", ".join(f"{name}={value}" for name, value in zip(cells.columns, row, strict=True)) for row in cells.rows()
    ]


def _listed(names: Sequence[str]) -> str:
    more = f"; and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return "; ".join(names[:LISTED]) + more


def _table(names: Sequence[str], one: _Side, two: _Side, groups: tuple[str, str]) -> pl.DataFrame:
    flag = np.where(one.common, "matched", np.where(one.n > 0, f"only {groups[0]}", f"only {groups[1]}"))
    return pl.DataFrame(
        {
            "unit": names,
            "n_first": whole(one.n),
            "n_second": whole(two.n),
            "mean_first": np.where(one.n > 0, one.m, np.nan),
            "mean_second": np.where(two.n > 0, two.m, np.nan),
            "D0": two.weight * (one.m - two.m) + 0.0,
            "DX": (one.weight - two.weight) * one.m + 0.0,
            "method": [NOPO.name] * len(names),
            "flag": flag,
            "note": np.where(one.common & (np.minimum(one.n, two.n) == 1), "one person on one side", ""),
        }
    ).with_columns(pl.col("mean_first", "mean_second").fill_nan(None))


def _notes(names: Sequence[str], one: _Side, two: _Side, groups: tuple[str, str]) -> list[Note]:
    notes = []
    for side, group, other in ((one, *groups), (two, *groups[::-1])):
        if (own := (side.n > 0) & ~side.common).any():
            listed = _listed([names[k] for k in np.flatnonzero(own).tolist()])
            text = (
                f"{int(side.n[own].sum())} people of {group} have nobody like them in {other}; empty there: {listed}."
            )
            notes.append(Note("no-match", text, "warning"))
    thin = one.common & (np.minimum(one.n, two.n) == 1)
    if thin.any():
        text = f"{int(thin.sum())} matched cells have one person on one side, whose outcomes seem not to vary: the "
        notes.append(Note("thin-cells", text + "standard errors are too small. Match in wider bands.", "warning"))
    return notes
