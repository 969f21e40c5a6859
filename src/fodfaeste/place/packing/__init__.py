"""Placement where room does not suffice for everybody and hardly two units are alike: rooms by size and by day, say.

There prices of room leave much to be decided, and a price of leaving somebody says little: which persons find room
together is a question of packing. So persons come first here, and prices after them.

1. How many persons can be placed at most, by the linear programme, and a search that goes on until so many are.
2. The linear programme of worth with so many placed: its prices prove a bound, and say what each place would lose.
3. A search among the places that lose least, from the plan of the first.

Both searches are `kernels.search`. Problems are of some ten thousand pairs, as an office has them in a week; where
everybody fits, `place.prices` does better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.bounds import lagrangian_bound
from fodfaeste.place.exact.model import Pairs, Programme, capacities, pairs_of
from fodfaeste.place.exact.search import Watch, reduced_gains, relaxed
from fodfaeste.place.packing.kernels import Crowd, search
from fodfaeste.place.prices import PROVEN, Found, Progress, apart_of
from fodfaeste.place.problem import NOWHERE, Bools, Goal, Ints
from fodfaeste.place.scores import block
from fodfaeste.place.units import Units

Floats = NDArray[np.float64]
Int32 = NDArray[np.int32]

PAIRS = 60_000
"""Pairs of unit and place up to which the linear programme is solved in a second or so."""

ALIKE = 10
"""Kinds of units up to which chains of moves, each of units of one kind, find good plans."""

TRIED = 4_000
"""Turns of the search for a plan that places everybody."""

TURNS, WORK = 120_000, 24_000_000
"""Turns of either search at most; fewer where turns times units would be more than the work."""

SLICES = 20
"""Parts of a search, after each of which the caller hears of it."""

PRICE, HOT, COLD = 4.0, 1 / 6, 1 / 300
"""What a person counts, and how much worse plans may become first and last, in terms of how far scores lie apart."""

NEAR = 10
"""Places a unit that the last search looks at, on average."""

READS = 3.0
"""Of the score matrix: by the lists, by the programme, and by the bound that its prices prove."""

WHOLE = 1e-6
"""What a linear programme may be wrong by in a count of persons."""


@dataclass(frozen=True, eq=False)
class Options:
    """The places that each unit may get, as `kernels.Crowd` has them: `names`, `gain` (units, most), `named`."""

    names: Int32
    gain: Floats
    named: Int32


@dataclass(frozen=True, eq=False)
class Best:
    """The best plan so far: places of units, how many persons it places, what it is worth, and if it was stopped."""

    place: Ints
    persons: float
    worth: float
    interrupted: bool = False


def is_for(units: Units, goal: Goal) -> bool:
    """Say whether a problem is small and varied enough to be packed, and its goal asks for persons first."""
    small = units.shape[0] * units.shape[1] <= PAIRS
    if goal.unplaced != "first" or not small or units.minimum.any():
        return False
    return len(np.unique(units.sizes, axis=0)) > ALIKE


def everybody_fits(units: Units, *, seed: int) -> bool:
    """Say whether a quick search finds room for everybody who may be somewhere; a longer one still might."""
    seek, options = _seek(units, seed, _quiet), _all_options(units)
    nobody = np.full(units.shape[0], NOWHERE)
    return seek.best(options, nobody, turns=TRIED, enough=(_everybody(units), -np.inf)).persons >= _everybody(units)


def packed(
    units: Units, goal: Goal, *, gap: float, seed: int, start: Ints | None = None, progress: Progress | None = None
) -> Found:
    """Place as many persons as possible, and those well; no worse than `start`, where that has room for its units.

    The bound and the prices of what is found are those of the linear programme in which leaving a person has a price,
    so that they hold for every plan that places as many.

    Raises
    ------
    KeyboardInterrupt
        From `progress`, before there is any bound; later the best plan so far is returned.
    """
    seek = _seek(units, seed, progress or _quiet)
    pairs = pairs_of(units)
    programme = capacities(units, pairs, goal)
    most = _most_persons(units, pairs, programme)
    turns = min(TURNS, WORK // max(1, units.shape[0]))
    begun = np.full(units.shape[0], NOWHERE) if start is None else _kept(units, start)
    best = seek.best(_all_options(units), begun, turns=turns, enough=(most, -np.inf), share=0.3)
    if best.interrupted:
        raise KeyboardInterrupt
    found, loss = _priced(units, pairs, programme, best)
    found = replace(found, persons_bound=most)
    limit = found.bound + found.penalty * (float(units.persons.sum()) - best.persons)
    enough = (best.persons, limit - max(gap, PROVEN) * abs(limit))
    best = seek.best(_near_options(units, loss, best), best.place, turns=turns, enough=enough, share=0.7)
    return replace(found, place=best.place, interrupted=best.interrupted)


@dataclass(frozen=True, eq=False)
class Seek:
    """What all searches share: the units, how far scores lie apart, chance, and who hears of it."""

    units: Units
    apart: float
    rng: np.random.Generator
    say: Progress

    def best(
        self, options: Options, place: Ints, *, turns: int, enough: tuple[float, float], share: float = 0.0
    ) -> Best:
        """Search on from a plan, so many turns or until `enough` persons are placed and worth so much."""
        units = self.units
        crowd = _crowd(units, options, place)
        slots, record = crowd.slot.copy(), _told(crowd)
        heat = self.apart * HOT * (COLD / HOT) ** np.linspace(0.0, 1.0, turns)
        interrupted = False
        for part in np.array_split(heat, SLICES):
            search(crowd, slots, record, PRICE * self.apart, part, np.array(enough, np.float64), self.rng)
            try:
                self.say(f"place {record[0]:.0f} of {units.persons.sum()} persons", share)
            except KeyboardInterrupt:
                interrupted = True
                break
        there = options.names[np.arange(slots.size), slots].astype(np.int64)
        return Best(np.where(slots < 0, NOWHERE, there), float(record[0]), float(record[1]), interrupted)


def _seek(units: Units, seed: int, say: Progress) -> Seek:
    return Seek(units, apart_of(units), np.random.Generator(np.random.PCG64(seed)), say)


def _quiet(_doing: str, _share: float) -> None:
    """Say nothing."""


def _everybody(units: Units) -> int:
    """Count the persons who may be somewhere."""
    return int(units.persons[units.may(slice(None)).any(axis=1)].sum())


def _all_options(units: Units) -> Options:
    """List all places where units may be, the best first."""
    scores = np.asarray(block(units.scores, slice(None)), np.float64)
    return _options(scores, units.may(slice(None)), -scores)


def _near_options(units: Units, loss: Floats, best: Best) -> Options:
    """List the places that lose least by the prices, and those of the best plan."""
    finite = loss[np.isfinite(loss)]
    many = NEAR * units.shape[0]
    near = loss <= (float(np.partition(finite, many)[many]) if many < finite.size else np.inf)
    placed = np.flatnonzero(best.place != NOWHERE)
    near[placed, best.place[placed]] = True
    return _options(np.asarray(block(units.scores, slice(None)), np.float64), near & np.isfinite(loss), loss)


def _options(scores: Floats, may: Bools, last: Floats) -> Options:
    """List the places where units may be, those where `last` is least first."""
    many = may.sum(axis=1)
    order = np.argsort(np.where(may, last, np.inf), axis=1, kind="stable")[:, : max(1, int(many.max(initial=0)))]
    gain = np.take_along_axis(scores, order, axis=1)
    return Options(np.ascontiguousarray(order, np.int32), np.ascontiguousarray(gain), many.astype(np.int32))


def _crowd(units: Units, options: Options, place: Ints) -> Crowd:
    """Seat units at places that are among their options and have room for all of them."""
    among = np.arange(options.names.shape[1]) < options.named[:, None]
    there = among & (options.names == place[:, None])
    slot = np.where(there.any(axis=1), there.argmax(axis=1), NOWHERE).astype(np.int32)
    room = units.capacity.copy()
    np.subtract.at(room, place[slot >= 0], units.sizes[slot >= 0])
    return Crowd(options.names, options.gain, options.named, units.sizes, units.persons.copy(), slot, room)


def _told(crowd: Crowd) -> Floats:
    """Count the persons placed, and what their places are worth."""
    placed = np.flatnonzero(crowd.slot >= 0)
    worth = crowd.gain[placed, crowd.slot[placed]].sum()
    return np.array([crowd.persons[placed].sum(), worth], np.float64)


def _kept(units: Units, place: Ints) -> Ints:
    """Leave units where they are as long as they may be there and there is room, one after the other."""
    may, kept, room = units.may(slice(None)), np.full(place.size, NOWHERE), units.capacity.copy()
    for unit in np.flatnonzero(place != NOWHERE).tolist():
        at = place[unit]
        if may[unit, at] and (units.sizes[unit] <= room[at]).all():
            kept[unit] = at
            room[at] -= units.sizes[unit]
    return kept


def _most_persons(units: Units, pairs: Pairs, programme: Programme) -> int:
    """Bound the persons that any plan places, by the linear programme."""
    persons = units.persons[pairs.unit].astype(np.float64)
    linear = relaxed(replace(programme, gain=persons, constant=0.0), "persons", Watch())
    return int(np.floor(linear.bound + WHOLE))


def _priced(units: Units, pairs: Pairs, programme: Programme, best: Best) -> tuple[Found, Floats]:
    """Price room so that as many are placed; gives the bound, and what each unit loses at each place by its prices."""
    persons = units.persons[pairs.unit].astype(np.float64)
    programme = programme.row(persons, best.persons, np.inf)
    linear = relaxed(programme, "prices", Watch())
    many, shape = units.shape[0], units.capacity.T.shape
    prices = np.maximum(linear.duals[many : many + units.capacity.size], 0.0).reshape(shape).T.copy()
    penalty = max(0.0, -float(linear.duals[-1]))
    loss = np.full(units.shape, np.inf)
    loss[pairs.unit, pairs.place] = -reduced_gains(programme, linear.duals)
    bound = lagrangian_bound(units, prices, penalty)
    return Found(best.place, prices, bound, penalty, READS, interrupted=False), loss
