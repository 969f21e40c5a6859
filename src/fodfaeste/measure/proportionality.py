"""Does one ratio hold all the way? Score tests of coefficients that change with time.

A coefficient beta + theta g(t) has the score of theta at theta = 0: the sum of g(t) times the Schoenfeld residuals. No
second fit is needed, whatever g is; Grambsch and Therneau (1994) show that this is the test of scaled Schoenfeld
residuals against g.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2

from fodfaeste.measure.hazards_fit import Likelihood, RiskTable, curvature, inverse
from fodfaeste.measure.multiplicity import holm

Floats = NDArray[np.float64]
ALL = "(all)"

# Below this share of its own information, what theta adds beyond the coefficients is rounding.
SINGULAR = 1e-9


def proportionality(
    table: RiskTable,
    x: Floats,
    at: Likelihood,
    covariates: Mapping[str, NDArray[np.intp]],
    scales: Mapping[str, Floats],
) -> pl.DataFrame:
    """Test whether coefficients change with time.

    Parameters
    ----------
    table, x, at
        The risk table, the patterns and the maximum of the partial likelihood.
    covariates : mapping of str to ndarray of int
        Positions of the terms of each covariate, tested together.
    scales : mapping of str to ndarray of float64, shape (times,)
        Names of tests and their g(t).

    Returns
    -------
    polars.DataFrame
        One row a test and covariate, and one for all covariates together (`(all)`): test, covariate, df, chi2, p_value,
        p_holm (over the covariates of a test; empty for all), change: how much the covariate's log ratio changes where
        g grows by 1, in standard deviations of the covariate. 0.1 is a ratio between two equally common groups that
        changes by a factor of 1.22. Empty where the events cannot tell, as when g is the same for all of them.

    Notes
    -----
    Persons are taken as independent, and the weights of those who left for another cause as known.
    """
    groups = [*covariates.items(), (ALL, np.arange(at.beta.size))]
    rows = [
        {"test": test, "covariate": name, "df": members.size, **moments.tested(members)}
        for test, g in scales.items()
        for moments in [_moments(table, x, at, g)]
        for name, members in groups
    ]
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    adjusted = [_family(part) for part in frame.partition_by("test", maintain_order=True)]
    return frame.with_columns(pl.Series("p_holm", np.concatenate(adjusted)).fill_nan(None))


_NUMBERS = ("chi2", "p_value", "change")
_SCHEMA = {"test": pl.String, "covariate": pl.String, "df": pl.Int64} | dict.fromkeys(_NUMBERS, pl.Float64)


def _family(rows: pl.DataFrame) -> Floats:
    return holm(rows.select(pl.when(pl.col("covariate") != ALL).then("p_value").fill_null(np.nan)).to_series())


@dataclass(frozen=True, eq=False)
class _Moments:
    """Score of every theta, its information apart from the coefficients, and how far g spreads over the events."""

    score: Floats
    information: Floats
    scale: Floats
    spread: float

    def tested(self, members: NDArray[np.intp]) -> dict[str, float | None]:
        information = self.information[np.ix_(members, members)]
        scale = self.scale[members]
        if not (scale > 0).all() or np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < SINGULAR:
            return dict.fromkeys(_NUMBERS)
        statistic = float(self.score[members] @ inverse(information) @ self.score[members])
        values = statistic, float(chi2.sf(statistic, members.size)), float(np.sqrt(statistic / self.spread))
        return dict(zip(_NUMBERS, values, strict=True))


def _moments(table: RiskTable, x: Floats, at: Likelihood, g: Floats) -> _Moments:
    # The test is the same for g and g + c; from its mean no digits are lost.
    g = g - table.events @ g / table.events.sum()
    score = g @ (table.event_cells @ x - table.events[:, None] * at.means)
    mixed = curvature(table, x, at, g)
    own = curvature(table, x, at, g**2)
    information = own - mixed @ inverse(at.information) @ mixed
    return _Moments(score, information, np.sqrt(np.maximum(np.diag(own), 0)), float(table.events @ g**2))
