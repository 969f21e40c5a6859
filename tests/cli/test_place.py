"""`fodfaeste place`: from a folder to a proposal, its reasons, a person's decision and the log of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from fodfaeste.cli import app, main
from fodfaeste.cli.place._options import goal_from
from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.place import Floor, Goal
from fodfaeste.place import solve as really_solve
from fodfaeste.place.plan_folder import read_plan

TABLES = {
    "households": "household,persons,language,arrival_date\nh1,2,Dari,2026-03-02\nh2,3,Arabic,2026-03-03\n"
    "h3,1,Dari,2026-03-09\nh4,4,Tigrinya,2026-03-09\n",
    "places": "place,capacity_persons\nA,4\nB,3\n",
    "scores": "household,place,work,staying\nh1,A,1.5,1\nh1,B,0.5,2\nh2,A,1,1\nh2,B,2,1\nh3,A,0.25,0.5\nh3,B,0.75,0\n"
    "h4,A,0.5,0.5\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "year"
    home.mkdir()
    for name, text in TABLES.items():
        (home / f"{name}.csv").write_text(text, encoding="utf-8")
    return home


def run(*words: object):
    done = CliRunner().invoke(app, ["place", *(str(word) for word in words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def solved(folder: Path, *words: object, name: str = "plan") -> Path:
    out = folder.parent / name
    done = run("solve", folder, "-o", out, "--no-report", *words)
    assert done.exit_code == 0, done.output
    return out


# check


def test_check_says_what_a_problem_holds_and_what_is_odd(folder):
    done = run("check", folder)
    assert done.exit_code == 0
    assert "dimensions: persons: 10 needed, room for 7" in done.output
    assert "outcomes: work, staying" in done.output
    assert "Note: 1 of 8 pairs have no forecast and are not allowed for that reason." in done.output
    assert done.output.endswith("Ready to be solved.\n")


def test_check_as_json(folder):
    told = json.loads(run("check", folder, "--json").stdout)
    assert told["dimensions"] == {"persons": {"needed": 10, "room": 7}}
    assert (told["households"], told["places"], told["ready"], told["conflicts"]) == (4, 2, True, [])
    assert {"code", "text", "severity"} == set(told["notes"][0])


def test_check_names_rules_that_cannot_all_hold_and_leaves_with_4(folder):
    (folder / "locks.csv").write_text("household,place\nh4,B\n", encoding="utf-8")
    (folder / "wishes.csv").write_text("household,place,rank\nh1,A,1\n", encoding="utf-8")
    done = run("check", folder)
    assert done.exit_code == 4
    assert "Conflict: Household h4 is locked to B. B is not allowed for household h4." in done.output
    assert done.output.endswith("2 conflicts: not ready to be solved.\n")
    told = json.loads(run("check", folder, "--json").stdout)
    assert [conflict["kind"] for conflict in told["conflicts"]] == ["lock_not_allowed", "locks_exceed_room"]
    assert (told["ready"], told["wishes"], told["locked"]) == (False, 1, 1)


def test_check_of_files_that_are_wrong_leaves_with_3(folder, capsys):
    (folder / "scores.csv").write_text("household,place,work\nh1,A,x\nh9,A,1\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["place", "check", str(folder)])
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert "scores.csv, row 2, column work: found the text 'x', expected a number." in said
    assert "scores.csv, row 3, column household: found 'h9'" in said


# solve


def test_solve_writes_a_plan_and_says_how_good_it_is(folder):
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out, "--no-report", "--seed", 3)
    assert done.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["certificate.json", "plan.csv", "plan.json"]
    table = pl.read_csv(out / "plan.csv")
    assert table.columns == ["household", "place", "value", "reason"]
    told = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    assert told["value"] == pytest.approx(table["value"].sum())
    assert told["seed"] == 3
    assert f"of {told['persons']} persons." in done.stdout
    assert "Unplaced, no_room: 1 households." in done.stdout
    assert "a sum of forecasts, not an observed effect" in done.stdout
    assert done.stdout.splitlines()[-2:] == [str(out / "plan.csv"), str(out / "certificate.json")]
    assert "gap" in done.stderr


def test_first_places_as_many_persons_as_possible_and_zero_the_plain_weighted_sum(folder):
    (folder / "scores.csv").write_text("household,place,work\nh1,A,3\nh3,A,1\nh4,A,0.5\nh2,B,1\n", encoding="utf-8")
    first = json.loads((solved(folder) / "certificate.json").read_text(encoding="utf-8"))
    plain = json.loads((solved(folder, "--unplaced-penalty", "0") / "certificate.json").read_text(encoding="utf-8"))
    assert (first["persons_placed"], first["value"]) == (7, pytest.approx(1.5))
    assert (plain["persons_placed"], plain["value"]) == (6, pytest.approx(5.0))


def test_weights_decide_what_the_value_is(folder):
    out = solved(folder, "--weight", "work=1", "--weight", "staying=0.5")
    table = {row["household"]: row for row in pl.read_csv(out / "plan.csv").to_dicts()}
    scores = pl.read_csv(folder / "scores.csv")
    for row in table.values():
        if row["place"]:
            pair = scores.filter((pl.col("household") == row["household"]) & (pl.col("place") == row["place"]))
            assert row["value"] == pytest.approx(pair["work"][0] + 0.5 * pair["staying"][0])
    assert read_plan(out).goal.weights == {"work": 1.0, "staying": 0.5}


def test_json_is_the_certificate_and_nothing_else(folder):
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out, "--no-report", "--json")
    assert json.loads(done.stdout) == json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    assert set(json.loads(done.stdout)["prices"]) == {"A", "B"}


def test_a_weight_of_an_outcome_that_is_not_there(folder):
    with pytest.raises(UnknownName, match="the outcome 'wrk'"):
        run("solve", folder, "-o", folder.parent / "plan", "--no-report", "--weight", "wrk=1")
    assert not (folder.parent / "plan").exists()


def test_notes_of_the_folder_are_the_plans_as_well(folder):
    assert any("pairs have no forecast" in note for note in read_plan(solved(folder)).notes)


def test_the_report_is_written_in_danish_unless_another_is_asked_for(folder, monkeypatch):
    asked = []

    def write(plan, out, lang, *, evaluation, progress):
        assert evaluation is None
        progress("pages", 0.5)
        asked.append(lang)
        (out / "report.html").write_text("told", encoding="utf-8")
        return [out / "report.html"]

    monkeypatch.setattr("fodfaeste.report.place.write_plan_report", write)
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out)
    run("solve", folder, "-o", out, "--lang", "en")
    assert asked == ["da", "en"]
    assert done.stdout.splitlines()[-1] == str(out / "report.html")
    assert (out / "report.html").exists()
    solved(folder)
    assert not (out / "report.html").exists(), "the report of another plan"


def test_an_interrupt_writes_the_best_plan_so_far_and_leaves_with_130(folder, monkeypatch):
    def interrupted(problem, goal, *, gap, seed, progress, device):
        progress("outcomes, gap 25.00%", 0.2)
        plan = really_solve(problem, goal, gap=gap, seed=seed)
        return replace(plan, certificate=replace(plan.certificate, stopped="interrupted", gap=0.25))

    monkeypatch.setattr("fodfaeste.place.solve", interrupted)
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out, "--no-report")
    assert done.exit_code == 130
    assert "Interrupted: this is the best plan so far." in done.stderr
    assert "20% outcomes, gap 25.00%" in done.stderr
    assert json.loads((out / "certificate.json").read_text(encoding="utf-8"))["stopped"] == "interrupted"


# options


def test_options_make_the_goal():
    assert goal_from() == Goal()
    whole = goal_from(
        ["work=1", "a=b=0.5"],
        unplaced="2",
        floors=["language", "sex=0.1"],
        caution=1.0,
        short_price=3.0,
        wish_tolerance="off",
    )
    assert whole == Goal(
        weights={"work": 1.0, "a=b": 0.5},
        unplaced=2.0,
        floors=(Floor("language"), Floor("sex", tolerance=0.1)),
        caution=1.0,
        short_price=3.0,
        wish_tolerance=None,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weights": ["work"]}, "'work' is not NAME=NUMBER, such as work=1"),
        ({"weights": ["=1"]}, "'=1' is not NAME=NUMBER"),
        ({"weights": ["work=much"]}, "'much' is no number"),
        ({"weights": ["work=nan"]}, "'nan' is no number"),
        ({"weights": ["work=1", "work=2"]}, "'work' is given twice"),
        ({"unplaced": "second"}, "'second' is no number; give first or a number"),
        ({"unplaced": "-1"}, "'-1' is below 0"),
        ({"wish_tolerance": "none"}, "'none' is no number; give off or a share"),
    ],
)
def test_options_that_are_written_wrongly(given, said):
    with pytest.raises(typer.BadParameter, match=said):
        goal_from(**given)


def test_a_wrong_option_leaves_with_2(folder):
    done = run("solve", folder, "-o", folder.parent / "plan", "--weight", "work")
    assert done.exit_code == 2
    assert "NAME=NUMBER" in done.output


# explain and compare


@pytest.mark.parametrize("lang", ["da", "en"])
def test_explain_works_from_the_folder_of_the_plan_alone(folder, lang):
    plan = solved(folder)
    told = run("explain", plan, "h1", "--lang", lang)
    where = read_plan(plan).where()["h1"]
    assert told.output.startswith("h1")
    assert where in told.output
    assert json.loads(run("explain", plan, "h1", "--json").stdout)["place"] == where


def test_explaining_a_household_that_is_not_there(folder):
    with pytest.raises(UnknownName, match="the household 'h9'"):
        run("explain", solved(folder), "h9")


def test_explaining_when_the_problem_has_changed(folder):
    plan = solved(folder)
    (folder / "places.csv").write_text("place,capacity_persons\nA,5\nB,3\n", encoding="utf-8")
    with pytest.raises(BadInput, match="has changed since it was solved"):
        run("explain", plan, "h1")


def test_compare_says_who_changes(folder):
    work, staying = solved(folder), solved(folder, "--weight", "staying=1", name="other")
    a, b = read_plan(work).where(), read_plan(staying).where()
    told = json.loads(run("compare", work, staying, "--json").stdout)
    assert {row["household"] for row in told["changes"]} == {name for name in a if a[name] != b[name]}
    assert run("compare", work, staying).output.startswith("Plan B")


# decide and log


def test_a_decision_is_recorded_and_the_log_verified_and_exported(folder):
    plan, log = solved(folder), folder.parent / "audit.jsonl"
    where = read_plan(plan).where()
    placed = [name for name, place in where.items() if place]
    done = run("decide", plan, placed[0], "--by", "anna", "--log", log)
    assert f"{placed[0]}: placed at {where[placed[0]]} by anna; entry 1 of" in done.output
    words = ["--decision", "postpone", "--reason", "wish", "--text", "Wants to think it over."]
    told = json.loads(run("decide", plan, placed[1], "--by", "bo", "--log", log, *words, "--json").stdout)
    assert (told["kind"], told["place"], told["entry"]) == ("postpone", None, 2)
    verified = run("log", "verify", log, "--hash", told["hash"])
    assert verified.exit_code == 0
    assert f"2 entries, unbroken; last hash {told['hash']}." in verified.output
    run("log", "export", log, "-o", folder.parent / "audit.csv")
    assert pl.read_csv(folder.parent / "audit.csv")["kind"].to_list() == ["accept", "postpone"]


def test_nobody_decides_twice_about_one_household(folder):
    plan, log = solved(folder), folder.parent / "audit.jsonl"
    name = next(name for name, place in read_plan(plan).where().items() if place)
    run("decide", plan, name, "--by", "anna", "--log", log)
    with pytest.raises(Refused, match="is decided already"):
        run("decide", plan, name, "--by", "bo", "--log", log)


def test_parting_tied_households_is_noted(folder):
    (folder / "ties.csv").write_text("tie,household\nsisters,h1\nsisters,h3\n", encoding="utf-8")
    plan = solved(folder)
    words = ["--decision", "postpone", "--reason", "other", "--text", "Ill."]
    done = run("decide", plan, "h1", "--by", "anna", "--log", folder.parent / "log", *words)
    assert "h1: postponed by anna" in done.output
    assert "Note: as things stand this parts it from h3, to whom it is tied." in done.output


def test_a_log_that_was_changed_leaves_with_4(folder):
    plan, log = solved(folder), folder.parent / "audit.jsonl"
    name = next(name for name, place in read_plan(plan).where().items() if place)
    run("decide", plan, name, "--by", "anna", "--log", log)
    log.write_text(log.read_text(encoding="utf-8").replace("anna", "bo"), encoding="utf-8")
    done = run("log", "verify", log)
    assert done.exit_code == 4
    assert "Line 1 was changed" in done.output
    assert "1 entries, 1 findings." in done.output
    told = json.loads(run("log", "verify", log, "--json").stdout)
    assert told["found"][0]["kind"] == "changed"


def test_verifying_an_empty_log(tmp_path):
    (tmp_path / "log").write_text("")
    assert json.loads(run("log", "verify", tmp_path / "log", "--json").stdout) == {
        "entries": 0,
        "hash": None,
        "found": [],
    }


def test_solve_records_the_proposal_and_other_weights_need_two_persons(folder):
    log = folder.parent / "audit.jsonl"
    with pytest.raises(Refused, match="Nobody is named"):
        run("solve", folder, "-o", folder.parent / "plan", "--no-report", "--log", log)
    assert not (folder.parent / "plan").exists()
    solved(folder, "--log", log, "--by", "anna")
    solved(folder, "--log", log, "--by", "bo")
    with pytest.raises(Refused, match="Weights change: that needs two different persons"):
        run(
            "solve",
            folder,
            "-o",
            folder.parent / "plan",
            "--no-report",
            "--weight",
            "work=1",
            "--log",
            log,
            "--by",
            "bo",
        )
    solved(folder, "--weight", "work=1", "--log", log, "--by", "anna", "--by", "bo")
    events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
    assert events == ["proposal", "proposal", "goal", "proposal"]


def test_every_command_of_place_is_there():
    told = run("--help").output
    for name in (
        "check",
        "solve",
        "explain",
        "compare",
        "online",
        "decide",
        "log",
        "quota",
        "backtest",
        "train",
        "score",
    ):
        assert name in told


# solve --evaluate


def test_an_evaluated_plan_is_compared_with_chance_greed_groups_and_other_weights(folder):
    many = [f"{name}{copy}" for copy in range(3) for name in ("h1", "h2", "h3", "h4")]
    persons = pl.DataFrame({"household": many, "persons": [2, 3, 1, 4] * 3, "language": ["Dari"] * 6 + ["Arabic"] * 6})
    persons.write_csv(folder / "households.csv")
    pl.DataFrame({"place": ["A", "B"], "capacity_persons": [16, 15]}).write_csv(folder / "places.csv")
    work = np.random.Generator(np.random.PCG64(1)).random(24)
    scores = pl.DataFrame(
        {"household": np.repeat(many, 2), "place": ["A", "B"] * 12, "work": work, "staying": work[::-1]}
    )
    scores.with_columns(work_sd=pl.lit(0.1), staying_sd=pl.lit(0.2)).write_csv(folder / "scores.csv")
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out, "--evaluate", "--lang", "en")
    assert done.exit_code == 0, done.output
    page = (out / "report.html").read_text(encoding="utf-8")
    for said in ("random placement", "greedy placement", "by language", "If the forecasts are wrong"):
        assert said.lower() in page.lower(), said


def test_without_standard_deviations_no_gain_is_told(folder):
    out = folder.parent / "plan"
    done = run("solve", folder, "-o", out, "--evaluate", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "greedy placement" not in (out / "report.html").read_text(encoding="utf-8")
