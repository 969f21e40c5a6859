"""`fodfaeste place log`: the audit log verified and exported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._options import AsJson
from fodfaeste.errors import Refused

app = typer.Typer(help="The audit log of proposals and decisions: verify it, export it.", no_args_is_help=True)

Log = Annotated[Path, typer.Argument(metavar="LOG", help="The audit log.")]


@app.command()
def verify(
    log: Log,
    last: Annotated[str | None, typer.Option("--hash", help="A hash that was noted elsewhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find every line that was changed, removed or moved. Exit code 4 if there is one."""
    from fodfaeste.place.audit_chain import entries_of
    from fodfaeste.place.audit_chain import verify as verified

    found = verified(log, last_hash=last)
    entries = list(entries_of(log))
    end = entries[-1].hash if entries else None
    if as_json:
        say_json({"entries": len(entries), "hash": end, "found": [vars(one) for one in found]})
    else:
        for one in found:
            typer.echo(str(one))
        result = f"{len(found)} findings." if found else f"unbroken; last hash {end}."
        typer.echo(f"{len(entries)} entries, {result}")
    raise typer.Exit(Refused.exit_code if found else 0)


@app.command()
def export(log: Log, out: Annotated[Path, typer.Option("--out", "-o", help="The CSV file to write.")]) -> None:
    """Write the log as CSV, a row an entry, for an ombudsman or the person concerned."""
    from fodfaeste.place.audit_log import export_csv

    export_csv(log, out)
    typer.echo(str(out))
