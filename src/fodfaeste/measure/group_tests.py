"""Do groups leave alike? Gray's test of cumulative incidences, and the log-rank test of cause-specific hazards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from fodfaeste.errors import NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.counts import whole
from fodfaeste.measure.histories import CAUSES, Value
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.risk_sets import (
    Array,
    Followed,
    Names,
    combinations,
    follow,
    follow_up_note,
    listed,
    lost_note,
    names_of,
    sums,
)
from fodfaeste.tables import Data

GRAY = Method("Gray's test of equal cumulative incidence", "Gray (1988), Ann. Stat. 16, 1141-1154, rho = 0")
LOG_RANK = Method(
    "Log-rank test of equal cause-specific hazards",
    "Mantel (1966), Cancer Chemother. Rep. 50, 163-170; Peto, Peto (1972), J. R. Stat. Soc. A 135, 185-207",
)
# Directions in which the scores cannot vary have a variance of rounding errors, this far below the largest.
NO_VARIANCE = 1e-10


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupTest(Result):
    """A test that all groups are alike.

    Attributes
    ----------
    statistic : float
        Chi-square, on `df` degrees of freedom.
    df : int
    p_value : float
    score : ndarray of float64, shape (groups,)
        Events observed minus expected; sums to 0.
    covariance : ndarray of float64, shape (groups, groups)
        Of the scores, if all groups are alike.
    """

    statistic: float
    df: int
    p_value: float
    score: Array
    covariance: Array


@dataclass(frozen=True, eq=False)
class Stratum:
    """Leavers and persons at risk at the times at which somebody leaves by any cause, shape (groups, times)."""

    of_cause: Array
    of_others: Array
    at_risk: Array


Scored = tuple[Array, Array]


def gray_test(
    data: Data,
    time: str,
    event: str,
    by: Names,
    *,
    cause: str = "moved",
    strata: Names | None = None,
    causes: Mapping[Value, str] | None = None,
    count: str | None = None,
) -> GroupTest:
    """Test whether groups have the same cumulative incidence of a cause, other causes competing.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event : str
        Columns: months until the first event or the end of watching, and which of them it was.
    by : str or sequence of str
        Columns that make the groups to compare.
    cause : str, default "moved"
        The cause that is compared.
    strata : str or sequence of str, optional
        Columns within whose values the groups are compared; the comparisons are added up.
    causes : mapping of value to name, optional
        What in `event` is which cause; see `histories`.
    count : str, optional
        Column with the number of persons of each row.

    Returns
    -------
    GroupTest
        `table`: one row a group with unit, n, events (observed), expected (if all groups were alike), ratio, method.
        `summary`: statistic (chi-square), df, p_value, cause. `score`, `covariance`.

    Raises
    ------
    UnknownName
        If a column or the cause is not there.
    NotEnoughPeople
        If nobody has an event of the cause.
    Refused
        If there are not two groups at risk at the same time.

    Notes
    -----
    The risk set is that of the subdistribution: who has left by another cause stays in it, weighted as if censored
    like the rest of the group. Persons with the same time are treated jointly (the hypergeometric factor of the
    log-rank test).

    References
    ----------
    Gray (1988), Ann. Stat. 16, 1141-1154.
    """
    given = _Asked(time, event, by, cause, strata, causes, count)
    return _test(data, given, _gray_scores, GRAY)


def logrank_test(
    data: Data,
    time: str,
    event: str,
    by: Names,
    *,
    cause: str = "moved",
    strata: Names | None = None,
    causes: Mapping[Value, str] | None = None,
    count: str | None = None,
) -> GroupTest:
    """Test whether groups have the same hazard of a cause among those still there.

    Other causes end the watching: this compares how fast those leave who can still leave, not how many have left in
    the end (`gray_test`).

    Parameters
    ----------
    data, time, event, by, cause, strata, causes, count
        As in `gray_test`.

    Returns
    -------
    GroupTest
        As of `gray_test`.

    Raises
    ------
    UnknownName, NotEnoughPeople, Refused
        As in `gray_test`.

    References
    ----------
    Mantel (1966), Cancer Chemother. Rep. 50, 163-170; Peto, Peto (1972), J. R. Stat. Soc. A 135, 185-207.
    """
    given = _Asked(time, event, by, cause, strata, causes, count)
    return _test(data, given, _log_rank_scores, LOG_RANK)


@dataclass(frozen=True)
class _Asked:
    time: str
    event: str
    by: Names
    cause: str
    strata: Names | None
    causes: Mapping[Value, str] | None
    count: str | None


def _test(data: Data, asked: _Asked, scores: Callable[[Stratum], Scored], method: Method) -> GroupTest:
    followed, stratum = _read(data, asked)
    if len(followed.units) == 1:
        raise Refused(
            f"One group, {followed.units[0]}: there is nothing to compare it with. Name another column in by."
        )
    parts = [_stratum(followed, stratum == one) for one in range(int(stratum.max()) + 1)]
    made = [scores(part) for part in parts]
    score, covariance = np.sum([one for one, _ in made], axis=0), np.sum([one for _, one in made], axis=0)
    statistic, df = _chi_square(score, covariance)
    if df == 0:
        raise Refused(
            "The groups are never at risk in the same month: nothing can be compared. Give times from arrival."
        )
    events = np.sum([part.of_cause.sum(axis=1) for part in parts], axis=0)
    expected = events - score
    table = pl.DataFrame(
        {
            "unit": list(followed.units),
            "n": whole(followed.people()),
            "events": whole(events),
            "expected": expected,
            "ratio": np.divide(events, expected, out=np.full(events.size, np.nan), where=expected > 0),
            "method": [method.name] * events.size,
        }
    ).with_columns(pl.col("ratio").fill_nan(None))
    p_value = float(stats.chi2.sf(statistic, df))
    history = followed.history
    return GroupTest(
        table=table,
        summary={"statistic": statistic, "df": df, "p_value": p_value, "cause": asked.cause, "strata": len(parts)},
        notes=(*history.notes, *_notes(followed, df)),
        method=method,
        params=provenance(
            history.data,
            **{**vars(asked), "causes": None if asked.causes is None else dict(asked.causes)},
        ),
        statistic=statistic,
        df=df,
        p_value=p_value,
        score=score,
        covariance=covariance,
    )


def _read(data: Data, asked: _Asked) -> tuple[Followed, NDArray[np.int64]]:
    columns = names_of(asked.strata)
    given = CAUSES if asked.causes is None else asked.causes
    if asked.cause not in given.values():
        raise UnknownName("no cause", asked.cause, given.values())
    followed = follow(data, asked.time, asked.event, asked.by, causes=given, count=asked.count, keep=columns)
    history = followed.history
    wanted = history.causes.index(asked.cause) + 1
    if not (history.cause == wanted).any():
        todo = "Widen the period, or choose another cause."
        raise NotEnoughPeople(Problem(f"nobody who {asked.cause}", "at least one", todo, column=asked.event))
    code = np.where(history.cause == wanted, 1, np.where(history.cause > 0, 2, 0))
    followed = replace(followed, history=replace(history, cause=code))
    return followed, combinations(history.columns, columns)[1] if columns else np.zeros_like(code)


def _stratum(followed: Followed, inside: NDArray[np.bool_]) -> Stratum:
    one, units = followed.history, len(followed.units)
    times, at = np.unique(one.time[inside], return_inverse=True)
    cell = (one.cause[inside] * units + followed.group[inside]) * times.size + at
    counted = sums(cell, one.persons[inside], 3 * units * times.size).reshape(3, units, times.size)
    at_risk = np.cumsum(counted.sum(axis=0)[:, ::-1], axis=1)[:, ::-1]
    somebody = counted[1:].sum(axis=(0, 1)) > 0
    return Stratum(counted[1][:, somebody], counted[2][:, somebody], at_risk[:, somebody])


def _log_rank_scores(one: Stratum) -> Scored:
    d, y = one.of_cause.sum(axis=0), one.at_risk.sum(axis=0)
    share = one.at_risk / y
    spread = d * (y - d) / np.maximum(y - 1, 1)
    weighted = share * spread
    covariance = np.diag(weighted.sum(axis=1)) - weighted @ share.T
    return (one.of_cause - share * d).sum(axis=1), np.asarray(covariance)


def _gray_scores(one: Stratum) -> Scored:
    """Sum observed minus expected over time, with the covariance if all groups have the common curve `share`.

    With h = at risk / survival, the risk set of the subdistribution is h (1 - F): z_k sums
    d_k - d h_k (1 - F_k) / sum h (1 - F). What a step of cause j in group r does to z_k is

        a_kr [j = 1] + ([j = 1] - (1 - F) / S_r) times what a_kr brings later, the integral of a_kr dF / (1 - F),

    with a_kr = ([k = r] - h_k / sum h) h_r; the covariance sums the squares of that, divided by h_r.
    """
    d1, d2, y = one.of_cause, one.of_others, one.at_risk
    watched = y > 0
    survival, before = _product_limit(d1 + d2, y)
    own = np.cumsum(_ratio(before * d1, y), axis=1) - _ratio(before * d1, y)
    h = np.where(watched, _ratio(y, before), 0.0)
    at_risk, pool, d = h * (1 - own), h.sum(axis=0), d1.sum(axis=0)
    score = (d1 - d * _ratio(at_risk, at_risk.sum(axis=0))).sum(axis=1)

    jump = _ratio(d, pool)
    share = np.cumsum(jump)
    hazard = _ratio(jump, 1 - share + jump)
    covariance = np.zeros((y.shape[0], y.shape[0]))
    for r, h_r in enumerate(h):
        direct = ((np.arange(y.shape[0]) == r)[:, None] - _ratio(h, pool)) * h_r
        brought = np.cumsum(direct * hazard, axis=1)
        later = brought[:, -1:] - brought
        lost = _ratio(1 - share, survival[r]) * later
        ties = np.maximum(1 - _ratio(np.maximum(d - 1, 0), pool * before[r] - 1), 0)
        ties_others = 1 - _ratio(np.maximum(d2[r] - 1, 0), y[r] - 1)
        of_cause, of_others = direct + later - lost, -lost
        covariance += (of_cause * _ratio(jump * ties, h_r)) @ of_cause.T
        covariance += (of_others * _ratio(d2[r] * ties_others, h_r**2)) @ of_others.T
    return score, covariance


def _product_limit(leaving: Array, at_risk: Array) -> tuple[Array, Array]:
    """Give the share still there after and before each time."""
    after = np.cumprod(1 - _ratio(leaving, at_risk), axis=1)
    before = np.concatenate([np.ones((after.shape[0], 1)), after[:, :-1]], axis=1)
    return np.asarray(after, dtype=np.float64), before


def _ratio(part: Array, whole_part: Array) -> Array:
    """Divide, 0 where there is nothing to divide by: nobody is there, and the term drops out."""
    part, whole_part = np.broadcast_arrays(part, whole_part)
    return np.divide(part, whole_part, out=np.zeros(part.shape), where=whole_part > 0)


def _chi_square(score: Array, covariance: Array) -> tuple[float, int]:
    """Weigh the scores by their covariance, in the directions in which they can vary."""
    values, vectors = np.linalg.eigh(covariance)
    free = values > NO_VARIANCE * max(values.max(), np.finfo(np.float64).tiny)
    along = vectors[:, free].T @ score
    return float(np.sum(along**2 / values[free])), int(free.sum())


def _notes(followed: Followed, df: int) -> tuple[Note, ...]:
    units = len(followed.units)
    last = np.full(units, -np.inf)
    np.maximum.at(last, followed.group, followed.history.time)
    fewer = len(followed.units) - 1 - df
    text = f"{fewer} of the groups ({listed(followed.units)}) cannot be told from the others in any month: df is {df}."
    return (
        *(lost_note(followed.lost) if followed.lost else ()),
        *follow_up_note(followed.units, last),
        *((Note("fewer-df", text, "warning"),) if fewer else ()),
    )
