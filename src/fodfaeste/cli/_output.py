"""What every command says in the same way: errors, progress, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import typer

from fodfaeste.errors import BadInput, FodfaesteError

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of 1 of the whole is done."""


def say_json(value: Any) -> None:
    """Print a value as JSON; days become text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say_error(error: FodfaesteError, *, as_json: bool) -> None:
    """Print an error to stderr: as one line a problem, or as JSON."""
    if as_json:
        problems = [asdict(problem) for problem in error.problems] if isinstance(error, BadInput) else []
        said = {"kind": type(error).__name__, "exit_code": error.exit_code, "message": str(error), "problems": problems}
        typer.echo(json.dumps({"error": said}, ensure_ascii=False, indent=2), err=True)
        return
    from rich.console import Console
    from rich.text import Text

    # soft_wrap: a path that is cut in two cannot be copied
    Console(stderr=True).print(Text.assemble(("Error: ", "bold red"), str(error)), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on stderr: a bar on a terminal, elsewhere a line for each new thing done."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    shown = TextColumn("{task.description}"), BarColumn(), TextColumn("time left"), TimeRemainingColumn()
    with Bars(*shown, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("", total=1.0)

        def show(doing: str, share: float) -> None:
            bars.update(bar, description=doing, completed=share)

        yield show


def _lines() -> Progress:
    last = ""

    def show(doing: str, share: float) -> None:
        nonlocal last
        if doing != last:
            typer.echo(f"{share:4.0%} {doing}", err=True)
            last = doing

    return show
