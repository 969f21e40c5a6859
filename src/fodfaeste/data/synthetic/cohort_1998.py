"""The arrivals of 1998, of whom the report prints the most: nationality, sex, civil status and age against moving.

The stayed and the moved of a kind are two tables of nationality x sex x (age, civil status). Each has its margins
printed or found (`targets`); the inside is fitted to a stated pattern and rounded without touching a margin. Then
persons who share nationality and fate are put together to households, and households into municipalities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.data.municipalities import KINDS
from fodfaeste.data.synthetic.days import YEAR, Floats, Ints
from fodfaeste.data.synthetic.fitting import fit, round_with_margins
from fodfaeste.data.synthetic.households import Bools, People, arrival_days, draw_ages, draw_schooling
from fodfaeste.data.synthetic.places import Counts, places
from fodfaeste.data.synthetic.story import NATIONALITIES
from fodfaeste.data.synthetic.targets import COVERED, Arrivals1998, targets

ROLES: tuple[str, ...] = ("child", "unmarried 18-34", "married 18-34", "unmarried 35+", "married 35+")
YOUNG_MARRIED = 0.6
"""Share of the married who are under 35, as far as the printed ages leave it open."""

# Nationality x role, and role x sex (man, woman): what goes together before the margins are met.
FAMILIES: Floats = np.outer((1.2, 1.0, 1.1, 0.9, 1.2, 1.3, 1.0, 0.9), (1.0, 0.0, 1.0, 0.0, 1.0)) + np.outer(
    np.ones(8), (0.0, 1.0, 0.0, 1.0, 0.0)
)
SEXES: Floats = np.array([[0.5, 0.5], [0.7, 0.3], [0.45, 0.55], [0.6, 0.4], [0.52, 0.48]])
MOST_IN_HOUSEHOLD = 8


@dataclass(frozen=True, eq=False)
class Drawn:
    """Persons of one kind and fate with their household (numbered from 0) before they have a municipality."""

    nationality: Ints
    role: Ints
    woman: Bools
    household: Ints


def draw_1998(counts: Counts, rng: np.random.Generator) -> tuple[People, Bools]:
    """Draw the arrivals of 1998 to the kinds that the report covers; return them with who had moved."""
    parts, moved, place = [], [], []
    for name in COVERED:
        here = places().of_kind(KINDS.index(name))
        room = (counts.known_1998 - counts.moved_1998)[here], counts.moved_1998[here]
        for fate in (0, 1):
            drawn = _draw(targets().arrivals_1998[name], fate, rng)
            where, drawn = _settle(drawn, here, room[fate], rng)
            parts.append(drawn)
            place.append(where)
            moved.append(np.full(drawn.role.size, fate == 1))
    return _people(parts, place, rng), np.concatenate(moved)


def joint_counts(printed: Arrivals1998, fate: int, rng: np.random.Generator) -> Ints:
    """Count the stayed (0) or the moved (1) by nationality, role and sex; shape (8, 5, 2)."""
    nationality, roles = printed.nationality[fate], role_counts(printed, fate)
    sexes = _sexes(printed, fate)
    fitted = fit(FAMILIES[:, :, None] * SEXES, (((0,), nationality), ((1,), roles), ((2,), sexes)))
    pairs = round_with_margins(fitted.sum(axis=2), nationality, roles, rng).reshape(-1)
    inside = fit(fitted.reshape(-1, 2) + 1e-9, (((0,), pairs), ((1,), sexes)))
    return round_with_margins(inside, pairs, sexes, rng).reshape(len(NATIONALITIES), len(ROLES), 2)


def role_counts(printed: Arrivals1998, fate: int) -> Ints:
    """Count the roles: children are unmarried, and what the two printed tables leave open is `YOUNG_MARRIED`."""
    child, young, old = (_of_fate(printed.groups[band], fate) for band in ("0-17", "18-34", "35+"))
    married = _of_fate(printed.groups["married"], fate)
    young_married = int(np.clip(round(YOUNG_MARRIED * married), max(0, married - old), min(married, young)))
    old_married = married - young_married
    return np.array([child, young - young_married, young_married, old - old_married, old_married])


def _sexes(printed: Arrivals1998, fate: int) -> Ints:
    women = _of_fate(printed.groups["women"], fate)
    return np.array([_of_fate(printed.all, fate) - women, women])


def _of_fate(count: tuple[int, int], fate: int) -> int:
    persons, moved = count
    return moved if fate else persons - moved


def _draw(printed: Arrivals1998, fate: int, rng: np.random.Generator) -> Drawn:
    table = joint_counts(printed, fate, rng)
    nationality, role, sex = (axis.ravel() for axis in np.indices(table.shape))
    persons = np.repeat(np.arange(table.size), table.ravel())
    nationality, role, woman = nationality[persons], role[persons], sex[persons] == 1
    household = np.empty(persons.size, np.int64)
    first = 0
    for nation in range(len(NATIONALITIES)):
        here = np.flatnonzero(nationality == nation)
        household[here] = first + _households(role[here], woman[here], rng)
        first = int(household[here].max(initial=first - 1)) + 1
    return Drawn(nationality, role, woman, household)


def _households(role: Ints, woman: Bools, rng: np.random.Generator) -> Ints:
    """Put married men and women together, in the age bands where they can, and give most children to couples."""
    household = np.arange(role.size)
    married = np.isin(role, (2, 4))
    men, women = (rng.permutation(np.flatnonzero(married & (woman == sex))) for sex in (False, True))
    men, women = men[np.argsort(role[men], kind="stable")], women[np.argsort(role[women], kind="stable")]
    couples = min(men.size, women.size)
    household[women[:couples]] = men[:couples]
    alone = rng.permutation(np.flatnonzero((role != 0) & ~married))
    parents = np.concatenate([men[:couples], alone[: (role == 0).sum() // 5]])
    children = np.flatnonzero(role == 0)
    places_at_home = rng.permutation(np.repeat(parents, MOST_IN_HOUSEHOLD - 2))[: children.size]
    household[children[: places_at_home.size]] = places_at_home
    return np.unique(household, return_inverse=True)[1].astype(np.int64)


def _settle(drawn: Drawn, here: Ints, room: Ints, rng: np.random.Generator) -> tuple[Ints, Drawn]:
    """Find a municipality for each household: the largest first, where there is most room; persons alone fill up.

    A family that fits nowhere is divided, which happens only when nearly all rooms are taken.
    """
    left = room.copy()
    size = np.bincount(drawn.household)
    where = np.full(drawn.role.size, -1, np.int64)
    members = np.split(np.argsort(drawn.household, kind="stable"), np.cumsum(size)[:-1])
    families = np.flatnonzero(size > 1)
    for family in families[np.argsort(-size[families], kind="stable")]:
        chance = np.where(left >= size[family], left, 0).cumsum()
        if chance[-1]:
            place = int(np.searchsorted(chance, rng.random() * chance[-1], side="right"))
            left[place] -= size[family]
            where[members[family]] = here[place]
    rest = np.flatnonzero(where < 0)
    where[rest] = rng.permutation(np.repeat(here, left))
    apart = drawn.household.copy()
    apart[rest] = size.size + np.arange(rest.size)
    return where, Drawn(drawn.nationality, drawn.role, drawn.woman, np.unique(apart, return_inverse=True)[1])


def _people(parts: list[Drawn], place: list[Ints], rng: np.random.Generator) -> People:
    before = np.cumsum([0, *(part.household.max(initial=-1) + 1 for part in parts)])
    household = np.concatenate([part.household + first for part, first in zip(parts, before, strict=False)])
    role, woman, nationality = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("role", "woman", "nationality")
    )
    arrival = arrival_days(int(before[-1]), (1998, 1998), rng)
    age = _ages(role, household, rng)
    born = (arrival[household] - np.floor(age * YEAR) - 1).astype(np.int32)
    first = np.unique(household, return_index=True)[1]
    return People(
        household,
        woman,
        np.isin(role, (2, 4)),
        born,
        draw_schooling(age, rng),
        np.concatenate(place)[first],
        arrival,
        nationality[first],
    )


def _ages(role: Ints, household: Ints, rng: np.random.Generator) -> Floats:
    age = draw_ages(role > 0, household, rng)
    young = np.isin(role, (1, 2))
    # Whoever falls outside the printed band is drawn anew inside it.
    age = np.where(young & (age > 34.9), 18.1 + 16.7 * rng.random(age.size), age)
    return np.where((role >= 3) & (age < 35.1), 35.1 + rng.gamma(1.6, 6.0, age.size), age)
