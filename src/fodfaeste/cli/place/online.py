"""`fodfaeste place online`: places a year's households as they come, looking ahead to who may still come."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from fodfaeste.cli._output import progress
from fodfaeste.cli.place import _options
from fodfaeste.cli.place._options import AsJson, Dir
from fodfaeste.cli.place.solve import finish
from fodfaeste.cli.report import Language

WEEK: Literal["week"] = "week"


class Order(StrEnum):
    """In what order households come."""

    arrival = "arrival"
    shuffled = "shuffled"


def online(
    source: Dir,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write the plan into.")],
    batch: Annotated[
        str, typer.Option(metavar="week|N", help="Who is decided together: a week's arrivals, or N households.")
    ],
    *,
    arrivals: Annotated[
        Path | None,
        typer.Option(metavar="DIR2", help="Another year's problem, with the same places, to expect arrivals from."),
    ] = None,
    order: Annotated[
        Order, typer.Option(help="By arrival day, then as the file has them; or shuffled, by the seed.")
    ] = Order.arrival,
    weight: _options.Weights = None,
    unplaced_penalty: _options.Unplaced = _options.FIRST,
    caution: _options.Caution = 0.0,
    wish_tolerance: _options.WishTolerance = "0.05",
    seed: _options.Seed = 0,
    lang: Annotated[Language, typer.Option(help="The report's language.")] = Language.da,
    report: Annotated[bool, typer.Option(help="With or without report.html; without is faster in scripts.")] = True,
    as_json: AsJson = False,
) -> None:
    """Place households as they come: no proposal depends on who comes later. A person decides.

    Without --arrivals, who may still come is drawn from who has come so far, and as many persons as there is room for.
    """
    from fodfaeste.place.folder import read_folder, read_problem
    from fodfaeste.place.online import place_online

    goal = _options.goal_from(weight, unplaced=unplaced_penalty, caution=caution, wish_tolerance=wish_tolerance)
    together = _batch(batch)
    reading = read_folder(source)
    earlier = None if arrivals is None else read_problem(arrivals)
    with progress() as show:
        plan = place_online(
            reading.problem, goal, arrivals=earlier, batch=together, order=order.value, seed=seed, progress=show
        )
    plan = replace(plan, notes=(*(note.text for note in reading.notes), *plan.notes))
    finish(plan, out, source, lang=lang.value if report else None, as_json=as_json)


def _batch(text: str) -> Literal["week"] | int:
    if text == WEEK:
        return WEEK
    if not text.isdecimal() or int(text) < 1:
        raise typer.BadParameter(f"{text!r} is neither {WEEK} nor a whole number from 1", param_hint="--batch")
    return int(text)
