"""Options that several commands of `fodfaeste place` share, read once and the same way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fodfaeste.place import Goal

FIRST = "first"
OFF = "off"

Dir = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the problem: households.csv, places.csv, ...")]
PlanDir = Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a plan, as solve or online wrote it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same plan.", min=0)]
Weights = Annotated[
    list[str] | None,
    typer.Option(
        "--weight", metavar="NAME=NUMBER", help="What an outcome (or wishes) counts; each counts 1 without any."
    ),
]
Unplaced = Annotated[
    str,
    typer.Option(
        metavar="first|NUMBER",
        help="first: as many persons as possible are placed before anything else. A number is taken off per person.",
    ),
]
Floors = Annotated[
    list[str] | None,
    typer.Option(
        "--floor",
        metavar="GROUP[=SHARE]",
        help="No group of this column gets less than by a random plan; SHARE of it may be missing.",
    ),
]
Caution = Annotated[
    float, typer.Option(help="Standard deviations taken off each forecast before it is weighed.", min=0.0)
]
ShortPrice = Annotated[
    float | None,
    typer.Option(help="Taken off per person that a minimum is short of; without it minimums are hard.", min=0.0),
]
WishTolerance = Annotated[
    str,
    typer.Option(
        metavar="SHARE|off",
        help="Share of what wishes could be fulfilled that outcomes may cost; off: wishes count by their weight only.",
    ),
]


def goal_from(
    weights: Sequence[str] | None = None,
    *,
    unplaced: str = FIRST,
    floors: Sequence[str] | None = None,
    caution: float = 0.0,
    short_price: float | None = None,
    wish_tolerance: str = "0.05",
) -> Goal:
    """Make a goal of what the options say.

    Raises
    ------
    typer.BadParameter
        If one of them is written wrongly.
    """
    from fodfaeste.place import Floor, Goal

    tolerance = None if wish_tolerance == OFF else number(wish_tolerance, "--wish-tolerance", f"{OFF} or a share")
    return Goal(
        weights=named_numbers(weights, "--weight") if weights else None,
        caution=caution,
        unplaced="first" if unplaced == FIRST else number(unplaced, "--unplaced-penalty", f"{FIRST} or a number"),
        wish_tolerance=tolerance,
        short_price=short_price,
        floors=tuple(Floor(name, tolerance=share) for name, share in _floors(floors or ()).items()),
    )


def named_numbers(given: Sequence[str], option: str) -> dict[str, float]:
    """Read NAME=NUMBER as often as it is given; a name may itself hold an equals sign."""
    told: dict[str, float] = {}
    for text in given:
        name, equals, figure = text.rpartition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text!r} is not NAME=NUMBER, such as work=1", param_hint=option)
        if name in told:
            raise typer.BadParameter(f"{name!r} is given twice", param_hint=option)
        told[name] = _finite(figure, option, "a number behind the equals sign")
    return told


def number(text: str, option: str, expected: str) -> float:
    """Read a number from 0 upwards."""
    value = _finite(text, option, expected)
    if value < 0:
        raise typer.BadParameter(f"{text!r} is below 0; give {expected}", param_hint=option)
    return value


def _finite(text: str, option: str, expected: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise typer.BadParameter(f"{text!r} is no number; give {expected}", param_hint=option)
    return value


def _floors(given: Sequence[str]) -> dict[str, float]:
    plain = {text: 0.0 for text in given if "=" not in text}
    return {**plain, **named_numbers([text for text in given if "=" in text], "--floor")}
