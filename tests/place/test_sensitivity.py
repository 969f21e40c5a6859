"""What becomes of a plan if the models are off in stated ways."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place import Goal, LowRank, Wishes, solve
from fodfaeste.place.evaluation.off import biased_group, halved_place_effects, noisy, without_effect_of
from fodfaeste.place.sensitivity import sensitivity

from .worlds import Around, world


def test_place_effects_are_halved_and_what_is_particular_to_a_household_stays():
    problem = world(1)
    work, off = problem.outcomes["work"], halved_place_effects(problem)["work"]
    effect = work.mean(axis=0) - work.mean()
    assert off.mean(axis=0) - off.mean() == pytest.approx(effect / 2)
    assert work - work.mean(axis=0) == pytest.approx(off - off.mean(axis=0))


def test_one_place_becomes_like_all_others_and_they_stay():
    problem = world(1)
    off = without_effect_of(problem, 2)["work"]
    assert off[:, 2].mean() == pytest.approx(problem.outcomes["work"].mean())
    assert (np.delete(off, 2, axis=1) == np.delete(problem.outcomes["work"], 2, axis=1)).all()


def test_only_the_group_is_biased():
    problem = world(1)
    who = np.arange(40) < 10
    off = biased_group(problem, who, 0.8)["work"]
    assert off[:10] == pytest.approx(0.8 * problem.outcomes["work"][:10])
    assert (off[10:] == problem.outcomes["work"][10:]).all()


def test_noise_has_the_standard_deviation_given_or_a_share_of_the_spread():
    problem = world(1, 400, 10, sd=0.3)
    off = noisy(problem, 0.5, np.random.default_rng(1))
    assert np.std(off["work"] - problem.outcomes["work"]) == pytest.approx(0.3, rel=0.1)
    spread = problem.outcomes["staying"].std()
    assert np.std(off["staying"] - problem.outcomes["staying"]) == pytest.approx(0.5 * spread, rel=0.1)


def test_scores_that_were_never_allowed_stay_out_of_the_means():
    problem = world(1)
    work = np.where(problem.allowed, problem.outcomes["work"], np.nan)
    off = halved_place_effects(replace(problem, outcomes={"work": work}, sds={}))["work"]
    assert np.isfinite(off[problem.allowed]).all()


def test_every_stated_way_is_a_row_and_nothing_changes_where_the_forecasts_are_right():
    problem = world(2, 18, 3)
    said = []
    told = sensitivity(
        solve(problem, gap=0), repeats=3, random_draws=5, gap=0, progress=lambda *what: said.append(what)
    )
    kinds = told.table["scenario"].to_list()
    assert kinds == [
        "as_forecast",
        "noise",
        "place_effects_halved",
        *["group_lower", "group_higher"] * 2,
        *["place_effect_removed"] * 3,
        *["weight_lower", "weight_higher"] * 2,
    ]
    right = told.table.row(0, named=True)
    assert (right["regret"], right["gain_kept"]) == pytest.approx((0, 1), abs=1e-9)
    assert (told.table["regret"] >= 0).all()
    assert (told.table["value"] <= told.table["best"] + 1e-9).all()
    assert ((told.table["moved"] >= 0) & (told.table["moved_most"] <= 1)).all()
    assert told.households["kept"].is_between(0, 1).all()
    assert len(said) == len(kinds)
    assert "assumed_noise" in {note.code for note in told.notes}
    assert told.to_dict()["seed"] == 0


def test_more_noise_costs_more():
    plan = solve(replace(world(2, 20, 3, sd=0), groups={}), gap=0)
    little, much = (
        sensitivity(plan, noise=noise, repeats=3, places=0, random_draws=5, gap=0).table.filter(
            pl.col("scenario") == "noise"
        )
        for noise in (0.01, 2.0)
    )
    assert little["regret_share"][0] < much["regret_share"][0]
    assert little["moved"][0] < much["moved"][0]


def test_draws_are_a_scenario_of_their_own():
    problem = world(2, 20, 3)
    told = sensitivity(solve(problem), draws=Around(problem.outcomes, 0.1), repeats=2, places=0, random_draws=3)
    assert told.table.filter(pl.col("scenario") == "draws")["repeats"].to_list() == [2]


def test_one_outcome_has_no_weights_to_change_and_without_groups_none_is_biased():
    problem = replace(world(2, 12, 3), groups={})
    told = sensitivity(solve(problem, Goal(weights={"work": 1.0})), repeats=1, places=0, random_draws=3)
    assert told.table["scenario"].to_list() == ["as_forecast", "noise", "place_effects_halved"]


def test_a_plan_by_wishes_alone_has_no_forecast_to_be_off():
    rank = np.tile([1, 2, 0], (12, 1))
    problem = replace(world(2, 12, 3), outcomes={}, sds={}, wishes=Wishes(rank))
    told = sensitivity(solve(problem, Goal(weights={"wishes": 1.0})), random_draws=3)
    assert told.table["scenario"].to_list() == ["as_forecast"]


def test_factors_are_formed():
    rng = np.random.default_rng(1)
    factors = LowRank(rng.random((12, 2)), rng.random((3, 2)))
    problem = replace(world(2, 12, 3), outcomes={"work": factors}, sds={})
    assert sensitivity(solve(problem), repeats=1, places=1, random_draws=3).table.height == 1 + 1 + 1 + 4 + 1


def test_the_same_seed_tells_the_same():
    plan = solve(world(3, 15, 3))
    one, other = (sensitivity(plan, repeats=2, places=0, random_draws=3, seed=5).table for _ in range(2))
    assert one.equals(other)


def test_a_plan_without_gain_keeps_no_share_of_it():
    problem = replace(world(2, 12, 3), outcomes={"work": np.full((12, 3), 0.5)}, sds={}, groups={})
    told = sensitivity(solve(problem), noise=0, repeats=1, places=0, random_draws=3)
    assert told.table["gain_kept"].null_count() in (0, told.table.height)


def test_settings_that_make_no_sense_are_refused():
    plan = solve(world(2, 12, 3))
    for wrong in ({"repeats": 0}, {"weights": 1.0}, {"noise": -1}, {"bias": 1.0}):
        with pytest.raises(BadInput):
            sensitivity(plan, **wrong)
    with pytest.raises(UnknownName, match="kind"):
        sensitivity(plan, group="kinds")
