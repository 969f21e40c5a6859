"""Those who arrived under the rule: month by month, against the hazard of those who came free to move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fodfaeste.data.municipalities import KINDS
from fodfaeste.data.synthetic.days import (
    FAR,
    OBSERVED_UNTIL,
    Days,
    Floats,
    Ints,
    day_in,
    months_between,
)
from fodfaeste.data.synthetic.histories import (
    EMIGRATED,
    UNKNOWN,
    Histories,
    leave_later,
    onward,
    with_exit,
    with_move,
)
from fodfaeste.data.synthetic.households import People
from fodfaeste.data.synthetic.places import Gravity, draw_kinds, places
from fodfaeste.data.synthetic.story import STORY

MONTHS = 140
SMOOTHED_OVER = 3
LAST_BOUND_MONTH = 96
RULE_MONTHS = 36
RELEASE_MONTHS = 42


@dataclass(frozen=True, eq=False)
class FreeHazards:
    """What happened to the free cohort, per person at risk; index t-1 is month t after arrival.

    All are means over the months around t. `move_by_kind` has a row for each kind of municipality.
    """

    move: Floats
    move_by_kind: Floats
    emigrate: Floats
    lose: Floats


def free_hazards(people: People, histories: Histories) -> FreeHazards:
    """Count first moves and exits over persons at risk, as the release test will, and smooth them."""
    end = np.minimum(np.minimum(histories.moved[:, 0], histories.gone), OBSERVED_UNTIL)
    month = np.minimum(months_between(people.arrival, end), MONTHS + 1)
    moved = histories.moved[:, 0] <= end
    lost = ~moved & (histories.gone <= end) & (histories.reason == UNKNOWN)
    left = ~moved & (histories.gone <= end) & ~lost
    kind = places().kind[people.place]
    persons = _by_kind_and_month(kind, month, people.size)
    at_risk = persons[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1 : MONTHS + 1]
    moves, emigrated, without = (
        _by_kind_and_month(kind, month, np.where(who, people.size, 0))[:, 1 : MONTHS + 1] for who in (moved, left, lost)
    )
    everybody = at_risk.sum(axis=0)
    return FreeHazards(
        _smooth(moves.sum(axis=0), everybody),
        np.array([_smooth(*rows) for rows in zip(moves, at_risk, strict=True)]),
        _smooth(emigrated.sum(axis=0), everybody),
        _smooth(without.sum(axis=0), everybody),
    )


def rule_factors(release: bool) -> Floats:
    """Give the factor on the free cohort's hazard by month: held down, piled up, and then as everybody's."""
    factor = np.ones(LAST_BOUND_MONTH)
    if release:
        factor[:RULE_MONTHS] = STORY.rule_factor
        factor[RULE_MONTHS:RELEASE_MONTHS] = STORY.release_ratio
    return factor


def live_under_rule(
    people: People,
    histories: Histories,
    relative: Floats,
    hazards: FreeHazards,
    *,
    given_until: Days,
    release: bool,
    gravity: Gravity,
    rng: np.random.Generator,
) -> Histories:
    """Go month by month to the end of 2006 with households that arrived since 1999.

    Of all persons at risk in a month, the share that moves is the free cohort's hazard in that month after arrival
    times the rule's factor. So the ratio of moves to those expected from the free cohort is the factor by
    construction, whoever is still there. Which households they are goes by the free cohort's hazard in the kind of
    municipality and, inside a kind, by `relative`.

    Parameters
    ----------
    relative : ndarray of float, shape (households,)
        Factors on the hazard; only their ratios matter.
    given_until : ndarray of int32, shape (households,)
        Months that began before this day are left as they are.
    """
    size, kind, factor = people.size, places().kind[people.place], rule_factors(release)
    begins = np.where(given_until > people.arrival, months_between(people.arrival, given_until), 0)
    ends = months_between(people.arrival, np.full(begins.size, OBSERVED_UNTIL, np.int32))
    at_risk = np.flatnonzero(np.minimum(histories.moved[:, 0], histories.gone) == FAR)
    moves, exits = [], []
    for month in range(LAST_BOUND_MONTH):
        at_risk = at_risk[month < ends[at_risk]]
        there = at_risk[begins[at_risk] <= month]
        weight = _weights(relative[there], size[there], kind[there], hazards.move_by_kind[:, month])
        move = np.minimum(hazards.move[month] * factor[month] * weight, 0.9)
        emigrate, lose = move + hazards.emigrate[month], move + hazards.emigrate[month] + hazards.lose[month]
        lot = rng.random(there.size)
        moves.append(_in_month(people, there[lot < move], month, rng))
        left = (lot >= move) & (lot < lose)
        exits.append((*_in_month(people, there[left], month, rng), np.where(lot < emigrate, EMIGRATED, UNKNOWN)[left]))
        at_risk = np.setdiff1d(at_risk, there[lot < lose], assume_unique=True)
    who, day, why = (np.concatenate(part) for part in zip(*exits, strict=True))
    seen = day <= OBSERVED_UNTIL
    histories = with_exit(histories, who[seen], day[seen], why[seen])
    who, day = (np.concatenate(part) for part in zip(*moves, strict=True))
    who, day = who[day <= OBSERVED_UNTIL], day[day <= OBSERVED_UNTIL]
    to = gravity.draw(people.place[who], draw_kinds(people.place[who], rng), rng)
    histories = onward(with_move(histories, who, day, to), people.place, who, day, gravity=gravity, rng=rng)
    return leave_later(histories, who, day, rng)


def _weights(relative: Floats, size: Ints, kind: Ints, hazard: Floats) -> Floats:
    """Weigh households, with mean 1 over persons: a kind by its hazard, and its households by `relative`."""
    persons = np.bincount(kind, size, hazard.size)
    mean = np.bincount(kind, relative * size, hazard.size) / np.maximum(persons, 1)
    weight = hazard[kind] * relative / mean[kind]
    return np.asarray(weight * size.sum() / np.maximum(np.dot(weight, size), 1e-12))


def _by_kind_and_month(kind: Ints, month: Ints, persons: Ints) -> Floats:
    cells = np.bincount(kind * (MONTHS + 2) + month, persons, len(KINDS) * (MONTHS + 2))
    return cells.reshape(len(KINDS), MONTHS + 2).astype(np.float64)


def _in_month(people: People, who: Ints, month: int, rng: np.random.Generator) -> tuple[Ints, Days]:
    return who, day_in(people.arrival[who], month + rng.random(who.size))


def _smooth(events: Floats, at_risk: Floats) -> Floats:
    """Average over the months around, as many on both sides; where hardly anybody is left, over all of the end."""
    months = np.arange(events.size)
    reach = np.minimum(np.minimum(months, SMOOTHED_OVER), events.size - 1 - months)
    sums, risks = (np.concatenate([[0.0], np.cumsum(part)]) for part in (events, at_risk))
    low, high = months - reach, months + reach + 1
    risk = risks[high] - risks[low]
    return np.asarray(np.divide(sums[high] - sums[low], risk, out=np.zeros(events.size), where=risk > 0))
