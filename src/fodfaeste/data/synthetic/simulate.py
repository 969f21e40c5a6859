"""One register: everybody drawn, followed and put to work, and the tables that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.data.synthetic import tables
from fodfaeste.data.synthetic.cohorts import Lives, bound_cohort, free_cohort, together
from fodfaeste.data.synthetic.later import FreeHazards, free_hazards
from fodfaeste.data.synthetic.places import Counts, draw_counts, gravity
from fodfaeste.data.synthetic.residents import earlier_arrivals, lacking, within_work_table, workers
from fodfaeste.data.synthetic.truth import truth
from fodfaeste.data.synthetic.work import work_spells, work_states


@dataclass(frozen=True, eq=False)
class SyntheticRegister:
    """A register in memory.

    Attributes
    ----------
    tables : mapping of name to polars.DataFrame
        persons, residence_spells, employment_spells, municipalities, municipality_indicators.
    register : dict
        What register.json says.
    truth : dict
        The choices behind it: the story, the municipalities' levels, what is met exactly.
    """

    tables: Mapping[str, pl.DataFrame]
    register: dict[str, Any]
    truth: dict[str, Any]


def simulate(seed: int, *, release: bool = True, replica: int = 0) -> SyntheticRegister:
    """Draw a register whose tabulations are the report's.

    Parameters
    ----------
    seed : int
        The same seed gives the same register, to the last bit.
    release : bool, default True
        Whether those who arrived since 1999 are bound for 36 months and move the more right afterwards. Without, they
        move as those before them did, and the report's figures on the arrivals of 1999 are not met.
    replica : int, default 0
        Other people in the same municipalities: how many arrive and move there, and the levels, are the seed's.

    Returns
    -------
    SyntheticRegister
    """
    of_places, of_people = (generator(seed, *key) for key in ((0,), (1, replica)))
    counts = draw_counts(of_places)
    everybody = draw_lives(counts, release, of_people)
    told = truth(counts, everybody.hazards, release)
    drawn = _personal(everybody.lives, of_people) | {
        "municipalities": tables.municipalities_table(),
        "municipality_indicators": tables.indicators_table(counts, of_places),
    }
    return SyntheticRegister(drawn, tables.register_json(), told)


def generator(seed: int, *key: int) -> np.random.Generator:
    """Give a stream of random numbers of its own for each key."""
    # Named, because NumPy may change what default_rng means.
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


@dataclass(frozen=True, eq=False)
class Drawn:
    """Everybody, and what the arrivals since 1999 were drawn with; `bound` stand in `lives` from `first_bound` on."""

    lives: Lives
    bound: Lives
    first_bound: int
    hazards: FreeHazards


def draw_lives(counts: Counts, release: bool, rng: np.random.Generator) -> Drawn:
    """Draw who arrives and where they live, in the order that the random numbers are used in."""
    pull = gravity(counts.room)
    free = free_cohort(counts, pull, rng)
    hazards = free_hazards(free.people, free.histories)
    bound = bound_cohort(counts, hazards, pull, rng, release=release)
    newcomers = within_work_table(together([free, bound]), rng)
    earlier = earlier_arrivals(lacking(newcomers), pull, rng)
    return Drawn(together([newcomers, earlier]), bound, free.people.place.size, hazards)


def _personal(lives: Lives, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    person, household = tables.in_order(lives)
    at_work = workers(lives)
    spells = work_spells(work_states(at_work, rng), at_work, rng)
    return {
        "persons": tables.persons_table(lives, person, household, rng),
        "residence_spells": tables.residence_table(lives, person),
        "employment_spells": tables.employment_table(spells, person),
    }
