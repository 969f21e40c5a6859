"""The figures that quotas are computed from, checked cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.tables import Data, as_frame, read_text, source_name

COUNTS = ("population", "immigrants_refugees", "family_reunified")
"""Columns of whole persons; the population alone decides under the rule `population`."""

NAMES = ("municipality", "code")

WHOLE = "Denmark"
"""The region of everybody where the figures have no regions."""


@dataclass(frozen=True)
class Figures:
    """What is known of each municipality, in the order of the table.

    Attributes
    ----------
    municipalities : tuple of str
        Their names; their codes where the table has only these.
    codes : tuple of str
        Their codes; their names where the table has only these. They decide the last ties.
    regions : tuple of str
        `WHOLE` for all where the table has none.
    population, immigrants_refugees, family_reunified : tuple of int
        Persons. Zeros where a column is not there and the rule does not need it.
    """

    municipalities: tuple[str, ...]
    codes: tuple[str, ...]
    regions: tuple[str, ...]
    population: tuple[int, ...]
    immigrants_refugees: tuple[int, ...]
    family_reunified: tuple[int, ...]


def read_figures(data: Data, needed: Sequence[str]) -> Figures:
    """Check a table of municipalities and bring it into whole persons.

    Parameters
    ----------
    data : frame, mapping of columns or path to CSV
        With `municipality` or `code` (or both), the columns `needed`, and `region` where there are regional quotas.
    needed : sequence of str
        Those of `COUNTS` that the rule uses.

    Raises
    ------
    BadInput
        Naming row and column of every cell that is empty, no whole number, negative, or more immigrants and refugees
        than inhabitants; and every municipality that stands there twice.
    UnknownName
        If a column is missing.
    """
    frame, file = as_frame(data), source_name(data)
    lines = lines_of(data, frame.height)
    for column in ("municipality" if "code" not in frame.columns else "code", *needed):
        if column not in frame.columns:
            raise UnknownName("no column", column, frame.columns, file=file)
    problems: list[Problem] = []
    texts = {name: texts_of(frame, name, lines, file, problems) for name in (*NAMES, "region") if name in frame.columns}
    for name in NAMES:
        problems += _twice(texts.get(name, ()), name, lines, file)
    counts = {name: counts_of(frame, name, lines, file, problems) for name in COUNTS if name in frame.columns}
    zeros = (0,) * frame.height
    if not problems and "immigrants_refugees" in needed:
        problems += _more_than_everybody(counts["population"], counts["immigrants_refugees"], lines, file)
    if problems:
        raise BadInput(*problems)
    names = texts.get("municipality") or texts["code"]
    regions = texts.get("region", (WHOLE,) * frame.height)
    return Figures(names, texts.get("code") or names, regions, *(counts.get(name, zeros) for name in COUNTS))


def lines_of(data: Data, rows: int) -> Sequence[int]:
    """Say on which line of the file each row stands, the header being line 1."""
    if isinstance(data, str | Path) and Path(data).suffix != ".parquet":
        return read_text(Path(data)).lines
    return range(2, rows + 2)


def texts_of(
    frame: pl.DataFrame, column: str, lines: Sequence[int], file: str | None, problems: list[Problem]
) -> tuple[str, ...]:
    """Read names; numbers that are codes lose the decimals they never had. What is empty goes into `problems`."""
    found = []
    for line, value in zip(lines, frame[column].to_list(), strict=True):
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()
        if not text:
            problems.append(Problem("nothing", "a name", "Fill it in.", file, line, column))
        found.append(text)
    return tuple(found)


def counts_of(
    frame: pl.DataFrame, column: str, lines: Sequence[int], file: str | None, problems: list[Problem]
) -> tuple[int, ...]:
    """Read whole persons. What is none goes into `problems`."""
    found = []
    for line, value in zip(lines, frame[column].to_list(), strict=True):
        number = _number(value)
        if number is None:
            said = "nothing" if value is None or value == "" else f"{value!r}"
            todo = "Fill it in: what is not known is not 0." if said == "nothing" else "Correct it."
            problems.append(Problem(said, "a whole number of persons from 0", todo, file, line, column))
        found.append(number or 0)
    return tuple(found)


def _number(value: object) -> int | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number is caught
    except (TypeError, ValueError):
        return None
    return int(number) if number >= 0 and number.is_integer() else None


def _twice(names: Sequence[str], column: str, lines: Sequence[int], file: str | None) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for line, name in zip(lines, names, strict=bool(names)):
        if name and name in first:
            expected = f"each once (it stands on row {first[name]} too)"
            problems.append(Problem(f"{name!r} again", expected, "Remove one.", file, line, column))
        first.setdefault(name, line)
    return problems


def _more_than_everybody(
    population: Sequence[int], immigrants: Sequence[int], lines: Sequence[int], file: str | None
) -> list[Problem]:
    todo = "Check that the two columns are not exchanged."
    return [
        Problem(f"{some} immigrants and refugees", f"at most the {all_} inhabitants", todo, file, line, COUNTS[1])
        for line, all_, some in zip(lines, population, immigrants, strict=True)
        if some > all_
    ]
