"""Work, half-year by half-year: a chain of states that meets the report's tables on two days, and its spells.

On 1 January 2000 each municipality of the report has exactly its employed, unemployed and outside; on 1 January 1999 of
those who had moved and those who had not the printed shares were in work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.data.synthetic.days import OBSERVED_UNTIL, RULE_FROM, WORK_DAY, Days, Floats, Ints, day, years_old
from fodfaeste.data.synthetic.fitting import rank_within
from fodfaeste.data.synthetic.households import Bools
from fodfaeste.data.synthetic.places import places
from fodfaeste.data.synthetic.story import SCHOOLING
from fodfaeste.data.synthetic.targets import targets

KINDS: tuple[str, ...] = ("", "unemployed", "education", "employee", "self_employed", "subsidised")
"""States of the chain; nothing at all is state 0, and whoever works is in state 3 or above."""

UNEMPLOYED, EDUCATION, WORKING = 1, 2, 3

GRID: Ints = np.array(
    [day(year, month) for year in range(1995, 2007) for month in (1, 7)] + [OBSERVED_UNTIL], dtype=np.int64
)
AGES = (16, 66)


@dataclass(frozen=True, eq=False)
class Workers:
    """What the chain has to know of each person.

    born, arrival, gone : ndarray of int32, days
    woman : ndarray of bool
    schooling : ndarray of int
    moved_1999 : ndarray of int
        On 1 January 1999: 1 moved, 0 not, -1 not among those whom the report's table is about.
    place_2000 : ndarray of int
        The municipality on 1 January 2000, -1 where the report says nothing about it.
    """

    born: Days
    arrival: Days
    gone: Days
    woman: Bools
    schooling: Ints
    moved_1999: Ints
    place_2000: Ints


@dataclass(frozen=True, eq=False)
class Spells:
    """Employment spells: person (position), start, end (a day, -1 if open) and kind (position in `KINDS`)."""

    person: Ints
    start: Days
    end: Days
    kind: Ints


def work_states(workers: Workers, rng: np.random.Generator) -> Ints:
    """Run the chain; shape (persons, 25), the states on the days of `GRID`."""
    states = np.zeros((workers.born.size, GRID.size), np.int64)
    drive = _drive(workers, rng)
    now = _at_start(workers, drive, rng)
    for step, on in enumerate(GRID):
        if step:
            now = _next(now, drive * _settled(workers.arrival, int(on)), rng)
        here = (workers.arrival < on) & (workers.gone > on) & of_working_age(workers.born, int(on))
        now = np.where(here, now, 0)
        if on == RULE_FROM:
            now = _as_printed_1999(now, drive, workers.moved_1999, rng)
        if on == WORK_DAY:
            now = _as_printed_2000(now, drive, workers.place_2000, rng)
        states[:, step] = now
    return states


def work_spells(states: Ints, workers: Workers, rng: np.random.Generator) -> Spells:
    """Turn runs of one state into spells; a state changes on some day between the two days on which it is given."""
    before = np.concatenate([np.zeros((states.shape[0], 1), states.dtype), states[:, :-1]], axis=1)
    person, step = np.nonzero(states != before)
    last = np.where(step == 0, GRID[0] - 1000, GRID[np.maximum(step - 1, 0)])
    low, high = np.maximum(workers.arrival[person], last), GRID[step]
    when = low + 1 + np.floor(rng.random(person.size) * (high - low)).astype(np.int64)
    # Who arrived on a day of the grid, and was put to work for it, begins that day.
    when = np.minimum(np.minimum(when, high), workers.gone[person]).astype(np.int32)
    until = np.where(np.append(person[1:], -1) == person, np.append(when[1:], 0), -1).astype(np.int32)
    kind = states[person, step]
    spell = (kind > 0) & (until != when)
    return Spells(person[spell], when[spell], until[spell], kind[spell].astype(np.int64))


def of_working_age(born: Days, on: int) -> Bools:
    """Say who is 16 to 66 years old on a day."""
    age = years_old(born, on)
    return np.asarray((age >= AGES[0]) & (age <= AGES[1]))


def _drive(workers: Workers, rng: np.random.Generator) -> Floats:
    """Draw how easily each person finds work in half a year, once settled."""
    tertiary = workers.schooling == SCHOOLING.index("tertiary")
    unschooled = workers.schooling == SCHOOLING.index("none")
    effects = 0.3 * tertiary - 0.3 * unschooled - 0.4 * workers.woman
    return np.asarray(0.13 * np.exp(effects + 0.5 * rng.standard_normal(workers.born.size)))


def _settled(arrival: Days, on: int) -> Floats:
    return np.asarray(-np.expm1(-np.maximum(on - arrival, 0) / 730.0))


def _at_start(workers: Workers, drive: Floats, rng: np.random.Generator) -> Ints:
    working = rng.random(drive.size) < 3.5 * drive * _settled(workers.arrival, int(GRID[0]))
    return np.where(working, _work_kinds(drive.size, rng), 0)


def _next(now: Ints, drive: Floats, rng: np.random.Generator) -> Ints:
    """Go half a year on: work is kept by nine in ten, everything else by six."""
    lot, other = rng.random(now.size), rng.random(now.size)
    idle = np.where(other < 0.15, UNEMPLOYED, np.where(other < 0.27, EDUCATION, 0))
    without = np.where(lot < drive, _work_kinds(now.size, rng), np.where(lot > 0.4 + 0.6 * drive, now, idle))
    return np.where(now >= WORKING, np.where(lot < 0.9, now, idle), without)


def _work_kinds(size: int, rng: np.random.Generator) -> Ints:
    return WORKING + np.searchsorted((0.82, 0.90), rng.random(size), side="right")


def _as_printed_1999(now: Ints, drive: Floats, moved: Ints, rng: np.random.Generator) -> Ints:
    persons, movers = int((moved >= 0).sum()), int((moved == 1).sum())
    printed = targets()
    share = (printed.out_of_work - 100 * movers / max(persons, 1)) / (printed.out_of_work - printed.in_work)
    at_work = np.clip(share, 0.05, 0.6) * persons
    movers_at_work = round(printed.in_work / 100 * at_work)
    wanted = np.array([round(at_work) - movers_at_work, movers_at_work])
    return _with_workers(now, drive, moved, wanted, rng)


def _as_printed_2000(now: Ints, drive: Floats, place: Ints, rng: np.random.Generator) -> Ints:
    """Take the likeliest of each municipality into work, and of the others the likeliest into unemployment."""
    there = places().work
    now = _with_workers(now, drive, place, there[:, 0], rng)
    idle = np.flatnonzero((place >= 0) & (now < WORKING))
    score = (now[idle] == UNEMPLOYED) + rng.random(idle.size)
    unemployed = rank_within(place[idle], score) < there[place[idle], 1]
    now[idle] = np.where(unemployed, UNEMPLOYED, np.where(now[idle] == UNEMPLOYED, 0, now[idle]))
    return now


def _with_workers(now: Ints, drive: Floats, group: Ints, wanted: Ints, rng: np.random.Generator) -> Ints:
    """Let exactly `wanted` of each group work: those who do first, then those who find work most easily."""
    now = now.copy()
    asked = np.flatnonzero(group >= 0)
    score = 2.0 * (now[asked] >= WORKING) + drive[asked] + 0.1 * rng.random(asked.size)
    works = rank_within(group[asked], score) < wanted[group[asked]]
    kind = np.where(now[asked] >= WORKING, now[asked], _work_kinds(asked.size, rng))
    now[asked] = np.where(works, kind, np.where(now[asked] >= WORKING, 0, now[asked]))
    return now
