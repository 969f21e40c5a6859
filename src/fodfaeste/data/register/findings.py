"""Looking a register through: every rule over every row where the rows are kept; only findings come into memory."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from fodfaeste.data.engine import ROW
from fodfaeste.data.register.reading import Loaded, Told
from fodfaeste.data.register.rules import LOOKS, Rule
from fodfaeste.data.register.schema import TABLES
from fodfaeste.errors import BadInput, Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

Progress = Callable[[str, float], None]
"""Hears what is being done, and the share of 1 that is done."""

SHOWN = 1000
"""So many findings of a rule in a table are written out, the first ones; all are counted."""

NAMED = 20
"""So many problems stand in an error."""

FINDING = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "todo": pl.String,
    "person": pl.String,
}
COUNT = {"table": pl.String, "rule": pl.String, "severity": pl.String, "count": pl.Int64, "shown": pl.Int64}
ROWS = {"table": pl.String, "rows_in": pl.Int64, "rows_used": pl.Int64, "rows_listed": pl.Int64}


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found in a register.

    Attributes
    ----------
    table : DataFrame
        file, row (line of the file), column, rule, severity (`refuse`, `told`), found, expected, todo, person. The
        first 1000 of a rule in a table.
    counts : DataFrame
        table, rule, severity, count (of all, also those that are not written out), shown.
    rows : DataFrame
        table, rows_in, rows_used, rows_listed: a row with a finding that refuses is listed, all others could be used.
        None is used while a file as a whole is refused.
    """

    table: pl.DataFrame
    counts: pl.DataFrame
    rows: pl.DataFrame

    @property
    def refused(self) -> bool:
        """Whether the register cannot be used as it is."""
        return "refuse" in self.counts["severity"]

    def raise_refused(self) -> None:
        """Raise what refuses the register.

        Raises
        ------
        BadInput
            With the first 20 problems, and how many there are of each rule.
        """
        if not self.refused:
            return
        refusing = self.table.filter(pl.col("severity") == "refuse").head(NAMED)
        named = [
            Problem(one["found"], one["expected"], one["todo"], one["file"], one["row"], one["column"])
            for one in refusing.iter_rows(named=True)
        ]
        counted = self.counts.filter(pl.col("severity") == "refuse")
        by_rule = ", ".join(f"{table} {rule} {count}" for table, rule, _, count, _ in counted.iter_rows())
        todo = "Correct them at the source, or have a mended copy written, with a list of every change."
        raise BadInput(*named, Problem(f"{counted['count'].sum()} problems ({by_rule})", "none", todo))


def look_through(loaded: Loaded, told: Sequence[Told] = (), progress: Progress | None = None) -> Findings:
    """Apply every rule; if a file as a whole is refused, only that is told, for nothing else can be known."""
    say = progress or (lambda _doing, _share: None)
    if any(one.refuse for one in told):
        return Findings(*_of_files(told), _rows(loaded, dict.fromkeys(loaded.raws)))
    counts: list[tuple[str, str, str, int, int]] = []
    findings: list[pl.DataFrame] = []
    listed: dict[str, list[ir.Table]] = {name: [] for name in loaded.raws}
    looks = [look for look in LOOKS if look.table in loaded.raws]
    for done, look in enumerate(looks):
        say(f"check {look.table}", done / len(looks))
        if not look.needed(loaded):
            continue
        frame, rules = look.frame(loaded), look.rules(loaded)
        found = count(frame, rules, loaded)
        broken = [(rule, times) for rule, times in zip(rules, found, strict=True) if times]
        for rule, times in broken:
            written = _written(frame, rule, look.table, loaded)
            findings.append(written)
            counts.append((look.table, rule.code, rule.severity, times, written.height))
        if refusing := [rule for rule, _ in broken if rule.severity == "refuse"]:
            listed[look.table].append(frame.filter(any_of(frame, refusing)).select(ROW))
    say("check rows", 1.0)
    told_table, told_counts = _of_files(told)
    counted = pl.DataFrame(counts, schema=COUNT, orient="row")
    summed = pl.concat([told_counts, counted]).group_by("table", "rule", "severity", maintain_order=True).sum()
    table = pl.concat([told_table, *findings])
    return Findings(table, summed, _rows(loaded, listed))


def count(frame: ir.Table, rules: Sequence[Rule], loaded: Loaded) -> tuple[int, ...]:
    """Count what each rule finds, in one pass over the table."""
    sums = {f"rule_{place}": true_only(rule.when(frame)).cast("int64").sum() for place, rule in enumerate(rules)}
    return tuple(int(times or 0) for times in loaded.engine.fetch(frame.aggregate(**sums)).row(0))


def true_only(condition: Any) -> Any:
    """Take what is not known for not so."""
    return condition.fill_null(False)


def any_of(frame: ir.Table, rules: Sequence[Rule]) -> ir.BooleanValue:
    """Say which rows at least one of the rules finds."""
    return ibis.or_(*(true_only(rule.when(frame)) for rule in rules))


def _written(frame: ir.Table, rule: Rule, table: str, loaded: Loaded) -> pl.DataFrame:
    """Write out the first findings of a rule, in the order of the file."""
    words = (rule.found, rule.expected, rule.todo)
    about = ["person"] if TABLES[table].has_person else []
    asked = list(dict.fromkeys([ROW, *about, *(name for said in words for name in _named_in(said))]))
    first = loaded.engine.fetch(frame.filter(true_only(rule.when(frame))).select(*asked).order_by(ROW).limit(SHOWN))
    rows = [
        (
            loaded.raws[table].file,
            one[ROW],
            rule.column,
            rule.code,
            rule.severity,
            *_in_words(rule, one),
            one.get("person"),
        )
        for one in first.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=FINDING, orient="row")


def _named_in(words: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(words) if name)


def _in_words(rule: Rule, row: Mapping[str, Any]) -> tuple[str, str, str]:
    filled = {name: "(empty)" if cell is None else str(cell) for name, cell in row.items()}
    todo = rule.todo
    if rule.choices:
        near = difflib.get_close_matches(filled[f"said_{rule.column}"].casefold(), rule.choices, n=1, cutoff=0.5)
        todo = f"Did you mean {near[0]}?" if near else todo
    return rule.found.format(**filled), rule.expected.format(**filled), todo.format(**filled)


def _of_files(told: Sequence[Told]) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows, counts = [], []
    for one in told:
        said, severity = one.problem, "refuse" if one.refuse else "told"
        rows.append((said.file, said.row, said.column, one.rule, severity, said.found, said.expected, said.todo, None))
        counts.append(((said.file or "").partition(".")[0], one.rule, severity, 1, 1))
    return pl.DataFrame(rows, schema=FINDING, orient="row"), pl.DataFrame(counts, schema=COUNT, orient="row")


def _rows(loaded: Loaded, listed: Mapping[str, Sequence[ir.Table] | None]) -> pl.DataFrame:
    """Count rows in, used and listed; `None` says that no row of the table can be used."""
    rows = []
    for name, raw in loaded.raws.items():
        found = listed[name]
        rows_in = count_rows(loaded, raw.table)
        out = rows_in if found is None else _distinct(loaded, found)
        rows.append((name, rows_in, rows_in - out, out))
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def _distinct(loaded: Loaded, found: Sequence[ir.Table]) -> int:
    return count_rows(loaded, ibis.union(*found, distinct=True)) if found else 0


def count_rows(loaded: Loaded, table: ir.Table) -> int:
    """Count the rows of a table where it is."""
    return int(loaded.engine.fetch(table.aggregate(n=table.count()))["n"][0])
