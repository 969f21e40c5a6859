"""What becomes of a plan if the models are off in stated ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.baselines import chances_of
from fodfaeste.place.evaluation.off import biased_group, halved_place_effects, noisy, without_effect_of
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.worth import value_by_household
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Goal, Problem
from fodfaeste.place.scores import Draws, Scores
from fodfaeste.place.solve import solve
from fodfaeste.place.units import household_scores

Outcomes = Mapping[str, Scores]

COLUMNS = {
    "scenario": pl.String,
    "name": pl.String,
    "repeats": pl.Int64,
    "moved": pl.Float64,
    "moved_most": pl.Float64,
    "value": pl.Float64,
    "best": pl.Float64,
    "regret": pl.Float64,
    "regret_share": pl.Float64,
    "regret_most": pl.Float64,
    "gain": pl.Float64,
    "gain_least": pl.Float64,
    "gain_most": pl.Float64,
    "gain_kept": pl.Float64,
}


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How a plan fares when the truth differs from the forecasts in stated ways.

    Attributes
    ----------
    table : polars.DataFrame
        One row a scenario: `scenario` (`as_forecast`, `noise`, `draws`, `place_effects_halved`, `group_lower`,
        `group_higher`, `place_effect_removed`, `weight_lower`, `weight_higher`), `name` (of the group, place or
        outcome), `repeats`; `moved`, the share of households that would be elsewhere had one known, and `moved_most`
        over repeats; `value` of the plan given; `best`, of the plan made knowing it; `regret`, best less value, and
        `regret_share` of the best, `regret_most` over repeats; `gain` of the plan over random placements, with
        `gain_least` and `gain_most` over repeats; `gain_kept`, its share of the gain as forecast. Means over repeats.
    households : polars.DataFrame
        `household`, `place`, `kept`: the share of scenarios (a repeated one counting as one) in which its place stays.
    seed : int
    notes : tuple of Note
    """

    table: pl.DataFrame
    households: pl.DataFrame
    seed: int
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


@dataclass(frozen=True, eq=False)
class _Scenario:
    """One way to be off: which problems and goal would have been right; made when asked for."""

    kind: str
    name: str | None
    truths: tuple[Callable[[], tuple[Problem, Goal]], ...]


def sensitivity(
    plan: Plan,
    *,
    noise: float = 0.1,
    repeats: int = 10,
    draws: Draws | None = None,
    group: str | None = None,
    bias: float = 0.2,
    places: int = 3,
    weights: float = 0.2,
    random_draws: int = 100,
    seed: int = 0,
    gap: float = 1e-3,
    progress: Callable[[str, float], None] | None = None,
) -> Sensitivity:
    """Solve again under other truths and say what the plan given would have been worth.

    Parameters
    ----------
    plan : Plan
    noise : float
        Errors of outcomes without standard deviations: this share of the outcome's own standard deviation over all
        pairs. Where the problem has `sds`, those are the errors.
    repeats : int
        How many times noise is drawn, and how many of the draws are taken.
    draws : Draws, optional
        Draws of the outcomes; with them a scenario `draws` beside `noise`.
    group : str, optional
        A group column: for each of its values, all forecasts of the group are `bias` too high, and too low. The
        default takes the first column, if there is any.
    bias : float
        As a share of the forecast.
    places : int
        Of how many places, those with the most persons placed, the effect is taken away one at a time.
    weights : float
        By which share each weight is raised and lowered.
    random_draws : int
        Of the placements that gains are over.
    seed : int
    gap : float
        Of the plans made again.
    progress : callable, optional

    Returns
    -------
    Sensitivity
    """
    problem = plan.problem
    if repeats < 1 or not 0 <= weights < 1 or noise < 0 or not 0 <= bias < 1:
        found = f"repeats={repeats}, weights={weights}, noise={noise}, bias={bias}"
        expected = "at least one repeat, noise from 0, and shares from 0 to below 1"
        raise BadInput(Fault(found, expected, "Correct them."))
    if group is not None and group not in problem.groups:
        raise UnknownName("the group column", group, problem.groups)
    column = group or next(iter(problem.groups), None)
    scenarios = [
        _Scenario("as_forecast", None, (lambda: (problem, plan.goal),)),
        *_noisy(plan, noise, repeats, seed),
        *_drawn(plan, draws, repeats),
        *_off(plan, column, bias, places),
        *_other_weights(plan, weights),
    ]
    rows, kept = [], np.zeros(plan.place.size)
    for number, scenario in enumerate(scenarios):
        if progress:
            progress(scenario.kind, number / len(scenarios))
        row, stays = _row(plan, scenario, random_draws, seed, gap)
        kept += stays
        rows.append(row)
    table = pl.DataFrame(rows, schema={name: kind for name, kind in COLUMNS.items() if name != "gain_kept"})
    first = table["gain"][0]
    return Sensitivity(
        table=table.with_columns(gain_kept=pl.col("gain") / first if first > 0 else pl.lit(None, pl.Float64)),
        households=pl.DataFrame(
            {
                "household": list(problem.households),
                "place": list(plan.where().values()),
                "kept": kept / len(scenarios),
            },
            schema={"household": pl.String, "place": pl.String, "kept": pl.Float64},
        ),
        seed=seed,
        notes=tuple(_notes(plan, noise)),
    )


def _row(plan: Plan, scenario: _Scenario, random_draws: int, seed: int, gap: float) -> tuple[dict[str, Any], Any]:
    told: dict[str, list[float]] = {name: [] for name in ("moved", "value", "best", "regret", "gain")}
    stays = np.zeros(plan.place.size)
    for truth in scenario.truths:
        problem, goal = truth()
        again = solve(problem, goal, gap=gap, seed=plan.certificate.seed)
        value = float(value_by_household(problem, goal, plan.place).sum())
        best = float(value_by_household(problem, goal, again.place).sum())
        scores = household_scores(problem, goal)
        random = float(chances_of(problem, {"score": scores}, random_draws, seed)["score"].totals.mean())
        same = again.place == plan.place
        stays += same / len(scenario.truths)
        # Both are within the gap of the best, so the plan given may be ahead by that much: that is no regret.
        found = (1 - same.mean(), value, max(best, value), max(0.0, best - value), value - random)
        for name, figure in zip(told, found, strict=True):
            told[name].append(float(figure))
    mean = {name: float(np.mean(figures)) for name, figures in told.items()}
    row = {
        "scenario": scenario.kind,
        "name": scenario.name,
        "repeats": len(scenario.truths),
        **mean,
        "moved_most": max(told["moved"]),
        "regret_share": mean["regret"] / max(abs(mean["best"]), 1e-9),
        "regret_most": max(told["regret"]),
        "gain_least": min(told["gain"]),
        "gain_most": max(told["gain"]),
    }
    return row, stays


def _noisy(plan: Plan, noise: float, repeats: int, seed: int) -> Iterator[_Scenario]:
    def truth(number: int) -> tuple[Problem, Goal]:
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        return replace(plan.problem, outcomes=noisy(plan.problem, noise, rng)), plan.goal

    if plan.problem.outcomes:
        yield _Scenario("noise", None, tuple(partial(truth, number) for number in range(repeats)))


def _drawn(plan: Plan, draws: Draws | None, repeats: int) -> Iterator[_Scenario]:
    if draws is None:
        return

    def truth(number: int) -> tuple[Problem, Goal]:
        outcomes = {**plan.problem.outcomes, **draws.outcomes(number)}
        return replace(plan.problem, outcomes=outcomes), plan.goal

    yield _Scenario("draws", None, tuple(partial(truth, number) for number in range(min(repeats, draws.count))))


def _off(plan: Plan, column: str | None, bias: float, places: int) -> Iterator[_Scenario]:
    problem = plan.problem
    if not problem.outcomes:
        return

    def scenario(kind: str, name: str | None, made: Callable[[], Outcomes]) -> _Scenario:
        return _Scenario(kind, name, (lambda: (replace(problem, outcomes=made()), plan.goal),))

    yield scenario("place_effects_halved", None, partial(halved_place_effects, problem))
    values = problem.groups[column] if column else ()
    for value in sorted(set(values)):
        who = np.array([one == value for one in values])
        yield scenario("group_lower", value, partial(biased_group, problem, who, 1 - bias))
        yield scenario("group_higher", value, partial(biased_group, problem, who, 1 + bias))
    persons = plan.used()[:, problem.person_dimension]
    for place in np.argsort(-persons, kind="stable")[:places].tolist():
        yield scenario("place_effect_removed", problem.places[place], partial(without_effect_of, problem, place))


def _other_weights(plan: Plan, share: float) -> Iterator[_Scenario]:
    weights = plan.goal.weights_for(plan.problem)
    if len([name for name, weight in weights.items() if weight]) < 2:
        return

    def truth(name: str, factor: float) -> tuple[Problem, Goal]:
        return plan.problem, replace(plan.goal, weights={**weights, name: weights[name] * factor})

    for name in weights:
        for kind, factor in (("weight_lower", 1 - share), ("weight_higher", 1 + share)):
            yield _Scenario(kind, name, (partial(truth, name, factor),))


def _notes(plan: Plan, noise: float) -> Iterator[Note]:
    without = sorted(set(plan.problem.outcomes) - set(plan.problem.sds))
    if without:
        text = (
            f"No standard deviations are given for {', '.join(without)}; their noise is {noise:.0%} of the spread of "
            "their scores."
        )
        yield Note("assumed_noise", text, "warning")
    text = "A gain is over random placements under the same truth. It is a forecast, not observed effect."
    yield Note("gain_over_random", text)
