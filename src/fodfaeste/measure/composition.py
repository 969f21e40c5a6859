"""Two groups compared: how much of the difference lies in who they are, and how much in their rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.measure.counts import counts, one_level, whole
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame, source_name

KITAGAWA = Method(
    "Kitagawa decomposition",
    "Kitagawa (1955), J. Am. Stat. Assoc. 50, 1168-1194; errors by the delta method",
)
FEW = 5

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class KitagawaResult(Result):
    """A difference in parts.

    Attributes
    ----------
    parts : polars.DataFrame
        One row a part: fold ("difference", "two-fold", "three-fold"), unit (its name), estimate, se, lower, upper,
        level, z, p_value, share (of the difference; empty where that is 0). The parts of a fold add up.
    """

    parts: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Group:
    """People `n` and rates `r` by category; `s` are the categories' shares of all."""

    n: Array
    r: Array

    @property
    def s(self) -> Array:
        return np.asarray(self.n / self.n.sum())


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of the difference by category, with its derivatives by the shares and rates of both groups."""

    fold: str
    name: str
    terms: Array
    by_shares: tuple[Array, Array]
    by_rates: tuple[Array, Array]


def kitagawa(a: Data, b: Data, category: str, n: str, events: str, *, level: float = 0.95) -> KitagawaResult:
    """Split the difference between the rates of two groups into composition and rates.

    Parameters
    ----------
    a, b : frame, mapping or path
        One row a category of each group, without a total; a difference is always a minus b.
    category, n, events : str
        Columns: name, people, and those of them with the event (whole numbers).
    level : float, default 0.95
        Two-sided level of the intervals.

    Returns
    -------
    KitagawaResult
        `table`: one row a category with unit, n_a, n_b, events_a, events_b, share_a, share_b, rate_a, rate_b, and for
        the two-fold parts composition, composition_se, rates, rates_se; method, flag ("few"), note.
        `parts`: the sums with intervals. Two-fold: composition = sum (s1 - s2)(r1 + r2)/2 and rates = sum
        (r1 - r2)(s1 + s2)/2. Three-fold: composition at b's rates, rates at b's shares, and their interaction.
        `summary`: rate_a, rate_b, difference, composition, rates.

    Raises
    ------
    Refused
        If a category has nobody on one side (they are listed), or the table prints percentages without counts.
    BadInput
        If counts are not what they have to be, a category occurs twice, or a total stands among the categories.
    UnknownName
        If a column is not there.

    Notes
    -----
    Standard errors by the delta method: multinomial shares, variance (diag s - s s')/n, binomial rates, both groups
    independent. With selection of who came where, the rates part is an upper limit for what the places differ in.

    References
    ----------
    Kitagawa (1955), J. Am. Stat. Assoc. 50, 1168-1194.
    """
    level = one_level(level)
    frames = {"a": as_frame(a), "b": as_frame(b)}
    for frame, data in zip(frames.values(), (a, b), strict=True):
        _refuse_percentages(frame, n, events)
        _no_total(frame, category, source_name(data))
    read = {side: counts(data, events, n, category) for side, data in (("a", a), ("b", b))}
    names = list(dict.fromkeys((*read["a"].unit, *read["b"].unit)))
    empty = [f"{name} (nobody in {side})" for side in read for name in names if name not in read[side].unit]
    if empty:
        raise Refused(f"A rate is unknown where nobody is: {', '.join(empty)}. Merge these categories with others.")
    groups = {}
    events_of = {}
    for side, found in read.items():
        order = [found.unit.index(name) for name in names]
        groups[side] = _Group(found.n[order], found.rate[order])
        events_of[side] = found.events[order]
    one, two = groups["a"], groups["b"]

    parts = _parts(one, two)
    composition, rates = parts[1], parts[2]
    few = np.minimum(one.n, two.n) < FEW
    table = pl.DataFrame(
        {
            "unit": names,
            "n_a": whole(one.n),
            "n_b": whole(two.n),
            "events_a": whole(events_of["a"]),
            "events_b": whole(events_of["b"]),
            "share_a": one.s,
            "share_b": two.s,
            "rate_a": one.r,
            "rate_b": two.r,
            "composition": composition.terms,
            "composition_se": np.sqrt(_variances(composition, one, two)),
            "rates": rates.terms,
            "rates_se": np.sqrt(_variances(rates, one, two)),
            "method": [KITAGAWA.name] * len(names),
            "flag": np.where(few, "few", ""),
            "note": np.where(few, f"fewer than {FEW} people on one side", ""),
        }
    )
    summed = _table_of_parts(parts, one, two, level)
    difference = float(one.s @ one.r - two.s @ two.r)
    return KitagawaResult(
        table=table,
        summary={
            "rate_a": float(one.s @ one.r),
            "rate_b": float(two.s @ two.r),
            "difference": difference,
            "composition": float(composition.terms.sum()),
            "rates": float(rates.terms.sum()),
        },
        notes=(
            *(note for side in read.values() for note in side.notes),
            *((_few_note(names, few),) if few.any() else ()),
            _BY_CATEGORY,
        ),
        method=KITAGAWA,
        params=provenance(
            pl.concat([frame.select(pl.col(category, n, events).cast(pl.String)) for frame in frames.values()]),
            category=category,
            n=n,
            events=events,
            level=level,
        ),
        parts=summed,
    )


_BY_CATEGORY = Note(
    "read-the-sum",
    "Composition is read as a sum: what a single category adds depends on the level of all rates.",
)


def _refuse_percentages(frame: pl.DataFrame, n: str, events: str) -> None:
    absent = [name for name in (n, events) if name not in frame.columns]
    printed = [name for name in frame.columns if any(word in name.casefold() for word in ("pct", "percent", "share"))]
    fractions = [
        name
        for name in (n, events)
        if name not in absent and frame[name].dtype.is_float() and ((frame[name] % 1) != 0).any()
    ]
    if (absent and printed) or fractions:
        raise Refused(
            f"Percentages ({', '.join(fractions or printed)}) cannot be split into composition and rates without the "
            f"people behind them. Give counts: how many in each category, and how many of those with the event."
        )


def _no_total(frame: pl.DataFrame, category: str, file: str | None) -> None:
    if category not in frame.columns:
        return
    rows = [k for k, name in enumerate(frame[category]) if str(name).strip().casefold() == "total"]
    if rows:
        raise BadInput(
            Problem("a total", "categories only", "Leave the total out: it counts all people twice.", file, rows[0] + 2)
        )


def _parts(one: _Group, two: _Group) -> tuple[_Part, ...]:
    s1, s2, r1, r2 = one.s, two.s, one.r, two.r
    shares, rates, mean_share, mean_rate = s1 - s2, r1 - r2, (s1 + s2) / 2, (r1 + r2) / 2
    none = np.zeros_like(s1)
    return (
        _Part("difference", "a minus b", s1 * r1 - s2 * r2, (r1, -r2), (s1, -s2)),
        _Part("two-fold", "composition", shares * mean_rate, (mean_rate, -mean_rate), (shares / 2, shares / 2)),
        _Part("two-fold", "rates", rates * mean_share, (rates / 2, rates / 2), (mean_share, -mean_share)),
        _Part("three-fold", "composition at b's rates", shares * r2, (r2, -r2), (none, shares)),
        _Part("three-fold", "rates at b's shares", rates * s2, (none, rates), (s2, -s2)),
        _Part("three-fold", "interaction", shares * rates, (rates, -rates), (shares, -shares)),
    )


def _variance(part: _Part, one: _Group, two: _Group) -> float:
    """Give the delta-method variance of the sum of a part."""
    total = 0.0
    for group, by_share, by_rate in zip((one, two), part.by_shares, part.by_rates, strict=True):
        mean = group.s @ by_share
        total += float(group.s @ (by_share - mean) ** 2) / group.n.sum()
        total += float(np.sum(by_rate**2 * group.r * (1 - group.r) / group.n))
    return total


def _variances(part: _Part, one: _Group, two: _Group) -> Array:
    """Give the delta-method variance of each category's term."""
    total = np.zeros_like(one.n)
    for group, by_share, by_rate in zip((one, two), part.by_shares, part.by_rates, strict=True):
        total += by_share**2 * group.s * (1 - group.s) / group.n.sum()
        total += by_rate**2 * group.r * (1 - group.r) / group.n
    return total


def _table_of_parts(parts: tuple[_Part, ...], one: _Group, two: _Group, level: float) -> pl.DataFrame:
    estimate = np.array([part.terms.sum() for part in parts])
    se = np.sqrt([_variance(part, one, two) for part in parts])
    z = np.divide(estimate, se, out=np.full(se.size, np.nan), where=se > 0)
    reach = special.ndtri((1 + level) / 2) * se
    known = np.full(se.size, estimate[0] != 0)
    return pl.DataFrame(
        {
            "fold": [part.fold for part in parts],
            "unit": [part.name for part in parts],
            "estimate": estimate,
            "se": se,
            "lower": estimate - reach,
            "upper": estimate + reach,
            "level": np.full(se.size, level),
            "z": z,
            "p_value": 2 * special.ndtr(-np.abs(z)),
            "share": np.divide(estimate, estimate[0], out=np.full(se.size, np.nan), where=known),
        }
    ).with_columns(pl.col("z", "p_value", "share").fill_nan(None))


def _few_note(names: list[str], few: NDArray[np.bool_]) -> Note:
    listed = ", ".join(name for name, one in zip(names, few, strict=True) if one)
    return Note("few", f"Fewer than {FEW} people on one side: {listed}. Their standard errors are rough.", "warning")
