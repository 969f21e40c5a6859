"""The tables of a register as data: columns, what may stand in them, keys; and what `register.json` says.

One place says what a register is. Reading, checks, mending and the reference page of the docs all follow it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from fodfaeste.errors import BadInput, Problem, UnknownName

Kind = Literal["text", "date", "number", "year"]

EXPECTED: Mapping[Kind, str] = {
    "text": "text",
    "date": "a day as YYYY-MM-DD",
    "number": "a number with a decimal point",
    "year": "a year of four digits",
}


@dataclass(frozen=True)
class Column:
    """A column, and what its cells may hold.

    `required` cells must be filled in; an `optional` column may be missing altogether. `mended` is what mending writes
    into a cell that is empty though required, or holds what it may not: some text, nothing (`""`), or `None` where
    nobody can know, and the row is taken out.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    optional: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    lowest: float | None = None
    highest: float | None = None
    mended: str | None = None

    @property
    def expected(self) -> str:
        """Say what a cell has to hold."""
        if self.allowed:
            return f"one of {', '.join(self.allowed)}"
        if self.pattern:
            return self.meaning
        if self.lowest is not None and self.highest is not None:
            return f"{EXPECTED[self.kind]} from {self.lowest:g} to {self.highest:g}"
        return EXPECTED[self.kind]


NO_COUNTRY = "X" * 3
"""The citizenship of whom it is not known: a code that ISO 3166 leaves to its users, as XXA for the stateless."""


@dataclass(frozen=True)
class TableSchema:
    """A table: its columns, the columns that name a row, and whether the register may do without it.

    `further_numbers`: columns that are not named here are numbers of the user's own choice.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    further_numbers: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def has_person(self) -> bool:
        """Whether its rows are about persons."""
        return "person" in self.names

    def with_numbers(self, names: tuple[str, ...]) -> TableSchema:
        """Add the user's own columns of numbers."""
        own = tuple(Column(name, "number", "the user's own", optional=True, mended="") for name in names)
        return replace(self, columns=self.columns + own)


def _required(name: str, kind: Kind, meaning: str, **more: Any) -> Column:
    return Column(name, kind, meaning, required=True, **more)


PERSONS = TableSchema(
    "persons",
    (
        _required("person", "text", "who"),
        Column("household", "text", "with whom the person came", optional=True, mended=""),
        _required("sex", "text", "female or male", allowed=("female", "male")),
        _required("birth_date", "date", "day of birth"),
        _required("citizenship", "text", "three capital letters (ISO 3166-1)", pattern="^[A-Z]{3}$", mended=NO_COUNTRY),
        Column("civil_status", "text", "at arrival", optional=True, allowed=("married", "unmarried"), mended=""),
        _required("arrival_date", "date", "first day in the country's municipalities"),
        Column("permit", "text", "why", optional=True, allowed=("refugee", "family", "other"), mended=""),
        Column(
            "schooling",
            "text",
            "at arrival",
            optional=True,
            allowed=("none", "primary", "secondary", "tertiary", "unknown"),
            mended="unknown",
        ),
    ),
    key=("person",),
)

RESIDENCE = TableSchema(
    "residence_spells",
    (
        _required("person", "text", "who"),
        _required("municipality", "text", "code of where"),
        _required("start", "date", "first day there"),
        Column("end", "date", "first day no longer there; empty if still there"),
        Column(
            "end_reason",
            "text",
            "why it ended",
            allowed=("moved", "emigrated", "died", "unknown", "open"),
            mended="",
        ),
        Column("to", "text", "code moved to; only with moved", mended=""),
    ),
    key=("person", "start"),
)

EMPLOYMENT = TableSchema(
    "employment_spells",
    (
        _required("person", "text", "who"),
        _required("start", "date", "first day"),
        Column("end", "date", "first day no longer so; empty if still so"),
        _required(
            "kind", "text", "how", allowed=("employee", "self_employed", "subsidised", "education", "unemployed")
        ),
    ),
    key=("person", "start", "kind"),
)

MUNICIPALITIES = TableSchema(
    "municipalities",
    (
        _required("code", "text", "its code"),
        _required("name", "text", "its name", mended="unknown"),
        _required("kind", "text", "rural, small_town and so on", mended="unknown"),
        Column("valid_from", "date", "first day of the code; empty if always", optional=True, mended=""),
        Column("valid_to", "date", "last day of the code; empty if still valid", optional=True, mended=""),
        Column("successor", "text", "code that follows; several joined by | where divided", optional=True, mended=""),
        Column("latitude", "number", "of the seat", optional=True, lowest=-90, highest=90, mended=""),
        Column("longitude", "number", "of the seat", optional=True, lowest=-180, highest=180, mended=""),
    ),
    key=("code", "valid_from"),
)

INDICATORS = TableSchema(
    "municipality_indicators",
    (
        _required("code", "text", "the municipality's code"),
        _required("year", "year", "the year of the figures", lowest=1800, highest=2200),
    ),
    key=("code", "year"),
    optional=True,
    further_numbers=True,
)

TABLES: Mapping[str, TableSchema] = {
    table.name: table for table in (MUNICIPALITIES, PERSONS, RESIDENCE, EMPLOYMENT, INDICATORS)
}
"""Every table of a register, those first that others refer to."""


# register.json

SETTINGS = "register.json"


@dataclass(frozen=True)
class Settings:
    """What a register says of itself; all but `observed_until` may be left out.

    Attributes
    ----------
    observed_until : date
        The last day that the register knows.
    title : str
    reference_day : date or None
        The day at which status is looked up.
    employment_day : date or None
        The day at which residents' work is counted.
    cohort_years : tuple of int or None
        First and last year of arrival of those who are followed.
    rule_months : int
        How long the residence rule binds.
    rule_from : date or None
        Who arrives from this day on is bound; None: there is no rule.
    working_age : tuple of int
        First and last year of age at which work is counted.
    """

    observed_until: date
    title: str = "Register"
    reference_day: date | None = None
    employment_day: date | None = None
    cohort_years: tuple[int, int] | None = None
    rule_months: int = 36
    rule_from: date | None = None
    working_age: tuple[int, int] = (16, 66)


def read_settings(said: Path | Mapping[str, Any]) -> Settings:
    """Read `register.json`, or a mapping with the same names.

    Raises
    ------
    BadInput
        If it is missing, no JSON, or says something that it may not; all problems are named at once.
    UnknownName
        If it has a name that no register has.
    """
    file = said.name if isinstance(said, Path) else SETTINGS
    flat = _flat(_json(said) if isinstance(said, Path) else dict(said), file)
    known = {field.name: _READERS[field.name] for field in fields(Settings)}
    for name in flat:
        if name not in known:
            raise UnknownName("the setting", name, [*known, "rule"], file=file)
    values: dict[str, Any] = {}
    problems = []
    for name, value in flat.items():
        reader, expected = known[name]
        try:
            values[name] = reader(value)
        except (ValueError, TypeError):
            problems.append(Problem(f"{value!r}", expected, "Correct it.", file, None, name))
    if "observed_until" not in flat:
        todo = 'Say up to which day the register is complete: {"observed_until": "2006-12-31"}.'
        problems.append(Problem("no observed_until", "the last day that the register knows", todo, file))
    if problems:
        raise BadInput(*problems)
    return Settings(**values)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        todo = 'Write one beside the tables, with at least {"observed_until": "2006-12-31"}.'
        raise BadInput(Problem(f"no {path.name}", "what the register says of itself", todo, str(path.parent)))
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(Problem(f"no JSON ({error})", "a JSON object", "Correct the file.", path.name)) from None
    if not isinstance(said, dict):
        raise BadInput(Problem(f"a {type(said).__name__}", "a JSON object", "Write it in braces.", path.name))
    return said


def _flat(said: dict[str, Any], file: str) -> dict[str, Any]:
    rule = said.pop("rule", None)
    if rule is None:
        return said
    if not isinstance(rule, Mapping) or not set(rule) <= {"months", "from"} or "from" not in rule:
        todo = 'Write it as {"months": 36, "from": "1999-01-01"}.'
        raise BadInput(Problem(f"{rule!r}", "months, and the day from which it binds", todo, file, None, "rule"))
    return said | {f"rule_{name}": value for name, value in rule.items()}


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def _pair(value: Any) -> tuple[int, int]:
    first, last = value
    if first != int(first) or last != int(last) or first > last:
        raise ValueError(value)
    return int(first), int(last)


def _months(value: Any) -> int:
    if value != int(value) or value < 1:
        raise ValueError(value)
    return int(value)


def _title(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


_DAY = (_day, EXPECTED["date"])
_READERS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "observed_until": _DAY,
    "title": (_title, "text"),
    "reference_day": _DAY,
    "employment_day": _DAY,
    "cohort_years": (_pair, "the first and the last year, as [1995, 1998]"),
    "rule_months": (_months, "a whole number of months from 1"),
    "rule_from": _DAY,
    "working_age": (_pair, "the first and the last year of age, as [16, 66]"),
}
