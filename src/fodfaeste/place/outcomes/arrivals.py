"""Arriving households: reading who comes, with whom, and how much room they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.outcomes.attributes import refuse_forbidden
from fodfaeste.place.outcomes.model import Model
from fodfaeste.place.outcomes.rows import BOUND, HOUSEHOLD_FEATURES

Ints = NDArray[np.int64]

CAPACITY = "capacity_"
"""Columns of places with their room, one a dimension."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Arriving households, as scoring needs them.

    Attributes
    ----------
    people : polars.DataFrame
        A row a person: `household`, `adult`, `to_work`, and the features.
    households : tuple of str
        In the order of their first row.
    of : ndarray of int, shape (people,)
        Position of each person's household.
    """

    people: pl.DataFrame
    households: tuple[str, ...]
    of: Ints

    @property
    def sizes(self) -> Ints:
        """Persons of each household."""
        return np.bincount(self.of, minlength=len(self.households))


def read_arrivals(model: Model, people: pl.DataFrame, file: str | None = None) -> Arrivals:
    """Check arriving persons and give them the features of their household."""
    refuse_forbidden(people.columns, model.rules, file=file)
    own = [one for one in model.person_features if one not in (*HOUSEHOLD_FEATURES, BOUND)]
    problems = [
        Fault(f"no column {name}", f"the columns household, adult, {', '.join(own)}", "Add it.", file, None, name)
        for name in ("household", "adult", *own)
        if name not in people.columns
    ]
    if problems:
        raise BadInput(*problems)
    if people.is_empty():
        raise BadInput(Fault("nobody", "at least one person", "Fill the table in.", file))
    adult = _yes(people, "adult", file)
    working = _yes(people, "to_work", file) & adult if "to_work" in people.columns else adult
    names = people["household"].cast(pl.String)
    if names.null_count():
        row = int(np.flatnonzero(names.is_null().to_numpy())[0]) + 2
        raise BadInput(Fault("an empty cell", "a household", "Say with whom the person comes.", file, row, "household"))
    households = tuple(names.unique(maintain_order=True))
    number = {name: position for position, name in enumerate(households)}
    of = np.array([number[name] for name in names], np.int64)
    adults = np.bincount(of[adult], minlength=len(households))
    members = np.bincount(of, minlength=len(households))
    bound = np.full(people.height, int(model.rule_from is not None))
    if "arrival" in people.columns and model.rule_from is not None:
        bound = (days(people, file) >= model.rule_from).fill_null(True).to_numpy().astype(int)
    frame = people.with_columns(
        pl.Series("adult", adult),
        pl.Series("to_work", working),
        pl.Series("adults", np.maximum(adults, 1)[of]),
        pl.Series("children", (members - adults)[of]),
        pl.Series(BOUND, bound),
    )
    return Arrivals(frame, households, of)


def _yes(people: pl.DataFrame, name: str, file: str | None) -> NDArray[np.bool_]:
    said = people[name]
    as_number = said.cast(pl.Float64, strict=False)
    wrong = ~as_number.is_in([0.0, 1.0]).fill_null(False)
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise BadInput(Fault(repr(said[row]), "1 or 0", "Correct it.", file, row + 2, name))
    return np.asarray(as_number.to_numpy() == 1.0)


def days(people: pl.DataFrame, file: str | None) -> pl.Series:
    """Read the column `arrival` as days."""
    said = people["arrival"]
    days = said.str.to_date(strict=False) if said.dtype == pl.String else said.cast(pl.Date)
    if (wrong := days.is_null() & said.is_not_null()).any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise BadInput(Fault(repr(said[row]), "a day as YYYY-MM-DD", "Correct it.", file, row + 2, "arrival"))
    return days


def first_adults(arrivals: Arrivals) -> Ints:
    """Give the row of each household's first adult, or of its first person."""
    order = np.lexsort((np.arange(arrivals.of.size), ~arrivals.people["adult"].to_numpy(), arrivals.of))
    return np.asarray(order[np.r_[True, np.diff(arrivals.of[order]) > 0]])


def sizes(arrivals: Arrivals, people: pl.DataFrame, dimension: str) -> Ints:
    """Say how much of a dimension each household takes."""
    if dimension == "persons":
        return arrivals.sizes
    if dimension not in people.columns:
        todo = f"Say how much of it each person takes, or drop {CAPACITY}{dimension}."
        raise BadInput(Fault(f"no column {dimension}", "a column for each capacity", todo, "people", 1, dimension))
    taken = people[dimension].cast(pl.Float64).fill_null(0).to_numpy()
    return np.bincount(arrivals.of, taken, len(arrivals.households)).astype(np.int64)
