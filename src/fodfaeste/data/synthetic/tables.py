"""From arrays to the register's tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.data.municipalities import valid_on
from fodfaeste.data.synthetic import households
from fodfaeste.data.synthetic.cohorts import Lives
from fodfaeste.data.synthetic.days import FAR, Days, Ints
from fodfaeste.data.synthetic.places import Counts, places
from fodfaeste.data.synthetic.story import (
    CITIZENSHIPS,
    NATIONALITIES,
    OTHER_CITIZENSHIPS,
    PERMITS,
    REASONS,
    SCHOOLING,
)
from fodfaeste.data.synthetic.work import KINDS, Spells

LAST_DAY_OF_275 = date(2006, 12, 31)
YEARS = tuple(range(1995, 2007))


def register_json() -> dict[str, Any]:
    """Say what register.json says; the two cohorts are told apart with and without a rule."""
    return {
        "title": "Synthetic register after the report of 2002",
        "observed_until": "2006-12-31",
        "reference_day": "2001-01-01",
        "employment_day": "2000-01-01",
        "cohort_years": [1995, 1998],
        "rule": {"months": 36, "from": "1999-01-01"},
        "working_age": [16, 66],
    }


def in_order(lives: Lives) -> tuple[Ints, Ints]:
    """Number persons and households from 1 by day of arrival, so that a number says nothing about the cohort."""
    people = lives.people
    of_household = np.argsort(people.arrival, kind="stable")
    household = np.empty(of_household.size, np.int64)
    household[of_household] = np.arange(1, of_household.size + 1)
    of_person = np.argsort(household[people.household], kind="stable")
    person = np.empty(of_person.size, np.int64)
    person[of_person] = np.arange(1, of_person.size + 1)
    return person, household


def persons_table(lives: Lives, person: Ints, household: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Make `persons`, sorted by number."""
    people = lives.people
    of = people.household
    codes = [*(CITIZENSHIPS[name] for name in NATIONALITIES[:-1]), *OTHER_CITIZENSHIPS]
    return pl.DataFrame(
        {
            "person": person,
            "household": household[of],
            "sex": words(people.woman.astype(np.int64), ("male", "female")),
            "birth_date": dates(people.born),
            "citizenship": words(households.draw_citizenships(people, rng)[of], codes),
            "civil_status": words(people.married.astype(np.int64), ("unmarried", "married")),
            "arrival_date": dates(people.arrival[of]),
            "permit": words(households.draw_permits(people, rng)[of], PERMITS),
            "schooling": words(people.schooling, SCHOOLING),
        }
    )[np.argsort(person)]


def residence_table(lives: Lives, person: Ints) -> pl.DataFrame:
    """Make `residence_spells`: a spell for the first municipality and one for each move."""
    people, histories = lives.people, lives.histories
    start = np.column_stack([people.arrival, histories.moved])
    where = np.column_stack([people.place, histories.to])
    end = np.minimum(np.column_stack([histories.moved, np.full(people.place.size, FAR)]), histories.gone[:, None])
    moved = np.column_stack([histories.moved < FAR, np.zeros(people.place.size, bool)])
    reason = np.where(moved, len(REASONS), histories.reason[:, None])
    to = np.column_stack([histories.to, np.zeros(people.place.size, np.int64)])
    there = (start < FAR)[people.household]
    who, move = np.nonzero(there)
    home = people.household[who]
    code = places().code
    frame = pl.DataFrame(
        {
            "person": person[who],
            "municipality": words(where[home, move], code),
            "start": dates(start[home, move]),
            "end": dates(end[home, move]),
            "end_reason": words(reason[home, move], (*REASONS, "moved")),
            "to": words(np.where(moved[home, move], to[home, move], -1), code),
        }
    )
    return frame.sort("person", "start")


def employment_table(spells: Spells, person: Ints) -> pl.DataFrame:
    """Make `employment_spells`."""
    frame = pl.DataFrame(
        {
            "person": person[spells.person],
            "start": dates(spells.start),
            "end": dates(np.where(spells.end < 0, FAR, spells.end)),
            "kind": words(spells.kind, KINDS),
        }
    )
    return frame.sort("person", "start")


def municipalities_table() -> pl.DataFrame:
    """Take the 275 of 2002 until the end of 2006, and the 98 from then on.

    Bornholm's five and Ærø's two are kept apart as long as the others, so that nobody is moved by a merger.
    """
    before = valid_on(date(2002, 1, 1))
    after = valid_on(date(2007, 1, 1))
    new = after.filter(pl.col("valid_from") > date(2002, 1, 1)).with_columns(valid_from=pl.lit(date(2007, 1, 1)))
    closed = pl.when(pl.col("valid_to").is_not_null()).then(pl.lit(LAST_DAY_OF_275))
    return pl.concat([before.with_columns(valid_to=closed), new]).sort("code", "valid_from")


def indicators_table(counts: Counts, rng: np.random.Generator) -> pl.DataFrame:
    """Invent indicators by municipality and year; the share of rented homes goes with the level of moving away."""
    level = counts.level - counts.level.mean()
    year = np.tile(np.array(YEARS), level.size)
    rented = np.clip(0.35 - 0.04 * level + 0.07 * rng.standard_normal(level.size), 0.05, 0.9)
    out_of_work = 0.07 * np.exp(0.25 * rng.standard_normal(level.size))
    cycle = 1.35 - 0.07 * np.minimum(np.array(YEARS) - YEARS[0], 6)
    wobble = 1 + 0.03 * rng.standard_normal(year.size)
    return pl.DataFrame(
        {
            "code": np.repeat(places().code, len(YEARS)),
            "year": year,
            "unemployment_rate": np.round(np.outer(out_of_work, cycle).ravel() * wobble, 4),
            "rental_share": np.round(np.repeat(rented, len(YEARS)) * (1 + 0.01 * (wobble - 1)), 4),
        }
    )


def words(positions: Ints, known: Any) -> pl.Series:
    """Turn positions into words, -1 into nothing, without making a word for each row."""
    picked = pl.Series(positions).cast(pl.Int64)
    return pl.Series(known, dtype=pl.String).gather(picked.set(picked < 0, None))


def dates(days: Days) -> pl.Series:
    """Turn days into dates, those that never come into nothing."""
    series = pl.Series(days).cast(pl.Int32)
    return series.set(series >= int(FAR), None).cast(pl.Date)
