"""Proportional hazards in numbers: sums over risk sets, the Breslow partial likelihood, its maximum and its errors.

Nothing here grows with persons times months. Who is at risk when stands in a sparse table of times by patterns: a
person is added at the last time at risk and taken off before the first. Sums over risk sets are then running sums over
times, so that 84 months by 500 patterns and a million different times go the same way.

Conventions
-----------
times : distinct times of all cells, ascending, shape (times,)
x     : a row a pattern, centred, shape (patterns, terms)
ratio : exp(x @ beta), shape (patterns,)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from fodfaeste.errors import Refused

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

MOST_STEPS = 30
# The last step is applied and Newton's error is squared by it, so this leaves less than rounding does.
SMALL_STEP = 1e-16
# No step changes a log ratio by more than this, so that ratios of all steps together neither overflow nor vanish.
LONGEST_STEP = 10.0


@dataclass(frozen=True, eq=False)
class Watched:
    """Cells of persons on the grid of times; index k runs over cells.

    Attributes
    ----------
    times : ndarray of float64, shape (times,)
    entry : ndarray of float64, shape (cells,)
    first, last : ndarray of int, shape (cells,)
        Positions in `times` between which a cell is at risk, both included.
    cause : ndarray of int64, shape (cells,)
        0 if censored.
    pattern : ndarray of int, shape (cells,)
        Row of `x`.
    persons : ndarray of float64, shape (cells,)
    """

    times: Floats
    entry: Floats
    first: Places
    last: Places
    cause: NDArray[np.int64]
    pattern: Places
    persons: Floats

    def counted(self, at: Places, chosen: NDArray[np.bool_]) -> Floats:
        """Persons of the chosen cells at each time."""
        return totals(at[chosen], self.persons[chosen], self.times.size)

    @cached_property
    def at_risk(self) -> Floats:
        """Persons at risk at each time."""
        late = self.first > 0
        everyone = np.ones(late.size, dtype=bool)
        return from_here(self.counted(self.last, everyone) - self.counted(self.first - 1, late))


def watched(time: Floats, entry: Floats, cause: NDArray[np.int64], pattern: Places, persons: Floats) -> Watched:
    """Put cells of persons on the grid of their times; every time lies after its entry."""
    times, last = np.unique(time, return_inverse=True)
    return Watched(times, entry, np.searchsorted(times, entry, side="right"), last, cause, pattern, persons)


def same_as_before(*columns: NDArray[Any]) -> Places:
    """Number runs of neighbouring rows that agree in all columns, from 0."""
    new = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.concatenate([[0], np.cumsum(new)])


def totals(at: Places, persons: Floats, places: int = 0) -> Floats:
    """Add up persons by place."""
    return np.bincount(at, persons, places).astype(np.float64)


def from_here(values: Floats) -> Floats:
    """Sum over each time and all later ones."""
    return np.cumsum(values[::-1], axis=0)[::-1]


def before(values: Floats) -> Floats:
    """Sum over the times before each time."""
    return np.cumsum(values, axis=0) - values


def after(values: Floats) -> Floats:
    """Sum over the times after each time."""
    return from_here(values) - values


@dataclass(frozen=True, eq=False)
class Weights:
    """How much of a person who left for another cause is still counted later: `weight[t] / weight[time of leaving]`.

    The weight is P(not censored before t) times P(entered before t), by product limits: nobody is still watched who
    left, so persons are counted as far as they would have been (Fine, Gray 1999; with late entry Geskus 2011).
    Events come before censoring in the same month.

    Attributes
    ----------
    weight : ndarray of float64, shape (times,)
    censored, open : ndarray of float64, shape (times,)
        Persons censored, and those who could have been.
    entries : ndarray of float64, shape (entries,)
        Distinct times of entry.
    entered, present : ndarray of float64, shape (entries,)
        Persons who enter then, and those under watch just after.
    """

    weight: Floats
    censored: Floats
    open: Floats
    entries: Floats
    entered: Floats
    present: Floats


def weights(cells: Watched) -> Weights:
    """Estimate how long persons could have been watched."""
    censored = cells.counted(cells.last, cells.cause == 0)
    open_ = cells.at_risk - cells.counted(cells.last, cells.cause > 0)
    share = _share(censored, open_)
    entries, when = np.unique(cells.entry, return_inverse=True)
    entered = totals(when, cells.persons)
    left = np.append(0.0, np.cumsum(totals(cells.last, cells.persons)))
    present = np.cumsum(entered) - left[np.searchsorted(cells.times, entries, side="right")]
    not_yet = np.cumprod((1.0 - np.append(_share(entered, present), 0.0))[::-1])[::-1]
    uncensored = np.cumprod(1.0 - np.append(0.0, share[:-1]))
    weight = uncensored * not_yet[np.searchsorted(entries, cells.times, side="left")]
    return Weights(weight, censored, open_, entries, entered, present)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Who is at risk when, and who has the event.

    Attributes
    ----------
    turnover : sparse array, shape (times, patterns)
        Persons at their last time, less persons just before their first: summed from the end, those at risk.
    carried : sparse array, shape (times, patterns)
        Persons who leave for another cause, divided by their weight then; empty if such persons leave the risk set.
    weight : ndarray of float64, shape (times,)
    event_cells : sparse array, shape (times, patterns)
        Persons with the event.
    events : ndarray of float64, shape (times,)
    events_of : ndarray of float64, shape (patterns,)
    """

    turnover: sparse.csr_array
    carried: sparse.csr_array
    weight: Floats
    event_cells: sparse.csr_array
    events: Floats
    events_of: Floats

    def summed(self, values: Floats) -> Floats:
        """Sum values of patterns, shape (patterns, k), over each risk set: shape (times, k)."""
        return np.asarray(from_here(self.turnover @ values) + self.weight[:, None] * before(self.carried @ values))

    def spent(self, increments: Floats) -> Floats:
        """Sum increments of times over the persons of each pattern while at risk: shape (patterns,)."""
        return np.asarray(self.turnover.T @ np.cumsum(increments) + self.carried.T @ after(self.weight * increments))


def risk_table(cells: Watched, cause: int, patterns: int, kept: Weights | None = None) -> RiskTable:
    """Tabulate who is at risk of a cause; with `kept`, those who left for another cause stay, weighted."""
    shape = (cells.times.size, patterns)
    happened = cells.cause == cause
    event_cells = _table(cells.persons[happened], cells.last[happened], cells.pattern[happened], shape)
    return RiskTable(
        _turnover(cells, shape),
        sparse.csr_array(shape) if kept is None else _carried(cells, (cells.cause > 0) & ~happened, kept, shape),
        np.ones(shape[0]) if kept is None else kept.weight,
        event_cells,
        event_cells.sum(axis=1),
        event_cells.sum(axis=0),
    )


def _table(values: Floats, at: Places, pattern: Places, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((values, (at, pattern)), shape=shape)


def _turnover(cells: Watched, shape: tuple[int, int]) -> sparse.csr_array:
    late = cells.first > 0
    values = np.concatenate([cells.persons, -cells.persons[late]])
    at = np.concatenate([cells.last, cells.first[late] - 1])
    return _table(values, at, np.concatenate([cells.pattern, cells.pattern[late]]), shape)


def _carried(cells: Watched, other: NDArray[np.bool_], kept: Weights, shape: tuple[int, int]) -> sparse.csr_array:
    at = cells.last[other]
    return _table(cells.persons[other] / kept.weight[at], at, cells.pattern[other], shape)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The partial likelihood at one `beta`.

    Attributes
    ----------
    beta : ndarray of float64, shape (terms,)
    value : float
        Logarithm of the partial likelihood.
    score : ndarray of float64, shape (terms,)
    information : ndarray of float64, shape (terms, terms)
    ratio : ndarray of float64, shape (patterns,)
        Divided by exp(`shift`), so that the largest is 1.
    increments : ndarray of float64, shape (times,)
        Breslow's increments of the cumulative hazard at x = 0, multiplied by exp(`shift`).
    means : ndarray of float64, shape (times, terms)
        Mean of x over the risk set, weighted by `ratio`; 0 at times without an event.
    shift : float
    """

    beta: Floats
    value: float
    score: Floats
    information: Floats
    ratio: Floats
    increments: Floats
    means: Floats
    shift: float

    @property
    def baseline(self) -> Floats:
        """Increments of the cumulative hazard at x = 0."""
        return np.asarray(self.increments * np.exp(-self.shift))


def likelihood(table: RiskTable, x: Floats, beta: Floats) -> Likelihood:
    """Evaluate the partial likelihood; persons with an event in the same month count jointly (Breslow 1974)."""
    predictor = x @ beta
    shift = float(predictor.max())
    ratio = np.exp(predictor - shift)
    sums = table.summed(np.column_stack([ratio, ratio[:, None] * x]))
    happened = table.events > 0
    means, increments = np.zeros((happened.size, beta.size)), np.zeros(happened.size)
    means[happened] = sums[happened, 1:] / sums[happened, :1]
    increments[happened] = table.events[happened] / sums[happened, 0]
    value = table.events_of @ predictor - table.events[happened] @ (np.log(sums[happened, 0]) + shift)
    score = table.events_of @ x - table.events @ means
    information = _curvature(x, ratio * table.spent(increments), means, table.events)
    return Likelihood(beta, float(value), score, information, ratio, increments, means, shift)


def curvature(table: RiskTable, x: Floats, at: Likelihood, moment: Floats) -> Floats:
    """Sum the variances of x over risk sets, each event time multiplied by `moment`, shape (times,)."""
    weight = at.ratio * table.spent(at.increments * moment)
    return _curvature(x, weight, at.means, table.events * moment)


def _curvature(x: Floats, weight: Floats, means: Floats, events: Floats) -> Floats:
    return np.asarray((x * weight[:, None]).T @ x - (means * events[:, None]).T @ means)


def inverse(information: Floats) -> Floats:
    """Invert a positive definite matrix, whatever the units of its rows.

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is singular.
    """
    scale = np.sqrt(np.diag(information))
    if not (scale > 0).all():
        raise np.linalg.LinAlgError("a row of zeros")
    factor = cho_factor(information / np.outer(scale, scale))
    return np.asarray(cho_solve(factor, np.eye(scale.size)) / np.outer(scale, scale))


def maximise(table: RiskTable, x: Floats, names: tuple[str, ...]) -> tuple[Likelihood, Likelihood]:
    """Find the maximum of the partial likelihood by Newton's steps, halved where they overshoot.

    Returns
    -------
    pair of Likelihood
        At beta = 0 and at the maximum.

    Raises
    ------
    Refused
        If there is no maximum: a term that is the same for all at risk whenever an event happens, or one that tells
        for certain who has the event.
    """
    start = at = likelihood(table, x, np.zeros(x.shape[1]))
    for _ in range(MOST_STEPS):
        step = _solved(at, names) @ at.score
        small = float(step @ at.score) <= SMALL_STEP * table.events.sum()
        at = _improved(table, x, at, step, small)
        if small:
            return start, at
    spread = np.abs(at.beta) * x.std(axis=0)
    raise Refused(_NO_END.format(names[int(np.argmax(spread))]))


_NO_END = (
    "The coefficient of {} grows without end: it tells for certain who has the event, or who has not. "
    "Merge categories, or leave the column out."
)
_NO_VARIATION = (
    "The terms {} cannot be told apart: among those at risk when events happen, one is the same for everybody or "
    "follows from the others. Leave one out."
)


def _solved(at: Likelihood, names: tuple[str, ...]) -> Floats:
    try:
        return inverse(at.information)
    except np.linalg.LinAlgError:
        raise Refused(_NO_VARIATION.format(", ".join(names))) from None


def _improved(table: RiskTable, x: Floats, at: Likelihood, step: Floats, small: bool) -> Likelihood:
    """Go a step, or the largest halving of it that does not lose; a small step is within rounding of the maximum."""
    step = step * min(1.0, LONGEST_STEP / max(float(np.abs(x @ step).max()), LONGEST_STEP))
    new = likelihood(table, x, at.beta + step)
    while not small and not new.value >= at.value - 1e-12 * abs(at.value):
        step = step / 2
        new = likelihood(table, x, at.beta + step)
    return new


def score_residuals(cells: Watched, table: RiskTable, x: Floats, at: Likelihood, cause: int) -> Floats:
    """What one person of each cell adds to the score, the risk sets given: shape (cells, terms).

    With these alone, `clustered` is the robust variance of Lin and Wei (1989), weights taken as known.
    """
    hazard = np.column_stack([at.increments, at.increments[:, None] * at.means])
    until = np.vstack([np.zeros(hazard.shape[1]), np.cumsum(hazard, axis=0)])
    met = until[cells.last + 1] - until[cells.first]
    if table.carried.nnz:
        other = (cells.cause > 0) & (cells.cause != cause)
        later = after(table.weight[:, None] * hazard) / table.weight[:, None]
        met[other] += later[cells.last[other]]
    own = x[cells.pattern]
    residuals = at.ratio[cells.pattern, None] * (met[:, 1:] - own * met[:, :1])
    happened = cells.cause == cause
    residuals[happened] += own[happened] - at.means[cells.last[happened]]
    return np.asarray(residuals)


def weight_residuals(cells: Watched, table: RiskTable, x: Floats, at: Likelihood, kept: Weights) -> Floats:
    """What one person of each cell adds to the score through the estimated weights: shape (cells, terms).

    Fine, Gray (1999), section 3, for the product limit of censoring; the same for that of late entry.
    """
    carried = np.cumsum(table.carried @ np.column_stack([at.ratio, at.ratio[:, None] * x]), axis=0)
    hazard = table.weight[:, None] * np.column_stack([at.increments, at.increments[:, None] * at.means])
    later = after(hazard)
    pull = carried[:, 1:] * later[:, :1] - carried[:, :1] * later[:, 1:]

    step = pull * _share(np.ones_like(kept.open), kept.open - kept.censored)[:, None]
    spent = _running(step * _share(kept.censored, kept.open)[:, None])
    censored = cells.cause == 0
    residuals = spent[cells.first] - spent[cells.last + censored]
    residuals[censored] += step[cells.last[censored]]
    return np.asarray(residuals + _entry_residuals(cells, kept, pull))


def _entry_residuals(cells: Watched, kept: Weights, pull: Floats) -> Floats:
    """The part of `weight_residuals` through the product limit of late entry."""
    reached = np.searchsorted(cells.times, kept.entries, side="right")
    step = np.vstack([np.zeros(pull.shape[1]), pull])[reached]
    step = step * _share(np.ones_like(kept.present), kept.present - kept.entered)[:, None]
    spent = _running(step * _share(kept.entered, kept.present)[:, None])
    begins = np.searchsorted(kept.entries, cells.entry, side="left")
    ends = np.searchsorted(kept.entries, cells.times, side="left")[cells.last]
    return np.asarray(spent[ends] - spent[begins] - step[begins])


def _running(values: Floats) -> Floats:
    return np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])


def clustered(
    residuals: Floats, persons: Floats, information: Floats, clusters: sparse.csr_array | None = None
) -> Floats:
    """Give the sandwich: inverse information around the residuals squared, summed within clusters first.

    Parameters
    ----------
    residuals : ndarray of float64, shape (cells, terms)
        Of one person of each cell.
    persons : ndarray of float64, shape (cells,)
    information : ndarray of float64, shape (terms, terms)
    clusters : sparse array, shape (clusters, cells), optional
        Persons by cluster and cell. Without it each person is a cluster.
    """
    if clusters is None:
        squares = (residuals * persons[:, None]).T @ residuals
    else:
        sums = clusters @ residuals
        squares = sums.T @ sums
    bread = inverse(information)
    return np.asarray(bread @ squares @ bread)
