"""What is no error in a problem and still worth a look, found while it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from fodfaeste.measure.result import Note
from fodfaeste.place.folder_tables import some
from fodfaeste.place.problem import Bools, Problem
from fodfaeste.place.scores import Scores, blocks

ROWS = 4096
WRITTEN = ("plan", "decisions")
"""Tables that other commands write beside a problem."""


def of_files(folder: Path, known: Sequence[str], ignored: Sequence[str]) -> tuple[Note, ...]:
    """Name files and columns that nobody reads: they may be misspelt."""
    notes: list[Note] = []
    tables = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet"))
    if unknown := [path.name for path in tables if path.stem not in (*known, *WRITTEN)]:
        text = f"Not read: {some(unknown)}. Tables are called {', '.join(known)}."
        notes.append(Note("unknown_file", text, "warning"))
    if ignored:
        text = f"Columns of places that are not used: {some(ignored)}. Room is called capacity_<dimension>."
        notes.append(Note("ignored_columns", text))
    return tuple(notes)


def of_pairs(problem: Problem, known: Bools | None, ruled: Bools | None, veto: Bools | None) -> tuple[Note, ...]:
    """Say which pairs are ruled out, and why; and who may go nowhere.

    Parameters
    ----------
    known : ndarray of bool, shape (households, places), or None
        Pairs with a forecast.
    ruled : the same
        Pairs that rules and vetoes allow.
    veto : the same
        Pairs that the household refuses.
    """
    notes: list[Note] = []
    households, places = problem.shape
    if not problem.outcomes:
        text = "There are no forecasts: room, rules, ties and wishes alone decide."
        notes.append(Note("no_forecasts", text))
    if known is not None:
        missing = int((~known if ruled is None else ruled & ~known).sum())
        if missing:
            text = f"{missing} of {households * places} pairs have no forecast and are not allowed for that reason."
            notes.append(Note("pairs_without_forecast", text, "warning"))
    if veto is not None:
        who, where = int(veto.any(axis=1).sum()), int(veto.sum())
        text = f"{who} households refuse {where} pairs of household and place; that always holds."
        notes.append(Note("vetoes", text))
    if problem.allowed is not None:
        nowhere = np.flatnonzero(~problem.allowed.any(axis=1))
        if nowhere.size:
            names = some([problem.households[one] for one in nowhere])
            text = f"{nowhere.size} households are allowed at no place and stay unplaced: {names}."
            notes.append(Note("allowed_nowhere", text, "warning"))
    return tuple(notes)


def of_ties(problem: Problem, ties: Sequence[Sequence[int]]) -> tuple[Note, ...]:
    """Name ties of a single household: the name of the tie may be misspelt."""
    alone = [problem.households[tie[0]] for tie in ties if len(tie) == 1]
    if not alone:
        return ()
    return (Note("tie_of_one", f"Tied to nobody: {some(alone)}. The name of the tie may be misspelt.", "warning"),)


def of_room(problem: Problem) -> tuple[Note, ...]:
    """Say where there is less room than households need in all, and who is larger than any place that is allowed."""
    notes: list[Note] = []
    for position, dimension in enumerate(problem.dimensions):
        need, room = int(problem.sizes[:, position].sum()), int(problem.capacity[:, position].sum())
        if need > room:
            text = f"Households need {need} {dimension} and all places together have {room}: some stay unplaced."
            notes.append(Note("short_of_room", text, "warning"))
    large = [problem.households[one] for one in np.flatnonzero(_too_large(problem)).tolist()]
    if large:
        text = f"{len(large)} households are larger than any place allowed to them and stay unplaced: {some(large)}."
        notes.append(Note("too_large", text, "warning"))
    return tuple(notes)


def of_forecasts(problem: Problem, outcomes: Mapping[str, Scores]) -> tuple[Note, ...]:
    """Count forecasts above the number of persons of their household: more cannot be in work than there are.

    An outcome may be something else than a number of persons, so this is no error.
    """
    notes: list[Note] = []
    for name, scores in outcomes.items():
        many = sum(int((values > problem.persons[rows, None]).sum()) for rows, values in blocks(scores))
        if many:
            text = f"{many} forecasts of {name} are above the number of {problem.dimensions[problem.person_dimension]}."
            notes.append(Note("forecast_above_persons", text, "warning"))
    return tuple(notes)


def _too_large(problem: Problem) -> Bools:
    """Mark households that no place allowed to them could hold even if it were empty; not those allowed nowhere."""
    # Households are many and their sizes few: each size is compared with the places once.
    sizes, kind = np.unique(problem.sizes, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    fits = np.stack([(size <= problem.capacity).all(axis=1) for size in sizes])
    if problem.allowed is None:
        too_large = np.logical_not(fits.any(axis=1))
        return np.asarray(too_large[kind])
    large = np.zeros(kind.size, np.bool_)
    for start in range(0, kind.size, ROWS):
        rows = slice(start, start + ROWS)
        may = problem.allowed[rows]
        large[rows] = may.any(axis=1) & ~(may & fits[kind[rows]]).any(axis=1)
    return large
