"""How many have moved by each month, when others emigrate or die first: cumulative incidence with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure._survival_kernels import aalen_johansen
from fodfaeste.measure.cells import PERSONS, Cells, count_cells
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.histories import Value
from fodfaeste.measure.intervals import normal_quantile
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.risk_sets import (
    LOST,
    Array,
    Followed,
    Names,
    RiskSets,
    at_risk,
    follow,
    follow_up_note,
    listed,
    lost_note,
    names_of,
    risk_sets,
)
from fodfaeste.tables import Data, source_name

if TYPE_CHECKING:
    import altair as alt

TIMES = (6.0, 12.0, 24.0, 36.0, 48.0, 60.0)
MOVED = "moved"
# Nearer to 1 than this is 1 as summed in floating point.
ONE = 1 - 1e-12
LOST_AS = ("censored", "moved", "stayed")

AALEN_JOHANSEN = Method(
    "Aalen-Johansen cumulative incidence, multistate Greenwood variance, log(-log) interval",
    "Aalen, Johansen (1978), Scand. J. Stat. 5, 141-150; Andersen, Borgan, Gill, Keiding (1993), Statistical Models "
    "Based on Counting Processes, IV.4",
)
TIME_LOST = Method(
    "Restricted mean time lost to each cause, multistate Greenwood variance, log(-log) interval",
    "Andersen (2013), Stat. Med. 32, 5278-5285; variance: Andersen, Borgan, Gill, Keiding (1993), IV.4",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Incidence(Result):
    """Cumulative incidences at the months asked for, and everything between them.

    Attributes
    ----------
    units, causes : tuple of str
        Groups and causes, in the order of the arrays.
    steps : RiskSets
        The months at which somebody leaves, with who is at risk.
    survival : ndarray of float64, shape (steps,)
        Share still there after each step.
    incidence, variance : ndarray of float64, shape (steps, causes)
        Cumulative incidence after each step, all causes, those not shown included.
    shown : tuple of str
        The causes of the tables.
    """

    units: tuple[str, ...]
    causes: tuple[str, ...]
    steps: RiskSets
    survival: Array
    incidence: Array
    variance: Array
    shown: tuple[str, ...]

    @cached_property
    def curve(self) -> pl.DataFrame:
        """The whole step function: unit, time, cause, at_risk, events (so far), rate, se, lower, upper, survival."""
        where = [self.causes.index(name) for name in self.shown]
        rate, se = self.incidence[:, where], np.sqrt(self.variance[:, where])
        lower, upper = log_log_limits(rate, se, float(self.params["level"]))
        each = len(where)
        return pl.DataFrame(
            {
                "unit": pl.Series(self.units).gather(np.repeat(self.steps.group, each)),
                "time": np.repeat(self.steps.time, each),
                "cause": pl.Series(self.shown).gather(np.tile(np.arange(each), rate.shape[0])),
                "at_risk": whole(np.repeat(self.steps.at_risk, each)),
                "events": whole(self.steps.until(self.steps.events[:, where]).ravel()),
                "rate": rate.ravel(),
                "se": se.ravel(),
                "lower": lower.ravel(),
                "upper": upper.ravel(),
                "survival": np.repeat(self.survival, each),
            }
        ).with_columns(pl.col("lower", "upper").fill_nan(None))

    def time_lost(self, tau: float) -> Result:
        """Compute the mean months lost to each cause before month `tau`: the area under its cumulative incidence.

        Parameters
        ----------
        tau : float
            Months after the start, above 0.

        Returns
        -------
        Result
            `table`: one row a unit and cause with unit, cause, time (tau), n, events (before tau), estimate (months),
            se, lower, upper, level. Empty where the group is not watched until `tau`.

        Raises
        ------
        BadInput
            If `tau` is not a number above 0.

        References
        ----------
        Andersen (2013), Stat. Med. 32, 5278-5285.
        """
        month = _checked([tau])[0]
        reach = self._reach()
        lost, variance, events = self._lost(month)
        known = (reach >= month)[:, None]
        estimate = np.where(known, lost, np.nan)
        se = np.where(known, np.sqrt(variance), np.nan)
        level = float(self.params["level"])
        lower, upper = (month * limit for limit in log_log_limits(estimate / month, se / month, level))
        where = [self.causes.index(name) for name in self.shown]
        people = self.steps.until(self.steps.leaving)[self.steps.first[1:] - 1]
        each = len(where)
        columns = {"estimate": estimate, "se": se, "lower": lower, "upper": upper}
        table = pl.DataFrame(
            {
                "unit": np.repeat(self.units, each),
                "cause": np.tile(self.shown, len(self.units)),
                "time": np.full(len(self.units) * each, month),
                "n": whole(np.repeat(people, each)),
                "events": whole(events[:, where].ravel()),
                **{name: values[:, where].ravel() for name, values in columns.items()},
                "level": np.full(len(self.units) * each, level),
            }
        ).with_columns(pl.col(columns).fill_nan(None))
        short = [unit for unit, months in zip(self.units, reach, strict=True) if months < month]
        return Result(
            table=table,
            summary={"tau": month, "units": len(self.units), "causes": list(self.shown)},
            notes=(*self.notes, *_unwatched(short, f"month {month:g}")),
            method=TIME_LOST,
            params={**self.params, "tau": month},
        )

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw the rates at the months asked for with their intervals, a panel a cause."""
        import altair as alt

        base = alt.Chart(self.table).encode(
            x=alt.X("time:Q", title="months"), color=alt.Color("unit:N", sort=list(self.units), title=None)
        )
        interval = base.mark_rule().encode(y=alt.Y("lower:Q", title="rate"), y2="upper:Q")
        line = base.mark_line(point=True).encode(y="rate:Q", tooltip=["unit", "cause", "time", "rate", "n", "at_risk"])
        return alt.layer(interval, line).facet(column=alt.Column("cause:N", sort=list(self.shown), title=None))

    def _reach(self) -> Array:
        return _reach(self.steps, self.survival)

    def _lost(self, tau: float) -> tuple[Array, Array, Array]:
        """Months lost, their variance and the events before tau, each of shape (groups, causes).

        An event in month s takes tau - s from whoever it happens to. That it happens to somebody also takes away
        what that person could have lost later, `ahead`: hence the three terms, as in Greenwood's variance of the curve.
        """
        steps = self.steps
        before = np.concatenate([[1.0], self.survival[:-1]])
        before[steps.first[:-1]] = 1.0
        y, d = steps.at_risk[:, None], np.where(steps.time < tau, steps.events.T, 0.0).T
        left = d.sum(axis=1, keepdims=True)
        weight = before[:, None] * (tau - steps.time)[:, None]
        taken = steps.until(weight * d / y)
        total = taken[steps.first[1:] - 1]
        remain = y - left
        ahead = np.where(remain > 0, total[steps.group] - taken, 0.0)
        terms = ahead**2 * left / (y * np.maximum(remain, 1)) + weight * d * (weight * (y - d) / y - 2 * ahead) / y**2
        summed = np.add.reduceat(terms, steps.first[:-1], axis=0)
        return total, np.maximum(summed, 0.0), np.add.reduceat(d, steps.first[:-1], axis=0)


def cif(
    data: Data,
    time: str,
    event: str,
    *,
    by: Names | None = None,
    entry: str | None = None,
    causes: Mapping[Value, str] | Names | None = None,
    times: Sequence[float] = TIMES,
    level: float = 0.95,
    count: str | None = None,
    lost: Literal["censored", "moved", "stayed"] = "censored",
    watched: str | None = None,
) -> Incidence:
    """Estimate the share of arrivals who have left by each month, by cause (Aalen-Johansen).

    A person who emigrates or dies can no longer move within the country: the causes compete, and the shares of all
    causes and of those still there add up to 1. One minus Kaplan-Meier of one cause does not estimate such a share.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event : str
        Columns: months until the first event or the end of watching, and which of them it was.
    by : str or sequence of str, optional
        Columns that make groups (names joined by " / "); the unit "all" is everybody.
    entry : str, optional
        Column of the month after which a person is watched (left truncation).
    causes : mapping of value to name, or names, optional
        What in `event` is which cause; or the causes to show, the others still compete. By default 1 or "moved",
        2 or "emigrated", 3 or "dead", those that occur.
    times : sequence of float
        Months for the table.
    level : float
        Two-sided level of the pointwise intervals.
    count : str, optional
        Column with the number of persons of each row.
    lost : {"censored", "moved", "stayed"}
        Persons whose event is "lost": censored then, or one of the two bounds: all of them moved then, or all stayed
        until the month in `watched`.
    watched : str, optional
        Column of months from start to the end of observation, for lost="stayed".

    Returns
    -------
    Incidence
        `table`: one row a unit, cause and month with unit, cause, time, n (persons of the unit), at_risk (in that
        month), events (until it), rate, se, lower, upper, level. A rate is empty where nobody of the unit is watched
        any more, unless all have left. `curve`, `time_lost(tau)`.

    Raises
    ------
    BadInput
        If a time or event is not what `histories` accepts, or a lost person's `watched` lies before the time of loss.
    UnknownName
        If a column, a cause or a value of `lost` is not there.
    NotEnoughPeople
        If nobody is left.

    References
    ----------
    Aalen, Johansen (1978), Scand. J. Stat. 5, 141-150; Andersen, Borgan, Gill, Keiding (1993), Statistical Models Based
    on Counting Processes, IV.4 (variance: multistate Greenwood); bounds: Manski (1989), J. Hum. Resour. 24, 343-360.
    """
    level, months = one_level(level), _checked(times)
    if lost not in LOST_AS:
        raise UnknownName("no way to treat the lost called", lost, LOST_AS)
    seen = None
    if lost == "stayed":
        seen = _lost_stayed(data, time, event, watched, columns=[*names_of(by), *names_of(entry)], count=count)
    followed = follow(
        data if seen is None else seen.frame,
        time,
        event,
        by,
        entry=entry,
        causes=causes if isinstance(causes, Mapping) else None,
        count=count if seen is None else PERSONS,
        lost_as=MOVED if lost == "moved" else None,
    ).with_everybody()
    history = followed.history
    if seen is not None:
        history = replace(history, persons_in=seen.persons_in, notes=(*seen.notes, *history.notes), data=seen.data)
    shown = _shown(causes, history.causes)
    steps = risk_sets(followed)
    survival, incidence, variance = aalen_johansen(steps.first, steps.at_risk, steps.events)
    result = Incidence(
        table=pl.DataFrame(),
        summary={
            "persons_in": history.persons_in,
            "persons": int(followed.people()[-1]),
            "units": max(1, len(followed.units) - 1),
            "causes": list(history.causes),
            "months": float(steps.time.max()),
            "lost": lost,
        },
        notes=history.notes,
        method=AALEN_JOHANSEN,
        params=provenance(
            history.data,
            time=time,
            event=event,
            by=names_of(by),
            entry=entry,
            causes=dict(causes) if isinstance(causes, Mapping) else names_of(causes),
            times=months.tolist(),
            level=level,
            count=count,
            lost=lost,
            watched=watched,
        ),
        units=followed.units,
        causes=history.causes,
        steps=steps,
        survival=survival,
        incidence=incidence,
        variance=variance,
        shown=shown,
    )
    table = _table(result, followed, months, level)
    return replace(result, table=table, notes=(*history.notes, *_notes(result, followed, table, lost)))


def _checked(times: Sequence[float]) -> Array:
    months = np.asarray(times, dtype=np.float64)
    if months.ndim != 1 or not months.size or not (np.isfinite(months) & (months > 0)).all():
        found = f"the months {list(np.atleast_1d(months))}" if months.size else "no months"
        raise BadInput(Problem(found, "one or more numbers above 0", "Give months after the start, such as 12."))
    return months


def _lost_stayed(
    data: Data, time: str, event: str, watched: str | None, *, columns: Sequence[str], count: str | None
) -> Cells:
    """Let lost persons stay to the end of observation: `watched` replaces their time."""
    if watched is None:
        todo = "Name it in watched=: with it a lost person stays to the end of observation."
        raise BadInput(Problem("lost='stayed' alone", "the column of months to the end of observation", todo))
    cells = count_cells(data, [time, event, watched, *columns], count)
    frame, file = cells.frame, source_name(data)
    is_lost = pl.col(event).cast(pl.String) == LOST
    early = frame.filter(is_lost & (pl.col(watched) < pl.col(time)))
    if early.height:
        found = f"{early[watched][0]} months for a person lost at {early[time][0]}"
        todo = "Count months from the start to the end of observation."
        raise BadInput(Problem(found, "observation to end not before the loss", todo, file, None, watched))
    stayed = pl.when(is_lost).then(watched).otherwise(time).alias(time)
    return replace(cells, frame=frame.with_columns(stayed))


def _shown(causes: Mapping[Value, str] | Names | None, known: Sequence[str]) -> tuple[str, ...]:
    if causes is None or isinstance(causes, Mapping):
        return tuple(known)
    for name in names_of(causes):
        if name not in known:
            raise UnknownName("no cause", name, known)
    return tuple(names_of(causes))


def log_log_limits(rate: Array, se: Array, level: float) -> tuple[Array, Array]:
    """Compute limits of a share on the scale log(-log); NaN where the share is 0 or 1, or unknown."""
    z = normal_quantile((1 + level) / 2)
    inside = (rate > 0) & (rate < ONE)
    logged = np.log(rate, where=inside, out=np.full(rate.shape, np.nan))
    spread = np.exp(z * se / (rate * np.abs(logged)), where=inside, out=np.full(rate.shape, np.nan))
    return np.exp(logged * spread), np.exp(logged / spread)


def _table(result: Incidence, followed: Followed, months: Array, level: float) -> pl.DataFrame:
    where = [result.causes.index(name) for name in result.shown]
    until = result.steps.last_until(months)
    watched = at_risk(followed, months)
    gone = _at(until, result.survival, 1.0) == 0
    known = ((watched > 0) | gone)[..., None]
    # From here on (units, months, causes); the table has a unit's causes together.
    rate = np.where(known, _at(until, result.incidence[:, where], 0.0), np.nan)
    se = np.where(known, np.sqrt(_at(until, result.variance[:, where], 0.0)), np.nan)
    events = _at(until, result.steps.until(result.steps.events)[:, where], 0.0)
    lower, upper = log_log_limits(rate, se, level)
    units, each = len(result.units), len(where)
    floats = {"rate": rate, "se": se, "lower": lower, "upper": upper}
    return pl.DataFrame(
        {
            "unit": np.repeat(result.units, each * months.size),
            "cause": np.tile(np.repeat(result.shown, months.size), units),
            "time": np.tile(months, units * each),
            "n": whole(np.repeat(followed.people(), each * months.size)),
            "at_risk": whole(np.repeat(watched[:, None, :], each, axis=1).ravel()),
            "events": whole(events.swapaxes(1, 2).ravel()),
            **{name: values.swapaxes(1, 2).ravel() for name, values in floats.items()},
            "level": np.full(units * each * months.size, level),
        }
    ).with_columns(pl.col(floats).fill_nan(None))


def _at(until: NDArray[np.int64], values: Array, start: float) -> Array:
    """Read a step function at some steps; before the first step it is `start`."""
    before = (until < 0).reshape(until.shape + (1,) * (values.ndim - 1))
    return np.where(before, start, values[until])


def _reach(steps: RiskSets, survival: Array) -> Array:
    """Give the last month in which each group is known: without end where everybody has left."""
    last = steps.first[1:] - 1
    return np.where(survival[last] == 0, np.inf, steps.time[last])


def _notes(result: Incidence, followed: Followed, table: pl.DataFrame, lost: str) -> tuple[Note, ...]:
    steps, own = result.steps, len(followed.units) - (len(followed.units) > 1)
    unknown = table.filter(pl.col("rate").is_null())
    short = unknown["unit"].unique(maintain_order=True).to_list()
    until = f"month {min(unknown['time'], default=0):g}"
    return (
        *_lost_notes(followed.lost, lost),
        *follow_up_note(followed.units[:own], _reach(steps, result.survival)[:own]),
        *_unwatched(short, until),
        *_late_notes(followed, steps),
        *_no_interval(table),
    )


def _lost_notes(lost: int, way: str) -> tuple[Note, ...]:
    if way == "censored":
        return lost_note(lost) if lost else ()
    bound = "to have moved when they were lost" if way == "moved" else "to have stayed while others were watched"
    return (Note("lost-bound", f"A bound, not an estimate: all persons with a lost address are taken {bound}."),)


def _unwatched(units: Sequence[str], until: str) -> tuple[Note, ...]:
    if not units:
        return ()
    text = f"Unknown, because nobody is watched so long: {listed(units)}, from {until} on. Others must not stand in."
    return (Note("nobody-at-risk", text, "warning"),)


def _late_notes(followed: Followed, steps: RiskSets) -> tuple[Note, ...]:
    earliest = np.full(len(followed.units), np.inf)
    np.minimum.at(earliest, followed.group, followed.history.entry)
    emptied = steps.at_risk == steps.leaving
    emptied[steps.first[1:] - 1] = False
    late = (earliest > 0) | (np.bincount(steps.group, emptied) > 0)
    if not late.any():
        return ()
    names = listed([unit for unit, is_late in zip(followed.units, late, strict=True) if is_late])
    text = f"In {names} nobody is watched for some time before the last month: the rates pass over it as if nobody"
    return (
        Note(
            "watched-late", f"{text} had left in it, and what comes before a month in which all left stays.", "warning"
        ),
    )


def _no_interval(table: pl.DataFrame) -> tuple[Note, ...]:
    missing = table.filter(pl.col("rate").is_not_null() & pl.col("lower").is_null()).height
    text = f"{missing} rates are 0 or 1: their interval is not of no width, but unknown by this method."
    return (Note("no-interval", text),) if missing else ()
