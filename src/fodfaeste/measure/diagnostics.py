"""What a regression rests on: columns that tell the same, spread that is uneven, units that decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from fodfaeste.measure.bootstrap import left_out
from fodfaeste.measure.regression_fit import Fit, Model

Floats = NDArray[np.float64]

LARGE_VIF = 10.0
LARGEST_VIF = 1000
LARGE_CONDITION = 30.0


@dataclass(frozen=True, eq=False)
class Condition:
    """Belsley's collinearity diagnostics.

    Attributes
    ----------
    index : ndarray of float, shape (terms,)
        Scaled condition indices, smallest first.
    proportions : ndarray of float, shape (terms, terms)
        `proportions[d, j]`: share of the variance of coefficient j that lies in dimension d; columns sum to 1.
    """

    index: Floats
    proportions: Floats


@dataclass(frozen=True, eq=False)
class Influence:
    """What each unit does to the fit: arrays of shape (units,), `dfbetas` of shape (units, terms); see `influence`."""

    student: Floats
    hat: Floats
    cook: Floats
    dffits: Floats
    dfbetas: Floats


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Coefficients with each unit left out: their range, shape (terms,), and the fits with another sign.

    `changes[i, j]` says whether coefficient j has another sign without unit i.
    """

    least: Floats
    greatest: Floats
    changes: NDArray[np.bool_]


def variance_inflation(predictors: Floats) -> Floats:
    """Give 1/(1 - R2_j) of each predictor on the others, shape (predictors,).

    Parameters
    ----------
    predictors : ndarray of float, shape (units, predictors)
        None of them constant.

    Notes
    -----
    Columns that follow exactly from others come out above 1e15, all others as if those had been made independent.

    References
    ----------
    Marquardt (1970), Technometrics 12, 591-612.
    """
    centred = predictors - predictors.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred / np.linalg.norm(centred, axis=0), full_matrices=False)
    floored = np.maximum(singular, 1e-9 * singular[0])
    return np.asarray(np.sum((rows / floored[:, None]) ** 2, axis=0))


def condition(design: Floats) -> Condition:
    """Scale the columns, the intercept included, to length 1 and compare the singular values.

    References
    ----------
    Belsley, Kuh, Welsch (1980), Regression Diagnostics, ch. 3.
    """
    _, singular, rows = np.linalg.svd(design / np.linalg.norm(design, axis=0), full_matrices=False)
    parts = (rows / singular[:, None]) ** 2
    return Condition(singular[0] / singular, parts / parts.sum(axis=0))


def breusch_pagan(residuals: Floats, design: Floats) -> tuple[float, int, float]:
    """Test whether the spread of residuals goes with the predictors: statistic, degrees of freedom, p value.

    The statistic is n times the R2 of the squared residuals on the design, chi-square with one degree of freedom a
    predictor. For counts the residuals are Pearson's, so that an even spread means one dispersion for all units.

    References
    ----------
    Breusch, Pagan (1979), Econometrica 47, 1287-1294; studentised: Koenker (1981), J. Econometrics 17, 107-112.
    """
    squared = residuals**2
    apart = squared - squared.mean()
    left = squared - design @ np.linalg.lstsq(design, squared, rcond=None)[0]
    statistic = float(squared.size * (1 - left @ left / (apart @ apart)))
    degrees = design.shape[1] - 1
    return statistic, degrees, float(special.chdtrc(degrees, statistic))


def influence(of: Model, found: Fit, jackknife: Floats) -> Influence:
    """Measure what leaving each unit out does to the fit.

    With D the deviance (the sum of squares for least squares), b the coefficients, eta the linear predictor and phi the
    dispersion, (i) marking the fit without unit i: student = sqrt((D - D(i)) / phi(i)) with the residual's sign; Cook's
    distance = (b - b(i))' X'WX (b - b(i)) / (terms phi); DFFITS = (eta_i - eta_i(i)) / se(eta_i) and DFBETAS =
    (b - b(i)) / se(b), both errors with phi(i). For least squares these are the usual ones.

    Parameters
    ----------
    of, found : Model, Fit
    jackknife : ndarray of float, shape (units, terms)
        Coefficients without each unit; where they are NaN, so are the measures.

    References
    ----------
    Belsley, Kuh, Welsch (1980), ch. 2; Cook (1977), Technometrics 19, 15-18; for counts Williams (1987), Appl. Stat.
    36, 181-191, with the fits themselves instead of one step towards them.
    """
    terms = of.design.shape[1]
    change = found.coefficients - jackknife
    deviance, dispersion = _without_each(of, found, jackknife)
    moved = np.sum(of.design * change, axis=1)
    weighted = np.sqrt(found.working)[:, None] * of.design
    far = np.sum((change @ weighted.T) ** 2, axis=1)
    # Where all the others are fitted exactly the measure is infinite, which is what it should say.
    with np.errstate(divide="ignore", invalid="ignore"):
        return Influence(
            np.copysign(np.sqrt(np.maximum(found.deviance - deviance, 0) / dispersion), of.y - found.mu),
            found.hat,
            far / (terms * found.dispersion),
            moved / np.sqrt(dispersion * found.hat / found.working),
            change / np.sqrt(dispersion[:, None] * np.diag(found.unscaled)),
        )


def _without_each(of: Model, found: Fit, jackknife: Floats) -> tuple[Floats, Floats]:
    """Give deviance and dispersion of each fit without a unit, shape (units,)."""
    units, terms = of.design.shape
    exists = ~np.isnan(jackknife[:, 0])
    filled = np.where(exists[:, None], jackknife, found.coefficients)
    deviance, pearson = np.empty(units), np.empty(units)
    first = 0
    for cases in left_out(units):
        rows = slice(first, first + len(cases))
        # The unit left out weighs nothing; its own prediction may lie where a variance rounds to 0.
        eta = np.where(cases == 0, found.eta, filled[rows] @ of.design.T)
        mu, weight = of.family.mean(eta), cases * of.weight
        deviance[rows] = np.sum(weight * of.family.deviance(of.y, eta), axis=1)
        pearson[rows] = np.sum(weight * (of.y - mu) ** 2 / of.family.slope(mu), axis=1)
        first += len(cases)
    gone = np.where(exists, 1.0, np.nan)
    return deviance * gone, pearson * gone / (units - terms - 1)


def left_out_range(coefficients: Floats, jackknife: Floats) -> LeftOut:
    """Say how far the coefficients go when one unit is left out.

    Parameters
    ----------
    coefficients : ndarray of float, shape (terms,)
    jackknife : ndarray of float, shape (units, terms)
        NaN where the fit without that unit does not exist; such units are passed over.
    """
    return LeftOut(
        np.nanmin(jackknife, axis=0), np.nanmax(jackknife, axis=0), np.sign(jackknife) * np.sign(coefficients) < 0
    )


def left_out_r2(of: Model, found: Fit, jackknife: Floats) -> float:
    """Give 1 - PRESS/SST: how well each unit is told by a fit without it; below 0 where the mean tells more.

    For counts both sums are deviances. NaN where a fit without some unit does not exist.

    References
    ----------
    Allen (1974), Technometrics 16, 125-127.
    """
    if np.isnan(jackknife).any():
        return float("nan")
    told = np.sum(of.design * jackknife, axis=1)
    return 1 - float(of.weight @ of.family.deviance(of.y, told)) / found.null_deviance
