"""Who comes to the demonstration country: some of the synthetic register's people, brought near to today.

The register has the municipalities of its time. As its days are brought near to today, so are its places: each is what
became of it in 2007. Pure: a register in, values out. Nobody in it exists; names are made of syllables.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from fodfaeste.data.municipalities import municipalities, valid_on
from fodfaeste.data.register.vintages import readings

YEARS = 22
"""How many years later all happens than in the register, which ends in 2006."""

WITHIN = 5
"""Years before today in which those who are taken arrived."""

LATEST = 0.5
"""Share of the people who are those that came last."""

SYLLABLES = ("ba", "da", "fe", "ga", "hi", "jo", "ka", "li", "ma", "no", "ra", "su", "ta", "vi", "ze", "mi", "lo", "sa")

LANGUAGES = {
    "AFG": "fa", "BIH": "bs", "IRN": "fa", "IRQ": "ar", "LKA": "ta", "SOM": "so", "SYR": "ar", "TUR": "tr", "YUG": "sr",
    "ERI": "ti", "ETH": "am", "UKR": "uk",
}  # fmt: skip
"""A language of each citizenship; of the others none is known."""

WORK = ("rengøring", "køkken", "landbrug", "lager", "murer", "pleje", "syning", "buschauffør", "butik", "smed")


@dataclass(frozen=True)
class Work:
    """A time in work of a kind of the web application's; `end` None while it lasts."""

    kind: str
    start: date
    end: date | None


@dataclass(frozen=True)
class Newcomer:
    """Somebody who came to one of the municipalities.

    Attributes
    ----------
    household : int
        Who has the same number came together.
    left : date or None
        When they left the municipality, if they have.
    reason, to : str
        Why, and the code of where to.
    trade : str
        What they worked with before, empty for none; `years` of it.
    """

    household: int
    given_name: str
    family_name: str
    sex: str
    birth_date: date
    citizenship: str
    permit: str
    civil_status: str
    schooling: str
    language: str
    municipality: str
    arrival: date
    left: date | None
    reason: str
    to: str
    trade: str
    years: int
    work: tuple[Work, ...]


def largest(register: Path, today: date, many: int) -> tuple[str, ...]:
    """Choose the small municipalities that most came to within the last years, by their codes of today."""
    small = valid_on(today).filter(pl.col("kind").is_in(["rural", "small_town"]))
    first = _recent(register, today).group_by("municipality").len()
    return tuple(
        first.join(small.select(municipality="code").unique(), on="municipality")
        .sort("len", "municipality", descending=[True, False])
        .head(many)["municipality"]
    )


def newcomers(register: Path, codes: tuple[str, ...], today: date, most: int, seed: int) -> tuple[Newcomer, ...]:
    """Take whole households that came to these municipalities until there are enough people.

    Half of the people came last; the others are taken evenly from the years before, so that there is somebody at every
    time of a programme, and of the years after it.

    Parameters
    ----------
    register : Path
        A folder that `fodfaeste.data.synthetic.build` wrote.
    codes : tuple of str
        Of municipalities of today.
    today : date
        What comes after it has not happened yet.
    most : int
        How many people, at most.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    came = _recent(register, today).filter(pl.col("municipality").is_in(codes))
    people = pl.read_parquet(register / "persons.parquet").join(came, on="person")
    spells = pl.read_parquet(register / "employment_spells.parquet").join(
        people.select("person"), on="person", how="semi"
    )
    work = spells.sort("person", "start").partition_by("person", as_dict=True)
    names: dict[int, str] = {}
    found: list[Newcomer] = []
    order = people.sort("start", "household", "person", descending=[True, False, False])
    for household, together in _chosen(order, most):
        names.setdefault(household, _name(rng, 2).capitalize())
        found += [
            _newcomer(row, names[household], work.get((row["person"],)), today, rng)
            for row in together.sort("birth_date", "person").iter_rows(named=True)
        ]
    return tuple(found)


def _chosen(order: pl.DataFrame, most: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Choose households of people in the order of their coming, the latest first; not more people than `most`."""
    every = [(int(key), rows) for (key,), rows in order.group_by("household", maintain_order=True)]
    left, last = most, 0
    while last < len(every) and most - left + every[last][1].height <= most * LATEST:
        left -= every[last][1].height
        yield every[last]
        last += 1
    earlier = every[last:]
    apart = max(1, math.ceil(sum(rows.height for _, rows in earlier) / max(1, left)))
    for household, rows in earlier[::apart]:
        if rows.height <= left:
            left -= rows.height
            yield household, rows


def _newcomer(
    row: dict[str, object], family_name: str, spells: pl.DataFrame | None, today: date, rng: np.random.Generator
) -> Newcomer:
    arrival, end = later(row["start"]), row["end"]
    left = later(end) if isinstance(end, date) and later(end) <= today else None
    to = of_today(str(row["to"] or ""), today) if left and row["end_reason"] == "moved" else ""
    if to == row["municipality"]:
        left, to = None, ""  # both places are one municipality today
    born = later(row["birth_date"])
    years = int(rng.integers(0, 15)) if (arrival.year - born.year) >= 20 else 0
    return Newcomer(
        household=int(str(row["household"])),
        given_name=_name(rng, 2 if rng.random() < 0.6 else 3).capitalize(),
        family_name=family_name,
        sex=str(row["sex"]),
        birth_date=born,
        citizenship=str(row["citizenship"]),
        permit=str(row["permit"] or "other"),
        civil_status=str(row["civil_status"] or ""),
        schooling=str(row["schooling"] or "unknown"),
        language=LANGUAGES.get(str(row["citizenship"]), ""),
        municipality=str(row["municipality"]),
        arrival=arrival,
        left=left,
        reason=str(row["end_reason"]) if left else "",
        to=to,
        trade=str(rng.choice(WORK)) if years else "",
        years=years,
        work=() if spells is None else tuple(_work(spells, arrival, today)),
    )


KINDS = {"employee": "ordinary", "self_employed": "ordinary"}
"""Kinds of the register that have another name in the web application."""


def _work(spells: pl.DataFrame, arrival: date, today: date) -> list[Work]:
    """Take what has begun since arrival, each kind ending before it begins again."""
    found: dict[str, Work] = {}
    done: list[Work] = []
    for start, end, kind in spells.select("start", "end", "kind").iter_rows():
        begins, ends = later(start), later(end) if end is not None and later(end) <= today else None
        if not arrival <= begins <= today or (ends is not None and ends <= begins):
            continue
        called = KINDS.get(kind, kind)
        before = found.get(called)
        if before is not None and (before.end is None or before.end > begins):
            continue
        found[called] = Work(called, begins, ends)
        done.append(found[called])
    return done


def later(day: object) -> date:
    """Give the same day some years later; 29 February becomes the 28th where there is none."""
    assert isinstance(day, date)
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:
        return day.replace(year=day.year + YEARS, day=28)


def of_today(code: str, today: date) -> str:
    """Give the code that a municipality of the register has today; of a divided one, that of its first successor."""
    return _readings(today).get(code, code)


@cache
def _readings(today: date) -> dict[str, str]:
    table = readings(municipalities().with_row_index("row"))
    there = table.filter((pl.col("since") <= today) & (pl.col("until") >= today))
    return dict(there.select("code", "reads_as").iter_rows())


def _recent(register: Path, today: date) -> pl.DataFrame:
    """Give the first stay of each person who arrived within the last years, in the municipalities of today."""
    first = (
        pl.read_parquet(register / "residence_spells.parquet").sort("person", "start").unique("person", keep="first")
    )
    earliest = date(today.year - YEARS - WITHIN, today.month, 1)
    latest = date(today.year - YEARS, today.month, 1)
    recent = first.filter(pl.col("start").is_between(earliest, latest))
    return recent.with_columns(pl.col("municipality").replace(_readings(today)))


def _name(rng: np.random.Generator, syllables: int) -> str:
    return "".join(rng.choice(SYLLABLES, syllables))
