"""The audit log: append-only lines of JSON, each holding the hash of the one before, so that no line can be changed.

Beside the log lies `<log>.head` with the number of lines and the last hash, so that lines cut off at the end are
missed as well. Whoever can write both files can write a new history; that is why the last hash belongs into the minutes
of a meeting, or to somebody else, and `verify` takes it.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from fodfaeste import __version__
from fodfaeste.errors import Refused
from fodfaeste.place.audit_chain import FIRST, Entry, Event, entries_of, entry_of, hash_of, head_of, verify, wrong_end
from fodfaeste.place.decide import Decision
from fodfaeste.place.overrides import decision_of
from fodfaeste.place.plan import Plan
from fodfaeste.place.plan_folder import fingerprint, goal_facts, goal_of
from fodfaeste.place.problem import NOWHERE, Goal

# Writing


def append(path: Path, event: Event, facts: Mapping[str, Any], *, by: Sequence[str], at: datetime) -> Entry:
    """Add a line.

    Parameters
    ----------
    path : Path
        The log; it is begun if it is not there.
    event : {"goal", "proposal", "decision", "outcome", "note"}
    facts : mapping
        What JSON can hold.
    by : sequence of str
        The ids of the persons who act.
    at : datetime
        When, with its time zone: the log has no clock of its own.

    Raises
    ------
    Refused
        If nobody is named, the time has no zone, or the log no longer ends as it did.
    """
    who = tuple(one.strip() for one in by)
    if not who or not all(who):
        raise Refused("Nobody is named: each line of the log says who acted. Give an id.")
    if at.tzinfo is None:
        raise Refused("The time has no zone, so nobody can say when it was. Give it with its offset from UTC.")
    with _alone(path) as file:
        entries = list(entries_of(path))
        wrong = wrong_end(path, entries)
        if wrong:
            raise Refused(f"{wrong} Nothing is added to a log that was changed: find out first who did.")
        before = entries[-1].hash if entries else FIRST
        told = {
            "number": len(entries) + 1,
            "at": at.isoformat(),
            "by": list(who),
            "event": event,
            "facts": json.loads(json.dumps(facts)),
            "before": before,
        }
        line = {**told, "hash": hash_of(told)}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        head = {"lines": line["number"], "hash": line["hash"]}
        head_of(path).write_text(json.dumps(head) + "\n", encoding="utf-8")
    return entry_of(line)


def record_proposal(path: Path, plan: Plan, *, by: str, at: datetime) -> Entry:
    """Record a proposal: the hash of its inputs, versions, weights, what is proven, and each household's place.

    Raises
    ------
    Refused
        If the goal is another than the last one agreed: weights and floors are changed with `change_goal`.
    """
    goal = goal_in_force(path)
    if goal is not None and not same_goal(goal, plan.goal):
        raise Refused(
            "The plan was made with another goal than the log has in force. Record the change with two persons first."
        )
    facts = {
        "inputs": fingerprint(plan.problem),
        "versions": _versions(),
        "goal": goal_facts(plan.goal),
        "certificate": {name: value for name, value in plan.certificate.to_dict().items() if name != "prices"},
        "places": dict(plan.where()),
        "reasons": {
            household: reason
            for household, reason, place in zip(plan.problem.households, plan.reasons, plan.place.tolist(), strict=True)
            if place == NOWHERE
        },
    }
    return append(path, "proposal", facts, by=[by], at=at)


def record_decision(path: Path, decision: Decision, *, at: datetime) -> Entry:
    """Record a decision, under the name of the person who made it."""
    return append(path, "decision", asdict(decision), by=[decision.by], at=at)


def change_goal(path: Path, before: Goal | None, after: Goal, *, by: Sequence[str], at: datetime, reason: str) -> Entry:
    """Record a change of the goal; weights and floors need two different persons.

    Parameters
    ----------
    before : Goal or None
        The goal that was in force; None for the first.
    by : sequence of str
        Who agreed.
    reason : str
        Why.

    Raises
    ------
    Refused
        If the weights change or a floor is weakened or switched off and fewer than two different persons agreed; if
        `before` is not what the log has in force; if there is no reason.
    """
    in_force = goal_in_force(path)
    if in_force is not None and (before is None or not same_goal(in_force, before)):
        raise Refused("The goal that is to be changed is not the one in force. Read the log again.")
    if not reason.strip():
        raise Refused("The change says no reason. Write it in words.")
    needs_two = before is not None and weakens(before, after)
    if needs_two and len({one.strip().casefold() for one in by}) < 2:
        raise Refused(f"{needs_two}: that needs two different persons. Name a second who agrees.")
    facts = {"before": None if before is None else goal_facts(before), "after": goal_facts(after), "reason": reason}
    return append(path, "goal", facts, by=by, at=at)


def weakens(before: Goal, after: Goal) -> str:
    """Say in words what of a change needs two persons; empty where nothing does."""
    if before.weights != after.weights:
        return "Weights change"
    kept = {(floor.group, floor.reference): floor for floor in after.floors}
    for floor in before.floors:
        now = kept.get((floor.group, floor.reference))
        if now is None:
            return f"The floor for {floor.group} is switched off"
        if now.tolerance > floor.tolerance:
            return f"The floor for {floor.group} is lowered"
    return ""


def same_goal(one: Goal, other: Goal) -> bool:
    """Say whether two goals want the same."""
    return json.dumps(goal_facts(one), sort_keys=True) == json.dumps(goal_facts(other), sort_keys=True)


# Reading


def read_log(path: Path) -> tuple[Entry, ...]:
    """Read a log that nobody has tampered with.

    Raises
    ------
    Refused
        If `verify` finds anything.
    """
    found = verify(path)
    if found:
        raise Refused("\n".join(str(one) for one in found))
    return tuple(entries_of(path))


def goal_in_force(path: Path) -> Goal | None:
    """Give the goal that the log ended with: the last one agreed, else that of the first proposal; None without any."""
    goal: Goal | None = None
    for entry in read_log(path) if path.exists() else ():
        if entry.event == "goal":
            goal = goal_of(entry.facts["after"])
        elif entry.event == "proposal" and goal is None:
            goal = goal_of(entry.facts["goal"])
    return goal


def decisions_of(path: Path) -> tuple[Decision, ...]:
    """Give the decisions that a log holds, in their order."""
    return tuple(decision_of(entry.facts) for entry in read_log(path) if entry.event == "decision")


def export_csv(path: Path, out: Path) -> None:
    """Write the log as CSV for an ombudsman: a row an entry, its facts as JSON, decisions spelled out.

    Raises
    ------
    Refused
        If the log was tampered with.
    """
    spelled = ("household", "proposed", "kind", "place", "reason_code", "text")
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["number", "at", "by", "event", *spelled, "facts", "hash"])
        for entry in read_log(path):
            cells = [entry.facts.get(name) or "" for name in spelled] if entry.event == "decision" else [""] * 6
            facts = json.dumps(entry.facts, ensure_ascii=False)
            writer.writerow([entry.number, entry.at, "; ".join(entry.by), entry.event, *cells, facts, entry.hash])


@contextmanager
def _alone(path: Path) -> Iterator[IO[str]]:
    """Open the log for appending, so that nobody else appends at the same time."""
    with path.open("a", encoding="utf-8") as file:
        if sys.platform != "win32":  # there, two who write at once are found by `verify`
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    named = ("numpy", "highspy", "scikit-learn")
    return {"fodfaeste": __version__, **{name: version(name) for name in named}}
