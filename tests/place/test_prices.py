"""Prices of room: what they prove, how they are found, and the lists of places that are read on the way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import optimize, sparse

from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Goal, LowRank, Problem, solve
from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.chains import board_of
from fodfaeste.place.chains.kernels import set_out
from fodfaeste.place.knapsacks import Bounded
from fodfaeste.place.prices import FIRST_PENALTY, Found, Start, _made_whole, apart_of, solve_units
from fodfaeste.place.prices.dual import Sample, _line, _newton, _slope, _state, boxed_in, sample_of, settle, steepness
from fodfaeste.place.prices.market import Lists, Market, look, market_of, together
from fodfaeste.place.prices.stages import ENOUGH, GROWTH, _sizes, differing, price
from fodfaeste.place.units import Units, units_of

from .brute_force import persons, placements
from .checker import check, parts_of
from .countries import country
from .drawn_problems import GOALS, problems

PLAIN = Goal(unplaced=0.0)
"""The plain weighted sum: being unplaced costs nothing."""


def market(problem: Problem, goal: Goal = PLAIN, penalty: float = 0.0) -> Market:
    units = units_of(problem, goal)
    return market_of(units, goal, penalty, apart_of(units))


def everything(market: Market) -> Lists:
    """Lists on which every unit names every place it may go to."""
    far = np.full(market.sizes.shape[0], np.inf)
    return look(market, np.zeros(market.most.shape), far, market.shape[1])[1]


def gains(market: Market) -> np.ndarray:
    """Scores of all places with the one for being unplaced; minus infinity where a unit may not go or does not fit."""
    problem_scores = np.asarray(market.scores, np.float64)
    fits = (market.sizes[market.kind][:, None, :] <= market.most[None, :-1]).all(axis=2)
    may = fits if market.allowed is None else fits & market.allowed
    return np.column_stack([np.where(may, problem_scores, -np.inf), market.unplaced])


def quiet(_doing: str, _share: float) -> None:
    """Hear nothing."""


# What prices prove


@settings(max_examples=60)
@given(problem=problems(wishes=False), goal=GOALS)
def test_the_bound_is_the_plain_one_and_no_plan_is_above_it(problem: Problem, goal: Goal) -> None:
    try:
        plan = solve(problem, goal, method="prices")
    except Refused:
        return
    check(plan)
    told = plan.certificate
    if told.method != "prices":
        return
    plain = certified_bound(units_of(problem, goal), goal, told.prices, told.unplaced_price, told.persons_placed)
    if told.proof == "prices":
        assert told.bound == pytest.approx(max(plain, told.objective), abs=1e-9)
    else:
        assert told.bound <= plain + 1e-9
    for where in placements(problem, goal):
        if goal.unplaced != "first" or persons(problem, where) >= told.persons_placed:
            assert float(parts_of(problem, goal, where).objective) <= told.bound + 1e-9


def linear_optimum(problem: Problem, penalty: float = 0.0, short_price: float = np.inf) -> float:
    """The best that could be had if households could be divided, by HiGHS.

    A penalty is taken off per person unplaced, and a price per person that minimums are short of; what a place has no
    room for is not asked of it.
    """
    households, places = problem.shape
    once = sparse.kron(sparse.eye_array(households), np.ones((1, places)))
    room = [sparse.kron(problem.sizes[None, :, d], sparse.eye_array(places)) for d in range(len(problem.dimensions))]
    short = -sparse.eye_array(places)
    fits = (problem.sizes[:, None, :] <= problem.capacity[None]).all(axis=2)
    allowed = fits if problem.allowed is None else fits & problem.allowed
    gain = np.where(allowed, problem.outcomes["work"], 0.0) + penalty * problem.persons[:, None]
    least = np.minimum(problem.minimum, problem.capacity[:, 0])
    found = optimize.linprog(
        np.append(-gain.ravel(), np.full(places, short_price if np.isfinite(short_price) else 0.0)),
        A_ub=sparse.block_array([[sparse.vstack([once, *room]), None], [-room[0], short]], format="csr"),
        b_ub=np.concatenate([np.ones(households), problem.capacity.T.ravel(), -least]),
        bounds=np.column_stack(
            [
                np.zeros(allowed.size + places),
                np.append(allowed.ravel().astype(float), np.full(places, np.inf if np.isfinite(short_price) else 0.0)),
            ]
        ),
        method="highs",
    )
    return -float(found.fun) - penalty * float(problem.persons.sum())


@pytest.mark.parametrize(
    ("households", "places", "dimensions", "room"),
    [(60, 6, 1, 1.03), (60, 6, 1, 0.8), (300, 12, 1, 1.0), (300, 12, 3, 1.05), (300, 12, 2, 0.9)],
)
def test_the_dual_is_that_of_the_linear_programme(households: int, places: int, dimensions: int, room: float) -> None:
    problem = country(households, places, dimensions=dimensions, room=room)
    found = price(market(problem), gap=5e-5, seed=0, warm=None, told=quiet)
    optimum = linear_optimum(problem)
    assert optimum * (1 - 1e-9) <= found.bound <= optimum * (1 + 1e-5)


@pytest.mark.parametrize("short_price", [0.02, 0.2, np.inf])
@pytest.mark.parametrize(("seed", "step"), [(0, 13), (3, 13), (1, 8)])
def test_the_dual_with_minimums_is_that_of_the_linear_programme(seed: int, step: int, short_price: float) -> None:
    """Minimums of nearly all the persons: prices cross 0, where the dual has a bend, on their way below it."""
    problem = country(160, 8, room=1.6, seed=seed, minimum=np.arange(8) * step)
    goal = Goal(short_price=short_price if np.isfinite(short_price) else None)
    found = price(market(problem, goal, 3.0), gap=5e-5, seed=0, warm=None, told=quiet)
    optimum = linear_optimum(problem, 3.0, short_price)
    assert optimum - 1e-6 <= found.bound <= optimum * (1 + 1e-5)
    assert -short_price <= found.prices.min() < 0


def test_a_minimum_that_costs_something_has_a_price_below_zero_and_is_met() -> None:
    problem = country(120, 6, room=1.6)
    free = solve(problem, method="prices")
    came = free.used()[:, 0]
    least = np.where(np.arange(6) == came.argmin(), came.min() + 12, 0)
    plan = solve(replace(problem, minimum=least), gap=1e-3)
    check(plan)
    assert plan.certificate.method == "prices"
    assert plan.certificate.prices[came.argmin(), 0] < 0
    assert plan.used()[came.argmin(), 0] >= least.max()
    assert plan.certificate.value < free.certificate.value


def test_where_minimums_may_be_bought_out_no_price_is_below_what_that_costs() -> None:
    problem = replace(country(120, 6, room=1.6), minimum=np.array([60, 60, 60, 60, 60, 60]))
    plan = solve(problem, Goal(short_price=0.05), method="prices")
    check(plan)
    assert plan.certificate.prices.min() == pytest.approx(-0.05)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_every_kind_of_room_has_its_price(dimensions: int) -> None:
    plan = solve(country(200, 8, dimensions=dimensions, room=1.02), gap=0.01, method="prices")
    check(plan)
    assert (plan.certificate.prices.max(axis=0) > 0).all()


# The smoothed dual


def smoothed(market: Market, prices: np.ndarray, tau: float) -> tuple[float, np.ndarray]:
    """The smoothed dual and the room taken, in plain NumPy."""
    net = gains(market) - market.sizes[market.kind] @ prices.T
    best = net.max(axis=1, keepdims=True)
    weight = np.exp((net - best) / tau)
    chance = weight / weight.sum(axis=1, keepdims=True)
    worth = np.where(prices > 0, prices * market.most, prices * market.least).sum()
    value = (best[:, 0] + tau * np.log(weight.sum(axis=1))).sum() + worth
    return float(value), chance.T @ market.sizes[market.kind]


def anywhere(market: Market) -> np.ndarray:
    """A box for prices that has no edges."""
    return np.full(market.most.shape, np.inf)


@pytest.fixture
def sampled() -> tuple[Sample, np.ndarray]:
    problem = replace(country(150, 5, dimensions=2), minimum=np.array([0, 5, 0, 0, 0]))
    made = market(problem, Goal(unplaced=0.5), 0.5)
    prices = np.vstack([np.random.default_rng(1).random((5, 2)) * 0.3 - 0.02, np.zeros((1, 2))])
    prices[1, 0] = -0.1
    return sample_of(made, everything(made), None, prices, anywhere(made)), prices


def test_value_and_room_taken_are_those_of_the_formula(sampled: tuple[Sample, np.ndarray]) -> None:
    sample, prices = sampled
    value, taken = smoothed(sample.market, prices, 0.05)
    state = _state(sample, prices, 0.05)
    assert state.value == pytest.approx(value, rel=1e-12)
    assert state.taken[:-1] == pytest.approx(taken[:-1], abs=1e-9)
    hard, _ = smoothed(sample.market, prices, 1e-9)
    soft = state.value - state.distance
    assert soft <= hard <= state.value


def test_the_slope_is_the_derivative(sampled: tuple[Sample, np.ndarray]) -> None:
    sample, prices = sampled
    prices = np.abs(prices) + 0.01
    prices[-1] = 0.0
    slope = _slope(sample, prices, _state(sample, prices, 0.05).taken)
    for at in ((0, 0), (3, 1)):
        step = np.zeros_like(prices)
        step[at] = 1e-6
        up, down = (_state(sample, prices + sign * step, 0.05).value for sign in (1, -1))
        assert slope[at] == pytest.approx((up - down) / 2e-6, rel=1e-4)


def test_steepness_is_how_fast_room_empties_as_its_price_rises(sampled: tuple[Sample, np.ndarray]) -> None:
    sample, prices = sampled
    steep = steepness(sample, _state(sample, prices, 0.05), 0.05)
    step = np.zeros_like(prices)
    step[2, 0] = 1e-6
    up, down = (_state(sample, prices + sign * step, 0.05).taken[2, 0] for sign in (1, -1))
    assert steep[2, 0] == pytest.approx((down - up) / 2e-6, rel=1e-4)


def test_a_newton_step_lowers_the_dual(sampled: tuple[Sample, np.ndarray]) -> None:
    """From far away by as much of the step as helps, near the balance by the whole of it."""
    sample, prices = sampled
    state = _state(sample, prices, 0.05)
    slope = _slope(sample, prices, state.taken)
    moved = _line(sample, prices, _newton(sample, state, slope, 0.05), slope=slope, state=state, tau=0.05)
    assert moved is not None
    assert moved[1].value < state.value


def test_near_the_balance_the_whole_newton_step_lowers_the_dual() -> None:
    """With too little room everywhere no price is at its bend at 0."""
    made = market(country(150, 5, room=0.6), Goal(unplaced=0.5), 0.5)
    sample = sample_of(made, everything(made), None, np.zeros((6, 1)), anywhere(made))
    prices, tau, _ = settle(sample, np.zeros((6, 1)), 0.1, enough=np.inf, finest=0.1)
    state = _state(sample, prices, 0.8 * tau)
    slope = _slope(sample, prices, state.taken)
    after = _state(sample, prices + _newton(sample, state, slope, 0.8 * tau), 0.8 * tau)
    assert after.value < state.value
    assert np.abs(_slope(sample, prices, after.taken)).sum() < 0.3 * np.abs(slope).sum()


def test_no_part_of_a_step_is_taken_that_raises_the_dual(sampled: tuple[Sample, np.ndarray]) -> None:
    sample, prices = sampled
    state = _state(sample, prices, 0.05)
    slope = _slope(sample, prices, state.taken)
    assert _line(sample, prices, slope, slope=-slope, state=state, tau=0.05) is None


@pytest.mark.parametrize("limit", ["STEPS", "GRADIENTS"])
def test_too_few_steps_prove_less_and_nothing_false(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = market(country(150, 6))
    full = price(made, gap=1e-4, seed=0, warm=None, told=quiet)
    monkeypatch.setattr(f"fodfaeste.place.prices.dual.{limit}", 1)
    rough = price(made, gap=1e-4, seed=0, warm=None, told=quiet)
    assert full.bound * (1 - 1e-5) <= rough.bound


def test_settled_prices_put_room_in_balance_and_the_smoothing_away(sampled: tuple[Sample, np.ndarray]) -> None:
    sample, prices = sampled
    before = _state(sample, prices, 0.2)
    heard: list[float] = []
    prices, tau, state = settle(sample, prices, 0.2, enough=0.01, finest=1e-6, told=heard.append)
    assert state.distance <= 0.01 < before.distance
    assert tau < 0.2
    assert heard[-1] == state.distance
    assert (state.taken[:-1] <= sample.most[:-1] + 1e-3 * sample.persons).all()


# The lists


def named_by(lists: Lists, unit: int) -> dict[int, float]:
    many = lists.count[unit]
    return dict(zip(lists.place[unit, :many].tolist(), lists.gain[unit, :many].tolist(), strict=True))


@pytest.mark.parametrize("kind", ["dense", "masked", "mapped", "factors", "double"])
@pytest.mark.parametrize("some", [False, True])
def test_a_list_has_the_places_that_are_nearly_as_good_as_the_best(kind: str, some: bool, tmp_path: Path) -> None:
    problem = country(90, 7, forbidden=0.2 if kind == "masked" else 0.0, rank=4 if kind == "factors" else 0)
    scores = problem.outcomes["work"]
    if kind == "mapped":
        np.save(tmp_path / "work.npy", scores)
        problem = replace(problem, outcomes={"work": np.load(tmp_path / "work.npy", mmap_mode="r")})
    if kind == "double":
        problem = replace(problem, outcomes={"work": scores.astype(np.float64)})
    made = market(problem)
    prices = np.append(np.random.default_rng(2).random(7) / 10, 0.0)[:, None]
    slack = np.linspace(0.1, 0.3, made.sizes.shape[0])
    rows = np.arange(3, 90, 4) if some else None
    total, lists, left_out = look(made, prices, slack, 8, rows=rows)
    dense = scores.left @ scores.right.T if isinstance(scores, LowRank) else scores
    net = gains(replace(made, scores=dense)) - made.sizes[made.kind] @ prices.T
    net = net if rows is None else net[rows]
    kind_of = made.kind if rows is None else made.kind[rows]
    best = net.max(axis=1)
    assert total == pytest.approx(best.sum(), rel=1e-6)
    assert left_out == 0
    for unit in range(best.size):
        near = np.flatnonzero(net[unit] >= best[unit] - slack[kind_of[unit]] + 1e-6)
        far = np.flatnonzero(net[unit] < best[unit] - slack[kind_of[unit]] - 1e-6)
        assert set(near) <= set(named_by(lists, unit))
        assert not set(far) & set(named_by(lists, unit)) - {7}


def test_a_list_that_is_full_keeps_the_best_half_at_least() -> None:
    made = market(country(60, 40, forbidden=0.0))
    prices = np.zeros((41, 1))
    _, lists, left_out = look(made, prices, np.full(made.sizes.shape[0], 10.0), 8)
    assert left_out > 0
    for unit, row in enumerate(gains(made)):
        named = named_by(lists, unit)
        assert 4 <= len(named) <= 8
        assert set(np.argsort(-row)[:4].tolist()) <= set(named)
        assert named == pytest.approx({j: row[j] for j in named})


@pytest.mark.parametrize("most", [3, 8])
def test_of_many_places_that_are_equally_good_a_full_list_has_some(most: int) -> None:
    """The worse come first and are within the slack, so that the list is full of them when the best are met."""
    scores = np.array([[0.4] * (most // 2) + [0.5] * 20])
    problem = Problem(("h",), tuple(map(str, range(scores.size))), np.ones((1, 1)), np.ones(scores.size), {"a": scores})
    _, lists, _ = look(market(problem), np.zeros((scores.size + 1, 1)), np.array([0.2]), most)
    assert max(named_by(lists, 0).values()) == 0.5


def test_passes_are_told_and_taken_apart_without_changing_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    made = market(country(300, 9, rank=3))
    arguments = made, np.zeros((10, 1)), np.full(made.sizes.shape[0], 0.2), 10
    whole = look(*arguments)
    heard: list[float] = []
    monkeypatch.setattr("fodfaeste.place.prices.market.PIECE_BYTES", 64)
    for workers in (1, 3):
        monkeypatch.setattr("fodfaeste.place.prices.market.WORKERS", workers)
        parts = look(*arguments, told=heard.append)
        assert parts[0] == pytest.approx(whole[0], rel=1e-12)
        assert (parts[1].count == whole[1].count).all()
    assert heard[-1] == 1.0
    assert together(lambda part: 2 * part, [1, 2, 3]) == [2, 4, 6]
    assert Lists(whole[1].place[:0], whole[1].gain[:0], whole[1].count[:0], whole[1].kind[:0]).mean == 0.0


def test_how_much_scores_differ_leaves_forbidden_pairs_out() -> None:
    scores = np.array([[0.1, 0.3, 99.0], [0.5, 0.5, 0.5]])
    allowed = np.array([[True, True, False], [True, True, True]])
    problem = Problem(("a", "b"), ("x", "y", "z"), np.ones((2, 1)), np.ones(3), {"work": scores}, allowed=allowed)
    assert differing(market(problem), np.arange(2)) == pytest.approx((0.1 + 0.0) / 2)
    everywhere = market(replace(problem, allowed=None, outcomes={"work": np.full((2, 3), 0.5)}))
    assert differing(everywhere, np.arange(2)) == pytest.approx(1e-6)


def test_where_prices_of_households_prove_no_more_those_of_room_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.place.prices.tighten", lambda *_, **__: Bounded(np.inf, np.zeros(60)))
    plan = solve(country(60, 6, room=1.0), gap=0.0, method="prices")
    check(plan)
    assert plan.certificate.proof == "prices"
    assert plan.certificate.unit_prices is None


# Stages, and the price of leaving somebody unplaced


def test_the_same_bound_is_reached_from_one_sample_two_or_none() -> None:
    """2,000 households and 30 places take two samples; prices that are known take none."""
    problem = country(2000, 30)
    made = market(problem)
    words: list[str] = []
    cold = price(made, gap=1e-4, seed=1, warm=None, told=lambda doing, _: words.append(doing))
    assert {"prices from a sample of 500", "prices from a sample of 1,240"} <= set(words)
    assert cold.reads == pytest.approx(2 + 500 / 2000 + 40 * 31 / 2000)
    warm = price(made, gap=1e-4, seed=1, warm=cold.prices, told=quiet)
    assert warm.reads == 2
    assert warm.bound == pytest.approx(cold.bound, rel=2e-5)


def test_lists_that_miss_the_best_places_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices far from the true ones are no matter: the last pass over all scores sees it."""
    made = market(country(300, 12))
    right = price(made, gap=1e-4, seed=0, warm=None, told=quiet)
    monkeypatch.setattr("fodfaeste.place.prices.stages.LONG", 2)
    wrong = np.vstack([np.random.default_rng(0).random((12, 1)), np.zeros((1, 1))])
    found = price(made, gap=1e-4, seed=0, warm=wrong, told=quiet)
    assert found.reads > 2
    assert found.bound >= right.bound * (1 - 2e-5)


def found_by(problem: Problem, goal: Goal, **more: object) -> Found:
    return solve_units(units_of(problem, goal), goal, gap=1e-3, seed=0, **more)


def test_the_price_of_leaving_somebody_rises_until_all_are_placed() -> None:
    """The last one can only be placed if the one who gains a thousand times as much gives way."""
    scores = np.array([[1000.0, 0.0], [1.0, 0.0]])
    scores = np.vstack([scores, np.full((8, 2), 0.5)])
    allowed = np.ones((10, 2), np.bool_)
    allowed[1, 1] = False
    problem = Problem(
        tuple(map(str, range(10))), ("x", "y"), np.ones((10, 1)), np.array([1, 9]), {"w": scores}, allowed=allowed
    )
    found = found_by(problem, Goal())
    assert (found.place != NOWHERE).all()
    assert found.penalty > 0


def test_where_there_is_no_room_the_price_of_leaving_somebody_stays() -> None:
    problem = country(60, 4, room=0.8)
    found = found_by(problem, Goal())
    assert (found.place == NOWHERE).any()
    assert found.penalty == FIRST_PENALTY * apart_of(units_of(problem, Goal()))


def test_the_price_of_leaving_somebody_is_raised_so_often_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time one more is placed, and two are left in the end."""
    penalties: list[float] = []

    def one_more(_units: Units, _goal: Goal, penalty: float, _apart: float, **_more: object) -> Found:
        penalties.append(penalty)
        place = np.where(np.arange(6) < len(penalties), 0, NOWHERE)
        return Found(place, np.zeros((3, 1)), 1.0, penalty, 1.0, interrupted=False)

    monkeypatch.setattr("fodfaeste.place.prices._solve", one_more)
    found = found_by(country(6, 3, room=4.0, unit=True), Goal())
    assert len(penalties) == 3
    assert penalties == sorted(penalties)
    assert found.penalty == penalties[-1]


def test_stopped_while_the_price_of_leaving_somebody_is_raised_there_is_a_plan() -> None:
    allowed = np.zeros((6, 3), np.bool_)
    allowed[:, 0] = True
    problem = replace(country(6, 3, room=4.0, unit=True), allowed=allowed, capacity=np.array([[3], [3], [3]]))
    words: list[str] = []

    def progress(doing: str, _share: float) -> None:
        words.append(doing)
        if sum(word.startswith("prices from a sample") for word in words) == 2:
            raise KeyboardInterrupt

    found = found_by(problem, Goal(), progress=progress)
    assert found.interrupted
    assert (found.place != NOWHERE).sum() == 3


def test_known_places_are_where_the_search_starts() -> None:
    problem = country(80, 5)
    cold = found_by(problem, Goal())
    warm = found_by(problem, Goal(), warm=Start(cold.prices, np.where(np.arange(80) < 3, NOWHERE, cold.place)))
    assert warm.reads == 2
    assert (warm.place != NOWHERE).all()


# Whole in the end


@pytest.mark.parametrize("forbidden", [0.0, 0.2])
def test_whoever_is_too_many_leaves_for_where_there_is_room_or_for_nowhere(forbidden: float) -> None:
    """Three places full of everybody: who stays fits, and nobody is left out while a place has room."""
    problem = country(40, 3, room=0.9, dimensions=2, forbidden=forbidden)
    made = market(problem)
    board = board_of(made, everything(made), np.zeros((4, 2)))
    set_out(board, 1.0)
    assert (board.load > board.most).any()
    place = _made_whole(made, board)
    used = np.zeros((3, 2), np.int64)
    np.add.at(used, place[place != NOWHERE], problem.sizes[place != NOWHERE])
    assert (used <= problem.capacity).all()
    for unit in np.flatnonzero(place == NOWHERE):
        fits = (problem.sizes[unit] <= problem.capacity - used).all(axis=1)
        assert not (fits if problem.allowed is None else fits & problem.allowed[unit]).any()


def test_prices_stay_in_their_box_and_it_is_said_where_they_want_out_of_it() -> None:
    made = market(country(150, 5, room=0.6), Goal(unplaced=0.5), 0.5)
    nothing, box = np.zeros((6, 1)), np.full((6, 1), 0.01)
    tight = sample_of(made, everything(made), None, nothing, box)
    prices, _, _ = settle(tight, nothing, 0.01, enough=0.0, finest=0.01)
    assert prices.max() == pytest.approx(0.01)
    assert boxed_in(tight, prices)
    wide = sample_of(made, everything(made), None, nothing, anywhere(made))
    prices, _, _ = settle(wide, nothing, 0.01, enough=0.0, finest=0.01)
    assert prices.max() > 0.01
    assert not boxed_in(wide, prices)


@pytest.mark.parametrize(("units", "places"), [(0, 5), (3, 1), (330, 20), (22_000, 275), (1_000_000, 11_000)])
def test_samples_grow_until_there_are_enough_for_each_place(units: int, places: int) -> None:
    sizes = _sizes(units, places)
    assert all(larger <= GROWTH * smaller for smaller, larger in pairwise(sizes))
    assert sizes == sorted(set(sizes))
    assert sizes[-1] >= min(ENOUGH * places, units / 1.5) / GROWTH
    assert sizes[-1] <= units


@pytest.mark.parametrize("seed", range(4))
def test_balanced_prices_cost_little_more_than_what_they_smooth(seed: int) -> None:
    """Room out of balance costs no more than the smoothing, or than half of what was asked for."""
    made = market(country(600, 12, seed=seed), Goal(unplaced=3.0), 3.0)
    sample = sample_of(made, everything(made), None, np.zeros((13, 1)), anywhere(made))
    _, _, state = settle(sample, np.zeros((13, 1)), 0.1, enough=0.05, finest=1e-6)
    assert state.distance <= 0.05
    assert state.idle <= max(0.025, state.distance - state.idle)
