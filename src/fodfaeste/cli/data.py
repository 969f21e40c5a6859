"""`fodfaeste data`: the published tables of the 2002 report, listed and shown."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fodfaeste.cli._output import say_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from fodfaeste.data.package import Table

app = typer.Typer(help="The published tables of the 2002 report.", no_args_is_help=True)

SHOWN = 20
WIDE = 200

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the tables: name, rows, title."""
    from fodfaeste.data.report2002 import load, names

    tables = [load(name) for name in names()]
    if as_json:
        say_json([_entry(table) for table in tables])
        return
    grid = _grid()
    for heading in ("name", "rows", "title"):
        grid.add_column(heading, justify="right" if heading == "rows" else "left", overflow="fold")
    for table in tables:
        grid.add_row(table.name, str(table.frame.height), table.title)
    _console().print(grid)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A table's name, as `fodfaeste data list` shows it.")],
    rows: Annotated[
        int | None,
        typer.Option(min=0, help=f"How many rows to print.  [default: {SHOWN}, with --json all]", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a table: where it is printed, its columns with their units, its rows."""
    from fodfaeste.data.report2002 import load

    table = load(name)
    if as_json:
        columns = [asdict(column) for column in table.schema.fields]
        kept = [{key: column[key] for key in ("name", "type", "unit", "description")} for column in columns]
        say_json(
            {
                **_entry(table),
                "columns": kept,
                "data": table.frame.head(table.frame.height if rows is None else rows).to_dicts(),
            }
        )
        return
    limit = SHOWN if rows is None else rows
    where = "; ".join(said for said in asdict(table.provenance).values() if said)
    console = _console()
    console.print(table.title, style="bold")
    console.print(f"{table.description}\nPrinted in: {where}\n")
    console.print(_columns(table))
    console.print()
    console.print(_rows(table, limit))
    if (left := table.frame.height - limit) > 0:
        console.print(f"{left} more rows: fodfaeste data show {name} --rows {table.frame.height}")


def _entry(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "provenance": asdict(table.provenance),
        "rows": table.frame.height,
    }


def _columns(table: Table) -> Grid:
    grid = _grid()
    for heading in ("column", "type", "unit", "what it says"):
        grid.add_column(heading, overflow="fold")
    for column in table.schema.fields:
        grid.add_row(column.name, column.type, column.unit, column.description)
    return grid


def _rows(table: Table, limit: int) -> Grid:
    """The cells as they are printed in the report: 20.00 stays 20.00."""
    grid = _grid()
    numbers = {column.name for column in table.schema.fields if column.type in ("integer", "number", "year")}
    for name in table.text.header:
        grid.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for cells in table.text.rows[:limit]:
        grid.add_row(*cells)
    return grid


def _grid() -> Grid:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    return Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")


def _console() -> Console:
    from rich.console import Console

    # What reads a pipe has no width of its own; a wide page keeps each row on one line.
    return Console(width=None if sys.stdout.isatty() else WIDE, markup=False, highlight=False)
