"""The residents of 1 January 2000: newcomers made to fit the printed table, and earlier arrivals for the rest of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fodfaeste.data.synthetic.cohorts import Lives
from fodfaeste.data.synthetic.days import RULE_FROM, WORK_DAY, YEAR, Ints, day
from fodfaeste.data.synthetic.fitting import rank_within
from fodfaeste.data.synthetic.histories import leave_later, nothing_yet, onward, place_on
from fodfaeste.data.synthetic.households import Bools, draw_people
from fodfaeste.data.synthetic.places import Gravity, places
from fodfaeste.data.synthetic.work import Workers, of_working_age

EARLIER_YEARS = (1985, 1994)


def residents(lives: Lives, on: int) -> Ints:
    """Give the municipality that each person lives in on a day, -1 for those not here (yet, or any more)."""
    people, histories = lives.people, lives.histories
    here = (people.arrival <= on) & (histories.gone > on)
    place = np.where(here, place_on(histories, people.place, on), -1)
    return np.asarray(place[people.household])


def within_work_table(lives: Lives, rng: np.random.Generator) -> Lives:
    """Make children of newcomers where a municipality has more of working age than the report counts.

    Those whose age a printed table speaks of are left alone; the members of larger households come first.
    """
    place = residents(lives, WORK_DAY)
    there = places().work.sum(axis=1)
    covered = (place >= 0) & (there[place] > 0)
    counted = covered & of_working_age(lives.people.born, WORK_DAY)
    too_many = np.bincount(place[counted], minlength=there.size) - there
    can = np.flatnonzero(counted & ~lives.fixed_age)
    people = lives.people
    score = people.size[people.household[can]] + people.born[can] / 1e6
    turned = can[rank_within(place[can], score) < too_many[place[can]]]
    born, married, schooling = people.born.copy(), people.married.copy(), people.schooling.copy()
    latest = people.arrival[people.household[turned]] - 1
    oldest = day(1984, 2)
    born[turned] = oldest + np.floor(rng.random(turned.size) * (latest - oldest))
    married[turned], schooling[turned] = False, 0
    return replace(lives, people=replace(people, born=born, married=married, schooling=schooling))


def lacking(lives: Lives) -> Ints:
    """Count for each municipality of the report how many more of working age it had on 1 January 2000."""
    place = residents(lives, WORK_DAY)
    counted = (place >= 0) & of_working_age(lives.people.born, WORK_DAY)
    there = places().work.sum(axis=1)
    return np.where(there > 0, there - np.bincount(place[counted], minlength=there.size), 0)


def earlier_arrivals(needed: Ints, pull: Gravity, rng: np.random.Generator) -> Lives:
    """Draw people who came in 1985 to 1994 and live in each municipality on 1 January 2000, `needed` of them.

    They are there because the report counts all residents' work. They were chosen by being there, so nothing can be
    learnt from them about moving; from 2000 on they move at the constant hazard of those who have moved before.
    """
    people = draw_people(needed, EARLIER_YEARS, rng)
    age = (WORK_DAY - people.born) / YEAR
    young, old = 16.1 + 6 * rng.random(age.size), 48 + 18 * rng.random(age.size)
    age = np.where(age < 16.1, young, np.where(age > 66.9, old, age))
    people = replace(people, born=(WORK_DAY - np.floor(age * YEAR)).astype(np.int32))
    everybody = np.arange(people.place.size)
    since = np.full(people.place.size, WORK_DAY, np.int32)
    histories = onward(nothing_yet(people.place.size), people.place, everybody, since, gravity=pull, rng=rng)
    return Lives(people, leave_later(histories, everybody, since, rng), np.zeros(age.size, bool))


def workers(lives: Lives) -> Workers:
    """Say of each person what the chain of work has to know."""
    people = lives.people
    arrival, gone = people.arrival[people.household], lives.histories.gone[people.household]
    return Workers(
        people.born,
        arrival,
        gone,
        people.woman,
        people.schooling,
        _moved_by_1999(lives),
        _counted_2000(lives),
    )


def _moved_by_1999(lives: Lives) -> Ints:
    place = residents(lives, RULE_FROM)
    arrival = lives.people.arrival[lives.people.household]
    newcomer = (arrival >= day(1995)) & (arrival < RULE_FROM)
    counted = (place >= 0) & newcomer & of_working_age(lives.people.born, RULE_FROM)
    return np.where(counted, place != lives.people.place[lives.people.household], -1)


def _counted_2000(lives: Lives) -> Ints:
    place = residents(lives, WORK_DAY)
    counted: Bools = (place >= 0) & (places().work.sum(axis=1)[place] > 0)
    return np.where(counted & of_working_age(lives.people.born, WORK_DAY), place, -1)
