"""Trading cycles with sizes: no exchange is left, nobody is worse off than the default plan, and no lie pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import Goal, Problem, Wishes
from fodfaeste.place.wishes import trading_cycles

from .checker import check_bound, check_figures, check_rules
from .wish_markets import NOWHERE, Drawn, better_for_all, draw, lies

SEEDS = st.integers(0, 2**32 - 1)
DIMENSIONS = st.integers(1, 3)


def default(market: Drawn, rng: np.random.Generator) -> NDArray[np.int64]:
    """Somewhere at random, as long as there is room."""
    problem = market.problem
    where, room = np.full(len(problem.households), NOWHERE), problem.capacity.copy()
    for household in rng.permutation(where.size):
        open_ = [place for place in range(len(problem.places)) if (problem.sizes[household] <= room[place]).all()]
        if open_ and rng.random() < 0.9:
            where[household] = rng.choice(open_)
            room[where[household]] -= problem.sizes[household]
    return where


def traded(market: Drawn, endowment: NDArray[np.int64] | None = None) -> list[int]:
    where: list[int] = trading_cycles(market.problem, endowment=endowment, seed=4).place.tolist()
    return where


def markets(many: int, dimensions: int) -> Iterator[tuple[Drawn, NDArray[np.int64]]]:
    rng = np.random.default_rng(1974)
    for _ in range(many):
        market = draw(rng, households=6, dimensions=dimensions)
        yield market, default(market, rng)


# From nothing


@settings(max_examples=25)
@given(SEEDS, DIMENSIONS)
def test_no_other_plan_is_better_for_one_and_worse_for_none(seed: int, dimensions: int) -> None:
    market = draw(np.random.default_rng(seed), households=5, dimensions=dimensions)
    assert better_for_all(market, traded(market)) is None


@settings(max_examples=25)
@given(SEEDS, DIMENSIONS, st.booleans())
def test_rules_hold_and_the_certificate_is_true(seed: int, dimensions: int, endowed: bool) -> None:
    rng = np.random.default_rng(seed)
    market = draw(rng, households=8, dimensions=dimensions)
    plan = trading_cycles(market.problem, endowment=default(market, rng) if endowed else None)
    check_rules(plan)
    check_figures(plan)
    check_bound(plan)


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("endowed", [False, True])
def test_no_lie_of_thousands_pays(dimensions: int, endowed: bool) -> None:
    for market, start in markets(12, dimensions):
        endowment = start if endowed else None
        now = traded(market, endowment)
        paid = [
            liar
            for liar, told in lies(market)
            if market.liking(liar, traded(told, endowment)[liar]) < market.liking(liar, now[liar])
        ]
        assert paid == []


def test_priorities_say_who_trades_and_are_no_right() -> None:
    problem = Problem(
        ("a", "b", "c"), ("x", "y"), np.ones(3), np.array([1, 2]), wishes=Wishes(np.array([[2, 1], [1, 2], [1, 2]]))
    )
    # At x, c comes before b; but a, who comes first at x, wants y, where b comes first: they trade.
    priority = np.array([[3.0, 1.0], [1.0, 3.0], [2.0, 2.0]])
    assert trading_cycles(problem, priority=priority).where() == {"a": "y", "b": "x", "c": "y"}


def test_without_priorities_the_lot_decides_who_trades() -> None:
    problem = Problem(("a", "b"), ("x", "y"), np.ones(2), np.array([1, 1]), wishes=Wishes(np.array([[1, 2], [1, 2]])))
    drawn = {tuple(trading_cycles(problem, seed=seed).place.tolist()) for seed in range(20)}
    assert drawn == {(0, 1), (1, 0)}


def test_who_fits_nowhere_any_more_is_left_and_the_others_go_on() -> None:
    problem = Problem(
        ("large", "small"), ("x", "y"), np.array([3, 1]), np.array([3, 2]), wishes=Wishes(np.array([[1, 2], [1, 2]]))
    )
    plan = trading_cycles(problem, priority=[1.0, 2.0])
    assert plan.where() == {"large": None, "small": "x"}
    assert plan.reasons == ("no_room", "")
    assert plan.certificate.method == "trading_cycles"


# From a default plan


@settings(max_examples=40)
@given(SEEDS, DIMENSIONS)
def test_nobody_is_worse_off_than_by_the_default_plan(seed: int, dimensions: int) -> None:
    rng = np.random.default_rng(seed)
    market = draw(rng, households=8, places=4, dimensions=dimensions)
    start = default(market, rng)
    where = traded(market, start)
    assert all(market.liking(i, a) <= market.liking(i, b) for i, (a, b) in enumerate(zip(where, start, strict=True)))


def chain_of_improvements(market: Drawn, start: NDArray[np.int64]) -> bool:
    """Whether households could follow each other, each into the place that the next one leaves, or into free room."""
    problem, size = market.problem, market.problem.sizes[:, 0]
    room = problem.capacity[:, 0] - np.bincount(start[start != NOWHERE], size[start != NOWHERE], len(problem.places))

    def goes_on(first: int, last: int, seen: frozenset[int]) -> bool:
        for place in range(len(problem.places)):
            if market.liking(last, place) >= market.liking(last, int(start[last])):
                continue
            if size[last] <= room[place]:
                return True
            for other in np.flatnonzero(start == place).tolist():
                if other == last or size[last] > room[place] + size[other]:
                    continue
                if other == first or (other not in seen and goes_on(first, other, seen | {other})):
                    return True
        return False

    return any(goes_on(household, household, frozenset({household})) for household in range(start.size))


def test_with_one_dimension_somebody_gains_wherever_a_chain_of_improvements_exists() -> None:
    rng = np.random.default_rng(2717)
    chains = 0
    for _ in range(200):
        market = draw(rng, households=7, places=3, largest=4)
        market = replace(market, problem=replace(market.problem, capacity=rng.integers(2, 9, (3, 1))))
        start = default(market, rng)
        if chain_of_improvements(market, start):
            chains += 1
            assert traded(market, start) != start.tolist()
    assert chains > 60


def test_a_plan_is_a_default_and_locks_stay() -> None:
    problem = Problem(
        ("a", "b", "c"),
        ("x", "y"),
        np.ones(3),
        np.array([2, 1]),
        wishes=Wishes(np.array([[2, 1], [1, 2], [0, 1]])),
        locks=np.array([NOWHERE, NOWHERE, 0]),
    )
    start = trading_cycles(replace(problem, wishes=Wishes(np.array([[1, 0], [0, 1], [0, 0]]))))
    assert start.where() == {"a": "x", "b": "y", "c": "x"}
    plan = trading_cycles(problem, endowment=start)
    assert plan.where() == {"a": "y", "b": "x", "c": "x"}
    assert plan.certificate.method == "trading_cycles_endowment"


def test_tied_households_trade_together() -> None:
    problem = Problem(
        ("a", "b", "c"),
        ("x", "y"),
        np.ones(3),
        np.array([2, 2]),
        wishes=Wishes(np.array([[2, 1], [0, 0], [1, 2]])),
        ties=((0, 1),),
    )
    assert trading_cycles(problem, endowment=np.array([0, 0, 1])).where() == {"a": "y", "b": "y", "c": "x"}


def place_of_two(**changes: object) -> Problem:
    given = {
        "households": ("a", "b"),
        "places": ("x", "y"),
        "sizes": np.ones(2),
        "capacity": np.array([1, 1]),
        "wishes": Wishes(np.array([[1, 2], [1, 2]])),
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "start", "said"),
    [
        (place_of_two(), [0, 0], "over the capacity of x"),
        (
            place_of_two(allowed=np.array([[False, True], [True, True]])),
            [0, 1],
            "sends a to x, where it is not allowed",
        ),
        (place_of_two(ties=((0, 1),), capacity=np.array([2, 2])), [0, 1], "sends a elsewhere than its tie or lock"),
        (place_of_two(locks=np.array([1, NOWHERE])), [0, 1], "sends a elsewhere than its tie or lock"),
    ],
)
def test_a_default_plan_that_breaks_a_rule_is_refused(problem: Problem, start: list[int], said: str) -> None:
    with pytest.raises(Refused, match=said):
        trading_cycles(problem, endowment=np.array(start))


@pytest.mark.parametrize("start", [[0], [0, 2], [0, -2]])
def test_a_default_plan_has_a_place_of_the_problem_for_each(start: list[int]) -> None:
    with pytest.raises(BadInput, match="column endowment"):
        trading_cycles(place_of_two(), endowment=np.array(start))


def test_what_it_cannot_keep_is_refused() -> None:
    with pytest.raises(Refused, match="Trading cycles cannot keep places' minimums"):
        trading_cycles(place_of_two(minimum=np.array([1, 0])), Goal())
    with pytest.raises(Refused, match="Trading cycles puts wishes first"):
        trading_cycles(place_of_two(wishes=None))
