"""The sweep along time that NumPy cannot vectorise, compiled once and kept on disk."""

# numba's decorators carry no types; what they decorate is typed by hand.
# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def aalen_johansen(
    first: NDArray[np.int64], at_risk: NDArray[np.float64], events: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Compute survival, cumulative incidences and their Greenwood variances, group by group.

    The covariances of (survival, incidence) are carried from step to step, as the product-limit is (Aalen, Johansen
    1978): all terms are added with their sign, so that nothing cancels late in time.

    Parameters
    ----------
    first : ndarray of int64, shape (groups + 1,)
        Where the steps of each group begin.
    at_risk : ndarray of float64, shape (steps,)
        Above 0.
    events : ndarray of float64, shape (steps, causes)

    Returns
    -------
    survival : ndarray of float64, shape (steps,)
        After each step.
    incidence, variance : ndarray of float64, shape (steps, causes)
    """
    steps, causes = events.shape
    survival = np.empty(steps)
    incidence = np.empty((steps, causes))
    variance = np.empty((steps, causes))
    total = np.empty(causes)
    with_survival = np.empty(causes)
    own = np.empty(causes)
    for group in range(first.size - 1):
        still, of_survival = 1.0, 0.0
        total[:], with_survival[:], own[:] = 0.0, 0.0, 0.0
        for step in range(first[group], first[group + 1]):
            y = at_risk[step]
            left = events[step].sum()
            chance = still * still / (y * y * y)
            stay = (y - left) / y
            for k in range(causes):
                d = events[step, k]
                a = d / y
                own[k] += a * (2 * with_survival[k] + a * of_survival) + chance * d * (y - d)
                with_survival[k] = stay * (with_survival[k] + a * of_survival) - chance * d * (y - left)
                total[k] += still * a
                incidence[step, k] = total[k]
                # What is 0 once everybody has left may be summed to just below it.
                variance[step, k] = max(own[k], 0.0)
            of_survival = stay * stay * of_survival + chance * left * (y - left)
            still *= stay
            survival[step] = still
    return survival, incidence, variance
