"""Lots for a small share of near-ties: exact chances, nothing decided against wishes, and steady."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import NOWHERE, Goal, Problem, Wishes, solve
from fodfaeste.place.evaluation.part import part_of
from fodfaeste.place.lots import draw_lots

from .worlds import world

GOAL = Goal(wish_tolerance=None)


def alike(many=40, room=200, **given):
    """Households for whom two places are equal within the error, with room for all at both."""
    rng = np.random.default_rng(1)
    return Problem(
        households=tuple(f"h{one}" for one in range(many)),
        places=("North", "South"),
        sizes=np.ones(many, int),
        capacity=np.array([room, room]),
        outcomes={"work": 0.5 + 0.01 * rng.random((many, 2))},
        sds={"work": np.full((many, 2), 0.1)},
        **given,
    )


def test_the_chances_logged_are_those_with_which_lots_fall():
    plan = solve(alike(), GOAL)
    found = [draw_lots(plan, seed=seed, share=0.4, workload=1.0) for seed in range(100)]
    assert found[0].log["probability"].to_list().count(0.2) == 40
    moved = np.array([one.moved for one in found])
    assert moved.mean() / 40 == pytest.approx(0.2, abs=0.02)
    drawn = [one.log.filter((pl.col("by") == "lot") & pl.col("chosen")).height for one in found]
    assert np.mean(drawn) / 40 == pytest.approx(0.4, abs=0.03)


def test_a_lot_stays_as_it_fell_when_others_come_and_go():
    problem = alike()
    all_of_them = draw_lots(solve(problem, GOAL), seed=3, share=0.5, workload=1.0)
    some = np.arange(0, 40, 2)
    fewer = draw_lots(solve(part_of(problem, some), GOAL), seed=3, share=0.5, workload=1.0)
    where = all_of_them.plan.where()
    assert all(where[name] == place for name, place in fewer.plan.where().items())
    again = draw_lots(solve(problem, GOAL), seed=3, share=0.5, workload=1.0)
    assert again.plan.place.tolist() == all_of_them.plan.place.tolist()


def test_no_lot_is_drawn_against_a_wish():
    rank = np.zeros((40, 2), int)
    plan = solve(alike(), GOAL)
    for one in range(0, 40, 2):
        rank[one, plan.place[one]] = 1
    wished = solve(alike(wishes=Wishes(rank)), GOAL)
    found = draw_lots(wished, seed=0, share=1.0, workload=1.0)
    had = set(found.log.filter(pl.col("probability") < 1)["household"])
    assert had == {f"h{one}" for one in range(1, 40, 2)}


def test_workload_decides_where_one_place_is_much_fuller():
    problem = replace(alike(), capacity=np.array([40, 400]))
    plan = solve(problem, GOAL)
    assert draw_lots(plan, seed=0, share=1.0, workload=0.01).moved == 0
    assert draw_lots(plan, seed=0, share=1.0, workload=1.0).moved > 0


def test_without_a_share_nothing_moves_and_a_share_beyond_all_is_refused():
    plan = solve(alike(), GOAL)
    assert draw_lots(plan, seed=0, share=0.0).plan is plan
    with pytest.raises(BadInput, match="share from 0 to 1"):
        draw_lots(plan, seed=0, share=1.5)
    with pytest.raises(Refused, match="how unsure"):
        draw_lots(solve(world(sd=0)), seed=0, share=0.1)


@given(st.integers(0, 100), st.integers(0, 20), st.sampled_from([0.1, 1.0]))
@settings(max_examples=10)
def test_whatever_the_lots_say_rules_hold_and_chances_add_up_to_one(world_seed, seed, share):
    problem = replace(world(world_seed, 24, 4, wishes=True, sd=0.3), ties=((0, 2),))
    plan = solve(problem, GOAL)
    found = draw_lots(plan, seed=seed, share=share)
    place = found.plan.place
    assert (found.plan.used() <= problem.capacity).all()
    assert all(problem.may(one)[place[one]] for one in np.flatnonzero(place != NOWHERE))
    assert place[0] == place[2]
    assert (place != NOWHERE).tolist() == plan.placed.tolist()
    sums = found.log.group_by("household").agg(pl.col("probability").sum())
    assert sums["probability"].to_list() == pytest.approx([1.0] * sums.height)
    chosen = found.log.filter("chosen")
    assert dict(zip(chosen["household"], chosen["place"], strict=True)) == {
        name: there for name, there in found.plan.where().items() if there is not None
    }
