"""A small made-up register whose structure is known: 3,000 persons, 24 municipalities, 3 kinds, a rule of 36 months.

People leave rural municipalities fastest; under the rule half of those who would leave early wait until it ends; men
work more often; two municipalities got three people each, and of those who came to the last one no address is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

PERSONS = 3000
KINDS = {"rural": 10, "small_town": 8, "big_city": 6}
NAMES = (
    *("Øby", "Årup", "Æbeltoft", "Vester Å", "Sønder Ø", "Nørreskov", "Lille Å", "Bækby", "Højer Sø", "Åst"),
    *("Købstad", "Ringsø", "Grenå", "Tårnby", "Skærbæk", "Holbæk", "Nibe", "Åbenrå"),
    *("Odense", "Århus", "Aalborg", "København", "Esbjerg", "Ingensteds"),
)
SMALL, LOST = ("101", "102"), "124"
MONTHLY = {"rural": 0.022, "small_town": 0.013, "big_city": 0.007}
SETTINGS = {
    "title": "Prøveregister",
    "observed_until": "2006-12-31",
    "reference_day": "2001-01-01",
    "rule": {"months": 36, "from": "1999-01-01"},
    "working_age": [16, 66],
}
UNTIL = date(2006, 12, 31)
Tables = Mapping[str, pl.DataFrame]


def register(seed: int = 7, persons: int = PERSONS) -> Tables:
    """Make the tables of a register, without any fault."""
    draw = np.random.default_rng(seed)
    places = _municipalities()
    weights = np.where(places["code"].is_in([*SMALL, LOST]), 0.0, draw.gamma(1.2, size=places.height) + 0.08)
    homes = draw.choice(places["code"].to_numpy(), size=persons, p=weights / weights.sum())
    homes[:6], homes[6:18] = np.repeat(SMALL, 3), LOST
    kind_of = dict(places.select("code", "kind").iter_rows())
    level = dict(zip(places["code"], draw.normal(0, 0.35, places.height), strict=True))
    people, homes_of, work = [], [], []
    for number, home in enumerate(homes):
        person = _person(draw, number)
        people.append(person)
        stays = _stays(draw, person, str(home), kind_of, level, lost=home == LOST)
        homes_of += stays
        work += _work(draw, person, kind_of[str(home)], gone=stays[-1]["end"])
    return {
        "persons": pl.DataFrame(people),
        "residence_spells": pl.DataFrame(homes_of, infer_schema_length=None),
        "employment_spells": pl.DataFrame(work, infer_schema_length=None),
        "municipalities": places,
        "municipality_indicators": _indicators(draw, places),
    }


def write(tables: Tables, folder: Path, **settings: object) -> Path:
    """Write a register as CSV; `settings` replace those of `register.json`, `None` leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        frame.write_csv(folder / f"{name}.csv")
    said = {key: value for key, value in {**SETTINGS, **settings}.items() if value is not None}
    (folder / "register.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def _municipalities() -> pl.DataFrame:
    kinds = [kind for kind, many in KINDS.items() for _ in range(many)]
    codes = [str(101 + k) for k in range(len(kinds))]
    return pl.DataFrame({"code": codes, "name": NAMES, "kind": kinds})


def _person(draw: np.random.Generator, number: int) -> dict[str, object]:
    arrival = date(1995, 1, 1) + timedelta(days=int(draw.integers(0, 3285)))
    return {
        "person": f"p{number}",
        "household": f"h{number // 3}",
        "sex": str(draw.choice(["female", "male"])),
        "birth_date": arrival - timedelta(days=int(draw.integers(30, 60 * 365))),
        "citizenship": str(draw.choice(["IRQ", "BIH", "SOM", "XXA", "AFG"], p=[0.4, 0.3, 0.2, 0.08, 0.02])),
        "civil_status": [None, "married", "unmarried"][draw.choice(3, p=[0.02, 0.4, 0.58])],
        "arrival_date": arrival,
        "permit": "refugee",
        "schooling": str(draw.choice(["none", "primary", "secondary", "unknown"])),
    }


def _stays(
    draw: np.random.Generator,
    person: dict[str, object],
    home: str,
    kind_of: Mapping[str, str],
    level: Mapping[str, float],
    *,
    lost: bool,
) -> list[dict[str, object]]:
    arrival = person["arrival_date"]
    assert isinstance(arrival, date)
    rate = MONTHLY[kind_of[home]] * np.exp(level[home]) * (1.25 if person["sex"] == "male" else 0.8)
    moves, goes = draw.exponential(1 / rate), draw.exponential(250)
    if arrival >= date(1999, 1, 1) and moves < 36 and draw.random() < 0.5:
        moves = 36 + draw.exponential(2.5)
    # Whole days, a month being 30.4 of them; nobody leaves on the day of arrival.
    reason = "moved" if moves < goes else str(draw.choice(["emigrated", "died", "unknown"], p=[0.6, 0.15, 0.25]))
    left = arrival + timedelta(days=1 + int(30.4 * min(moves, goes)))
    if lost:
        reason, left = "unknown", arrival + timedelta(days=30)
    first = {"person": person["person"], "municipality": home, "start": arrival}
    if left > UNTIL:
        return [{**first, "end": None, "end_reason": "open", "to": None}]
    if reason != "moved":
        return [{**first, "end": left, "end_reason": reason, "to": None}]
    others = [code for code in kind_of if code not in (home, LOST)]
    to = str(draw.choice(others))
    there = {"person": person["person"], "municipality": to, "start": left}
    return [
        {**first, "end": left, "end_reason": "moved", "to": to},
        {**there, "end": None, "end_reason": "open", "to": None},
    ]


def _work(draw: np.random.Generator, person: dict[str, object], kind: str, gone: object) -> list[dict[str, object]]:
    arrival, birth = person["arrival_date"], person["birth_date"]
    assert isinstance(arrival, date)
    assert isinstance(birth, date)
    if (arrival - birth).days < 17 * 365:
        return []
    chance = 0.35 + 0.25 * (person["sex"] == "male") + 0.1 * (kind == "rural")
    start = arrival + timedelta(days=int(draw.integers(60, 1200)))
    if draw.random() > chance or start > UNTIL or (isinstance(gone, date) and start >= gone):
        return []
    how = str(draw.choice(["employee", "subsidised", "education", "unemployed"], p=[0.6, 0.1, 0.15, 0.15]))
    return [{"person": person["person"], "start": start, "end": gone, "kind": how}]


def _indicators(draw: np.random.Generator, places: pl.DataFrame) -> pl.DataFrame:
    codes = places["code"]
    return pl.DataFrame(
        {
            "code": codes,
            "year": pl.Series([1998] * len(codes)),
            "unemployment_rate": draw.normal(6, 2, len(codes)).round(2),
            "rental_share": draw.normal(30, 8, len(codes)).round(2),
        }
    )
