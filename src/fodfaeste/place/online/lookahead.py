"""Rules that look ahead by prices of room: ours, the published potentials, several dimensions, and nothing to come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.online.arrivals import persons_to_come
from fodfaeste.place.online.batch import solved
from fodfaeste.place.online.decide import Arrivals, best_of, joined, picked
from fodfaeste.place.online.duals import dual_prices
from fodfaeste.place.online.outlook import Outlook
from fodfaeste.place.problem import NOWHERE, Ints

Floats = NDArray[np.float64]

PUBLISHED_SAMPLES = 5
"""Futures that the published potentials average over."""


class Prices:
    """Weigh each place by what the household gains there less what those still to come lose by its room.

    The loss is that of the whole household in each of many sampled futures. In a batch the household that would lose
    most by its second-best place is decided first; those not yet decided are certain to come.
    """

    def __init__(self, outlook: Outlook, room: Ints, rng: np.random.Generator) -> None:
        self._outlook = outlook
        self._futures = outlook.futures(room, outlook.samples, outlook.own_weight, rng)

    @property
    def to_come(self) -> float:
        """See `Rule.to_come`."""
        return self._futures.to_come

    def prices(self) -> Floats:
        """See `Rule.prices`: those of the last decision."""
        return self._futures.last_prices[:, None]

    def decide(self, batch: Arrivals, room: Ints) -> Ints:  # noqa: ARG002 (the futures follow the room)
        """See `Rule.decide`."""
        futures, units = self._futures, batch.persons.size
        futures.begin(self._outlook.worth(batch), batch.persons)
        place = np.full(units, NOWHERE)
        for unit in [0] if units == 1 else _by_regret(futures.scores(range(units))):
            futures.leave(unit)
            score = futures.scores([unit])[0]
            place[unit] = best_of(score, np.isfinite(score), least=self._outlook.least)
            if place[unit] != NOWHERE and batch.persons[unit] > 0:
                futures.take(int(place[unit]), int(batch.persons[unit]))
        futures.end()
        return place

    def revise(self, room: Ints) -> None:
        """See `Rule.revise`."""
        self._futures.revise(room[:, 0])


def _by_regret(scores: Floats) -> list[int]:
    """Order units by what their second-best place is worth less than their best; who has only one comes first."""
    if scores.shape[1] == 1:
        return list(range(scores.shape[0]))
    second, best = np.sort(scores, axis=1)[:, -2:].T
    regret = np.where(np.isfinite(second), 0.0, np.where(np.isfinite(best), np.inf, -1.0))
    both = np.isfinite(second)
    regret[both] = best[both] - second[both]
    return [int(unit) for unit in np.argsort(-regret, kind="stable")]


class Potentials:
    """The published two-stage rule: linear prices, of a few futures drawn anew for each batch from earlier years.

    Each future holds the batch; a place's price is what one unit of room more would gain, on average. The batch is
    solved as a whole at those prices (Ahani, Gölz, Procaccia, Teytelboym, Trapp 2024, *Operations Research*).
    """

    def __init__(self, outlook: Outlook, room: Ints, rng: np.random.Generator) -> None:
        self._outlook, self._rng = outlook, rng
        self._prices = np.zeros(room.shape)
        self._arrived = 0
        self.to_come = outlook.horizon.expected

    def prices(self) -> Floats:
        """See `Rule.prices`: those of the last batch."""
        return self._prices

    def decide(self, batch: Arrivals, room: Ints) -> Ints:
        """See `Rule.decide`."""
        futures = self._outlook.futures(room, PUBLISHED_SAMPLES, 0.0, self._rng, arrived=self._arrived)
        futures.begin(self._outlook.worth(batch), batch.persons)
        self._arrived += int(batch.persons.sum())
        self._prices = futures.prices(0.0)[:, None]
        self.to_come = futures.to_come
        return solved(batch, self._prices, room, self._outlook.bonus, must_place=self._outlook.must_place)

    def revise(self, room: Ints) -> None:
        """Futures are drawn anew for the next batch."""


class DualPrices:
    """Prices for several dimensions: dual values of linear programmes over sampled futures, averaged.

    Futures are drawn anew for each batch and hold it; the batch is solved as a whole at the prices.
    """

    def __init__(self, outlook: Outlook, room: Ints, rng: np.random.Generator) -> None:
        self._outlook, self._rng = outlook, rng
        self._prices = np.zeros(room.shape)
        self._came: list[Arrivals] = []
        self._arrived = 0
        self.to_come = outlook.horizon.expected

    def prices(self) -> Floats:
        """See `Rule.prices`: those of the last batch."""
        return self._prices

    def decide(self, batch: Arrivals, room: Ints) -> Ints:
        """See `Rule.decide`."""
        outlook = self._outlook
        self._arrived += int(batch.persons.sum())
        known = joined([outlook.earlier, *self._came])
        own = known.persons.size - outlook.weight.size
        weight = np.concatenate([outlook.weight, np.full(own, outlook.own_weight)]) * (known.persons > 0)
        horizon = outlook.horizon
        many = persons_to_come(horizon.expected, horizon.uncertainty, self._arrived, outlook.samples, self._rng)
        prices = np.zeros(room.shape)
        for persons in many.tolist():
            rows = drawn(self._rng, weight, known.persons, persons)
            prices += dual_prices(joined([picked(known, rows), batch]), room, outlook.bonus)
        self._prices = prices / many.size
        self.to_come = float(many.mean())
        self._came.append(batch)
        return solved(batch, self._prices, room, outlook.bonus, must_place=outlook.must_place)

    def revise(self, room: Ints) -> None:
        """Futures are drawn anew for the next batch."""


class NoFuture:
    """The best plan for each batch by itself, as if nobody came after it."""

    def __init__(self, outlook: Outlook, room: Ints) -> None:
        self._outlook = outlook
        self._nothing = np.zeros(room.shape)
        self.to_come = 0.0

    def prices(self) -> Floats:
        """Nothing has a price."""
        return self._nothing

    def decide(self, batch: Arrivals, room: Ints) -> Ints:
        """See `Rule.decide`."""
        return solved(batch, self._nothing, room, self._outlook.bonus, must_place=self._outlook.must_place)

    def revise(self, room: Ints) -> None:
        """Nothing was planned."""


def drawn(rng: np.random.Generator, weight: Floats, persons: Ints, many: int) -> Ints:
    """Draw households by weight until they are at least so many persons; none if there is nobody to draw."""
    if many <= 0 or not weight.sum() > 0:
        return np.zeros(0, np.int64)
    smallest = int(persons[weight > 0].min())
    rows = rng.choice(weight.size, size=many // smallest + 1, p=weight / weight.sum())
    return np.asarray(rows[: int(np.searchsorted(persons[rows].cumsum(), many)) + 1], np.int64)
