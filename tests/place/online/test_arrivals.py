"""Who may still come: weights, and an announced number that may be wrong."""

from __future__ import annotations

import numpy as np
import pytest

from fodfaeste.errors import BadInput
from fodfaeste.place.online import ArrivalModel
from fodfaeste.place.online.arrivals import persons_to_come

from .years import a_year


def rng():
    return np.random.Generator(np.random.PCG64(1))


def test_a_number_taken_as_certain_is_counted_down_to_nothing():
    assert persons_to_come(100.0, 0.0, 30, 3, rng()).tolist() == [70, 70, 70]
    assert persons_to_come(100.0, 0.0, 130, 2, rng()).tolist() == [0, 0]


def test_an_unsure_number_is_right_on_average_and_as_unsure_as_said():
    many = persons_to_come(1000.0, 0.05, 0, 20_000, rng())
    assert many.mean() == pytest.approx(1000, abs=2)
    assert many.std() == pytest.approx(50, abs=2)


def test_who_has_come_rules_out_a_smaller_number():
    """Half of a normal distribution is left at its mean: sqrt(2 / pi) standard deviations on average."""
    many = persons_to_come(1000.0, 0.05, 1000, 20_000, rng())
    assert many.min() >= 0
    assert many.mean() == pytest.approx(50 * np.sqrt(2 / np.pi), abs=1)


def test_far_more_than_announced_leaves_few_to_expect():
    few = persons_to_come(1000.0, 0.05, 1400, 100, rng())
    assert (few >= 0).all()
    assert few.mean() < 20
    assert persons_to_come(10.0, 0.001, 10_000, 5, rng()).tolist() == [0] * 5


def test_as_many_are_expected_as_there_is_room_for_unless_last_year_had_room_to_spare():
    full, spare = a_year(1, room=1.0), a_year(1, room=1.25)
    assert ArrivalModel().expected(80) == 80
    assert ArrivalModel((full,)).expected(80) == pytest.approx(80, rel=0.01)
    assert ArrivalModel((spare,)).expected(100) == pytest.approx(80, rel=0.01)
    assert ArrivalModel((a_year(1, room=0.5),)).expected(100) == 100
    assert ArrivalModel((spare,), persons=60.0).expected(100) == 60


def test_households_have_the_weight_of_their_year():
    model = ArrivalModel((a_year(1, 2, 2), a_year(2, 3, 2)), weights=(1.0, 0.5))
    assert model.weight_of_households().tolist() == [1, 1, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    "options", [{"weights": (1.0,)}, {"own_weight": -1.0}, {"persons": -3.0}, {"uncertainty": float("nan")}]
)
def test_weights_and_numbers_that_make_no_sense_are_refused(options):
    with pytest.raises(BadInput):
        ArrivalModel(**options)


def test_a_year_without_weight_is_refused():
    with pytest.raises(BadInput, match="weights above 0"):
        ArrivalModel((a_year(1),), weights=(0.0,))
