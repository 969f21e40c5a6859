"""Municipality codes through the years: what a code of one day is called on another.

The list of codes has a row for each time that a code was valid, and names who followed it. Denmark had 275
municipalities until 2006 and has had 98 since; thirteen were divided between several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis
import polars as pl

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from fodfaeste.data.register import Register

ALWAYS, FOR_EVER = date(1800, 1, 1), date(9999, 12, 31)
"""Where the list of codes says no day."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Code:
    """One row of the list of codes: a code, valid from `since` to `until`, both included."""

    row: int
    code: str
    since: date
    until: date
    successors: tuple[str, ...]


Codes = Mapping[str, Sequence[Code]]
"""The rows of each code, oldest first."""


def codes_of(frame: pl.DataFrame) -> Codes:
    """Read the list of codes: row, code, valid_from, valid_to, successor."""
    codes: dict[str, list[Code]] = {}
    for one in frame.sort("code", "valid_from", "row").iter_rows(named=True):
        followed = tuple(part.strip() for part in (one["successor"] or "").split("|") if part.strip())
        since, until = one["valid_from"] or ALWAYS, one["valid_to"] or FOR_EVER
        codes.setdefault(one["code"], []).append(Code(one["row"], one["code"], since, until, followed))
    return codes


def next_code(code: Code, codes: Codes, successor: str | None = None) -> Code | None:
    """Give the row of the (first) successor that is valid when a code ends; None if there is none."""
    if not code.successors:
        return None
    rows = codes.get(successor or code.successors[0], [])
    if code.until == FOR_EVER:
        return next((row for row in rows if row is not code), None)
    return next((row for row in rows if row.since <= code.until + _DAY <= row.until), None)


def chain(code: Code, codes: Codes) -> Iterator[Code]:
    """Follow a code from successor to successor; stops where the list goes in a circle."""
    seen = {code.row}
    while (following := next_code(code, codes)) is not None and following.row not in seen:
        yield following
        seen.add(following.row)
        code = following


def readings(frame: pl.DataFrame) -> pl.DataFrame:
    """Say what each code is read as on which days: itself while it is valid, then what followed it.

    Returns
    -------
    DataFrame
        code, since, until (both days included, never overlapping for one code), reads_as, divided (whether it was
        divided on the way, so that the first successor stands for several).
    """
    codes = codes_of(frame)
    rows = [row for rows in codes.values() for row in _read(rows, codes)]
    schema = {"code": pl.String, "since": pl.Date, "until": pl.Date, "reads_as": pl.String, "divided": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read(rows: Sequence[Code], codes: Codes) -> Iterator[tuple[str, date, date, str, bool]]:
    told = date.min  # the last day of which it is said already what the code is
    for row in rows:
        if row.until >= row.since and row.until > told:
            yield row.code, _begins(row, told), row.until, row.code, False
            told = row.until
    last = max(rows, key=lambda row: row.until)
    divided = len(last.successors) > 1
    for following in chain(last, codes):
        if following.until > told:
            yield last.code, _begins(following, told), following.until, following.code, divided
            told = following.until
        divided = divided or len(following.successors) > 1


def _begins(row: Code, told: date) -> date:
    return row.since if row.since > told else told + _DAY


def broken_successions(frame: pl.DataFrame) -> pl.DataFrame:
    """List rows whose successors lead nowhere.

    Returns
    -------
    DataFrame
        broken_row, lost (the successor that is not there when the code ends), circle (the way round, as in A, B, A).
    """
    codes = codes_of(frame)
    found = []
    for row in (row for rows in codes.values() for row in rows):
        lost = next((one for one in row.successors if next_code(row, codes, one) is None), None)
        circle = None if lost else _circle(row, codes)
        if lost or circle:
            found.append((row.row, lost, circle))
    return pl.DataFrame(found, schema={"broken_row": pl.Int64, "lost": pl.String, "circle": pl.String}, orient="row")


def _circle(code: Code, codes: Codes) -> str | None:
    """Write the way from a code back to itself, as in A, B, A."""
    way = [code, *chain(code, codes)]
    back = next_code(way[-1], codes)
    return ", ".join(one.code for one in (*way, code)) if back is not None and back.row == code.row else None


def at(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Bring each code to the one that it is read as on a day.

    Returns
    -------
    DataFrame
        code, name, code_at, name_at, how: `same`, `successor`, `divided` (the first named stands for several) or
        `none` (it is not known what it was called on that day).
    """
    that_day = readings(frame).filter(pl.col("since") <= day, day <= pl.col("until"))
    last = frame.sort("valid_from", "row", nulls_last=False).unique("code", keep="last").select("code", "name")
    valid = pl.col("valid_from").fill_null(ALWAYS) <= day, day <= pl.col("valid_to").fill_null(FOR_EVER)
    names = frame.filter(*valid).unique("code", keep="first").select(reads_as="code", name_at="name")
    how = (
        pl.when(pl.col("reads_as").is_null())
        .then(pl.lit("none"))
        .when(pl.col("reads_as") == pl.col("code"))
        .then(pl.lit("same"))
        .when("divided")
        .then(pl.lit("divided"))
        .otherwise(pl.lit("successor"))
    )
    joined = last.join(that_day, on="code", how="left").join(names, on="reads_as", how="left")
    return joined.select("code", "name", pl.col("reads_as").alias("code_at"), "name_at", how=how).sort("code")


# A register at one vintage


@dataclass(frozen=True, eq=False)
class Vintage:
    """A register with the municipalities of one day.

    Attributes
    ----------
    day : date
    mapping : DataFrame
        code, name, code_at, name_at, how; see `at`.
    notes : tuple of str
        What the reader has to know: divided codes, codes of unknown fate, stays that became one.
    register : Register
        Spells with the codes of that day, moves inside one of its municipalities taken out; `rows` says how many spells
        became one with the spell before.
    """

    day: date
    mapping: pl.DataFrame
    notes: tuple[str, ...]
    register: Register


def at_vintage(register: Register, day: date) -> Vintage:
    """Bring all municipality codes of a register to those valid on a day.

    Codes that ended are followed to their successors; one that was divided becomes the first that is named, and is
    listed. A move between two municipalities that are one on that day is no move: its two spells become one. A code of
    unknown fate stays as it is, and is listed. Indicators are kept where the code is the same; others cannot be added.
    """
    engine, tables = register.engine, register.tables
    places = tables["municipalities"]
    listed = ("code", "name", "valid_from", "valid_to", "successor")
    mapping = at(engine.fetch(places.select(*listed)).with_row_index("row"), day)
    path = engine.work / f"vintage-{day}.parquet"
    mapping.select("code", pl.coalesce("code_at", "code").alias("reads_as"), "how").write_parquet(path)
    codes = engine.read(path)
    moved = engine.keep(f"spells-before-joining-{day}", _recoded(tables["residence_spells"], codes))
    spells = engine.keep(f"residence_spells-{day}", _without_moves_to_itself(joined(moved)))
    rows, notes = _rows(register, spells, day)
    recoded = {"residence_spells": spells, "municipalities": _places(places, codes, day)}
    if "municipality_indicators" in tables:
        same = codes.filter(codes.how == "same").select("code")
        recoded["municipality_indicators"] = tables["municipality_indicators"].semi_join(same, "code")
    changed = replace(register, tables={**tables, **recoded}, rows=rows)
    return Vintage(day, mapping, (*_notes(mapping, day), *notes), changed)


def _recoded(spells: ir.Table, codes: ir.Table) -> ir.Table:
    here = codes.select(here_code=codes.code, here_as=codes.reads_as)
    there = codes.select(there_code=codes.code, there_as=codes.reads_as)
    found = spells.left_join(here, spells.municipality == here.here_code)
    found = found.left_join(there, found.to == there.there_code)
    return found.mutate(municipality=found.here_as, to=found.there_as).select(*spells.columns)


def _without_moves_to_itself(spells: ir.Table) -> ir.Table:
    """Say `unknown` of who moved to what is now the same municipality and was not seen there next."""
    itself = (spells.to == spells.municipality).fill_null(False)
    reason = itself.ifelse("unknown", spells.end_reason)
    return spells.mutate(end_reason=reason, to=itself.ifelse(ibis.null("string"), spells.to))


def _places(places: ir.Table, codes: ir.Table, day: date) -> ir.Table:
    unknown = codes.filter(codes.how == "none").select("code")
    since, until = places.valid_from.fill_null(ibis.date(ALWAYS)), places.valid_to.fill_null(ibis.date(FOR_EVER))
    valid = places.filter((since <= ibis.date(day)) & (ibis.date(day) <= until))
    return valid.union(places.semi_join(unknown, "code"))


def _rows(register: Register, spells: ir.Table, day: date) -> tuple[pl.DataFrame, tuple[str, ...]]:
    used = int(register.engine.fetch(spells.aggregate(n=spells.count()))["n"][0])
    is_spells = pl.col("table") == "residence_spells"
    before = int(register.rows.filter(is_spells)["rows_used"].sum())
    rows = register.rows.with_columns(
        rows_used=pl.when(is_spells).then(used).otherwise("rows_used"),
        rows_listed=pl.when(is_spells).then(pl.col("rows_listed") + before - used).otherwise("rows_listed"),
    )
    said = f"{before - used} residence spells became one with the spell before: with the municipalities of {day} the"
    return rows, (f"{said} person did not move.",) if before > used else ()


def _notes(mapping: pl.DataFrame, day: date) -> Iterator[str]:
    for one in mapping.filter(pl.col("how") == "divided").iter_rows(named=True):
        yield f"{one['code']} ({one['name']}) was divided; all of it is read as {one['code_at']} ({one['name_at']})."
    if lost := mapping.filter(pl.col("how") == "none")["code"].to_list():
        yield f"What these codes were called on {day} is not known; they stay as they are: {', '.join(lost)}."


# Spells that follow each other in one municipality


def runs(spells: ir.Table, order: Sequence[str] = ("start",)) -> ir.Table:
    """Find stays that are written as several spells: each ends by a move, the next begins that day in the same place.

    Adds `joins_next`, `joins_last` (whether a spell goes on in the next, or goes on the one before), and `run_end`,
    `run_end_reason`, `run_to`: how the whole stay ends.
    """
    person = ibis.window(group_by="person", order_by=list(order))
    ahead = spells.mutate(
        ahead_start=spells.start.lead().over(person), ahead_in=spells.municipality.lead().over(person)
    )
    goes_on = (ahead.end_reason == "moved") & (ahead.ahead_start == ahead.end) & (ahead.ahead_in == ahead.municipality)
    known = ahead.mutate(joins_next=goes_on.fill_null(False)).drop("ahead_start", "ahead_in")
    known = known.mutate(joins_last=known.joins_next.lag().over(person).fill_null(False))
    begins = known.joins_last.ifelse(0, 1)
    known = known.mutate(run=begins.sum().over(ibis.cumulative_window(group_by="person", order_by=list(order))))
    stay = ibis.window(group_by=["person", "run"], order_by=list(order), preceding=None, following=None)
    last = {name: known[name].last(include_null=True).over(stay) for name in ("end", "end_reason", "to")}
    return known.mutate(**{f"run_{name}": value for name, value in last.items()}).drop("run")


def joined(spells: ir.Table) -> ir.Table:
    """Make one spell of those that are one stay in one municipality."""
    whole = runs(spells).filter(lambda t: ~t.joins_last)
    ends = {name: whole[f"run_{name}"] for name in ("end", "end_reason", "to")}
    return whole.mutate(**ends).select(*spells.columns)
