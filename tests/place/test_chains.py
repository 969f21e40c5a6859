"""Chains of moves: from everybody at the best place at the prices to a whole plan that fits and is near the bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.place import Goal, Problem
from fodfaeste.place.chains import Board, board_of, improve, places_of, shake_up, too_full
from fodfaeste.place.chains.kernels import put, room_cost, search, set_out, shake, take_back
from fodfaeste.place.prices import apart_of
from fodfaeste.place.prices.market import Market, look, market_of
from fodfaeste.place.prices.stages import price
from fodfaeste.place.units import units_of

from .countries import country

CHARGE = 5.0
"""What a person too many costs: more than anybody gains anywhere."""


def quiet(_distance: float) -> None:
    """Hear nothing."""


def set_up(problem: Problem, goal: Goal | None = None, penalty: float = 3.0) -> tuple[Market, Board, float]:
    """The market, everybody at the best place at the prices, and what the prices prove."""
    units = units_of(problem, goal or Goal())
    market = market_of(units, goal or Goal(), penalty, apart_of(units))
    priced = price(market, gap=1e-4, seed=0, warm=None, told=lambda _doing, _share: None)
    return market, board_of(market, priced.lists, priced.prices), priced.bound


def value(market: Market, board: Board) -> float:
    """What the plan is worth, with its unplaced, from the scores."""
    at = board.place[np.arange(board.slot.size), board.slot]
    scores = np.column_stack([np.asarray(market.scores, np.float64), market.unplaced])
    return float(scores[np.arange(at.size), at].sum())


def load(market: Market, board: Board) -> np.ndarray:
    at = board.place[np.arange(board.slot.size), board.slot]
    taken = np.zeros(board.load.shape, np.int64)
    np.add.at(taken, at, market.sizes[market.kind])
    return taken


def single_moves_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.place.chains.TABLE", 0)
    monkeypatch.setattr("fodfaeste.place.chains.MANY", 0)


def same_board(one: Board, other: Board) -> bool:
    """Whether two boards are the same plan; who is where may be noted in another order."""
    return all(
        np.allclose(getattr(one, name), getattr(other, name), atol=1e-12) for name in ("slot", "load", "room", "move")
    )


def copy_of(board: Board) -> Board:
    return Board(*(np.array(part) for part in board))


@pytest.mark.parametrize("how", ["walks", "single moves", "single moves, then walks"])
@pytest.mark.parametrize(("dimensions", "minimum"), [(1, 0), (1, 58), (3, 0)])
def test_the_plan_fits_and_is_as_far_from_the_bound_as_the_search_says(
    how: str, dimensions: int, minimum: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "single moves":
        single_moves_only(monkeypatch)
    if how == "single moves, then walks":
        monkeypatch.setattr("fodfaeste.place.chains.CROWDED", 0)
    room = 1.6 if minimum else 1.04
    market, board, bound = set_up(country(160, 8, dimensions=dimensions, room=room, minimum=np.full(8, 1) * minimum))
    heard: list[float] = []
    distance = improve(board, enough=0.0, charge=CHARGE, told=heard.append)
    assert heard[-1] == distance <= heard[0]
    assert not too_full(board).any()
    assert (board.load == load(market, board)).all()
    assert (board.load[:-1, 0] >= minimum).all()
    assert distance == pytest.approx(bound - value(market, board), abs=1e-4)
    assert distance <= 0.03 * bound


@pytest.mark.parametrize("price_of_short", [0.005, 0.02, 0.2])
def test_a_minimum_is_bought_out_where_that_is_cheaper(price_of_short: float) -> None:
    """The distance counts each person short at the price: the cheaper that is, the more places stay below."""
    goal = Goal(short_price=price_of_short)
    problem = country(160, 8, room=1.6, minimum=np.arange(8) * 13)
    market, board, bound = set_up(problem, goal)
    distance = improve(board, enough=0.0, charge=CHARGE, told=quiet)
    short = np.maximum(problem.minimum - board.load[:-1, 0], 0).sum()
    assert distance == pytest.approx(bound - (value(market, board) - price_of_short * short), abs=1e-4)
    assert distance <= 0.02 * bound
    assert (short > 0) == (price_of_short < 0.1)


def test_walks_come_nearer_than_single_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = country(240, 10, room=1.01)
    _, board, _ = set_up(problem)
    walked = improve(board, enough=0.0, charge=CHARGE, told=quiet)
    single_moves_only(monkeypatch)
    _, board, _ = set_up(problem)
    assert walked < improve(board, enough=0.0, charge=CHARGE, told=quiet)


def test_two_who_would_rather_be_where_the_other_is_change_places() -> None:
    """No walk from one place alone finds that: on the way it would overfill the other."""
    scores = np.array([[1.0, 0.8], [0.9, 0.9]])
    problem = Problem(("a", "b"), ("p", "q"), np.ones((2, 1)), np.ones(2), {"work": scores})
    units = units_of(problem, Goal())
    market = market_of(units, Goal(), 3.0, apart_of(units))
    prices = np.array([[0.05], [0.0], [0.0]])
    _, lists, _ = look(market, prices, np.array([5.0]), 3)
    board = board_of(market, lists, prices, start=np.array([1, 0]))
    assert places_of(board).tolist() == [1, 0]
    distance, _, _ = search(board, set_out(board, CHARGE), 0.0, 0, 1, False, CHARGE, 100)
    assert places_of(board).tolist() == [0, 1]
    assert distance == pytest.approx(0.0)


@pytest.mark.parametrize("how", ["walks", "single moves"])
def test_what_is_near_enough_is_left_as_it_is(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "single moves":
        single_moves_only(monkeypatch)
    _, board, bound = set_up(country(160, 8))
    before = board.slot.copy()
    improve(board, enough=1000 * abs(bound), charge=CHARGE, told=quiet)
    assert (board.slot == before).all()


def test_a_long_search_is_heard_of_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.place.chains.SLICE", 1)
    _, board, _ = set_up(country(100, 5))
    heard: list[float] = []
    improve(board, enough=0.0, charge=CHARGE, told=heard.append)
    assert len(heard) > 5


def test_a_search_stops_when_its_memory_of_moves_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be taken back is not done."""
    monkeypatch.setattr("fodfaeste.place.chains.LOG", 0)
    _, board, _ = set_up(country(100, 5))
    before = board.slot.copy()
    improve(board, enough=0.0, charge=CHARGE, told=quiet)
    assert (board.slot == before).all()


@settings(max_examples=40)
@given(data=st.data())
def test_moves_change_the_distance_by_what_they_say_and_can_be_taken_back(data: st.DataObject) -> None:
    _, board, _ = SMALL
    board = copy_of(board)
    distance = set_out(board, CHARGE)
    before = copy_of(board)
    movable = np.flatnonzero(board.named > 1)
    who = movable[data.draw(st.lists(st.integers(0, movable.size - 1), min_size=1, max_size=6))]
    lots = np.array(data.draw(st.lists(st.floats(0, 0.999), min_size=who.size, max_size=who.size)))
    change = shake(board, who, lots, CHARGE)
    again = copy_of(board)
    for part in (again.load, again.first, again.after, again.before):
        part[:] = 0 if part is again.load else -1
    assert set_out(again, CHARGE) == pytest.approx(distance + change)
    assert same_board(again, board)
    assert take_back(board, 0, who.size, CHARGE) == pytest.approx(-change)
    assert same_board(board, before)


def test_room_too_much_missing_or_unfilled_costs_what_the_prices_say() -> None:
    """By hand: 3 free at 0.2; 2 too many; 1 short of a minimum; a minimum passed by 4 at a price of -0.1."""
    _, board, _ = set_up(country(20, 4))
    board = board._replace(
        most=np.array([[10], [10], [10], [10], [10]]),
        least=np.array([[0], [0], [5], [5], [0]]),
        load=np.array([[7], [12], [4], [9], [0]]),
        price=np.array([[0.2], [0.2], [-0.1], [-0.1], [0.0]]),
        short=np.full((5, 1), 3.0),
    )
    one = np.array([1])
    assert [room_cost(board, at, one, 0, CHARGE) for at in range(5)] == pytest.approx([0.6, 10.0, 3.0, 0.4, 0.0])
    assert room_cost(board, 0, one, 2, CHARGE) == pytest.approx(0.2)


def test_putting_a_unit_where_it_is_changes_nothing() -> None:
    board = copy_of(SMALL[1])
    set_out(board, CHARGE)
    before = copy_of(board)
    assert put(board, 0, int(board.slot[0]), CHARGE) == pytest.approx(0.0)
    assert same_board(board, before)


SMALL = set_up(country(40, 5))


@pytest.mark.parametrize("seed", range(3))
def test_shaking_never_makes_a_plan_worse(seed: int) -> None:
    market, board, bound = set_up(country(120, 6, room=1.01, seed=seed))
    distance = improve(board, enough=0.0, charge=CHARGE, told=quiet)
    heard = [distance]
    shaken = shake_up(board, distance, enough=0.0, charge=CHARGE, seed=seed, told=heard.append)
    assert heard == sorted(heard, reverse=True)
    assert shaken == heard[-1] <= distance
    assert not too_full(board).any()
    assert shaken == pytest.approx(bound - value(market, board), abs=1e-4)


def test_shaking_ends_when_the_plan_is_near_enough() -> None:
    _, board, _ = set_up(country(120, 6, room=1.01))
    distance = improve(board, enough=0.0, charge=CHARGE, told=quiet)
    heard: list[float] = []
    assert shake_up(board, distance, enough=distance, charge=CHARGE, seed=0, told=heard.append) == distance
    assert not heard


def test_nothing_is_shaken_where_there_is_no_table_of_moves_or_nobody_to_move(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, board, _ = set_up(country(120, 6))
    board.named[:] = np.minimum(board.named, 1)
    board.slot[:] = 0
    distance = set_out(board, CHARGE)
    assert shake_up(board, distance, enough=0.0, charge=CHARGE, seed=0, told=quiet) == distance
    single_moves_only(monkeypatch)
    _, board, _ = set_up(country(120, 6))
    assert shake_up(board, 1.0, enough=0.0, charge=CHARGE, seed=0, told=quiet) == 1.0


def test_a_start_is_taken_over_where_the_lists_have_it() -> None:
    market, _, _ = set_up(country(40, 5))
    priced = price(market, gap=1e-4, seed=0, warm=None, told=lambda _doing, _share: None)
    lists, everybody = priced.lists, np.arange(40)
    best = places_of(board_of(market, lists, priced.prices))
    second = np.where(lists.count > 1, lists.place[:, 1], lists.place[:, 0]).astype(np.int64)
    board = board_of(market, lists, priced.prices, second)
    assert (board.place[everybody, board.slot] == second).all()
    assert (places_of(board_of(market, lists, priced.prices, np.full(40, 99))) == best).all()
