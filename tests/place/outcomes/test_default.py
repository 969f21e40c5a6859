from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import BadInput
from fodfaeste.place.outcomes import default_denmark
from fodfaeste.place.outcomes.default import HIGHEST, commuting_rate, distances_km, parameters
from fodfaeste.place.scores import block

PLACES = pl.DataFrame({"place": ["A", "B", "C"], "employment_rate": [0.70, 0.74, 0.78]})
PEOPLE = pl.DataFrame({"household": ["h", "h", "k"], "adult": [1, 1, 1]})


def formed(scores: object, rows: int = 2) -> np.ndarray:
    return np.asarray(block(scores, slice(0, rows)))  # type: ignore[arg-type]


def test_every_number_has_an_interval_a_day_and_a_source() -> None:
    for one in parameters().values():
        assert one.low <= one.value <= one.high
        assert one.source
        assert one.sure in {"A", "B", "C", "S"}


def test_four_points_more_employment_are_two_point_two_more_in_work_for_each_adult() -> None:
    found = default_denmark(PLACES, PEOPLE)
    work = formed(found.outcomes["work_24"])
    assert work[1] == pytest.approx([0.28 - 0.022, 0.28, 0.28 + 0.022])
    assert work[0] == pytest.approx(2 * work[1])
    assert formed(found.outcomes["staying_48"])[1] == pytest.approx([0.83] * 3)


def test_unemployment_serves_where_employment_is_not_given() -> None:
    places = PLACES.select("place", unemployment_rate=pl.Series([0.04, 0.05, 0.06]))
    work = formed(default_denmark(places, PEOPLE).outcomes["work_24"])
    assert work[1] == pytest.approx([0.28 + 0.013, 0.28, 0.28 - 0.013])


def test_compatriots_help_and_those_who_have_just_come_compete() -> None:
    people = PEOPLE.with_columns(network=pl.Series(["X", "X", "Y"]))
    places = PLACES.with_columns(employment_rate=pl.lit(0.75), stock_X=pl.Series([0, 10, 200]))
    work = formed(default_denmark(places, people).outcomes["work_24"])
    assert np.diff(work[0]).min() > 0
    assert work[1] == pytest.approx([0.28] * 3)
    assert np.std(work[0] / 2) == pytest.approx(0.04)
    crowded = places.rename({"stock_X": "recent_X"})
    assert np.diff(formed(default_denmark(crowded, people).outcomes["work_24"])[0]).max() < 0


def test_work_next_door_counts_and_work_beyond_reach_does_not() -> None:
    rate, apart = np.array([0.6, 0.8, 0.9]), np.array([[0, 20, 300], [20, 0, 300], [300, 300, 0.0]])
    local = commuting_rate(rate, np.ones(3), apart, 30.0, 100.0)
    weight = np.exp(-20 / 30)
    assert local[0] == pytest.approx((0.6 + 0.8 * weight) / (1 + weight))
    assert local[2] == 0.9


def test_odense_and_aarhus_are_86_km_apart_and_a_place_of_unknown_position_stands_alone() -> None:
    apart = distances_km(np.array([55.396, 56.157, np.nan]), np.array([10.389, 10.211, 11.0]))
    assert apart[0, 1] == pytest.approx(85.4, abs=1)
    places = PLACES.with_columns(
        latitude=pl.Series([55.396, 55.40, None]),
        longitude=pl.Series([10.389, 10.40, None]),
        population=pl.Series([9, 1, 1]),
    )
    found = default_denmark(places, PEOPLE)
    assert "no-position" in {note.code for note in found.notes}
    work = formed(found.outcomes["work_24"])[1]
    assert work[1] - work[0] < 0.022 / 4


def test_draws_scatter_as_the_intervals_say_and_keep_their_sign() -> None:
    found = default_denmark(PLACES, PEOPLE, draws=400)
    drawn = np.array([formed(found.draws.outcomes(draw)["work_24"])[1] for draw in range(400)])
    assert formed(found.sds["work_24"])[1] == pytest.approx(drawn.std(axis=0, ddof=1))
    slope = (drawn[:, 2] - drawn[:, 0]) / 0.08
    assert np.mean((slope > 0.5) & (slope < 0.6)) == pytest.approx(0.9, abs=0.04)
    competition = parameters()["competition"]
    rng = np.random.Generator(np.random.PCG64(1))
    assert max(competition.drawn(rng) for _ in range(500)) == 0


def test_the_same_seed_gives_the_same_draws() -> None:
    one, two, other = (default_denmark(PLACES, PEOPLE, seed=seed).draws.outcomes(3)["work_24"] for seed in (1, 1, 2))
    assert (formed(one) == formed(two)).all()
    assert (formed(one) != formed(other)).any()


def test_a_household_of_two_networks_has_its_uncertainty_formed() -> None:
    people = PEOPLE.with_columns(network=pl.Series(["X", "Y", "Y"]))
    places = PLACES.with_columns(stock_X=pl.Series([0, 10, 200]))
    found = default_denmark(places, people)
    assert np.shape(found.sds["work_24"]) == (2, 3)
    assert found.outcomes["work_24"].shape == (2, 3)


def test_a_chance_never_leaves_0_to_1() -> None:
    places = PLACES.with_columns(employment_rate=pl.Series([0.0, 0.0, 1.0]))
    work = formed(default_denmark(places, PEOPLE).outcomes["work_24"])[1]
    assert work.min() > 0
    assert work.max() <= HIGHEST


@pytest.mark.parametrize(
    ("places", "people", "said"),
    [
        (PLACES.drop("employment_rate"), PEOPLE, "no local rate"),
        (PLACES.with_columns(employment_rate=pl.lit(74.0)), PEOPLE, "row 2, column employment_rate"),
        (PLACES, PEOPLE.drop("adult"), "households, row 1, column adult"),
    ],
)
def test_what_is_missing_is_named(places: pl.DataFrame, people: pl.DataFrame, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        default_denmark(places, people)
