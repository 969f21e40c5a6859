"""Who is at risk when: histories in groups, and the steps at which somebody leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.histories import CAUSES, Histories, Value, histories
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Names = str | Sequence[str]
EVERYBODY = "all"
LOST = "lost"
FEW_NAMES = 8


@dataclass(frozen=True, eq=False)
class Followed:
    """Histories in groups; index k runs over cells.

    Attributes
    ----------
    history : Histories
    group : ndarray of int64, shape (cells,)
        Position in `units`.
    units : tuple of str
        Names of the groups in the order of their columns; "all" where there are none.
    lost : int
        Persons whose address was lost and who count as censored.
    """

    history: Histories
    group: Index
    units: tuple[str, ...]
    lost: int

    def with_everybody(self) -> Followed:
        """Add the group "all" after the others."""
        one = self.history
        if self.units == (EVERYBODY,):
            return self
        twice = replace(
            one,
            time=np.tile(one.time, 2),
            cause=np.tile(one.cause, 2),
            entry=np.tile(one.entry, 2),
            persons=np.tile(one.persons, 2),
            columns=pl.concat([one.columns, one.columns]),
        )
        group = np.concatenate([self.group, np.full(self.group.size, len(self.units))])
        return Followed(twice, group, (*self.units, EVERYBODY), self.lost)

    def people(self) -> Array:
        """Count the persons of each group."""
        return sums(self.group, self.history.persons, len(self.units))


@dataclass(frozen=True, eq=False)
class RiskSets:
    """The months (or moments) at which somebody leaves a group: steps, sorted by group and time.

    Attributes
    ----------
    first : ndarray of int64, shape (groups + 1,)
        The steps of group g are `first[g]` up to, but not with, `first[g + 1]`.
    time : ndarray of float64, shape (steps,)
    at_risk : ndarray of float64, shape (steps,)
        Persons with entry < time and their own time not before it.
    events : ndarray of float64, shape (steps, causes)
        Persons who leave by each cause in the step.
    leaving : ndarray of float64, shape (steps,)
        Persons who leave in the step, the censored included.
    """

    first: Index
    time: Array
    at_risk: Array
    events: Array
    leaving: Array

    @property
    def group(self) -> Index:
        """The group of each step."""
        return np.repeat(np.arange(self.first.size - 1), np.diff(self.first))

    def last_until(self, months: Array) -> Index:
        """Find each group's last step not after each month, shape (groups, months); -1 before its first step."""
        steps = [np.searchsorted(self.time[a:b], months, side="right") for a, b in pairwise(self.first)]
        within = np.array(steps, dtype=np.int64)
        return np.where(within > 0, within + self.first[:-1, None] - 1, -1)

    def until(self, values: Array) -> Array:
        """Sum values over the steps of each group up to and with each step."""
        total = np.cumsum(values, axis=0)
        before = total[self.first[:-1]] - values[self.first[:-1]]
        return np.asarray(total - np.repeat(before, np.diff(self.first), axis=0))


def sums(group: Index, values: Array, size: int) -> Array:
    """Add up the values of each group."""
    return np.asarray(np.bincount(group, values, minlength=size), dtype=np.float64)


def names_of(columns: Names | None) -> list[str]:
    """Give one column, several or none as a list."""
    if columns is None:
        return []
    return [columns] if isinstance(columns, str) else list(columns)


def follow(
    data: Data,
    time: str,
    event: str,
    by: Names | None = None,
    *,
    entry: str | None = None,
    causes: Mapping[Value, str] | None = None,
    count: str | None = None,
    lost_as: str | None = None,
    keep: Sequence[str] = (),
) -> Followed:
    """Read histories in groups; causes that were not asked for by name and that nobody has are left out.

    Parameters
    ----------
    data, time, event, entry, causes, count
        See `histories`.
    by : str or sequence of str, optional
        Columns that make groups; the names of a group are joined by " / ".
    lost_as : str, optional
        The cause that a lost address counts as; without it the person is censored.
    keep : sequence of str
        Other columns that tell cells apart.

    Raises
    ------
    BadInput
        If two groups would have one name, or a group is called "all".
    UnknownName
        If there is no cause `lost_as`.
    """
    columns = names_of(by)
    asked = CAUSES if causes is None else causes
    if lost_as is not None and lost_as not in asked.values():
        raise UnknownName("no cause", lost_as, asked.values())
    if lost_as is not None:
        asked = {**asked, LOST: lost_as}
    history = histories(data, time, event, [*columns, *keep, event], entry=entry, causes=asked, count=count)
    if causes is None:
        history = _present(history)
    lost = (history.columns[event].cast(pl.String) == LOST).to_numpy() & (history.cause == 0)
    units, group = groups(history.columns, columns)
    return Followed(history, group, units, int(history.persons[lost].sum()))


def _present(history: Histories) -> Histories:
    """Leave out causes that nobody has, but for the first: of it we then know that nobody has it."""
    occurs = np.bincount(history.cause, minlength=len(history.causes) + 1)[1:] > 0
    if not occurs.any():
        occurs[0] = True
    code = np.concatenate([[0], np.cumsum(occurs)])
    names = tuple(name for name, kept in zip(history.causes, occurs, strict=True) if kept)
    return replace(history, cause=code[history.cause], causes=names)


def groups(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[tuple[str, ...], Index]:
    """Name the groups that some columns make, in their order, and say which each row is in."""
    if not columns:
        return (EVERYBODY,), np.zeros(frame.height, dtype=np.int64)
    keys, group = combinations(frame, columns)
    # Years that came through a text file are 1995.0.
    text = [_whole(keys[name]).cast(pl.String) for name in columns]
    names = tuple(" / ".join(parts) for parts in zip(*text, strict=True))
    known: set[str] = {EVERYBODY}
    for name in names:
        if (plain := name.strip().casefold()) in known:
            todo = "Rename it: another group, or everybody, has that name already, letter case apart."
            raise BadInput(Problem(f"the group {name!r}", "a name of its own", todo, column=", ".join(columns)))
        known.add(plain)
    return names, group


def combinations(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, Index]:
    """Give the combinations of some columns in their order, and which of them each row has."""
    keys = frame.select(columns).unique().sort(columns)
    numbered = keys.with_columns(pl.row_index("__group__").cast(pl.Int64))
    row = frame.select(columns).join(numbered, on=columns, how="left", maintain_order="left")["__group__"]
    return keys, row.to_numpy()


def _whole(column: pl.Series) -> pl.Series:
    return column.cast(pl.Int64) if column.dtype.is_float() and (column == column.floor()).all() else column


def risk_sets(followed: Followed) -> RiskSets:
    """Count who is at risk and who leaves, at every time at which somebody leaves a group."""
    one, causes = followed.history, len(followed.history.causes)
    order = np.lexsort((one.time, followed.group))
    group, time = followed.group[order], one.time[order]
    new = np.ones(time.size, dtype=bool)
    new[1:] = (group[1:] != group[:-1]) | (time[1:] != time[:-1])
    step = np.cumsum(new) - 1
    cell = step * (causes + 1) + one.cause[order]
    counted = sums(cell, one.persons[order], (int(step[-1]) + 1) * (causes + 1)).reshape(-1, causes + 1)
    leaving = counted.sum(axis=1)
    first = np.searchsorted(group[new], np.arange(len(followed.units) + 1))
    left = np.cumsum(leaving) - leaving
    left -= np.repeat(left[first[:-1]], np.diff(first))
    entered = _entered(followed, time[new], first)
    return RiskSets(first, time[new], entered - left, counted[:, 1:], leaving)


def _entered(followed: Followed, time: Array, first: Index) -> Array:
    """Count the persons of the group who came under watch before each step."""
    entry, persons = followed.history.entry, followed.history.persons
    if not entry.any():
        return np.repeat(followed.people(), np.diff(first))
    order = np.lexsort((entry, followed.group))
    since = entry[order]
    total = np.concatenate([[0.0], np.cumsum(persons[order])])
    start = np.searchsorted(followed.group[order], np.arange(first.size))
    return np.concatenate(
        [
            total[a + np.searchsorted(since[a:b], time[c:d], side="left")] - total[a]
            for (a, b), (c, d) in zip(pairwise(start), pairwise(first), strict=True)
        ]
    )


def at_risk(followed: Followed, months: Array) -> Array:
    """Count the persons of each group at risk in each month, shape (groups, months)."""
    one = followed.history
    watched = [one.persons * ((one.entry < month) & (one.time >= month)) for month in months]
    return np.array([sums(followed.group, weight, len(followed.units)) for weight in watched]).T


def lost_note(lost: int) -> tuple[Note, ...]:
    """Say that lost persons are treated as if they were no other than those who are still there."""
    text = f"{lost} persons with a lost address count as censored then, as if the lost were like those who remain."
    return (Note("lost-censored", f"{text} cif with lost='moved' and 'stayed' bounds what that hides.", "warning"),)


def follow_up_note(units: Sequence[str], reach: Array) -> tuple[Note, ...]:
    """Say so if some groups are watched for less long than others; `reach` is infinite where all have left."""
    if reach.min() == reach.max():
        return ()
    least, most = reach.min(), reach[reach < reach.max()].max()
    short = listed([unit for unit, months in zip(units, reach, strict=True) if months < reach.max()])
    until = f"{least:g}" if least == most else f"{least:g} to {most:g}"
    text = f"The groups are watched for unequal lengths ({short} for {until} months): compare them at the same month,"
    return (Note("unequal-follow-up", f"{text} not later than {least:g}."),)


def listed(names: Sequence[str]) -> str:
    """Name a few, and say how many more there are."""
    more = len(names) - FEW_NAMES
    return ", ".join(names[:FEW_NAMES]) + (f" and {more} more" if more > 0 else "")
