"""`fodfaeste place decide`: a person's decision about one household, recorded in the audit log."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._options import AsJson, PlanDir


class Choice(StrEnum):
    """What a person can decide."""

    accept = "accept"
    other_place = "other_place"
    postpone = "postpone"


def decide(
    plan: PlanDir,
    household: Annotated[str, typer.Argument(help="The household's name.")],
    *,
    by: Annotated[str, typer.Option(help="The id of the person who decides.")],
    log: Annotated[Path, typer.Option(help="The audit log.")],
    decision: Annotated[Choice, typer.Option(help="What is decided.")] = Choice.accept,
    place: Annotated[str | None, typer.Option(help="The other place.")] = None,
    reason: Annotated[str, typer.Option(help="The code of the reason, for another decision than proposed.")] = "",
    text: Annotated[str, typer.Option(help="The reason in words.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide about one household: accept the proposal, choose another place, or postpone; recorded in the log."""
    from datetime import UTC, datetime

    from fodfaeste.place.audit_log import decisions_of, record_decision
    from fodfaeste.place.decide import decide as decided
    from fodfaeste.place.folder import read_plan

    earlier = decisions_of(log) if log.exists() else ()
    made = decided(
        read_plan(plan),
        household,
        by=by,
        decision=decision.value,
        place=place,
        reason_code=reason,
        text=text,
        earlier=earlier,
    )
    entry = record_decision(log, made, at=datetime.now(UTC))
    if as_json:
        say_json({**vars(made), "entry": entry.number, "hash": entry.hash})
        return
    where = f"placed at {made.place}" if made.place else "postponed"
    typer.echo(f"{household}: {where} by {made.by}; entry {entry.number} of {log}, hash {entry.hash}.")
    if made.parts_from:
        typer.echo(f"Note: as things stand this parts it from {', '.join(made.parts_from)}, to whom it is tied.")
