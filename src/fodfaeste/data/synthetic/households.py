"""Who arrives: households with their members, drawn so that each municipality gets exactly its persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from fodfaeste.data.synthetic.days import YEAR, Days, Floats, Ints
from fodfaeste.data.synthetic.fitting import draw_columns
from fodfaeste.data.synthetic.story import NATIONALITIES, OTHER_SHARES, SCHOOLING, STORY

Bools = NDArray[np.bool_]

# single man, single woman, couple, couple with children, parent alone with children
SHARES = np.array([0.37, 0.16, 0.16, 0.23, 0.08])
ADULTS = np.array([1, 1, 2, 2, 1])
HAS_CHILDREN = np.array([False, False, False, True, True])
CHILDREN = np.array([0.30, 0.32, 0.22, 0.11, 0.05])
"""Shares of one to five children."""

FAMILY_NATIONS = np.array([1.2, 1.0, 1.1, 0.9, 1.2, 1.3, 1.0, 0.9])
"""How many more families each nationality has, in the order of `NATIONALITIES`."""

REFUGEE = np.array([0.95, 0.05, 0.75, 0.85, 0.85, 0.9, 0.85, 0.3])
"""Share with a permit as refugee; most others come to family."""


@dataclass(frozen=True, eq=False)
class People:
    """Persons and their households; `household` counts households from 0.

    Persons: household, woman, married, born (day), schooling (position in `SCHOOLING`).
    Households: place (position of the first municipality), arrival (day), nationality (position in `NATIONALITIES`).
    """

    household: Ints
    woman: Bools
    married: Bools
    born: Days
    schooling: Ints
    place: Ints
    arrival: Days
    nationality: Ints

    @property
    def size(self) -> Ints:
        """Persons in each household."""
        return np.bincount(self.household, minlength=self.place.size)

    @property
    def age(self) -> Floats:
        """Age at arrival in years, with its fraction."""
        return (self.arrival[self.household] - self.born) / YEAR


PERSON = ("woman", "married", "born", "schooling")
HOUSEHOLD = ("place", "arrival", "nationality")


def stack(parts: Sequence[People]) -> People:
    """Put several groups of people into one."""
    before = np.cumsum([0, *(part.place.size for part in parts)])
    household = np.concatenate([part.household + first for part, first in zip(parts, before, strict=False)])
    rest = {
        name.name: np.concatenate([getattr(part, name.name) for part in parts])
        for name in fields(People)
        if name.name != "household"
    }
    return People(household=household, **rest)


def divide(people: People, fate: Ints) -> tuple[People, Ints]:
    """Divide the households whose members have different fates; return the people in new order and each household's.

    Parameters
    ----------
    people : People
    fate : ndarray of int, shape (persons,)
        Small whole numbers, 0 or more.
    """
    step = int(fate.max(initial=0)) + 1
    key = people.household * step + fate
    order = np.argsort(key, kind="stable")
    keys, household = np.unique(key[order], return_inverse=True)
    persons = {name: getattr(people, name)[order] for name in PERSON}
    homes = {name: getattr(people, name)[keys // step] for name in HOUSEHOLD}
    return People(household=household.astype(np.int64), **persons, **homes), keys % step


def draw_people(counts: Ints, arrival: tuple[int, int], rng: np.random.Generator) -> People:
    """Draw households for each municipality until it has exactly `counts` persons.

    `arrival` are the first and the last year. The last household of a municipality may lose children to fit. How many
    families come, and from where, differs from municipality to municipality, so that there is a mix to account for.
    """
    place = np.repeat(np.arange(counts.size), counts)
    nationality = _nationalities(place, counts.size, rng)
    kind = _household_kinds(place, nationality, counts.size, rng)
    children = np.where(HAS_CHILDREN[kind], 1 + rng.choice(5, place.size, p=CHILDREN), 0)
    size = ADULTS[kind] + children
    first = _first_in_place(place, size)
    kept = first < counts[place]
    place, nationality, kind = place[kept], nationality[kept], kind[kept]
    size = np.minimum(size[kept], (counts[place] - first[kept]))
    return _members(place, nationality, kind, size, arrival=arrival_days(place.size, arrival, rng), rng=rng)


def arrival_days(size: int, years: tuple[int, int], rng: np.random.Generator) -> Days:
    """Draw days from the 1st to the 28th, somewhat more of them in the first years."""
    first, last = years
    share = 0.88 ** np.arange(last - first + 1)
    year = first + rng.choice(share.size, size, p=share / share.sum())
    month = (year - 1970) * 12 + rng.integers(0, 12, size)
    days = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return (days + rng.integers(0, 28, size)).astype(np.int32)


def draw_permits(people: People, rng: np.random.Generator) -> Ints:
    """Draw each household's permit: 0 refugee, 1 family, 2 other."""
    refugee = rng.random(people.place.size) < REFUGEE[people.nationality]
    other = rng.random(people.place.size) < 0.3
    return np.where(refugee, 0, np.where(other, 2, 1))


def draw_citizenships(people: People, rng: np.random.Generator) -> Ints:
    """Draw each household's citizenship: the nationality's own, or one of the other countries, numbered after them."""
    named = len(NATIONALITIES) - 1
    other = named + rng.choice(len(OTHER_SHARES), people.place.size, p=OTHER_SHARES)
    return np.where(people.nationality < named, people.nationality, other)


def draw_schooling(age: Floats, rng: np.random.Generator) -> Ints:
    """Draw schooling; children have none yet."""
    adult = rng.choice(len(SCHOOLING), age.size, p=(0.14, 0.30, 0.28, 0.16, 0.12))
    return np.where(age < 18, 0, adult)


def log_odds(people: People) -> Floats:
    """Say how much each household's log-odds of moving differ: the mean of its members, and the nationality's."""
    effect = STORY.log_odds
    age = people.age
    person = (
        effect["woman"] * people.woman
        + effect["married"] * people.married
        + effect["age_0_17"] * (age < 18)
        + effect["age_35+"] * (age >= 35)
        + effect["tertiary"] * (people.schooling == SCHOOLING.index("tertiary"))
    )
    mean = np.bincount(people.household, person, people.place.size) / people.size
    return np.asarray(mean + np.array([effect.get(name, 0.0) for name in NATIONALITIES])[people.nationality])


def _nationalities(place: Ints, places: int, rng: np.random.Generator) -> Ints:
    share = np.array(STORY.nationality_shares) * rng.gamma(3.0, size=(places, len(NATIONALITIES)))
    return draw_columns(share[place], rng)


def _household_kinds(place: Ints, nationality: Ints, places: int, rng: np.random.Generator) -> Ints:
    families = np.exp(0.35 * rng.standard_normal(places))[place] * FAMILY_NATIONS[nationality]
    return draw_columns(SHARES * np.where(np.arange(5) >= 2, families[:, None], 1.0), rng)


def _first_in_place(place: Ints, size: Ints) -> Ints:
    """Count the persons of earlier households in the same municipality; households come sorted by municipality."""
    before = np.cumsum(size) - size
    starts = np.flatnonzero(np.r_[True, place[1:] != place[:-1]]) if place.size else np.zeros(0, np.int64)
    lengths = np.diff(np.append(starts, place.size))
    return before - np.repeat(before[starts], lengths)


def _members(
    place: Ints, nationality: Ints, kind: Ints, size: Ints, *, arrival: Days, rng: np.random.Generator
) -> People:
    household = np.repeat(np.arange(place.size), size)
    position = np.arange(household.size) - np.repeat(np.cumsum(size) - size, size)
    kinds = kind[household]
    adult = position < ADULTS[kinds]
    couple = adult & (ADULTS[kinds] == 2) & (size[household] >= 2)
    woman = np.where(couple, position == 1, rng.random(household.size) < 0.5)
    woman = np.where(adult & (kinds == 0), False, woman)
    woman = np.where(adult & (kinds == 1), True, woman)
    woman = np.where(adult & (kinds == 4), rng.random(household.size) < 0.85, woman)
    age = draw_ages(adult, household, rng)
    born = (arrival[household] - np.floor(age * YEAR) - 1).astype(np.int32)
    return People(
        household, woman, couple, born, draw_schooling(age, rng), place, arrival.astype(np.int32), nationality
    )


def draw_ages(adult: Bools, household: Ints, rng: np.random.Generator) -> Floats:
    """Draw ages at arrival; the adults of a household are about as old as each other, a few are past 67."""
    homes = int(household.max(initial=-1)) + 1
    old = rng.random(homes) < 0.03
    shared = np.where(old, 68 + rng.gamma(2.0, 3.0, homes), 18.2 + rng.gamma(2.0, 6.5, homes))
    own = np.clip(shared[household] + 2.5 * rng.standard_normal(household.size), 18.05, 95)
    return np.where(adult, own, 17.9 * rng.random(household.size))
