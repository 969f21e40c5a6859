"""Two plans side by side: who changes and why."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Goal, LowRank, Plan, Problem, Wishes, solve
from fodfaeste.place.compare import compare

from .worlds import world


def small(work, *, room=(1, 1), **given):
    work = np.array(work, float)
    n, m = work.shape
    return Problem(
        households=tuple("abcdefgh"[:n]),
        places=("North", "South", "West")[:m],
        sizes=np.ones(n, int),
        capacity=np.array(room),
        outcomes={"work": work},
        **given,
    )


def at(plan, *names, prices=None):
    """The same problem with other places, by name; None for nowhere."""
    problem = plan.problem
    place = np.array([NOWHERE if name is None else problem.places.index(name) for name in names])
    certificate = plan.certificate if prices is None else replace(plan.certificate, prices=np.array(prices)[:, None])
    return Plan(problem, plan.goal, place, ("",) * len(names), certificate)


def why(told):
    return dict(told.changes.select("household", "why").rows())


PLAIN = solve(small([[0.5, 0.4], [0.4, 0.5]]))


def test_a_plan_does_not_differ_from_itself():
    told = compare(PLAIN, PLAIN)
    assert (told.changes.height, told.gain, told.lose, told.same) == (0, 0, 0, 2)
    assert told.problem_differences.height == 0
    assert told.outcomes["difference"].to_list() == [0.0, 0.0]


def test_totals_differ_by_what_those_who_change_gain_and_lose():
    problem = world(1)
    a, b = solve(problem, Goal(weights={"work": 1.0})), solve(problem, Goal(weights={"staying": 1.0}))
    told = compare(a, b)
    score = told.outcomes.filter(pl.col("outcome") == "score").row(0, named=True)
    assert score["difference"] == pytest.approx(told.changes["difference"].sum())
    assert score["b"] == pytest.approx(b.certificate.value)
    work = told.outcomes.filter(pl.col("outcome") == "work").row(0, named=True)
    assert work["lower"] < work["difference"] < work["upper"] < 0
    assert work["sd"] == pytest.approx(0.1 * (2 * told.changes.height) ** 0.5)
    assert told.gain + told.lose + told.same == 40
    assert "other_weights" in why(told).values()
    assert told.places["persons_b"].sum() == problem.persons.sum()


def test_who_had_no_place_and_who_has_none_now_is_told():
    problem = small([[0.5], [0.4]], room=(1,))
    plan = solve(problem)
    told = compare(at(plan, "North", None), at(plan, None, "North"))
    assert why(told) == {"a": "left_unplaced", "b": "newly_placed"}
    assert told.changes.select("from_place", "to_place").rows() == [("North", None), (None, "North")]


def test_a_lock_is_the_reason_and_whoever_made_way_for_it_too():
    free = small([[0.9, 0.1], [0.6, 0.5]])
    locked = replace(free, locks=np.array([1, NOWHERE]))
    told = compare(solve(free), solve(locked))
    assert why(told) == {"a": "lock", "b": "better_freed"}
    assert told.problem_differences.rows() == [("lock", "a", None, "South")]
    assert "different_problems" in {note.code for note in told.notes}


def test_a_rule_that_came_and_one_that_went_are_reasons():
    free = small([[0.9, 0.1], [0.1, 0.9]], room=(2, 2))
    closed = replace(free, allowed=np.array([[False, True], [True, True]]))
    there = compare(solve(free), solve(closed))
    back = compare(solve(closed), solve(free))
    assert why(there) == {"a": "no_longer_allowed"}
    assert why(back) == {"a": "now_allowed"}
    assert there.problem_differences.row(0) == ("allowed", "a", "2", "1")


def test_a_place_that_is_gone_and_one_that_is_new():
    north_south = small([[0.9, 0.1]])
    plan = solve(north_south)
    renamed = solve(replace(north_south, places=("East", "South")))
    told = compare(plan, renamed)
    assert why(told) == {"a": "no_longer_allowed"}
    assert told.places.filter(pl.col("place") == "East")["capacity_a"].to_list() == [None]
    assert told.problem_differences["what"].to_list() == ["place"]


def test_less_room_is_the_reason_for_who_had_to_leave():
    wide = small([[0.9, 0.1], [0.8, 0.1]], room=(2, 2))
    narrow = replace(wide, capacity=np.array([[1], [2]]))
    told = compare(solve(wide), solve(narrow))
    assert why(told) == {"b": "less_room"}
    assert told.problem_differences.row(0) == ("capacity", "North: persons", "2", "1")


def test_who_is_tied_to_somebody_who_must_move_moves_for_the_tie():
    free = small([[0.9, 0.1], [0.9, 0.2]], room=(2, 2), ties=((0, 1),))
    closed = replace(free, allowed=np.array([[False, True], [True, True]]))
    assert why(compare(solve(free), solve(closed))) == {"a": "no_longer_allowed", "b": "tie"}


def test_other_scores_are_a_reason():
    before = small([[0.5, 0.4]])
    after = replace(before, outcomes={"work": np.array([[0.3, 0.4]])})
    told = compare(solve(before), solve(after))
    assert why(told) == {"a": "other_scores"}
    assert told.problem_differences.rows() == [("scores", "work", None, None)]


def test_a_price_that_rose_is_a_reason():
    plan = solve(small([[0.5, 0.4], [0.4, 0.5]], room=(2, 2)))
    told = compare(at(plan, "North", "South", prices=[0, 0]), at(plan, "South", "South", prices=[0.3, 0]))
    assert why(told) == {"a": "price_rose"}


def test_a_wish_is_a_reason():
    plan = solve(small([[0.5, 0.4], [0.4, 0.5]], room=(2, 2), wishes=Wishes(np.array([[2, 1], [0, 0]]))))
    told = compare(at(plan, "North", "South", prices=[0, 0]), at(plan, "South", "South", prices=[0, 0]))
    assert why(told) == {"a": "wish"}
    assert told.wishes.rows() == [("a", 0, 1, 1, 1), ("b", 1, 1, 1, 1)]
    assert told.changes.select("wish_from", "wish_to").row(0) == (2, 1)


def test_who_gets_less_for_no_other_reason_makes_way_and_equal_is_equal():
    plan = solve(small([[0.5, 0.4], [0.5, 0.5]], room=(2, 2)))
    told = compare(at(plan, "North", "North", prices=[0, 0]), at(plan, "South", "South", prices=[0, 0]))
    assert why(told) == {"a": "makes_way", "b": "equal"}


def test_groups_of_fewer_than_ten_are_pooled():
    problem = replace(world(2), groups={"kind": tuple("rare" if i < 4 else "ab"[i % 2] for i in range(40))})
    told = compare(solve(problem, Goal(weights={"work": 1.0})), solve(problem))
    assert set(told.groups["value"]) == {"a", "other"} or set(told.groups["value"]) == {"b", "other"}
    assert told.groups["households"].min() >= 10


def test_differences_have_no_interval_without_uncertainty():
    problem = world(1, sd=0)
    told = compare(solve(problem, Goal(weights={"work": 1.0})), solve(problem))
    assert told.outcomes["lower"].null_count() == 3
    assert told.changes["clear"].null_count() == told.changes.height
    assert "no_uncertainty" in {note.code for note in told.notes}


def test_plans_of_other_people_are_not_compared():
    other = replace(PLAIN.problem, households=("x", "y"))
    with pytest.raises(Refused, match="no household in common"):
        compare(PLAIN, solve(other))


def test_only_households_of_both_plans_are_compared():
    other = solve(replace(PLAIN.problem, households=("b", "x")))
    told = compare(PLAIN, other)
    assert told.gain + told.lose + told.same == 1
    assert told.problem_differences.row(0) == ("household", "a, x", "1 only here", "1 only here")


def test_every_kind_of_difference_between_problems_is_told():
    base = small([[0.9, 0.1], [0.1, 0.9]], room=(2, 2))
    others = {
        "minimum": replace(base, minimum=np.array([1, 0])),
        "size": replace(base, sizes=np.array([[1], [0]])),
        "tie": replace(base, ties=((0, 1),)),
        "wishes": replace(base, wishes=Wishes(np.array([[1, 0], [0, 0]]))),
        "outcome": replace(base, outcomes={**base.outcomes, "staying": base.outcomes["work"]}),
        "scores": replace(base, outcomes={"work": LowRank(np.eye(2), np.eye(2))}),
        "lock": replace(base, locks=np.array([0, NOWHERE])),
    }
    for what, other in others.items():
        plan = solve(other, Goal(weights={"work": 1.0}))
        told = compare(solve(base, Goal(weights={"work": 1.0})), plan).problem_differences
        assert told["what"].to_list() == [what]
    factors = replace(base, outcomes={"work": LowRank(np.eye(2), np.eye(2))})
    copied = replace(base, outcomes={"work": LowRank(np.eye(2), np.eye(2))})
    assert compare(solve(factors), solve(copied)).problem_differences.height == 0


def test_a_comparison_can_be_told_to_machines():
    assert compare(PLAIN, PLAIN).to_dict()["same"] == 2
