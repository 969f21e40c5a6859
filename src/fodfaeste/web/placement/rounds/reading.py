"""From a file to rows of text, and from rows to figures. What is wrong is named by row and column, with what to do."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.data.regions import municipalities_on
from fodfaeste.errors import BadInput, Problem
from fodfaeste.web.base.sheets import LONGEST_CELL, MOST_ROWS, Line, head_of, refused, sheets_of, unmarked
from fodfaeste.web.placement.rounds.columns import Cells, Column, Columns, by_head, folded

LARGEST_NUMBER = 100_000_000
YES, NO = {"ja", "j", "yes", "x", "1"}, {"nej", "n", "no", "0"}
MOST_NAMED = 8
"""So many municipalities that are missing are named."""


@dataclass(frozen=True)
class Row:
    """A row as text, with the number that its spreadsheet shows beside it."""

    number: int
    cells: Cells


@dataclass(frozen=True)
class Place:
    """A municipality of a day; `region` is empty where the data has none."""

    code: str
    name: str
    region: str


@dataclass(frozen=True)
class Checked:
    """Rows that have been read.

    Attributes
    ----------
    rows : tuple of Row
    problems : tuple of Problem
        Those of rows by number; of the table as a whole without.
    values : tuple of dict
        What the rows say, typed; complete only where there is no problem.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    values: tuple[dict[str, Any], ...]

    @property
    def can_be_saved(self) -> bool:
        """Whether nothing is in the way."""
        return bool(self.values) and not self.problems

    @property
    def whole(self) -> tuple[Problem, ...]:
        """Problems of the table as a whole."""
        return tuple(problem for problem in self.problems if problem.row is None)

    def of(self, number: int) -> Mapping[str, Problem]:
        """Give the problems of a row by the column's name."""
        return {problem.column or "": problem for problem in self.problems if problem.row == number}


def read_table(file_name: str, content: bytes, columns: Columns) -> tuple[tuple[Row, ...], str]:
    """Read a file: its rows, and heads of columns that nothing is known of.

    Raises
    ------
    BadInput
        If it is too large, neither XLSX nor CSV, lacks a column, or has nothing in it.
    """
    heads = by_head(columns)

    def known(line: Iterable[str]) -> int:
        return sum(folded(cell) in heads for cell in line)

    best: Sequence[str] = ()
    for lines in sheets_of(file_name, content, known):
        at = head_of(lines, known)
        if at is None:
            continue
        here = lines[at][1]
        if not _lacking(here, columns):
            return _rows(file_name, here, lines[at + 1 :], columns)
        best = max(best, here, key=known)
    raise BadInput(*(_no_column(file_name, best, column, heads) for column in _lacking(best, columns)))


def _lacking(heads: Sequence[str], columns: Columns) -> list[Column]:
    there = {column.name for head in heads if (column := by_head(columns).get(folded(head)))}
    lacking = [column for column in columns if column.required and column.name not in there]
    return lacking if there & {"code", "name"} else [columns[1], *lacking]


def _no_column(file_name: str, heads: Sequence[str], column: Column, known: Mapping[str, Column]) -> Problem:
    spoken = {folded(head): head.strip() for head in heads if head.strip() and folded(head) not in known}
    near = difflib.get_close_matches(folded(column.danish), spoken, n=1, cutoff=0.6)
    todo = _("Er det ”%(head)s”? Så ret overskriften.") % {"head": spoken[near[0]]} if near else _("Tilføj den.")
    return Problem(_("ingen kolonne"), str(column.how), todo, file_name, None, column.danish)


def _rows(file_name: str, heads: Sequence[str], lines: Sequence[Line], columns: Columns) -> tuple[tuple[Row, ...], str]:
    known = by_head(columns)
    places = {at: known[folded(head)] for at, head in enumerate(heads) if folded(head) in known}
    for name, times in Counter(column.name for column in places.values()).items():
        if times > 1:
            column = next(one for one in columns if one.name == name)
            found, expected = _("kolonnen to gange"), _("hver kolonne en gang")
            raise refused(file_name, found, expected, _("Slet den ene kolonne."), column.danish)
    rows = []
    for number, line in lines:
        cells = {column.name: _cell(line, at) for at, column in places.items()}
        if any(cells.values()):
            rows.append(Row(number, cells))
    if not rows or len(rows) > MOST_ROWS:
        found = _("%(n)d rækker") % {"n": len(rows)}
        expected = _("mindst en og højst %(n)d rækker") % {"n": MOST_ROWS}
        raise refused(file_name, found, expected, _("Skriv en række for hver kommune."))
    unread = ", ".join(head.strip() for head in heads if head.strip() and folded(head) not in known)
    return tuple(rows), unread


def _cell(line: Sequence[str], at: int) -> str:
    return unmarked(" ".join(line[at].split()))[:LONGEST_CELL] if at < len(line) else ""


# From rows to values


def places_on(day: date) -> tuple[Place, ...]:
    """Give the municipalities of a day."""
    return tuple(
        Place(row["code"], row["name"], row["region"] or "") for row in municipalities_on(day).iter_rows(named=True)
    )


def check_figures(rows: Sequence[Row], columns: Columns, places: Sequence[Place]) -> Checked:
    """Read the figures of a whole country: every municipality once, whole persons everywhere."""
    checked = _check(rows, columns, places)
    problems = list(checked.problems)
    region = next(column for column in columns if column.name == "region")
    for row, values in zip(rows, checked.values, strict=True):
        values["region"] = row.cells.get("region") or values["region"]
        if not values["region"] and values["code"]:
            expected, todo = _("en region"), _("Skriv, hvilken region eller hvilket amt kommunen ligger i.")
            problems.append(_problem(row, region, _("ingenting"), expected, todo))
        population, some = values.get("population"), values.get("immigrants_refugees")
        if population is not None and some is not None and some > population:
            column = next(one for one in columns if one.name == "immigrants_refugees")
            expected = _("højst de %(n)d indbyggere") % {"n": population}
            problems.append(_problem(row, column, str(some), expected, _("Er de to kolonner byttet om?")))
    return Checked(checked.rows, (*problems, *_missing(checked.values, places)), checked.values)


def check_agreed(rows: Sequence[Row], columns: Columns, places: Sequence[Place]) -> Checked:
    """Read an agreement: municipalities of one region, each once. What it lacks is for its conditions to say."""
    return _check(rows, columns, places)


def _check(rows: Sequence[Row], columns: Columns, places: Sequence[Place]) -> Checked:
    problems: list[Problem] = []
    values = [_values(row, columns, places, problems) for row in rows]
    first: dict[str, int] = {}
    for row, value in zip(rows, values, strict=True):
        code = value["code"]
        if code in first:
            expected = _("hver kommune én gang (den står også i række %(n)d)") % {"n": first[code]}
            problems.append(_problem(row, columns[1], value["name"], expected, _("Slet den ene række.")))
        elif code:
            first[code] = row.number
    return Checked(tuple(rows), tuple(problems), tuple(values))


def _values(row: Row, columns: Columns, places: Sequence[Place], problems: list[Problem]) -> dict[str, Any]:
    place, wrong = _place(row, columns, places)
    problems += wrong
    values: dict[str, Any] = {
        "code": place.code if place else "",
        "name": place.name if place else "",
        "region": place.region if place else "",
    }
    for column in columns:
        text = row.cells.get(column.name, "")
        if column.number:
            values[column.name] = _number(row, column, text, problems)
        elif column.name == "signed":
            values[column.name] = _yes(row, column, text, problems)
    return values


def _place(row: Row, columns: Columns, places: Sequence[Place]) -> tuple[Place | None, list[Problem]]:
    """Find the municipality of a row by its code, its name, or both where they agree."""
    code, name = row.cells.get("code", ""), row.cells.get("name", "")
    by_code = {place.code: place for place in places}
    by_name = {_plain(place.name): place for place in places}
    coded, named = by_code.get(code.zfill(3) if code else ""), by_name.get(_plain(name))
    if not code and not name:
        todo = _("Skriv kommunens kode eller navn, eller slet rækken.")
        return None, [_problem(row, columns[1], _("ingenting"), _("en kommune"), todo)]
    if code and coded is None:
        expected = _("en kode på en kommune, der findes i året")
        return None, [_problem(row, columns[0], code, expected, _("Ret koden, eller skriv kun navnet."))]
    if name and named is None:
        near = difflib.get_close_matches(_plain(name), by_name, n=1, cutoff=0.6)
        todo = _("Mente du %(word)s?") % {"word": by_name[near[0]].name} if near else _("Ret navnet.")
        return None, [_problem(row, columns[1], name, _("en kommune, der findes i året"), todo)]
    if coded and named and coded != named:
        expected = _("det navn, som koden %(code)s har: %(name)s") % {"code": coded.code, "name": coded.name}
        return None, [_problem(row, columns[1], name, expected, _("Ret navnet eller koden."))]
    return coded or named, []


def _plain(name: str) -> str:
    """Write a name as it is looked for: without the word for municipality, aa for å."""
    spoken = re.sub(r"\bkommune\b", "", name.casefold()).replace("å", "aa")
    return re.sub(r"[\W_]+", " ", spoken).strip()


def _number(row: Row, column: Column, text: str, problems: list[Problem]) -> int | None:
    digits = re.sub(r"(?<=\d)[. \u00a0](?=\d{3}(\D|$))", "", text)
    if re.fullmatch(r"\d+", digits) and int(digits) <= LARGEST_NUMBER:
        return int(digits)
    todo = _("Ret det.") if text else _("Udfyld cellen: hvad der ikke vides, er ikke 0.")
    problems.append(_problem(row, column, text or _("ingenting"), _("et helt antal personer fra 0"), todo))
    return None


def _yes(row: Row, column: Column, text: str, problems: list[Problem]) -> bool:
    if text.casefold() not in YES | NO:
        problems.append(_problem(row, column, text or _("ingenting"), _("ja eller nej"), _("Skriv et af de to.")))
    return text.casefold() in YES


def _problem(row: Row, column: Column, found: str, expected: str, todo: str) -> Problem:
    return Problem(found, expected, todo, None, row.number, column.name)


def _missing(values: Sequence[Mapping[str, Any]], places: Sequence[Place]) -> list[Problem]:
    there = {value["code"] for value in values}
    lacking = [place.name for place in places if place.code not in there]
    if not lacking:
        return []
    more = _(" og %(n)d andre") % {"n": len(lacking) - MOST_NAMED} if len(lacking) > MOST_NAMED else ""
    found = _("ingen række for %(names)s") % {"names": ", ".join(lacking[:MOST_NAMED]) + more}
    todo = _("Tilføj dem: en andel af landet kan kun regnes af hele landet.")
    return [Problem(found, _("alle %(n)d kommuner") % {"n": len(places)}, todo)]
