"""How good forecasts are, with intervals from households drawn again: log loss, Brier score, AUC, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from fodfaeste.measure.bootstrap import percentile_limits, resampled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL, DRAWS = 0.95, 200
FEWEST_SHOWN = 10
"""Groups of fewer persons are not shown."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval at 95 %, from households drawn again."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return it as plain numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, eq=False)
class Told:
    """Forecasts beside what came: `p`, `y`, `weight` and `household`, one a person."""

    p: Floats
    y: Floats
    weight: Floats
    household: Ints

    def __post_init__(self) -> None:
        object.__setattr__(self, "p", np.clip(self.p, 1e-6, 1 - 1e-6))


def log_losses(p: Floats, y: Floats) -> Floats:
    """Give minus the log-likelihood of each outcome."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(-(y * np.log(p) + (1 - y) * np.log1p(-p)))


def auc(p: Floats, y: Floats, weight: Floats) -> float:
    """Give the chance that a person with the outcome had the higher forecast; ties count half.

    NaN where all or none have it.
    """
    order = np.argsort(p, kind="stable")
    p, y, weight = p[order], y[order], weight[order]
    group = np.cumsum(np.r_[0, p[1:] != p[:-1]])
    ones, zeros = np.bincount(group, weight * y), np.bincount(group, weight * (1 - y))
    if ones.sum() == 0 or zeros.sum() == 0:
        return float("nan")
    below = np.cumsum(zeros) - zeros / 2
    return float(ones @ below / (ones.sum() * zeros.sum()))


def recalibration(p: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Give slope and intercept of the logistic regression of what came on the log-odds of the forecast.

    1 and 0 where forecasts are right on average and spread as they ought to be.

    References
    ----------
    Cox (1958), Biometrika 45, 562-565; Platt (1999), Advances in Large Margin Classifiers, 61-74.
    """
    x = np.column_stack([logit(np.clip(p, 1e-6, 1 - 1e-6)), np.ones(p.size)])
    at = np.array([1.0, 0.0])
    for _ in range(50):
        now = expit(x @ at)
        bent = x * (weight * now * (1 - now))[:, None]
        # A hair of a ridge: where all forecasts are one number the slope is not determined, and stays at 1.
        ridge = 1e-6 * weight.sum()
        pull = x.T @ (weight * (y - now)) - ridge * (at - np.array([1.0, 0.0]))
        step = np.linalg.solve(x.T @ bent + ridge * np.eye(2), pull)
        at = at + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return float(at[0]), float(at[1])


def mean_with_interval(values: Floats, weight: Floats, household: Ints, seed: int) -> Estimate:
    """Give a weighted mean over persons, with an interval from households drawn again."""
    _, number = np.unique(household, return_inverse=True)
    sums, weights = np.bincount(number, weight * values), np.bincount(number, weight)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = [(block @ sums) / np.maximum(block @ weights, 1e-12) for block in resampled(sums.size, DRAWS, rng)]
    low, high = percentile_limits(np.concatenate(drawn)[:, None], LEVEL)[:, 0]
    return Estimate(float(sums.sum() / weights.sum()), float(low), float(high))


def figures(told: Told, seed: int) -> dict[str, dict[str, float]]:
    """Give log loss, Brier score, AUC and the calibration's slope and intercept, each with its interval."""
    slope, intercept = _recalibration_with_interval(told, seed)
    return {
        "log_loss": mean_with_interval(log_losses(told.p, told.y), told.weight, told.household, seed).to_dict(),
        "brier": mean_with_interval((told.p - told.y) ** 2, told.weight, told.household, seed).to_dict(),
        "auc": auc_with_interval(told, seed).to_dict(),
        "slope": slope.to_dict(),
        "intercept": intercept.to_dict(),
    }


def auc_with_interval(told: Told, seed: int) -> Estimate:
    """Give the AUC, with an interval from households drawn again."""
    order = np.argsort(told.p, kind="stable")
    ranked = np.cumsum(np.r_[0, np.diff(told.p[order]) > 0])
    ones, zeros = (told.weight * told.y)[order], (told.weight * (1 - told.y))[order]
    _, number = np.unique(told.household, return_inverse=True)
    sorted_number = number[order]
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = []
    for block in resampled(int(number.max()) + 1, DRAWS, rng):
        for times in block[:, sorted_number]:
            up, down = np.bincount(ranked, ones * times), np.bincount(ranked, zeros * times)
            drawn.append(up @ (np.cumsum(down) - down / 2) / max(up.sum() * down.sum(), 1e-300))
    low, high = percentile_limits(np.array(drawn)[:, None], LEVEL)[:, 0]
    return Estimate(auc(told.p, told.y, told.weight), float(low), float(high))


def _recalibration_with_interval(told: Told, seed: int) -> tuple[Estimate, Estimate]:
    """Give slope and intercept; a household drawn again moves them by one Newton step."""
    at = np.array(recalibration(told.p, told.y, told.weight))
    x = np.column_stack([logit(told.p), np.ones(told.p.size)])
    now = expit(x @ at)
    _, number = np.unique(told.household, return_inverse=True)
    pull = x * (told.weight * (told.y - now))[:, None]
    pulls = np.column_stack([np.bincount(number, pull[:, k]) for k in range(2)])
    bent = x.T @ (x * (told.weight * now * (1 - now))[:, None]) + 1e-6 * told.weight.sum() * np.eye(2)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = [at + np.linalg.solve(bent, ((block - 1) @ pulls).T).T for block in resampled(pulls.shape[0], DRAWS, rng)]
    limits = percentile_limits(np.concatenate(drawn), LEVEL)
    slope, intercept = (Estimate(float(at[k]), float(limits[0, k]), float(limits[1, k])) for k in range(2))
    return slope, intercept


def calibration_table(told: Told, groups: dict[str, pl.Series]) -> pl.DataFrame:
    """Set observed beside forecast: by tenths of the forecast, and by each grouping.

    Returns
    -------
    polars.DataFrame
        by, group, persons, observed, forecast, error (standard error of the observed share). Groups of fewer than 10
        persons are left out.
    """
    limits = np.quantile(told.p, np.linspace(0.1, 0.9, 9))
    tenth = pl.Series([str(one + 1) for one in np.searchsorted(limits, told.p)])
    parts = []
    for by, of in {"tenth": tenth, **groups}.items():
        frame = pl.DataFrame(
            {"group": of.cast(pl.String).fill_null("unknown"), "p": told.p, "y": told.y, "w": told.weight}
        )
        weighted = pl.col("w").sum()
        table = (
            frame.group_by("group")
            .agg(
                persons=pl.len(),
                observed=(pl.col("w") * pl.col("y")).sum() / weighted,
                forecast=(pl.col("w") * pl.col("p")).sum() / weighted,
                effective=weighted**2 / (pl.col("w") ** 2).sum(),
            )
            .filter(pl.col("persons") >= FEWEST_SHOWN)
            .with_columns(error=(pl.col("forecast") * (1 - pl.col("forecast")) / pl.col("effective")).sqrt())
            .select(pl.lit(by).alias("by"), "group", "persons", "observed", "forecast", "error")
        )
        parts.append(table.sort("group"))
    return pl.concat(parts)
