"""Many tests at once: p values adjusted over the whole call.

A missing p value (NaN) stands for a test that was not made: it stays missing and does not count.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, Problem


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values so that the chance of any false finding in the family is bounded.

    Parameters
    ----------
    p : array_like of float
        p values from 0 to 1 in any shape, all of them one family; NaN where no test was made.

    Returns
    -------
    ndarray of float
        Adjusted p values in the shape of `p`, at most 1, NaN where `p` is.

    Raises
    ------
    BadInput
        If a p value lies outside 0 to 1.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70: holds for tests that depend on each other in any way.
    """
    return _adjusted(p, _step_down)


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values so that the expected share of false findings among the findings is bounded.

    Parameters
    ----------
    p : array_like of float
        p values from 0 to 1 in any shape, all of them one family; NaN where no test was made.

    Returns
    -------
    ndarray of float
        q values in the shape of `p`, at most 1, NaN where `p` is; never above those of `holm`.

    Raises
    ------
    BadInput
        If a p value lies outside 0 to 1.

    References
    ----------
    Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57, 289-300: for independent or positively dependent tests.
    """
    return _adjusted(p, _step_up)


def _step_down(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    tests = ascending.size
    return np.maximum.accumulate(ascending * np.arange(tests, 0, -1))


def _step_up(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    tests = ascending.size
    scaled = ascending * (tests / np.arange(1, tests + 1))
    return np.asarray(np.minimum.accumulate(scaled[::-1])[::-1])


def _adjusted(p: ArrayLike, adjust: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
    values = np.asarray(p, dtype=np.float64)
    flat = values.ravel()
    made = np.flatnonzero(~np.isnan(flat))
    wrong = made[(flat[made] < 0) | (flat[made] > 1)]
    if wrong.size:
        raise BadInput(
            Problem(f"the p value {flat[wrong[0]]:g}", "a p value from 0 to 1", "Check how it was computed.")
        )
    order = made[np.argsort(flat[made], kind="stable")]
    adjusted = np.full(flat.shape, np.nan)
    adjusted[order] = np.minimum(adjust(flat[order]), 1.0)
    return adjusted.reshape(values.shape)
