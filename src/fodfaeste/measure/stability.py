"""Would next year's top list be the same? How far a list repeats when nothing but chance changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.measure.rank import check_direction, check_top, needed_seed, printed_ranks, printed_share, ranks_by_lot
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.shrink import ShrinkResult, check_share
from fodfaeste.values import Good

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class StabilityResult(Result):
    """How far a printed list would repeat.

    Attributes
    ----------
    top_overlap, bottom_overlap : ndarray of int, shape (draws,)
        Members that the printed and the repeated list have in common.
    """

    top_overlap: NDArray[np.int64]
    bottom_overlap: NDArray[np.int64]


def stability(
    shrunk: ShrinkResult,
    good: Good,
    top: int = 15,
    *,
    seed: int | None = None,
    draws: int = 2000,
    level: float = 0.95,
) -> StabilityResult:
    """Repeat the count with new persons in the same units, and see who stands in the lists again.

    Each draw takes the units' rates from their posterior, counts new events among as many persons as before, and ranks
    the new raw rates. Equal rates are ordered by lot, in the printed list and in the repeated one.

    Parameters
    ----------
    shrunk : ShrinkResult
        Posteriors of the rates, from `shrink`.
    good : {"low", "high"}
        Which rates are best.
    top : int
        Length m of the lists.
    seed : int
        Needed: the repeat is random.
    draws : int
        Repeats.
    level : float
        Probability of the range of the overlap, and of the intervals of rates.

    Returns
    -------
    StabilityResult
        `table`: unit, n, events, rate, lower, upper (posterior), level, reliability n/(n+M), rank, p_top_again,
        p_bottom_again (share of repeats with the unit in that list). `summary`: rankability tau2/(tau2 + median s2)
        with tau2 = mu(1-mu)/(M+1) and s2 = mu(1-mu) M/(M+1)/n; median_reliability; expected_top_overlap with
        top_overlap_lower and top_overlap_upper, and the same for the bottom; by_chance, the overlap of two lists drawn
        by lot; and the raw rate of the printed top and bottom beside the rate expected of them in the repeat.

    Raises
    ------
    Refused
        If there is no seed, or no posterior to draw from.

    References
    ----------
    Lingsma et al. (2010), Eur. J. Epidemiol. 25, 97-108 (rankability); Goldstein, Spiegelhalter (1996), J. R. Stat.
    Soc. A 159, 385-443.
    """
    if not isinstance(shrunk, ShrinkResult):
        raise Refused("The repeat is drawn from posteriors. Call shrink(data, events, n, unit) and give its result.")
    check_direction(good)
    check_share("level", level)
    rng = np.random.default_rng(needed_seed(seed, "Repeated lists"))
    rate, n = shrunk.table["rate"].to_numpy(), shrunk.table["n"].to_numpy()
    check_top(top, rate.size)

    best_first = 1.0 if good == "low" else -1.0
    repeated = ranks_by_lot(best_first * rng.binomial(n, shrunk.draw(rng, draws)) / n, rng)
    printed = ranks_by_lot(np.broadcast_to(best_first * rate, repeated.shape), rng)
    top_again, bottom_again = repeated < top, repeated >= rate.size - top
    top_overlap = np.sum(top_again & (printed < top), axis=1)
    bottom_overlap = np.sum(bottom_again & (printed >= rate.size - top), axis=1)

    reliability, expected = shrunk.table["reliability"].to_numpy(), shrunk.table["shrunk"].to_numpy()
    in_top, in_bottom = printed_share(rate, good, top), printed_share(-rate, good, top)
    summary = {
        "units": rate.size,
        "top": top,
        "rankability": _rankability(shrunk.M, n),
        "median_reliability": float(np.median(reliability)),
        **_overlap("top", top_overlap, level),
        **_overlap("bottom", bottom_overlap, level),
        "by_chance": top * top / rate.size,
        "top_rate": float(in_top @ rate / top),
        "top_rate_expected_again": float(in_top @ expected / top),
        "bottom_rate": float(in_bottom @ rate / top),
        "bottom_rate_expected_again": float(in_bottom @ expected / top),
    }
    error = np.sqrt(max(top_overlap.var(), bottom_overlap.var()) / draws)
    lower, upper = shrunk.quantile([(1 - level) / 2, (1 + level) / 2]).T
    table = shrunk.table.select("unit", "n", "events", "rate").with_columns(
        lower=lower,
        upper=upper,
        level=pl.lit(level),
        reliability=reliability,
        rank=printed_ranks(rate, good),
        p_top_again=top_again.mean(axis=0),
        p_bottom_again=bottom_again.mean(axis=0),
    )
    kept = {name: value for name, value in shrunk.params.items() if name not in ("data", "version", "level", "method")}
    return StabilityResult(
        table=table,
        summary=summary,
        notes=(
            *shrunk.notes,
            Note(
                "monte-carlo-error",
                f"Simulated with {draws} draws: standard error up to {error:.2g} for an expected overlap.",
            ),
        ),
        method=Method(
            f"Posterior predictive repeat after {shrunk.method.name}",
            "Lingsma et al. 2010, Eur. J. Epidemiol. 25, 97-108; Goldstein, Spiegelhalter 1996",
        ),
        params=provenance(str(shrunk.params["data"]), **kept, good=good, top=top, seed=seed, draws=draws, level=level),
        top_overlap=top_overlap,
        bottom_overlap=bottom_overlap,
    )


def _rankability(M: float, n: NDArray[np.int64]) -> float:
    # tau2 / (tau2 + median s2) with mu(1-mu)/(M+1) cancelled: an infinite M then gives 0 and not a fraction of zeros.
    return float(1 / (1 + M * np.median(1 / n)))


def _overlap(side: str, overlap: NDArray[np.int64], level: float) -> dict[str, float | int]:
    lower, upper = np.quantile(overlap, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return {
        f"expected_{side}_overlap": float(overlap.mean()),
        f"{side}_overlap_lower": int(lower),
        f"{side}_overlap_upper": int(upper),
    }
