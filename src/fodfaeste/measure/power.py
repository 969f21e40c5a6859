"""How many persons, events or years are needed before a difference can be told from chance."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused
from fodfaeste.measure.intervals import normal_quantile
from fodfaeste.measure.result import Method, Note, Result, provenance

Array = NDArray[np.float64]


def n_two_proportions(p1: float, p2: float, *, power: float = 0.8, alpha: float = 0.05) -> Result:
    """Find how many persons each of two equal groups needs to tell two rates apart.

    Parameters
    ----------
    p1, p2 : float
        The two rates, shares between 0 and 1, not equal.
    power : float, default 0.8
        Probability of finding the difference.
    alpha : float, default 0.05
        Two-sided level of the pooled score test.

    Returns
    -------
    Result
        `summary`: n (persons in each group) and n_total. `table`: one row of the same with p1, p2, power, alpha.

    Raises
    ------
    BadInput
        If a share is not between 0 and 1, or the rates are equal.

    References
    ----------
    Fleiss (1981), Statistical Methods for Rates and Proportions, 2nd ed., without continuity correction.
    """
    _check_shares(p1=p1, p2=p2, power=power, alpha=alpha)
    if p1 == p2:
        raise BadInput(Problem(f"p1 = p2 = {p1:g}", "two different rates", "Name the difference to be found."))
    middle = (p1 + p2) / 2
    null = normal_quantile(1 - alpha / 2) * math.sqrt(2 * middle * (1 - middle))
    other = normal_quantile(power) * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    n = _whole_up(((null + other) / (p1 - p2)) ** 2)
    return _answer(
        Method(
            "two proportions, variance pooled under the null",
            "Fleiss 1981, Statistical Methods for Rates and Proportions",
        ),
        {"n": n, "n_total": 2 * n},
        p1=p1,
        p2=p2,
        power=power,
        alpha=alpha,
    )


def n_halfwidth(p: float, halfwidth: float, *, level: float = 0.95) -> Result:
    """Find the smallest number of persons whose Wilson interval is no wider than asked.

    Parameters
    ----------
    p : float
        The rate to be expected, a share from 0 to 1.
    halfwidth : float
        Half the width allowed, a share between 0 and 1: 0.10 for plus or minus ten points.
    level : float, default 0.95
        Two-sided level.

    Returns
    -------
    Result
        `summary`: n, and `reached`, the half width at n persons of whom a share of `p` have the event.

    Raises
    ------
    BadInput
        If a share is out of range.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    _check_shares(halfwidth=halfwidth, level=level)
    if not 0 <= p <= 1:
        raise BadInput(Problem(f"p = {p!r}", "a share from 0 to 1", "Write 0.62 for 62 per cent."))
    enough = 1
    while _wilson_halfwidth(p, enough, level) > halfwidth:
        enough *= 2
    # The half width falls with n for every p, so halving finds the smallest n that is enough.
    short = enough // 2
    while enough - short > 1:
        middle = (short + enough) // 2
        if _wilson_halfwidth(p, middle, level) > halfwidth:
            short = middle
        else:
            enough = middle
    return _answer(
        Method("half width of the Wilson score interval", "Wilson 1927, J. Am. Stat. Assoc. 22, 209-212"),
        {"n": enough, "reached": _wilson_halfwidth(p, enough, level)},
        p=p,
        halfwidth=halfwidth,
        level=level,
    )


def power_funnel(n: int, target: float, rate: float, *, tail: float = 0.025) -> Result:
    """Compute how often a unit with a given true rate is found to differ from the target.

    The exact equal-tail test finds x when P(X <= x) or P(X >= x) at the target is at most `tail`.

    Parameters
    ----------
    n : int
        Persons in the unit.
    target, rate : float
        The common target and the unit's true rate, shares between 0 and 1.
    tail : float, default 0.025
        Tail of the limits: 0.025 for 95 %.

    Returns
    -------
    Result
        `summary`: power; size, the true chance of a finding when the rate is the target, at most twice the tail; and
        low_events and high_events, the counts from which a unit is found (null where no count is).

    Raises
    ------
    BadInput
        If a share is out of range or n is not a whole number.
    NotEnoughPeople
        If n is 0.

    References
    ----------
    Clopper, Pearson (1934), Biometrika 26, 404-413, inverted; Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
    """
    _check_shares(target=target, rate=rate)
    _check_tail(tail)
    _check_people(n)
    persons = np.array([float(n)])
    low, high = _found_at(persons, target, tail)
    power, size = _found(persons, low, high, rate), _found(persons, low, high, target)
    notes: tuple[Note, ...] = ()
    if low[0] < 0 and high[0] > n:
        notes = (Note("never-found", f"With {n} persons no count at all lies outside the limits.", "warning"),)
    return _answer(
        _EXACT_TEST,
        {
            "power": float(power[0]),
            "size": float(size[0]),
            "low_events": int(low[0]) if low[0] >= 0 else None,
            "high_events": int(high[0]) if high[0] <= n else None,
        },
        notes,
        n=n,
        target=target,
        rate=rate,
        tail=tail,
    )


def n_funnel(target: float, rate: float, *, power: float = 0.8, tail: float = 0.025) -> Result:
    """Find how many persons a unit needs to be told from the target with a given true rate.

    Parameters
    ----------
    target, rate : float
        The common target and the unit's true rate, shares between 0 and 1, not equal.
    power : float, default 0.8
        Probability of being found by the exact equal-tail test, see `power_funnel`.
    tail : float, default 0.025
        Tail of the limits: 0.025 for 95 %.

    Returns
    -------
    Result
        `summary`: n, from which on the power is always reached (it saws up and down with n), and the power at n.

    Raises
    ------
    BadInput
        If a share is out of range or the two rates are equal.
    Refused
        If more than a million persons would be needed.
    """
    _check_shares(target=target, rate=rate, power=power)
    _check_tail(tail)
    if rate == target:
        raise BadInput(Problem(f"rate = target = {rate:g}", "two different rates", "Name the difference to be found."))
    null = normal_quantile(1 - tail) * math.sqrt(target * (1 - target))
    other = max(normal_quantile(power), 0.0) * math.sqrt(rate * (1 - rate))
    # The normal answer is near; twice that and a margin lies beyond the last tooth of the saw.
    last = 2 * ((null + other) / (rate - target)) ** 2 + 20 / min(target, 1 - target, abs(rate - target))
    if last > 2e6:
        raise Refused(
            f"Telling {rate:g} from {target:g} would need about {last / 2:.0f} persons; no unit has them. "
            "Ask for a larger difference."
        )
    persons = np.arange(1, math.ceil(last) + 1, dtype=np.float64)
    low, high = _found_at(persons, target, tail)
    reached = _found(persons, low, high, rate)
    short = np.flatnonzero(reached < power)
    n = int(short[-1]) + 2 if short.size else 1
    return _answer(
        _EXACT_TEST,
        {"n": n, "power": float(reached[n - 1])},
        target=target,
        rate=rate,
        tail=tail,
        least_power=power,
    )


def events_needed(ratio: float, *, power: float = 0.8, alpha: float = 0.05, share: float = 0.5) -> Result:
    """Find how many events two groups together need to tell two rates per person-time apart.

    Parameters
    ----------
    ratio : float
        Rate ratio to be found, above 0 and not 1.
    power : float, default 0.8
        Probability of finding it.
    alpha : float, default 0.05
        Two-sided level.
    share : float, default 0.5
        Share of the exposure in the first group.

    Returns
    -------
    Result
        `summary`: events, of both groups together.

    Raises
    ------
    BadInput
        If the ratio is 1 or not above 0, or a share is out of range.

    References
    ----------
    Schoenfeld (1981), Biometrika 68, 316-319.
    """
    _check_shares(power=power, alpha=alpha, share=share)
    if not (0 < ratio < math.inf) or ratio == 1:
        raise BadInput(
            Problem(f"ratio = {ratio!r}", "a ratio above 0 that is not 1", "Write 1.5 for half as much again.")
        )
    total = normal_quantile(1 - alpha / 2) + normal_quantile(power)
    events = _whole_up(total**2 / (share * (1 - share) * math.log(ratio) ** 2))
    return _answer(
        Method("events for a rate ratio", "Schoenfeld 1981, Biometrika 68, 316-319"),
        {"events": events},
        ratio=ratio,
        power=power,
        alpha=alpha,
        share=share,
    )


def years_to_pool(M: float, n_per_year: float, *, reliability: float = 0.7) -> Result:
    """Find how many years of arrivals make a unit's rate reliable.

    Parameters
    ----------
    M : float
        Precision of the beta distribution between units (alpha + beta), as `shrink` fits it.
    n_per_year : float
        Persons a year in the unit.
    reliability : float, default 0.7
        The reliability n / (n + M) to reach.

    Returns
    -------
    Result
        `summary`: years, n (persons needed), and `reached`, the reliability after those years.

    Raises
    ------
    BadInput, NotEnoughPeople
        If M or the reliability is out of range, or nobody arrives.
    Refused
        If M is infinite: units that differ by chance alone cannot be told apart in any number of years.

    References
    ----------
    Morris (1983), J. Am. Stat. Assoc. 78, 47-55.
    """
    _check_shares(reliability=reliability)
    if not M > 0:
        raise BadInput(Problem(f"M = {M!r}", "a number above 0", "Take it from shrink."))
    if math.isinf(M):
        raise Refused("The units differ by chance alone (M is infinite), so no number of years tells them apart.")
    if not n_per_year > 0:
        raise NotEnoughPeople(Problem(f"{n_per_year!r} persons a year", "more than 0", "Pool municipalities instead."))
    n = _whole_up(M * reliability / (1 - reliability))
    years = _whole_up(n / n_per_year)
    persons = years * n_per_year
    return _answer(
        Method("reliability n / (n + M)", "Morris 1983, J. Am. Stat. Assoc. 78, 47-55"),
        {"years": years, "n": n, "reached": persons / (persons + M)},
        M=M,
        n_per_year=n_per_year,
        reliability=reliability,
    )


_EXACT_TEST = Method(
    "exact binomial equal-tail test against the target", "Clopper, Pearson 1934, Biometrika 26, 404-413"
)


def _found_at(n: Array, target: float, tail: float) -> tuple[Array, Array]:
    """Give the largest low and the smallest high count that the test finds; -1 and n + 1 where there is none."""
    return _low_count(n, target, tail), n - _low_count(n, 1 - target, tail)


def _low_count(n: Array, target: float, tail: float) -> Array:
    quantile = stats.binom.ppf(tail, n, target)
    # The quantile reaches the tail; it is found itself only if it does so exactly, up to rounding.
    reaches = stats.binom.cdf(quantile, n, target) <= tail * (1 + 1e-9)
    return np.asarray(np.where(reaches, quantile, quantile - 1))


def _found(n: Array, low: Array, high: Array, rate: float) -> Array:
    return np.asarray(stats.binom.cdf(low, n, rate) + stats.binom.sf(high - 1, n, rate))


def _wilson_halfwidth(p: float, n: int, level: float) -> float:
    z = normal_quantile((1 + level) / 2)
    return z / (n + z * z) * math.sqrt(n * p * (1 - p) + z * z / 4)


def _whole_up(value: float) -> int:
    # 30 * 0.7 / 0.3 is 70, and a rounding error above it must not make it 71.
    return max(1, math.ceil(value * (1 - 1e-12)))


def _answer(method: Method, summary: Mapping[str, object], notes: tuple[Note, ...] = (), **asked: float) -> Result:
    asked_for = pl.DataFrame({name: [value] for name, value in asked.items()})
    found = pl.DataFrame({name: [value] for name, value in summary.items()})
    return Result(
        table=pl.concat([asked_for, found], how="horizontal"),
        summary=summary,
        notes=notes,
        method=method,
        params=provenance(asked_for, **asked),
    )


def _check_shares(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value < 1:
            raise BadInput(Problem(f"{name} = {value!r}", "a share between 0 and 1", "Write 0.62 for 62 per cent."))


def _check_tail(tail: float) -> None:
    if not 0 < tail < 0.5:
        raise BadInput(Problem(f"tail = {tail!r}", "a share between 0 and 0.5", "Write 0.025 for 95 % limits."))


def _check_people(n: int) -> None:
    if n != int(n) or n < 0:
        raise BadInput(Problem(f"n = {n!r}", "a whole number of persons", "Round it."))
    if n == 0:
        raise NotEnoughPeople(Problem("a unit of nobody", "n above 0", "Leave it out."))
