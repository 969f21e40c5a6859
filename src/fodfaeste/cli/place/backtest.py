"""`fodfaeste place backtest`: what past arrivals would have got by another rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.place._evaluated import say_result, write_result
from fodfaeste.cli.place._options import AsJson
from fodfaeste.errors import BadInput, Problem, UnknownName

if TYPE_CHECKING:
    from fodfaeste.place.backtest import History, Policy

HISTORY = "history.csv"
NAMED = ("random", "greedy", "solved", "status_quo")
SHOWN = ("policy", "rows", "estimate", "lower", "upper", "difference", "difference_lower", "difference_upper")


def backtest(
    source: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="A folder with history.csv: household, place, outcome, features.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write tables and backtest.json into.")],
    *,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What to compare with what was done: {', '.join(NAMED)}, or the folder of a plan. "
            "[default: random, greedy and solved]"
        ),
    ] = None,
    outcome: Annotated[str, typer.Option(help="The column that holds what was seen.")] = "outcome",
    feature: Annotated[
        list[str] | None, typer.Option(help="A column that placing may have gone by.  [default: all that are left]")
    ] = None,
    group: Annotated[str | None, typer.Option(help="A column that values and overlap are shown by.")] = None,
    folds: Annotated[int, typer.Option(help="Models are fitted to other households than they judge.", min=2)] = 5,
    level: Annotated[float, typer.Option(help="Of the intervals.", min=0.5, max=0.999)] = 0.95,
    bootstraps: Annotated[int, typer.Option(help="Households drawn again for the intervals.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed tells the same.", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """Estimate what past arrivals would have got by other rules, doubly robust, with the uncertainty.

    Where people like some were hardly ever placed where a rule would send them, nothing is said of it, and why. Columns
    p_<place> in history.csv are logged chances; without them chances are estimated from the features.
    """
    from fodfaeste.place import backtest as rules
    from fodfaeste.tables import as_frame

    asked = policy or ["random", "greedy", "solved"]
    plans = {name: _plan(name) for name in asked if name not in NAMED}
    frame = as_frame(source / HISTORY)
    extra = {place for plan in plans.values() for place in plan.values()}
    history = rules.history_of(frame, outcome=outcome, features=feature, group=group, places=extra)
    policies: dict[str, Policy] = {
        name: _followed(name, plans[name], history) if name in plans else getattr(rules, name) for name in asked
    }
    found = rules.backtest(history, policies, folds=folds, level=level, bootstraps=bootstraps, seed=seed)
    tables = {"policies": found.table, "groups": found.groups, "overlap": found.overlap}
    write_result(out, "backtest", found.to_dict(), tables)
    if as_json:
        say_json(found.to_dict())
        return
    said = f"Seen: {found.observed:.4f} a row, of {len(history.households)} rows."
    say_result(found.table.select(SHOWN), found.notes, said)


def _plan(folder: str) -> dict[str, str]:
    """Read where a plan sends each household that it places."""
    from fodfaeste.tables import as_frame, as_text

    file = Path(folder) / "plan.csv"
    if not file.is_file():
        if not Path(folder).exists():
            raise UnknownName("the policy", folder, NAMED)
        raise BadInput(Problem("no plan.csv", "the folder of a plan", "Name one that solve wrote.", folder))
    frame = as_frame(file)
    pairs = zip(as_text(frame["household"]), as_text(frame["place"]), strict=True)
    return {household: place for household, place in pairs if place is not None}


def _followed(name: str, plan: dict[str, str], history: History) -> list[int]:
    """Say where a plan sends each row of a history."""
    lacking = sorted({household for household in history.households if household not in plan})
    if lacking:
        found = f"no place for {len(lacking)} households of the history, such as {lacking[0]}"
        todo = "Plan for the very households of the history, and place all of them."
        raise BadInput(Problem(found, "a place for each", todo, str(Path(name) / "plan.csv")))
    position = {place: k for k, place in enumerate(history.places)}
    return [position[plan[household]] for household in history.households]
