"""What a register has to fulfil: each rule a row of data, with the words it is told in and what mending does about it.

Rules stand in looks. A look is one table seen with what its rules need to know beside it (the person's day of birth,
the next spell, what the code is read as that day), so that one pass over the table answers all its rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import ibis

from fodfaeste.data.engine import ROW
from fodfaeste.data.register.reading import UNREAD, Loaded, Raw, accepted, day_first, parsed, said
from fodfaeste.data.register.schema import TABLES, Column
from fodfaeste.data.register.vintages import ALWAYS, FOR_EVER, runs

if TYPE_CHECKING:
    import ibis.expr.types as ir

Severity = Literal["refuse", "told"]
Condition = Callable[[Any], Any]
"""A column of true and false, made from the look's table. What it cannot know (an empty cell) counts as false."""

ALWAYS_DAY, NO_END = ibis.date(ALWAYS), ibis.date(FOR_EVER)


@dataclass(frozen=True)
class Mending:
    """What a mended copy does where a rule finds something.

    `sets` names columns and their new values (nothing: the cell is emptied); `drops` says which of the rows are taken
    out; `rows` which rows are acted on, if not those that the rule finds; `widened` adds what only mending has to know.
    """

    says: str
    sets: Mapping[str, Condition] = field(default_factory=dict)
    drops: Condition = field(default=lambda _: ibis.literal(False))
    rows: Condition | None = None
    widened: Callable[[Any], Any] = field(default=lambda look: look)


@dataclass(frozen=True)
class Rule:
    """One thing that has to be so.

    `found`, `expected` and `todo` are the words of a finding, with columns of the look in braces. `choices` are the
    names among which the one that was meant is looked for. A rule `of_neighbours` is about rows that follow each other;
    it is mended when the rows by themselves are in order.
    """

    code: str
    column: str | None
    when: Condition
    found: str
    expected: str
    todo: str
    mending: Mending | None
    severity: Severity = "refuse"
    choices: tuple[str, ...] = ()
    of_neighbours: bool = False


@dataclass(frozen=True)
class Look:
    """A table with what its rules need beside it, from other tables (`beside`) too.

    `needed` says whether its rules can find anything at all, where that is quickly known.
    """

    table: str
    frame: Callable[[Loaded], ir.Table]
    rules: Callable[[Loaded], tuple[Rule, ...]]
    beside: tuple[str, ...] = ()
    needed: Callable[[Loaded], bool] = field(default=lambda _: True)


def _drop(why: str) -> Mending:
    return Mending(f"the row is taken out: {why}", drops=lambda _: ibis.literal(True))


def _nothing(kind: str) -> Condition:
    return lambda _: ibis.null(kind)


def _text(value: str) -> Condition:
    return lambda _: ibis.literal(value)


# Cells, each by itself


def _cells(table: str) -> Look:
    def frame(loaded: Loaded) -> ir.Table:
        raw = loaded.raws[table]
        about = {
            "uneven": raw.uneven,
            **({"person": said(raw, raw.schema.columns[0])} if raw.schema.has_person else {}),
        }
        for column in raw.schema.columns:
            about |= _cell(raw, column)
        return raw.table.select(ROW, **about)

    def rules(loaded: Loaded) -> tuple[Rule, ...]:
        raw = loaded.raws[table]
        columns = [column for column in raw.schema.columns if column.name in raw.columns]
        return (UNEVEN_ROW, *(rule for column in columns for rule in _cell_rules(column)))

    return Look(table, frame, rules, needed=lambda loaded: loaded.unread[table])


def _cell(raw: Raw, column: Column) -> dict[str, Any]:
    """Give what stands in a cell (`said_`), whether it can be read, is accepted, and how it may have been meant."""
    stands, read = said(raw, column), parsed(raw, column)
    meant = {"date": day_first, "number": decimal_point}.get(column.kind)
    whole = raw.uneven.isnull()
    return {
        f"said_{column.name}": stands,
        f"empty_{column.name}": whole & stands.isnull(),
        f"illegible_{column.name}": whole & stands.notnull() & read.isnull(),
        f"refused_{column.name}": whole & read.notnull() & ~accepted(read, column).fill_null(False),
        f"meant_{column.name}": meant(stands) if meant else ibis.null("string"),
    }


def decimal_point(text: ir.StringValue) -> ir.StringValue:
    """Rewrite 12,5 as 12.5; nothing where it is no number with a decimal comma."""
    return text.re_search(r"^-?\d+,\d+$").ifelse(text.replace(",", "."), ibis.null("string"))


UNEVEN_ROW = Rule(
    "uneven_row",
    None,
    lambda f: f.uneven.notnull(),
    "too many or too few cells: {uneven}",
    "one cell for each column of the header",
    "Quote cells that contain a comma; a decimal comma must be a point.",
    _drop("its cells cannot be told apart"),
)


def _cell_rules(column: Column) -> tuple[Rule, ...]:
    name, kind = column.name, column.kind
    stands, meant = f"'{{said_{name}}}'", f"{{meant_{name}}}"
    rest = _mended_cell(column)
    rewritten = Mending(_REWRITTEN.get(kind, ""), sets={name: lambda f: f[f"meant_{name}"]})
    rules = []
    if column.required:
        todo = "Fill it in, or leave the row out."
        rules.append(
            Rule("empty_cell", name, lambda f: f[f"empty_{name}"], "an empty cell", column.expected, todo, rest)
        )
    if kind in _REWRITTEN:
        code, todo = _MEANT[kind], f"Write it as {meant}."
        found = Rule(code, name, lambda f: _meant(f, name), stands, column.expected, todo, rewritten)
        rules.append(found)
    if kind != "text":
        todo = _HOW_TO_WRITE[kind]
        rules.append(Rule("illegible_cell", name, lambda f: _illegible(f, name), stands, column.expected, todo, rest))
    if column.allowed or column.pattern or column.lowest is not None:
        todo, code = "Correct it.", "unknown_category" if column.allowed else "out_of_range"
        when = lambda f: f[f"refused_{name}"]  # noqa: E731
        rules.append(Rule(code, name, when, stands, column.expected, todo, rest, choices=column.allowed))
    return tuple(rules)


_MEANT = {"date": "day_first", "number": "decimal_comma"}
_REWRITTEN = {"date": "read as day, month, year", "number": "the decimal comma is read as a point"}
_HOW_TO_WRITE = {
    "date": "Write it as in 2001-01-31.",
    "number": "Write it with digits and a decimal point.",
    "year": "Write it as in 2001.",
}


def _meant(look: Any, name: str) -> Any:
    return look[f"illegible_{name}"] & look[f"meant_{name}"].notnull()


def _illegible(look: Any, name: str) -> Any:
    return look[f"illegible_{name}"] & look[f"meant_{name}"].isnull()


def _mended_cell(column: Column) -> Mending:
    if column.mended is None:
        return _drop(f"nobody can know its {column.name}")
    if not column.mended:
        return Mending("the cell is emptied", sets={column.name: _nothing("string")})
    return Mending(f"set to {column.mended}", sets={column.name: _text(column.mended)})


# Keys


def _keys(table: str, needed: Callable[[Loaded], bool] = lambda _: True) -> Look:
    key = TABLES[table].key

    def frame(loaded: Loaded) -> ir.Table:
        rows = loaded.typed[table].filter(lambda t: ~t[UNREAD])
        filled = {f"key_{name}": _filled(rows[name], table, name) for name in key}
        keyed = rows.mutate(**filled)
        first = keyed.group_by(list(filled)).aggregate(first_row=keyed[ROW].min(), times=keyed.count())
        return keyed.inner_join(first.filter(first.times > 1), list(filled))

    rule = _duplicate_row(table, lambda f: f[ROW] > f.first_row)
    return Look(table, frame, lambda _: (rule,), needed=needed)


def _duplicate_row(table: str, when: Condition) -> Rule:
    key = TABLES[table].key
    return Rule(
        "duplicate_row",
        ", ".join(key),
        when,
        " and ".join(f"{name} {{{name}}}" for name in key) + " a second time (first on row {first_row})",
        f"each {' and '.join(key)} once",
        "Take one of the rows out, or tell them apart.",
        _drop("the first with this key counts"),
    )


def _filled(value: Any, table: str, name: str) -> Any:
    """Fill a key that may be empty: SQL joins nothing to nothing."""
    column = next(column for column in TABLES[table].columns if column.name == name)
    return value if column.required else value.fill_null(ALWAYS_DAY)


# Municipalities


def _places(loaded: Loaded) -> ir.Table:
    rows = loaded.typed["municipalities"].filter(lambda t: ~t[UNREAD])
    since, until = rows.valid_from.fill_null(ALWAYS_DAY), rows.valid_to.fill_null(NO_END)
    rows = rows.mutate(since=since, until=until)
    later = ibis.window(group_by="code", order_by=["since", ROW])
    rows = rows.mutate(next_since=rows.since.lead().over(later))
    broken = loaded.successions
    return rows.left_join(broken, rows[ROW] == broken.broken_row)


PLACES = (
    Rule(
        "validity_reversed",
        "valid_to",
        lambda f: f.until < f.since,
        "valid from {valid_from} to {valid_to}",
        "a last day that is not before the first",
        "Correct the days.",
        Mending("the last day is emptied", sets={"valid_to": _nothing("date")}),
    ),
    Rule(
        "validity_overlaps",
        "valid_to",
        lambda f: (f.since < f.next_since) & (f.next_since <= f.until),
        "{code} valid from {valid_from} to {valid_to}, and again from {next_since}",
        "one row for the code on each day",
        "End the first the day before the second begins.",
        Mending(
            "ended the day before the code begins again",
            # Some engines make a day less a day a time of day; only its day is wanted.
            sets={"valid_to": lambda f: (f.next_since - ibis.interval(days=1)).cast("string").substr(0, 10)},
        ),
    ),
    Rule(
        "unknown_successor",
        "successor",
        lambda f: f.lost.notnull(),
        "the successor {lost}",
        "a code of the table that is valid the day after {until}",
        "Correct it, or add the successor as a row.",
        Mending("the successor is emptied", sets={"successor": _nothing("string")}),
    ),
    Rule(
        "successors_in_a_circle",
        "successor",
        lambda f: f.circle.notnull(),
        "successors in a circle: {circle}",
        "a successor that is not followed by its forerunner",
        "Take out the one that is wrong.",
        Mending("the successor is emptied", sets={"successor": _nothing("string")}),
    ),
)


def _indicators(loaded: Loaded) -> ir.Table:
    rows = loaded.typed["municipality_indicators"].filter(lambda t: ~t[UNREAD])
    return _with_known(rows, loaded, "code", "known_code")


def _with_known(rows: ir.Table, loaded: Loaded, column: str, known: str) -> ir.Table:
    codes = loaded.typed["municipalities"].select(**{known: lambda t: t.code}).filter(lambda t: t[known].notnull())
    return rows.left_join(codes.distinct(), rows[column] == codes[known])


INDICATORS = (
    Rule(
        "unknown_municipality",
        "code",
        lambda f: f.known_code.isnull(),
        "{code}",
        "a code that is in the table municipalities",
        "Add the municipality, or correct the code.",
        _drop("the municipality is not known"),
    ),
)


# Persons


def _persons(loaded: Loaded) -> ir.Table:
    rows = loaded.typed["persons"].filter(lambda t: ~t[UNREAD])
    lives = loaded.typed["residence_spells"].select(lives=lambda t: t.person).distinct()
    return _watched(rows.left_join(lives, rows.person == lives.lives), loaded)


def _watched(rows: ir.Table, loaded: Loaded) -> ir.Table:
    return rows.mutate(observed_until=ibis.date(loaded.settings.observed_until))


PERSONS = (
    Rule(
        "birth_after_arrival",
        "birth_date",
        lambda f: f.birth_date > f.arrival_date,
        "born {birth_date}, arrived {arrival_date}",
        "a birth that is not after the arrival",
        "Correct one of the days; a child born here arrives on its day of birth.",
        _drop("one of the two days is wrong, and nobody can know which"),
    ),
    Rule(
        "arrival_after_watching",
        "arrival_date",
        lambda f: f.arrival_date > f.observed_until,
        "an arrival on {arrival_date}",
        "a day not after {observed_until} (observed_until)",
        "Correct the day, or observed_until in register.json.",
        _drop("the person arrived after the last day observed"),
    ),
    Rule(
        "no_residence",
        "person",
        lambda f: f.lives.isnull(),
        "no residence spell of {person}",
        "at least one from the arrival on",
        "Nothing has to be done; the person is in no table of stays.",
        None,
        severity="told",
    ),
)


def _with_person(rows: ir.Table, loaded: Loaded) -> ir.Table:
    persons = loaded.typed["persons"].select("birth_date", "arrival_date", who=lambda t: t.person)
    if loaded.persons_repeat:
        # One who is there twice must not double the spells.
        persons = persons.group_by("who").aggregate(
            birth_date=persons.birth_date.min(), arrival_date=persons.arrival_date.min()
        )
    return _watched(rows.left_join(persons, rows.person == persons.who), loaded)


def _unknown_person() -> Rule:
    return Rule(
        "unknown_person",
        "person",
        lambda f: f.who.isnull(),
        "{person}",
        "a person who is in the table persons",
        "Add the person, or leave the spell out.",
        _drop("the person is not known"),
    )


def _end_not_after_start() -> Rule:
    return Rule(
        "end_not_after_start",
        "end",
        lambda f: f.end <= f.start,
        "from {start} to {end}",
        "an end after the start: it is the first day no longer so",
        "Correct one of the days, or leave the spell out if it has no days.",
        _drop("it has no day"),
    )


def _before_birth() -> Rule:
    return Rule(
        "before_birth",
        "start",
        lambda f: f.start < f.birth_date,
        "a start on {start}",
        "a day not before the birth, {birth_date}",
        "Correct one of the days.",
        _drop("nobody lives or works before birth"),
    )


def _after_watching() -> Rule:
    return Rule(
        "start_after_watching",
        "start",
        lambda f: f.start > f.observed_until,
        "a start on {start}",
        "a day not after {observed_until} (observed_until)",
        "Correct the day, or observed_until in register.json.",
        _drop("it begins after the last day observed"),
    )


# Residence spells, each with the person, the code and the next


def _residences(loaded: Loaded) -> ir.Table:
    rows = _in_order(loaded.typed["residence_spells"])
    rows = _with_person(rows.filter(lambda t: ~t[UNREAD]), loaded)
    rows = _with_known(_with_known(rows, loaded, "municipality", "known_code"), loaded, "to", "known_to")
    read = loaded.readings.select("since", "until", "reads_as", read_code="code")
    on_the_day = (rows.municipality == read.read_code, rows.start >= read.since, rows.start <= read.until)
    return rows.left_join(read, on_the_day)


def _in_order(rows: ir.Table) -> ir.Table:
    """Add the next spell and the one before, and the day of a death before."""
    rows = rows.filter(rows.person.notnull() & rows.start.notnull())
    order = [rows.start, rows[ROW]]
    line = ibis.window(group_by="person", order_by=order)
    before = ibis.window(group_by="person", order_by=order, preceding=(None, 1))
    died = ((rows.end_reason == "died") & ~rows[UNREAD]).ifelse(rows.end, ibis.null("date"))
    return rows.mutate(
        next_start=rows.start.lead().over(line),
        next_in=rows.municipality.lead().over(line),
        next_row=rows[ROW].lead().over(line),
        next_read=~rows[UNREAD].lead().over(line).fill_null(False),
        first_row=rows[ROW].lag().over(line),
        last_start=rows.start.lag().over(line),
        died_on=died.min().over(before),
    )


def _overlapping(look: Any) -> Any:
    return (look.start < look.next_start) & (look.next_start < look.end)


def _next_that_day(look: Any) -> Any:
    return look.next_read & (look.next_start == look.end)


CUT = Mending(
    "cut where the next spell begins: the later entry counts",
    sets={
        "end": lambda f: f.next_start,
        "end_reason": _text("moved"),
        "to": lambda f: f.next_in,
    },
)

RESIDENCES = (
    _duplicate_row("residence_spells", lambda f: f.last_start == f.start),
    Rule(
        "death_before_birth",
        "end",
        lambda f: (f.end_reason == "died") & (f.end < f.birth_date),
        "a death on {end}",
        "a day not before the birth, {birth_date}",
        "Correct one of the days.",
        _drop("one of the two days is wrong, and nobody can know which"),
    ),
    _unknown_person(),
    Rule(
        "unknown_municipality",
        "municipality",
        lambda f: f.known_code.isnull(),
        "{municipality}",
        "a code that is in the table municipalities",
        "Add the municipality, or correct the code.",
        _drop("the municipality is not known"),
    ),
    Rule(
        "code_outdated",
        "municipality",
        lambda f: f.reads_as != f.municipality,
        "{municipality}, which was no longer valid on {start}",
        "the code of that day, {reads_as}",
        "Write {reads_as}.",
        Mending("read as the code that followed it", sets={"municipality": lambda f: f.reads_as}),
    ),
    Rule(
        "code_not_valid",
        "municipality",
        lambda f: f.known_code.notnull() & f.reads_as.isnull(),
        "{municipality}, which was not valid on {start}",
        "a code that was valid on that day",
        "Correct the code, or its days in the table municipalities.",
        _drop("nobody can know the municipality"),
    ),
    Rule(
        "code_outlived",
        "municipality",
        lambda f: (f.reads_as == f.municipality) & (f.until < f.end.fill_null(f.observed_until)),
        "{municipality}, which ended on {until} during the spell",
        "a code that is valid to the end of the spell",
        "Nothing has to be done; the spell is counted under the code of its first day.",
        None,
        severity="told",
    ),
    _end_not_after_start(),
    _before_birth(),
    _after_watching(),
    Rule(
        "start_before_arrival",
        "start",
        lambda f: (f.start < f.arrival_date) & (f.start >= f.birth_date),
        "a start on {start}",
        "a day not before the arrival, {arrival_date}",
        "Correct one of the days.",
        Mending(
            "it begins at the arrival; taken out if it ended by then",
            sets={"start": lambda f: f.arrival_date},
            drops=lambda f: (f.end <= f.arrival_date).fill_null(False),
        ),
    ),
    Rule(
        "end_after_watching",
        "end",
        lambda f: f.end > f.observed_until,
        "an end on {end}",
        "a day not after {observed_until} (observed_until), or an open spell",
        "Leave the end empty: on the last day observed the person still lives there.",
        Mending(
            "open: on the last day observed the person still lives there",
            sets={"end": _nothing("date"), "end_reason": _text("open"), "to": _nothing("string")},
        ),
    ),
    Rule(
        "no_reason",
        "end_reason",
        lambda f: f.end_reason.isnull(),
        "no reason of the end, {end}",
        "moved, emigrated, died or unknown; open where there is no end",
        "Write unknown if it is not known, open if the person still lives there.",
        Mending(
            "unknown if there is an end, else open",
            sets={"end_reason": lambda f: f.end.isnull().ifelse("open", "unknown")},
        ),
    ),
    Rule(
        "open_with_end",
        "end_reason",
        lambda f: (f.end_reason == "open") & f.end.notnull(),
        "open with an end, {end}",
        "an end or open, not both",
        "Write why it ended (unknown if it is not known), or leave the end empty.",
        Mending("the end is believed, its reason is unknown", sets={"end_reason": _text("unknown")}),
    ),
    Rule(
        "to_without_move",
        "to",
        lambda f: f.to.notnull() & (f.end_reason != "moved"),
        "the code {to} though the spell ended by {end_reason}",
        "nothing, unless the person moved",
        "Leave the cell empty, or write moved.",
        Mending("the cell is emptied", sets={"to": _nothing("string")}),
    ),
    Rule(
        "unknown_destination",
        "to",
        lambda f: f.to.notnull() & f.known_to.isnull(),
        "{to}",
        "a code that is in the table municipalities",
        "Add the municipality, or correct the code.",
        Mending("the cell is emptied", sets={"to": _nothing("string")}),
    ),
    Rule(
        "moved_within",
        "municipality",
        lambda f: (f.end_reason == "moved") & _next_that_day(f) & (f.next_in == f.municipality),
        "a move on {end} and the next spell (row {next_row}) in the same municipality, {municipality}",
        "one spell for a stay in one municipality",
        "Make one spell of the two.",
        Mending(
            "one spell of those that are one stay",
            sets={
                "end": lambda f: f.run_end,
                "end_reason": lambda f: f.run_end_reason,
                "to": lambda f: f.run_to,
            },
            rows=lambda f: f.joins_next | f.joins_last,
            drops=lambda f: f.joins_last,
            widened=lambda f: runs(f, ("start", ROW)),
        ),
        of_neighbours=True,
    ),
    Rule(
        "after_death",
        "start",
        lambda f: f.died_on <= f.start,
        "a start on {start} after a death on {died_on}",
        "no spell after death",
        "Correct the reason of the earlier spell, or leave this one out.",
        _drop("the person had died"),
        of_neighbours=True,
    ),
    Rule(
        "open_not_last",
        "end",
        lambda f: f.next_read & f.end.isnull() & (f.start < f.next_start),
        "no end, though a later spell (row {next_row}) begins on {next_start}",
        "one open spell a person, the last",
        "End it where the next one begins.",
        CUT,
        of_neighbours=True,
    ),
    Rule(
        "overlap",
        "end",
        lambda f: f.next_read & _overlapping(f),
        "an end on {end}, after the next spell (row {next_row}) began on {next_start}",
        "one municipality a day",
        "End it where the next one begins.",
        CUT,
        of_neighbours=True,
    ),
    Rule(
        "emigrated_not_gone",
        "end_reason",
        lambda f: (f.end_reason == "emigrated") & _next_that_day(f),
        "emigrated on {end}, and the next spell (row {next_row}) begins that day",
        "time abroad before a return",
        "Write moved, or correct one of the days.",
        Mending(
            "moved: the person lives in the country the same day",
            sets={"end_reason": _text("moved"), "to": lambda f: f.next_in},
        ),
        of_neighbours=True,
    ),
    Rule(
        "destination_not_next",
        "to",
        lambda f: (
            (f.end_reason == "moved")
            & _next_that_day(f)
            & (f.next_in != f.municipality)
            & (f.to.isnull() | (f.to != f.next_in))
        ),
        "moved to {to}, and the next spell (row {next_row}) in {next_in}",
        "the municipality of the next spell",
        "Write {next_in}, or correct the next spell.",
        Mending("set to where the next spell is", sets={"to": lambda f: f.next_in}),
        of_neighbours=True,
    ),
    Rule(
        "moved_to_itself",
        "to",
        lambda f: (
            (f.end_reason == "moved") & (f.to == f.municipality) & f.next_read & ~_next_that_day(f).fill_null(False)
        ),
        "a move from {municipality} to itself",
        "another municipality",
        "Correct the code, or write unknown as the reason.",
        Mending(
            "where the person went is unknown",
            sets={"end_reason": _text("unknown"), "to": _nothing("string")},
        ),
        of_neighbours=True,
    ),
    Rule(
        "reason_without_end",
        "end",
        lambda f: f.next_read & f.end.isnull() & (f.end_reason != "open") & f.next_start.isnull(),
        "no end, though the spell ended by {end_reason}",
        "the first day no longer there",
        "Fill it in, or write open.",
        _drop("it ended nobody knows when"),
        of_neighbours=True,
    ),
    Rule(
        "gap",
        "end",
        lambda f: f.next_read & (f.end < f.next_start) & ~f.end_reason.isin(["emigrated", "died"]),
        "an end on {end}, and the next spell (row {next_row}) from {next_start}",
        "a known address on each day",
        "Nothing has to be done; between the two the address is unknown.",
        None,
        severity="told",
    ),
    Rule(
        "destination_unknown",
        "to",
        lambda f: (f.end_reason == "moved") & f.to.isnull() & f.next_read & ~_next_that_day(f).fill_null(False),
        "moved, with no code of where to",
        "the municipality moved to",
        "Nothing has to be done; the move is counted, its destination is not.",
        None,
        severity="told",
    ),
    Rule(
        "late_residence",
        "start",
        lambda f: f.first_row.isnull() & (f.start > f.arrival_date),
        "the first residence spell begins on {start}",
        "one that begins on the day of arrival, {arrival_date}",
        "Nothing has to be done; the time between is not counted.",
        None,
        severity="told",
    ),
)


# Employment spells


def _employments(loaded: Loaded) -> ir.Table:
    rows = loaded.typed["employment_spells"].filter(lambda t: ~t[UNREAD])
    rows = rows.mutate(last_day=rows.end.fill_null(NO_END))
    line = {"group_by": ["person", "kind"], "order_by": [rows.start, rows[ROW]]}
    rows = rows.mutate(
        earlier_end=rows.last_day.max().over(ibis.window(**line, preceding=(None, 1))),
        last_start=rows.start.lag().over(ibis.window(**line)),
        first_row=rows[ROW].lag().over(ibis.window(**line)),
    )
    left = _left_for_good(loaded)
    return _with_person(rows, loaded).left_join(left, rows.person == left.leaver)


def _left_for_good(loaded: Loaded) -> ir.Table:
    """Find who died or left the country on which day and did not live there later."""
    spells = loaded.typed["residence_spells"].filter(lambda t: ~t[UNREAD])
    leaving = spells.filter(spells.end_reason.isin(["died", "emigrated"]))
    leaving = leaving.group_by(leaver=leaving.person).aggregate(left_on=leaving.end.max())
    back = spells.select(back=spells.person, back_on=spells.start)
    return leaving.anti_join(back, (leaving.leaver == back.back, back.back_on >= leaving.left_on))


EMPLOYMENTS = (
    _duplicate_row("employment_spells", lambda f: f.last_start == f.start),
    _unknown_person(),
    _end_not_after_start(),
    _before_birth(),
    _after_watching(),
    Rule(
        "after_leaving",
        "start",
        lambda f: f.start >= f.left_on,
        "a start on {start}",
        "no work after death or emigration without return, {left_on}",
        "Correct one of the days, or leave the spell out.",
        _drop("the person had died or left the country"),
    ),
    Rule(
        "outlasts_stay",
        "end",
        lambda f: (f.start < f.left_on) & (f.left_on < f.end.fill_null(NO_END)),
        "from {start} to {end}",
        "at the latest the day of death or emigration without return, {left_on}",
        "End it on that day.",
        Mending("ended when the person died or left the country", sets={"end": lambda f: f.left_on}),
    ),
    Rule(
        "end_after_watching",
        "end",
        lambda f: f.end > f.observed_until,
        "an end on {end}",
        "a day not after {observed_until} (observed_until), or an open spell",
        "Leave the end empty: on the last day observed it is still so.",
        Mending("open: on the last day observed it is still so", sets={"end": _nothing("date")}),
    ),
    Rule(
        "overlap",
        "start",
        lambda f: f.start < f.earlier_end,
        "a start on {start}, before the earlier spell of the same kind ended on {earlier_end}",
        "one spell of a kind a day",
        "Begin it where the earlier one ends, or make one of the two.",
        Mending(
            "begins where the earlier one ends, and taken out if it adds no day",
            sets={"start": lambda f: f.earlier_end},
            drops=lambda f: f.last_day <= f.earlier_end,
        ),
        of_neighbours=True,
    ),
)


# In the order in which they are looked at: a table that others refer to comes first, and cells before what they mean

LOOKS: tuple[Look, ...] = (
    *(_cells(table) for table in TABLES),
    _keys("municipalities"),
    _keys("municipality_indicators"),
    _keys("persons", needed=lambda loaded: loaded.persons_repeat),
    Look("municipalities", _places, lambda _: PLACES),
    Look("municipality_indicators", _indicators, lambda _: INDICATORS, ("municipalities",)),
    Look("persons", _persons, lambda _: PERSONS, ("residence_spells",)),
    Look("residence_spells", _residences, lambda _: RESIDENCES, ("persons", "municipalities")),
    Look("employment_spells", _employments, lambda _: EMPLOYMENTS, ("persons", "residence_spells")),
)
