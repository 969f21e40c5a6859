"""Small registers, sound and broken: every kind of damage that a rule knows, by seed.

`sound(seed)` makes a register without any finding. Each function of `DAMAGES` breaks one thing in it, as it happens in
real extracts, and is named by what it breaks; beside it stands the rule that has to notice, and in which table.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from fodfaeste.data.register.schema import TABLES

Row = dict[str, str]
Tables = dict[str, list[Row]]

SETTINGS = {
    "title": "A small register",
    "observed_until": "2006-12-31",
    "reference_day": "2001-01-01",
    "rule": {"months": 36, "from": "1999-01-01"},
}
LASTING = ("101", "102", "103", "104")
"""Codes that were always valid; 201 became 401 in 2003, and 301 was divided between 401 and 402."""

LAST = date(2006, 12, 31)


def sound(seed: int, persons: int = 30) -> Tables:
    """Make a register in which everything is as it has to be."""
    draw = random.Random(seed)
    tables: Tables = {
        "municipalities": [_place(code) for code in LASTING]
        + [
            _place("201", until="2002-12-31", successor="401"),
            _place("301", until="2002-12-31", successor="401|402"),
            _place("401", since="2003-01-01"),
            _place("402", since="2003-01-01"),
        ],
        "persons": [],
        "residence_spells": [],
        "employment_spells": [],
        "municipality_indicators": [
            {"code": code, "year": str(year), "unemployment_rate": f"{draw.uniform(2, 12):.1f}"}
            for code in LASTING
            for year in (2000, 2001)
        ],
    }
    for number in range(1, persons):
        _newcomer(tables, draw, f"p{number}")
    if persons:
        # However few they are, somebody works.
        stay(tables, HERE, person="p0")
        _work(tables, draw, "p0", date(1999, 1, 1))
    return tables


def drawn(text: str) -> list[Row]:
    """Read a table drawn in text, its columns divided by strokes."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(header, cells, strict=True)) for cells in rows]


def _place(code: str, since: str = "", until: str = "", successor: str = "") -> Row:
    seat = {"latitude": f"55.{code}", "longitude": f"9.{code}"}
    kind = "rural" if code < "300" else "small_town"
    about = {"code": code, "name": f"Town {code}", "kind": kind, "valid_from": since, "valid_to": until}
    return {**about, "successor": successor, **seat}


def _newcomer(tables: Tables, draw: random.Random, person: str, arrival: date | None = None) -> None:
    arrival = arrival or date(1995, 1, 1) + timedelta(days=draw.randrange(3000))
    tables["persons"].append(
        {
            "person": person,
            "household": f"h{draw.randrange(20)}",
            "sex": draw.choice(["female", "male"]),
            "birth_date": f"{arrival - timedelta(days=draw.randrange(0, 20000))}",
            "citizenship": draw.choice(["BIH", "IRQ", "SOM", "XXA"]),
            "civil_status": draw.choice(["married", "unmarried", ""]),
            "arrival_date": f"{arrival}",
            "permit": draw.choice(["refugee", "family", "other"]),
            "schooling": draw.choice(["none", "primary", "secondary", "tertiary", "unknown"]),
        }
    )
    _live(tables, draw, person, arrival)
    works = [spell for spell in tables["residence_spells"] if spell["person"] == person]
    if draw.random() < 0.6 and works[-1]["end_reason"] == "open" and arrival < date(2004, 1, 1):
        _work(tables, draw, person, arrival)


def _live(tables: Tables, draw: random.Random, person: str, day: date) -> None:
    places = draw.sample(LASTING, draw.randint(1, 3))
    for place, following in zip(places, [*places[1:], None], strict=True):
        end = day + timedelta(days=draw.randrange(30, 900))
        if end > LAST or (following is None and draw.random() < 0.5):
            tables["residence_spells"].append(_spell(person, place, day))
            return
        reason = "moved" if following else draw.choice(["emigrated", "died", "unknown"])
        tables["residence_spells"].append(_spell(person, place, day, end, reason, following or ""))
        day = end


def _spell(person: str, place: str, start: date, end: date | None = None, reason: str = "open", to: str = "") -> Row:
    days = {"start": f"{start}", "end": f"{end or ''}"}
    return {"person": person, "municipality": place, **days, "end_reason": reason, "to": to}


def _work(tables: Tables, draw: random.Random, person: str, arrival: date) -> None:
    start = arrival + timedelta(days=draw.randrange(100, 400))
    end = start + timedelta(days=draw.randrange(30, 300))
    kinds = draw.sample(["employee", "subsidised", "education", "unemployed"], 2)
    tables["employment_spells"] += [_job(person, start, end, kinds[0]), _job(person, end, None, kinds[1])]


def _job(person: str, start: date, end: date | None, kind: str) -> Row:
    return {"person": person, "start": f"{start}", "end": f"{end or ''}", "kind": kind}


def write(tables: Mapping[str, list[Row]], folder: Path, suffix: str = ".csv") -> Path:
    """Write a register as CSV or Parquet (then with days and numbers where all cells are such)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        frame = pl.DataFrame(
            rows, infer_schema_length=None, schema=None if rows else dict.fromkeys(TABLES[name].names, pl.String)
        )
        if suffix == ".csv":
            frame.write_csv(folder / f"{name}.csv")
        else:
            frame.with_columns(_stored(frame[column]) for column in frame.columns).write_parquet(
                folder / f"{name}.parquet"
            )
    (folder / "register.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    return folder


def _stored(cells: pl.Series) -> pl.Series:
    filled = pl.Series(cells.name, [cell or None for cell in cells], dtype=pl.String)
    kind = {"latitude": pl.Float64, "longitude": pl.Float64, "unemployment_rate": pl.Float64, "year": pl.Int32}
    wanted = pl.Date if cells.name in DAYS else kind.get(cells.name, pl.String)
    try:
        return filled.str.to_date("%Y-%m-%d") if wanted == pl.Date else filled.cast(wanted)
    except pl.exceptions.InvalidOperationError:
        return filled


DAYS = ("birth_date", "arrival_date", "start", "end", "valid_from", "valid_to")


# Damages

Damage = Callable[[Tables, random.Random], None]


def _any(rows: list[Row], draw: random.Random) -> Row:
    return draw.choice(rows)


def stay(tables: Tables, *spells: tuple[str, str, str, str, str], person: str = "q") -> None:
    """Add a person born in 1970 who arrived on 1999-01-01, with these spells (place, start, end, reason, to)."""
    about = {"person": person, "household": "h", "sex": "female", "birth_date": "1970-05-05", "citizenship": "IRQ"}
    more = {"civil_status": "", "arrival_date": "1999-01-01", "permit": "refugee", "schooling": "none"}
    tables["persons"].append(about | more)
    names = ("municipality", "start", "end", "end_reason", "to")
    tables["residence_spells"] += [{"person": person, **dict(zip(names, spell, strict=True))} for spell in spells]


HERE = ("101", "1999-01-01", "", "open", "")


def _employ(tables: Tables, *spells: tuple[str, str, str]) -> None:
    names = ("start", "end", "kind")
    tables["employment_spells"] += [{"person": "q", **dict(zip(names, spell, strict=True))} for spell in spells]


def empty_sex(tables: Tables, draw: random.Random) -> None:
    _any(tables["persons"], draw)["sex"] = ""


def empty_citizenship(tables: Tables, draw: random.Random) -> None:
    _any(tables["persons"], draw)["citizenship"] = ""


def a_danish_birth_date(tables: Tables, draw: random.Random) -> None:
    row = _any(tables["persons"], draw)
    row["birth_date"] = "-".join(reversed(row["birth_date"].split("-")))


def a_birth_date_that_does_not_exist(tables: Tables, draw: random.Random) -> None:
    _any(tables["persons"], draw)["birth_date"] = "1970-02-30"


def a_start_in_words(tables: Tables, draw: random.Random) -> None:
    _any(tables["residence_spells"], draw)["start"] = "spring 1999"


def an_unknown_schooling(tables: Tables, draw: random.Random) -> None:
    _any(tables["persons"], draw)["schooling"] = "secondry"


def an_unknown_kind_of_work(tables: Tables, draw: random.Random) -> None:
    _any(tables["employment_spells"], draw)["kind"] = "freelance"


def an_unknown_reason(tables: Tables, draw: random.Random) -> None:
    open_ = [row for row in tables["residence_spells"] if row["end_reason"] == "open"]
    _any(open_, draw)["end_reason"] = "lives there"


def a_citizenship_in_words(tables: Tables, draw: random.Random) -> None:
    _any(tables["persons"], draw)["citizenship"] = "Somalia"


def a_seat_off_the_globe(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"][0]["latitude"] = "550.1"


def a_seat_with_a_decimal_comma(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"][1]["latitude"] = "55,1"


def an_indicator_in_words(tables: Tables, draw: random.Random) -> None:
    _any(tables["municipality_indicators"], draw)["unemployment_rate"] = "low"


def an_indicator_of_nowhere(tables: Tables, draw: random.Random) -> None:
    tables["municipality_indicators"].append({"code": "999", "year": "2000", "unemployment_rate": "1.0"})


def an_indicator_twice(tables: Tables, draw: random.Random) -> None:
    tables["municipality_indicators"].append(dict(_any(tables["municipality_indicators"], draw)))


def a_person_twice(tables: Tables, draw: random.Random) -> None:
    tables["persons"].append(dict(_any(tables["persons"], draw)))


def a_municipality_twice(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"].append(dict(tables["municipalities"][2]))


def a_residence_spell_twice(tables: Tables, draw: random.Random) -> None:
    tables["residence_spells"].append(dict(_any(tables["residence_spells"], draw)))


def a_validity_backwards(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"].append(_place("501", "2005-01-01", "2004-01-01"))


def a_validity_that_overlaps(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"] += [_place("511", "2000-01-01"), _place("511", "2005-01-01")]


def a_successor_of_nowhere(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"].append(_place("521", "", "2003-12-31", "999"))


def successors_in_a_circle(tables: Tables, draw: random.Random) -> None:
    tables["municipalities"] += [_place("531", successor="532"), _place("532", successor="531")]


def born_after_arrival(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    tables["persons"][-1]["birth_date"] = "1999-06-01"


def arrived_after_the_last_day(tables: Tables, draw: random.Random) -> None:
    stay(tables)
    tables["persons"][-1]["arrival_date"] = "2007-02-01"


def nobody_lives_there(tables: Tables, draw: random.Random) -> None:
    stay(tables)


def lives_there_later(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-03-01", "", "open", ""))


def a_spell_of_nobody(tables: Tables, draw: random.Random) -> None:
    tables["residence_spells"].append(_spell("nobody", "101", date(1999, 1, 1)))


def a_spell_nowhere(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("999", "1999-01-01", "", "open", ""))


def a_code_that_had_ended(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2004-01-01", "moved", "401"), ("201", "2004-01-01", "", "open", ""))


def a_code_before_its_time(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("402", "1999-01-01", "", "open", ""))


def a_code_that_ended_meanwhile(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("201", "1999-01-01", "", "open", ""))


def dead_before_birth(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1969-01-01", "1970-01-01", "died", ""))


def an_end_before_the_start(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "1998-06-01", "unknown", ""))


def a_spell_before_birth(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1960-01-01", "", "open", ""))


def a_spell_before_arrival(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1998-06-01", "", "open", ""))


def a_spell_that_ended_before_arrival(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("102", "1998-01-01", "1998-06-01", "moved", "101"), HERE)


def a_start_after_the_last_day(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2006-01-01", "moved", "102"), ("102", "2007-06-01", "", "open", ""))


def an_end_after_the_last_day(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2007-06-01", "moved", "102"))


def no_reason_of_an_end(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "", ""))


def open_with_an_end(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "open", ""))


def a_destination_without_a_move(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "died", "102"))


def a_destination_of_nowhere(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "moved", "999"))


def a_move_within(tables: Tables, draw: random.Random) -> None:
    stay(
        tables,
        ("101", "1999-01-01", "1999-05-01", "moved", "101"),
        ("101", "1999-05-01", "2000-02-01", "moved", "101"),
        ("101", "2000-02-01", "2002-02-01", "moved", "102"),
        ("102", "2002-02-01", "", "open", ""),
    )


def a_move_to_itself(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "moved", "101"))


def a_spell_after_death(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2000-06-01", "died", ""), ("102", "2001-01-01", "", "open", ""))


def two_open_spells(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE, ("102", "2001-01-01", "", "open", ""))


def two_open_spells_in_one_place(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE, ("101", "2001-01-01", "", "open", ""))


def spells_that_overlap(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "moved", "102"), ("102", "2001-01-01", "", "open", ""))


def abroad_for_no_day(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "emigrated", ""), ("102", "2001-06-01", "", "open", ""))


def moved_elsewhere_than_it_says(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "moved", "103"), ("102", "2001-06-01", "", "open", ""))


def ended_nobody_knows_when(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "", "emigrated", ""))


def a_gap(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "unknown", ""), ("102", "2001-09-01", "", "open", ""))


def moved_nobody_knows_where(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "moved", ""))


def work_of_nobody(tables: Tables, draw: random.Random) -> None:
    tables["employment_spells"].append(_job("nobody", date(2000, 1, 1), None, "employee"))


def work_that_ends_before_it_starts(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    _employ(tables, ("2000-06-01", "2000-01-01", "employee"))


def work_before_birth(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    _employ(tables, ("1969-06-01", "", "employee"))


def work_after_the_last_day(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    _employ(tables, ("2007-06-01", "", "employee"))


def work_to_after_the_last_day(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    _employ(tables, ("2003-06-01", "2007-06-01", "employee"))


def work_after_emigration(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "emigrated", ""))
    _employ(tables, ("2002-06-01", "", "employee"))


def work_beyond_death(tables: Tables, draw: random.Random) -> None:
    stay(tables, ("101", "1999-01-01", "2001-06-01", "died", ""))
    _employ(tables, ("2000-06-01", "", "employee"))


def work_that_overlaps(tables: Tables, draw: random.Random) -> None:
    stay(tables, HERE)
    _employ(
        tables,
        ("2000-01-01", "2001-01-01", "employee"),
        ("2000-03-01", "2000-04-01", "employee"),
        ("2000-09-01", "2001-09-01", "employee"),
        ("2000-09-01", "2001-09-01", "education"),
    )


PLACES, INDICATORS = "municipalities", "municipality_indicators"
LIVES, WORKS = "residence_spells", "employment_spells"

DAMAGES: Mapping[Damage, tuple[str, str]] = {
    empty_sex: ("persons", "empty_cell"),
    empty_citizenship: ("persons", "empty_cell"),
    a_danish_birth_date: ("persons", "day_first"),
    a_birth_date_that_does_not_exist: ("persons", "illegible_cell"),
    a_start_in_words: (LIVES, "illegible_cell"),
    an_unknown_schooling: ("persons", "unknown_category"),
    an_unknown_kind_of_work: (WORKS, "unknown_category"),
    an_unknown_reason: (LIVES, "unknown_category"),
    a_citizenship_in_words: ("persons", "out_of_range"),
    a_seat_off_the_globe: (PLACES, "out_of_range"),
    a_seat_with_a_decimal_comma: (PLACES, "decimal_comma"),
    an_indicator_in_words: (INDICATORS, "illegible_cell"),
    an_indicator_of_nowhere: (INDICATORS, "unknown_municipality"),
    an_indicator_twice: (INDICATORS, "duplicate_row"),
    a_person_twice: ("persons", "duplicate_row"),
    a_municipality_twice: (PLACES, "duplicate_row"),
    a_residence_spell_twice: (LIVES, "duplicate_row"),
    a_validity_backwards: (PLACES, "validity_reversed"),
    a_validity_that_overlaps: (PLACES, "validity_overlaps"),
    a_successor_of_nowhere: (PLACES, "unknown_successor"),
    successors_in_a_circle: (PLACES, "successors_in_a_circle"),
    born_after_arrival: ("persons", "birth_after_arrival"),
    arrived_after_the_last_day: ("persons", "arrival_after_watching"),
    nobody_lives_there: ("persons", "no_residence"),
    lives_there_later: (LIVES, "late_residence"),
    a_spell_of_nobody: (LIVES, "unknown_person"),
    a_spell_nowhere: (LIVES, "unknown_municipality"),
    a_code_that_had_ended: (LIVES, "code_outdated"),
    a_code_before_its_time: (LIVES, "code_not_valid"),
    a_code_that_ended_meanwhile: (LIVES, "code_outlived"),
    dead_before_birth: (LIVES, "death_before_birth"),
    an_end_before_the_start: (LIVES, "end_not_after_start"),
    a_spell_before_birth: (LIVES, "before_birth"),
    a_spell_before_arrival: (LIVES, "start_before_arrival"),
    a_spell_that_ended_before_arrival: (LIVES, "start_before_arrival"),
    a_start_after_the_last_day: (LIVES, "start_after_watching"),
    an_end_after_the_last_day: (LIVES, "end_after_watching"),
    no_reason_of_an_end: (LIVES, "no_reason"),
    open_with_an_end: (LIVES, "open_with_end"),
    a_destination_without_a_move: (LIVES, "to_without_move"),
    a_destination_of_nowhere: (LIVES, "unknown_destination"),
    a_move_within: (LIVES, "moved_within"),
    a_move_to_itself: (LIVES, "moved_to_itself"),
    a_spell_after_death: (LIVES, "after_death"),
    two_open_spells: (LIVES, "open_not_last"),
    two_open_spells_in_one_place: (LIVES, "open_not_last"),
    spells_that_overlap: (LIVES, "overlap"),
    abroad_for_no_day: (LIVES, "emigrated_not_gone"),
    moved_elsewhere_than_it_says: (LIVES, "destination_not_next"),
    ended_nobody_knows_when: (LIVES, "reason_without_end"),
    a_gap: (LIVES, "gap"),
    moved_nobody_knows_where: (LIVES, "destination_unknown"),
    work_of_nobody: (WORKS, "unknown_person"),
    work_that_ends_before_it_starts: (WORKS, "end_not_after_start"),
    work_before_birth: (WORKS, "before_birth"),
    work_after_the_last_day: (WORKS, "start_after_watching"),
    work_to_after_the_last_day: (WORKS, "end_after_watching"),
    work_after_emigration: (WORKS, "after_leaving"),
    work_beyond_death: (WORKS, "outlasts_stay"),
    work_that_overlaps: (WORKS, "overlap"),
}
"""Each damage, the table it is in and the rule that notices it."""


def broken(seed: int, *damages: Damage, persons: int = 30) -> Tables:
    """Make a register with these damages, all of them if none is named; each damage is done to persons of its own."""
    draw = random.Random(seed)
    tables = sound(seed, persons)
    for number, damage in enumerate(damages or DAMAGES):
        before = {name: len(rows) for name, rows in tables.items()}
        damage(tables, draw)
        for name in ("persons", LIVES, WORKS):
            for row in tables[name][before[name] :]:
                row["person"] = f"q{number}" if row["person"] == "q" else row["person"]
    return tables
