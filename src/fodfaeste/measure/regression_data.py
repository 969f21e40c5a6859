"""A table of units read for regression: outcome, counts and predictors checked once, what is left out listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.counts import counts
from fodfaeste.measure.diagnostics import LARGEST_VIF, variance_inflation
from fodfaeste.measure.result import Note
from fodfaeste.tables import Data, as_frame, fingerprint, number, source_name

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """What a regression is made on: one row a unit, nothing missing.

    Attributes
    ----------
    unit : tuple of str
        Names.
    outcome : ndarray of float, shape (units,)
        The column, or events / n.
    persons : ndarray of float, shape (units,), or None
        Persons in each unit where counts were given.
    predictors : ndarray of float, shape (units, predictors)
        In the order of `terms`.
    notes : tuple of Note
        Units left out, by name, with the reason.
    given : int
        Units in the table, those left out included.
    data : str
        The fingerprint of the columns used.
    """

    unit: tuple[str, ...]
    outcome: Floats
    persons: Floats | None
    predictors: Floats
    terms: tuple[str, ...]
    notes: tuple[Note, ...]
    given: int
    data: str


def read_units(
    data: Data,
    outcome: str | None,
    predictors: Sequence[str],
    *,
    events: str | None,
    n: str | None,
    unit: str | None,
) -> Units:
    """Read outcome and predictors, one row a unit, and stop at what no regression can be made on.

    Raises
    ------
    UnknownName
        If a column is not there.
    BadInput
        If a cell is no number, a unit comes twice, a column is constant or follows from others, or one unit alone
        decides a coefficient.
    Refused
        If there are too few units for the predictors, or the outcome is the same everywhere.
    """
    terms = _checked_terms(outcome, predictors, events, n)
    frame, file = as_frame(data), source_name(data)
    asked = [*([outcome] if outcome else []), *([events, n] if events and n else []), *terms, *([unit] if unit else [])]
    for name in asked:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    problems: list[Problem] = []
    columns = [_numbers(frame[name], name, file, problems) for name in terms]
    if problems:
        raise BadInput(*problems)
    if events and n:
        people = counts(data, events, n, unit)
        position = {name: k for k, name in enumerate(_names(frame, unit))}
        kept = np.array([position[name] for name in people.unit])
        persons, y, notes = people.n, people.rate, people.notes
    else:
        y = _outcome(frame, str(outcome), unit, file)
        kept, persons, notes = np.arange(frame.height), None, ()
    names = np.array(_names(frame, unit), dtype=object)[kept]
    x = np.column_stack(columns)[kept]
    missing = np.isnan(np.column_stack([y, x]))
    full = ~missing.any(axis=1)
    units = Units(
        tuple(names[full]),
        y[full],
        None if persons is None else persons[full],
        x[full],
        terms,
        (*notes, *_left_out(names, missing, (outcome or events or "", *terms))),
        frame.height,
        fingerprint(frame.select(list(dict.fromkeys(asked)))),
    )
    _refuse_what_has_no_answer(units, file)
    return units


def _checked_terms(
    outcome: str | None, predictors: Sequence[str], events: str | None, n: str | None
) -> tuple[str, ...]:
    if (outcome is None) == (events is None and n is None) or (events is None) != (n is None):
        given = {"outcome": outcome, "events": events, "n": n}
        found = ", ".join(f"{name}={value!r}" for name, value in given.items() if value) or "no outcome"
        raise BadInput(Problem(found, "outcome=, or both events= and n=", "Name the outcome in one of these ways."))
    if isinstance(predictors, str) or not predictors:
        raise BadInput(Problem(f"predictors={predictors!r}", "a list of columns", "Write predictors=['a', 'b']."))
    used = [*predictors, *(name for name in (outcome, events, n) if name)]
    if twice := [name for name, times in Counter(used).items() if times > 1]:
        raise BadInput(Problem(f"{twice[0]!r} twice", "each column once, as outcome or as predictor", "Take one out."))
    return tuple(predictors)


def _names(frame: pl.DataFrame, unit: str | None) -> list[str]:
    return [str(name) for name in frame[unit]] if unit else [str(k + 1) for k in range(frame.height)]


def _outcome(frame: pl.DataFrame, outcome: str, unit: str | None, file: str | None) -> Floats:
    problems: list[Problem] = []
    y = _numbers(frame[outcome], outcome, file, problems)
    first: dict[str, int] = {}
    for k, name in enumerate(_names(frame, unit)):
        if (row := first.setdefault(name.strip().casefold(), k)) != k:
            found = f"{name!r} again (first on row {row + 2}, letter case apart)"
            problems.append(Problem(found, "each unit once", "Keep one row a unit.", file, k + 2, unit))
    if problems:
        raise BadInput(*problems)
    return y


def _numbers(column: pl.Series, name: str, file: str | None, problems: list[Problem]) -> Floats:
    """Read a column of numbers, NaN where a cell is empty; what is no number is added to `problems`."""
    if column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null):
        values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        endless = {int(k): "an infinite number" for k in np.flatnonzero(np.isinf(values))}
    else:
        cells = [str(cell) if cell is not None and str(cell).strip() else None for cell in column]
        read = [np.nan if cell is None else number(cell) for cell in cells]
        endless = {k: value for k, value in enumerate(read) if isinstance(value, str)}
        values = np.array([np.nan if isinstance(value, str) else value for value in read], dtype=np.float64)
    todo = "Turn categories into columns of 0 and 1; leave a cell empty if it is unknown."
    problems += [Problem(found, "a number", todo, file, k + 2, name) for k, found in endless.items()]
    return values


def _left_out(names: NDArray[np.object_], missing: NDArray[np.bool_], columns: Sequence[str]) -> list[Note]:
    rows = np.flatnonzero(missing.any(axis=1))
    if rows.size == 0:
        return []
    told = (
        f"{names[row]} ({', '.join(columns[int(column)] for column in np.flatnonzero(missing[row]))})" for row in rows
    )
    text = f"{rows.size} units are left out for an empty cell: {'; '.join(told)}."
    return [Note("units-left-out", text, "warning")]


def _refuse_what_has_no_answer(units: Units, file: str | None) -> None:
    x, y, k = units.predictors, units.outcome, len(units.terms)
    if y.size == 0:
        raise NotEnoughPeople(
            Problem("no unit without an empty cell", "at least one", "Look for a predictor that is empty.", file)
        )
    # Leaving one unit out has to leave a residual, and a residual its variance.
    if y.size < k + 4:
        raise Refused(
            f"{y.size} units for {k} predictors: with an intercept at least {k + 4} units are needed, and ten units a "
            "predictor to learn from it. Choose fewer predictors, before looking at the outcome."
        )
    spread = np.ptp(x, axis=0)
    if constant := [term for term, range_ in zip(units.terms, spread, strict=True) if range_ == 0]:
        found, todo = f"the same value everywhere in {', '.join(constant)}", "Take such columns out."
        raise BadInput(Problem(found, "predictors that differ between the units used", todo, file))
    if np.ptp(y) <= 1e-12 * np.abs(y).max():
        raise Refused("The outcome is the same in every unit, so there is nothing that predictors could go with.")
    vif = variance_inflation(x)
    if tied := [term for term, value in zip(units.terms, vif, strict=True) if value > LARGEST_VIF]:
        raise BadInput(
            Problem(
                f"the columns {', '.join(tied)}, of which one follows from the others (VIF above {LARGEST_VIF})",
                "predictors that are no sums of each other",
                "Leave one of them out, or add them together: which, is a question of what is asked.",
                file,
            )
        )
    # A unit with leverage 1 is fitted exactly whatever its outcome; without it a coefficient does not exist.
    basis = np.linalg.qr(np.column_stack([np.ones(y.size), (x - x.mean(axis=0)) / spread]))[0]
    if alone := [units.unit[row] for row in np.flatnonzero(np.sum(basis**2, axis=1) > 1 - 1e-9)]:
        raise BadInput(
            Problem(
                f"{', '.join(alone)} alone decides a coefficient: no other unit differs in some predictor",
                "predictors that at least two units differ in",
                "Take the predictor out, or leave the unit out.",
                file,
            )
        )
