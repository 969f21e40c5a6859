"""Ridge regression with the penalty that predicts left-out units best: all predictors, none selected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# From no shrinkage that shows to all but the mean: the squared singular values of standardised columns sum to
# units times predictors.
PENALTIES_A_UNIT = np.geomspace(1e-5, 1e3, 161)


@dataclass(frozen=True, eq=False)
class Ridge:
    """A ridge fit.

    Attributes
    ----------
    coefficients : ndarray of float, shape (predictors,)
        In units of the outcome a unit of the predictor, without the intercept.
    penalty : float
        Lambda, for predictors with standard deviation 1 (divisor n).
    degrees : float
        Effective number of coefficients, the intercept not counted.
    loo_r2 : float
        1 - PRESS/SST at that penalty.
    penalties, loo_r2s : ndarray of float
        All that were tried.
    """

    coefficients: Floats
    penalty: float
    degrees: float
    loo_r2: float
    penalties: Floats
    loo_r2s: Floats


def ridge(predictors: Floats, y: Floats) -> Ridge:
    """Fit all predictors with the penalty whose leave-one-out error is least.

    Parameters
    ----------
    predictors : ndarray of float, shape (units, predictors)
        None of them constant.
    y : ndarray of float, shape (units,)

    Notes
    -----
    Predictors are standardised once, by all units; the intercept is not penalised. The leave-one-out residual
    e/(1-h) is exact for a given penalty (Golub, Heath, Wahba 1979).

    References
    ----------
    Hoerl, Kennard (1970), Technometrics 12, 55-67; Golub, Heath, Wahba (1979), Technometrics 21, 215-223.
    """
    spread = predictors.std(axis=0)
    left, singular, right = np.linalg.svd((predictors - predictors.mean(axis=0)) / spread, full_matrices=False)
    apart = y - y.mean()
    penalties = y.size * PENALTIES_A_UNIT
    kept = singular**2 / (singular**2 + penalties[:, None])
    along = left.T @ apart
    residual = apart - (kept * along) @ left.T
    hat = 1 / y.size + kept @ (left**2).T
    loo_r2s = 1 - np.sum((residual / (1 - hat)) ** 2, axis=1) / (apart @ apart)
    best = int(np.argmax(loo_r2s))
    coefficients = (kept[best] / singular * along) @ right / spread
    return Ridge(
        coefficients, float(penalties[best]), float(kept[best].sum()), float(loo_r2s[best]), penalties, loo_r2s
    )
