"""`fodfaeste place compare`: two plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._options import AsJson
from fodfaeste.cli.report import Language


def compare(
    plan_a: Annotated[Path, typer.Argument(metavar="PLAN_A", help="The folder of a plan.")],
    plan_b: Annotated[Path, typer.Argument(metavar="PLAN_B", help="The folder of another plan.")],
    *,
    lang: Annotated[Language, typer.Option(help="The language.")] = Language.da,
    as_json: AsJson = False,
) -> None:
    """Compare two plans by outcome, wishes, group and place; who changes, and why."""
    from fodfaeste.place.compare import compare as compared
    from fodfaeste.place.folder import read_plan
    from fodfaeste.report.place import comparison_text

    told = compared(read_plan(plan_a), read_plan(plan_b))
    if as_json:
        say_json(told.to_dict())
        return
    typer.echo(comparison_text(told, lang.value))
