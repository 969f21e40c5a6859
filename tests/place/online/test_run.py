"""Placing as households come: nothing known of the future, never over capacity, and what each rule does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.place import NOWHERE, Balance, Floor, Goal, Network, Problem, Wishes, solve
from fodfaeste.place.online import ArrivalModel, CapacityChange, place_online

from ..checker import check
from .years import a_year, cut, with_another_future

RULES = ("prices", "greedy", "reserve", "no_future", "potentials")
LAST = a_year(99)


def placed_online(problem: Problem, goal: Goal | None = None, **options):
    """Place, and recompute the certificate without the solver's code."""
    plan = place_online(problem, goal, **{"batch": 1, "arrivals": LAST, "samples": 6, **options})
    check(plan)
    assert (plan.used() <= plan.problem.capacity).all()
    return plan


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("batch", [1, 7, "week"])
def test_no_decision_depends_on_who_comes_later(rule, batch):
    year = a_year(1)
    plan = placed_online(year, rule=rule, batch=batch, seed=3)
    for seed in range(2):
        for number in (1, len(plan.batches) // 2):
            known = sum(one.households.size for one in plan.batches[:number])
            other = placed_online(with_another_future(year, known, seed), rule=rule, batch=batch, seed=3)
            assert other.place[:known].tolist() == plan.place[:known].tolist()


@pytest.mark.parametrize("arrivals", [None, LAST])
def test_no_decision_depends_on_how_many_come_later(arrivals):
    year = a_year(2)
    whole, part = (placed_online(problem, arrivals=arrivals, seed=5) for problem in (year, cut(year, 23)))
    assert whole.place[:23].tolist() == part.place.tolist()


def test_no_decision_depends_on_later_households_with_several_dimensions():
    year, last = a_year(1, 16, 3, dimensions=2), a_year(9, 16, 3, dimensions=2)
    plan = placed_online(year, arrivals=last, samples=2)
    changed = with_another_future(year, 8, 1)
    assert placed_online(changed, arrivals=last, samples=2).place[:8].tolist() == plan.place[:8].tolist()


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    rule=st.sampled_from(RULES),
    batch=st.sampled_from([1, 4, 40]),
    room=st.sampled_from([0.5, 1.0, 1.3]),
    unplaced=st.sampled_from(["first", 0.0, 0.5]),
    order=st.sampled_from(["arrival", "shuffled"]),
)
def test_certificates_are_true_and_no_place_is_over_capacity(seed, rule, batch, room, unplaced, order):
    year = a_year(seed, 20, 4, room=room)
    goal = Goal(unplaced=unplaced)
    plan = placed_online(year, goal, arrivals=a_year(98, 20, 4), rule=rule, batch=batch, order=order, seed=seed)
    best = solve(year, goal, gap=0)
    if unplaced != "first":
        assert plan.certificate.objective <= best.certificate.bound + 1e-9
    assert plan.certificate.persons_placed <= best.certificate.persons_placed or unplaced != "first"


@pytest.mark.parametrize("rule", RULES)
def test_under_first_nobody_is_left_who_has_room(rule):
    plan = placed_online(a_year(4), rule=rule)
    assert "costs_more_than_it_gains" not in plan.reasons


def test_the_same_seed_gives_the_same_plan_and_another_another_order():
    year = a_year(5)
    one, same, other = (placed_online(year, order="shuffled", seed=seed) for seed in (1, 1, 2))
    assert one.place.tolist() == same.place.tolist()
    came = [[int(batch.households[0]) for batch in plan.batches] for plan in (one, same, other)]
    assert came[0] == came[1] != came[2]
    assert sorted(came[2]) == list(range(40))


def test_prices_come_closer_to_hindsight_than_greedy_does():
    shares = {}
    for rule in ("greedy", "prices"):
        values = []
        for seed in range(3):
            year = a_year(seed, 60, 5, room=1.1)
            best = solve(year, Goal(unplaced=0.0)).certificate.bound
            plan = placed_online(year, Goal(unplaced=0.0), arrivals=a_year(50 + seed, 60, 5), rule=rule, samples=20)
            values.append(plan.certificate.value / best)
        shares[rule] = np.mean(values)
    assert shares["prices"] > shares["greedy"] + 0.02


def test_greedy_takes_the_best_place_with_room():
    scores = {"work": np.array([[3.0, 1.0], [2.0, 1.9], [1.0, 0.5]])}
    problem = Problem(("a", "b", "c"), ("x", "y"), np.array([[2], [2], [1]]), np.array([[2], [3]]), scores)
    plan = placed_online(problem, arrivals=None, rule="greedy")
    assert plan.where() == {"a": "x", "b": "y", "c": "y"}


def test_reserve_releases_room_as_the_year_goes():
    """Half of the persons have come with the first two: of two and four units one and two are released, rounded up."""
    scores = {"work": np.tile([2.0, 1.0], (6, 1))}
    problem = Problem(tuple("abcdef"), ("x", "y"), np.ones((6, 1)), np.array([[2], [4]]), scores)
    plan = placed_online(problem, arrivals=None, rule="reserve")
    assert [plan.where()[name] for name in "abcdef"] == ["x", "y", "y", "x", "y", "y"]


def test_no_future_solves_each_batch_as_if_nobody_came_after():
    scores = {"work": np.array([[3.0, 2.9], [3.0, 0.1], [3.0, 2.0]])}
    problem = Problem(("a", "b", "c"), ("x", "y"), np.ones((3, 1)), np.array([[1], [2]]), scores)
    assert placed_online(problem, rule="no_future", batch=3, arrivals=None).where() == {"a": "y", "b": "x", "c": "y"}
    assert placed_online(problem, rule="no_future", batch=1, arrivals=None).where() == {"a": "x", "b": "y", "c": "y"}


def test_room_is_kept_for_those_who_have_no_other_place():
    """Half of last year's could only go to x; so who can go to y goes there, though x is a little better."""
    names, sizes = tuple(f"h{number}" for number in range(8)), np.ones((8, 1))
    only = np.arange(8) % 2 == 1
    allowed = np.column_stack([np.ones(8, bool), ~only])
    scores = {"work": np.column_stack([np.ones(8), np.full(8, 0.9)])}
    year = Problem(names, ("x", "y"), sizes, np.array([[4], [4]]), scores, allowed=allowed)
    careful = placed_online(year, arrivals=year, samples=20)
    assert careful.place.tolist() == [1, 0] * 4
    assert placed_online(year, arrivals=None, rule="greedy").place.tolist() == [0, 0, 0, 0, 1, -1, 1, -1]
    assert careful.batches[0].prices[0, 0] > careful.batches[0].prices[1, 0]


def test_the_tied_are_placed_together_when_the_first_of_them_comes():
    year = replace(a_year(6), ties=((2, 30, 39),), allowed=None)
    plan = placed_online(year)
    assert len(set(plan.place[[2, 30, 39]])) == 1
    batch = next(one for one in plan.batches if 2 in one.households)
    assert batch.households.tolist() == [2, 30, 39]


def test_the_locked_have_taken_their_room_from_the_start():
    locks = np.full(40, NOWHERE)
    locks[[3, 20]] = 1
    plan = placed_online(replace(a_year(7), locks=locks, allowed=None))
    assert plan.place[[3, 20]].tolist() == [1, 1]
    assert not any({3, 20} & set(batch.households.tolist()) for batch in plan.batches)
    first = plan.batches[0]
    used = int(plan.problem.persons[first.households].sum())
    assert first.room.sum() == plan.problem.capacity.sum() - plan.problem.persons[[3, 20]].sum() - used


@pytest.mark.parametrize("rule", RULES)
def test_room_may_be_revised_during_the_year(rule):
    year = a_year(8, room=1.2)
    more = CapacityChange(batch=10, place=0, capacity=int(year.capacity[0, 0]) + 9)
    less = CapacityChange(batch=20, place=1, capacity=0)
    plain, revised = (placed_online(year, rule=rule, capacity_changes=changes) for changes in ((), (more, less)))
    assert revised.place[:10].tolist() == plain.place[:10].tolist()
    assert revised.batches[9].room[0, 0] + 9 >= revised.batches[10].room[0, 0] > revised.batches[9].room[0, 0]
    assert (revised.place[20:] != 1).all()
    assert revised.problem.capacity[1, 0] == revised.used()[1, 0]
    assert revised.problem.capacity[0, 0] == year.capacity[0, 0] + 9


def test_the_log_says_what_was_left_and_expected_after_each_batch():
    year = a_year(9)
    told = []
    plan = placed_online(year, batch=10, progress=lambda text, share: told.append((text, share)))
    left = year.capacity.copy()
    for batch in plan.batches:
        np.subtract.at(left, batch.place[batch.place != NOWHERE], year.sizes[batch.households[batch.place != NOWHERE]])
        assert batch.room.tolist() == left.tolist()
        assert batch.place.tolist() == plan.place[batch.households].tolist()
    assert told[-1] == ("batch 4 of 4", 1.0)
    expected = [batch.to_come for batch in plan.batches]
    assert expected == sorted(expected, reverse=True)
    assert plan.certificate.method == plan.certificate.stopped == "online"


def test_several_dimensions_are_kept_and_priced():
    year = a_year(10, 24, 3, dimensions=2, room=1.1)
    plan = placed_online(year, arrivals=a_year(11, 24, 3, dimensions=2), batch=6, samples=3)
    assert plan.batches[0].prices.shape == (3, 2)
    assert (plan.batches[0].prices > 0).any()
    # Without anybody to expect there is no price but that of the batch.
    assert placed_online(year, arrivals=None, batch=6, samples=2).certificate.persons_placed > 0


def test_without_another_year_the_future_is_drawn_from_who_has_come():
    plan = placed_online(a_year(12), arrivals=None)
    assert plan.batches[5].to_come > 0
    assert "No earlier year" in plan.notes[0]
    assert placed_online(a_year(12)).notes == ()


def test_households_of_nobody_take_no_room():
    year = a_year(13, 10, 3)
    sizes = year.sizes.copy()
    sizes[4] = 0
    plan = placed_online(replace(year, sizes=sizes, allowed=None), arrivals=a_year(14, 10, 3))
    assert plan.place[4] != NOWHERE


def test_one_place_is_enough():
    year = a_year(15, 9, 1)
    assert placed_online(year, arrivals=a_year(16, 9, 1), batch=3).certificate.persons_placed > 0


def test_a_year_of_locked_households_has_no_batch():
    year = Problem(("a",), ("x",), np.array([[1]]), np.array([[1]]), {"work": np.ones((1, 1))}, locks=np.array([0]))
    plan = placed_online(year, arrivals=None)
    assert plan.where() == {"a": "x"}
    assert plan.batches == ()


def test_places_in_another_order_are_the_same_places():
    year = a_year(17)
    turn = np.array([3, 0, 4, 1, 2])
    mixed = replace(
        LAST,
        places=tuple(LAST.places[place] for place in turn),
        capacity=LAST.capacity[turn],
        outcomes={"work": LAST.outcomes["work"][:, turn]},
        allowed=LAST.allowed[:, turn],
    )
    assert placed_online(year, arrivals=mixed).place.tolist() == placed_online(year).place.tolist()


def test_another_year_with_other_places_is_refused():
    with pytest.raises(BadInput, match="differs in p3, p4"):
        place_online(a_year(1), batch=1, arrivals=a_year(2, 10, 3))
    with pytest.raises(BadInput, match="other dimensions"):
        place_online(a_year(1), batch=1, arrivals=a_year(2, dimensions=2))


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"batch": 0}, BadInput, "the batch 0"),
        ({"batch": "month"}, BadInput, "'month'"),
        ({"rule": "price"}, UnknownName, "prices"),
        ({"order": "random"}, UnknownName, "shuffled"),
        ({"samples": 0}, BadInput, "at least 1"),
        ({"goal": Goal(floors=(Floor("kind"),))}, Refused, "floors by group"),
        ({"goal": Goal(balance=Balance(1.0))}, Refused, "a balance"),
        ({"goal": Goal(network=Network("kind", (1.0,)))}, Refused, "a network bonus"),
    ],
)
def test_what_is_not_kept_or_not_known_is_refused_with_words(options, error, said):
    with pytest.raises(error, match=said):
        place_online(a_year(1), **{"batch": 1, **options})


def test_minimums_weeks_without_days_and_wishes_without_weight_are_refused():
    year = a_year(1)
    with pytest.raises(Refused, match="minimums"):
        place_online(replace(year, minimum=np.ones(5)), batch=1)
    with pytest.raises(Refused, match="Batches by week"):
        place_online(replace(year, arrival=None))
    rank = np.zeros((40, 5), int)
    rank[:, 2] = 1
    wishing = replace(year, wishes=Wishes(rank))
    with pytest.raises(Refused, match="Wishes"):
        place_online(wishing, batch=1)
    granted = placed_online(wishing, Goal(weights={"wishes": 1.0}), arrivals=None)
    assert (granted.place == 2).sum() >= 5
    with pytest.raises(Refused, match="one dimension"):
        place_online(a_year(1, dimensions=2), batch=1, rule="potentials")


def test_weeks_begin_on_monday_and_a_shuffled_year_has_weeks_of_the_same_size():
    days = np.array(["2026-01-05", "2026-01-11", "2026-01-12", "2026-01-05"], "datetime64[D]")
    year = replace(cut(a_year(1), 4), arrival=days)
    batches = placed_online(year, batch="week").batches
    assert [batch.households.tolist() for batch in batches] == [[0, 3, 1], [2]]
    shuffled = placed_online(year, batch="week", order="shuffled", seed=4).batches
    assert [batch.households.size for batch in shuffled] == [3, 1]


def test_a_number_for_the_unplaced_leaves_who_costs_more_than_it_gains():
    """The first gains less than whoever takes its room later."""
    later = Problem(("a", "b"), ("x",), np.ones((2, 1)), np.array([[1]]), {"work": np.array([[0.1], [5.0]])})
    plan = placed_online(later, Goal(unplaced=0.0), arrivals=ArrivalModel((later,), persons=2.0, uncertainty=0.0))
    assert plan.place.tolist() == [NOWHERE, 0]
    assert plan.reasons[0] == "no_room"
