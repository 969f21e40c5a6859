"""Two years of the same units: how far a list repeats, and how much of last year's lead is left this year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special, stats

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused
from fodfaeste.measure.association import gamma
from fodfaeste.measure.rank import check_direction, check_top, printed_share
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.shrink import ShrinkResult, check_share, shrink
from fodfaeste.tables import Data
from fodfaeste.values import Good

Floats = NDArray[np.float64]
Exposure: TypeAlias = float | tuple[float, float]
"""Months that persons were watched: of all of them, or of the shortest and the longest."""

YEARS = Method(
    "Comparison of two years",
    "Spearman (1904), Am. J. Psychol. 15, 72-101, interval Bonett, Wright (2000), Psychometrika 65, 23-28; Kendall "
    "(1945), Biometrika 33, 239-251; regression to the mean: Morris (1983), J. Am. Stat. Assoc. 78, 47-55",
)
FEWEST_UNITS = 5


def compare_years(
    a: ShrinkResult | Data,
    b: ShrinkResult | Data,
    *,
    good: Good,
    exposure: tuple[Exposure, Exposure],
    top: int = 15,
    events: str | None = None,
    n: str | None = None,
    unit: str | None = None,
    level: float = 0.95,
    allow_unequal_exposure: bool = False,
) -> Result:
    """Compare the rates of the same units in two years (or cohorts).

    Parameters
    ----------
    a, b : ShrinkResult, or frame, mapping or path
        Last year and this year: from `shrink`, or tables with a row a unit.
    good : {"low", "high"}
        Which rates are best.
    exposure : tuple of two
        For how many months the persons of `a` and of `b` were watched: each a number, or (shortest, longest).
    top : int
        Length m of the lists.
    events, n, unit : str
        Columns, where `a` and `b` are tables.
    level : float
        Two-sided level of the intervals.
    allow_unequal_exposure : bool
        Compare although the exposures differ; a note then says how.

    Returns
    -------
    Result
        `table`: one row a unit of both years with unit, n_a, events_a, rate_a, lower_a, upper_a (posterior), n_b,
        events_b, rate_b, lower_b, upper_b, level, expected_b (a's rate after regression to the mean, from a alone),
        list_a and list_b ("top", "bottom", "both" in long lists, or empty; "tied" where equal rates meet the end of a
        list), method.
        `summary`: units; rate_a, rate_b (pooled); spearman with limits; tau_b; top_overlap, bottom_overlap and
        overlap_by_chance; slope of b's rates on a's with slope_se and limits, expected_slope and slope_p_value (of
        their difference); the mean rate of last year's list in both years, top_rate_a, top_rate_b, top_rate_expected,
        and the same for the bottom; exposure_a, exposure_b.

    Raises
    ------
    Refused
        If the exposures differ and that is not allowed, or the rates of a year tell nothing (see `shrink`).
    NotEnoughPeople
        If fewer than five units are in both.
    BadInput
        If an exposure, the length of the lists or a table is not what it has to be.

    Notes
    -----
    If a unit's rate stays what it is and only chance changes, then given a, b is expected at mu + r (a - mu), with the
    reliability r = n/(n + M) of a. The expected slope is that of these expectations on a: the reliability itself where
    all units have as many persons. Both slopes are weighted by 1/v, v = mu(1 - mu)/(M + 1) [(1 - r) + M/n_b], what b
    varies by given a. A slope below the expected one says that the units' rates changed.

    Units of equal rate at the end of a list share its last places; an overlap sums the products of their shares.

    References
    ----------
    Bonett, Wright (2000), Psychometrika 65, 23-28; Morris (1983), J. Am. Stat. Assoc. 78, 47-55.
    """
    check_direction(good)
    check_share("level", level)
    watched = _months("a", exposure[0]), _months("b", exposure[1])
    if watched[0] != watched[1] and not allow_unequal_exposure:
        raise Refused(
            f"The persons of a were watched for {_said(watched[0])} and those of b for {_said(watched[1])}: whoever is "
            "watched longer has had more time to move. Compare at the same duration (cif), or say "
            "allow_unequal_exposure=True."
        )
    fits = [_shrunken(one, events, n, unit, level) for one in (a, b)]
    both, alone = _matched(fits, level)
    check_top(top, both.height)
    rates = both["rate_a"].to_numpy(), both["rate_b"].to_numpy()
    lists = [(printed_share(rate, good, top), printed_share(-rate, good, top)) for rate in rates]
    table = both.drop("reliability").with_columns(
        list_a=_listed(*lists[0]), list_b=_listed(*lists[1]), method=pl.lit(YEARS.name)
    )
    return Result(
        table=table,
        summary={
            "units": both.height,
            "rate_a": _pooled(both, "a"),
            "rate_b": _pooled(both, "b"),
            **_rank_correlations(*rates, level),
            "top": top,
            "top_overlap": float(lists[0][0] @ lists[1][0]),
            "bottom_overlap": float(lists[0][1] @ lists[1][1]),
            "overlap_by_chance": top * top / both.height,
            **_regression(both, fits[0], level),
            **_last_years_list("top", lists[0][0], both),
            **_last_years_list("bottom", lists[0][1], both),
            "exposure_a": watched[0],
            "exposure_b": watched[1],
        },
        notes=(*_notes_of(fits), *alone, *_exposure_note(*watched), *_no_spread(*rates)),
        method=YEARS,
        params=provenance(
            f"{fits[0].params['data']} {fits[1].params['data']}",
            good=good,
            top=top,
            exposure=watched,
            events=events,
            n=n,
            unit=unit,
            level=level,
            allow_unequal_exposure=allow_unequal_exposure,
        ),
    )


def _months(side: str, months: Exposure) -> tuple[float, float]:
    shortest, longest = months if isinstance(months, Sequence) else (months, months)
    if not 0 < shortest <= longest:
        todo = "Give the months for which persons were watched: a number, or (shortest, longest)."
        raise BadInput(Problem(f"the exposure {months} of {side}", "months above 0", todo))
    return float(shortest), float(longest)


def _said(months: tuple[float, float]) -> str:
    shortest, longest = months
    return f"{shortest:g} months" if shortest == longest else f"{shortest:g} to {longest:g} months"


def _shrunken(
    one: ShrinkResult | Data, events: str | None, n: str | None, unit: str | None, level: float
) -> ShrinkResult:
    if isinstance(one, ShrinkResult):
        return one
    if not (events and n and unit):
        todo = "Name them: events=, n=, unit=."
        raise BadInput(Problem("a table without its columns", "the columns of events, people and units", todo))
    return shrink(one, events, n, unit, level=level)


def _matched(fits: Sequence[ShrinkResult], level: float) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Put the units of both years side by side, and note those of one year only."""
    sides = []
    for fit, side in zip(fits, "ab", strict=True):
        lower, upper = fit.quantile([(1 - level) / 2, (1 + level) / 2]).T
        columns = [pl.col(name).alias(f"{name}_{side}") for name in ("n", "events", "rate")]
        limits = {f"lower_{side}": lower, f"upper_{side}": upper}
        own = {"expected_b": pl.col("shrunk"), "reliability": pl.col("reliability")} if side == "a" else {}
        sides.append(fit.table.with_columns(**limits).select("unit", *columns, *limits, **own))
    both = sides[0].join(sides[1], on="unit", maintain_order="left")
    if both.height < FEWEST_UNITS:
        found = f"{both.height} units in both years"
        raise NotEnoughPeople(
            Problem(found, f"{FEWEST_UNITS} or more", "Check that units have the same names in both.")
        )
    notes = [*_only_in("a", *sides), *_only_in("b", *sides[::-1])]
    later = ("level", "expected_b", "reliability")
    return both.with_columns(level=pl.lit(level)).select(pl.exclude(later), *later), tuple(notes)


def _only_in(side: str, one: pl.DataFrame, other: pl.DataFrame) -> list[Note]:
    only = one.join(other, on="unit", how="anti")["unit"].sort().to_list()
    text = f"{len(only)} units are in {side} only and are left out: {', '.join(only)}."
    return [Note("only-one-year", text, "warning")] if only else []


def _pooled(both: pl.DataFrame, side: str) -> float:
    return int(both[f"events_{side}"].sum()) / int(both[f"n_{side}"].sum())


def _rank_correlations(a: Floats, b: Floats, level: float) -> dict[str, float | None]:
    if _no_spread(a, b):
        return dict.fromkeys(("spearman", "spearman_lower", "spearman_upper", "tau_b"))
    r = float(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1])
    reach = special.ndtri((1 + level) / 2) * np.sqrt((1 + r**2 / 2) / (a.size - 3))
    # At r = 1 the interval has no width on this scale, and arctanh no value.
    middle = np.arctanh(r) if abs(r) < 1 else np.copysign(np.inf, r)
    return {
        "spearman": r,
        "spearman_lower": float(np.tanh(middle - reach)),
        "spearman_upper": float(np.tanh(middle + reach)),
        "tau_b": gamma(a, b).summary["tau_b"],
    }


def _regression(both: pl.DataFrame, fit: ShrinkResult, level: float) -> dict[str, float | None]:
    """Regress b's rates on a's, and set the slope beside the one that chance alone would leave."""
    a, b, reliability = (both[name].to_numpy() for name in ("rate_a", "rate_b", "reliability"))
    # Left out of the weights: mu(1 - mu)/(M + 1), the same for all. Without spread between units M is infinite.
    chance = 1.0 if fit.boundary else fit.M / (1 + fit.M)
    weight = 1 / ((1 - chance) * (1 - reliability) + chance / both["n_b"].to_numpy())
    from_mean = a - np.average(a, weights=weight)
    spread = float(weight @ from_mean**2)
    if spread <= 0:
        return dict.fromkeys(("slope", "slope_se", "slope_lower", "slope_upper", "expected_slope", "slope_p_value"))
    slope = float(weight * from_mean @ b / spread)
    expected = float(weight * from_mean @ both["expected_b"].to_numpy() / spread)
    residual = b - np.average(b, weights=weight) - slope * from_mean
    se = float(np.sqrt(weight @ residual**2 / (a.size - 2) / spread))
    reach = float(stats.t.ppf((1 + level) / 2, a.size - 2)) * se
    return {
        "slope": slope,
        "slope_se": se,
        "slope_lower": slope - reach,
        "slope_upper": slope + reach,
        "expected_slope": expected,
        "slope_p_value": float(2 * stats.t.sf(abs(slope - expected) / se, a.size - 2)) if se > 0 else None,
    }


def _last_years_list(side: str, share: Floats, both: pl.DataFrame) -> dict[str, float]:
    members = share / share.sum()
    return {
        f"{side}_rate_a": float(members @ both["rate_a"].to_numpy()),
        f"{side}_rate_b": float(members @ both["rate_b"].to_numpy()),
        f"{side}_rate_expected": float(members @ both["expected_b"].to_numpy()),
    }


def _listed(top: Floats, bottom: Floats) -> pl.Series:
    tied = ((top > 0) & (top < 1)) | ((bottom > 0) & (bottom < 1))
    cases = [tied, (top == 1) & (bottom == 1), top == 1, bottom == 1]
    return pl.Series(np.select(cases, ["tied", "both", "top", "bottom"], ""))


def _notes_of(fits: Sequence[ShrinkResult]) -> list[Note]:
    return [
        Note(note.code, f"{side}: {note.text}", note.severity)
        for fit, side in zip(fits, "ab", strict=True)
        for note in fit.notes
    ]


def _exposure_note(a: tuple[float, float], b: tuple[float, float]) -> tuple[Note, ...]:
    if a == b:
        return ()
    text = f"Persons of a were watched for {_said(a)}, those of b for {_said(b)}: rates differ for that alone."
    return (Note("unequal-exposure", text, "warning"),)


def _no_spread(a: Floats, b: Floats) -> tuple[Note, ...]:
    same = [side for side, rate in (("a", a), ("b", b)) if np.ptp(rate) == 0]
    if not same:
        return ()
    text = f"All units of {' and '.join(same)} have one rate: there is no order to compare."
    return (Note("no-order", text, "warning"),)
