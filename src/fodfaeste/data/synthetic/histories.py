"""Where households live and until when: at most `MOVES` moves, and one way out of the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fodfaeste.data.synthetic.days import FAR, MONTH, OBSERVED_UNTIL, Days, Floats, Ints
from fodfaeste.data.synthetic.places import Gravity, draw_kinds
from fodfaeste.data.synthetic.story import REASONS, STORY

MOVES = 4
EMIGRATED, DIED, UNKNOWN = (REASONS.index(reason) for reason in ("emigrated", "died", "unknown"))


@dataclass(frozen=True, eq=False)
class Histories:
    """One row a household. Moves that never happen are on the day `FAR`, and so is the exit of who stays on.

    moved : ndarray of int32, shape (households, MOVES); rises along the row.
    to : ndarray of int, shape (households, MOVES); positions of municipalities.
    gone : ndarray of int32, the day of the exit; reason : position in `REASONS`, 0 where there is none.
    """

    moved: Days
    to: Ints
    gone: Days
    reason: Ints


def nothing_yet(households: int) -> Histories:
    """Start empty: everybody where they arrived, for good."""
    return Histories(
        np.full((households, MOVES), FAR, np.int32),
        np.zeros((households, MOVES), np.int64),
        np.full(households, FAR, np.int32),
        np.zeros(households, np.int64),
    )


def join(parts: Sequence[Histories]) -> Histories:
    """Put the histories of several groups into one."""
    return Histories(*(np.concatenate([getattr(part, name) for part in parts]) for name in Histories.__annotations__))


def with_move(histories: Histories, household: Ints, when: Days, to: Ints) -> Histories:
    """Add a move to each of some households, behind the moves that they have; a fifth one is left out."""
    moved, where = histories.moved.copy(), histories.to.copy()
    slot = (moved[household] < FAR).sum(axis=1)
    room = slot < MOVES
    moved[household[room], slot[room]] = when[room]
    where[household[room], slot[room]] = to[room]
    return Histories(moved, where, histories.gone, histories.reason)


def with_exit(histories: Histories, household: Ints, when: Days, reason: Ints) -> Histories:
    """Let some households leave the register; what would have come later does not."""
    gone, why = histories.gone.copy(), histories.reason.copy()
    first = when < gone[household]
    gone[household[first]], why[household[first]] = when[first], reason[first]
    return Histories(np.where(histories.moved < gone[:, None], histories.moved, FAR), histories.to, gone, why)


def place_on(histories: Histories, first: Ints, day: int) -> Ints:
    """Where each household lives on a day, or lived last before."""
    moves = (histories.moved <= day).sum(axis=1)
    last = histories.to[np.arange(first.size), np.maximum(moves - 1, 0)]
    return np.where(moves > 0, last, first)


def onward(
    histories: Histories, first: Ints, household: Ints, since: Days, *, gravity: Gravity, rng: np.random.Generator
) -> Histories:
    """Let households that have moved once move on, or back to where they came first, at a constant hazard."""
    while household.size:
        wait = rng.exponential(1 / STORY.onward_a_month, household.size)
        when = np.minimum(since + 1 + np.floor(wait * MONTH), FAR - 1).astype(np.int32)
        moving = when <= OBSERVED_UNTIL
        household, when = household[moving], when[moving]
        here = place_on(histories, first, OBSERVED_UNTIL)[household]
        home = first[household]
        back = (rng.random(household.size) < STORY.onward_back) & (here != home)
        to = np.where(back, home, gravity.draw(here, draw_kinds(here, rng), rng))
        histories = with_move(histories, household, when, to)
        since = when
    return histories


def leave_later(histories: Histories, household: Ints, since: Days, rng: np.random.Generator) -> Histories:
    """Let households leave the country, or lose their address, at constant hazards from a day on."""
    rate = STORY.emigrate_a_month + STORY.lose_a_month
    when = since + 1 + np.floor(rng.exponential(1 / rate, household.size) * MONTH)
    leaving = when <= OBSERVED_UNTIL
    reason = np.where(rng.random(household.size) < STORY.emigrate_a_month / rate, EMIGRATED, UNKNOWN)
    return with_exit(histories, household[leaving], when[leaving].astype(np.int32), reason[leaving])


def between(start: Days, end: Days | int, share: Floats) -> Days:
    """Find a day after `start` and before `end`, `share` of the way; `start` + 1 where there is no other."""
    room = np.maximum(end - start.astype(np.int64) - 1, 1)
    return (start + 1 + np.floor(share * room)).astype(np.int32)
