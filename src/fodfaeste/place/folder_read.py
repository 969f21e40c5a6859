"""From a folder to a problem: tables joined by name, everything wrong told at once, and what is right but odd noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Note
from fodfaeste.place import folder_notes
from fodfaeste.place.folder_arrays import read_arrays
from fodfaeste.place.folder_cells import days_of, has_columns, names_of, whole_of
from fodfaeste.place.folder_pairs import Forecasts, allowed_of, locks_of, scores_of, ties_of, wishes_of
from fodfaeste.place.folder_tables import LONG, Faults, Sheet, find_tables, read_sheet
from fodfaeste.place.problem import NOWHERE, Ints, Problem

TABLES = ("households", "places", "scores", "allowed", "ties", "locks", "wishes")
NEEDED = ("households", "places")
CAPACITY = "capacity_"
ARRIVAL = ("arrival_date", "arrival", "arrival date")


@dataclass(frozen=True, eq=False)
class Reading:
    """A problem as its folder gave it, and what whoever reads it should know.

    Attributes
    ----------
    problem : Problem
    notes : tuple of Note
        What is no error and still worth a look: pairs without a forecast, households that fit nowhere, columns that
        are not used, and the like.
    """

    problem: Problem
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class _Households:
    names: tuple[str, ...]
    sizes: Ints
    groups: Mapping[str, tuple[str, ...]]
    arrival: Any


@dataclass(frozen=True, eq=False)
class _Places:
    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    capacity: Ints
    minimum: Ints
    ignored: tuple[str, ...]


def read_folder(folder: Path) -> Reading:
    """Read a problem from a folder, with notes.

    Parameters
    ----------
    folder : Path
        Holds `households.csv` and `places.csv`, and may hold `scores`, `allowed`, `ties`, `locks` and `wishes`; each
        as CSV or Parquet. Scores may also be arrays: `scores/<outcome>.npy`, or `.left.npy` and `.right.npy`.
        `docs/reference/placement-folder.md` has every column.

    Raises
    ------
    BadInput
        With the file, row and column of whatever is wrong: all of a file at once, the first 20 spelled out.
    """
    files = find_tables(folder, TABLES)
    faults = Faults()
    for name in NEEDED:
        if name not in files:
            said = (f"a table {name}.csv", "Export it into this folder.")
            faults.add(Fault(f"no {name}.csv", *said, str(folder)))
    faults.stop()
    place_sheet, household_sheet = read_sheet(files["places"]), read_sheet(files["households"])
    places = _places(place_sheet, faults)
    households = _households(household_sheet, places.dimensions, faults)
    # Names that are wrong would make every table behind them wrong as well.
    faults.stop()
    return _joined(folder, files, households, places, faults)


def _joined(
    folder: Path, files: Mapping[str, Path], households: _Households, places: _Places, faults: Faults
) -> Reading:
    shape = len(households.names), len(places.names)
    names = households.names, places.names
    sheets = {
        name: read_sheet(path, long=name in LONG, empty=name != "scores")
        for name, path in files.items()
        if name not in NEEDED
    }
    forecasts = scores_of(sheets["scores"], names, faults) if "scores" in sheets else Forecasts({}, {})
    allowed = allowed_of(sheets["allowed"], names, faults) if "allowed" in sheets else None
    ties = ties_of(sheets["ties"], names[0], faults) if "ties" in sheets else ()
    locks = locks_of(sheets["locks"], names, faults) if "locks" in sheets else np.full(shape[0], NOWHERE)
    wishes, veto = wishes_of(sheets["wishes"], names, faults) if "wishes" in sheets else (None, None)
    arrays = read_arrays(folder, shape, faults, forecasts.outcomes, allowed is not None)
    faults.stop()
    masks = [mask for mask in (arrays.allowed, allowed, None if veto is None else ~veto) if mask is not None]
    ruled = masks[0] if len(masks) == 1 else np.logical_and.reduce(masks) if masks else None
    whole = ruled if forecasts.known is None else forecasts.known if ruled is None else ruled & forecasts.known
    problem = _problem(
        folder,
        households=households.names,
        places=places.names,
        sizes=households.sizes,
        capacity=places.capacity,
        outcomes={**forecasts.outcomes, **arrays.outcomes},
        sds={**forecasts.sds, **arrays.sds},
        dimensions=places.dimensions,
        allowed=None if whole is None or whole.all() else whole,
        minimum=places.minimum,
        ties=tuple(tie for tie in ties if len(tie) > 1),
        locks=locks,
        groups=households.groups,
        arrival=households.arrival,
        wishes=wishes,
    )
    notes = (
        *folder_notes.of_files(folder, TABLES, places.ignored),
        *folder_notes.of_pairs(problem, forecasts.known, ruled, veto),
        *folder_notes.of_ties(problem, ties),
        *folder_notes.of_room(problem),
        *folder_notes.of_forecasts(problem, forecasts.outcomes),
    )
    return Reading(problem, notes)


def _problem(folder: Path, **parts: Any) -> Problem:
    """Make the problem; what it finds wrong can only lie in arrays, so the folder of these is named."""
    try:
        return Problem(**parts)
    except BadInput as error:
        raise BadInput(*(replace(fault, file=f"{folder.name}/scores") for fault in error.problems)) from None


# Households and places


def _households(sheet: Sheet, dimensions: tuple[str, ...], faults: Faults) -> _Households:
    arrivals = [name for name in ARRIVAL if name in sheet.frame.columns]
    if len(arrivals) > 1:
        said = ("one column of arrival days", "Remove the other.")
        faults.add(Fault(f"the columns {' and '.join(arrivals)}", *said, sheet.file))
    if not has_columns(sheet, ["household", *dimensions], faults) or not dimensions:
        return _Households((), np.zeros((0, 0), np.int64), {}, None)
    names = names_of(sheet, "household", faults)
    sizes = [whole_of(sheet, name, faults) for name in dimensions]
    groups = [name for name in sheet.frame.columns if name not in {"household", *dimensions, *arrivals}]
    return _Households(
        names,
        np.stack(sizes, axis=1),
        {name: tuple(sheet.texts(name).fill_null("").to_list()) for name in groups},
        days_of(sheet, arrivals[0], faults) if arrivals else None,
    )


def _places(sheet: Sheet, faults: Faults) -> _Places:
    columns = sheet.frame.columns
    dimensions = tuple(name.removeprefix(CAPACITY) for name in columns if name.startswith(CAPACITY))
    if not dimensions:
        has_columns(sheet, [f"{CAPACITY}persons"], faults)
    if not has_columns(sheet, ["place"], faults) or not dimensions:
        return _Places((), (), np.zeros((0, 0), np.int64), np.zeros(0, np.int64), ())
    names = names_of(sheet, "place", faults)
    capacity = np.stack([whole_of(sheet, f"{CAPACITY}{name}", faults) for name in dimensions], axis=1)
    minimum = np.zeros(len(names), np.int64)
    if "minimum" in columns:
        minimum = whole_of(sheet, "minimum", faults, blank=0)
    used = {"place", "minimum", *(f"{CAPACITY}{name}" for name in dimensions)}
    return _Places(names, dimensions, capacity, minimum, tuple(name for name in columns if name not in used))
