"""The three answers on the end of a residence rule: do moves pile up, does it fade, was it delay or does it last."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special, stats

from fodfaeste.measure.intervals import interval, poisson_interval
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.release_cells import (
    BOUND,
    FREE,
    MOVED,
    STAYED,
    Cohorts,
    Tally,
    incidence_influence,
    over,
    tallied,
)

Floats = NDArray[np.float64]

FREE_COHORT = "the free cohort in the same months"
MONTHS_BEFORE = "the bound cohort just before: proves nothing"

_DECIDED = {
    "deciding_lower": pl.Float64,
    "deciding_upper": pl.Float64,
    "deciding_p": pl.Float64,
    "se_log_ratio": pl.Float64,
    "design_effect": pl.Float64,
}
_EXACT = {
    "ratio": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "p_value": pl.Float64,
}
RELEASE_COLUMNS: Mapping[str, Any] = {
    "unit": pl.String,
    "compared_with": pl.String,
    "n": pl.Int64,
    "events": pl.Int64,
    "free_n": pl.Int64,
    "free_events": pl.Int64,
    "expected": pl.Float64,
    **_EXACT,
    **_DECIDED,
    "method": pl.String,
    "note": pl.String,
}
SHAPE_COLUMNS: Mapping[str, Any] = {
    "unit": pl.String,
    "n": pl.Int64,
    "events": pl.Int64,
    "person_months": pl.Int64,
    "later_events": pl.Int64,
    "later_person_months": pl.Int64,
    "free_ratio": pl.Float64,
    **_EXACT,
    **_DECIDED,
    "method": pl.String,
    "note": pl.String,
}
CATCH_UP_COLUMNS: Mapping[str, Any] = {
    "unit": pl.String,
    "month": pl.Int64,
    "gap": pl.Float64,
    "se_gap": pl.Float64,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "persons_lower": pl.Float64,
    "persons_upper": pl.Float64,
    "method": pl.String,
    "note": pl.String,
}


@dataclass(frozen=True)
class Window:
    """The months after `start` up to and with `end`."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"({self.start}, {self.end}]"

    @property
    def months(self) -> slice:
        """Positions of its months in an array that begins with month 1."""
        return slice(self.start, self.end)

    def until(self, month: int) -> Window:
        """Cut off what lies after a month."""
        return Window(self.start, max(self.start, min(self.end, month)))

    def inside(self, months: int) -> NDArray[np.bool_]:
        """Say of the months 1 to `months` which lie in it."""
        month = np.arange(1, months + 1)
        return (month > self.start) & (month <= self.end)


def windows(rule: int, window: int) -> tuple[Window, ...]:
    """Give the months under the rule, those just after it, and two later stretches: (0, 36], (36, 42] and so on."""
    edges = (0, rule, rule + window, rule + 2 * window, rule + 4 * window)
    return tuple(Window(start, end) for start, end in itertools.pairwise(edges))


# Two counts


def two_counts(
    events: float, compared: float, weight: float, design_effect: float, level: float
) -> tuple[float | None, float | None, float]:
    """Compare two Poisson counts when both vary by chance, given their sum.

    Parameters
    ----------
    events, compared : float
        Counts with means R weight m and m; not both 0. `compared` need not be whole.
    weight : float
        Expected events for each compared one, if R were 1.
    design_effect : float
        How many times larger the variance is than that of independent persons; both counts are divided by it.
    level : float
        Two-sided.

    Returns
    -------
    lower, upper : float
        Mid-P limits of R; None where there is no upper limit.
    p : float
        One-sided mid-P of R = 1 against a larger one.

    References
    ----------
    Przyborowski, Wilenski (1940), Biometrika 31, 313-323; mid-P: Lancaster (1961), J. Am. Stat. Assoc. 56, 223-234;
    counts divided by the design effect: Rao, Scott (1992), Biometrics 48, 577-585.
    """
    x, m = events / design_effect, compared / design_effect
    low, high = (float(share[0]) for share in interval([x], [x + m], "mid-p", level))
    upper = high / (1 - high) / weight if high < 1 else None
    chance = weight / (1 + weight)
    return low / (1 - low) / weight if low < 1 else None, upper, (_tail(x, m, chance) + _tail(x + 1, m - 1, chance)) / 2


def _tail(x: float, m: float, chance: float) -> float:
    """Give P(X >= x) of a binomial with x + m trials, also where m is not whole; 0 beyond the last."""
    if x <= 0:
        return 1.0
    return float(special.betainc(x, m + 1, chance)) if m > -1 else 0.0


def _decided(
    events: float, compared: float, weight: float, design_effect: float, level: float
) -> dict[str, float | None]:
    lower, upper, p = two_counts(events, compared, weight, design_effect, level)
    known = events > 0 and compared > 0
    return {
        "deciding_lower": lower,
        "deciding_upper": upper,
        "deciding_p": p,
        "se_log_ratio": math.sqrt(design_effect * (1 / events + 1 / compared)) if known else None,
        "design_effect": design_effect,
    }


def _design_effect(cohorts: Cohorts, influence: Floats, variance: float) -> float:
    """Compare the variance between units with that of independent persons; never below 1."""
    return max(1.0, float(cohorts.variance(influence)) / variance) if cohorts.units else 1.0


# 1. Release


def release_rows(cohorts: Cohorts, rule: int, window: int, level: float) -> pl.DataFrame:
    """Compare the moves of the bound cohort with those that the free cohort's hazards would give.

    Parameters
    ----------
    cohorts : Cohorts
    rule, window : int
        Months.
    level : float
        Two-sided.

    Returns
    -------
    polars.DataFrame
        One row a window, and the months just before the end of the rule, which prove nothing; see `release_test`.
    """
    rows = [release_row(cohorts, one, level) for one in windows(rule, window)]
    rows.insert(2, _against_before(cohorts.tally, rule, window, level))
    return pl.DataFrame(rows, schema=RELEASE_COLUMNS)


def release_row(cohorts: Cohorts, asked: Window, level: float) -> dict[str, Any]:
    """Compare observed and expected moves in one window, as far as both cohorts are watched."""
    window = asked.until(cohorts.both)
    tally, months = cohorts.tally, window.months
    at_risk, hazard = tally.at_risk[BOUND, months], tally.hazard[FREE, months]
    row: dict[str, Any] = {
        "unit": str(asked),
        "compared_with": FREE_COHORT,
        "method": "exact Poisson; deciding: two counts, mid-P",
    }
    if not at_risk.any():
        return row | {"note": "Nobody of one of the cohorts is watched in these months."}
    observed, expected = float(tally.moved[BOUND, months].sum()), float(at_risk @ hazard)
    row |= {
        "n": int(at_risk[0]),
        "events": int(observed),
        "free_n": int(tally.at_risk[FREE, window.start]),
        "free_events": int(tally.moved[FREE, months].sum()),
        "expected": expected,
        "note": "" if window == asked else f"Watched up to month {window.end} only.",
    }
    if expected == 0:
        return row | {"expected": 0.0, "note": "Nobody of the free cohort moves in these months: no ratio."}
    # The expected moves vary like a count of this many: what the free cohort's moves weigh is not the same each month.
    effective = expected**2 / float(at_risk**2 @ over(hazard, tally.at_risk[FREE, months]))
    design_effect = 1.0
    if observed:
        influence = _ratio_influence(cohorts, window, observed, expected)
        design_effect = _design_effect(cohorts, influence, 1 / observed + 1 / effective)
    return (
        row
        | _exact_poisson(observed, expected, level)
        | _decided(observed, effective, expected / effective, design_effect, level)
    )


def _exact_poisson(observed: float, expected: float, level: float) -> dict[str, float]:
    lower, upper = poisson_interval(observed, expected, "exact", level)
    p = float(stats.poisson.sf(observed - 1, expected))
    ratio = observed / expected
    return {"ratio": ratio, "lower": float(lower), "upper": float(upper), "level": level, "p_value": p}


def _ratio_influence(cohorts: Cohorts, window: Window, observed: float, expected: float) -> Floats:
    """Give what a person of each cell adds to the logarithm of observed over expected."""
    tally = cohorts.tally
    inside = window.inside(cohorts.last)
    influence = np.zeros(cohorts.shape)
    hazard = inside * tally.hazard[FREE]
    weight = inside * over(tally.at_risk[BOUND], tally.at_risk[FREE])
    influence[BOUND] -= _while_at_risk(hazard)[:, None] / expected
    influence[BOUND, :-1, MOVED] += inside / observed
    influence[FREE] += _while_at_risk(weight * tally.hazard[FREE])[:, None] / expected
    influence[FREE, :-1, MOVED] -= weight / expected
    return influence


def _while_at_risk(monthly: Floats) -> Floats:
    """Sum what is added each month up to each month; those watched beyond the last have it all."""
    total = np.cumsum(monthly)
    return np.append(total, total[-1])


def _against_before(tally: Tally, rule: int, window: int, level: float) -> dict[str, Any]:
    before, after = slice(max(rule - window, 0), rule), slice(rule, rule + window)
    at_risk, moved = tally.at_risk[BOUND], tally.moved[BOUND]
    expected = float(at_risk[after].sum() * moved[before].sum() / at_risk[before].sum())
    row: dict[str, Any] = {
        "unit": str(Window(rule, rule + window)),
        "compared_with": MONTHS_BEFORE,
        "n": int(at_risk[rule]),
        "events": int(moved[after].sum()),
        "expected": expected,
        "method": "exact Poisson",
        "note": "The rule holds the months before down, so a ratio above 1 proves nothing.",
    }
    # No p value: a test whose answer is known beforehand is none.
    return row | (_exact_poisson(row["events"], expected, level) if expected else {}) | {"p_value": None}


# 2. Shape


def shape_row(cohorts: Cohorts, rule: int, window: int, level: float) -> pl.DataFrame:
    """Compare the bound cohort's rate just after the rule with its own later rate.

    Parameters
    ----------
    cohorts : Cohorts
    rule, window : int
        Months.
    level : float
        Two-sided.

    Returns
    -------
    polars.DataFrame
        One row; see `release_test`.
    """
    _, first, _, asked = windows(rule, window)
    later = asked.until(min(cohorts.last, cohorts.followed[BOUND]))
    row: dict[str, Any] = {
        "unit": f"{first} against {asked}",
        "method": "exact binomial; deciding: two counts, mid-P",
        "note": "" if later == asked else f"Watched up to month {later.end} only.",
    }
    tally = cohorts.tally
    events, months = (_sums(values, first, later) for values in (tally.moved[BOUND], tally.at_risk[BOUND]))
    row |= {
        "n": int(tally.at_risk[BOUND, rule]),
        "events": int(events[0]),
        "person_months": int(months[0]),
        "later_events": int(events[1]),
        "later_person_months": int(months[1]),
        "free_ratio": _free_ratio(tally, first, later),
    }
    if months[1] == 0:
        row["note"] = f"Nobody of the bound cohort is watched after month {asked.start}: the shape cannot be told yet."
    elif events.sum() == 0:
        row["note"] = "Nobody moves in either window."
    else:
        row |= _compared(cohorts, (first, later), events, months, level)
    return pl.DataFrame([row], schema=SHAPE_COLUMNS)


def _free_ratio(tally: Tally, first: Window, later: Window) -> float | None:
    """Give the same ratio in the free cohort: how far rates fall with the length of stay where no rule ends."""
    events, months = (_sums(values, first, later) for values in (tally.moved[FREE], tally.at_risk[FREE]))
    return float(events[0] / months[0] / (events[1] / months[1])) if events[1] else None


def _sums(monthly: Floats, *parts: Window) -> Floats:
    return np.array([monthly[part.months].sum() for part in parts])


def _compared(
    cohorts: Cohorts, parts: Sequence[Window], events: Floats, months: Floats, level: float
) -> dict[str, Any]:
    weight = float(months[0] / months[1])
    low, high = (float(share[0]) for share in interval([events[0]], [events.sum()], "clopper-pearson", level))
    design_effect = 1.0
    if events.all():
        influence = _rate_influence(cohorts, parts[0], events[0], months[0])
        influence -= _rate_influence(cohorts, parts[1], events[1], months[1])
        design_effect = _design_effect(cohorts, influence, float((1 / events).sum()))
    return {
        "ratio": float(events[0] / events[1] / weight) if events[1] else None,
        "lower": low / (1 - low) / weight if low < 1 else None,
        "upper": high / (1 - high) / weight if high < 1 else None,
        "level": level,
        "p_value": _tail(float(events[0]), float(events[1]), weight / (1 + weight)),
        **_decided(float(events[0]), float(events[1]), weight, design_effect, level),
    }


def _rate_influence(cohorts: Cohorts, window: Window, events: float, months: float) -> Floats:
    """Give what a person of each cell adds to the logarithm of the bound cohort's rate in a window."""
    influence = np.zeros(cohorts.shape)
    inside = window.inside(cohorts.last)
    influence[BOUND] -= _while_at_risk(inside.astype(np.float64))[:, None] / months
    influence[BOUND, :-1, MOVED] += inside / events
    return influence


# 3. Delay or lasting


def catch_up_rows(
    cohorts: Cohorts,
    rule: int,
    horizons: Sequence[int],
    *,
    level: float,
    bootstraps: int,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Estimate which share of the moves that the rule held back had happened by later months.

    Parameters
    ----------
    cohorts : Cohorts
    rule : int
        Last month under the rule.
    horizons : sequence of int
        Later months, ascending.
    level : float
        Two-sided.
    bootstraps : int
        Draws.
    rng : numpy.random.Generator

    Returns
    -------
    polars.DataFrame
        One row a horizon; see `release_test`.
    """
    can = [month for month in horizons if month <= cohorts.both]
    at = [rule, *can]
    influence = incidence_influence(cohorts.tally, FREE, at) - incidence_influence(cohorts.tally, BOUND, at)
    gap = _gaps(cohorts.tally, at)
    se = np.sqrt(cohorts.variance(influence))
    rows = [
        {"unit": f"C({month})", "month": month, "level": level, "note": _not_watched(cohorts, month)}
        for month in horizons
    ]
    for row, g, s in zip(rows, gap[1:], se[1:], strict=False):
        row |= {"gap": g, "se_gap": s}
    if gap[0] <= 0 or gap[0] < 2 * se[0]:
        for row in rows:
            row["note"] = row["note"] or _undefined(rule, gap[0], se[0])
    else:
        share = 1 - gap[1:] / gap[0]
        of_share = -(influence[1:] - (1 - share)[:, None, None, None] * influence[:1]) / gap[0]
        drawn = _drawn(cohorts, at, level, bootstraps, rng)
        for row, *cells in zip(rows, share, np.sqrt(cohorts.variance(of_share)), *drawn, strict=False):
            names = ("estimate", "se", "lower", "upper", "persons_lower", "persons_upper")
            row |= {name: float(cell) for name, cell in zip(names, cells, strict=True)}
            row["method"] = f"bootstrap over {'units' if cohorts.units else 'persons'}, percentile"
    return pl.DataFrame(rows, schema=CATCH_UP_COLUMNS)


def gap_at(cohorts: Cohorts, month: int) -> tuple[float, float]:
    """Give the gap between the shares who have moved (free minus bound) by a month, and its standard error."""
    influence = incidence_influence(cohorts.tally, FREE, [month]) - incidence_influence(cohorts.tally, BOUND, [month])
    return float(_gaps(cohorts.tally, [month])[0]), float(np.sqrt(cohorts.variance(influence))[0])


def _gaps(tally: Tally, at: Sequence[int]) -> Floats:
    incidence = tally.incidence[..., np.asarray(at) - 1]
    return np.asarray(incidence[..., FREE, :] - incidence[..., BOUND, :])


def _not_watched(cohorts: Cohorts, month: int) -> str:
    return "" if month <= cohorts.both else f"Both cohorts are watched up to month {cohorts.both} only."


def _undefined(rule: int, gap: float, se: float) -> str:
    return f"Undefined: the gap at month {rule} is {gap:.4f}, below two standard errors of {se:.4f}."


def _drawn(
    cohorts: Cohorts, at: Sequence[int], level: float, bootstraps: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give percentile limits of the shares: those that decide, then those over persons."""
    persons = _limits(_shares(cohorts.redrawn_persons(bootstraps, rng), at), level)
    if not cohorts.units:
        return *persons, *persons
    drawn = [_shares(counts, at) for counts in cohorts.redrawn_units(bootstraps, rng)]
    return *_limits(np.concatenate(drawn), level), *persons


def _shares(counts: Floats, at: Sequence[int]) -> Floats:
    gap = _gaps(tallied(counts), at)
    held_back = gap[:, :1]
    return 1 - np.divide(gap[:, 1:], held_back, out=np.full_like(gap[:, 1:], np.nan), where=held_back != 0)


def _limits(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    lower, upper = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return lower, upper


# Groups


def between_groups(groups: Mapping[str, Cohorts], window: Window, level: float) -> pl.DataFrame:
    """Compare the release of groups: a row each, and a test of one common ratio.

    Parameters
    ----------
    groups : mapping of str to Cohorts
        By name.
    window : Window
        The months after the rule.
    level : float
        Two-sided.

    Returns
    -------
    polars.DataFrame
        The columns of the release, with p_equal: Cochran's Q of the logarithms of the ratios.
    """
    rows = [release_row(cohorts, window, level) | {"unit": name} for name, cohorts in groups.items()]
    frame = pl.DataFrame(rows, schema=RELEASE_COLUMNS)
    return frame.with_columns(p_equal=pl.lit(_one_ratio(frame), dtype=pl.Float64))


def _one_ratio(frame: pl.DataFrame) -> float | None:
    known = frame.drop_nulls("se_log_ratio")
    if known.height < 2:
        return None
    logs, weight = np.log(known["ratio"].to_numpy()), known["se_log_ratio"].to_numpy() ** -2
    middle = weight @ logs / weight.sum()
    return float(stats.chi2.sf(weight @ (logs - middle) ** 2, known.height - 1))


# Together


def three_answers(
    release: pl.DataFrame, shape: pl.DataFrame, catch_up: pl.DataFrame, main: Window, level: float
) -> pl.DataFrame:
    """Lay the three answers out in one table, with what each comes to.

    Parameters
    ----------
    release, shape, catch_up : polars.DataFrame
    main : Window
        The months after the rule.
    level : float

    Returns
    -------
    polars.DataFrame
        Rows release, shape and catch-up (one a horizon) with answer, unit, n, events, estimate, lower, upper, level,
        z, p_value, p_holm, method, flag, note.
    """
    first = release.row(
        by_predicate=(pl.col("unit") == str(main)) & (pl.col("compared_with") == FREE_COHORT), named=True
    )
    rows = [
        _answer("release", first, level, ("pile-up", "no pile-up shown")),
        _answer("shape", shape.row(0, named=True), level, ("fades", "no fading shown")),
        *(_horizon(row) for row in catch_up.to_dicts()),
    ]
    p = [math.nan if row["p_value"] is None else row["p_value"] for row in rows]
    return pl.DataFrame(rows, schema=_ANSWER_COLUMNS).with_columns(p_holm=pl.Series(holm(p)).fill_nan(None))


_ANSWER_COLUMNS = {
    "answer": pl.String,
    "unit": pl.String,
    "n": pl.Int64,
    "events": pl.Int64,
    "estimate": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "z": pl.Float64,
    "p_value": pl.Float64,
    "p_holm": pl.Float64,
    "method": pl.String,
    "flag": pl.String,
    "note": pl.String,
}


def _answer(name: str, row: Mapping[str, Any], level: float, flags: tuple[str, str]) -> dict[str, Any]:
    p = row["deciding_p"]
    return {
        "answer": name,
        **{column: row[column] for column in ("unit", "n", "events", "note")},
        "estimate": row["ratio"],
        "lower": row["deciding_lower"],
        "upper": row["deciding_upper"],
        "level": level,
        "p_value": p,
        "method": "two counts, mid-P",
        "flag": "undefined" if p is None else flags[0] if p < 1 - level else flags[1],
    }


def _horizon(row: Mapping[str, Any]) -> dict[str, Any]:
    shared = {column: row[column] for column in ("unit", "estimate", "lower", "upper", "level", "method", "note")}
    z = row["estimate"] / row["se"] if row["estimate"] is not None and row["se"] > 0 else None
    p = None if z is None else float(2 * special.ndtr(-abs(z)))
    return {"answer": "catch-up", **shared, "z": z, "p_value": p, "flag": _read(row["lower"], row["upper"])}


def _read(lower: float | None, upper: float | None) -> str:
    """Say what an interval of the catch-up share leaves possible: 1 is delay only, 0 is that the stay lasts."""
    if lower is None or upper is None:
        return "undefined"
    delay, lasting = lower <= 1 <= upper, lower <= 0 <= upper
    if delay or lasting:
        return "undecided" if delay and lasting else "delay" if delay else "lasting"
    if lower > 1:
        return "overshoot"
    return "partly made up for" if lower > 0 else "gap still grows"


def curve(cohorts: Cohorts, names: tuple[str, str], level: float) -> pl.DataFrame:
    """Give both cohorts month by month, for charts.

    Parameters
    ----------
    cohorts : Cohorts
    names : tuple of str
        Of the bound and the free cohort.
    level : float

    Returns
    -------
    polars.DataFrame
        cohort, month, n (at risk), events (moves), left (moves and other exits), rate (the month's hazard) with lower
        and upper (Wilson), level, incidence (share who have moved) with its standard error `se`; months with somebody
        at risk.
    """
    tally, months = cohorts.tally, np.arange(1, cohorts.last + 1)
    frames = []
    for side, name in zip((BOUND, FREE), names, strict=True):
        influence = incidence_influence(tally, side, months.tolist())
        lower, upper = interval(tally.moved[side], tally.at_risk[side], "wilson", level)
        columns = {
            "cohort": [name] * months.size,
            "month": months,
            "n": tally.at_risk[side].astype(np.int64),
            "events": tally.moved[side].astype(np.int64),
            "left": tally.left[side].astype(np.int64),
            "rate": tally.hazard[side],
            "lower": lower,
            "upper": upper,
            "level": np.full(months.size, level),
            "incidence": tally.incidence[side],
            "se": np.sqrt(cohorts.variance(influence)),
        }
        frames.append(pl.DataFrame(columns).filter(pl.col("n") > 0))
    return pl.concat(frames)


def censored_before(cohorts: Cohorts, month: int) -> tuple[float, float]:
    """Give the share of the bound and of the free cohort whose watching ends before a month, while still there."""
    counts = cohorts.counts[:, : min(month, cohorts.last + 1) - 1, STAYED].sum(axis=1)
    shares = counts / cohorts.counts.sum(axis=(1, 2))
    return float(shares[BOUND]), float(shares[FREE])
