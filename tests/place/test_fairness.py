"""Who gains by a plan: groups, envy, wishes, burden, own best places, floors, and nobody worse off."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.place import NOWHERE, Balance, Floor, Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.evaluation.baselines import chances_of, greedy_placement, random_placements, today_placement
from fodfaeste.place.evaluation.envy import envied
from fodfaeste.place.evaluation.own_best import own_best
from fodfaeste.place.evaluation.small import pooled
from fodfaeste.place.evaluation.worth import value_by_household
from fodfaeste.place.fairness import fairness, floor_price
from fodfaeste.place.no_harm import harm, no_worse_than
from fodfaeste.place.units import household_scores

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


# Random and greedy placements


@given(st.integers(0, 50))
@settings(max_examples=6)
def test_random_placements_keep_every_rule(seed):
    problem = world(seed, 20, 4, dimensions=("persons", "school"), ties=((0, 1),), spare=1.2)
    first = int(np.flatnonzero(problem.may(2))[0])
    problem = replace(problem, locks=np.array([NOWHERE, NOWHERE, first] + [NOWHERE] * 17))
    for place in random_placements(problem, 20, seed):
        used = np.zeros(problem.capacity.shape, int)
        np.add.at(used, place[place >= 0], problem.sizes[place >= 0])
        assert (used <= problem.capacity).all()
        assert all(problem.may(i)[j] for i, j in enumerate(place) if j != NOWHERE)
        assert place[0] == place[1]
        assert place[2] == first


def test_the_chance_of_a_place_is_its_share_of_the_room_left():
    problem = small([[0.0, 0.0]], room=(3, 1))
    drawn = np.array(list(random_placements(problem, 2000, 1)))
    assert abs((drawn == 0).mean() - 0.75) < 4 * (0.75 * 0.25 / 2000) ** 0.5


def test_a_household_of_nobody_finds_a_place_where_all_are_full():
    problem = replace(small([[0.5, 0.5]], room=(0, 0)), sizes=np.array([[0]]))
    assert all(place[0] != NOWHERE for place in random_placements(problem, 5, 1))


def test_random_placements_are_the_same_for_a_seed():
    first, again = ([p.tolist() for p in random_placements(world(), 3, 7)] for _ in range(2))
    assert first == again
    with pytest.raises(BadInput, match="at least 1"):
        next(random_placements(world(), 0, 1))


def test_greedy_goes_by_arrival_and_takes_the_best_room_left():
    problem = small([[0.9, 0.1], [0.8, 0.1], [0.7, 0.0]], room=(1, 1))
    assert greedy_placement(problem, Goal()).tolist() == [0, 1, NOWHERE]
    days = np.array(["2024-03-03", "2024-03-02", "2024-03-01"], "datetime64[D]")
    assert greedy_placement(replace(problem, arrival=days), Goal()).tolist() == [NOWHERE, 1, 0]


def test_the_rule_of_today_reads_wishes_and_room_and_no_forecast():
    """The first wished for South; the second wished nothing and goes where most is left; of none the third has room."""
    rank = np.array([[0, 1], [0, 0], [1, 0]])
    problem = small([[0.9, 0.1], [0.0, 0.9], [0.9, 0.0]], room=(1, 1), wishes=Wishes(rank))
    assert today_placement(problem).tolist() == [1, 0, NOWHERE]
    days = np.array(["2024-03-03", "2024-03-02", "2024-03-01"], "datetime64[D]")
    assert today_placement(replace(problem, arrival=days)).tolist() == [NOWHERE, 1, 0]


def test_without_wishes_the_rule_of_today_fills_places_evenly():
    problem = small(np.zeros((3, 2)), room=(2, 4))
    assert today_placement(problem).tolist() == [0, 1, 1]


def test_a_known_chance_is_not_drawn_again():
    plan = solve(world(1))
    scores = {**plan.problem.outcomes, "score": household_scores(plan.problem, plan.goal)}
    chances = chances_of(plan.problem, scores, 20, 4)
    one = fairness(plan, "kind", random_draws=20, seed=4)
    assert fairness(plan, "kind", random_draws=20, seed=4, chances=chances).groups.equals(one.groups)
    assert (
        fairness(plan, "kind", random_draws=20, seed=4, method="prices").groups["random"].equals(one.groups["random"])
    )


# Groups


def test_groups_are_compared_with_chance_and_with_themselves_alone():
    problem = world(1, sd=0.1)
    plan = solve(problem, gap=0)
    told = fairness(plan, "kind", random_draws=50, before=greedy_placement(problem, Goal()))
    value = value_by_household(problem, plan.goal, plan.place)
    for row in told.groups.filter(pl.col("outcome") == "score").iter_rows(named=True):
        who = np.array([kind == row["value"] for kind in problem.groups["kind"]])
        assert row["achieved"] == pytest.approx(value[who].mean())
        assert row["random"] < row["achieved"] <= row["alone"] + 1e-9
        assert 0 < row["share_of_possible"] <= 1
        assert row["gain_lower"] < row["gain"] < row["gain_upper"]
        assert row["before"] <= row["alone"] + 1e-9
    assert told.groups.filter(pl.col("outcome") == "staying")["gain_lower"].null_count() == 2


def test_the_same_seed_tells_the_same():
    plan = solve(world(1))
    one, other = (fairness(plan, "kind", random_draws=20, seed=4) for _ in range(2))
    assert one.groups.equals(other.groups)
    assert one.to_dict()["random_draws"] == 20


def test_a_group_that_could_gain_nothing_alone_has_no_share():
    problem = replace(world(2), outcomes={"work": np.full((40, 5), 0.5)}, sds={})
    told = fairness(solve(problem), "kind", random_draws=5)
    assert told.groups["share_of_possible"].null_count() == told.groups.height
    assert "no_uncertainty" in {note.code for note in told.notes}


def test_an_unknown_column_and_too_few_people_are_refused():
    with pytest.raises(UnknownName, match="kind"):
        fairness(solve(world()), "kinds")
    with pytest.raises(Refused, match="fewer than 10"):
        fairness(solve(world(0, 6, 2)), "kind")


@given(st.lists(st.integers(1, 25), min_size=1, max_size=6))
def test_no_group_of_fewer_than_ten_is_shown_nor_left_over(sizes):
    values = np.repeat([f"g{k}" for k in range(len(sizes))], sizes).astype(object)
    told = pooled(values)
    assert all(who.size >= 10 for who in told.values())
    together = sum(who.size for who in told.values())
    assert together == (values.size if values.size >= 10 else 0)
    assert sorted(np.concatenate([*told.values(), []]).astype(int).tolist()) == list(range(together))


def test_small_groups_and_households_without_room_are_mentioned():
    problem = world(1, groups={"kind": tuple("rare" if i < 3 else "ab"[i % 2] for i in range(40))})
    shut = np.array(problem.allowed)
    shut[0] = False
    narrow = replace(problem, allowed=shut, capacity=np.full((5, 1), 12))
    told = fairness(solve(narrow), "kind", random_draws=10)
    assert "other" in told.groups["value"].to_list()
    assert {"small_groups_pooled", "never_placed", "sometimes_unplaced"} <= {note.code for note in told.notes}


def test_the_error_of_a_group_is_that_of_its_mean_with_who_is_unplaced():
    problem = world(1, 20, 2, groups={"kind": ("a",) * 20}, allowed=None, capacity=np.full((2, 1), 10))
    plan = solve(problem)
    row = fairness(plan, "kind", random_draws=5).groups.filter(pl.col("outcome") == "score").row(0, named=True)
    sd = 0.1 * plan.placed.sum() ** 0.5 / 20
    assert row["gain_upper"] - row["gain"] == pytest.approx(1.959964 * sd)


# Envy, wishes, burden


def envied_by_hand(plan):
    problem, told = plan.problem, []
    value = problem.outcomes["work"] + problem.outcomes["staying"]
    free = problem.capacity - plan.used()
    for i, place in enumerate(plan.place):
        mine = value[i, place] if place != NOWHERE else 0.0
        told.append(
            sum(
                other not in (NOWHERE, place)
                and problem.may(i)[other]
                and value[i, other] > mine + 1e-9
                and (problem.sizes[i] <= problem.sizes[k] + free[other]).all()
                for k, other in enumerate(plan.place)
            )
        )
    return told


@given(st.integers(0, 100))
@settings(max_examples=6)
def test_envy_is_counted_as_by_hand(seed):
    problem = world(seed, 20, 4, dimensions=("persons", "school"), spare=0.9)
    place = next(iter(random_placements(problem, 1, seed)))
    plan = Plan(problem, Goal(), place, ("",) * 20, solve(small([[1.0]], room=(1,))).certificate)
    assert envied(plan).tolist() == envied_by_hand(plan)


def test_nobody_envies_where_each_has_its_best():
    plan = solve(replace(world(3), capacity=np.full((5, 1), 500)), gap=0)
    assert fairness(plan, "kind", random_draws=5).envy["envious"].to_list() == [0, 0]


def test_wishes_are_counted_by_group_and_silence_apart():
    problem = world(1, wishes=True)
    told = fairness(solve(problem), "kind", random_draws=5).wishes
    assert told.filter(pl.col("value") == "a")["said"].to_list() == [20]
    assert told.filter(pl.col("value") == "b").select("said", "silent", "share_first").rows() == [(0, 20, None)]
    assert fairness(solve(world(1)), "kind", random_draws=5).wishes["silent"].to_list() == [20, 20]


def test_the_burden_is_set_beside_capacity_and_share():
    problem = replace(world(1), capacity=np.array([[60], [40], [40], [30], [0]]))
    plan = solve(problem)
    told = fairness(plan, "kind", random_draws=5).places
    assert told["persons"].sum() == problem.persons.sum()
    assert told["filled"].to_list()[-1] is None
    assert told["over"].sum() == pytest.approx(0)
    assert told["share_expected"].to_list()[0] == pytest.approx(60 / 170)
    even = replace(plan, goal=replace(plan.goal, balance=Balance(0.0, share=(0.2,) * 5)))
    assert fairness(even, "kind", random_draws=5).places["share_expected"].to_list() == [0.2] * 5


# The comparative-advantage trap


def test_who_has_flat_chances_and_goes_to_the_weak_place_is_shown_with_who_profits():
    # a gains a little less than b by North, and both would be best there.
    problem = small([[0.6, 0.5], [0.9, 0.1]], groups={"kind": ("x", "y")})
    big = world(0)
    plan = solve(problem, gap=0)
    told = own_best(plan, problem.groups["kind"], np.array([0.55, 0.5]))
    a = told.row(0, named=True)
    assert (a["place"], a["best_place"], a["held_by"]) == ("South", "North", 1)
    assert (a["difference"], a["held_gain"]) == (pytest.approx(0.1), pytest.approx(0.8))
    assert (a["below_random"], a["sd"]) == (True, None)
    assert told.row(1, named=True)["held_by"] == 0
    assert fairness(solve(big), "kind", random_draws=20).below_random <= 0.2


def test_a_household_that_may_go_nowhere_has_no_own_best_place():
    plan = solve(small([[0.6, 0.5]], allowed=np.zeros((1, 2), bool)))
    row = own_best(plan, ("x",), np.zeros(1)).row(0, named=True)
    assert (row["place"], row["best_place"], row["score"]) == (None, None, 0.0)


def test_a_household_with_one_place_has_no_next_best():
    plan = solve(small([[0.6, 0.5], [0.9, 0.8]], allowed=np.array([[True, True], [True, False]])), gap=0)
    a = own_best(plan, ("x", "x"), np.zeros(2)).row(0, named=True)
    assert a["held_gain"] == pytest.approx(0.9)


# Floors


def test_a_floor_costs_value_and_lifts_the_group_that_was_below():
    rng = np.random.default_rng(3)
    n, m = 24, 4
    quality = np.array([1.0, 0.7, 0.4, 0.1])
    steep = np.where(np.arange(n) % 2 == 0, 1.0, 0.2)
    problem = Problem(
        households=tuple(f"h{i}" for i in range(n)),
        places=tuple("abcd"),
        sizes=np.ones(n, int),
        capacity=np.full(m, 6),
        outcomes={"work": steep[:, None] * quality + 0.01 * rng.random((n, m))},
        groups={"kind": tuple("ab"[i % 2] for i in range(n))},
    )
    told = floor_price(solve(problem, gap=0), Floor("kind"), gap=1e-2, random_draws=200)
    flat = told.groups.filter(pl.col("value") == "b").row(0, named=True)
    assert flat["without"] < flat["random"]
    assert flat["with_floor"] >= 0.97 * flat["random"]
    assert told.price > 0
    assert told.share == pytest.approx(told.price / told.value_without)
    assert told.moved > 0


# Nobody worse off


def test_harm_counts_those_who_were_better_off_before():
    problem = small([[0.6, 0.5], [0.9, 0.1]], sds={"work": np.full((2, 2), 0.01)})
    plan = solve(problem, gap=0)
    told = harm(plan, np.array([0, 1]))
    assert (told.share, told.clearly, told.mean_loss) == (0.5, 0.5, pytest.approx(0.1))
    assert told.table.select("household", "place", "reference_place").rows() == [("a", "South", "North")]
    assert harm(plan, np.array([0, 1]), tolerance=0.2).share == 0
    assert harm(plan, np.array([0, 1]), within=20).clearly == 0
    assert harm(solve(replace(problem, sds={})), plan).clearly is None
    assert harm(plan, plan).mean_loss == 0


@given(st.integers(0, 60))
@settings(max_examples=6)
def test_a_plan_made_no_worse_than_a_reference_harms_nobody(seed):
    problem = world(seed, 20, 4, spare=1.3, ties=((0, 1),))
    reference = greedy_placement(problem, Goal())
    values = value_by_household(problem, Goal(), reference)
    plan = solve(no_worse_than(problem, values, 0.05))
    free = harm(solve(problem), reference).share
    got = value_by_household(problem, Goal(), plan.place)
    both = np.array([got[:2].sum(), *got[2:]])
    least = np.array([values[:2].sum() - 0.1, *(values[2:] - 0.05)])
    assert (both >= least - 1e-9)[np.array([plan.place[0], *plan.place[2:]]) != NOWHERE].all()
    assert free >= 0


def test_a_reference_that_no_place_reaches_is_refused_by_name():
    with pytest.raises(Refused, match="gives a as much"):
        no_worse_than(small([[0.6, 0.5], [0.9, 0.1]]), [0.7, 0.5])
    with pytest.raises(Refused, match="and 2 more"):
        no_worse_than(world(0, 12, 2), np.full(12, 9.0))


def test_locked_households_keep_their_place_whatever_the_reference():
    problem = small([[0.6, 0.5], [0.9, 0.1]], locks=np.array([1, NOWHERE]))
    assert no_worse_than(problem, [0.6, 0.5]).allowed.tolist() == [[True, True], [True, False]]


def test_reference_values_are_one_a_household_and_the_tolerance_none_below_0():
    for values, tolerance in (([0.1], 0), ([0.1, np.nan], 0), ([0.1, 0.1], -1)):
        with pytest.raises(BadInput):
            no_worse_than(small([[0.6, 0.5], [0.9, 0.1]]), values, tolerance)


def test_wishes_count_in_the_reference_where_the_goal_weighs_them():
    problem = small([[0.6, 0.5]], wishes=Wishes(np.array([[0, 1]])))
    goal = Goal(weights={"work": 1.0, "wishes": 1.0})
    assert no_worse_than(problem, [1.5], goal=goal).allowed.tolist() == [[False, True]]
