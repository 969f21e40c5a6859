from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from worlds import World, people_of

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.place.outcomes import Model, arriving, places_for, problem_from, score

PLACES = pl.DataFrame({"place": ["100", "101", "102"], "capacity_persons": [3, 3, 3]})
ALONE = people_of(["none", "tertiary"], ["a", "b"])
COUPLE = people_of(["none", "tertiary"], ["a", "a"])


def work(model: Model, people: pl.DataFrame, **more: object) -> np.ndarray:
    return score(model, people, PLACES, **more).outcomes["work_24"]  # type: ignore[arg-type]


def test_every_adult_counts(model: Model) -> None:
    """Two adults of one household are worth what each is, not what the likelier is."""
    married = work(model, COUPLE.with_columns(civil_status=pl.lit("unmarried")))
    each = score(model, COUPLE, PLACES).draws.ready
    single = model.outcomes["work_24"].chances(each.x, each.z, each.place, each.pair)
    assert married[0] == pytest.approx(single.sum(axis=0))
    assert work(model, COUPLE, aggregate="mean")[0] == pytest.approx(single.mean(axis=0))
    assert work(model, COUPLE, aggregate="any")[0] == pytest.approx(1 - np.prod(1 - single, axis=0))


def test_children_and_who_is_not_to_work_count_for_staying_and_size_alone(model: Model) -> None:
    people = COUPLE.with_columns(adult=pl.Series([1, 0]))
    assert work(model, people)[0].max() < 1
    retired = COUPLE.with_columns(to_work=pl.Series([1, 0]))
    told = score(model, retired, PLACES)
    assert told.outcomes["work_24"][0].max() < 1
    assert told.outcomes["staying_24"][0].min() > score(model, people, PLACES).outcomes["staying_24"][0].max()


def test_households_and_places_may_come_in_any_order(model: Model) -> None:
    one = score(model, ALONE, PLACES)
    other = score(model, ALONE.reverse(), PLACES.reverse())
    assert other.outcomes["work_24"] == pytest.approx(one.outcomes["work_24"][::-1, ::-1])
    assert other.households == one.households[::-1]


def test_a_forbidden_column_is_refused_and_one_for_audit_changes_nothing(model: Model) -> None:
    with pytest.raises(BadInput, match=r"people.csv, column sex: .*carries sex"):
        score(model, ALONE.with_columns(sex=pl.lit("female")), PLACES, file="people.csv")
    audited = ALONE.with_columns(group_sex=pl.Series(["female", "male"]))
    assert (work(model, audited) == work(model, ALONE)).all()


def test_draws_scatter_around_the_forecast_by_the_sd(model: Model) -> None:
    told = score(model, ALONE, PLACES)
    drawn = np.array([told.draws.outcomes(draw)["work_24"] for draw in range(told.draws.count)])
    assert told.sds["work_24"] == pytest.approx(drawn.std(axis=0, ddof=1))
    assert drawn.mean(axis=0) == pytest.approx(told.outcomes["work_24"], abs=0.03)
    assert (told.sds["work_24"] > 0).all()
    assert told.draws.around == "truth"


def test_a_new_place_is_forecast_by_its_features_less_surely_and_said_to_be_new(model: Model) -> None:
    places = pl.concat([PLACES, pl.DataFrame({"place": ["999"], "capacity_persons": [1]})])
    told = score(model, ALONE, places)
    assert "new-place" in {note.code for note in told.notes}
    assert (told.sds["work_24"][:, 3] > told.sds["work_24"][:, :3].max(axis=1)).all()


def test_compatriots_count_where_places_say_how_many_live_there(model: Model) -> None:
    people = ALONE.with_columns(network=pl.lit("AAA"))
    silent = score(model, people, PLACES)
    assert "network-unknown" in {note.code for note in silent.notes}
    told = score(model, people, PLACES.with_columns(stock_AAA=pl.Series([0, 20, 400]), recent_AAA=pl.Series([0, 0, 9])))
    assert "network-unknown" not in {note.code for note in told.notes}
    assert (told.outcomes["work_24"] != silent.outcomes["work_24"]).any()


def test_it_warns_of_a_mix_that_the_model_never_saw(model: Model) -> None:
    strangers = score(model, people_of(["doctorate"] * 10), PLACES)
    assert any(note.code == "outside-support" and "100% have a schooling" in note.text for note in strangers.notes)
    same_schooling = people_of(["tertiary"] * 10)
    told = score(model, same_schooling, PLACES)
    assert any(note.code == "drift" and "schooling" in note.text for note in told.notes)


def test_a_household_without_an_adult_is_said_to_be_one(model: Model) -> None:
    told = score(model, ALONE.with_columns(adult=pl.Series([0, 1])), PLACES)
    assert "no-adult" in {note.code for note in told.notes}
    assert (told.outcomes["work_24"][0] == 0).all()


def test_the_problem_has_sizes_room_outcomes_and_groups_for_audit_alone(model: Model) -> None:
    people = COUPLE.with_columns(
        group_sex=pl.Series(["female", "male"]), arrival=pl.lit("2011-01-01"), school=pl.Series([0, 1])
    )
    problem = problem_from(model, people, PLACES.with_columns(capacity_school=1, minimum=pl.Series([0, 1, 0])))
    assert problem.sizes.tolist() == [[2, 1]]
    assert problem.dimensions == ("persons", "school")
    assert problem.groups == {"sex": ("female",)}
    assert problem.minimum.tolist() == [0, 1, 0]
    assert set(problem.outcomes) == set(problem.sds) == {"work_24", "staying_24"}
    assert str(problem.arrival[0]) == "2011-01-01"  # type: ignore[index]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (ALONE.drop("schooling"), "column schooling"),
        (ALONE.drop("adult"), "column adult"),
        (ALONE.with_columns(adult=pl.Series([1, 2])), "row 3, column adult: found 2"),
        (ALONE.with_columns(household=pl.Series(["a", None])), "row 3, column household"),
        (ALONE.clear(), "found nobody"),
    ],
)
def test_what_is_wrong_with_the_people_is_named(model: Model, people: pl.DataFrame, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        score(model, people, PLACES)


def test_a_day_that_is_none_is_named(model: Model) -> None:
    with pytest.raises(BadInput, match="row 3, column arrival: found '2011-13-01'"):
        problem_from(model, ALONE.with_columns(arrival=pl.Series(["2011-01-01", "2011-13-01"])), PLACES)


def test_what_is_wrong_with_the_places_is_named(model: Model) -> None:
    with pytest.raises(BadInput, match="no column place"):
        score(model, ALONE, PLACES.drop("place"))
    with pytest.raises(BadInput, match="'100' twice"):
        score(model, ALONE, pl.concat([PLACES, PLACES.head(1)]))
    with pytest.raises(BadInput, match="capacity_persons"):
        problem_from(model, ALONE, PLACES.drop("capacity_persons"))
    with pytest.raises(BadInput, match="no column beds"):
        problem_from(model, ALONE, PLACES.with_columns(capacity_beds=1))
    with pytest.raises(UnknownName, match="sum"):
        score(model, ALONE, PLACES, aggregate="best")  # type: ignore[arg-type]


def test_a_registers_arrivals_can_be_scored_as_if_they_came_now(small_world: World, model: Model) -> None:
    people = arriving(small_world.frames, model, date(2003, 1, 1), date(2003, 12, 31))
    places = places_for(small_world.frames, people, slack=1.5)
    assert places["capacity_persons"].sum() >= people.height
    problem = problem_from(model, people.drop("observed"), places)
    assert problem.persons.sum() == people.height
    assert set(problem.groups) == {"sex", "citizenship", "age"}
    with pytest.raises(NotEnoughPeople):
        arriving(small_world.frames, model, date(1990, 1, 1), date(1990, 12, 31))
