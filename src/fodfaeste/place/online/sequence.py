"""In what order units come, and which of them come together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from fodfaeste.errors import Refused
from fodfaeste.place.problem import NOWHERE, Ints
from fodfaeste.place.units import Units

Order = Literal["arrival", "shuffled"]


def batches_of(units: Units, batch: Literal["week"] | int, order: Order, rng: np.random.Generator) -> list[Ints]:
    """Cut the units into batches, in the order in which they come.

    A unit of tied households comes when the first of them does. In the order `arrival` households come by their days,
    those of one day, or all where there are no days, in the order of the problem. In the order `shuffled` any
    household may come when any other does; weeks stay as large as they were.

    Parameters
    ----------
    units : Units
    batch : "week" or int
        Units that come in the same week of the calendar (from Monday), or so many at a time.
    order : {"arrival", "shuffled"}
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray of int64
        Units, batch by batch; none is empty.

    Raises
    ------
    Refused
        If weeks are asked for and the problem has no arrival days.
    """
    problem = units.problem
    days = problem.arrival
    if batch == "week" and days is None:
        raise Refused(
            "Batches by week need the day on which each household arrives, and the problem has none. Add the column "
            "arrival to households.csv, or give a number of households at a time."
        )
    line = np.arange(len(problem.households)) if days is None else np.argsort(days, kind="stable")
    first = _first_of_each(units, line)
    turn = rng.permutation(first.size) if order == "shuffled" else np.arange(first.size)
    came = units.unit_of[line[first]][turn]
    if batch == "week":
        weeks = np.asarray(days)[line[first]].astype("datetime64[D]").astype(np.int64) + 3
        starts = np.flatnonzero(np.diff(weeks // 7)) + 1
    else:
        starts = np.arange(int(batch), came.size, int(batch))
    return [part for part in np.split(came, starts) if part.size]


def _first_of_each(units: Units, line: Sequence[int] | Ints) -> Ints:
    """Give the positions in line at which a unit appears for the first time; the locked are no unit."""
    in_line = units.unit_of[line]
    _, first = np.unique(in_line, return_index=True)
    return np.sort(first[in_line[first] != NOWHERE])
