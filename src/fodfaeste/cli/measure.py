"""`fodfaeste measure`: writes the report on a register."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import progress, say_json
from fodfaeste.cli.report import Language, say_files


def measure(
    source: Annotated[
        str,
        typer.Argument(help="The register: a folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write into.")] = Path("build/register"),
    *,
    lang: Annotated[Language, typer.Option(help="The report's language.")] = Language.da,
    engine: Annotated[str, typer.Option(help="duckdb; local or spark://host:port for Spark.")] = "duckdb",
    publish: Annotated[
        bool, typer.Option("--publish", help="Hide small counts over the whole report, and attack the result first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the files written as JSON.")] = False,
) -> None:
    """Measure a register: how newcomers are kept and employed, by municipality, with the uncertainty of every figure.

    Writes one page (HTML), PDF, XLSX, the charts, and every table as CSV with a data package. Interrupt it when you
    like: nothing is half-written, and the next run goes on where it was.
    """
    from fodfaeste.report import register

    with progress() as show:
        files = register.write(source, out, [lang.value], engine=engine, publish=publish, progress=show)
    if as_json:
        say_json({"files": [str(file) for file in files]})
        return
    say_files(files, out)
