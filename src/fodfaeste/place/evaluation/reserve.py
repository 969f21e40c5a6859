"""Room kept for moves that a lot may ask for, so that every outcome of the lots fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.problem import Ints


@dataclass(frozen=True)
class Move:
    """A move that a lot decides on: one unit to free room, or two that change places.

    units : the units that move; targets : where each would go.
    """

    units: tuple[int, ...]
    targets: tuple[int, ...]


class Ledger:
    """Room that is still free and persons that places can spare, whatever the lots so far decide.

    room : ndarray of int64, shape (places, dimensions)
    spare : ndarray of int64, shape (places,)
        Persons above each place's minimum.
    """

    def __init__(self, room: Ints, spare: Ints, person_dimension: int) -> None:
        self.room, self.spare, self._person = room.copy(), spare.copy(), person_dimension

    def take(self, flows: Mapping[int, Ints]) -> bool:
        """Keep room for what would come to each place (less what would go); False, and nothing kept, without enough."""
        for place, change in flows.items():
            if (change > self.room[place]).any() or -change[self._person] > max(0, self.spare[place]):
                return False
        for place, change in flows.items():
            # What would leave frees nothing yet: the lot may say stay.
            self.room[place] -= np.maximum(change, 0)
            self.spare[place] -= max(0, -int(change[self._person]))
        return True


def reserve(
    equal: Sequence[Ints], standing: tuple[Ints, Ints], order: Ints, ledger: Ledger, free: NDArray[np.bool_]
) -> Iterator[Move]:
    """Find a move for as many units as there is room for, at most one each.

    Parameters
    ----------
    equal : sequence of ndarray of int64, one a unit
        The other places that are as good, the most wanted first.
    standing : ndarray of int64, shape (units,), and ndarray of int64, shape (units, dimensions)
        Where units are, and what they take.
    order : ndarray of int64
        Units in the order in which they may reserve.
    ledger : Ledger
        What is kept is taken from it.
    free : ndarray of bool, shape (units,)
        Units that may still move; those that get a move are crossed out.
    """
    here, sizes = standing
    wants = [set(places.tolist()) for places in equal]
    residents: dict[int, list[int]] = {}
    for unit in order.tolist():
        residents.setdefault(int(here[unit]), []).append(unit)
    for unit in order.tolist():
        if not free[unit]:
            continue
        for target in equal[unit].tolist():
            move = _to_room(unit, target, here, sizes, ledger)
            move = move or _exchange(unit, target, (here, sizes, wants, residents, free), ledger)
            if move is not None:
                free[list(move.units)] = False
                yield move
                break


def _to_room(unit: int, target: int, here: Ints, sizes: Ints, ledger: Ledger) -> Move | None:
    flows = {target: sizes[unit], int(here[unit]): -sizes[unit]}
    return Move((unit,), (target,)) if ledger.take(flows) else None


def _exchange(
    unit: int,
    target: int,
    known: tuple[Ints, Ints, list[set[int]], dict[int, list[int]], NDArray[np.bool_]],
    ledger: Ledger,
) -> Move | None:
    here, sizes, wants, residents, free = known
    mine = int(here[unit])
    for other in residents.get(target, []):
        if free[other] and mine in wants[other]:
            more = sizes[unit] - sizes[other]
            if ledger.take({target: more, mine: -more}):
                return Move((unit, other), (target, mine))
    return None
