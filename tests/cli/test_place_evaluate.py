"""`fodfaeste place backtest`, `frontier`, `fairness` and `sensitivity`: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from fodfaeste.cli.place.backtest import backtest
from fodfaeste.cli.place.evaluate import fairness, frontier, sensitivity
from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place import Problem, solve
from fodfaeste.place.folder import write_plan, write_problem

app = typer.Typer(pretty_exceptions_enable=False)
for command in (backtest, frontier, fairness, sensitivity):
    app.command()(command)


def said(*words: object) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def problem() -> Problem:
    rng = np.random.default_rng(1)
    n, m = 24, 3
    return Problem(
        households=tuple(f"h{i:02}" for i in range(n)),
        places=("North", "South", "West"),
        sizes=rng.integers(1, 4, n),
        capacity=np.full(m, 20),
        outcomes={"work": rng.random((n, m)).round(3), "staying": rng.random((n, m)).round(3)},
        groups={"kind": tuple("ab"[i % 2] for i in range(n))},
    )


@pytest.fixture
def plan(problem: Problem, tmp_path: Path) -> Path:
    write_plan(solve(problem), tmp_path / "plan")
    return tmp_path / "plan"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    rng = np.random.default_rng(2)
    n = 240
    age, place = rng.integers(18, 60, n), rng.integers(0, 3, n)
    frame = pl.DataFrame(
        {
            "household": [f"h{i:03}" for i in range(n)],
            "place": [("North", "South", "West")[one] for one in place],
            "outcome": (rng.random(n) < np.array([0.3, 0.5, 0.7])[place]).astype(int),
            "age": age,
            "family": np.where(rng.random(n) < 0.5, "couple", "single"),
        }
    )
    (tmp_path / "past").mkdir()
    frame.write_csv(tmp_path / "past" / "history.csv")
    return tmp_path / "past"


def test_a_backtest_prints_each_policy_with_its_interval_and_writes_all_tables(history: Path, tmp_path: Path) -> None:
    done = said(
        "backtest", history, "-o", tmp_path / "out", "--bootstraps", 99, "--policy", "random", "--policy", "solved"
    )
    assert "solved" in done.output
    assert "of 240 rows" in done.output
    assert "Note: Right only if" in done.output
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "backtest.json",
        "groups.csv",
        "overlap.csv",
        "policies.csv",
    ]
    told = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))
    assert [row["policy"] for row in told["table"]] == ["random", "solved"]


def test_the_default_policies_are_three_and_json_tells_everything(history: Path, tmp_path: Path) -> None:
    done = said("backtest", history, "-o", tmp_path / "out", "--bootstraps", 99, "--json", "--feature", "family")
    told = json.loads(done.stdout)
    assert [row["policy"] for row in told["table"]] == ["random", "greedy", "solved"]
    assert {row["value"] for row in told["groups"]} == {"couple", "single"}


def test_a_plan_is_a_policy_if_it_places_the_households_of_the_history(history: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(history / "history.csv").select("household", place=pl.lit("West"))
    (tmp_path / "west").mkdir()
    frame.write_csv(tmp_path / "west" / "plan.csv")
    done = said(
        "backtest", history, "-o", tmp_path / "out", "--policy", tmp_path / "west", "--bootstraps", 99, "--json"
    )
    row = json.loads(done.stdout)["table"][0]
    assert row["lower"] < 0.7 < row["upper"]
    frame.head(200).write_csv(tmp_path / "west" / "plan.csv")
    with pytest.raises(BadInput, match="no place for 40 households of the history, such as h200"):
        said("backtest", history, "-o", tmp_path / "out", "--policy", tmp_path / "west")


def test_a_policy_that_is_none_is_refused_with_the_nearest_name(history: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean random"):
        said("backtest", history, "-o", tmp_path / "out", "--policy", "randum")
    with pytest.raises(BadInput, match=r"no plan\.csv"):
        said("backtest", history, "-o", tmp_path / "out", "--policy", history)
    assert not (tmp_path / "out").exists()


def test_a_frontier_is_printed_and_written(problem: Problem, tmp_path: Path) -> None:
    write_problem(problem, tmp_path / "problem")
    done = said("frontier", tmp_path / "problem", "-o", tmp_path / "out", "--points", 4)
    assert "first is work, second is staying" in done.output
    table = pl.read_csv(tmp_path / "out" / "frontier.csv")
    assert table["first"].is_sorted()
    told = said("frontier", tmp_path / "problem", "-o", tmp_path / "out", "--points", 3, "--json")
    assert json.loads(told.stdout)["second"] == "staying"


def test_fairness_is_printed_by_group_and_written_on_request(plan: Path, tmp_path: Path) -> None:
    done = said("fairness", plan, "--group", "kind", "--random-draws", 20, "-o", tmp_path / "out", "--before", plan)
    assert "of the households get less than their own mean" in done.output
    assert (tmp_path / "out" / "households.csv").is_file()
    told = json.loads(said("fairness", plan, "--group", "kind", "--random-draws", 5, "--json").stdout)
    assert {row["value"] for row in told["groups"]} == {"a", "b"}


def test_sensitivity_is_printed_by_scenario_and_written_on_request(plan: Path, tmp_path: Path) -> None:
    done = said("sensitivity", plan, "--repeats", 1, "-o", tmp_path / "out")
    assert "place_effects_halved" in done.output
    assert (tmp_path / "out" / "scenarios.csv").is_file()
    told = json.loads(said("sensitivity", plan, "--repeats", 1, "--json").stdout)
    assert told["table"][0]["scenario"] == "as_forecast"
