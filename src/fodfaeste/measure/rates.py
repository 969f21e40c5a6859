"""How fast people leave while they are still there: events over person-months, period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.histories import CAUSES, Value
from fodfaeste.measure.intervals import poisson_interval
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.risk_sets import EVERYBODY, Array, Followed, Names, follow, lost_note, names_of, sums
from fodfaeste.tables import Data

BREAKS = (0.0, 6.0, 12.0, 24.0, 36.0, 42.0, 48.0, 60.0)
METHOD = Method(
    "Events per person-month, exact Poisson interval",
    "Ulm (1990), Am. J. Epidemiol. 131, 373-375; Breslow, Day (1987), Statistical Methods in Cancer Research II",
)


def rates(
    data: Data,
    time: str,
    event: str,
    *,
    breaks: Sequence[float] = BREAKS,
    by: Names | None = None,
    cause: str | None = "moved",
    causes: Mapping[Value, str] | None = None,
    entry: str | None = None,
    level: float = 0.95,
    count: str | None = None,
) -> Result:
    """Divide events by the person-months at risk, in periods since arrival.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event : str
        Columns: months until the first event or the end of watching, and which of them it was.
    breaks : sequence of float
        Ends of the periods (a, b], rising from 0 or more; the last may be infinite.
    by : str or sequence of str, optional
        Columns that make groups (names joined by " / "); the unit "all" is everybody.
    cause : str or None, default "moved"
        The cause whose events are counted; None for all of them, each by itself.
    causes : mapping of value to name, optional
        What in `event` is which cause; see `histories`.
    entry : str, optional
        Column of the month after which a person is watched.
    level : float
        Two-sided level of the exact Poisson interval.
    count : str, optional
        Column with the number of persons of each row.

    Returns
    -------
    Result
        `table`: one row a unit, cause and period with unit, cause, period, start, end, n (persons at risk at some time
        in it), events, person_months, rate (events per person-month), lower, upper, level, method. A rate is empty
        where nobody is at risk. `summary`: events and person_months inside the periods, rate_per 1 person-month.

    Raises
    ------
    BadInput
        If the breaks do not rise, or a time or event is not what `histories` accepts.
    UnknownName
        If a column or the cause is not there.

    Notes
    -----
    A person who leaves in month t has been at risk for t months, that month included. Periods are alike for all, so
    that groups who are watched for different lengths can be compared within one.

    References
    ----------
    Ulm (1990), Am. J. Epidemiol. 131, 373-375; Breslow, Day (1987), Statistical Methods in Cancer Research II.
    """
    level, edges = one_level(level), _edges(breaks)
    given = CAUSES if causes is None and cause is not None else causes
    if cause is not None and given is not None and cause not in given.values():
        raise UnknownName("no cause", cause, given.values())
    followed = follow(data, time, event, by, entry=entry, causes=given, count=count)
    history = followed.history
    shown = history.causes if cause is None else (cause,)
    persons, exposure, events = _counted(followed, edges, [history.causes.index(name) + 1 for name in shown])
    units = followed.units
    if by is not None:
        units = (*units, EVERYBODY)
        persons, exposure, events = (
            np.concatenate([x, x.sum(axis=0, keepdims=True)]) for x in (persons, exposure, events)
        )
    return Result(
        table=_table((units, shown), edges, (persons, exposure, events), level),
        summary={
            "persons_in": history.persons_in,
            "events": int(events[-1].sum()),
            "person_months": float(exposure[-1].sum()),
            "rate_per": "person-month",
        },
        notes=(*history.notes, *_notes(followed, edges, exposure)),
        method=METHOD,
        params=provenance(
            history.data,
            time=time,
            event=event,
            breaks=edges.tolist(),
            by=names_of(by),
            cause=cause,
            causes=None if causes is None else dict(causes),
            entry=entry,
            level=level,
            count=count,
        ),
    )


def _edges(breaks: Sequence[float]) -> Array:
    edges = np.asarray(breaks, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not (edges[0] >= 0 and (np.diff(edges) > 0).all()):
        todo = "Give the ends of the periods in months, such as (0, 6, 12)."
        raise BadInput(Problem(f"the breaks {breaks!r}", "two or more rising numbers from 0 on", todo))
    return edges


def _counted(followed: Followed, edges: Array, codes: Sequence[int]) -> tuple[Array, Array, Array]:
    """Count persons and person-months, shape (units, periods), and events, shape (units, causes, periods)."""
    one, units, periods = followed.history, len(followed.units), edges.size - 1
    spent = [np.maximum(np.minimum(one.time, b) - np.maximum(one.entry, a), 0.0) for a, b in pairwise(edges)]
    persons = np.array([sums(followed.group, one.persons * (months > 0), units) for months in spent]).T
    exposure = np.array([sums(followed.group, one.persons * months, units) for months in spent]).T
    # The first bin is up to the first break, the last beyond the last one.
    bins, causes = edges.size + 1, len(one.causes) + 1
    cell = (followed.group * causes + one.cause) * bins + np.searchsorted(edges, one.time, side="left")
    left = sums(cell, one.persons, units * causes * bins).reshape(units, causes, bins)
    return persons, exposure, left[:, codes, 1 : periods + 1]


def _table(
    names: tuple[Sequence[str], Sequence[str]], edges: Array, counted: tuple[Array, Array, Array], level: float
) -> pl.DataFrame:
    (units, causes), (people, exposure, events) = names, counted
    periods = edges.size - 1
    shape = (len(units), len(causes), periods)
    time = np.broadcast_to(exposure[:, None, :], shape).ravel()
    count = events.ravel()
    known = time > 0
    lower, upper, rate = np.full((3, time.size), np.nan)
    lower[known], upper[known] = poisson_interval(count[known], time[known], level=level)
    rate[known] = count[known] / time[known]
    return pl.DataFrame(
        {
            "unit": np.repeat(units, len(causes) * periods),
            "cause": np.tile(np.repeat(causes, periods), len(units)),
            "period": np.tile([_period(a, b) for a, b in pairwise(edges)], len(units) * len(causes)),
            "start": np.tile(edges[:-1], len(units) * len(causes)),
            "end": np.tile(edges[1:], len(units) * len(causes)),
            "n": whole(np.broadcast_to(people[:, None, :], shape).ravel()),
            "events": whole(count),
            "person_months": time,
            "rate": rate,
            "lower": lower,
            "upper": upper,
            "level": np.full(time.size, level),
            "method": ["exact"] * time.size,
        }
    ).with_columns(pl.col("rate", "lower", "upper").fill_nan(None))


def _period(a: float, b: float) -> str:
    return f"({a:g}, {b:g}]" if np.isfinite(b) else f"over {a:g}"


def _notes(followed: Followed, edges: Array, exposure: Array) -> tuple[Note, ...]:
    one = followed.history
    beyond = (one.cause > 0) & ((one.time <= edges[0]) | (one.time > edges[-1]))
    outside = int(one.persons[beyond].sum())
    empty = int((exposure == 0).sum())
    notes = lost_note(followed.lost) if followed.lost else ()
    if outside:
        text = f"{outside} events of any cause lie outside the periods and are in none of them."
        notes += (Note("outside-periods", text),)
    if empty:
        text = f"In {empty} periods of a unit nobody is at risk: the rate is unknown there."
        notes += (Note("nobody-at-risk", text, "warning"),)
    return notes
