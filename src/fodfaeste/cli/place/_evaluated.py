"""Results of evaluations as files and on the screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import polars as pl

    from fodfaeste.measure.result import Note

WIDE = 160


def write_result(out: Path, name: str, told: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> list[Path]:
    """Write a result as `<name>.json` and its tables as CSV into a folder, all or nothing; give the files."""
    from fodfaeste.place.whole_folder import written_whole

    files = [f"{name}.json", *(f"{table}.csv" for table in tables)]
    with written_whole(out, lambda folder: [folder / file for file in files if (folder / file).is_file()]) as room:
        text = json.dumps(told, ensure_ascii=False, indent=2, default=str)
        (room / files[0]).write_text(text + "\n", encoding="utf-8")
        for table, frame in tables.items():
            frame.write_csv(room / f"{table}.csv")
    return [out / file for file in files]


def say_result(frame: pl.DataFrame, notes: Iterable[Note], said: str = "") -> None:
    """Print a table, what stands under it, and the notes."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    grid = Table(box=box.SIMPLE)
    for name, kind in frame.schema.items():
        grid.add_column(name.replace("_", " "), justify="right" if kind.is_numeric() else "left")
    for row in frame.iter_rows():
        grid.add_row(*(Text(_cell(value)) for value in row))
    console.print(grid)
    if said:
        typer.echo(said)
    for note in notes:
        typer.echo(f"Note: {note.text}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
