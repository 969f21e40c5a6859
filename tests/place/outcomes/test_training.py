from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from worlds import SCHOOLING, World, people_of, world

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place.outcomes import Model, outcome, rule_set, score, train, training_rows
from fodfaeste.place.outcomes.encode import encoder
from fodfaeste.place.outcomes.fitting import data_of, time_split
from fodfaeste.place.outcomes.glm import Glm
from fodfaeste.place.outcomes.proxies import proxy_audit


def glm_of(model: Model, name: str = "work_24") -> Glm:
    fit = model.outcomes[name].fit
    assert isinstance(fit, Glm)
    return fit


def test_without_sex_and_with_other_ages_the_model_is_the_same_because_they_never_entered(
    small_world: World, model: Model
) -> None:
    persons = small_world.frames.persons.drop("sex").with_columns(pl.col("birth_date").dt.offset_by("-5y"))
    blind = train(replace(small_world.frames, persons=persons), ("work_24",), seed=1, kinds=("glm",))
    assert (glm_of(blind).beta == glm_of(model).beta).all()
    assert (glm_of(blind).u == glm_of(model).u).all()
    assert {one.attribute for one in blind.audit} == {"age", "citizenship"}
    assert {one.attribute for one in model.audit} == {"sex", "age", "citizenship"}


def test_where_networks_may_not_count_origin_changes_nothing() -> None:
    made = world(3, households=300, places=5).frames
    one, two = (
        train(replace(made, persons=persons), ("work_24",), rule_set="united_states", seed=1, kinds=("glm",))
        for persons in (made.persons, made.persons.with_columns(citizenship=pl.lit("ZZZ")))
    )
    assert (glm_of(one).beta == glm_of(two).beta).all()


def test_a_planted_proxy_is_found_named_and_refused() -> None:
    planted = world(2, households=300, places=4, proxy=True).frames
    with pytest.raises(Refused, match=r"give sex away.*'shoe_size'.*Leave that feature out"):
        train(planted, ("work_24",), seed=1, kinds=("glm",), features=("schooling", "shoe_size"))
    rows = training_rows(planted, [outcome("work_24")], rule_set("denmark"), ("schooling", "shoe_size"))
    by_sex = next(one for one in proxy_audit(rows, rule_set("denmark"), seed=1) if one.attribute == "sex")
    assert by_sex.low < by_sex.auc < by_sex.high
    assert by_sex.low > 0.85
    honest = training_rows(planted, [outcome("work_24")], rule_set("denmark"))
    fair = next(one for one in proxy_audit(honest, rule_set("denmark"), seed=1) if one.attribute == "sex")
    assert fair.low < 0.5 < fair.high + 0.03


def test_a_forbidden_feature_stops_training_with_its_name() -> None:
    frames = world(2, households=300, places=4).frames
    with pytest.raises(BadInput, match="column citizenship"):
        train(frames, ("work_24",), features=("schooling", "citizenship"))


def test_too_few_draws_for_an_interval_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 39"):
        train(world(2, households=300, places=4).frames, ("work_24",), draws=10)


@pytest.mark.long
def test_the_true_chances_are_found_and_lie_in_their_intervals_as_often_as_said() -> None:
    """Households share luck and places differ; 60 cells of schooling and place in each of three worlds."""
    covered, off = [], []
    for seed in range(3):
        truth = world(10 + seed, households=1800, places=15)
        found = train(truth.frames, ("work_24",), seed=seed, kinds=("glm",), draws=100)
        told = score(found, people_of(list(SCHOOLING)), pl.DataFrame({"place": truth.codes}))
        true = truth.chances(np.arange(4))
        drawn = np.array([told.draws.outcomes(draw)["work_24"] for draw in range(100)])
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        covered.append((low <= true) & (true <= high))
        off.append(told.outcomes["work_24"] - true)
    assert 0.80 <= np.mean(covered) <= 0.98
    assert np.mean(off) == pytest.approx(0, abs=0.03)
    assert np.std(off) < 0.08


def test_what_is_told_of_a_model(model: Model) -> None:
    facts = model.facts()
    work = facts["outcomes"]["work_24"]
    assert facts["register"]["title"] == "Invented"
    assert work["places_tell"]["value"] > 0
    assert work["cross_fitted"]["auc"]["low"] > 0.55
    assert work["cross_fitted"]["slope"]["low"] < 1 < work["cross_fitted"]["slope"]["high"]
    assert work["later_years"]["adults_before"] >= 200
    assert facts["rule_set"]["name"] == "denmark"
    table = model.outcomes["work_24"].calibration
    assert {"tenth", "sex", "age", "citizenship", "year", "place_kind", "place"} == set(table["by"])
    assert table["persons"].min() >= 10  # type: ignore[operator]


def test_forecasts_say_little_about_what_may_not_enter(model: Model) -> None:
    assert all(max(one.from_forecast.values()) < 0.6 for one in model.audit)


def test_boosting_has_to_earn_its_place(small_world: World) -> None:
    """The world is additive on the log-odds: there is nothing for trees to find."""
    both = train(small_world.frames, ("work_24",), seed=1)
    versus = both.outcomes["work_24"].told["versus"]
    assert versus["tried"] == "boosting"
    assert versus["kept"] == both.outcomes["work_24"].kind == "glm"
    assert versus["lower_by"]["low"] <= 0


def test_the_later_years_know_only_what_was_known_on_the_day(small_world: World) -> None:
    rows = training_rows(small_world.frames, [outcome("work_24")], rule_set("denmark"))
    encode = encoder(rows.frame, rows.person_features, rows.place_features, rows.pair_features)
    data = data_of(rows, "work_24", encode, small_world.codes)
    split = time_split(data)
    assert split is not None
    day, past, later = split
    assert (data.closes[past] < day).all()
    assert (data.start[later] >= day).all()
    same_month = data.start < np.datetime64(date(2000, 2, 1))
    assert time_split(data.part(same_month)) is None


def test_the_residence_rule_is_a_feature_where_some_are_bound_and_others_not() -> None:
    frames = world(5, households=500, places=5, rule_from=date(2002, 1, 1)).frames
    some = training_rows(frames, [outcome("work_24")], rule_set("denmark"))
    assert "bound" in some.person_features
    everybody = training_rows(replace(frames, rule_from=date(1999, 1, 1)), [outcome("work_24")], rule_set("denmark"))
    assert "bound" not in everybody.person_features
