"""`fodfaeste register`: builds a synthetic register, looks a register through, mends a copy."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import progress, say_json

app = typer.Typer(
    help="Registers of persons, residence and work: build one, check one, mend one.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Source = Annotated[str, typer.Argument(help="A folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://.")]
SHOWN = 20
FOUND = 3
"""The exit code of `check` when something is found that has to be put right."""


class Format(StrEnum):
    """What a register's tables are written as."""

    parquet = "parquet"
    csv = "csv"


@app.command()
def build(
    seed: Annotated[int, typer.Option(help="The same seed gives the same register.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write into.")],
    scale: Annotated[float, typer.Option(help="How many times the size of the report of 2002.", min=0.0)] = 1.0,
    file_format: Annotated[Format, typer.Option("--format", help="What the tables are written as.")] = Format.parquet,
    rule: Annotated[bool, typer.Option(help="Build in the residence rule of 1999 and the moves when it ends.")] = True,
) -> None:
    """Build a synthetic register whose counts are those of the report of 2002. Nobody in it exists."""
    from fodfaeste.data import synthetic

    with progress() as show:
        folder = synthetic.build(
            seed,
            scale,
            out,
            file_format=file_format.value,
            release=rule,
            progress=lambda done, of: show(f"register {done} of {of}", done / of),
        )
    typer.echo(str(folder))


@app.command()
def check(
    source: Source,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write all findings as CSV.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb; local or spark://host:port for Spark.")] = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Look a register through: every row that breaks a rule, with what was found and what to do.

    Exit code 3 if something has to be put right before the register can be measured.
    """
    from fodfaeste.data import register

    with progress() as show:
        findings = register.check(source, engine=engine, progress=show)
    if out is not None:
        findings.table.write_csv(out)
    refused = findings.counts.filter(findings.counts["severity"] == "refuse")
    if as_json:
        say_json({"rows": findings.rows.to_dicts(), "rules": findings.counts.to_dicts(), "ready": refused.is_empty()})
    else:
        for row in findings.rows.iter_rows(named=True):
            typer.echo(
                f"{row['table']}: {row['rows_in']} rows in, {row['rows_used']} used, {row['rows_listed']} listed"
            )
        for row in findings.counts.iter_rows(named=True):
            typer.echo(f"{row['severity']}  {row['rule']}: {row['count']}")
        for row in findings.table.head(SHOWN).iter_rows(named=True):
            typer.echo(f"{row['file']}, row {row['row']}, {row['column']}: {row['found']}; expected {row['expected']}")
    raise typer.Exit(0 if refused.is_empty() else FOUND)


@app.command()
def mend(
    source: Source,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the mended copy and changes.csv.")],
    as_json: AsJson = False,
) -> None:
    """Write a mended copy of a register, with a list of every change. The register itself is not touched."""
    from fodfaeste.data import register

    with progress() as show:
        mended = register.mend(source, out, progress=show)
    if as_json:
        say_json({"folder": str(mended.folder), "changes": mended.counts.to_dicts(), "rows": mended.rows.to_dicts()})
        return
    for row in mended.counts.iter_rows(named=True):
        typer.echo("  ".join(str(value) for value in row.values()))
    typer.echo(f"{mended.folder / 'changes.csv'}: {mended.changes.height} changes")
