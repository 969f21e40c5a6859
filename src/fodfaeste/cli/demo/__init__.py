"""`fodfaeste demo`: the reports and the demonstration country, built and served here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import progress
from fodfaeste.cli.demo import check, country, reports

PORT = 8000
OUT = Path("build/demo")
REPORTS = "rapporter"

Out = Annotated[Path, typer.Option("--out", "-o", help="The folder to build in.")]

app = typer.Typer(no_args_is_help=False, add_completion=False)


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    out: Out = OUT,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help=f"Serve on this port; 0 for any that is free.  [default: {PORT}]", show_default=False
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Check that the pages answer, and stop; on any free port without --port.")
    ] = False,
) -> None:
    """Build the reports and the demonstration country, and serve them with everybody's sign-in printed.

    The reports are those of 2002 and of a synthetic register, and a plan for a year of its arrivals. The country has
    six municipalities with made-up staff and people; one that is there already is kept, with a new password.
    """
    if context.invoked_subcommand is not None:
        return
    chosen = country.free_port(PORT if port is None and not once else port or 0)
    with progress() as show:
        pages = reports.build(out / country.PUBLISHED / REPORTS, show)
    for page in pages:
        typer.echo(f"Report: {page.resolve()}")
    built = country.build(out)
    if once:
        check.check(out, chosen, built, [page.relative_to(out / country.PUBLISHED).as_posix() for page in pages])
        return
    address = f"http://{country.HOST}:{chosen}/"
    typer.echo(f"\nReports: {address}{REPORTS}/")
    typer.echo(country.sign_ins(built, address))
    sys.stdout.flush()
    # In place of this process: Ctrl-C reaches the server, and nothing is left behind.
    os.execve(sys.executable, country.serving(chosen), country.environment(out))


@app.command("build")
def build_country(out: Out = OUT) -> None:
    """Build the demonstration country alone, and print everybody's sign-in."""
    typer.echo(country.sign_ins(country.build(out), f"http://{country.HOST}:{PORT}/"))


@app.command("remove")
def remove_country(out: Out = OUT) -> None:
    """Take the demonstration country away completely, and nothing else."""
    country.remove(out)
