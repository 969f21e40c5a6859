"""Rates with intervals: one proportion, two proportions, and observed against expected counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.counts import counts, one_level, whole
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data

if TYPE_CHECKING:
    import altair as alt

Array = NDArray[np.float64]
Limits = tuple[Array, Array]


# One proportion


def _wilson(x: Array, n: Array, alpha: float) -> Limits:
    z = normal_quantile(1 - alpha / 2)
    root = z * np.sqrt(x * (n - x) / n + z * z / 4)
    upper = (x + z * z / 2 + root) / (n + z * z)
    # The lower limit as (product of both roots) / upper: the printed difference cancels where x is small.
    lower = x * x / n / (x + z * z / 2 + root)
    return lower, np.where(x == n, 1.0, upper)


def _clopper_pearson(x: Array, n: Array, alpha: float) -> Limits:
    lower = special.betaincinv(_nonzero(x), n - x + 1, alpha / 2)
    upper = special.betainccinv(x + 1, _nonzero(n - x), alpha / 2)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def _jeffreys(x: Array, n: Array, alpha: float) -> Limits:
    lower = special.betaincinv(x + 0.5, n - x + 0.5, alpha / 2)
    upper = special.betainccinv(x + 0.5, n - x + 0.5, alpha / 2)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def _agresti_coull(x: Array, n: Array, alpha: float) -> Limits:
    z = normal_quantile(1 - alpha / 2)
    people = n + z * z
    middle = (x + z * z / 2) / people
    half = z * np.sqrt(middle * (1 - middle) / people)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _mid_p(x: Array, n: Array, alpha: float) -> Limits:
    return _mid_p_lower(x, n, alpha), 1 - _mid_p_lower(n - x, n, alpha)


def _mid_p_lower(x: Array, n: Array, alpha: float) -> Array:
    # P(X > x) <= P(X > x) + P(X = x) / 2 <= P(X >= x), so the Clopper-Pearson limits of x and x + 1 bracket the root.
    low, _ = _clopper_pearson(x, n, alpha)
    next_low, _ = _clopper_pearson(np.minimum(x + 1, n), n, alpha)
    high = np.where(x + 1 > n, 1.0, next_low)
    for _halving in range(60):
        middle = (low + high) / 2
        beyond = np.where(x == n, 0.0, special.betainc(x + 1, _nonzero(n - x), middle))
        tail = (special.betainc(_nonzero(x), n - x + 1, middle) + beyond) / 2
        low, high = np.where(tail < alpha / 2, middle, low), np.where(tail < alpha / 2, high, middle)
    return np.where(x == 0, 0.0, (low + high) / 2)


_INTERVALS: dict[str, tuple[Callable[[Array, Array, float], Limits], Method]] = {
    "wilson": (_wilson, Method("Wilson score interval", "Wilson 1927, J. Am. Stat. Assoc. 22, 209-212")),
    "clopper-pearson": (
        _clopper_pearson,
        Method("Clopper-Pearson exact interval", "Clopper, Pearson 1934, Biometrika 26, 404-413"),
    ),
    "jeffreys": (_jeffreys, Method("Jeffreys interval", "Brown, Cai, DasGupta 2001, Stat. Sci. 16, 101-133")),
    "agresti-coull": (
        _agresti_coull,
        Method("Agresti-Coull interval", "Agresti, Coull 1998, Am. Stat. 52, 119-126"),
    ),
    "mid-p": (_mid_p, Method("mid-P interval", "Lancaster 1961, J. Am. Stat. Assoc. 56, 223-234")),
}


def interval(events: ArrayLike, n: ArrayLike, method: str = "wilson", level: float = 0.95) -> Limits:
    """Compute the interval of a share.

    Parameters
    ----------
    events, n : array_like of float
        0 <= events <= n, of shapes that broadcast.
    method : {"wilson", "clopper-pearson", "jeffreys", "agresti-coull", "mid-p"}
        Wilson is exactly 0 at no event and exactly 1 where all have it; Clopper-Pearson guarantees its coverage.
    level : float, default 0.95
        Two-sided level, a share of 1.

    Returns
    -------
    lower, upper : ndarray of float
        Shares of 1; NaN where n is 0, because the rate of nobody is unknown.

    Raises
    ------
    BadInput
        If events are negative or more than n, or `level` is not between 0 and 1.
    UnknownName
        If there is no such method.
    Refused
        If a normal (Wald) interval is asked for.

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 857-872, compares them.
    """
    compute, _ = _choose(method)
    alpha = 1 - one_level(level)
    x, people = np.broadcast_arrays(np.asarray(events, np.float64), np.asarray(n, np.float64))
    wrong = np.flatnonzero(~((x >= 0) & (x <= people)))
    if wrong.size:
        found = f"{x.flat[wrong[0]]:g} of {people.flat[wrong[0]]:g}"
        raise BadInput(Problem(found, "0 <= events <= n", "Check that the two are not exchanged."))
    nobody = people == 0
    lower, upper = compute(x, np.where(nobody, 1.0, people), alpha)
    return np.where(nobody, np.nan, lower), np.where(nobody, np.nan, upper)


def proportion(
    data: Data,
    events: str,
    n: str,
    unit: str | None = None,
    *,
    by: str | None = None,
    method: str = "wilson",
    level: float | Sequence[float] = (0.95, 0.998),
    min_n: int = 5,
) -> Result:
    """Estimate each unit's rate with its interval.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit (or a unit in a group).
    events, n : str
        Columns of whole numbers of persons, 0 <= events <= n.
    unit : str, optional
        Column of names; without it the rows are numbered from 1.
    by : str, optional
        Column of groups; it is kept in the table, and a unit may occur once in each group.
    method : {"wilson", "clopper-pearson", "jeffreys", "agresti-coull", "mid-p"}
        See `interval`. A normal (Wald) interval is not offered.
    level : float or sequence of float, default (0.95, 0.998)
        Two-sided levels.
    min_n : int, default 5
        Rates of fewer persons than this are kept, and flagged "few".

    Returns
    -------
    Result
        `table`: one row a unit and level, with unit, (the column `by`), n, events, rate, lower, upper, level, method,
        flag, note; rates are shares of 1. `summary`: units, rows_in, n, events, the pooled rate, and `few`, how many
        are flagged.

    Raises
    ------
    BadInput, NotEnoughPeople
        As `counts` does.
    Refused
        If a normal interval is asked for.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Newcombe (1998), Stat. Med. 17, 857-872.
    """
    _, named = _choose(method)
    levels = _levels(level)
    checked = counts(data, events, n, unit, by)
    if by in _TAKEN:
        raise BadInput(Problem(f"by={by!r}", "a name that the result does not use itself", "Rename the column."))
    few = checked.n < min_n
    named_rows = {"unit": list(checked.unit), **({by: list(checked.group)} if by else {})}
    table = _long(
        {**named_rows, "n": whole(checked.n), "events": whole(checked.events), "rate": checked.rate},
        levels,
        [interval(checked.events, checked.n, method, one) for one in levels],
        {
            "method": [method] * few.size,
            "flag": np.where(few, "few", ""),
            "note": np.where(few, f"n is below {min_n}", ""),
        },
    )
    total, people = checked.events.sum(), checked.n.sum()
    return Proportions(
        table=table,
        summary={
            "units": len(checked.unit),
            "rows_in": checked.rows_in,
            "n": int(people),
            "events": int(total),
            "rate": float(total / people),
            "few": int(few.sum()),
        },
        notes=checked.notes + few_note(few, min_n),
        method=named,
        params=provenance(
            checked.data, events=events, n=n, unit=unit, by=by, method=method, level=list(levels), min_n=min_n
        ),
    )


_TAKEN = frozenset({"unit", "n", "events", "rate", "lower", "upper", "level", "method", "flag", "note"})


@dataclass(frozen=True, eq=False)
class Proportions(Result):
    """Rates with intervals, drawn one panel a group."""

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw each unit's rate with its interval of the lowest level, one panel a group."""
        chart = super().plot()
        by = self.params["by"]
        return chart.facet(row=f"{by}:N").resolve_scale(y="independent") if by else chart


# Two proportions


def two_proportions(
    x1: int, n1: int, x2: int, n2: int, *, method: str = "newcombe", level: float | Sequence[float] = 0.95
) -> Result:
    """Compare two independent shares: difference and ratio with intervals, and two tests.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events among persons in the two groups, 0 <= x <= n.
    method : {"newcombe"}
        Interval of the difference: hybrid score.
    level : float or sequence of float, default 0.95
        Two-sided levels.

    Returns
    -------
    Result
        `table`: rows "difference" and "ratio" (x1/n1 minus, and over, x2/n2) with estimate, lower, upper for each
        level; rows "fisher" and "score" with p_value (and z). `summary`: the same figures, limits of the first level.
        What is undefined is null, and `note` says why.

    Raises
    ------
    BadInput
        If a figure is not a whole number or there are more events than persons.
    NotEnoughPeople
        If a group is empty.

    References
    ----------
    Difference: Newcombe (1998), Stat. Med. 17, 873-890, method 10. Ratio: Katz, Baptista, Azen, Pike (1978),
    Biometrics 34, 469-474. Fisher's exact test: sum over the tables that are not more probable. Score test: pooled.
    """
    if method in _NORMAL:
        raise Refused(_NO_NORMAL)
    if method != "newcombe":
        raise UnknownName("no method", method, ["newcombe"])
    levels = _levels(level)
    _check_group(x1, n1)
    _check_group(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    z, score_p, score_note = _pooled_score(x1, n1, x2, n2)
    fisher_p = float(stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue)
    rows: list[dict[str, object]] = []
    for one in levels:
        lower, upper = _newcombe(x1, n1, x2, n2, one)
        rows.append(
            {
                "measure": "difference",
                "estimate": p1 - p2,
                "lower": lower,
                "upper": upper,
                "level": one,
                "method": method,
            }
        )
        rows.append({"measure": "ratio", "level": one, "method": "katz", **_katz(x1, n1, x2, n2, one)})
    rows.append({"measure": "fisher", "p_value": fisher_p, "method": "fisher exact, two-sided"})
    rows.append({"measure": "score", "z": z, "p_value": score_p, "method": "pooled score", "note": score_note})
    table = pl.DataFrame(rows, schema=_TWO_SCHEMA).with_columns(pl.col("note").fill_null(""))
    said = dict.fromkeys(text for text in table["note"] if text)
    first, ratio = rows[0], rows[1]
    return Result(
        table=table,
        summary={
            "rate1": p1,
            "rate2": p2,
            **{f"difference{tail}": first[key] for tail, key in _SHOWN.items()},
            **{f"ratio{tail}": ratio.get(key) for tail, key in _SHOWN.items()},
            "fisher_p": fisher_p,
            "z": z,
            "p_value": score_p,
        },
        notes=tuple(Note("undefined", text, "warning") for text in said),
        method=Method(
            "difference of two proportions, hybrid score interval", "Newcombe 1998, Stat. Med. 17, 873-890, method 10"
        ),
        params=provenance(
            pl.DataFrame({"events": [x1, x2], "n": [n1, n2]}),
            x1=x1,
            n1=n1,
            x2=x2,
            n2=n2,
            method=method,
            level=list(levels),
        ),
    )


_SHOWN = {"": "estimate", "_lower": "lower", "_upper": "upper"}
_TWO_SCHEMA = {
    "measure": pl.String,
    "estimate": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "z": pl.Float64,
    "p_value": pl.Float64,
    "method": pl.String,
    "note": pl.String,
}


def _newcombe(x1: int, n1: int, x2: int, n2: int, level: float) -> tuple[float, float]:
    p = np.array([x1 / n1, x2 / n2])
    lower, upper = interval([x1, x2], [n1, n2], "wilson", level)
    down, up = p - lower, upper - p
    difference = p[0] - p[1]
    return float(difference - math.hypot(down[0], up[1])), float(difference + math.hypot(up[0], down[1]))


def _katz(x1: int, n1: int, x2: int, n2: int, level: float) -> dict[str, object]:
    if x1 == 0 or x2 == 0:
        return {"note": "A group without events leaves the ratio undefined; read the difference."}
    ratio = (x1 / n1) / (x2 / n2)
    se = math.sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)
    spread = math.exp(normal_quantile((1 + level) / 2) * se)
    note = "Everybody in both groups has the event, so the interval of the ratio has no width." if se == 0 else ""
    return {"estimate": ratio, "lower": ratio / spread, "upper": ratio * spread, "note": note}


def _pooled_score(x1: int, n1: int, x2: int, n2: int) -> tuple[float | None, float | None, str]:
    pooled = (x1 + x2) / (n1 + n2)
    if pooled in (0.0, 1.0):
        return None, None, "Both groups are all alike, so the score test is undefined."
    z = (x1 / n1 - x2 / n2) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return z, float(2 * special.ndtr(-abs(z))), ""


def _check_group(x: int, n: int) -> None:
    for name, value in (("events", x), ("n", n)):
        if value != int(value) or value < 0:
            raise BadInput(Problem(f"{name} = {value!r}", "a whole number of persons", "Give counts, not shares."))
    if n == 0:
        raise NotEnoughPeople(Problem("a group of nobody", "n above 0", "Leave the comparison out."))
    if x > n:
        raise BadInput(
            Problem(f"{x} of {n}", "at most as many events as persons", "Check that they are not exchanged.")
        )


# Observed against expected, and rates per person-time


def _exact_poisson(count: Array, alpha: float) -> Limits:
    # chi2inv(p; 2k) / 2 is the p quantile of a gamma with shape k.
    lower = special.gammaincinv(_nonzero(count), alpha / 2)
    return np.where(count == 0, 0.0, lower), special.gammainccinv(count + 1, alpha / 2)


def _byar(count: Array, alpha: float) -> Limits:
    z, some, more = normal_quantile(1 - alpha / 2), _nonzero(count), count + 1
    lower = count * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0) ** 3
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


_POISSON: dict[str, tuple[Callable[[Array, float], Limits], Method]] = {
    "exact": (_exact_poisson, Method("exact Poisson limits", "Ulm 1990, Am. J. Epidemiol. 131, 373-375")),
    "byar": (
        _byar,
        Method("Byar's limits", "Breslow, Day 1987, Statistical Methods in Cancer Research II, 68-71"),
    ),
}


def poisson_interval(events: ArrayLike, exposure: ArrayLike, method: str = "exact", level: float = 0.95) -> Limits:
    """Compute the interval of events over exposure: a rate per person-month, or observed over expected.

    Parameters
    ----------
    events : array_like of float
        Counts of 0 or more.
    exposure : array_like of float
        Person-time, or expected events; above 0. Shapes broadcast.
    method : {"exact", "byar"}
        Exact Poisson limits, or Byar's approximation of them.
    level : float, default 0.95
        Two-sided level.

    Returns
    -------
    lower, upper : ndarray of float
        In events per unit of exposure.

    Raises
    ------
    BadInput
        If events are not whole and 0 or more, exposure is not above 0, or `level` is not between 0 and 1.

    References
    ----------
    Ulm (1990), Am. J. Epidemiol. 131, 373-375; Breslow, Day (1987), Statistical Methods in Cancer Research II.
    """
    if method not in _POISSON:
        raise UnknownName("no method", method, _POISSON)
    alpha = 1 - one_level(level)
    count, time = np.broadcast_arrays(np.asarray(events, np.float64), np.asarray(exposure, np.float64))
    uncounted = np.flatnonzero(~((count >= 0) & (count == np.floor(count))))
    if uncounted.size:
        found = f"{count.flat[uncounted[0]]:g} events"
        raise BadInput(Problem(found, "a whole number of 0 or more", "Give counts, not rates."))
    unexposed = np.flatnonzero(~((time > 0) & np.isfinite(time)))
    if unexposed.size:
        found = f"{time.flat[unexposed[0]]:g} expected (or exposed)"
        raise BadInput(Problem(found, "a number above 0", "Leave the row out."))
    lower, upper = _POISSON[method][0](count, alpha)
    return lower / time, upper / time


def standardised_ratio(
    observed: ArrayLike,
    expected: ArrayLike,
    method: str = "exact",
    level: float | Sequence[float] = 0.95,
    unit: Sequence[str] | None = None,
) -> Result:
    """Compare observed with expected events: O/E with its interval.

    Parameters
    ----------
    observed : array_like of int
        Events, one a unit; a single figure is one unit.
    expected : array_like of float
        Events expected from the composition, above 0; taken as known.
    method : {"exact", "byar"}
        See `poisson_interval`.
    level : float or sequence of float, default 0.95
        Two-sided levels.
    unit : sequence of str, optional
        Names; without them the units are numbered from 1.

    Returns
    -------
    Result
        `table`: one row a unit and level with unit, events, expected, ratio, lower, upper, level, p_value (exact
        Poisson, twice the smaller tail), p_holm, q_bh, method. `summary`: units, events, expected, ratio of the sums.

    Raises
    ------
    BadInput
        If events are not whole, an expected count is not above 0, or lengths differ.

    References
    ----------
    Ulm (1990), Am. J. Epidemiol. 131, 373-375; Breslow, Day (1987), Statistical Methods in Cancer Research II, 68-71.
    """
    levels = _levels(level)
    try:
        o, e = np.broadcast_arrays(
            np.atleast_1d(np.asarray(observed, np.float64)), np.atleast_1d(np.asarray(expected, np.float64))
        )
    except ValueError:
        found = f"{np.size(observed)} observed and {np.size(expected)} expected counts"
        raise BadInput(Problem(found, "one of each for every unit", "Give both in the same order.")) from None
    names = [str(k + 1) for k in range(o.size)] if unit is None else [str(name) for name in unit]
    if len(names) != o.size:
        raise BadInput(Problem(f"{len(names)} names for {o.size} units", "one name a unit", "Give both in one order."))
    limits = [poisson_interval(o, e, method, one) for one in levels]
    p = np.minimum(1.0, 2 * np.minimum(stats.poisson.cdf(o, e), stats.poisson.sf(o - 1, e)))
    table = _long(
        {"unit": names, "events": whole(o), "expected": e, "ratio": o / e},
        levels,
        limits,
        {"p_value": p, "p_holm": holm(p), "q_bh": benjamini_hochberg(p), "method": [method] * o.size},
    )
    return Result(
        table=table,
        summary={
            "units": o.size,
            "events": int(o.sum()),
            "expected": float(e.sum()),
            "ratio": float(o.sum() / e.sum()),
        },
        notes=(Note("expected-known", "The expected counts are taken as known; their own uncertainty is not in it."),),
        method=_POISSON[method][1],
        params=provenance(pl.DataFrame({"unit": names, "events": o, "expected": e}), method=method, level=list(levels)),
    )


# Shared


def _nonzero(values: Array) -> Array:
    # The functions below are undefined at 0, where the limit is 0 or 1 by definition and their answer is not used.
    return np.where(values == 0, 1.0, values)


_NORMAL = frozenset({"wald", "normal"})
_NO_NORMAL = (
    "A normal (Wald) interval is not offered: at the sizes of municipalities it covers far less often than it says, "
    "has no width at 0 or n events, and leaves 0 to 1. Use wilson; or clopper-pearson for guaranteed coverage."
)


def normal_quantile(p: float) -> float:
    """Give the standard normal quantile."""
    return float(special.ndtri(p))


def _choose(method: str) -> tuple[Callable[[Array, Array, float], Limits], Method]:
    if method in _NORMAL:
        raise Refused(_NO_NORMAL)
    if method not in _INTERVALS:
        raise UnknownName("no method", method, _INTERVALS)
    return _INTERVALS[method]


def _levels(level: float | Sequence[float]) -> tuple[float, ...]:
    asked = (level,) if isinstance(level, int | float) else tuple(level)
    if not asked:
        raise BadInput(Problem("no level", "at least one", "Write level=0.95."))
    return tuple(dict.fromkeys(one_level(one) for one in asked))


def _long(
    before: Mapping[str, object], levels: Sequence[float], limits: Sequence[Limits], after: Mapping[str, object]
) -> pl.DataFrame:
    """Lay out one row a unit and level: the limits stand between the columns `before` and `after`."""
    units = limits[0][0].size
    each = np.repeat(np.arange(units), len(levels))
    columns = {
        "lower": np.stack([lower for lower, _ in limits], axis=1).ravel(),
        "upper": np.stack([upper for _, upper in limits], axis=1).ravel(),
        "level": np.tile(np.asarray(levels), units),
    }
    return pl.concat([pl.DataFrame(before)[each], pl.DataFrame(columns), pl.DataFrame(after)[each]], how="horizontal")


def few_note(few: NDArray[np.bool_], min_n: int) -> tuple[Note, ...]:
    """Say how many units have fewer than `min_n` persons, if any."""
    if not few.any():
        return ()
    return (Note("few", f"{int(few.sum())} of {few.size} units have fewer than {min_n} persons.", "warning"),)
