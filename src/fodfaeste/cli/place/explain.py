"""`fodfaeste place explain`: why a household is proposed where it is."""

from __future__ import annotations

from typing import Annotated

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._options import AsJson, PlanDir
from fodfaeste.cli.report import Language


def explain(
    plan: PlanDir,
    household: Annotated[str, typer.Argument(help="The household's name.")],
    *,
    lang: Annotated[Language, typer.Option(help="The language.")] = Language.da,
    exact: Annotated[
        bool, typer.Option("--exact", help="Solve again for each place shown, so that what a change costs is known.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say why a household is proposed where it is, what the next best places are, and what would change it."""
    from fodfaeste.place.explain import explain as explained
    from fodfaeste.place.folder import read_plan
    from fodfaeste.report.place import explanation_text

    told = explained(read_plan(plan), household, exact=exact)
    if as_json:
        say_json(told.to_dict())
        return
    typer.echo(explanation_text(told, lang.value))
