"""What more of one outcome costs of another."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place import Goal, Problem, solve
from fodfaeste.place.frontier import frontier

from .worlds import world


@given(st.integers(0, 50))
@settings(max_examples=3)
def test_no_plan_of_the_frontier_is_worse_in_both_than_another(seed):
    table = frontier(world(seed, 12, 3), points=6, gap=0).table
    assert (np.diff(table["first"].to_numpy()) > 0).all()
    assert (np.diff(table["second"].to_numpy()) < 0).all()


def test_the_frontier_holds_every_corner_of_what_can_be_reached():
    rng = np.random.default_rng(5)
    n, m = 5, 2
    problem = Problem(
        households=tuple("abcde"),
        places=("North", "South"),
        sizes=np.ones(n, int),
        capacity=np.array([3, 3]),
        outcomes={"work": rng.random((n, m)).round(2), "staying": rng.random((n, m)).round(2)},
    )
    reached = {
        tuple(round(float(sum(problem.outcomes[k][i, j] for i, j in enumerate(way))), 6) for k in ("work", "staying"))
        for way in product(range(m), repeat=n)
        if max(np.bincount(way, minlength=m)) <= 3
    }
    best = {
        max(reached, key=lambda both: angle * both[0] + (1 - angle) * both[1])
        for angle in np.linspace(0.001, 0.999, 999)
    }
    found = frontier(problem, points=30, gap=0).table
    assert {(round(a, 6), round(b, 6)) for a, b in found.select("first", "second").rows()} == best


def test_the_ends_are_the_best_of_each_outcome():
    problem = world(2, 20, 3)
    table = frontier(problem, points=5, gap=0).table
    for name, column in (("work", "first"), ("staying", "second")):
        alone = solve(problem, Goal(weights={name: 1.0}), gap=0).certificate.value
        assert table[column].max() == pytest.approx(alone, rel=1e-4)


def test_wishes_are_an_axis():
    told = frontier(world(2, 20, 3, wishes=True), "work", "wishes", points=6)
    assert told.table["wishes_met"][0] > told.table["wishes_met"][-1]
    assert told.to_dict()["plans"][0]["place"]["h0"] in {"p0", "p1", "p2"}


def test_outcomes_that_go_together_have_one_best_plan():
    problem = world(1, 12, 3)
    same = replace(
        problem, outcomes={"work": problem.outcomes["work"], "staying": 2 * problem.outcomes["work"]}, sds={}
    )
    told = frontier(same, points=5, gap=0)
    assert told.table.height == 1
    assert told.left_out == 1


def test_at_most_as_many_plans_are_solved_as_were_asked_for():
    said = []
    told = frontier(world(3, 40, 5), points=4, progress=lambda doing, share: said.append(share))
    assert told.table.height + told.left_out == len(said) == 4


@pytest.mark.parametrize("gap", [0.0, 0.2])
def test_an_inexact_plan_says_how_low_the_line_may_be(gap):
    told = frontier(world(3, 40, 5), points=2, gap=gap)
    inexact = max(plan.certificate.gap for plan in told.plans) > 1e-9
    assert [note.code for note in told.notes] == ["gap"] * inexact


@pytest.mark.parametrize(
    ("names", "points", "error"),
    [(("work", "works"), 5, UnknownName), (("work", "work"), 5, BadInput), (("work", "staying"), 1, BadInput)],
)
def test_what_cannot_be_drawn_is_refused(names, points, error):
    with pytest.raises(error):
        frontier(world(), *names, points=points)
