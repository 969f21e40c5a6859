"""Tables that speak of pairs of household and place, and of ties: scores, rules, locks, wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fodfaeste.errors import Problem as Fault
from fodfaeste.place.folder_cells import figures, has_columns, numbers_of, packed, positions_of, twice_in, whole_of
from fodfaeste.place.folder_tables import Faults, Sheet
from fodfaeste.place.problem import NOWHERE, Bools, Ints, Wishes
from fodfaeste.place.scores import Scores

SD = "_sd"


@dataclass(frozen=True, eq=False)
class Forecasts:
    """What a table of scores says.

    Attributes
    ----------
    outcomes, sds : mapping of name to array of shape (households, places)
        0 where there is no row.
    known : ndarray of bool, shape (households, places), or None
        Which pairs have a row; None: all.
    """

    outcomes: Mapping[str, Scores]
    sds: Mapping[str, Scores]
    known: Bools | None = None


Names = tuple[tuple[str, ...], tuple[str, ...]]
"""Of the households and of the places, each in the order of its table."""


def _pairs(sheet: Sheet, names: Names, faults: Faults) -> tuple[Ints, Ints]:
    """Read the household and place of each row, -1 where one is not known; tell pairs that stand there twice."""
    household = positions_of(sheet, "household", names[0], "households", faults)
    place = positions_of(sheet, "place", names[1], "places", faults)
    told = (
        lambda row: f"household {names[0][household[row]]} at {names[1][place[row]]} a second time",
        "each pair once",
        "Remove one of the two rows.",
    )
    twice_in(sheet, packed(household, place, len(names[1])), faults, "household", told)
    return household, place


def scores_of(sheet: Sheet, names: Names, faults: Faults) -> Forecasts:
    """Read forecasts and their standard deviations; pairs without a row are not known."""
    columns = [name for name in sheet.frame.columns if name not in {"household", "place"}]
    if not columns:
        said = ("a column for each outcome", "Add the forecasts, or remove the file.")
        faults.add(Fault("no outcome", *said, sheet.file))
    if not has_columns(sheet, ["household", "place"], faults):
        return Forecasts({}, {})
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
    return Forecasts(
        {name: table for name, table in tables.items() if name not in sds},
        {name.removesuffix(SD): tables[name] for name in sds},
        None if known.all() else known,
    )


def _tell_negative(sheet: Sheet, column: str, faults: Faults) -> None:
    values = figures(sheet, column)
    said = ("a standard deviation of 0 or more", "Correct it.")
    faults.rows(sheet, np.flatnonzero(values < 0), column, lambda row: f"{values[row]:g}", said)


def allowed_of(sheet: Sheet, names: Names, faults: Faults) -> Bools | None:
    """Read the rule of each pair; None where the table lacks a column."""
    if not has_columns(sheet, ["household", "place", "allowed"], faults):
        return None
    household, place = _pairs(sheet, names, faults)
    flag = whole_of(sheet, "allowed", faults, most=1)
    allowed = np.ones((len(names[0]), len(names[1])), np.bool_)
    ruled_out = (household >= 0) & (place >= 0) & (flag == 0)
    allowed[household[ruled_out], place[ruled_out]] = False
    return allowed


def locks_of(sheet: Sheet, names: Names, faults: Faults) -> Ints:
    """Read each household's lock."""
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


def ties_of(sheet: Sheet, households: tuple[str, ...], faults: Faults) -> tuple[tuple[int, ...], ...]:
    """Read ties in the order in which their names come, those of one household among them."""
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


def wishes_of(sheet: Sheet, names: Names, faults: Faults) -> tuple[Wishes | None, Bools | None]:
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
