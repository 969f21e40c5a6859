"""The audit log: what is written stays written, whoever tampers with it is found, and two decide where two have to."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place.audit_chain import entries_of, hash_of, verify
from fodfaeste.place.audit_log import (
    append,
    change_goal,
    decisions_of,
    export_csv,
    goal_in_force,
    read_log,
    record_decision,
    record_proposal,
    same_goal,
    weakens,
)
from fodfaeste.place.decide import decide
from fodfaeste.place.plan_folder import fingerprint
from fodfaeste.place.problem import Balance, Floor, Goal, Network

from .proposals import WHY, a_plan

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "audit.jsonl"
    for number in range(1, 6):
        append(path, "note", {"text": f"number {number} \u2028 æ"}, by=["anna"], at=NOON + timedelta(hours=number))
    return path


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def put(path, lines):
    path.write_text("".join(lines), encoding="utf-8")


def kinds(path, **more):
    return [(one.line, one.kind) for one in verify(path, **more)]


def test_an_untouched_log_is_whole(log):
    assert verify(log) == ()
    assert [entry.number for entry in read_log(log)] == [1, 2, 3, 4, 5]
    assert read_log(log)[0].at == "2026-03-02T13:00:00+00:00"


def test_each_line_holds_the_hash_of_the_one_before(log):
    entries = list(entries_of(log))
    assert [entry.before for entry in entries] == ["0" * 64, *(entry.hash for entry in entries[:-1])]


# Tampering


def json_lines(path):
    return [json.loads(line) for line in path.read_bytes().decode().removesuffix("\n").split("\n")]


def write_json(path, lines):
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("field", ["facts", "by", "at", "event"])
def test_a_line_that_was_changed_is_named(log, at, field):
    lines = json_lines(log)
    lines[at][field] = {"facts": {"text": "nothing"}, "by": ["bo"], "at": "2020-01-01", "event": "goal"}[field]
    write_json(log, lines)
    assert kinds(log) == [(at + 1, "changed")]
    assert f"Line {at + 1} was changed" in str(verify(log)[0])


@pytest.mark.parametrize("at", range(5))
def test_a_line_that_was_replaced_with_a_hash_that_fits_it_is_found(log, at):
    lines = json_lines(log)
    told = {**lines[at], "facts": {"text": "nothing"}}
    del told["hash"]
    lines[at] = {**told, "hash": hash_of(told)}
    write_json(log, lines)
    assert kinds(log) == [(at + 2, "changed")] if at < 4 else [(5, "head")]


@pytest.mark.parametrize("at", range(5))
def test_a_line_that_was_removed_is_named(log, at):
    lines = json_lines(log)
    del lines[at]
    write_json(log, lines)
    found = [str(one) for one in verify(log)]
    assert (f"Entry {at + 1} is missing before line {at + 1}." in found) == (at < 4)
    assert found[-1] == "1 entry is missing: audit.jsonl.head counts 5."


def test_several_lines_that_were_removed_are_named(log):
    lines = json_lines(log)
    write_json(log, [lines[0], lines[4]])
    assert str(verify(log)[0]) == "Entries 2 to 4 are missing before line 2."
    assert str(verify(log)[1]) == "3 entries are missing: audit.jsonl.head counts 5."


def test_lines_that_changed_places_are_named(log):
    lines = json_lines(log)
    write_json(log, [lines[0], lines[2], lines[1], lines[3], lines[4]])
    found = [str(one) for one in verify(log)]
    assert "Line 2 is entry 3 and stands behind entry 1." in found
    assert "Line 3 is entry 2 and stands behind entry 3." in found


def test_a_line_that_stands_there_twice_is_named(log):
    lines = json_lines(log)
    write_json(log, [*lines[:2], lines[1], *lines[2:]])
    found = [str(one) for one in verify(log)]
    assert found[0] == "Line 3 is entry 2 and stands behind entry 2."
    assert found[-1] == "1 entries were added in another way than by the log: audit.jsonl.head counts 5."


@pytest.mark.parametrize("text", ["nothing", "", '{"number": 3}', "[]", "3", '{"by": 1}'])
def test_a_line_that_is_none_is_named(log, text):
    lines = log.read_bytes().decode().split("\n")
    lines[2] = text
    log.write_bytes("\n".join(lines).encode())
    assert kinds(log)[0] == (3, "unreadable")


def test_numbers_that_are_none_and_bytes_that_are_no_text(log):
    lines = json_lines(log)
    lines[1]["number"] = "two"
    write_json(log, lines)
    assert kinds(log)[0] == (2, "unreadable")
    log.write_bytes(b"\xff" + log.read_bytes())
    assert kinds(log)[0] == (1, "unreadable")


def test_a_new_history_is_found_by_a_hash_that_was_noted_elsewhere(log):
    noted = read_log(log)[2].hash
    assert verify(log, last_hash=noted) == ()
    log.unlink()
    log.with_name("audit.jsonl.head").unlink()
    append(log, "note", {"text": "nothing ever happened"}, by=["bo"], at=NOON)
    assert verify(log) == ()
    assert "The hash that was noted is of no line" in str(verify(log, last_hash=noted)[0])


@pytest.mark.parametrize(
    ("head", "said"),
    [(None, "audit.jsonl.head is missing."), ("{", "audit.jsonl.head cannot be read."), ("{}", "cannot be read.")],
)
def test_the_head_cannot_be_taken_away_or_broken(log, head, said):
    path = log.with_name("audit.jsonl.head")
    path.unlink()
    if head is not None:
        path.write_text(head)
    assert said in str(verify(log)[0])


def test_nothing_is_added_to_a_log_that_was_cut_off(log):
    write_json(log, json_lines(log)[:3])
    with pytest.raises(Refused, match="2 entries are missing"):
        append(log, "note", {}, by=["anna"], at=NOON)
    with pytest.raises(Refused, match="2 entries are missing"):
        read_log(log)


def test_an_empty_log_is_whole_and_a_log_that_is_not_there_is_an_error(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    assert verify(tmp_path / "empty.jsonl") == ()
    with pytest.raises(BadInput, match="found no such file, expected an audit log"):
        verify(tmp_path / "none.jsonl")


# Who and when


def test_each_line_has_a_person_and_a_time_with_its_zone(tmp_path):
    with pytest.raises(Refused, match="Nobody is named"):
        append(tmp_path / "log", "note", {}, by=[], at=NOON)
    with pytest.raises(Refused, match="Nobody is named"):
        append(tmp_path / "log", "note", {}, by=["anna", " "], at=NOON)
    with pytest.raises(Refused, match="The time has no zone"):
        append(tmp_path / "log", "note", {}, by=["anna"], at=NOON.replace(tzinfo=None))
    assert not (tmp_path / "log").exists()


# What is recorded


def test_a_proposal_is_recorded_with_inputs_versions_weights_and_gap(tmp_path):
    plan = a_plan()
    facts = record_proposal(tmp_path / "log", plan, by="anna", at=NOON).facts
    assert facts["inputs"] == fingerprint(plan.problem)
    assert set(facts["versions"]) == {"fodfaeste", "numpy", "highspy", "scikit-learn"}
    assert facts["goal"]["weights"] is None
    assert (facts["certificate"]["gap"], facts["certificate"]["seed"]) == (0.0, 0)
    assert facts["places"] == {"h1": "A", "h2": "A", "h3": "B", "h4": None}
    assert facts["reasons"] == {"h4": "no_room"}


def test_decisions_come_back_from_the_log_as_they_were_made(tmp_path):
    log, plan = tmp_path / "log", a_plan(ties=((0, 1),))
    record_proposal(log, plan, by="anna", at=NOON)
    first = decide(plan, "h1", by="anna", decision="other_place", place="B", **WHY)
    record_decision(log, first, at=NOON)
    second = decide(plan, "h3", by="bo", earlier=decisions_of(log))
    entry = record_decision(log, second, at=NOON)
    assert decisions_of(log) == (first, second)
    assert (entry.number, entry.by) == (3, ("bo",))


def test_the_log_is_exported_for_an_ombudsman(tmp_path):
    log, plan = tmp_path / "log", a_plan()
    record_proposal(log, plan, by="anna", at=NOON)
    record_decision(log, decide(plan, "h1", by="anna", decision="postpone", **WHY), at=NOON)
    export_csv(log, tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["event"] for row in rows] == ["proposal", "decision"]
    assert (rows[1]["household"], rows[1]["kind"], rows[1]["place"]) == ("h1", "postpone", "")
    assert (rows[1]["reason_code"], rows[1]["text"]) == ("housing", WHY["text"])
    assert json.loads(rows[0]["facts"])["places"]["h1"] == "A"
    write_json(log, json_lines(log)[:1])
    with pytest.raises(Refused):
        export_csv(log, tmp_path / "log.csv")


# Two persons

WORK = Goal(weights={"work": 1.0}, floors=(Floor("language"), Floor("sex", tolerance=0.1)))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(WORK, weights={"work": 1.0, "staying": 0.5}), "Weights change"),
        (replace(WORK, weights=None), "Weights change"),
        (replace(WORK, floors=WORK.floors[1:]), "The floor for language is switched off"),
        (replace(WORK, floors=(Floor("language", "alone"), WORK.floors[1])), "The floor for language is switched off"),
        (replace(WORK, floors=(WORK.floors[0], Floor("sex", tolerance=0.2))), "The floor for sex is lowered"),
    ],
)
def test_weights_and_floors_are_changed_by_two_persons(tmp_path, after, said):
    assert weakens(WORK, after) == said
    for alone in (["anna"], ["anna", "anna"], ["anna", " Anna "]):
        with pytest.raises(Refused, match=f"{said}: that needs two different persons"):
            change_goal(tmp_path / "log", WORK, after, by=alone, at=NOON, reason="new agreement")
    entry = change_goal(tmp_path / "log", WORK, after, by=["anna", "bo"], at=NOON, reason="new agreement")
    assert entry.by == ("anna", "bo")
    assert same_goal(goal_in_force(tmp_path / "log"), after)


@pytest.mark.parametrize("after", [replace(WORK, caution=1.0), replace(WORK, floors=(*WORK.floors, Floor("age")))])
def test_what_weakens_nothing_one_person_may_change(tmp_path, after):
    change_goal(tmp_path / "log", WORK, after, by=["anna"], at=NOON, reason="more care")
    assert same_goal(goal_in_force(tmp_path / "log"), after)


def test_the_first_goal_needs_one_person_and_every_change_a_reason(tmp_path):
    log = tmp_path / "log"
    assert goal_in_force(log) is None
    change_goal(log, None, WORK, by=["anna"], at=NOON, reason="agreed in the council")
    with pytest.raises(Refused, match="The change says no reason"):
        change_goal(log, WORK, replace(WORK, caution=1.0), by=["anna"], at=NOON, reason=" ")


@pytest.mark.parametrize("before", [None, replace(WORK, caution=2.0)])
def test_a_change_starts_from_the_goal_in_force(tmp_path, before):
    log = tmp_path / "log"
    change_goal(log, None, WORK, by=["anna"], at=NOON, reason="agreed")
    with pytest.raises(Refused, match="is not the one in force"):
        change_goal(log, before, replace(WORK, weights=None), by=["anna", "bo"], at=NOON, reason="another")


def test_a_proposal_by_another_goal_than_the_one_in_force_is_not_recorded(tmp_path):
    log, plan = tmp_path / "log", a_plan()
    record_proposal(log, plan, by="anna", at=NOON)
    other = replace(plan, goal=Goal(weights={}))
    with pytest.raises(Refused, match="made with another goal than the log has in force"):
        record_proposal(log, other, by="anna", at=NOON)
    change_goal(log, plan.goal, other.goal, by=["anna", "bo"], at=NOON, reason="agreed")
    assert record_proposal(log, other, by="anna", at=NOON).number == 3


def test_every_part_of_a_goal_comes_back_from_the_log(tmp_path):
    whole = replace(
        WORK,
        balance=Balance(0.5, (0.4, 0.6), (1, 2)),
        network=Network("language", (1.0, 0.5), 2, {("A", "Dari"): 3}),
        unplaced=0.5,
        wish_tolerance=None,
        short_price=2.0,
    )
    change_goal(tmp_path / "log", None, whole, by=["anna"], at=NOON, reason="agreed")
    assert goal_in_force(tmp_path / "log") == whole
