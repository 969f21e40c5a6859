"""`fodfaeste place online`: a year placed as its households come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app
from fodfaeste.errors import Refused
from fodfaeste.place.plan_folder import read_plan

TABLES = {
    "households": "household,persons,arrival_date\nh1,2,2026-03-02\nh2,3,2026-03-03\nh3,1,2026-03-09\n"
    "h4,2,2026-03-09\n",
    "places": "place,capacity_persons\nA,4\nB,4\n",
    "scores": "household,place,work\nh1,A,1.5\nh1,B,0.5\nh2,A,1\nh2,B,2\nh3,A,0.25\nh3,B,0.75\nh4,A,0.5\nh4,B,0.25\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "year"
    home.mkdir()
    for name, text in TABLES.items():
        (home / f"{name}.csv").write_text(text, encoding="utf-8")
    return home


def run(*words: object):
    done = CliRunner().invoke(app, ["place", "online", *(str(word) for word in words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_year_is_placed_week_by_week_and_written_with_its_certificate(folder):
    out = folder.parent / "plan"
    done = run(folder, "-o", out, "--batch", "week", "--arrivals", folder, "--no-report", "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["method"], said["persons_placed"], said["seed"]) == ("online", 8, 0)
    assert said["bound"] >= said["objective"] == said["value"]
    plan = read_plan(out)
    assert plan.where() == {"h1": "A", "h2": "B", "h3": "B", "h4": "A"}


def test_one_household_at_a_time_in_a_shuffled_order_is_the_same_for_the_same_seed(folder):
    words = ("--batch", 1, "--order", "shuffled", "--seed", 3, "--unplaced-penalty", 0, "--no-report")
    plans = [folder.parent / name for name in ("one", "two")]
    for plan in plans:
        assert run(folder, "-o", plan, *words).exit_code == 0
    first, second = (read_plan(plan).place.tolist() for plan in plans)
    assert first == second
    assert "No earlier year was given" in run(folder, "-o", plans[0], *words).stdout


def test_weeks_without_arrival_days_are_refused(folder):
    table = folder / "households.csv"
    rows = [line.rsplit(",", 1)[0] for line in table.read_text(encoding="utf-8").splitlines()]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(Refused, match="day on which each household arrives"):
        run(folder, "-o", folder.parent / "plan", "--batch", "week")
    assert not (folder.parent / "plan").exists()


@pytest.mark.parametrize("batch", ["month", "0", "-1", "1.5"])
def test_a_batch_is_a_week_or_a_whole_number(folder, batch):
    done = run(folder, "-o", folder.parent / "plan", f"--batch={batch}")
    assert done.exit_code == 2
    assert "neither week" in done.output
