"""`fodfaeste report`: writes the report on the 2002 figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import progress, say_json
from fodfaeste.errors import UnknownName

SOURCES = ("dk2002",)


class Language(StrEnum):
    """The languages that a report is written in."""

    da = "da"
    en = "en"


def report(
    source: Annotated[str, typer.Argument(help="What to report on: dk2002, the report of 2002.")] = "dk2002",
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write into.")] = Path("build/report"),
    lang: Annotated[Language, typer.Option(help="The report's language.")] = Language.da,
    as_json: Annotated[bool, typer.Option("--json", help="Print the files written as JSON.")] = False,
) -> None:
    """Write a report: one page (HTML), PDF, XLSX with every table, and the charts as SVG and PNG."""
    if source not in SOURCES:
        raise UnknownName("no report on", source, SOURCES)
    from fodfaeste.report import write

    with progress() as show:
        files = write(out, lang.value, show)
    if as_json:
        say_json({"files": [str(file) for file in files]})
        return
    say_files(files, out)


def say_files(files: Sequence[Path], out: Path) -> None:
    """Name the files in the folder itself, and how many there are in each folder below."""
    for file in files:
        if file.parent == out:
            typer.echo(str(file))
    below = Counter(file.parent for file in files if file.parent != out)
    for folder, many in below.items():
        typer.echo(f"{folder}: {many} {folder.name}")
