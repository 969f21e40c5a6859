"""What room is worth to those who come later: two places, and who gains by which."""

from __future__ import annotations

import numpy as np
import pytest

from fodfaeste.errors import BadInput
from fodfaeste.place import Goal, Problem
from fodfaeste.place.online import ArrivalModel, needed_later

GOAL = Goal(weights={"work": 1.0})


def households(*worth: tuple[float, float], size: int = 1, room: tuple[int, int] = (1, 10)) -> Problem:
    """Households that are worth so much at a town with little room, and at a village with much."""
    return Problem(
        households=tuple(f"household {number}" for number in range(len(worth))),
        places=("town", "village"),
        sizes=np.full((len(worth), 1), size),
        capacity=np.array(room)[:, None],
        dimensions=("persons",),
        outcomes={"work": np.array(worth)},
    )


def test_the_last_room_is_worth_what_the_next_to_come_gains_by_it() -> None:
    waiting = households((0.5, 0.4))
    next_year = households((0.9, 0.2))
    later = needed_later(waiting, GOAL, ArrivalModel(years=(next_year,), persons=3.0, uncertainty=0.0))
    # Two like the one of the earlier year are to come, each 0.7 better off in town; there is room for one.
    assert later.price == pytest.approx([0.7, 0.0])
    assert later.persons == 2
    assert later.samples == 24


def test_where_there_is_room_for_everybody_it_costs_nothing() -> None:
    waiting = households((0.5, 0.4), room=(50, 50))
    later = needed_later(waiting, GOAL, ArrivalModel(years=(households((0.9, 0.2)),), persons=10.0))
    assert later.price == pytest.approx([0.0, 0.0])


def test_where_nobody_is_to_come_only_those_who_wait_want_it() -> None:
    waiting = households((0.5, 0.4), (0.8, 0.2))
    later = needed_later(waiting, GOAL, ArrivalModel(years=(households((0.9, 0.1)),), persons=2.0, uncertainty=0.0))
    # One of the two goes to town: the room is worth between what the other would gain there and what the one gains.
    assert later.persons == 0
    assert 0.1 <= later.price[0] <= 0.6


def test_the_same_seed_gives_the_same_prices() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    waiting = households(*map(tuple, rng.random((5, 2))), room=(4, 6))
    earlier = households(*map(tuple, rng.random((20, 2))), room=(8, 12))
    model = ArrivalModel(years=(earlier,), persons=10.0, uncertainty=0.3)
    one, same, other = (needed_later(waiting, GOAL, model, seed=seed).price for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_an_earlier_year_of_other_places_is_refused() -> None:
    elsewhere = Problem(
        households=("one",),
        places=("town", "island"),
        sizes=np.array([[1]]),
        capacity=np.array([[1], [1]]),
        dimensions=("persons",),
        outcomes={"work": np.array([[0.5, 0.5]])},
    )
    with pytest.raises(BadInput, match="island"):
        needed_later(households((0.5, 0.4)), GOAL, ArrivalModel(years=(elsewhere,)))
