"""Tables as users bring them: text files read with care, and frames of any kind, both as Polars.

The one place that knows about encodings, delimiters, decimal commas and other people's data frames. `data` reads its
packages through it, `measure` its arguments.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName

Data = Any
"""A frame (Polars, pandas, Arrow), DuckDB relation, Ibis table, mapping of columns, or path to CSV or Parquet."""


@dataclass(frozen=True)
class TextTable:
    """A CSV file as text: nothing is interpreted yet, so that `20.00` is still printed with two decimals.

    `rows[k]` stands on line `lines[k]` of the file.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_text(path: Path | Traversable) -> TextTable:
    """Read a CSV file as text.

    Raises
    ------
    BadInput
        If the file is missing, empty, not UTF-8, has a repeated or empty column name, or rows of uneven length.
    """
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""))
    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = tuple(cell.strip() for cell in cells)
            continue
        if len(cells) != len(header):
            problems.append(
                Problem(
                    f"{len(cells)} cells",
                    f"{len(header)}, one for each column of the header",
                    "Quote cells that contain a comma; a decimal comma must be a point.",
                    path.name,
                    reader.line_num,
                )
            )
        rows.append(tuple(cells))
        lines.append(reader.line_num)
    if not header:
        raise BadInput(Problem("an empty file", "a header line and rows", "Export the table again.", path.name))
    problems += [
        Problem(f"the column name {name!r} {header.count(name)} times", "each name once", "Rename one.", path.name, 1)
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    if problems:
        raise BadInput(*problems)
    if not rows:
        raise BadInput(Problem("a header and no rows", "at least one row", "Export the table again.", path.name))
    return TextTable(path.name, header, tuple(rows), tuple(lines))


def _decoded(path: Path | Traversable) -> str:
    if not path.is_file():
        if isinstance(path, Path) and (near := [other.name for other in path.parent.glob("*.csv")]):
            raise UnknownName("no file", path.name, near, file=str(path.parent))
        raise BadInput(Problem("no such file", "a CSV file", "Check the path.", str(path)))
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        letter = raw[error.start : error.start + 1].decode("latin-1")
        raise BadInput(
            Problem(
                f"a byte that is not UTF-8 (in Latin-1 it would be {letter!r})",
                "a file in UTF-8",
                "Save it as 'CSV UTF-8', or run: iconv -f LATIN1 -t UTF-8.",
                path.name,
                row,
            )
        ) from None


def number(text: str, *, whole: bool = False) -> float | str:
    """Read a number with a decimal point; what is wrong with it comes back as words instead.

    ``number("12.5")`` is 12.5; ``number("12,5")`` is ``"the decimal comma number 12,5"``.
    """
    cell = text.strip()
    try:
        value = float(cell)
    except ValueError:
        commaless = cell.replace(".", "").replace(",", ".", 1)
        try:
            float(commaless)
        except ValueError:
            return f"the text {cell!r}"
        return f"{cell!r}, a number with a decimal comma"
    if not math.isfinite(value):
        return f"{cell!r}, which is no figure"
    if whole and not value.is_integer():
        return f"{cell!r}, which is not a whole number"
    return value


def as_frame(data: Data) -> pl.DataFrame:
    """Bring any kind of table into Polars; a CSV column becomes numeric where all its cells are numbers."""
    if isinstance(data, str | Path):
        path = Path(data)
        return (
            pl.read_parquet(path) if path.suffix == ".parquet" and path.is_file() else _frame_of_text(read_text(path))
        )
    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, Mapping):
        return pl.DataFrame({name: list(column) for name, column in data.items()})
    try:
        native = nw.from_native(data)
    except TypeError:
        raise BadInput(
            Problem(
                f"a {type(data).__name__}",
                "a Polars, pandas or Arrow frame, a DuckDB relation, an Ibis table, a mapping of columns or a path",
                "Convert it to one of these.",
            )
        ) from None
    frame = native.collect("polars") if isinstance(native, nw.LazyFrame) else native
    return frame.to_polars()


def _frame_of_text(table: TextTable) -> pl.DataFrame:
    columns = (_column([row[position].strip() for row in table.rows]) for position in range(len(table.header)))
    return pl.DataFrame(dict(zip(table.header, columns, strict=True)))


def _column(cells: Sequence[str]) -> pl.Series:
    """Read numbers where all that is filled in is numbers; codes such as 0012 keep their zeros as text."""
    filled = [cell for cell in cells if cell]
    coded = any(len(cell) > 1 and cell[0] == "0" and cell.isdigit() for cell in filled)
    values = {cell: number(cell) for cell in filled}
    if filled and not coded and not any(isinstance(value, str) for value in values.values()):
        return pl.Series([values[cell] if cell else None for cell in cells], dtype=pl.Float64)
    return pl.Series([cell or None for cell in cells], dtype=pl.String)


def as_text(column: pl.Series) -> pl.Series:
    """Read a column as names: codes that `as_frame` took for numbers lose the decimals that they never had."""
    if column.dtype.is_float() and (column.drop_nulls() == column.drop_nulls().round()).all():
        return column.cast(pl.Int64).cast(pl.String)
    return column.cast(pl.String)


def source_name(data: Data) -> str | None:
    """Name the file that `data` is, for messages; frames have no name."""
    return Path(data).name if isinstance(data, str | Path) else None


def fingerprint(frame: pl.DataFrame) -> str:
    """Give the first 16 hex digits of the SHA-256 of a frame's cells, the same on every machine."""
    return hashlib.sha256(frame.write_csv(float_precision=12).encode()).hexdigest()[:16]
