"""Places that are equal within the error, and lots with known chances among them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import NOWHERE, Floor, Goal, Problem, Wishes, solve
from fodfaeste.place.near_ties import break_ties, near_ties

from .worlds import Around, world


def equal_places(work, *, room=(2, 2), sd=0.1, **given):
    work = np.array(work, float)
    n, m = work.shape
    return Problem(
        households=tuple("abcdefgh"[:n]),
        places=("North", "South", "West")[:m],
        sizes=np.ones(n, int),
        capacity=np.array(room),
        outcomes={"work": work},
        sds={"work": np.full((n, m), sd)},
        **given,
    )


# Which are equal


def test_a_difference_smaller_than_the_error_is_none():
    plan = solve(equal_places([[0.50, 0.52], [0.9, 0.1]]))
    found = near_ties(plan)
    assert found.table.rows() == [("a", "South", "North", pytest.approx(0.02), pytest.approx(0.02**0.5 / 1), 0, True)]
    assert (found.households, found.with_equals) == (2, 1)
    assert near_ties(plan, within=0.1).table.height == 0


def test_draws_say_what_errs_in_common_and_cancels():
    problem = equal_places([[0.50, 0.52]])

    class Shifted(Around):
        def outcomes(self, draw):
            shift = np.random.default_rng(draw).standard_normal()
            return {"work": self.centre["work"] + shift + 0.001 * draw * np.array([[1, 0]])}

    plan = solve(problem)
    assert near_ties(plan).with_equals == 1
    assert near_ties(plan, draws=Shifted(problem.outcomes, 0, count=10)).with_equals == 0


def test_without_any_uncertainty_nothing_is_called_equal():
    with pytest.raises(Refused, match="how unsure"):
        near_ties(solve(world(sd=0)))


def test_locked_and_unplaced_households_have_no_equals():
    problem = equal_places([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], room=(1, 1), locks=np.array([0, NOWHERE, NOWHERE]))
    assert near_ties(solve(problem)).households == 1


def test_a_place_that_others_need_is_not_equal_once_room_has_its_price():
    # North is 0.02 better for a, and another household loses 0.8 without it.
    plan = solve(equal_places([[0.50, 0.49], [0.9, 0.1]], room=(1, 1)), gap=0)
    assert plan.where() == {"a": "South", "b": "North"}
    priced = replace(plan, certificate=replace(plan.certificate, prices=np.array([[0.4], [0.0]])))
    unpriced = replace(plan, certificate=replace(plan.certificate, prices=np.zeros((2, 1))))
    assert near_ties(priced).table.filter(pl.col("household") == "a").height == 0
    assert near_ties(unpriced).table["household"].to_list() == ["a"]
    assert "no_prices" in {note.code for note in near_ties(unpriced).notes}


# Choosing among them


def test_a_wish_decides_among_equals():
    problem = equal_places([[0.50, 0.52]], wishes=Wishes(np.array([[1, 0]])))
    tied = break_ties(solve(problem, Goal(wish_tolerance=None)), seed=1)
    assert tied.plan.where() == {"a": "North"}
    assert tied.log.rows() == [("a", "South", 0.0, False, "wishes", None), ("a", "North", 1.0, True, "wishes", None)]
    assert (tied.moved, tied.change) == (1, pytest.approx(-0.02))


def test_a_wish_for_the_proposed_place_keeps_it():
    problem = equal_places([[0.50, 0.52]], wishes=Wishes(np.array([[0, 1]])))
    assert break_ties(solve(problem), seed=1).moved == 0


def test_two_change_places_if_that_fulfils_a_wish_and_breaks_none():
    problem = equal_places([[0.50, 0.52], [0.52, 0.50]], room=(1, 1), wishes=Wishes(np.array([[1, 0], [0, 0]])))
    tied = break_ties(solve(problem, Goal(wish_tolerance=None)), seed=3)
    assert tied.plan.where() == {"a": "North", "b": "South"}
    assert set(tied.log["partner"]) == {"a", "b"}


def test_two_do_not_change_places_where_one_would_lose_its_wish():
    wishes = Wishes(np.array([[1, 2], [1, 2]]))
    problem = equal_places([[0.50, 0.52], [0.52, 0.50]], room=(1, 1), wishes=wishes)
    tied = break_ties(solve(problem, Goal(wish_tolerance=None)), seed=3)
    assert tied.moved == 0
    assert set(tied.log["by"]) == {"wishes"}


def test_without_wishes_the_emptier_place_decides():
    problem = equal_places([[0.52, 0.50], [0.9, 0.1]], room=(2, 2))
    tied = break_ties(solve(problem), seed=1)
    assert tied.plan.where() == {"a": "South", "b": "North"}
    assert set(tied.log.filter(pl.col("household") == "a")["by"]) == {"workload"}


def test_the_lot_decides_where_nothing_else_does_and_each_place_has_its_half():
    problem = equal_places([[0.52, 0.50], [0.50, 0.52]], room=(1, 1))
    plan = solve(problem)
    went = [break_ties(plan, seed=seed).moved > 0 for seed in range(100)]
    assert 30 <= sum(went) <= 70
    log = break_ties(plan, seed=0).log
    assert log["probability"].to_list() == [0.5] * 4
    assert set(log["by"]) == {"lot"}


@pytest.mark.parametrize("explore", [0.0, 0.4, 1.0])
def test_the_chances_logged_are_those_with_which_lots_fall(explore):
    problem = equal_places([[0.52, 0.50], [0.9, 0.1]], room=(2, 2))
    plan = solve(problem)
    log = break_ties(plan, seed=0, explore=explore).log
    chance = log.filter((pl.col("household") == "a") & (pl.col("place") == "South"))["probability"][0]
    assert chance == pytest.approx(1 - explore / 2)
    went = sum(break_ties(plan, seed=seed, explore=explore).moved for seed in range(120))
    assert abs(went - 120 * chance) <= 4 * (120 * chance * (1 - chance)) ** 0.5


@given(st.integers(0, 200), st.integers(0, 50), st.booleans())
@settings(max_examples=8)
def test_whatever_the_lots_say_rules_hold_and_chances_add_up_to_one(seed, world_seed, wishes):
    problem = world(world_seed, 24, 4, sd=0.3, wishes=wishes, dimensions=("persons", "school"), ties=((0, 1), (2, 5)))
    problem = replace(problem, minimum=np.array([8, 0, 5, 0]), locks=np.array([0] + [NOWHERE] * 23))
    try:
        plan = solve(problem)
    except Refused:
        return
    tied = break_ties(plan, seed=seed, explore=0.5)
    assert (tied.plan.used() <= problem.capacity).all()
    assert (tied.plan.used()[:, 0] >= problem.minimum).all()
    assert all(problem.may(i)[j] for i, j in enumerate(tied.plan.place) if j != NOWHERE)
    assert tied.plan.place[0] == plan.place[0]
    assert all(len({int(tied.plan.place[one]) for one in tie}) == 1 for tie in problem.ties)
    sums = tied.log.group_by("household").agg(pl.col("probability").sum())
    assert sums["probability"].to_list() == pytest.approx([1.0] * sums.height)
    chosen = dict(tied.log.filter(pl.col("chosen")).select("household", "place").rows())
    assert chosen == {household: place for household, place in tied.plan.where().items() if place}
    assert tied.plan.certificate.value == pytest.approx(plan.certificate.value + tied.change)
    again = break_ties(plan, seed=seed, explore=0.5)
    assert (again.plan.place == tied.plan.place).all()


def test_what_decides_can_be_chosen():
    problem = equal_places([[0.52, 0.50], [0.9, 0.1]], room=(2, 2))
    assert set(break_ties(solve(problem), seed=1, by=()).log["by"]) == {"lot", "plan"}


def test_exploring_is_a_share():
    with pytest.raises(BadInput, match="a share from 0 to 1"):
        break_ties(solve(world()), seed=1, explore=1.5)


def test_floors_that_were_not_looked_at_again_are_mentioned():
    plan = solve(world())
    floored = replace(plan, goal=Goal(floors=(Floor("kind"),)))
    assert "floors_not_rechecked" in {note.code for note in near_ties(floored).notes}


def test_ties_found_can_be_told_to_machines():
    assert near_ties(solve(world())).to_dict()["households"] == 40
