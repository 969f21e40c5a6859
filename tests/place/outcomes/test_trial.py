"""A model tried on its own past: places differ by who comes there, so that the past can speak for it or against it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from worlds import world

from fodfaeste.errors import NotEnoughPeople, Refused
from fodfaeste.place.backtest import backtest, history_of
from fodfaeste.place.outcomes import Frames, Model, train
from fodfaeste.place.outcomes.trial import Trial, trial

QUICK = {"bootstraps": 199, "seed": 1}


def sorted_world(seed: int, *, fit: float = 0.5, households: int = 1600) -> Frames:
    """Four towns: with much schooling one works in the two cities, with little elsewhere; `fit` is by how much."""
    made = world(seed, households=households, places=4, place_sd=0.0).frames
    rng = np.random.Generator(np.random.PCG64(seed))
    where = made.residence_spells.select("person", "municipality", "start")
    of = made.persons.select("person", "schooling").join(where, on="person")
    high = of["schooling"].is_in(["secondary", "tertiary"]).to_numpy()
    city = of["municipality"].is_in(["100", "101"]).to_numpy()
    works = rng.random(of.height) < np.where(high == city, 0.5 + fit / 2, 0.5 - fit / 2)
    jobs = of.filter(pl.Series(works)).select("person", pl.col("start").dt.offset_by("300d"))
    kinds = pl.DataFrame({"code": ["100", "101", "102", "103"], "kind": ["city", "city", "country", "country"]})
    return replace(
        made,
        employment_spells=jobs.with_columns(end=pl.lit(None, pl.Date), kind=pl.lit("employee")),
        municipalities=kinds.with_columns(name="code"),
    )


def made(frames: Frames) -> Model:
    return train(frames, ("work_24", "staying_24"), kinds=("glm",), seed=1)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return sorted_world(1)


@pytest.fixture(scope="module")
def model(frames: Frames) -> Model:
    return made(frames)


@pytest.fixture(scope="module")
def passed(frames: Frames, model: Model) -> Trial:
    return trial(frames, model, **QUICK)


def own(found: Trial, outcome: str = "work_24") -> dict[str, float]:
    return next(one for one in found.outcomes[outcome]["policies"] if one["policy"] == "model")


def test_where_people_fit_places_the_past_speaks_for_the_model(passed: Trial):
    assert passed.passed, passed.checks
    assert own(passed)["difference_lower"] > 0
    assert own(passed)["lower"] < 0.75 < own(passed)["upper"] + 0.05


def test_where_places_do_nothing_the_model_does_not_pass():
    frames = sorted_world(2, fit=0.0)
    found = trial(frames, made(frames), **QUICK)
    assert not found.passed
    broken = {one.code for one in found.checks if not one.passed}
    assert broken & {"gain", "optimism"}
    assert own(found)["difference_lower"] <= 0 <= own(found)["difference_upper"]


def test_what_came_after_the_day_is_not_known_to_the_model_that_is_tried(frames: Frames, model: Model, passed: Trial):
    """Whoever came later may have fared quite otherwise: the plan is the same, and only the judgement changes."""
    later = frames.persons.filter(pl.col("arrival_date") >= passed.day, pl.col("person") % 3 != 0)["person"]
    turned = frames.employment_spells.filter(~pl.col("person").is_in(later.implode()))
    found = trial(replace(frames, employment_spells=turned), model, **QUICK)
    assert (found.day, found.outcomes["work_24"]["trained"]) == (passed.day, passed.outcomes["work_24"]["trained"])
    assert own(found)["matched"] == own(passed)["matched"]
    assert found.outcomes["work_24"]["observed"] < passed.outcomes["work_24"]["observed"] / 2


def test_baselines_stand_beside_the_model_and_groups_beside_each_other(passed: Trial):
    told = passed.outcomes["work_24"]
    assert [one["policy"] for one in told["policies"]] == ["random", "greedy", "model"]
    assert {one["by"] for one in told["groups"]} == {"household", "sex", "citizenship", "age"}
    assert all(one["rows"] >= 10 for one in told["groups"])
    best = [one for one in passed.possible if one["by"] == "household"]
    assert all(one["random"] <= one["achieved"] <= one["alone"] + 1e-9 for one in best)


def test_every_place_is_covered_where_each_got_enough(passed: Trial):
    assert passed.places == ("100", "101", "102", "103")
    assert passed.covered == 1.0


def test_places_that_got_too_few_are_left_out_and_said(frames: Frames, model: Model):
    rare = frames.residence_spells["person"].head(20)
    there = pl.col("person").is_in(rare.implode())
    spells = frames.residence_spells.with_columns(
        municipality=pl.when(there).then(pl.lit("104")).otherwise(pl.col("municipality"))
    )
    kinds = pl.concat([frames.municipalities, pl.DataFrame({"code": "104", "kind": "country", "name": "104"})])
    found = trial(replace(frames, residence_spells=spells, municipalities=kinds), model, **QUICK)
    assert "104" not in found.places
    assert 0.9 < found.covered < 1.0


def test_a_register_without_later_years_refuses(frames: Frames, model: Model):
    short = frames.persons.filter(pl.col("arrival_date") < date(2000, 9, 1))["person"]
    inside = pl.col("person").is_in(short.implode())
    early = replace(frames, residence_spells=frames.residence_spells.filter(inside))
    with pytest.raises((Refused, NotEnoughPeople), match=r"later years|adults"):
        trial(early, model, **QUICK)


def test_the_same_seed_tells_the_same(frames: Frames, model: Model, passed: Trial):
    again = trial(frames, model, **QUICK)
    assert json.dumps(again.to_dict()) == json.dumps(passed.to_dict())


def test_it_can_be_stopped_by_whoever_hears_how_far_it_is(frames: Frames, model: Model):
    def stop(_doing: str, share: float) -> None:
        if share > 0.1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trial(frames, model, progress=stop, **QUICK)


def test_groups_of_a_back_test_tell_how_far_they_are_from_what_was_seen():
    rng = np.random.default_rng(5)
    n = 600
    place = rng.integers(0, 2, n)
    past = {
        "household": [f"h{i}" for i in range(n)],
        "place": np.array(["North", "South"])[place],
        "outcome": (rng.random(n) < np.where(place == 0, 0.3, 0.7)).astype(int),
        "kind": np.array(["a", "b"])[rng.integers(0, 2, n)],
    }
    found = backtest(history_of(past), {"south": np.full(n, 1)}, bootstraps=199)
    for row in found.groups.iter_rows(named=True):
        seen = np.mean(np.array(past["outcome"])[np.array(past["kind"]) == row["value"]])
        assert row["difference"] == pytest.approx(row["estimate"] - seen)
        assert 0 < row["difference_lower"] < row["difference"] < row["difference_upper"]
