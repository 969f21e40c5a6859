"""What a plan may be expected to gain: a forecast, not an observed effect, and corrected for having chosen by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fodfaeste.measure.bootstrap import check_bootstraps
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.worth import plan_worth, value_by_household
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Goal, Ints, Problem
from fodfaeste.place.scores import Draws, Scores
from fodfaeste.place.solve import solve

Floats = NDArray[np.float64]

LABEL = "forecast, not observed effect"

Around = Literal["truth", "estimate"]
"""What draws scatter around: `truth` where they say where the truth may lie, given the data (posterior draws, draws of
a model fitted to other households); `estimate` where they repeat the estimating (bootstrap), so that they scatter
around the very scores that were optimised."""


@dataclass(frozen=True, eq=False)
class Gain:
    """How much more a plan is worth than a baseline.

    Attributes
    ----------
    gain : float
        In units of the goal's score, summed over households: what to tell.
    lower, upper : float
        The interval.
    naive : float
        What the scores promise that were optimised; too high on average, because the plan was chosen by them.
    optimism : float
        ``naive - gain``.
    baseline_value : float
        What the baseline is worth by the same reckoning as `gain`.
    relative, relative_lower, relative_upper : float
        The gain as a share of the baseline's value; NaN where that is not above 0.
    households, persons : int
        How many it is the sum of.
    draws : int
    around : {"truth", "estimate"}
    level : float
    label : str
        To be shown beside the figure.
    notes : tuple of Note
    """

    gain: float
    lower: float
    upper: float
    naive: float
    optimism: float
    baseline_value: float
    relative: float
    relative_lower: float
    relative_upper: float
    households: int
    persons: int
    draws: int
    around: Around
    level: float
    label: str
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


def expected_gain(
    plan: Plan,
    baseline: Plan | Ints,
    draws: Draws,
    *,
    around: Around = "truth",
    level: float = 0.95,
    gap: float = 1e-3,
) -> Gain:
    """Say what a plan gains over a baseline, with an interval that the truth lies in as often as it says.

    Parameters
    ----------
    plan : Plan
    baseline : Plan or ndarray of int64, shape (households,)
        Another placement of the same households; it must not depend on the outcomes of those it is compared on.
    draws : Draws
        Of every outcome that counts, for the same households and places.
    around : {"truth", "estimate"}
        See `Around`. With `truth` the plan and the baseline are valued under each draw. With `estimate` the plan is
        made again from each draw and what it then promises too much, by the scores that the draws scatter around, is
        taken off: the optimiser's curse repeated where it can be seen.
    level : float
    gap : float
        Of the plans made again.

    Returns
    -------
    Gain

    Notes
    -----
    With `estimate` the interval is the pivot ``naive - q``, q the quantiles over draws of promise less fulfilment. It
    leans on scores scattering round the draws' centre as that centre does round the truth. Choosing amplifies noise
    that is added to noise a little less than noise alone, so part of the curse stays; prefer draws around the truth.

    References
    ----------
    Smith, Winkler (2006), Management Science 52, 311-322; Efron, Tibshirani (1993), An Introduction to the Bootstrap,
    chapter 13 (pivots).
    """
    check_bootstraps(draws.count, level)
    problem, goal = plan.problem, plan.goal
    other = baseline.place if isinstance(baseline, Plan) else np.asarray(baseline, np.int64)
    trusted = replace(goal, caution=0.0)
    naive = float(
        (value_by_household(problem, trusted, plan.place) - value_by_household(problem, trusted, other)).sum()
    )
    drawn, worth = np.zeros(draws.count), np.zeros(draws.count)
    for draw in range(draws.count):
        outcomes = draws.outcomes(draw)
        worth[draw] = plan_worth(outcomes, problem, goal, other)
        if around == "truth":
            drawn[draw] = plan_worth(outcomes, problem, goal, plan.place) - worth[draw]
        else:
            drawn[draw] = naive - _promised_too_much(plan, other, outcomes, gap)
    tails = [(1 - level) / 2, (1 + level) / 2]
    lower, upper = (float(limit) for limit in np.quantile(drawn, tails, method="weibull"))
    gain, base = float(drawn.mean()), float(worth.mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        share = drawn / worth
    relative = share if around == "truth" and (worth > 0).all() else drawn / base if base > 0 else drawn * np.nan
    low, high = (float(limit) for limit in np.quantile(relative, tails, method="weibull"))
    return Gain(
        gain=gain,
        lower=lower,
        upper=upper,
        naive=naive,
        optimism=naive - gain,
        baseline_value=base,
        relative=float(relative.mean()),
        relative_lower=low,
        relative_upper=high,
        households=len(problem.households),
        persons=int(problem.persons.sum()),
        draws=draws.count,
        around=around,
        level=level,
        label=LABEL,
        notes=tuple(_notes(problem, goal, draws)),
    )


def _promised_too_much(plan: Plan, baseline: Ints, outcomes: Mapping[str, Scores], gap: float) -> float:
    """Make the plan again from drawn scores; give what its gain is by them less what it is by the given scores."""
    problem = replace(plan.problem, outcomes={**plan.problem.outcomes, **outcomes})
    again = solve(problem, plan.goal, gap=gap, seed=plan.certificate.seed).place
    given = plan.problem.outcomes

    def gain(by: Mapping[str, Scores]) -> float:
        return plan_worth(by, problem, plan.goal, again) - plan_worth(by, problem, plan.goal, baseline)

    return gain(outcomes) - gain(given)


def _notes(problem: Problem, goal: Goal, draws: Draws) -> list[Note]:
    missing = sorted(set(goal.weights_for(problem)) & set(problem.outcomes) - set(draws.outcomes(0)))
    notes = [Note("forecast", f"This is a {LABEL}: only following up shows what it did.")]
    if missing:
        text = f"The draws lack {', '.join(missing)}, which counts in the goal and is left out here."
        notes.append(Note("outcomes_without_draws", text, "warning"))
    return notes
