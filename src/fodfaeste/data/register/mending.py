"""A mended copy of a register, and a list of every change: only on request, and each by the rule that was broken.

What a rule finds is mended as the rule says, then the tables are looked through again, until no rule that refuses finds
anything. Cells that no rule speaks of stay as they are, to the letter. Rows that are taken out are listed whole, so
that rows in = rows used + rows listed.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import polars as pl

from fodfaeste.data.engine import ROW, UNEVEN, DuckEngine, write_csv
from fodfaeste.data.register.findings import ROWS, Progress, count, count_rows, look_through, true_only
from fodfaeste.data.register.reading import Loaded, Raw, Source, beside, lend, load, unique
from fodfaeste.data.register.rules import LOOKS, Look, Rule
from fodfaeste.data.register.schema import SETTINGS
from fodfaeste.errors import BadInput, Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

CHANGES = "changes.csv"
SHOWN = 10_000
"""So many changes come into memory; `changes.csv` has all."""

MOST_STEPS = 500
"""No register needs so many, for each change takes out a row or a contradiction: there would be an error of ours."""

ACTS_ROW = "acts_row"
CHANGE = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "before": pl.String,
    "after": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True, eq=False)
class Mended:
    """What mending did.

    Attributes
    ----------
    folder : Path
        Where the mended copy and `changes.csv` are.
    changes : DataFrame
        file, row (line of the file that was mended), column, rule, before, after, reason; a row that was taken out has
        no column, and `before` is the whole row. The first 10,000; `changes.csv` has all.
    counts : DataFrame
        file, rule, changes, rows_out.
    rows : DataFrame
        table, rows_in, rows_used (rows of the mended copy), rows_listed (rows taken out).
    """

    folder: Path
    changes: pl.DataFrame
    counts: pl.DataFrame
    rows: pl.DataFrame


def mend(source: Source, out: Path, *, settings: Path | None = None, progress: Progress | None = None) -> Mended:
    """Write a mended copy of a register into a new folder; the source is not touched.

    CSV stays CSV and Parquet stays Parquet; tables of a database become Parquet. The copy is whole or not there.

    Raises
    ------
    BadInput
        If a file as a whole cannot be used (a table or column is missing), for no rule can mend that; or if `out`
        already holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        todo = "Name a new folder, so that nothing is overwritten."
        raise BadInput(Problem("something already there", "an empty or new folder", todo, str(out)))
    say = progress or (lambda _doing, _share: None)
    with DuckEngine() as engine:
        loaded, told = load(source, engine, settings)
        if any(one.refuse for one in told):
            look_through(loaded, told).raise_refused()
        mended, steps = _settled(loaded, say)
        half = out.absolute().with_name(f"{out.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            half.mkdir(parents=True)
            say("write the mended copy", 0.9)
            files = _write(mended, half)
            shutil.copyfile(settings or beside(source) / SETTINGS, half / SETTINGS)
            changes = _all_changes(loaded, steps, half / CHANGES)
            result = _result(loaded, changes, files, out)
            if out.exists():
                out.rmdir()
            half.replace(out)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return result


def _settled(loaded: Loaded, say: Progress) -> tuple[Loaded, list[ir.Table]]:
    """Mend look by look, and again where a later mending changed what an earlier look saw, until all is in order."""
    looks = [look for look in LOOKS if look.table in loaded.raws]
    steps: list[ir.Table] = []
    in_order: dict[Look, list[Raw]] = {}
    while waiting := [look for look in looks if in_order.get(look) != _seen(look, loaded)]:
        if len(steps) > MOST_STEPS:
            raise RuntimeError(f"mending {waiting[0].table} comes to no end")
        look = waiting[0]
        say(f"mend {look.table}", 0.9 * (1 - len(waiting) / len(looks)))
        step = _step(loaded, look, len(steps))
        if step is None:
            in_order[look] = _seen(look, loaded)
        else:
            loaded, change = step
            steps.append(change)
    return loaded, steps


def _seen(look: Look, loaded: Loaded) -> list[Raw]:
    """Name the tables that a look sees, as they are now."""
    return [loaded.raws[table] for table in (look.table, *look.beside) if table in loaded.raws]


def _step(loaded: Loaded, look: Look, number: int) -> tuple[Loaded, ir.Table] | None:
    """Mend what one look finds, each row by the first rule that it breaks; None if nothing refuses."""
    if not look.needed(loaded):
        return None
    frame, rules = look.frame(loaded), look.rules(loaded)
    found = count(frame, rules, loaded)
    acting = [rule for rule, times in zip(rules, found, strict=True) if times and rule.severity == "refuse"]
    acting = [rule for rule in acting if not rule.of_neighbours] or acting
    if not acting:
        return None
    raw, keep = loaded.raws[look.table], loaded.engine.keep
    acts = keep(unique(f"acts-{look.table}"), _acts(frame, acting))
    change = keep(unique(f"changes-{look.table}"), _changes(raw, acts, acting, number))
    changed = keep(unique(f"raw-{look.table}"), _applied(raw, acts))
    return loaded.with_table(look.table, changed), change


def _acts(frame: ir.Table, acting: Sequence[Rule]) -> ir.Table:
    """Say what is to be done to each row: the rule, whether it is taken out, and the new cells as text."""
    mendings = [rule.mending for rule in acting if rule.mending]
    for mending in mendings:
        frame = mending.widened(frame)
    conditions = (true_only((mending.rows or rule.when)(frame)) for mending, rule in zip(mendings, acting, strict=True))
    which = ibis.cases(*((condition, place) for place, condition in enumerate(conditions)), else_=None)
    rows = frame.mutate(which=which.cast("int64")).filter(lambda t: t.which.notnull())
    drops = ibis.cases(
        *((rows.which == place, true_only(mending.drops(rows))) for place, mending in enumerate(mendings))
    )
    cells = {}
    for column in dict.fromkeys(name for mending in mendings for name in mending.sets):
        new = {place: mending.sets[column] for place, mending in enumerate(mendings) if column in mending.sets}
        cells[f"sets_{column}"] = rows.which.isin(list(new))
        cells[f"new_{column}"] = ibis.cases(
            *((rows.which == one, set_(rows).cast("string")) for one, set_ in new.items())
        )
    return rows.select(rows[ROW].name(ACTS_ROW), "which", drops=drops, **cells)


def _changed_columns(acts: ir.Table) -> list[str]:
    return [name.removeprefix("sets_") for name in acts.columns if name.startswith("sets_")]


def _changes(raw: Raw, acts: ir.Table, acting: Sequence[Rule], number: int) -> ir.Table:
    """List what is done, a row a cell or a row taken out."""
    done = raw.table.inner_join(acts, raw.table[ROW] == acts[ACTS_ROW])
    code = ibis.cases(*((done.which == place, rule.code) for place, rule in enumerate(acting)))
    says = [rule.mending.says if rule.mending else "" for rule in acting]
    reason = ibis.cases(*((done.which == place, words) for place, words in enumerate(says)))
    uneven = done[UNEVEN] if UNEVEN in done.columns else ibis.null("string")
    line = uneven.fill_null(_line([done[name] for name in raw.columns]))
    done = done.mutate(code=code, reason=reason, line=line)
    parts = [_listed(raw.file, done.filter(done.drops).mutate(before=done.line, after=ibis.null("string")), None)]
    for column in _changed_columns(acts):
        here = done.mutate(before=done[column].cast("string"), after=done[f"new_{column}"])
        here = here.filter(lambda t, name=column: ~t.drops & t[f"sets_{name}"] & ~t.before.identical_to(t.after))
        parts.append(_listed(raw.file, here, column))
    return ibis.union(*parts).mutate(step=ibis.literal(number).cast("int64"))


def _listed(file: str, done: ir.Table, column: str | None) -> ir.Table:
    return done.select(
        file=ibis.literal(file),
        row=done[ROW],
        column=ibis.literal(column, "string"),
        rule=done.code,
        before=done.before,
        after=done.after,
        reason=done.reason,
    )


def _line(cells: Sequence[ir.Value]) -> ir.StringValue:
    """Write a row as a line of CSV."""
    texts = [cell.cast("string").fill_null("") for cell in cells]
    quoted = [
        text.re_search('[",\\n]').ifelse(ibis.literal('"').concat(text.replace('"', '""'), '"'), text) for text in texts
    ]
    return ibis.literal(",").join(quoted)


def _applied(raw: Raw, acts: ir.Table) -> ir.Table:
    """Give the raw table with its new cells, without the rows that are taken out."""
    beside = raw.table.left_join(acts, raw.table[ROW] == acts[ACTS_ROW])
    beside = beside.filter(~beside.drops.fill_null(False))
    cells = {}
    for name in _changed_columns(acts):
        new = beside[f"new_{name}"].cast(raw.table[name].type())
        cells[name] = beside[f"sets_{name}"].fill_null(False).ifelse(new, beside[name])
    return beside.mutate(**cells).select(*raw.table.columns)


# Writing


def _write(mended: Loaded, folder: Path) -> dict[str, Path]:
    files = {}
    for name, raw in mended.raws.items():
        kept = unique(f"mended-{name}")
        mended.engine.keep(kept, raw.table.order_by(ROW).select(*raw.columns))
        files[name] = folder / raw.file
        _place(mended.engine.work / f"{kept}.parquet", files[name])
    return files


def _place(parquet: Path, file: Path) -> None:
    if file.suffix == ".csv":
        write_csv(parquet, file)
    else:
        shutil.move(parquet, file)


def _all_changes(loaded: Loaded, steps: Sequence[ir.Table], file: Path) -> ir.Table:
    empty = pl.DataFrame(schema=CHANGE | {"step": pl.Int64}).rename({ROW: "line"})
    nothing = lend(loaded.engine, "no-changes", empty).rename({ROW: "line"})
    kept = unique("changes")
    ordered = ibis.union(nothing, *steps).order_by("file", ROW, "step", "column").drop("step")
    table = loaded.engine.keep(kept, ordered)
    write_csv(loaded.engine.work / f"{kept}.parquet", file)
    return table


def _result(loaded: Loaded, changes: ir.Table, files: dict[str, Path], out: Path) -> Mended:
    fetch = loaded.engine.fetch
    out_rows = changes.column.isnull().cast("int64").sum()
    counts = changes.group_by("file", "rule").aggregate(changes=changes.count(), rows_out=out_rows)
    taken = changes.filter(changes.column.isnull()).select("file", ROW).distinct()
    listed = dict(fetch(taken.group_by("file").aggregate(n=taken.count())).iter_rows())
    rows = [
        (
            name,
            count_rows(loaded, raw.table),
            count_rows(loaded, loaded.engine.read(files[name])),
            listed.get(raw.file, 0),
        )
        for name, raw in loaded.raws.items()
    ]
    first = fetch(changes.limit(SHOWN)).select(*CHANGE)
    return Mended(out, first, fetch(counts).sort("file", "rule"), pl.DataFrame(rows, schema=ROWS, orient="row"))
