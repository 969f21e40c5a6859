from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from worlds import World, people_of, world

from fodfaeste.errors import UnknownName
from fodfaeste.place import Goal, Plan, Problem, solve
from fodfaeste.place.gains import Around
from fodfaeste.place.outcomes import (
    Model,
    honest_gain,
    null_test,
    outcome,
    problem_from,
    rule_set,
    train,
    training_rows,
)
from fodfaeste.place.outcomes.glm import design, fit_glm
from fodfaeste.place.outcomes.optimism import shuffled


def best(problem: Problem) -> Plan:
    return solve(problem, Goal(weights={"work_24": 1.0}), gap=0.0, method="exact")


def arrivals(codes: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    people = people_of(["none", "primary", "secondary", "tertiary"] * 4)
    return people, pl.DataFrame({"place": codes, "capacity_persons": [3] * len(codes)})


def test_places_are_exchanged_between_whole_households_of_one_year(small_world: World) -> None:
    rows = training_rows(small_world.frames, [outcome("work_24")], rule_set("denmark"))
    mixed = shuffled(rows, ["year"], np.random.Generator(np.random.PCG64(1)))
    assert mixed.frame.drop("place", "^place_.*$", "^.*compatriots$").equals(
        rows.frame.drop("place", "^place_.*$", "^.*compatriots$")
    )
    assert (mixed.frame["place"] != rows.frame["place"]).mean() > 0.7  # type: ignore[operator]
    assert mixed.frame.group_by("household").agg(pl.col("place").n_unique())["place"].max() == 1
    counted = [
        one.frame.group_by("household").first().group_by("year", "place").len().sort("year", "place")
        for one in (rows, mixed)
    ]
    assert counted[0].equals(counted[1])
    anywhere = shuffled(rows, [], np.random.Generator(np.random.PCG64(1)))
    assert anywhere.frame.height == rows.frame.height
    with pytest.raises(UnknownName, match="year"):
        shuffled(rows, ["yaer"], np.random.Generator(np.random.PCG64(1)))


def test_what_a_model_promises_where_places_do_nothing_is_no_more_than_the_null_test_shows() -> None:
    promised = {}
    for place_sd in (0.0, 1.5):
        made = world(6, households=400, places=6, place_sd=place_sd)
        # Without what only the proxy audit and networks look at: the null test is about neither.
        frames = replace(made.frames, persons=made.frames.persons.drop("sex", "citizenship"))
        model = train(frames, ("work_24",), seed=1, kinds=("glm",))
        rows = training_rows(frames, [outcome("work_24")], rule_set("denmark"))
        people, places = arrivals(made.codes)

        def build(one: Model, people: pl.DataFrame = people, places: pl.DataFrame = places) -> Problem:
            return problem_from(one, people, places)

        promised[place_sd] = null_test(rows, model, build, best, shuffles=19, seed=1)
    assert promised[0.0].p_value > 0.1
    assert promised[1.5].p_value == pytest.approx(0.05)
    assert promised[0.0].promised <= promised[0.0].upper
    assert promised[1.5].beyond > 0
    assert promised[1.5].lower <= promised[1.5].mean <= promised[1.5].upper
    assert promised[1.5].to_dict()["label"] == "forecast, not observed effect"


def test_a_baseline_may_be_given(small_world: World, model: Model) -> None:
    people, places = arrivals(small_world.codes)
    rows = training_rows(small_world.frames, [outcome("work_24"), outcome("staying_24")], rule_set("denmark"))
    plan = best(problem_from(model, people, places))
    against_itself = null_test(
        rows, model, lambda one: problem_from(one, people, places), best, baseline=plan.place, shuffles=2
    )
    assert against_itself.promised == pytest.approx(0, abs=1e-9)


@dataclass(frozen=True)
class GivenDraws:
    drawn: np.ndarray
    around: Around = "truth"

    @property
    def count(self) -> int:
        return self.drawn.shape[0]

    def outcomes(self, draw: int) -> dict[str, np.ndarray]:
        return {"work_24": self.drawn[draw]}


def test_the_corrected_gain_is_within_its_interval_as_often_as_said_and_the_naive_one_is_not() -> None:
    """Forty worlds of 25 places with 12 persons each: few enough that raw rates promise far too much.

    The draws have another seed than the world: with the same one they would be drawn from its very effects.
    """
    covered, naive_covered, above = [], [], []
    places, each, coming = 25, 12, 50
    for seed in range(40):
        rng = np.random.Generator(np.random.PCG64(seed))
        effect = 0.4 * rng.standard_normal(places)
        place = np.repeat(np.arange(places), each)
        y = (rng.random(place.size) < expit(-0.8 + effect[place])).astype(float)
        none = np.zeros((place.size, 0))
        fitted = fit_glm(design(none, none, none, place, places), y, np.ones(y.size), draws=99, seed=1000 + seed)
        room = np.full((places, 1), 4)
        problem = Problem(
            households=tuple(f"h{one}" for one in range(coming)),
            places=tuple(f"p{one}" for one in range(places)),
            sizes=np.ones((coming, 1), np.int64),
            capacity=room,
            outcomes={"work_24": np.tile(expit(fitted.beta[0] + fitted.u), (coming, 1))},
        )
        plan = best(problem)
        random = np.arange(coming) % places
        drawn = expit(fitted.beta_draws[:, :1] + fitted.u_draws)
        draws = GivenDraws(np.repeat(drawn[:, None, :], coming, axis=1))
        shown = honest_gain(plan, random, draws, level=0.9)  # type: ignore[arg-type]
        true = expit(-0.8 + effect)

        def gain(of: np.ndarray, by: np.ndarray, base: np.ndarray = random) -> float:
            return float(by[of].sum() - by[base].sum())

        covered.append(shown.lower <= gain(plan.place, true) <= shown.upper)
        # The naive way: raw rates, their own sampling error, and the plan that they like best.
        raw = np.bincount(place, y, places) / each
        liked = np.repeat(np.argsort(-raw, kind="stable"), 4)[:coming]
        apart = np.bincount(liked, minlength=places) - np.bincount(random, minlength=places)
        sd = np.sqrt(np.sum(apart**2 * raw * (1 - raw) / each))
        naive_covered.append(abs(gain(liked, raw) - gain(liked, true)) <= 1.645 * sd)
        above.append(gain(liked, raw) - gain(liked, true))
    assert np.mean(covered) >= 0.8
    assert np.mean(naive_covered) < 0.5
    assert np.mean(above) > 3 * np.std(above) / np.sqrt(40)
