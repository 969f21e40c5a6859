"""A plan as a folder: who is proposed where, its certificate, and from which problem it came."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fodfaeste import __version__
from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.folder_cells import has_columns, positions_of
from fodfaeste.place.folder_read import read_folder
from fodfaeste.place.folder_tables import Faults, read_sheet
from fodfaeste.place.folder_write import write_problem
from fodfaeste.place.plan import Certificate, Plan
from fodfaeste.place.problem import NOWHERE, Balance, Floor, Goal, Network, Problem
from fodfaeste.place.scores import LowRank, Scores, blocks, pairs
from fodfaeste.place.units import household_scores
from fodfaeste.place.whole_folder import written_whole

PLAN, CERTIFICATE, ORIGIN = "plan.csv", "certificate.json", "plan.json"
OWN_PROBLEM = "problem"
KEYS = {ORIGIN: ("problem", "fingerprint", "goal", "notes", "files")}
AGREEMENT = 1e-6
"""How far the values of plan.csv may add up to another figure than its certificate, as a share: float32 rounds."""


def write_plan(
    plan: Plan, folder: Path, *, source: Path | None = None, also: Callable[[Path], Iterable[Path]] | None = None
) -> None:
    """Write a plan as a folder, all of it or nothing; an earlier plan there is replaced.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Gets `plan.csv`, `certificate.json` and `plan.json`.
    source : Path, optional
        The folder that the problem was read from; `plan.json` names it. Without one the problem is written into
        `problem/` beside the plan.
    also : function of a folder, optional
        Writes more files of this plan, such as its report, into the folder that it is given, and returns them.
    """
    with written_whole(folder, earlier_plan) as room:
        plan_table(plan).write_csv(room / PLAN)
        _dump(room / CERTIFICATE, certificate_facts(plan))
        if source is None:
            write_problem(plan.problem, room / OWN_PROBLEM, file_format="npy")
        more = [] if also is None else [path.relative_to(room).parts[0] for path in also(room)]
        _dump(
            room / ORIGIN,
            {
                "problem": OWN_PROBLEM if source is None else os.path.relpath(source, folder),
                "fingerprint": fingerprint(plan.problem),
                "goal": goal_facts(plan.goal),
                "notes": list(plan.notes),
                "version": __version__,
                "files": sorted({PLAN, CERTIFICATE, ORIGIN, *([OWN_PROBLEM] if source is None else []), *more}),
            },
        )


def read_plan(folder: Path) -> Plan:
    """Read a plan, and the problem that it came from.

    Raises
    ------
    BadInput
        If a file is missing or was changed by hand, or the problem is gone or no longer the one that was solved.
    """
    origin = _load(folder, ORIGIN)
    home = folder / origin["problem"]
    if not home.is_dir():
        todo = "Put the problem back there, or solve it again."
        raise BadInput(Fault(f"no folder {os.path.relpath(home)}", "the problem that the plan is for", todo, ORIGIN))
    problem = read_folder(home).problem
    if fingerprint(problem) != origin["fingerprint"]:
        found = f"that the problem in {os.path.relpath(home)} has changed since it was solved"
        raise BadInput(Fault(found, "the problem that the plan is for", "Solve it again.", ORIGIN))
    place, reasons = _read_places(folder / PLAN, problem)
    certificate = _certificate(_load(folder, CERTIFICATE), problem)
    plan = Plan(problem, goal_of(origin["goal"]), place, reasons, certificate, tuple(origin["notes"]))
    total = float(values(plan).sum())
    if abs(total - certificate.value) > AGREEMENT * max(1.0, abs(certificate.value)):
        found = f"placements worth {total:g}, and {certificate.value:g} in {CERTIFICATE}"
        todo = "A plan is not changed by hand: lock households in locks.csv, and solve again."
        raise BadInput(Fault(found, "the placements that were solved for", todo, PLAN))
    return plan


def earlier_plan(folder: Path) -> list[Path]:
    """Give the files of a plan that lie in a folder, its report among them."""
    if not (folder / ORIGIN).is_file():
        return []
    return [folder / Path(name).name for name in _load(folder, ORIGIN)["files"]]


def values(plan: Plan) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give the weighted score of each household where it is placed, 0 where it is not; shape (households,)."""
    worth = np.zeros(plan.place.size)
    placed = np.flatnonzero(plan.placed)
    worth[placed] = pairs(household_scores(plan.problem, plan.goal), placed, plan.place[placed])
    return worth


def plan_table(plan: Plan) -> pl.DataFrame:
    """Tabulate a plan: household, place or null, value, reason when unplaced; one row a household."""
    where = plan.where()
    return pl.DataFrame(
        {
            "household": pl.Series(list(where), dtype=pl.String),
            "place": pl.Series(list(where.values()), dtype=pl.String),
            "value": values(plan),
            "reason": pl.Series([reason or None for reason in plan.reasons], dtype=pl.String),
        }
    )


def certificate_facts(plan: Plan) -> dict[str, Any]:
    """Give the certificate as plain values, its prices by the names of places and dimensions."""
    problem = plan.problem
    prices = {
        place: dict(zip(problem.dimensions, row, strict=True))
        for place, row in zip(problem.places, plan.certificate.prices.tolist(), strict=True)
    }
    return {**plan.certificate.to_dict(), "prices": prices}


def fingerprint(problem: Problem) -> str:
    """Give the SHA-256 of everything that a problem says, whatever it was read from; 64 hex digits.

    What says nothing does not count: the score of a pair that is not allowed, a tie of one, wishes of nobody.
    """
    digest = hashlib.sha256()
    for name, part in _parts(problem):
        digest.update(f"{name}\0".encode())
        if isinstance(part, np.ndarray):
            digest.update(f"{part.shape}\0".encode())
            # As double precision, so that it does not matter how exact the file was that held the figures.
            kind = np.float64 if np.issubdtype(part.dtype, np.floating) else part.dtype
            digest.update(np.ascontiguousarray(part, kind).data)
        else:
            digest.update(json.dumps(part, ensure_ascii=False).encode())
    return digest.hexdigest()


def _parts(problem: Problem) -> Iterable[tuple[str, Any]]:
    for name in ("households", "places", "dimensions"):
        yield name, getattr(problem, name)
    yield "ties", [tie for tie in problem.ties if len(tie) > 1]
    for name in ("sizes", "capacity", "minimum", "locks"):
        yield name, getattr(problem, name)
    yield "groups", sorted(problem.groups.items())
    if problem.arrival is not None:
        yield "arrival", problem.arrival.astype("datetime64[D]").astype(np.int64)
    if problem.wishes is not None and problem.wishes.rank.any():
        yield "wishes", problem.wishes.rank
    if problem.allowed is not None and not problem.allowed.all():
        yield "allowed", problem.allowed
    for kind, scores in (("outcome", problem.outcomes), ("sd", problem.sds)):
        for name in sorted(scores):
            yield from _score_parts(f"{kind} {name}", scores[name], problem)


def _score_parts(name: str, scores: Scores, problem: Problem) -> Iterable[tuple[str, Any]]:
    """Give scores block by block; where a pair is not allowed its score says nothing."""
    if isinstance(scores, LowRank):
        yield f"{name} left", scores.left
        yield f"{name} right", scores.right
        return
    for rows, part in blocks(scores):
        yield name, part if problem.allowed is None else np.where(problem.allowed[rows], part, 0)


# Goals


def goal_facts(goal: Goal) -> dict[str, Any]:
    """Give a goal as plain values that JSON can hold."""
    facts = asdict(goal)
    if goal.network is not None:
        stock = [[place, group, persons] for (place, group), persons in goal.network.stock.items()]
        facts["network"]["stock"] = stock
    return facts


def goal_of(facts: Mapping[str, Any]) -> Goal:
    """Make a goal of what `goal_facts` gave, after it went through JSON."""
    told = dict(facts)
    told["floors"] = tuple(Floor(**floor) for floor in told["floors"])
    if told["balance"] is not None:
        told["balance"] = Balance(**{name: _tuple(value) for name, value in told["balance"].items()})
    if told["network"] is not None:
        network = {name: _tuple(value) for name, value in told["network"].items()}
        told["network"] = Network(**{**network, "stock": {(row[0], row[1]): row[2] for row in network["stock"]}})
    return Goal(**told)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# Files


def _read_places(path: Path, problem: Problem) -> tuple[np.ndarray[Any, np.dtype[np.int64]], tuple[Any, ...]]:
    sheet = read_sheet(path)
    faults = Faults()
    if not has_columns(sheet, ["household", "place", "value", "reason"], faults):
        faults.stop()
    named = sheet.texts("household").to_list()
    if named != list(problem.households):
        said = ("the households of the problem, in its order", "Solve it again.")
        raise BadInput(Fault(f"{len(named)} other households", *said, PLAN))
    place = np.full(len(named), NOWHERE)
    filled = np.flatnonzero(sheet.texts("place").is_not_null().to_numpy())
    told = replace(sheet, frame=sheet.frame[filled])
    place[filled] = positions_of(told, "place", problem.places, "places", faults)
    faults.stop()
    return place, tuple(sheet.texts("reason").fill_null("").to_list())


def _certificate(facts: Mapping[str, Any], problem: Problem) -> Certificate:
    told: dict[str, Any] = {name: np.inf if value is None else value for name, value in facts.items()}
    try:
        prices = [[facts["prices"][place][dimension] for dimension in problem.dimensions] for place in problem.places]
        told["prices"] = np.array(prices, np.float64)
        return Certificate(**told)
    except (LookupError, TypeError) as error:
        raise _changed(CERTIFICATE, error) from None


def _load(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        said = (f"the folder of a plan, with {name}", "Name the folder that `fodfaeste place solve -o` wrote.")
        raise BadInput(Fault(f"no {name}", *said, str(folder)))
    try:
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _changed(name, error) from None
    missing = [key for key in KEYS.get(name, ()) if key not in loaded]
    if missing:
        raise _changed(name, KeyError(*missing))
    return loaded


def _changed(file: str, error: Exception) -> BadInput:
    return BadInput(Fault(f"something else ({error})", "what solve wrote", "Solve the problem again.", file))


def _dump(path: Path, facts: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
