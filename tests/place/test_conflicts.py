"""Rules that cannot all hold are told in words, and no more of them than needed."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import Refused
from fodfaeste.place import minimum_rules, rule_search
from fodfaeste.place.conflicts import conflicts, raise_conflicts
from fodfaeste.place.problem import NOWHERE, Goal, Problem
from fodfaeste.place.supply import short_of_supply


def a_problem(sizes, capacity, **parts):
    sizes, capacity = np.array(sizes), np.array(capacity)
    households = tuple(f"h{number}" for number in range(1, len(sizes) + 1))
    places = tuple("ABCDEFGH"[: len(capacity)])
    if sizes.ndim == 2 and sizes.shape[1] == 2:
        parts["dimensions"] = ("persons", "school children")
    return Problem(households, places, sizes, capacity, **parts)


def words(problem, goal=None):
    return [str(conflict) for conflict in conflicts(problem, goal)]


def rules_without(many, places, *pairs):
    allowed = np.ones((many, places), bool)
    for household, place in pairs:
        allowed[household, place] = False
    return allowed


# Ties


def test_a_tie_without_a_common_place_names_the_fewest_that_have_none():
    allowed = rules_without(3, 2, (0, 0), (2, 1))
    problem = a_problem([1, 1, 1], [5, 5], allowed=allowed, ties=((0, 1, 2),))
    assert words(problem) == [
        "Households h1 and h3 are tied. No place is allowed for all of them. Untie them, allow a place, or add room."
    ]
    assert conflicts(problem)[0].households == ("h1", "h3")


def test_a_tie_to_somebody_allowed_nowhere_says_who_that_is():
    allowed = rules_without(2, 2, (1, 0), (1, 1))
    problem = a_problem([1, 1], [5, 5], allowed=allowed, ties=((0, 1),))
    assert words(problem)[0].startswith("Households h2 and h1 are tied. No place is allowed for household h2.")


def test_a_tie_too_large_for_every_place():
    problem = a_problem([[4, 1], [4, 2]], [[8, 2], [7, 3]], ties=((0, 1),))
    assert words(problem)[0] == (
        "Households h1 and h2 are tied. Together they need 8 persons and 3 school children, and no place allowed for "
        "all of them has room for that. Untie them, allow a place, or add room."
    )


def test_of_many_tied_households_a_set_is_found_of_which_none_is_too_many():
    many = 10
    allowed = rules_without(many, 2, (3, 0), (7, 1))
    problem = a_problem([0] * many, [9, 9], allowed=allowed, ties=(tuple(range(many)),))
    assert conflicts(problem)[0].households == ("h4", "h8")


def test_long_ties_are_listed_short():
    problem = a_problem([1] * 7, [3], ties=(tuple(range(7)),))
    assert words(problem)[0].startswith("Households h1, h2, h3, h4, h5 and 2 more are tied. Together they need 7")


def test_a_household_alone_that_fits_nowhere_is_no_conflict():
    assert words(a_problem([9, 1], [5, 5], allowed=rules_without(2, 2, (1, 0), (1, 1)), ties=((0,),))) == []


def test_too_little_room_in_all_is_no_conflict():
    assert words(a_problem([5, 5, 5], [5, 5])) == []


# Locks


def test_tied_households_locked_to_different_places():
    problem = a_problem([1, 1, 1], [5, 5], ties=((0, 1, 2),), locks=np.array([1, NOWHERE, 0]))
    assert words(problem) == [
        "Households h1 and h3 are tied. Household h1 is locked to B. Household h3 is locked to A. "
        "Free one of them, or untie them."
    ]
    assert conflicts(problem)[0].places == ("B", "A")


def test_a_lock_to_a_place_that_is_not_allowed():
    problem = a_problem([1, 1], [5, 5], allowed=rules_without(2, 2, (0, 1)), locks=np.array([1, 0]))
    assert words(problem) == [
        "Household h1 is locked to B. B is not allowed for household h1. Free it, or allow the place."
    ]


def test_a_lock_that_a_tie_makes_break_a_rule():
    allowed = rules_without(2, 2, (0, 1))
    problem = a_problem([1, 1], [5, 5], allowed=allowed, ties=((0, 1),), locks=np.array([NOWHERE, 1]))
    assert words(problem) == [
        "Households h1 and h2 are tied. Household h2 is locked to B. B is not allowed for household h1. "
        "Free it, or allow the place."
    ]


def test_locks_beyond_the_room_name_the_fewest_that_need_more():
    problem = a_problem([1, 3, 2, 1], [4, 9], locks=np.array([0, 0, 0, NOWHERE]))
    assert words(problem) == [
        "A has room for 4 persons. Households h2 and h3 are locked to it and need 5. Free some, or add room."
    ]


def test_one_lock_beyond_the_room():
    problem = a_problem([[1, 3], [1, 0]], [[4, 2], [9, 9]], locks=np.array([0, NOWHERE]))
    assert words(problem) == [
        "A has room for 2 school children. Household h1 is locked to it and needs 3. Free some, or add room."
    ]


# Minimums


def test_a_minimum_above_the_room():
    problem = a_problem([5] * 8, [20, 20], minimum=np.array([30, 0]))
    assert words(problem) == [
        "A has to get at least 30 persons. A has room for 20 persons. Lower the minimum, or add room."
    ]


def test_a_minimum_above_who_may_come():
    allowed = rules_without(4, 2, (2, 0), (3, 0))
    problem = a_problem([3, 4, 5, 20], [40, 40], allowed=allowed, minimum=np.array([30, 0]))
    assert words(problem) == [
        "A has to get at least 30 persons. Only households h1, h2 (7 persons) may go there. "
        "Lower a minimum, allow more households, or give up one of the other rules."
    ]
    few = a_problem([3, 4], [40, 40], allowed=rules_without(2, 2, (1, 0)), minimum=np.array([30, 0]))
    assert "Only household h1 (3 persons) may go there." in words(few)[0]
    none = a_problem([3, 4], [40, 40], allowed=rules_without(2, 2, (0, 0), (1, 0)), minimum=np.array([1, 0]))
    assert "No household may go there." in words(none)[0]


def test_minimums_that_only_together_exceed_who_may_come_name_just_those_places():
    allowed = rules_without(4, 3, (2, 0), (2, 1), (3, 0), (3, 1))
    problem = a_problem([3, 4, 5, 20], [9, 9, 40], allowed=allowed, minimum=np.array([4, 4, 5]))
    assert words(problem)[0].startswith(
        "A has to get at least 4 persons. B has to get at least 4 persons. "
        "Only households h1, h2 (7 persons) may go to any of them."
    )
    assert conflicts(problem)[0].places == ("A", "B")


def test_many_minimums_are_told_in_one_sentence():
    problem = a_problem([1] * 6, [5] * 7, minimum=np.ones(7, int))
    assert words(problem)[0].startswith(
        "7 places (A, B, C, D, E and 2 more) have to get at least 7 persons together. "
        "Only households h1, h2, h3, h4, h5 and 1 more (6 persons) may go to any of them."
    )


def test_households_that_cannot_be_divided_into_a_minimum_are_named_with_their_sizes():
    problem = a_problem([2, 2, 2], [3, 9], minimum=np.array([3, 0]))
    assert words(problem) == [
        "A has to get at least 3 persons. A has room for 3 persons. Those who may go there are h1 (2), h2 (2), h3 (2), "
        "and no choice among them keeps all of this. "
        "Lower a minimum, allow more households, or give up one of the other rules."
    ]


def test_locks_and_ties_are_named_where_they_keep_a_minimum_from_being_reached():
    problem = a_problem([4, 2, 1], [5, 5], minimum=np.array([5, 0]), locks=np.array([1, NOWHERE, NOWHERE]))
    assert "A has to get at least 5 persons. Household h1 is locked to B. Those who may go there" in words(problem)[0]
    tied = a_problem([4, 2, 1], [5, 9], minimum=np.array([5, 0]), ties=((1, 2),))
    assert "A has room for 5 persons. Households h2 and h3 are tied." in words(tied)[0]


def test_a_tie_to_somebody_who_may_not_come_keeps_both_away():
    allowed = rules_without(3, 2, (2, 0))
    problem = a_problem([2, 2, 1], [9, 9], allowed=allowed, minimum=np.array([4, 0]), ties=((1, 2),))
    assert "Households h2 and h3 are tied." in words(problem)[0]


def test_a_tie_that_may_not_come_at_all_has_no_part_in_it():
    allowed = rules_without(4, 2, (2, 0), (3, 0))
    problem = a_problem([2, 2, 1, 1], [3, 9], allowed=allowed, minimum=np.array([3, 0]), ties=((2, 3),))
    assert "are tied" not in words(problem)[0]
    assert "Those who may go there are h1 (2), h2 (2), and no choice" in words(problem)[0]


def test_a_lock_to_a_place_with_a_minimum_counts_there():
    problem = a_problem([4, 2, 1], [6, 6], minimum=np.array([1, 4]), locks=np.array([0, NOWHERE, NOWHERE]))
    assert "B has to get at least 4 persons. Household h1 is locked to A." in words(problem)[0]


def test_conflicts_that_have_nothing_to_do_with_each_other_are_all_told():
    problem = a_problem([2, 2, 2, 2], [3, 3, 9], minimum=np.array([3, 3, 0]))
    assert [conflict.places for conflict in conflicts(problem)] == [("A",), ("B",)]


def test_minimums_with_a_price_may_be_missed():
    problem = a_problem([2], [9], minimum=np.array([3]))
    assert len(words(problem, Goal())) == 1
    assert words(problem, Goal(short_price=1.0)) == []


def test_minimums_that_can_be_reached_are_no_conflict():
    assert words(a_problem([2, 3, 4], [5, 5], minimum=np.array([4, 5]), ties=((0, 1),))) == []
    # Filling up with the largest first gets stuck here; the search does not.
    assert words(a_problem([3, 2, 2], [4, 4], minimum=np.array([4, 0]))) == []


def test_in_a_large_problem_persons_are_compared_with_the_minimums(monkeypatch):
    monkeypatch.setattr(minimum_rules, "ASKED", 2)
    problem = a_problem([4, 2, 1], [5, 5], minimum=np.array([5, 0]), locks=np.array([1, NOWHERE, NOWHERE]))
    assert "Only households h2, h3 (3 persons) may go there." in words(problem)[0]
    allowed = rules_without(4, 3, (2, 0), (2, 1), (3, 0), (3, 1))
    problem = a_problem([3, 4, 5, 20], [9, 9, 40], allowed=allowed, minimum=np.array([4, 4, 5]))
    assert conflicts(problem)[0].places == ("A", "B")
    assert "Only households h1, h2 (7 persons) may go to any of them." in words(problem)[0]
    assert words(a_problem([2, 2, 2], [3, 9], minimum=np.array([3, 0]))) == []


def test_in_a_middling_problem_households_count_as_divisible(monkeypatch):
    monkeypatch.setattr(minimum_rules, "WHOLE", 2)
    assert words(a_problem([2, 2, 2], [3, 9], minimum=np.array([3, 0]))) == []
    assert len(words(a_problem([4, 3], [9, 9], minimum=np.array([4, 4])))) == 1


def test_a_search_that_is_given_up_claims_nothing(monkeypatch):
    monkeypatch.setattr(rule_search, "NODES", 0)
    rng = np.random.Generator(np.random.PCG64(1))
    sizes = rng.integers(100, 1000, (25, 2))
    problem = a_problem(sizes, [[5003, 9000], [5003, 9000]], minimum=np.array([5003, 5003]))
    assert conflicts(problem) == ()


@given(st.integers(1, 5), st.integers(1, 4), st.data())
def test_places_are_short_of_supply_exactly_where_some_of_them_need_more_than_may_come(households, places, data):
    need = np.array(data.draw(st.lists(st.integers(1, 6), min_size=places, max_size=places)))
    persons = np.array(data.draw(st.lists(st.integers(0, 5), min_size=households, max_size=households)))
    flags = data.draw(st.lists(st.booleans(), min_size=households * places, max_size=households * places))
    may = np.array(flags).reshape(households, places)

    def short(some):
        return need[list(some)].sum() > persons[may[:, list(some)].any(axis=1)].sum()

    found = short_of_supply(need, persons, may)
    sets = [some for many in range(1, places + 1) for some in combinations(range(places), many)]
    assert bool(found.size) == any(short(some) for some in sets)
    assert not found.size or short(found)
    assert not any(short([place for place in found if place != one]) for one in found)


def test_a_place_that_many_need_is_left_out_where_one_alone_is_short():
    """Nobody may come to the last place; the others are short only together with it."""
    may = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0]], np.bool_)
    assert short_of_supply(np.ones(4, int), np.array([0, 1, 1]), may).tolist() == [3]


def test_refusing_names_every_conflict_on_a_line():
    problem = a_problem([5, 5, 5], [4, 4], locks=np.array([0, 1, NOWHERE]))
    with pytest.raises(Refused) as refused:
        raise_conflicts(problem, Goal())
    assert len(str(refused.value).splitlines()) == 2
    raise_conflicts(a_problem([1], [1]))


# Laws


@st.composite
def small(draw):
    many, places = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    numbers = st.integers(0, 4)
    allowed = np.array(draw(st.lists(st.booleans(), min_size=many * places, max_size=many * places)))
    order = draw(st.permutations(range(many)))
    tie = (tuple(order[:2]),) if many > 1 and draw(st.booleans()) else ()
    return a_problem(
        draw(st.lists(st.integers(1, 3), min_size=many, max_size=many)),
        draw(st.lists(st.integers(0, 7), min_size=places, max_size=places)),
        allowed=allowed.reshape(many, places),
        minimum=np.array(draw(st.lists(numbers, min_size=places, max_size=places))),
        locks=np.array(draw(st.lists(st.sampled_from([NOWHERE, NOWHERE, 0]), min_size=many, max_size=many))),
        ties=tie,
    )


def some_plan_keeps_all(problem):
    """Try every plan."""
    many, places = problem.shape
    for where in product(range(-1, places), repeat=many):
        used = np.zeros(places, int)
        for household, place in enumerate(where):
            if place != NOWHERE:
                used[place] += problem.persons[household]
        if (
            all(place == NOWHERE or problem.may(one)[place] for one, place in enumerate(where))
            and all(lock in (NOWHERE, where[one]) for one, lock in enumerate(problem.locks.tolist()))
            and all(len({where[one] for one in tie}) == 1 for tie in problem.ties)
            and (used <= problem.capacity[:, 0]).all()
            and (used >= problem.minimum).all()
        ):
            return True
    return False


@settings(max_examples=150)
@given(small())
def test_there_is_a_conflict_exactly_where_no_plan_keeps_all_rules(problem):
    found = conflicts(problem)
    if any(conflict.kind == "tie_fits_nowhere" for conflict in found):
        return  # left unplaced, a tie breaks nothing; that it can go nowhere is told all the same
    assert bool(found) != some_plan_keeps_all(problem)


@given(st.integers(1, 7), st.data())
def test_of_any_rules_the_smallest_set_is_found(many, data):
    """Against every set: whatever the rules that clash, none smaller does."""
    rules = [rule_search.Rule("minimum", str(number), None, 0, 0) for number in range(many)]
    clashes = data.draw(st.lists(st.sets(st.integers(0, many - 1), min_size=1), max_size=3))

    def holds(asked):
        there = {rules.index(rule) for rule in asked}
        return not any(clash <= there for clash in clashes)

    found = rule_search.smallest_set(holds, rules)
    smaller = [few for size in range(len(found)) for few in combinations(rules, size) if not holds(few)]
    assert smaller == []
    assert bool(found) == bool(clashes)
    assert not found or not holds(found)


def test_among_many_rules_a_set_is_found_of_which_none_is_too_many():
    rules = [rule_search.Rule("minimum", str(number), None, 0, 0) for number in range(60)]
    clash = set(rules[5:50:5])
    found = rule_search.smallest_set(lambda asked: not clash <= set(asked), rules)
    assert set(found) == clash
