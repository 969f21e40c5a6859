"""The register's tables: drawn by hand, and against a plain reading in Python of what each of them means."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.data import tabulate
from fodfaeste.data.engine import Engine, open_engine
from fodfaeste.data.tabulate import HORIZONS, Scope, months_between

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "persons": {
        **dict.fromkeys(("person", "household", "sex"), pl.String),
        "birth_date": pl.Date,
        "citizenship": pl.String,
        "civil_status": pl.String,
        "arrival_date": pl.Date,
        "permit": pl.String,
        "schooling": pl.String,
    },
    "residence_spells": {
        "person": pl.String,
        "municipality": pl.String,
        "start": pl.Date,
        "end": pl.Date,
        "end_reason": pl.String,
        "to": pl.String,
    },
    "employment_spells": {"person": pl.String, "start": pl.Date, "end": pl.Date, "kind": pl.String},
    "municipalities": {
        **dict.fromkeys(("code", "name", "kind"), pl.String),
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "successor": pl.String,
    },
}
PLACES = """
    code | name  | kind       | valid_from | valid_to | successor
    A    | Ask   | rural      | 1970-01-01 |          |
    B    | Birk  | small_town | 1970-01-01 |          |
    C    | Ceder | rural      | 1970-01-01 |          | """
SCOPE = Scope(date(2006, 12, 31), date(2001, 1, 1), date(1999, 1, 1))

Tables = Mapping[str, pl.DataFrame]
People = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


def drawn(name: str, text: str) -> pl.DataFrame:
    """Read a table drawn as text."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    columns = {column: [row[k] or None for row in rows] for k, column in enumerate(header)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String))
    return frame.with_columns(
        pl.col(column).str.to_date() for column in header if SCHEMAS[name][column] == pl.Date
    ).cast({column: SCHEMAS[name][column] for column in header})


def stored(engine: Engine, tables: Tables) -> Mapping[str, ibis.Table]:
    """Write tables as Parquet, as a register has them, and read them through the engine."""
    folder = Path(tempfile.mkdtemp(dir=engine.work))
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return {name: engine.read(folder / f"{name}.parquet").drop("row") for name in tables}


def register(persons: str, residence: str, work: str = "person | start | end | kind") -> Tables:
    return {
        "persons": drawn("persons", persons),
        "residence_spells": drawn("residence_spells", residence),
        "employment_spells": drawn("employment_spells", work),
        "municipalities": drawn("municipalities", PLACES),
    }


EVE_AND_ADAM = register(
    """
    person | household | sex    | birth_date | citizenship | civil_status | arrival_date | permit  | schooling
    eve    | h1        | female | 1970-06-15 | IRQ         | married      | 1996-03-01   | refugee | primary
    adam   | h1        | male   | 1988-01-01 | IRQ         | unmarried    | 1996-03-01   | family  | none """,
    """
    person | municipality | start      | end        | end_reason | to
    eve    | A            | 1996-03-01 | 1997-03-01 | moved      | B
    eve    | B            | 1997-03-01 |            | open       |
    adam   | A            | 1996-03-01 | 2000-05-20 | emigrated  | """,
    """
    person | start      | end        | kind
    eve    | 1996-12-01 | 1998-03-01 | employee
    eve    | 1998-03-01 |            | education """,
)


@pytest.fixture(scope="module")
def people(engine: Engine) -> People:
    return follow(engine, EVE_AND_ADAM)


def follow(engine: Engine, tables: Tables, scope: Scope = SCOPE) -> dict[str, dict[str, Any]]:
    frame = engine.fetch(tabulate.first_stays(stored(engine, tables), scope))
    return {row["person"]: row for row in frame.iter_rows(named=True)}


def test_a_first_move_is_dated_in_months_and_names_where_it_went(people: People) -> None:
    eve = people["eve"]
    assert (eve["municipality_name"], eve["kind"], eve["arrival_year"]) == ("Ask", "rural", 1996)
    assert (eve["months"], eve["event"]) == (12, "moved")
    assert (eve["destination"], eve["destination_kind"]) == ("B", "small_town")
    assert eve["watch_months"] == 130


def test_who_has_emigrated_is_not_a_mover_and_has_no_place_at_the_reference_day(people: People) -> None:
    adam = people["adam"]
    assert (adam["months"], adam["event"], adam["destination"]) == (51, "emigrated", None)
    assert (adam["status"], adam["status_municipality"]) == ("emigrated", None)


def test_status_is_where_one_lives_on_the_day(people: People) -> None:
    eve = people["eve"]
    assert (eve["status"], eve["status_municipality"], eve["status_kind"]) == ("moved", "B", "small_town")


def test_who_moved_and_came_back_counts_as_stayed_on_the_day_and_as_moved_in_time(engine: Engine) -> None:
    tables = register(
        """
        person | household | sex    | birth_date | citizenship | civil_status | arrival_date | permit  | schooling
        eve    | h1        | female | 1970-06-15 | IRQ         | married      | 1996-03-01   | refugee | primary """,
        """
        person | municipality | start      | end        | end_reason | to
        eve    | A            | 1996-03-01 | 1997-03-01 | moved      | B
        eve    | B            | 1997-03-01 | 1999-01-01 | moved      | A
        eve    | A            | 1999-01-01 |            | open       | """,
    )
    eve = follow(engine, tables)["eve"]
    assert (eve["status"], eve["event"]) == ("stayed", "moved")


def test_work_is_looked_up_on_the_day_and_is_unknown_for_children_and_those_gone(people: People) -> None:
    assert [people["eve"][f"employed_{month}"] for month in (6, 12, 18, 24, 30)] == [0, 1, 1, 0, 0]
    assert [people["eve"][f"self_supporting_{month}"] for month in (6, 24)] == [0, 1]
    # Adam is 8 at arrival and of working age only long after 48 months.
    assert {people["adam"][f"employed_{month}"] for month in HORIZONS} == {None}


def test_the_cohort_is_bound_from_the_rules_first_day(engine: Engine) -> None:
    cases = {date(1996, 3, 1): "bound", date(1996, 3, 2): "free"}
    for first_day, cohort in cases.items():
        scope = Scope(date(2006, 12, 31), rule_from=first_day)
        assert follow(engine, EVE_AND_ADAM, scope)["eve"]["cohort"] == cohort
    without = follow(engine, EVE_AND_ADAM, Scope(date(2006, 12, 31)))["eve"]
    assert (without["cohort"], without["status"]) == (None, None)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2000, 1, 15), date(2000, 2, 15), 1),
        (date(2000, 1, 15), date(2000, 2, 16), 2),
        (date(2000, 1, 15), date(2000, 1, 15), 1),
        (date(2000, 1, 31), date(2000, 2, 29), 1),
        (date(1999, 12, 31), date(2003, 1, 1), 37),
    ],
)
def test_month_t_is_the_one_in_which_the_event_lies(engine: Engine, start: date, end: date, months: int) -> None:
    table = stored(engine, {"days": pl.DataFrame({"start": [start], "end": [end]})})["days"]
    shown = engine.fetch(table.select(t=months_between(table.start, table.end)))
    assert shown["t"].to_list() == [months]


def test_residents_of_working_age_are_employed_unemployed_or_outside(engine: Engine) -> None:
    tables = {
        **EVE_AND_ADAM,
        "employment_spells": drawn(
            "employment_spells",
            """
            person | start      | end | kind
            eve    | 1998-01-01 |     | unemployed """,
        ),
    }
    shown = engine.fetch(tabulate.employment_on(stored(engine, tables), date(2000, 1, 1), SCOPE))
    assert shown.rows() == [("B", 0, 1, 0)]


# A plain reading of the same, one person at a time.


def plainly(tables: Tables, scope: Scope) -> dict[str, dict[str, Any]]:
    kinds = dict(tables["municipalities"].select("code", "kind").iter_rows())
    spells: dict[str, list[dict[str, Any]]] = {}
    for row in tables["residence_spells"].sort("start").iter_rows(named=True):
        spells.setdefault(row["person"], []).append(row)
    work: dict[str, list[dict[str, Any]]] = {}
    for row in tables["employment_spells"].iter_rows(named=True):
        work.setdefault(row["person"], []).append(row)
    persons = {row["person"]: row for row in tables["persons"].iter_rows(named=True)}
    return {name: one_person(persons[name], mine, work.get(name, []), kinds, scope) for name, mine in spells.items()}


def one_person(
    person: dict[str, Any],
    spells: list[dict[str, Any]],
    work: list[dict[str, Any]],
    kinds: dict[str, str],
    scope: Scope,
) -> dict[str, Any]:
    first, last = spells[0], spells[-1]
    until = first["end"] or scope.observed_until
    answer = {
        "municipality": first["municipality"],
        "kind": kinds[first["municipality"]],
        "months": months_later(first["start"], until),
        "event": tabulate.EVENTS[first["end_reason"]],
        "status": status(spells, first["municipality"], scope.reference_day),
    }
    for month in HORIZONS:
        day = months_after(first["start"], month)
        here = (last["end"] is None or last["end"] > day) and day <= scope.observed_until
        counted = here and scope.working_age[0] <= years_old(person["birth_date"], day) <= scope.working_age[1]
        at_work = any(covers(spell, day) and spell["kind"] in tabulate.WORK for spell in work)
        answer[f"employed_{month}"] = int(at_work) if counted else None
    return answer


def covers(spell: dict[str, Any], day: date) -> bool:
    return bool(spell["start"] <= day and (spell["end"] is None or spell["end"] > day))


def status(spells: list[dict[str, Any]], first: str, day: date | None) -> str | None:
    begun = [spell for spell in spells if day is not None and spell["start"] <= day]
    if not begun or day is None:
        return None
    last = begun[-1]
    if covers(last, day):
        return "stayed" if last["municipality"] == first else "moved"
    return {"died": "dead", "emigrated": "emigrated"}.get(last["end_reason"], "unknown")


def months_later(start: date, end: date) -> int:
    """Count up until that many months after the start is not before the end."""
    months = 1
    while (start.year * 12 + start.month + months, start.day) < (end.year * 12 + end.month, end.day):
        months += 1
    return months


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    later = date(year, month + 1, 1)
    following = (later + timedelta(days=31)).replace(day=1)
    return min(later + timedelta(days=day.day - 1), following - timedelta(days=1))


def years_old(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


DAYS = st.dates(date(1995, 1, 1), date(2003, 12, 31))


@st.composite
def registers(draw: st.DrawFn) -> Tables:
    persons, residence, work = [], [], []
    for number in range(draw(st.integers(20, 40))):
        name = f"p{number}"
        born = draw(st.dates(date(1930, 1, 1), date(1994, 12, 31)))
        days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
        places = draw(st.lists(st.sampled_from("ABC"), min_size=len(days), max_size=len(days)))
        places = [place for k, place in enumerate(places) if k == 0 or place != places[k - 1]]
        days = days[: len(places)]
        ending = draw(st.sampled_from(["open", "emigrated", "died", "unknown"]))
        for k, (day, place) in enumerate(zip(days, places, strict=True)):
            following = days[k + 1] if k + 1 < len(days) else None
            end = following or (None if ending == "open" else day + timedelta(days=draw(st.integers(1, 900))))
            reason = "moved" if following else ending
            residence.append((name, place, day, end, reason, places[k + 1] if following else None))
        persons.append((name, "h", "female", born, "IRQ", "married", days[0], "refugee", "none"))
        for begin in sorted(draw(st.sets(DAYS, max_size=3))):
            kind = draw(st.sampled_from(["employee", "self_employed", "subsidised", "education", "unemployed"]))
            work.append((name, begin, begin + timedelta(days=draw(st.integers(1, 700))), kind))
    rows = {"persons": persons, "residence_spells": residence, "employment_spells": work}
    made = {name: pl.DataFrame(data, schema=dict(SCHEMAS[name]), orient="row") for name, data in rows.items()}
    return {**made, "municipalities": drawn("municipalities", PLACES)}


@given(tables=registers())
@settings(max_examples=3, deadline=None)
def test_the_query_agrees_with_the_plain_reading(engine: Engine, tables: Tables) -> None:
    shown, meant = follow(engine, tables), plainly(tables, SCOPE)
    assert shown.keys() == meant.keys()
    for person, answer in meant.items():
        assert {name: shown[person][name] for name in answer} == answer


@given(tables=registers())
@settings(max_examples=2, deadline=None)
def test_cells_hold_everybody_once(engine: Engine, tables: Tables) -> None:
    stays = tabulate.first_stays(stored(engine, tables), SCOPE)
    people = engine.fetch(stays)
    moves = engine.fetch(tabulate.first_move(stays, ["kind"]))
    assert moves["persons"].sum() == people.height
    counted = Counter(people.select("kind", "months", "event").iter_rows())
    assert dict(counted) == {row[:3]: row[3] for row in moves.select("kind", "months", "event", "persons").iter_rows()}
    status = engine.fetch(tabulate.cohorts(stays, ["kind"]))
    assert status["persons"].sum() == people["status"].is_not_null().sum()
    assert status.select(tabulate.STATUSES).sum_horizontal().to_list() == status["persons"].to_list()
    there = engine.fetch(tabulate.destinations(stays))
    assert there["persons"].sum() == status["stayed"].sum() + status["moved"].sum()
    after = engine.fetch(tabulate.employment_after(stays, ["kind"]))
    assert after["persons"].sum() == sum(people[f"employed_{month}"].is_not_null().sum() for month in HORIZONS)
    supported = engine.fetch(tabulate.self_support(stays, ["kind"], months=[12]))
    assert supported["events"].sum() == (people["self_supporting_12"].sum() or 0)


def test_rare_citizenships_are_counted_together(engine: Engine) -> None:
    stays = tabulate.first_stays(stored(engine, EVE_AND_ADAM), SCOPE)
    assert set(engine.fetch(tabulate.grouped_citizenship(stays, ["IRQ"]))["nationality"]) == {"IRQ"}
    assert set(engine.fetch(tabulate.grouped_citizenship(stays, ["BIH"]))["nationality"]) == {"other"}
