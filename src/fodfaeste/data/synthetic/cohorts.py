"""The cohorts put together: those who came free to move (1995 to 1998) and those under the rule (1999 to 2004)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from fodfaeste.data.municipalities import KINDS
from fodfaeste.data.synthetic.cohort_1998 import draw_1998
from fodfaeste.data.synthetic.days import FAR, REFERENCE, Days, Floats, Ints
from fodfaeste.data.synthetic.fates import (
    after_reference_day,
    by_reference_day,
    choose_kinds,
    choose_movers,
    household_hazard,
    missing_histories,
)
from fodfaeste.data.synthetic.fitting import deal
from fodfaeste.data.synthetic.histories import Histories, join, leave_later, nothing_yet, onward
from fodfaeste.data.synthetic.households import Bools, People, divide, draw_people, log_odds, stack
from fodfaeste.data.synthetic.later import FreeHazards, live_under_rule
from fodfaeste.data.synthetic.places import Counts, Gravity, places
from fodfaeste.data.synthetic.story import STORY
from fodfaeste.data.synthetic.targets import COVERED, nearest_count, targets

LATER_YEARS = (2000, 2004)


@dataclass(frozen=True, eq=False)
class Lives:
    """People with their histories; `fixed_age` says, person by person, whose age a printed table speaks of."""

    people: People
    histories: Histories
    fixed_age: Bools


def together(parts: Sequence[Lives]) -> Lives:
    """Put several groups into one."""
    return Lives(
        stack([part.people for part in parts]),
        join([part.histories for part in parts]),
        np.concatenate([part.fixed_age for part in parts]),
    )


def free_cohort(counts: Counts, pull: Gravity, rng: np.random.Generator) -> Lives:
    """Draw the arrivals of 1995 to 1998: those whose status on 1 January 2001 is printed, and the missing."""
    last, last_moved = draw_1998(counts, rng)
    before = counts.known - counts.known_1998
    covered = places().kind < len(COVERED)
    # Where the report says nothing about 1998 alone, its arrivals are among the others.
    first = stack(
        [
            draw_people(np.where(covered, before, 0), (1995, 1997), rng),
            draw_people(np.where(covered, 0, before), (1995, 1998), rng),
        ]
    )
    first_moved = choose_movers(first, first.place, counts.moved - counts.moved_1998, log_odds(first), rng)
    kinds = choose_kinds(stack([last, first]), np.concatenate([last_moved, first_moved]), True, rng)
    fixed = np.arange(kinds.size) < last_moved.size
    known, fate = divide(stack([last, first]), kinds * 2 + fixed)
    before_1998, in_1998 = shares_moved(counts)
    factor = household_hazard(known, np.where(fate % 2 == 1, in_1998[known.place], before_1998[known.place]))
    histories = by_reference_day(known, fate // 2, factor, pull, rng)
    histories = after_reference_day(known, histories, factor, pull, rng)
    lost = draw_people(counts.missing, (1995, 1998), rng)
    missing = missing_histories(lost, (counts.moved / counts.known)[lost.place], pull, rng)
    return together([Lives(known, histories, fate[known.household] % 2 == 1), _lives(lost, missing)])


def bound_cohort(
    counts: Counts, hazards: FreeHazards, pull: Gravity, rng: np.random.Generator, *, release: bool
) -> Lives:
    """Draw the arrivals of 1999 to 2004; without the rule those of 1999 are as those of the years after."""
    later = _lives_to_come(draw_people(_arrivals_since_2000(counts, rng), LATER_YEARS, rng))
    first = _arrivals_1999(counts, pull, rng) if release else [_all_of_1999(counts, rng)]
    all_of_them = together([later, *first])
    people = all_of_them.people
    given_until = np.zeros(people.place.size, np.int32)
    given_until[later.people.place.size :] = REFERENCE if release else 0
    histories = live_under_rule(
        people,
        all_of_them.histories,
        np.exp(log_odds(people) + counts.level[people.place]),
        hazards,
        given_until=given_until,
        release=release,
        gravity=pull,
        rng=rng,
    )
    return Lives(people, histories, all_of_them.fixed_age)


def shares_moved(counts: Counts) -> tuple[Floats, Floats]:
    """Find what share of each municipality's arrivals moved by 2001, of those before 1998 and of those in 1998.

    In 1998 there are too few in most municipalities: the kind's log-odds are moved by the municipality's level.
    """
    before = (counts.moved - counts.moved_1998) / np.maximum(counts.known - counts.known_1998, 1)
    kind = places().kind
    known, moved = (np.bincount(kind, part) for part in (counts.known_1998, counts.moved_1998))
    all_known, all_moved = (np.bincount(kind, part) for part in (counts.known, counts.moved))
    covered = np.arange(len(KINDS)) < len(COVERED)
    shift = np.where(covered, logit(moved / np.maximum(known, 1)) - logit(all_moved / all_known), 0.0)
    return before, expit(counts.level + shift[kind])


def movers_1999(persons: Ints) -> Ints:
    """Count the arrivals of 1999 of each kind that had moved: as printed, or by the story."""
    rates = [targets().rate_1999.get(name, 100 * STORY.moved_elsewhere_1999) for name in KINDS]
    return np.array([nearest_count(int(n), rate) for n, rate in zip(persons, rates, strict=True)], np.int64)


def _arrivals_1999(counts: Counts, pull: Gravity, rng: np.random.Generator) -> list[Lives]:
    drawn = draw_people(counts.known_1999, (1999, 1999), rng)
    kind = places().kind[drawn.place]
    persons = np.bincount(kind, drawn.size, len(KINDS)).astype(np.int64)
    moved = choose_movers(drawn, kind, movers_1999(persons), log_odds(drawn) + counts.level[drawn.place], rng)
    known, fate = divide(drawn, choose_kinds(drawn, moved, False, rng))
    rate = counts.moved / counts.known
    factor = household_hazard(known, STORY.rule_factor * rate[known.place])
    histories = by_reference_day(known, fate, factor, pull, rng)
    gone_on = np.flatnonzero(histories.moved[:, 0] < FAR)
    since: Days = np.full(gone_on.size, REFERENCE, np.int32)
    histories = leave_later(onward(histories, known.place, gone_on, since, gravity=pull, rng=rng), gone_on, since, rng)
    lost = draw_people(counts.missing_1999, (1999, 1999), rng)
    return [
        _lives(known, histories),
        _lives(lost, missing_histories(lost, STORY.rule_factor * rate[lost.place], pull, rng)),
    ]


def _all_of_1999(counts: Counts, rng: np.random.Generator) -> Lives:
    return _lives_to_come(draw_people(counts.known_1999 + counts.missing_1999, (1999, 1999), rng))


def _arrivals_since_2000(counts: Counts, rng: np.random.Generator) -> Ints:
    """Spread over the kinds as the arrivals of 1995-98, and inside a kind by what room there is."""
    kind = places().kind
    before = np.bincount(kind, counts.known + counts.missing, len(KINDS))
    years = LATER_YEARS[1] - LATER_YEARS[0] + 1
    of_kind = deal(before.astype(np.float64), years * STORY.later_a_year)
    weights = np.maximum(counts.room, 1.0) * rng.lognormal(0, 0.3, kind.size)
    arrivals = np.zeros(kind.size, np.int64)
    for code, persons in enumerate(of_kind):
        here = places().of_kind(code)
        arrivals[here] = deal(weights[here], int(persons))
    return arrivals


def _lives(people: People, histories: Histories) -> Lives:
    return Lives(people, histories, np.zeros(people.household.size, bool))


def _lives_to_come(people: People) -> Lives:
    return _lives(people, nothing_yet(people.place.size))
