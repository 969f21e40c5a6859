"""Who of the calibrated cohorts had moved on 1 January 2001, where to and when: exactly as many as are printed."""

from __future__ import annotations

import numpy as np

from fodfaeste.data.municipalities import KINDS
from fodfaeste.data.synthetic.days import FAR, OBSERVED_UNTIL, REFERENCE, Days, Floats, Ints, day_in, months_until
from fodfaeste.data.synthetic.fitting import rank_within
from fodfaeste.data.synthetic.histories import (
    DIED,
    EMIGRATED,
    UNKNOWN,
    Histories,
    between,
    leave_later,
    nothing_yet,
    onward,
    with_exit,
    with_move,
)
from fodfaeste.data.synthetic.households import Bools, People, log_odds
from fodfaeste.data.synthetic.places import Gravity, draw_kinds, places
from fodfaeste.data.synthetic.story import STORY, cumulative_hazard, months_at
from fodfaeste.data.synthetic.targets import COVERED, targets


def choose_movers(people: People, groups: Ints, movers: Ints, score: Floats, rng: np.random.Generator) -> Bools:
    """Choose exactly `movers` persons of each group, by logistic regression with a free level for the group.

    Households have a score plus logistic noise, and those above a threshold move; the threshold is where the wanted
    number is reached, which is what fixing the margin of a logistic model means. At most one household a group is
    divided.

    Parameters
    ----------
    people : People
    groups : ndarray of int, shape (households,)
    movers : ndarray of int, shape (number of groups,)
    score : ndarray of float, shape (households,)
        Log-odds.
    """
    latent = score + rng.logistic(size=score.size)
    group = groups[people.household]
    return rank_within(group, latent[people.household]) < movers[group]


def choose_kinds(people: People, moved: Bools, printed: bool, rng: np.random.Generator) -> Ints:
    """Give each person 0 (stayed) or 1 + the kind moved to, household by household.

    With `printed` the movers of each kind that the report covers go exactly where it says.
    """
    kind = draw_kinds(people.place, rng)[people.household]
    if printed:
        lot = rng.random(people.place.size)[people.household]
        origin = places().kind[people.place][people.household]
        for code, name in enumerate(COVERED):
            here = np.flatnonzero(moved & (origin == code))
            order = here[np.argsort(lot[here], kind="stable")]
            kind[order] = np.repeat(np.arange(len(KINDS)), targets().destinations[name])
    return np.where(moved, 1 + kind, 0)


def by_reference_day(
    people: People, fate: Ints, factor: Floats, gravity: Gravity, rng: np.random.Generator
) -> Histories:
    """Tell what happened until 1 January 2001 to households whose status on that day is given.

    The first move is drawn from the hazard of the story, times the household's `factor`, given that it came in time.
    Some had moved twice by then, and some of the stayed had been away.
    """
    histories = nothing_yet(fate.size)
    moved = np.flatnonzero(fate > 0)
    to = gravity.draw(people.place[moved], fate[moved] - 1, rng)
    first = first_moves(people.arrival[moved], factor[moved], rng)
    twice = rng.random(moved.size) < STORY.onward_before
    via = gravity.draw(people.place[moved], draw_kinds(people.place[moved], rng), rng)
    second = between(first, REFERENCE, rng.random(moved.size))
    twice &= (via != to) & (second > first) & (second < REFERENCE)
    histories = with_move(histories, moved, first, np.where(twice, via, to))
    histories = with_move(histories, moved[twice], second[twice], to[twice])
    away = np.flatnonzero((fate == 0) & (rng.random(fate.size) < STORY.back))
    out = between(people.arrival[away], REFERENCE - 2, rng.random(away.size))
    home = between(out, REFERENCE, rng.random(away.size))
    via = gravity.draw(people.place[away], draw_kinds(people.place[away], rng), rng)
    histories = with_move(histories, away, out, via)
    return with_move(histories, away, home, people.place[away])


def household_hazard(people: People, rate: Floats) -> Floats:
    """Find the factor on the story's hazard with which `rate` of such households move by 1 January 2001.

    `rate` has the shape (households,); the household's own log-odds come on top, as a factor around 1.
    """
    odds = log_odds(people)
    exposed = cumulative_hazard(np.maximum(months_until(people.arrival, REFERENCE), 1.0))
    return np.asarray(-np.log1p(-np.clip(rate, 0.02, 0.97)) / exposed * np.exp(odds - odds.mean()))


def first_moves(arrival: Days, factor: Floats, rng: np.random.Generator) -> Days:
    """Draw the day of the first move, given that it is before 1 January 2001."""
    window = cumulative_hazard(np.maximum(months_until(arrival, REFERENCE), 0.05))
    lived = -np.log1p(rng.random(arrival.size) * np.expm1(-factor * window)) / factor
    return np.clip(day_in(arrival, months_at(lived)), arrival + 1, REFERENCE - 1)


def after_reference_day(
    people: People, histories: Histories, factor: Floats, gravity: Gravity, rng: np.random.Generator
) -> Histories:
    """Go on to the end of 2006 with those who are under no rule: the stayed may move yet, the moved go on or back."""
    here = (histories.moved < FAR).sum(axis=1) > 0
    stayed = np.flatnonzero(~here)
    start = months_until(people.arrival[stayed], REFERENCE)
    lived = cumulative_hazard(start) + rng.exponential(size=stayed.size) / factor[stayed]
    when = np.maximum(day_in(people.arrival[stayed], np.minimum(months_at(lived), 300)), REFERENCE + 1)
    moving = when <= OBSERVED_UNTIL
    place = people.place[stayed[moving]]
    to = gravity.draw(place, draw_kinds(place, rng), rng)
    histories = with_move(histories, stayed[moving], when[moving], to)
    since = np.where(here, REFERENCE, histories.moved[:, 0])
    again = np.flatnonzero(since < FAR)
    histories = onward(histories, people.place, again, since[again].astype(np.int32), gravity=gravity, rng=rng)
    everybody = np.arange(people.place.size)
    return leave_later(histories, everybody, np.full(everybody.size, REFERENCE, np.int32), rng)


def missing_histories(people: People, rate: Floats, gravity: Gravity, rng: np.random.Generator) -> Histories:
    """Tell how the missing went before 1 January 2001: dead, abroad or without address, a few after a move.

    `rate` is the share of each household's like that moves by then.
    """
    everybody = np.arange(people.place.size)
    # More leave early than late.
    when = between(people.arrival, REFERENCE, rng.random(everybody.size) ** 1.5)
    lot = rng.random(everybody.size)
    dead = (lot < 0.15) & (people.size == 1)
    reason = np.where(dead, DIED, np.where(lot > 0.75, UNKNOWN, EMIGRATED))
    first = first_moves(people.arrival, household_hazard(people, rate), rng)
    moved = np.flatnonzero((rng.random(everybody.size) < rate) & (first < when))
    to = gravity.draw(people.place[moved], draw_kinds(people.place[moved], rng), rng)
    return with_exit(with_move(nothing_yet(everybody.size), moved, first[moved], to), everybody, when, reason)
