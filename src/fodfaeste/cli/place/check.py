"""`fodfaeste place check`: looks a problem through before it is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._options import AsJson, Dir
from fodfaeste.errors import Refused

if TYPE_CHECKING:
    from fodfaeste.place.folder import Reading


def check(source: Dir, as_json: AsJson = False) -> None:
    """Look a placement problem through: what it holds, what is odd about it, and which rules cannot all hold.

    Exit code 3 if a file is wrong, 4 if rules contradict each other.
    """
    from fodfaeste.place.conflicts import conflicts
    from fodfaeste.place.folder import read_folder

    reading = read_folder(source)
    found = conflicts(reading.problem)
    facts = facts_of(reading)
    if as_json:
        told = [vars(conflict) for conflict in found]
        notes = [vars(note) for note in reading.notes]
        say_json({**facts, "notes": notes, "conflicts": told, "ready": not found})
    else:
        for name, value in facts.items():
            typer.echo(f"{name}: {_words(value)}")
        for note in reading.notes:
            typer.echo(f"Note: {note.text}")
        for conflict in found:
            typer.echo(f"Conflict: {conflict}")
        typer.echo("Ready to be solved." if not found else f"{len(found)} conflicts: not ready to be solved.")
    raise typer.Exit(Refused.exit_code if found else 0)


def facts_of(reading: Reading) -> dict[str, Any]:
    """Say what a problem holds, in figures."""
    problem = reading.problem
    totals = zip(problem.dimensions, problem.sizes.sum(axis=0), problem.capacity.sum(axis=0), strict=True)
    return {
        "households": problem.shape[0],
        "places": problem.shape[1],
        "dimensions": {name: {"needed": int(need), "room": int(room)} for name, need, room in totals},
        "outcomes": list(problem.outcomes),
        "groups": list(problem.groups),
        "ties": len(problem.ties),
        "locked": int((problem.locks >= 0).sum()),
        "minimums": int(problem.minimum.sum()),
        "wishes": 0 if problem.wishes is None else int(problem.wishes.said.sum()),
    }


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {one['needed']} needed, room for {one['room']}" for name, one in value.items())
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
