"""The register's tables counted: who arrived, who moved first and when, who works, where the movers went.

Everything is an Ibis expression over the register's tables, so DuckDB and Spark count the same thing. `first_stays`
makes one row a person; the other functions count it in cells, and only cells leave the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
from ibis import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

HORIZONS: tuple[int, ...] = (6, 12, 18, 24, 30, 36, 42, 48)
"""Months after arrival at which work is looked at."""

WORK: tuple[str, ...] = ("employee", "self_employed", "subsidised")
"""Kinds of spell that count as employed."""

SELF_SUPPORT: tuple[str, ...] = ("employee", "self_employed", "education")
"""Kinds of spell that count as self-supporting: work without subsidy, or education."""

AGE_BANDS: tuple[tuple[int, str], ...] = ((17, "0-17"), (34, "18-34"))
"""The last year of age of each band; older people are 35+, as the report of 2002 has it."""

EVENTS: Mapping[str, str] = {
    "moved": "moved",
    "emigrated": "emigrated",
    "died": "dead",
    "unknown": "lost",
    "open": "censored",
}
"""What a first stay's end reason is called as an event."""


@dataclass(frozen=True)
class Scope:
    """What days and ages the tables are about.

    Attributes
    ----------
    observed_until : date
        The last day that the register knows.
    reference_day : date, optional
        The day at which `status` is looked up.
    rule_from : date, optional
        Who arrived from this day on was bound by a residence rule; everybody before was free.
    working_age : tuple of int
        First and last year of age at which work is counted.
    """

    observed_until: date
    reference_day: date | None = None
    rule_from: date | None = None
    working_age: tuple[int, int] = (16, 66)


def first_stays(tables: Mapping[str, ir.Table], scope: Scope) -> ir.Table:
    """Follow each person from arrival: first municipality, first event, status at the reference day, work.

    Parameters
    ----------
    tables : mapping of name to Ibis table
        `persons`, `residence_spells`, `employment_spells` and `municipalities`, clean.
    scope : Scope

    Returns
    -------
    Ibis table
        A row a person: person, household, municipality, municipality_name, kind, arrival_date, arrival_year, sex, age
        (years at arrival), age_band, citizenship, civil_status, permit, schooling, months (to the first event or the
        end of watching, from 1), event (moved, emigrated, dead, lost, censored), destination, destination_kind,
        watch_months, cohort (free, bound), status (stayed, moved, emigrated, dead, unknown), status_municipality,
        status_kind, employed_6 ... employed_48 and self_supporting_6 ... (1, 0, empty where not of working age, gone,
        or not yet observed).
    """
    spells = tables["residence_spells"]
    places = _places(tables["municipalities"])
    until = ibis.date(scope.observed_until)
    arrivals = _first(spells).join(tables["persons"], "person")
    stays = arrivals.select(*_about_person(arrivals, until, scope))
    stays = _with_place(stays, places, "municipality", name="municipality_name", kind="kind")
    stays = _with_place(stays, places, "destination", kind="destination_kind")
    stays = _with_status(stays, spells, places, scope)
    return _with_work(stays, spells, tables["employment_spells"], scope)


def cohorts(stays: ir.Table, by: Sequence[str]) -> ir.Table:
    """Count arrivals by their status at the reference day: persons, stayed, moved, dead, emigrated, unknown."""
    counted = {name: (_.status == name).sum().cast("int64") for name in STATUSES}
    return stays.filter(_.status.notnull()).group_by(*by).aggregate(persons=_.count().cast("int64"), **counted)


STATUSES: tuple[str, ...] = ("stayed", "moved", "dead", "emigrated", "unknown")


def first_move(stays: ir.Table, by: Sequence[str]) -> ir.Table:
    """Count persons by month and kind of the first event: `by`, months, event, persons."""
    return stays.group_by(*by, "months", "event").aggregate(persons=_.count().cast("int64"))


def employment_after(stays: ir.Table, by: Sequence[str], months: Sequence[int] = HORIZONS) -> ir.Table:
    """Count those at work some months after arrival: `by`, month, persons (of working age and here), events."""
    return _after(stays, "employed", by, months)


def self_support(stays: ir.Table, by: Sequence[str], months: Sequence[int] = HORIZONS) -> ir.Table:
    """Count those who support themselves some months after arrival: `by`, month, persons, events."""
    return _after(stays, "self_supporting", by, months)


def destinations(stays: ir.Table, by: Sequence[str] = ("kind",)) -> ir.Table:
    """Count where arrivals lived at the reference day: `by`, place (a kind, or same_municipality), persons.

    Those who are dead, abroad or without a known address are left out, as in the report of 2002; `cohorts` counts them.
    """
    here = stays.filter(_.status.isin(["stayed", "moved"]))
    place = ibis.cases((_.status == "stayed", "same_municipality"), else_=_.status_kind)
    return here.mutate(place=place).group_by(*by, "place").aggregate(persons=_.count().cast("int64"))


def employment_on(tables: Mapping[str, ir.Table], day: date, scope: Scope) -> ir.Table:
    """Count residents of working age on a day by municipality: municipality, employed, unemployed, outside."""
    at = ibis.date(day)
    first, last = scope.working_age
    here = tables["residence_spells"].filter(_covers(_, at)).select("person", "municipality")
    people = here.join(tables["persons"].select("person", "birth_date"), "person")
    people = people.filter(lambda t: _age(t.birth_date, at).between(first, last))
    work = tables["employment_spells"].filter(_covers(_, at)).group_by("person")
    kinds = work.aggregate(works=_.kind.isin(WORK).max(), seeks=(_.kind == "unemployed").max())
    joined = people.left_join(kinds, "person").select("municipality", "works", "seeks")
    works, seeks = _.works.fill_null(False), _.seeks.fill_null(False)
    return joined.group_by("municipality").aggregate(
        employed=works.sum().cast("int64"),
        unemployed=(~works & seeks).sum().cast("int64"),
        outside=(~works & ~seeks).sum().cast("int64"),
    )


def grouped_citizenship(stays: ir.Table, named: Sequence[str]) -> ir.Table:
    """Add `nationality`: the citizenship where it is one of `named`, otherwise "other"."""
    return stays.mutate(nationality=ibis.cases((_.citizenship.isin(list(named)), _.citizenship), else_="other"))


def months_between(start: Any, end: Any) -> Any:
    """Give the integer month t with `end` in (t-1, t] months after `start`, at least 1."""
    return ibis.greatest(_months_until(start, end), 1)


def _about_person(t: ir.Table, until: Any, scope: Scope) -> list[Any]:
    age = _age(t.birth_date, t.start)
    cohort = (
        ibis.null("string")
        if scope.rule_from is None
        else ibis.cases((t.start < ibis.date(scope.rule_from), "free"), else_="bound")
    )
    return [
        t.person,
        t.household,
        t.municipality,
        t.start.name("arrival_date"),
        t.start.year().cast("int64").name("arrival_year"),
        t.sex,
        t.birth_date,
        age.name("age"),
        ibis.cases(*((age <= last, name) for last, name in AGE_BANDS), else_="35+").name("age_band"),
        *(t[name] for name in ("citizenship", "civil_status", "permit", "schooling")),
        months_between(t.start, ibis.coalesce(t.end, until)).name("months"),
        _event(t).name("event"),
        ibis.cases((t.end_reason == "moved", t.to), else_=None).name("destination"),
        months_between(t.start, until).name("watch_months"),
        cohort.name("cohort"),
    ]


def _event(spell: Any) -> Any:
    return ibis.cases(*((spell.end_reason == reason, event) for reason, event in EVENTS.items()), else_=None)


def _first(spells: ir.Table) -> ir.Table:
    order = ibis.window(group_by=_.person, order_by=_.start)
    return spells.mutate(place_in_line=ibis.row_number().over(order)).filter(_.place_in_line == 0)


def _last(spells: ir.Table) -> ir.Table:
    order = ibis.window(group_by=_.person, order_by=_.start.desc())
    return spells.mutate(place_in_line=ibis.row_number().over(order)).filter(_.place_in_line == 0)


def _places(municipalities: ir.Table) -> ir.Table:
    """Name each code once: a code that came back has the name and kind it had last."""
    order = ibis.window(group_by=_.code, order_by=_.valid_from.desc())
    last = municipalities.mutate(place_in_line=ibis.row_number().over(order)).filter(_.place_in_line == 0)
    return last.select(place_code=_.code, place_name=_.name, place_kind=_.kind)


def _with_place(stays: ir.Table, places: ir.Table, column: str, kind: str, name: str | None = None) -> ir.Table:
    joined = stays.left_join(places, stays[column] == places.place_code)
    added = {kind: joined.place_kind} | ({name: joined.place_name} if name else {})
    return joined.mutate(**added).drop("place_code", "place_name", "place_kind")


def _with_status(stays: ir.Table, spells: ir.Table, places: ir.Table, scope: Scope) -> ir.Table:
    if scope.reference_day is None:
        unknown = {name: ibis.null("string") for name in ("status", "status_municipality", "status_kind")}
        return stays.mutate(**unknown)
    day = ibis.date(scope.reference_day)
    at = _last(spells.filter(_.start <= day)).select(
        person_at=_.person,
        status_municipality=ibis.cases((_covers(_, day), _.municipality), else_=None),
        reason=_.end_reason,
    )
    joined = stays.left_join(at, stays.person == at.person_at)
    status = ibis.cases(
        (_.person_at.isnull(), None),
        (_.status_municipality == _.municipality, "stayed"),
        (_.status_municipality.notnull(), "moved"),
        (_.reason == "died", "dead"),
        (_.reason == "emigrated", "emigrated"),
        else_="unknown",
    )
    return _with_place(
        joined.mutate(status=status).drop("person_at", "reason"), places, "status_municipality", "status_kind"
    )


def _with_work(stays: ir.Table, spells: ir.Table, work: ir.Table, scope: Scope) -> ir.Table:
    """Look work up at each horizon, in whole months after arrival: a spell covers those from `begins` to before `ends`.

    Two numbers a spell, instead of a date for every spell and horizon, which a million persons would feel.
    """
    kinds = {"employed": WORK, "self_supporting": SELF_SUPPORT}
    arrived = stays.select(person_arrived=_.person, arrived=_.arrival_date)
    joined = work.join(arrived, work.person == arrived.person_arrived)
    spans = joined.select(
        person_worked=joined.person,
        begins=_months_until(joined.arrived, joined.start),
        ends=_months_until(joined.arrived, joined.end).fill_null(NEVER),
        **{name: joined.kind.isin(counted) for name, counted in kinds.items()},
    )
    at_work = {
        f"{name}_{month}": (spans[name] & (spans.begins <= month) & (spans.ends > month)).cast("int64").max()
        for name in kinds
        for month in HORIZONS
    }
    worked = spans.group_by("person_worked").aggregate(**at_work)
    people = _with_horizon(stays, spells, scope).left_join(worked, _.person == worked.person_worked)
    answered = {
        name: ibis.cases(
            ((people.counted_from <= month) & (people.counted_before > month), people[name].fill_null(0)), else_=None
        )
        for name, month in ((f"{kind}_{month}", month) for kind in kinds for month in HORIZONS)
    }
    return people.mutate(**answered).drop("person_worked", "birth_date", "counted_from", "counted_before")


NEVER = 9999
"""A month that nobody reaches."""


def _with_horizon(stays: ir.Table, spells: ir.Table, scope: Scope) -> ir.Table:
    """Add the months in which a person counts: of working age, here, and within what the register knows."""
    first, last = scope.working_age
    after = ibis.date(scope.observed_until + timedelta(days=1))
    gone = _last(spells).select(person_gone=_.person, gone=_.end)
    joined = stays.left_join(gone, stays.person == gone.person_gone)
    left = _months_until(joined.arrival_date, joined.gone).fill_null(NEVER)
    birth = joined.birth_date
    return joined.mutate(
        counted_from=_months_until(joined.arrival_date, birth, years=first),
        counted_before=ibis.least(
            left, _months_until(joined.arrival_date, birth, years=last + 1), _months_until(joined.arrival_date, after)
        ),
    ).drop("person_gone", "gone")


def _months_until(start: Any, day: Any, years: int = 0) -> Any:
    """Give the first month t for which the day `t` months after `start` is not before `day` (and `years` later)."""
    months = 12 * (day.year() + years - start.year()) + (day.month() - start.month())
    return (months + (day.day() > start.day()).cast("int32")).cast("int64")


def _covers(spell: Any, day: Any) -> Any:
    return (spell.start <= day) & (spell.end.isnull() | (spell.end > day))


def _age(birth: Any, day: Any) -> Any:
    years = day.year() - birth.year()
    before = (day.month() < birth.month()) | ((day.month() == birth.month()) & (day.day() < birth.day()))
    return (years - before.cast("int32")).cast("int64")


def _after(stays: ir.Table, what: str, by: Sequence[str], months: Sequence[int]) -> ir.Table:
    columns = {f"{what}_{month}": month for month in months}
    sums = {name: _[name].sum() for name in columns} | {f"n_{name}": _[name].count() for name in columns}
    # One pass over the persons; the months become rows afterwards, when there is a row a group.
    wide = stays.group_by(*by).aggregate(**sums)
    long = [
        wide.select(
            *by,
            month=ibis.literal(month, "int64"),
            persons=wide[f"n_{name}"].cast("int64"),
            events=wide[name].fill_null(0).cast("int64"),
        )
        for name, month in columns.items()
    ]
    return ibis.union(*long)
