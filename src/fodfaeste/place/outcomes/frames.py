"""What outcome models learn from: a register's frames, and outcomes by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName

What = Literal["work", "self_support", "work_or_education", "staying"]

WORKING: dict[str, tuple[str, ...]] = {
    "work": ("employee", "self_employed", "subsidised"),
    "self_support": ("employee", "self_employed"),
    "work_or_education": ("employee", "self_employed", "subsidised", "education"),
}
"""Kinds of employment spell that count. `self_support`: work without subsidy; our registers have no benefits."""

NAME = re.compile(r"^(work|self_support|work_or_education|staying)_([1-9]\d*)$")
EXAMPLES = ("work_12", "work_24", "staying_12", "staying_36", "staying_48", "self_support_24", "work_or_education_24")

ADULT, OLDEST_AT_WORK = 18, 64
"""Ages on the day of arrival: who is an adult, and until when work is an outcome."""


@dataclass(frozen=True)
class Outcome:
    """Something that is true or not of an adult, some months after a day.

    name : str
    what : {"work", "self_support", "work_or_education", "staying"}
    months : int
        After arrival; for `staying`, after the moment of free choice: arrival, or the end of the residence rule for
        whom it binds.
    """

    name: str
    what: What
    months: int


def outcome(name: str) -> Outcome:
    """Read an outcome's name: `work_24`, `staying_36`, `self_support_12` ...

    Raises
    ------
    UnknownName
        If it is no such name.
    """
    found = NAME.match(name)
    if found is None:
        raise UnknownName("the outcome", name, EXAMPLES)
    return Outcome(name, found[1], int(found[2]))  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Frames:
    """A register's tables in memory, with what the register says of itself.

    Attributes
    ----------
    persons, residence_spells, employment_spells, municipalities : polars.DataFrame
        With the columns of a register; municipality codes of one vintage, so that no merger looks like a move.
    observed_until : date
        The last day that the register knows.
    municipality_indicators : polars.DataFrame or None
        code, year, and any columns of numbers; each becomes a feature of the place.
    rule_from : date or None
        Who arrives from this day on is bound by the residence rule.
    rule_months : int
    watched_from : date or None
        First day from which arrivals are seen whole. None: the first day on which any spell of residence ends, because
        whoever arrived earlier is in the register only for having stayed.
    title : str
    """

    persons: pl.DataFrame
    residence_spells: pl.DataFrame
    employment_spells: pl.DataFrame
    municipalities: pl.DataFrame
    observed_until: date
    municipality_indicators: pl.DataFrame | None = None
    rule_from: date | None = None
    rule_months: int = 36
    watched_from: date | None = None
    title: str = "Register"

    def __post_init__(self) -> None:
        needed = {
            "persons": ("person", "birth_date"),
            "residence_spells": ("person", "municipality", "start", "end", "end_reason"),
            "employment_spells": ("person", "start", "end", "kind"),
            "municipalities": ("code", "kind"),
        }
        problems = [
            Problem(f"no column {column}", f"the columns {', '.join(columns)}", "Add it.", table, None, column)
            for table, columns in needed.items()
            for column in columns
            if column not in getattr(self, table).columns
        ]
        if problems:
            raise BadInput(*problems)
        if self.residence_spells.is_empty():
            raise BadInput(Problem("no spell of residence", "at least one", "Export the table.", "residence_spells"))

    def seen_from(self) -> date:
        """Give the first day from which arrivals are seen whole."""
        if self.watched_from is not None:
            return self.watched_from
        ends = self.residence_spells["end"].drop_nulls()
        first: date = ends.min() if ends.len() else self.residence_spells["start"].min()  # type: ignore[assignment]
        return first


AGES = np.array([18, 25, 30, 40, 50, 65])
AGE_NAMES = np.array(["0-17", "18-24", "25-29", "30-39", "40-49", "50-64", "65-"])


def age_groups(ages: pl.Series) -> pl.Series:
    """Name the groups of age by which people are compared."""
    named = AGE_NAMES[np.searchsorted(AGES, ages.fill_null(-1).to_numpy(), side="right")]
    return pl.select(pl.when(ages.is_null()).then(pl.lit("unknown")).otherwise(pl.Series(named))).to_series()


def years_old(born: str, on: str) -> pl.Expr:
    """Give full years from one column of days to another."""
    birth, day = pl.col(born).dt, pl.col(on).dt
    before = (day.month() < birth.month()) | ((day.month() == birth.month()) & (day.day() < birth.day()))
    return day.year() - birth.year() - before.cast(pl.Int32)
