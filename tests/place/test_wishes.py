"""What became of wishes, and the dial between them and outcomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import BadInput, Refused
from fodfaeste.measure.intervals import interval
from fodfaeste.place import Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.wishes import deferred_acceptance, wish_summary, wishes_dial


def town(**changes: object) -> Problem:
    given: dict[str, object] = {
        "households": tuple("abcdef"),
        "places": ("x", "y", "z"),
        "sizes": np.array([1, 2, 1, 1, 3, 1]),
        "capacity": np.array([2, 4, 2]),
        "outcomes": {"work": np.array([[0.9, 0.5, 0.1]] * 6)},
        "wishes": Wishes(np.array([[1, 2, 0], [1, 2, 0], [0, 0, 1], [0, 0, 0], [2, 0, 1], [1, 0, 0]])),
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


def plan_with(place: list[int]) -> Plan:
    plan = deferred_acceptance(town(), np.zeros(6))
    return replace(plan, place=np.array(place))


def test_wishes_are_counted_by_rank_and_silence_by_itself() -> None:
    told = wish_summary(plan_with([0, 1, 2, 1, -1, 1]))
    assert told.table.select("got", "rank", "households", "persons", "n").rows() == [
        ("1", 1, 2, 2, 5),
        ("2", 2, 1, 2, 5),
        ("not_named", None, 1, 1, 5),
        ("unplaced", None, 1, 3, 5),
    ]
    assert told.table["share"].to_list() == [0.4, 0.2, 0.2, 0.2]
    summary = told.summary
    assert (summary["households"], summary["said"], summary["silent"], summary["silent_placed"]) == (6, 5, 1, 1)
    assert summary["coverage"] == pytest.approx(5 / 6)
    assert summary["met"] == pytest.approx(3 / 5)
    lower, upper = interval(3, 5)
    assert (summary["met_lower"], summary["met_upper"]) == (pytest.approx(lower), pytest.approx(upper))
    assert [note.code for note in told.notes] == ["silent"]
    assert told.params["method"] == "deferred_acceptance"


def test_where_nobody_named_a_place_the_share_is_unknown_and_not_zero() -> None:
    silent = town(wishes=Wishes(np.zeros((6, 3), np.int64)))
    told = wish_summary(solve(silent))
    assert told.summary["coverage"] == 0
    assert told.summary["met"] is None
    assert told.table["share"].to_list() == [None, None]


def test_where_all_spoke_there_is_no_note_of_silence() -> None:
    told = wish_summary(solve(town(wishes=Wishes(np.ones((6, 3), np.int64)))))
    assert told.notes == ()


def test_a_problem_without_wishes_has_no_summary_of_them() -> None:
    with pytest.raises(Refused, match="nobody was asked"):
        wish_summary(solve(town(wishes=None)))


# The dial


def random_town() -> Problem:
    rng = np.random.default_rng(11)
    rank = np.zeros((20, 4), np.int64)
    for household in range(16):
        rank[household, rng.permutation(4)[:2]] = (1, 2)
    return Problem(
        households=tuple(map(str, range(20))),
        places=tuple("wxyz"),
        sizes=rng.integers(1, 4, 20),
        capacity=np.full(4, 12),
        outcomes={"work": rng.random((20, 4)), "staying": rng.random((20, 4))},
        wishes=Wishes(rank),
    )


def test_turning_the_dial_gives_outcomes_up_for_wishes() -> None:
    problem = random_town()
    heard: list[float] = []
    told = wishes_dial(problem, points=5, gap=0.0, progress=lambda _, share: heard.append(share))
    table = told.table
    assert table["weight"].to_list() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert heard == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert (table["outcome"].diff().drop_nulls() <= 1e-9).all()
    assert (table["wishes"].diff().drop_nulls() >= -1e-9).all()
    assert table["wishes"][4] > table["wishes"][0]
    assert table["outcome_share"][0] == 1.0
    assert (table["lower"] < table["met"]).all()
    assert (table["met"] <= table["upper"]).all()
    assert table["n"].to_list() == [16] * 5
    assert [note.code for note in told.notes] == ["forecast", "silent"]


def test_its_ends_are_the_best_outcomes_and_the_best_wishes() -> None:
    problem = random_town()
    table = wishes_dial(problem, points=2, gap=0.0).table
    outcomes = solve(problem, Goal(wish_tolerance=None), gap=0.0)
    assert table["outcome"][0] == pytest.approx(outcomes.certificate.value)
    wishes = solve(problem, Goal(weights={"wishes": 1.0}), gap=0.0)
    assert table["wishes"][1] == pytest.approx(wishes.certificate.value)


def test_a_weight_for_wishes_in_the_goal_is_left_aside() -> None:
    problem = random_town()
    plain = wishes_dial(problem, Goal(weights={"work": 1.0}), points=3, gap=0.0).table
    weighed = wishes_dial(problem, Goal(weights={"work": 1.0, "wishes": 9.0}), points=3, gap=0.0).table
    assert plain.equals(weighed)


def test_without_anything_to_gain_shares_are_unknown() -> None:
    problem = town(outcomes={"work": np.zeros((6, 3))}, wishes=Wishes(np.zeros((6, 3), np.int64)))
    table = wishes_dial(problem, points=2).table
    assert table["outcome_share"].to_list() == [None, None]
    assert table["met"].to_list() == [None, None]
    assert table["first"].dtype == pl.Float64


def test_a_dial_needs_two_ends_and_something_at_each() -> None:
    with pytest.raises(Refused, match="there is no wishes"):
        wishes_dial(town(wishes=None))
    with pytest.raises(Refused, match="there is no outcome with a weight"):
        wishes_dial(town(outcomes={}))
    with pytest.raises(BadInput, match="at least 2"):
        wishes_dial(town(), points=1)
