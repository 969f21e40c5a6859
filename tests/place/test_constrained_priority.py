"""Choosing one after another above a threshold: it holds, nothing better is left within it, and the truth pays."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import Floor, Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.wishes import constrained_priority

from .checker import check_bound, check_figures, check_rules
from .wish_markets import NOWHERE, placements

OUTCOMES = Goal(wish_tolerance=None)


def town(rng: np.random.Generator, *, households: int = 5, places: int = 3, named: int = 2) -> Problem:
    """Enough room for all, so that the threshold is what limits."""
    rank = np.zeros((households, places), np.int64)
    for household in range(households):
        rank[household, rng.permutation(places)[:named]] = np.arange(1, named + 1)
    return Problem(
        households=tuple(f"h{one}" for one in range(households)),
        places=tuple(f"p{one}" for one in range(places)),
        sizes=rng.integers(1, 3, households),
        capacity=rng.integers(3, 6, places),
        outcomes={"work": rng.integers(1, 12, (households, places)).astype(float)},
        wishes=Wishes(rank),
    )


@dataclass(frozen=True, eq=False)
class Open:
    """Every plan above the threshold that places as many as the plan does."""

    problem: Problem
    plan: Plan
    threshold: float

    def value(self, where: Sequence[int]) -> float:
        scores = self.problem.outcomes["work"]
        return float(sum(scores[i, place] for i, place in enumerate(where) if place != NOWHERE))  # type: ignore[index]

    def plans(self) -> list[list[int]]:
        least = self.threshold * self.value(self.plan.place.tolist()) - 1e-9
        persons = self.problem.persons[self.plan.placed].sum()
        return [
            where
            for where in placements(self.problem)
            if self.value(where) >= least and self.problem.persons[np.array(where) != NOWHERE].sum() >= persons
        ]

    def liking(self, household: int, place: int) -> int:
        """The rank of a place; all not named, and being nowhere, are equal and last."""
        assert self.problem.wishes is not None
        rank = int(self.problem.wishes.rank[household, place]) if place != NOWHERE else 0
        return rank or len(self.problem.places) + 1

    def chosen(self, order: Sequence[int]) -> dict[int, int]:
        """By hand: each takes its first place that some plan still has, as those before it have chosen."""
        left, taken = self.plans(), {}
        for household in order:
            for place in sorted(range(len(self.problem.places)), key=lambda one: self.liking(household, one)):
                if self.liking(household, place) > len(self.problem.places):
                    break
                if having := [where for where in left if where[household] == place]:
                    left, taken[household] = having, place
                    break
        return taken


def towns(many: int) -> list[tuple[Problem, Plan]]:
    rng = np.random.default_rng(89112)
    drawn = [town(rng) for _ in range(many)]
    return [(problem, solve(problem, OUTCOMES, gap=0.0)) for problem in drawn]


@pytest.mark.parametrize("threshold", [1.0, 0.9, 0.75])
def test_each_takes_what_choosing_by_hand_would_give_it(threshold: float) -> None:
    for problem, plan in towns(4):
        order = list(range(len(problem.households)))[::-1]
        ours = constrained_priority(problem, plan, order, threshold=threshold, gap=0.0)
        known = Open(problem, plan, threshold)
        taken = known.chosen(order)
        assert {household: int(ours.place[household]) for household in taken} == taken
        # Those left to the end are placed where the whole is worth most.
        best = max(known.value(where) for where in known.plans() if all(where[i] == p for i, p in taken.items()))
        assert ours.certificate.value == pytest.approx(best)


def test_the_threshold_holds_and_the_certificate_is_true() -> None:
    for problem, plan in towns(4):
        ours = constrained_priority(problem, plan, threshold=0.9, seed=1)
        assert ours.certificate.value >= 0.9 * plan.certificate.value - 1e-9
        assert ours.certificate.persons_placed >= plan.certificate.persons_placed
        assert ours.certificate.method == "constrained_priority"
        check_rules(ours)
        check_figures(ours)
        check_bound(ours)


def test_no_plan_above_the_threshold_is_better_for_one_and_worse_for_none() -> None:
    for problem, plan in towns(3):
        ours = constrained_priority(problem, plan, threshold=0.85, gap=0.0)
        known = Open(problem, plan, 0.85)
        now = [known.liking(i, int(place)) for i, place in enumerate(ours.place)]
        for where in known.plans():
            then = [known.liking(i, place) for i, place in enumerate(where)]
            assert then == now or any(a > b for a, b in zip(then, now, strict=True))


def test_no_other_list_gets_a_household_a_place_that_it_wants_more() -> None:
    for problem, plan in towns(1):
        known = Open(problem, plan, 0.85)
        order = [2, 0, 4, 1, 3]
        now = constrained_priority(problem, plan, order, threshold=0.85, gap=0.0).place
        assert problem.wishes is not None
        for liar, many in itertools.product(range(5), (1, 2)):
            for lie in itertools.permutations(range(3), many):
                rank = problem.wishes.rank.copy()
                rank[liar] = 0
                rank[liar, list(lie)] = np.arange(1, many + 1)
                told = replace(problem, wishes=Wishes(rank))
                then = constrained_priority(told, plan, order, threshold=0.85, gap=0.0).place
                assert known.liking(liar, int(then[liar])) >= known.liking(liar, int(now[liar]))


def pair(**changes: object) -> Problem:
    given: dict[str, object] = {
        "households": ("a", "b"),
        "places": ("x", "y"),
        "sizes": np.ones(2),
        "capacity": np.array([1, 1]),
        "outcomes": {"work": np.array([[10.0, 9.0], [9.0, 10.0]])},
        "wishes": Wishes(np.array([[0, 1], [0, 1]])),
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


def test_who_chooses_first_gets_the_place_that_both_want() -> None:
    problem = pair()
    plan = solve(problem, OUTCOMES)
    assert plan.where() == {"a": "x", "b": "y"}
    assert constrained_priority(problem, plan, [0, 1], threshold=0.9).where() == {"a": "y", "b": "x"}
    assert constrained_priority(problem, plan, [1, 0], threshold=0.9).where() == {"a": "x", "b": "y"}
    assert constrained_priority(problem, plan, [0, 1], threshold=0.91).where() == {"a": "x", "b": "y"}


def test_days_of_arrival_may_decide_who_chooses_first() -> None:
    problem = pair(arrival=np.array(["2026-03-02", "2026-03-01"], "datetime64[D]"))
    plan = solve(problem, OUTCOMES)
    assert constrained_priority(problem, plan, "arrival", threshold=0.9).where() == {"a": "x", "b": "y"}
    with pytest.raises(BadInput, match="column order"):
        constrained_priority(pair(), solve(pair(), OUTCOMES), "arrival")


def test_the_lot_decides_who_chooses_first_and_is_the_same_for_a_seed() -> None:
    problem = pair()
    plan = solve(problem, OUTCOMES)
    drawn = [constrained_priority(problem, plan, threshold=0.9, seed=seed).where()["a"] for seed in range(8)]
    assert set(drawn) == {"x", "y"}
    assert drawn == [constrained_priority(problem, plan, threshold=0.9, seed=seed).where()["a"] for seed in range(8)]


def test_ties_choose_together_and_locks_do_not_choose() -> None:
    wishes = Wishes(np.array([[0, 1], [0, 0], [0, 1]]))
    outcomes = {"work": np.array([[5.0, 5.0]] * 3)}
    sizes, households = np.ones(3), ("a", "b", "c")
    problem = pair(
        households=households,
        sizes=sizes,
        capacity=np.array([2, 2]),
        outcomes=outcomes,
        wishes=wishes,
        ties=((0, 1),),
        locks=np.array([NOWHERE, NOWHERE, 0]),
    )
    plan = constrained_priority(problem, solve(problem, OUTCOMES), [2, 1, 0])
    assert plan.where() == {"a": "y", "b": "y", "c": "x"}


def test_minimums_and_floors_are_kept_by_the_solver() -> None:
    wishes = Wishes(np.array([[0, 1], [0, 1]]))
    problem = pair(capacity=np.array([2, 2]), minimum=np.array([1, 0]), wishes=wishes, groups={"kind": ("old", "new")})
    plan = solve(problem, OUTCOMES)
    ours = constrained_priority(problem, plan, [0, 1], threshold=0.5)
    assert ours.where() == {"a": "y", "b": "x"}
    floored = replace(OUTCOMES, floors=(Floor("kind", "alone"),))
    kept = constrained_priority(problem, solve(problem, floored), [0, 1], threshold=0.5)
    assert kept.certificate.value >= 0.5 * plan.certificate.value


def test_a_price_for_missing_persons_counts_in_the_threshold() -> None:
    problem = pair(capacity=np.array([2, 2]), minimum=np.array([1, 0]))
    priced = replace(OUTCOMES, short_price=12.0)
    plan = solve(problem, priced)
    assert plan.certificate.objective == pytest.approx(20.0)
    # Both at y are worth 19, less the price of nobody at x: 7, and half of 20 is 10.
    ours = constrained_priority(problem, plan, [0, 1], threshold=0.5)
    assert ours.where() == {"a": "y", "b": "x"}
    assert constrained_priority(problem, plan, [0, 1], threshold=0.3).where() == {"a": "y", "b": "y"}
    check_figures(ours)
    check_bound(ours)


def test_a_weight_for_wishes_in_the_plan_moves_no_threshold() -> None:
    problem = pair()
    weighed = solve(problem, Goal(weights={"work": 1.0, "wishes": 3.0}))
    ours = constrained_priority(problem, weighed, [0, 1], threshold=0.9)
    assert ours.goal.weights == {"work": 1.0}
    assert ours.certificate.value == pytest.approx(18.0)


def test_what_could_not_be_decided_is_counted() -> None:
    problem = pair(outcomes={"work": np.array([[10.0, 9.9999], [9.9999, 10.0]])})
    plan = solve(problem, OUTCOMES)
    ours = constrained_priority(problem, plan, [0, 1], threshold=0.99999, gap=1e-3)
    assert ours.where() == {"a": "y", "b": "x"}
    assert ours.notes[0].startswith("1 households took a place that they had named; 1 were left")


@pytest.mark.parametrize(
    ("change", "said"),
    [({"threshold": 1.2}, "threshold 1.2"), ({"order": [0, 0]}, "column order"), ({"order": [0]}, "column order")],
)
def test_what_does_not_fit_is_named(change: dict[str, object], said: str) -> None:
    problem = pair()
    with pytest.raises(BadInput, match=said):
        constrained_priority(problem, solve(problem, OUTCOMES), **change)  # type: ignore[arg-type]


def test_a_plan_of_another_problem_is_refused() -> None:
    other = pair(households=("a",), sizes=np.ones(1), outcomes={}, wishes=Wishes(np.array([[1, 0]])))
    with pytest.raises(BadInput, match="a plan of 1 households"):
        constrained_priority(pair(), solve(other))


def test_without_wishes_or_worth_there_is_nothing_to_choose_within() -> None:
    with pytest.raises(Refused, match="has no wishes"):
        constrained_priority(pair(wishes=None), solve(pair(wishes=None)))
    nothing = pair(outcomes={})
    with pytest.raises(Refused, match="there is no share of that to keep"):
        constrained_priority(nothing, solve(nothing, OUTCOMES))
