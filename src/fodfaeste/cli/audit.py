"""`fodfaeste audit`: the printed tables of a package against themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fodfaeste.cli._output import say_json

if TYPE_CHECKING:
    from fodfaeste.data.package import Package
    from fodfaeste.measure.result import Result

REPORT = "dk2002"
WIDE = 160


def audit(
    source: Annotated[str, typer.Argument(help=f"{REPORT} for the report of 2002, or the folder of a data package.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with exit code 1 if anything is found.")] = False,
) -> None:
    """Recompute every derived figure of printed tables and list what does not follow from its own inputs.

    Which columns are derived, and from what, the package's datapackage.json says with `role` and `checks`.
    """
    from fodfaeste.data import roles
    from fodfaeste.measure.printed import check_printed

    package = _package(source)
    result = check_printed(*roles.of(package))
    if as_json:
        say_json(result.to_dict())
    else:
        _print(package, result)
    if strict and result.table.height:
        raise typer.Exit(1)


def _package(source: str) -> Package:
    from fodfaeste.data import report2002
    from fodfaeste.data.package import read

    return report2002.package() if source == REPORT else read(Path(source))


def _print(package: Package, result: Result) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    for (name,), findings in result.table.group_by("table", maintain_order=True):
        table = package.table(str(name))
        place = ", ".join(part for part in (table.provenance.chapter, table.provenance.table) if part)
        grid = Table(
            title=Text(f"{name}: {table.title}" + (f" ({place})" if place else "")),
            title_justify="left",
            show_lines=True,
            expand=True,
        )
        for heading, ratio in (("row", 3), ("column", 3), ("printed", 1), ("recomputed", 1), ("verdict", 2)):
            grid.add_column(heading, ratio=ratio, min_width=len("recomputed"), overflow="fold")
        grid.add_column("explanation", ratio=7, overflow="fold")
        for finding in findings.iter_rows(named=True):
            said = (finding["row"], finding["column"], finding["printed"], _figure(finding["recomputed"]))
            why = f"{finding['explanation']} {finding['suggestion']}"
            grid.add_row(*(Text(cell) for cell in (*said, finding["verdict"], why)))
        console.print(grid)
    for note in result.notes:
        console.print(Text(f"Note: {note.text}"))
    console.print(Text(_summary(result.summary)))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _summary(summary: Any) -> str:
    if not summary["checks"]:
        return "Nothing was checked: the package declares no role and no checks. See docs/reference/audit-roles.md."
    found, checks = summary["findings"], summary["checks"]
    said = "1 finding" if found == 1 else f"{found or 'no'} findings"
    return f"{summary['figures_checked']} figures checked in {checks} checks: {said}."
