"""Writes the tables of columns, settings and rules of the page on registers; stops if the page says anything else.

python docs/figures register_tables         (part of the build of the documentation)
python docs/figures/register_tables.py      writes them into the page
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

from fodfaeste.data.register.rules import LOOKS, Rule
from fodfaeste.data.register.schema import TABLES, Column, TableSchema

PAGE = Path(__file__).resolve().parents[1] / "reference" / "register.md"
PART = re.compile(r"(<!-- (columns|rules) (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
OF_CELLS = "of any cell"
_BRACES = re.compile(r"\{(\w+)\}")


def _lines(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    told = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return "\n".join(["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *told, "", ""])


def _columns(table: TableSchema) -> str:
    heads = ("column", "what it says", "holds", "filled in", "a wrong cell, mended")
    return _lines(heads, ((f"`{one.name}`", one.meaning, *_cell(one)) for one in table.columns))


def _cell(column: Column) -> tuple[str, str, str]:
    filled = "always" if column.required else "may be empty, or missing" if column.optional else "may be empty"
    holds = column.expected if column.allowed or not column.pattern else "text"
    if column.mended is None:
        return holds, filled, "the row is taken out" if holds != "text" or column.required else "cannot be wrong"
    return holds, filled, f"set to {column.mended}" if column.mended else "emptied"


def _rules(table: str) -> str:
    heads = ("rule", "found", "expected", "mended")
    rows = ((f"`{rule.code}`", rule.found, rule.expected, _mended(rule)) for rule in rules_of(table))
    return _BRACES.sub(r"*\1*", _lines(heads, ((*row,) for row in rows)))


def _mended(rule: Rule) -> str:
    return rule.mending.says if rule.mending else "nothing: it is only told"


def _given(table: str) -> SimpleNamespace:
    """Stand in for a register that has every column: rules ask for no more."""
    raw = SimpleNamespace(schema=TABLES[table], columns=TABLES[table].names)
    return SimpleNamespace(raws={table: raw})


def rules_of(table: str) -> list[Rule]:
    """List the rules of a table beyond those of a cell by itself."""
    looks = [look for look in LOOKS if look.table == table]
    return [rule for look in looks[1:] for rule in look.rules(_given(table))]  # type: ignore[arg-type]


def codes_of_cells() -> set[str]:
    """Name the rules of a cell by itself, of all tables."""
    first = {table: next(look for look in LOOKS if look.table == table) for table in TABLES}
    codes = {rule.code for table, look in first.items() for rule in look.rules(_given(table))}  # type: ignore[arg-type]
    return codes | {"decimal_comma"}


def filled(page: str) -> str:
    """Put the tables of the code between their marks."""

    def write(part: re.Match[str]) -> str:
        told = _columns(TABLES[part[3]]) if part[2] == "columns" else _rules(part[3])
        return f"{part[1]}{told}{part[4]}"

    return PART.sub(write, page)


def missing(page: str) -> list[str]:
    """Name what the page does not have: tables, and rules of cells."""
    marks = {(part[2], part[3]) for part in PART.finditer(page)}
    tables = [f"{what} {table}" for what in ("columns", "rules") for table in TABLES if (what, table) not in marks]
    return tables + sorted(code for code in codes_of_cells() if f"| `{code}` |" not in page)


def draw(_out: Path) -> None:
    """Compare the page with the code."""
    page = PAGE.read_text(encoding="utf-8")
    if filled(page) != page or missing(page):
        todo = f"run python {__file__}, and look" if not missing(page) else f"missing: {', '.join(missing(page))}"
        raise SystemExit(f"{PAGE.name} does not say what the code says of a register: {todo}.")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
