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
from fodfaeste.place.folder_tables import (
    LONG,
    Faults,
    Sheet,
    days_of,
    figures,
    find_tables,
    has_columns,
    names_of,
    numbers_of,
    packed,
    positions_of,
    read_sheet,
    twice_in,
    whole_of,
)
from fodfaeste.place.problem import NOWHERE, Bools, Ints, Problem, Wishes
from fodfaeste.place.scores import Scores

TABLES = ("households", "places", "scores", "allowed", "ties", "locks", "wishes")
NEEDED = ("households", "places")
CAPACITY = "capacity_"
ARRIVAL = ("arrival_date", "arrival", "arrival date")
SD = "_sd"


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


@dataclass(frozen=True, eq=False)
class _Forecasts:
    outcomes: Mapping[str, Scores]
    sds: Mapping[str, Scores]
    known: Bools | None = None
    """Which pairs have a forecast; None: all."""


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
    forecasts = _scores(sheets["scores"], names, faults) if "scores" in sheets else _Forecasts({}, {})
    allowed = _allowed(sheets["allowed"], names, faults) if "allowed" in sheets else None
    ties = _ties(sheets["ties"], names[0], faults) if "ties" in sheets else ()
    locks = _locks(sheets["locks"], names, faults) if "locks" in sheets else np.full(shape[0], NOWHERE)
    wishes, veto = _wishes(sheets["wishes"], names, faults) if "wishes" in sheets else (None, None)
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


# Tables of pairs

Names = tuple[tuple[str, ...], tuple[str, ...]]


def _pairs(sheet: Sheet, names: Names, faults: Faults) -> tuple[Ints, Ints]:
    """Read the household and the place of each row; -1 where one is not known, or the pair stands there twice."""
    household = positions_of(sheet, "household", names[0], "households", faults)
    place = positions_of(sheet, "place", names[1], "places", faults)
    told = (
        lambda row: f"household {names[0][household[row]]} at {names[1][place[row]]} a second time",
        "each pair once",
        "Remove one of the two rows.",
    )
    twice_in(sheet, packed(household, place, len(names[1])), faults, "household", told)
    return household, place


def _scores(sheet: Sheet, names: Names, faults: Faults) -> _Forecasts:
    columns = [name for name in sheet.frame.columns if name not in {"household", "place"}]
    if not columns:
        said = ("a column for each outcome", "Add the forecasts, or remove the file.")
        faults.add(Fault("no outcome", *said, sheet.file))
    if not has_columns(sheet, ["household", "place"], faults):
        return _Forecasts({}, {})
    household, place = _pairs(sheet, names, faults)
    shape = len(names[0]), len(names[1])
    right = (household >= 0) & (place >= 0)
    at = household[right], place[right]
    known = np.zeros(shape, np.bool_)
    known[at] = True
    tables: dict[str, Scores] = {}
    for name in columns:
        values = numbers_of(sheet, name, faults)
        dense = np.zeros(shape, values.dtype)
        dense[at] = values[right]
        tables[name] = dense
    sds = [name for name in columns if name.endswith(SD) and name.removesuffix(SD) in tables]
    for name in sds:
        _tell_negative(sheet, name, faults)
    return _Forecasts(
        {name: table for name, table in tables.items() if name not in sds},
        {name.removesuffix(SD): tables[name] for name in sds},
        None if known.all() else known,
    )


def _tell_negative(sheet: Sheet, column: str, faults: Faults) -> None:
    values = figures(sheet, column)
    said = ("a standard deviation of 0 or more", "Correct it.")
    faults.rows(sheet, np.flatnonzero(values < 0), column, lambda row: f"{values[row]:g}", said)


def _allowed(sheet: Sheet, names: Names, faults: Faults) -> Bools | None:
    if not has_columns(sheet, ["household", "place", "allowed"], faults):
        return None
    household, place = _pairs(sheet, names, faults)
    flag = whole_of(sheet, "allowed", faults, most=1)
    allowed = np.ones((len(names[0]), len(names[1])), np.bool_)
    ruled_out = (household >= 0) & (place >= 0) & (flag == 0)
    allowed[household[ruled_out], place[ruled_out]] = False
    return allowed


def _locks(sheet: Sheet, names: Names, faults: Faults) -> Ints:
    locks = np.full(len(names[0]), NOWHERE)
    if not has_columns(sheet, ["household", "place"], faults):
        return locks
    household = positions_of(sheet, "household", names[0], "households", faults)
    place = positions_of(sheet, "place", names[1], "places", faults)
    said = (
        lambda row: f"household {names[0][household[row]]} a second time",
        "each household at most once",
        "Keep one of its locks.",
    )
    twice_in(sheet, household, faults, "household", said)
    right = (household >= 0) & (place >= 0)
    locks[household[right]] = place[right]
    return locks


def _ties(sheet: Sheet, households: tuple[str, ...], faults: Faults) -> tuple[tuple[int, ...], ...]:
    if not has_columns(sheet, ["tie", "household"], faults):
        return ()
    household = positions_of(sheet, "household", households, "households", faults)
    tie = sheet.texts("tie")
    empty = ("the name of a tie", "Give tied households the same name of a tie, whatever it is.")
    faults.rows(sheet, np.flatnonzero(tie.is_null().to_numpy()), "tie", lambda _row: "an empty cell", empty)
    said = (
        lambda row: f"household {households[household[row]]} a second time",
        "each household in at most one tie",
        "Join the ties that share it into one.",
    )
    twice_in(sheet, household, faults, "household", said)
    members: dict[str, list[int]] = {}
    for name, position in zip(tie.to_list(), household.tolist(), strict=True):
        members.setdefault(name, []).append(position)
    return tuple(tuple(tied) for tied in members.values())


def _wishes(sheet: Sheet, names: Names, faults: Faults) -> tuple[Wishes | None, Bools | None]:
    """Read ranks and vetoes; without any of a kind there is none, rather than an empty one."""
    vetoing = "veto" in sheet.frame.columns
    if not has_columns(sheet, ["household", "place", *([] if vetoing else ["rank"])], faults):
        return None, None
    household, place = _pairs(sheet, names, faults)
    rows = sheet.frame.height
    veto = whole_of(sheet, "veto", faults, most=1, blank=0) == 1 if vetoing else np.zeros(rows, np.bool_)
    ranked = "rank" in sheet.frame.columns
    rank = whole_of(sheet, "rank", faults, blank=0) if ranked else np.zeros(rows, np.int64)
    said = ("a rank from 1, or a veto", "Fill one of the two in.")
    faults.rows(sheet, np.flatnonzero((rank == 0) & ~veto), "rank", lambda _row: "neither a rank nor a veto", said)
    said = ("one of the two", "Ask the household which it meant.")
    faults.rows(sheet, np.flatnonzero((rank > 0) & veto), "rank", lambda row: f"rank {rank[row]} and a veto", said)
    told = (
        lambda row: f"a second place of rank {rank[row]} for household {names[0][household[row]]}",
        "each rank once a household",
        "Ask the household which place it wants more.",
    )
    many = int(rank.max(initial=0)) + 1
    twice_in(sheet, np.where((rank > 0) & (household >= 0), household * many + rank, -1), faults, "rank", told)
    right = (household >= 0) & (place >= 0)
    shape = len(names[0]), len(names[1])
    ranks, vetoes = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    ranks[household[right], place[right]] = rank[right]
    vetoes[household[right], place[right]] = veto[right]
    return Wishes(ranks) if ranks.any() else None, vetoes if vetoes.any() else None
