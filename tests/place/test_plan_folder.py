"""A plan as a folder: what it says, that it comes back, and that it notices when its problem is another."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import BadInput
from fodfaeste.place import Balance, Floor, Goal, LowRank, Network, Problem, Wishes
from fodfaeste.place.folder import read_plan, read_problem, write_plan, write_problem
from fodfaeste.place.plan import Plan
from fodfaeste.place.plan_folder import fingerprint, goal_facts, goal_of
from fodfaeste.place.problem import NOWHERE

from .proposals import a_certificate


def a_problem(**changed):
    parts = {
        "households": ("h1", "h2", "h3"),
        "places": ("A", "B"),
        "sizes": np.array([[2, 1], [2, 0], [3, 0]]),
        "capacity": np.array([[4, 1], [2, 9]]),
        "dimensions": ("persons", "school children"),
        "outcomes": {"work": np.array([[0.5, 1.0], [1.5, 0.25], [2.0, 2.0]], np.float32)},
        "allowed": np.array([[True, False], [True, True], [True, True]]),
        "groups": {"language": ("Dari", "", "Tigrinya")},
    }
    return Problem(**{**parts, **changed})


def a_plan(problem=None, goal=None, place=(0, 0, NOWHERE)):
    problem, goal = problem or a_problem(), goal or Goal(weights={"work": 2.0})
    reasons = tuple("no_room" if where == NOWHERE else "" for where in place)
    certificate = replace(
        a_certificate(problem),
        value=4.0,
        prices=np.array([[0.5, 0.0], [0.0, -0.25]]),
        unplaced_price=np.inf,
        stopped="interrupted",
    )
    return Plan(problem, goal, np.array(place), reasons, certificate, ("Something to know.",))


def said_of(folder):
    with pytest.raises(BadInput) as error:
        read_plan(folder)
    return str(error.value)


def test_a_plan_is_a_table_and_a_certificate(tmp_path):
    write_problem(a_problem(), tmp_path / "problem")
    write_plan(a_plan(), tmp_path / "plan", source=tmp_path / "problem")
    assert (tmp_path / "plan" / "plan.csv").read_text(encoding="utf-8") == (
        "household,place,value,reason\nh1,A,1.0,\nh2,A,3.0,\nh3,,0.0,no_room\n"
    )
    told = json.loads((tmp_path / "plan" / "certificate.json").read_text(encoding="utf-8"))
    assert told["prices"] == {
        "A": {"persons": 0.5, "school children": 0.0},
        "B": {"persons": 0.0, "school children": -0.25},
    }
    assert {"value", "bound", "gap", "seconds", "method", "stopped", "persons", "persons_placed", "seed"} <= set(told)
    assert told["unplaced_price"] is None
    assert told["value"] == pytest.approx(pl.read_csv(tmp_path / "plan" / "plan.csv")["value"].sum())


def test_a_plan_comes_back_with_its_problem(tmp_path):
    write_problem(a_problem(), tmp_path / "problem")
    plan = a_plan(read_problem(tmp_path / "problem"))
    write_plan(plan, tmp_path / "plans" / "plan", source=tmp_path / "problem")
    assert json.loads((tmp_path / "plans" / "plan" / "plan.json").read_text())["problem"] == "../../problem"
    back = read_plan(tmp_path / "plans" / "plan")
    assert back.where() == plan.where()
    assert back.reasons == plan.reasons
    assert back.goal == plan.goal
    assert back.notes == plan.notes
    assert back.certificate.to_dict() == plan.certificate.to_dict()
    assert back.certificate.unplaced_price == np.inf


def test_a_plan_without_a_folder_of_its_problem_takes_it_along(tmp_path):
    plan = a_plan(a_problem(wishes=Wishes(np.zeros((3, 2), int)), ties=((2,),)))
    write_plan(plan, tmp_path / "plan")
    (tmp_path / "plan").rename(tmp_path / "elsewhere")
    assert read_plan(tmp_path / "elsewhere").where() == plan.where()


def test_a_problem_that_is_gone_or_has_changed_is_told(tmp_path):
    write_problem(a_problem(), tmp_path / "problem")
    write_plan(a_plan(), tmp_path / "plan", source=tmp_path / "problem")
    write_problem(a_problem(capacity=np.array([[4, 2], [2, 9]])), tmp_path / "problem")
    assert "the problem in " in said_of(tmp_path / "plan")
    assert "has changed since it was solved" in said_of(tmp_path / "plan")
    (tmp_path / "problem").rename(tmp_path / "moved")
    assert "expected the problem that the plan is for. Put the problem back there" in said_of(tmp_path / "plan")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("plan.csv", "h2,A,3.0", "h2,B,3.0", "found placements worth 1.5, and 4 in certificate.json"),
        ("plan.csv", "h2,A", "h2,C", "plan.csv, row 3, column place: found 'C', expected a place"),
        ("plan.csv", "h3,,", "h4,,", "plan.csv: found 3 other households, expected the households of the problem"),
        ("plan.csv", "place", "town", "plan.csv, column place: found the columns household, town"),
        ("certificate.json", '"A"', '"C"', "certificate.json: found something else ('A')"),
        ("certificate.json", '"seed"', '"luck"', "certificate.json: found something else"),
        ("certificate.json", "{", "", "certificate.json: found something else"),
        ("plan.json", '"goal"', '"aim"', "plan.json: found something else ('goal')"),
    ],
)
def test_a_plan_that_was_changed_by_hand_is_told(tmp_path, file, old, new, said):
    write_problem(a_problem(), tmp_path / "problem")
    write_plan(a_plan(), tmp_path / "plan", source=tmp_path / "problem")
    path = tmp_path / "plan" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert said in said_of(tmp_path / "plan")


def test_a_folder_that_is_no_plan(tmp_path):
    assert "found no plan.json, expected the folder of a plan" in said_of(tmp_path)


def test_a_new_plan_replaces_all_of_an_earlier_one_and_nothing_else(tmp_path):
    def report(folder):
        (folder / "charts").mkdir()
        (folder / "charts" / "room.svg").write_text("drawn")
        (folder / "report.html").write_text("told")
        return [folder / "report.html", folder / "charts" / "room.svg"]

    write_plan(a_plan(), tmp_path / "plan", also=report)
    (tmp_path / "plan" / "letter.txt").write_text("kept")
    assert {"charts", "report.html", "problem"} <= {path.name for path in (tmp_path / "plan").iterdir()}
    write_problem(a_problem(), tmp_path / "problem")
    write_plan(a_plan(), tmp_path / "plan", source=tmp_path / "problem")
    assert sorted(path.name for path in (tmp_path / "plan").iterdir()) == [
        "certificate.json",
        "letter.txt",
        "plan.csv",
        "plan.json",
    ]


def test_an_interrupt_while_the_report_is_written_leaves_the_earlier_plan(tmp_path):
    write_plan(a_plan(), tmp_path / "plan")
    before = (tmp_path / "plan" / "plan.csv").read_bytes()

    def interrupted(folder):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_plan(a_plan(place=(0, 1, NOWHERE)), tmp_path / "plan", also=interrupted)
    assert (tmp_path / "plan" / "plan.csv").read_bytes() == before
    assert read_plan(tmp_path / "plan").where()["h2"] == "A"


def test_a_goal_comes_back_from_its_facts_through_json():
    goal = Goal(
        weights={"work": 1.0},
        caution=0.5,
        unplaced=0.25,
        wish_tolerance=None,
        short_price=1.0,
        floors=(Floor("language"), Floor("sex", "alone", 0.1)),
        balance=Balance(0.5, (0.5, 0.5), (1, 2)),
        network=Network("language", (1.0, 0.5), 2, {("A", "Dari"): 3}),
    )
    assert goal_of(json.loads(json.dumps(goal_facts(goal)))) == goal
    assert goal_of(json.loads(json.dumps(goal_facts(Goal())))) == Goal()


# Fingerprints


def with_score(household, place, value):
    scores = a_problem().outcomes["work"].copy()
    scores[household, place] = value
    return {"outcomes": {"work": scores}}


@pytest.mark.parametrize(
    "changed",
    [
        {"households": ("h1", "h2", "h4")},
        {"places": ("A", "C")},
        {"dimensions": ("persons", "beds")},
        {"sizes": np.array([[2, 1], [2, 0], [3, 1]])},
        {"capacity": np.array([[4, 1], [2, 8]])},
        {"minimum": np.array([1, 0])},
        {"ties": ((0, 1),)},
        {"locks": np.array([0, -1, -1])},
        {"groups": {"language": ("Dari", "", "Dari")}},
        {"arrival": np.array(["2026-03-02"] * 3, "datetime64[D]")},
        {"wishes": Wishes(np.array([[1, 0], [0, 0], [0, 0]]))},
        {"allowed": None},
        {"sds": {"work": np.ones((3, 2))}},
        with_score(1, 0, 1.25),
        {"outcomes": {"work": LowRank(np.ones((3, 1)), np.ones((2, 1)))}},
    ],
)
def test_whatever_a_problem_says_changes_its_fingerprint(changed):
    assert fingerprint(a_problem(**changed)) != fingerprint(a_problem())


@pytest.mark.parametrize(
    "changed",
    [{}, {"ties": ((1,),)}, {"wishes": Wishes(np.zeros((3, 2), int))}, with_score(0, 1, 9.0), with_score(0, 1, np.nan)],
)
def test_what_says_nothing_does_not(changed):
    assert fingerprint(a_problem(**changed)) == fingerprint(a_problem())
    assert fingerprint(a_problem(allowed=np.ones((3, 2), bool))) == fingerprint(a_problem(allowed=None))
