"""How much of a promised gain is optimism: what appears where there is none, and what remains on fresh draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import UnknownName
from fodfaeste.measure.bootstrap import percentile_limits
from fodfaeste.place.evaluation.worth import plan_worth
from fodfaeste.place.gains import LABEL, Gain, expected_gain
from fodfaeste.place.outcomes.default import DefaultDraws
from fodfaeste.place.outcomes.model import Model
from fodfaeste.place.outcomes.places import PREFIX
from fodfaeste.place.outcomes.rows import Rows
from fodfaeste.place.outcomes.score import ModelDraws
from fodfaeste.place.outcomes.training import Settings, fit_only
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Ints, Problem

Floats = NDArray[np.float64]
SHUFFLES = 20
WITHIN = ("year", "bound")
LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class NullTest:
    """What a model, trained where places do nothing, promises.

    Attributes
    ----------
    promised : float
        Relative gain over the baseline that the model itself promises.
    null : ndarray of float, shape (shuffles,)
        The same, trained on outcomes with the places shuffled: optimism.
    mean, lower, upper : float
        Of `null`; the limits hold 90 % of the shuffles.
    beyond : float
        ``promised - mean``: what optimism does not explain.
    p_value : float
        Share of worlds without place effects, the one seen counted in, that promise at least as much.
    within : tuple of str
    label : str
    """

    promised: float
    null: Floats
    mean: float
    lower: float
    upper: float
    beyond: float
    p_value: float
    within: tuple[str, ...]
    label: str = LABEL

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**vars(self), "null": self.null.tolist(), "within": list(self.within)}


def null_test(
    rows: Rows,
    model: Model,
    build: Callable[[Model], Problem],
    solve: Callable[[Problem], Plan],
    *,
    baseline: Ints | None = None,
    shuffles: int = SHUFFLES,
    within: Sequence[str] = WITHIN,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> NullTest:
    """Shuffle households' places, train again, optimise again; the gain that still appears is optimism.

    Parameters
    ----------
    rows : Rows
        That the model was trained on.
    model : Model
        Its kinds of model and its recalibration are kept.
    build : callable
        Makes the problem of the arriving households from a model, such as `problem_from` with all but the model given.
    solve : callable
        Makes the plan of a problem.
    baseline : ndarray of int64, optional
        A placement of the same households. None: random placement in proportion to capacity.
    shuffles : int
        At least 19 for limits that hold 90 % of them.
    within : sequence of str
        Columns of the rows: places are exchanged only between households that are equal in these, so that what differs
        between years and rules remains. Columns that the rows lack are left out.
    seed : int

    Returns
    -------
    NullTest
    """
    shown = progress or (lambda *_: None)
    settings = Settings(tuple(model.outcomes), model.rules.name, seed=seed)
    kept = tuple(name for name in within if name in rows.frame.columns)
    rng = np.random.Generator(np.random.PCG64(seed))
    promised = promised_gain(build(model), solve, baseline)
    null = np.zeros(shuffles)
    for number in range(shuffles):
        shown("null test", number / shuffles)
        again = fit_only(shuffled(rows, kept, rng), settings, model)
        null[number] = promised_gain(build(_with_draws_of(again, model)), solve, baseline)
    lower, upper = percentile_limits(null[:, None], LEVEL)[:, 0]
    above = float((1 + np.sum(null >= promised)) / (1 + shuffles))
    mean = float(null.mean())
    return NullTest(promised, null, mean, float(lower), float(upper), promised - mean, above, kept)


def shuffled(rows: Rows, within: Sequence[str], rng: np.random.Generator) -> Rows:
    """Exchange places, with all their features, between households that are equal in some columns.

    A household's first adult says where it goes; members stay together.
    """
    for name in within:
        if name not in rows.frame.columns:
            raise UnknownName("the column", name, rows.frame.columns)
    frame = rows.frame
    first = frame.group_by("household", maintain_order=True).first()
    source = np.arange(first.height)
    groups = [source.tolist()]
    if within:
        keys = first.select(*within).with_row_index("position")
        groups = keys.group_by(*within, maintain_order=True).agg("position")["position"].to_list()
    for positions in groups:
        source[positions] = rng.permutation(positions)
    moved = [name for name in frame.columns if name == "place" or name.startswith(PREFIX)]
    moved += list(rows.pair_features)
    taken = first.select(moved)[source].with_columns(first["household"])
    changed = frame.drop(moved).join(taken, on="household", how="left", maintain_order="left")
    return replace(rows, frame=changed.select(rows.frame.columns))


def promised_gain(problem: Problem, solve: Callable[[Problem], Plan], baseline: Ints | None = None) -> float:
    """Solve a problem, and give the plan's gain over a baseline as a share of the baseline's value, by its own scores.

    It counts what the plan was chosen by; that is the promise, not the truth.
    """
    plan = solve(problem)
    value = plan_worth(problem.outcomes, problem, plan.goal, plan.place)
    if baseline is not None:
        base = plan_worth(problem.outcomes, problem, plan.goal, baseline)
    else:
        base = _random_worth(problem, plan)
    return (value - base) / abs(base) if base else float("nan")


def honest_gain(plan: Plan, baseline: Plan | Ints, draws: ModelDraws | DefaultDraws, *, level: float = 0.95) -> Gain:
    """Say what a plan may be expected to gain: on fresh draws of the model, not on the scores it was chosen by.

    The draws say themselves what they scatter around (`gains.Around`): those of the regression are of its posterior,
    in which places are pulled together, so that choosing the best of them costs nothing more; boosted trees grown
    again repeat the estimating, and the optimiser's curse is repeated with them and taken off.
    """
    return expected_gain(plan, baseline, draws, around=draws.around, level=level)


def _random_worth(problem: Problem, plan: Plan) -> float:
    """Give the mean worth when everybody goes to each allowed place in proportion to its capacity for persons."""
    room = problem.capacity[:, problem.person_dimension].astype(np.float64)
    share = np.broadcast_to(room, problem.shape) if problem.allowed is None else room * problem.allowed
    total = share.sum(axis=1, keepdims=True)
    share = np.divide(share, total, out=np.zeros(problem.shape), where=total > 0)
    weights = plan.goal.weights_for(problem)
    return float(
        sum(
            weight * np.sum(share * np.asarray(problem.outcomes[name]))
            for name, weight in weights.items()
            if name in problem.outcomes
        )
    )


def _with_draws_of(fitted: Model, model: Model) -> Model:
    """Give the fitted outcomes the draws of the model, so that a problem can be built; they do not count here."""
    outcomes = {}
    for name, one in fitted.outcomes.items():
        like = model.outcomes[name]
        fit: Any = one.fit
        if one.kind == "glm":
            fit = replace(fit, beta_draws=like.fit.beta_draws, u_draws=like.fit.u_draws)  # type: ignore[union-attr]
        outcomes[name] = replace(one, fit=fit, refits=like.refits)
    return replace(fitted, outcomes=outcomes)
