"""Deferred acceptance with sizes: nobody has a reason to complain, and who may and may not gain by a lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import Balance, Floor, Goal, LowRank, Network, Plan, Problem, Wishes
from fodfaeste.place.wishes import deferred_acceptance

from .checker import check_bound, check_figures, check_rules
from .wish_markets import NOWHERE, Drawn, blocking_pairs, draw, enviers, fits_empty, lies, placements, weakly_beside

SEEDS = st.integers(0, 2**32 - 1)
DIMENSIONS = st.integers(1, 3)


def placed(market: Drawn, *, truthful: bool = False) -> list[int]:
    plan = deferred_acceptance(market.problem, market.priority, truthful=truthful)
    where: list[int] = plan.place.tolist()
    return where


def markets(many: int, **sizes: int) -> Iterator[Drawn]:
    rng = np.random.default_rng(2023)
    for _ in range(many):
        yield draw(rng, **sizes)


# The plain reading of the papers, in rounds


def in_rounds(market: Drawn) -> list[int]:
    """All ask at once; a place looks at all of higher priority who ask it or whom it has turned down."""
    problem = market.problem
    lists = [[p for p in said if fits_empty(problem, one, p)] for one, said in enumerate(market.lists)]
    asked: list[set[int]] = [set() for _ in problem.places]
    step = [0] * len(lists)
    while True:
        asking = {one: said[step[one]] for one, said in enumerate(lists) if step[one] < len(said)}
        for one, place in asking.items():
            asked[place].add(one)
        down = []
        for one, place in asking.items():
            order = market.first_to_last(place)
            before = [other for other in order[: order.index(one)] if other in asked[place]]
            if not weakly_beside(problem, one, before, place):
                down.append(one)
        if not down:
            return [asking.get(one, NOWHERE) for one in range(len(lists))]
        for one in down:
            step[one] += 1


def threshold(problem: Problem, one: int, before: Sequence[int], asking: Sequence[int], place: int) -> float:
    """One more than how many of higher priority it surely fits beside, those asking among them; by adding up."""
    if weakly_beside(problem, one, before, place):
        return np.inf
    first = [other for other in before if other in asking]
    if not weakly_beside(problem, one, first, place):
        return 0
    fewest = np.inf
    for dimension in np.flatnonzero(problem.sizes[one]):
        idle = sorted((other for other in before if other not in asking), key=lambda x: -problem.sizes[x, dimension])
        together = problem.sizes[[one, *first], dimension].sum()
        for many, other in enumerate(idle, start=1):
            together += problem.sizes[other, dimension]
            if together > problem.capacity[place, dimension]:
                fewest = min(fewest, len(first) + many)
                break
    return fewest


def in_rounds_by_threshold(market: Drawn) -> list[int]:
    problem = market.problem
    lists = [[p for p in said if fits_empty(problem, one, p)] for one, said in enumerate(market.lists)]
    step = [0] * len(lists)
    while True:
        asking = {one: said[step[one]] for one, said in enumerate(lists) if step[one] < len(said)}
        down = []
        for place in range(len(problem.places)):
            here = [one for one, where in asking.items() if where == place]
            order = [one for one in market.first_to_last(place) if fits_empty(problem, one, place)]
            least: float = np.inf
            for position, one in enumerate(order):
                own = threshold(problem, one, order[:position], here, place)
                least = min(least, own)
                rank = sum(other in here for other in order[: position + 1])
                if one in here and rank > (own if np.isinf(own) else least):
                    down.append(one)
        if not down:
            return [asking.get(one, NOWHERE) for one in range(len(lists))]
        for one in down:
            step[one] += 1


@settings(max_examples=30)
@given(SEEDS, DIMENSIONS)
def test_it_agrees_with_the_plain_reading(seed: int, dimensions: int) -> None:
    market = draw(np.random.default_rng(seed), households=7, dimensions=dimensions)
    assert placed(market) == in_rounds(market)
    assert placed(market, truthful=True) == in_rounds_by_threshold(market)


# What is promised


@settings(max_examples=30)
@given(SEEDS, DIMENSIONS, st.booleans())
def test_it_is_weakly_free_of_envy_and_keeps_every_rule(seed: int, dimensions: int, truthful: bool) -> None:
    market = draw(np.random.default_rng(seed), households=8, dimensions=dimensions)
    plan = deferred_acceptance(market.problem, market.priority, truthful=truthful)
    assert enviers(market, plan.place.tolist()) == []
    check_rules(plan)
    check_figures(plan)
    check_bound(plan)


@settings(max_examples=30)
@given(SEEDS)
def test_with_households_of_one_no_pair_would_rather_have_each_other(seed: int) -> None:
    market = draw(np.random.default_rng(seed), households=9)
    ones = replace(market, problem=replace(market.problem, sizes=np.ones((9, 1), np.int64)))
    assert blocking_pairs(ones, placed(ones)) == []


def test_each_household_has_the_best_of_all_plans_without_envy() -> None:
    for market in markets(8, households=5, dimensions=2):
        ours = placed(market)
        for other in placements(market.problem):
            if not enviers(market, other):
                pairs = zip(ours, other, strict=True)
                assert all(market.liking(i, a) <= market.liking(i, b) for i, (a, b) in enumerate(pairs))


def test_a_large_household_turned_down_is_not_passed_by_a_smaller_one_behind_it() -> None:
    problem = Problem(
        ("large", "small"), ("here",), np.array([4, 3]), np.array([[6]]), wishes=Wishes(np.array([[1], [1]]))
    )
    first = deferred_acceptance(problem, [2.0, 1.0])
    assert first.where() == {"large": "here", "small": None}
    assert first.reasons == ("", "no_room")
    three = Problem(
        ("first", "large", "small"),
        ("here",),
        np.array([4, 3, 2]),
        np.array([[6]]),
        wishes=Wishes(np.array([[1], [1], [1]])),
    )
    plan = deferred_acceptance(three, [3.0, 2.0, 1.0])
    assert plan.where() == {"first": "here", "large": None, "small": None}
    assert plan.reasons == ("", "no_room", "kept_for_others")
    assert plan.notes == ("2 households have no place. To place them in the room left, lock the others and solve.",)


def test_who_needs_nothing_of_what_is_short_may_pass() -> None:
    problem = Problem(
        ("school", "more school", "no school"),
        ("here",),
        np.array([[1, 2], [1, 2], [1, 0]]),
        np.array([[9, 3]]),
        dimensions=("persons", "school"),
        wishes=Wishes(np.array([[1], [1], [1]])),
    )
    assert deferred_acceptance(problem, [3.0, 2.0, 1.0]).place.tolist() == [0, NOWHERE, 0]


# Lies


def gains(market: Drawn, *, truthful: bool) -> list[int]:
    """Households that some other order gets a place they want more."""
    now = placed(market, truthful=truthful)
    return [
        liar
        for liar, told in lies(market)
        if market.liking(liar, placed(told, truthful=truthful)[liar]) < market.liking(liar, now[liar])
    ]


def test_with_cumulative_offers_a_lie_can_pay() -> None:
    """All want x and then y. Asking x, the family of three is in the way of the single person, who then takes y."""
    problem = Problem(
        ("couple", "single", "family of three"),
        ("x", "y"),
        np.array([2, 1, 3]),
        np.array([4, 3]),
        wishes=Wishes(np.array([[1, 2], [1, 2], [1, 2]])),
    )
    priority = np.array([[3.0, 3.0], [1.0, 2.0], [2.0, 1.0]])
    truth = deferred_acceptance(problem, priority)
    assert truth.where() == {"couple": "x", "single": "y", "family of three": None}
    lying = replace(problem, wishes=Wishes(np.array([[1, 2], [1, 2], [2, 1]])))
    assert deferred_acceptance(lying, priority).where() == {"couple": "x", "single": "x", "family of three": "y"}
    for one in (problem, lying):
        assert deferred_acceptance(one, priority, truthful=True).where()["family of three"] is None


def test_with_thresholds_no_lie_of_thousands_pays() -> None:
    for dimensions in (1, 2):
        for market in markets(12, households=6, places=3, dimensions=dimensions):
            assert gains(market, truthful=True) == []


@pytest.mark.long
def test_with_thresholds_no_lie_of_tens_of_thousands_pays() -> None:
    for dimensions in (1, 2, 3):
        for market in markets(250, households=6, places=3, dimensions=dimensions):
            assert gains(market, truthful=True) == []


def test_thresholds_place_fewer_persons() -> None:
    plans = [
        [deferred_acceptance(market.problem, market.priority, truthful=truthful) for truthful in (False, True)]
        for market in markets(15, households=8)
    ]
    persons = np.array([[plan.certificate.persons_placed for plan in pair] for pair in plans]).sum(axis=0)
    assert persons[0] > persons[1]


# Wishes, priorities, ties and locks


def town(**changes: object) -> Problem:
    given: dict[str, object] = {
        "households": ("a", "b", "c"),
        "places": ("x", "y"),
        "sizes": np.array([1, 1, 1]),
        "capacity": np.array([2, 2]),
        "outcomes": {"work": np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])},
        "wishes": Wishes(np.array([[1, 0], [1, 0], [0, 0]])),
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


def test_who_said_nothing_goes_where_the_forecast_is_best_and_a_note_says_so() -> None:
    plan = deferred_acceptance(town(), np.ones(3))
    assert plan.where() == {"a": "x", "b": "x", "c": "y"}
    assert plan.notes[0].startswith("1 of 3 households said no wish")
    assert plan.certificate.value == pytest.approx(1.0)
    assert plan.certificate.bound == pytest.approx(2.4)
    assert plan.certificate.proof == "none"


def test_scores_may_be_low_rank_and_the_weights_order_what_was_not_named() -> None:
    factors = LowRank(np.array([[1.0], [1.0], [1.0]]), np.array([[0.0], [1.0]]))
    problem = town(outcomes={"work": factors, "staying": np.array([[9.0, 0.0]] * 3)})
    assert deferred_acceptance(problem, np.ones(3), Goal(weights={"work": 1})).where()["c"] == "y"
    free = replace(problem, capacity=np.array([3, 3]))
    assert deferred_acceptance(free, np.ones(3), Goal(weights={"staying": 1})).where()["c"] == "x"


def test_priorities_may_differ_by_place_and_equal_ones_go_by_lot() -> None:
    problem = town(capacity=np.array([1, 1]), wishes=Wishes(np.array([[1, 2], [1, 2], [1, 2]])))
    by_place = np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])
    assert deferred_acceptance(problem, by_place).where() == {"a": "y", "b": None, "c": "x"}
    drawn = {tuple(deferred_acceptance(problem, np.zeros(3), seed=seed).place.tolist()) for seed in range(40)}
    assert len(drawn) == 6
    same = [deferred_acceptance(problem, np.zeros(3), seed=7).place.tolist() for _ in range(2)]
    assert same[0] == same[1]


def test_ties_ask_together_by_the_highest_priority_among_them() -> None:
    wishes = Wishes(np.array([[1, 2], [1, 2], [1, 2]]))
    problem = town(ties=((0, 2),), wishes=wishes)
    assert deferred_acceptance(problem, [1.0, 2.0, 3.0]).where() == {"a": "x", "b": "y", "c": "x"}
    assert deferred_acceptance(problem, [1.0, 2.0, 0.0]).where() == {"a": "y", "b": "x", "c": "y"}


def test_wishes_of_tied_households_count_together() -> None:
    wishes = Wishes(np.array([[1, 2], [0, 0], [2, 1]]))
    problem = town(ties=((0, 2),), wishes=wishes, outcomes={"work": np.array([[0.0, 1.0]] * 3)})
    assert deferred_acceptance(problem, np.ones(3)).where()["a"] == "y"


def test_locks_and_rules_hold_whatever_is_wished() -> None:
    allowed = np.array([[True, True], [False, True], [True, True]])
    problem = town(locks=np.array([1, NOWHERE, NOWHERE]), allowed=allowed, wishes=Wishes(np.array([[1, 0]] * 3)))
    plan = deferred_acceptance(problem, np.ones(3))
    assert plan.where() == {"a": "y", "b": "y", "c": "x"}
    check_rules(plan)


def test_a_price_for_the_unplaced_is_in_the_objective_and_the_bound() -> None:
    problem = town(capacity=np.array([1, 1]))
    plan = deferred_acceptance(problem, [3.0, 2.0, 1.0], Goal(unplaced=5.0))
    assert plan.certificate.objective == pytest.approx(plan.certificate.value - 5.0)
    check_figures(plan)
    check_bound(plan)


def test_nobody_who_may_go_nowhere_is_placed() -> None:
    plan = deferred_acceptance(town(allowed=np.zeros((3, 2), bool)), np.ones(3))
    assert plan.reasons == ("no_place_allowed",) * 3
    assert plan.certificate.persons_bound == 0


# What is refused


@pytest.mark.parametrize(
    ("problem", "goal", "said"),
    [
        (town(minimum=np.array([1, 0])), None, "places' minimums"),
        (town(), Goal(floors=(Floor("kind"),)), "group floors"),
        (town(), Goal(balance=Balance(1.0)), "a balance over places"),
        (town(), Goal(network=Network("kind", (1.0,))), "a bonus for compatriots"),
    ],
)
def test_what_it_cannot_keep_is_refused_with_who_can(problem: Problem, goal: Goal | None, said: str) -> None:
    with pytest.raises(Refused, match=rf"Deferred acceptance cannot keep {said}\. place\.solve does"):
        deferred_acceptance(problem, np.ones(3), goal)


def test_without_wishes_there_is_nothing_to_put_first() -> None:
    with pytest.raises(Refused, match="the problem has none"):
        deferred_acceptance(town(wishes=None), np.ones(3))


@pytest.mark.parametrize("priority", [[1.0, 2.0], np.ones((3, 3)), [1.0, np.nan, 2.0]])
def test_a_priority_is_a_number_for_each(priority: object) -> None:
    with pytest.raises(BadInput, match="column priority"):
        deferred_acceptance(town(), priority)  # type: ignore[arg-type]


def test_the_method_is_named() -> None:
    plans: list[Plan] = [deferred_acceptance(town(), np.ones(3), truthful=truthful) for truthful in (False, True)]
    assert [plan.certificate.method for plan in plans] == ["deferred_acceptance", "deferred_acceptance_truthful"]
