"""Prices from sampled futures, for one dimension of room: what room at each place is worth to who may still come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.online import batch_kernels as kernels
from fodfaeste.place.online.arrivals import persons_to_come
from fodfaeste.place.online.kernels import ENOUGH, Known
from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]

OF_LESS = 0.5
"""Halfway between what a unit of room more would gain and what one less would lose: between them no price is wrong."""


CANDIDATES = 5
"""Places that the loss of whole households is computed for: those that are best by what a person's room is worth."""


@dataclass(frozen=True)
class Horizon:
    """How many persons are expected in the year, and how unsure that is (`arrivals.persons_to_come`)."""

    expected: float
    uncertainty: float


class SampledFutures:
    """Futures that are drawn once and then follow what happens: common random numbers for the whole year.

    Before each batch every future loses as many persons as came; after it, whoever came takes the place of some that
    were drawn, so that at any time the households of every future are drawn from all that is known by then.

    Parameters
    ----------
    worth : ndarray of float64, shape (earlier, places)
        Per person, of households of earlier years; minus infinity where not allowed.
    size : ndarray of int64, shape (earlier,)
    weight : ndarray of float64, shape (earlier,)
    own_weight : float
        Weight of a household of this year.
    room : ndarray of int64, shape (places,)
    horizon : Horizon
    samples : int
        How many futures.
    capacity_for : int
        How many households may come at most; only memory depends on it.
    arrived : int
        Persons of the year who came before.
    rng : numpy.random.Generator

    Attributes
    ----------
    last_prices : ndarray of float64, shape (places,)
        What a person's room was worth when places were last weighed.
    """

    def __init__(
        self,
        *,
        worth: Floats,
        size: Ints,
        weight: Floats,
        own_weight: float,
        room: Ints,
        horizon: Horizon,
        samples: int,
        capacity_for: int,
        arrived: int,
        rng: np.random.Generator,
    ) -> None:
        earlier, places = worth.shape
        self._rng, self._horizon, self._own_weight = rng, horizon, own_weight
        nodes, most = places + 1, earlier + capacity_for
        self._known = Known(np.zeros((most, nodes)), np.zeros(most, np.int64), np.append(room, ENOUGH))
        self._known.worth[:earlier, :places] = worth
        self._known.size[:earlier] = size
        self._weight = np.zeros(most)
        self._weight[:earlier] = np.where(size > 0, weight, 0.0)
        self._drawable = self._start = self._stop = earlier
        self._arrived = arrived
        self.last_prices = np.zeros(places)
        self._to_come = persons_to_come(horizon.expected, horizon.uncertainty, arrived, samples, rng)
        slots = int(self._to_come.max(initial=0)) + capacity_for + 1
        self._futures = kernels.Futures(
            many=np.zeros((samples, 1), np.int64),
            persons=np.zeros((samples, 1), np.int64),
            member=np.zeros((samples, slots), np.int64),
            flow=np.zeros((samples, nodes, slots), np.int16),
            free=np.tile(self._known.room, (samples, 1)),
            move=np.full((samples, nodes, nodes), np.inf),
            via=np.zeros((samples, nodes, nodes), np.int64),
        )
        self._resize()

    @property
    def to_come(self) -> float:
        """Persons still expected, on average over futures."""
        return float(self._to_come.mean())

    def begin(self, worth: Floats, size: Ints) -> None:
        """Let a batch come: it is certain, and so many persons less are still to come.

        Parameters
        ----------
        worth : ndarray of float64, shape (batch, places)
            Per person; minus infinity where not allowed.
        size : ndarray of int64, shape (batch,)
        """
        self._start, self._stop = self._stop, self._stop + size.size
        self._known.worth[self._start : self._stop, :-1] = worth
        self._known.size[self._start : self._stop] = size
        came = int(size.sum())
        self._arrived += came
        self._to_come -= came
        if (late := self._to_come < 0).any():
            self._to_come[late] = persons_to_come(
                self._horizon.expected, self._horizon.uncertainty, self._arrived, int(late.sum()), self._rng
            )
        self._resize()
        kernels.come(self._futures, self._known, self._start, self._stop)

    def end(self) -> None:
        """Learn from the batch that was decided: each of it may come again, with its weight."""
        while self._drawable < self._stop:
            household = self._drawable
            self._drawable += 1
            if self._known.size[household] > 0 and self._own_weight > 0:
                self._weight[household] = self._own_weight
                share = self._own_weight / self._weight[: self._drawable].sum()
                kernels.learn(self._rng, self._futures, self._known, household, share)
        self._resize()

    def prices(self, of_less: float) -> Floats:
        """Say what a person's room is worth at each place, on average over futures; shape (places,).

        Parameters
        ----------
        of_less : float
            Between what one unit more would gain (0) and what one unit less would lose (1).
        """
        return np.asarray(self.prices_by_future(of_less).mean(axis=0))

    def prices_by_future(self, of_less: float) -> Floats:
        """Say the same future by future; shape (futures, places)."""
        return np.asarray(kernels.prices(self._futures, self._known, of_less)[:, :-1])

    def scores(self, numbers: Iterable[int]) -> Floats:
        """Weigh places for some of the batch, the others of it being certain to be placed after.

        Parameters
        ----------
        numbers : iterable of int
            Positions in the batch.

        Returns
        -------
        ndarray of float64, shape (numbers, places)
            What the household is worth there less what all others lose; minus infinity where it may not go.
        """
        price = np.asarray(kernels.prices(self._futures, self._known, OF_LESS))
        self.last_prices = price[:, :-1].mean(axis=0)
        return np.array([self._score(self._start + number, price) for number in numbers])

    def leave(self, number: int) -> None:
        """Take one of the batch out of the futures: it is being decided."""
        kernels.go(self._futures, self._known, self._start + number)

    def take(self, place: int, persons: int) -> None:
        """Take room from a place."""
        kernels.take_room(self._futures, self._known, place, persons)

    def revise(self, room: Ints) -> None:
        """Set what is left of each place anew."""
        self._known.room[:-1] = room
        kernels.rebuild(self._futures, self._known)

    def _score(self, household: int, price: Floats) -> Floats:
        worth, size = self._known.worth[household, :-1], self._known.size[household]
        may = np.isfinite(worth) & (size <= self._known.room[:-1])
        near = np.where(may, worth - price[:, :-1].mean(axis=0), -np.inf)
        may &= near >= np.sort(near)[-CANDIDATES:][0]
        loss = kernels.knapsack_losses(self._futures, self._known, household, price, may)
        return np.where(may, size * np.where(may, worth, 0.0) - loss, -np.inf)

    def _resize(self) -> None:
        cumulative = self._weight[: self._drawable].cumsum()
        certain = self._drawable if self._drawable < self._stop else self._stop + 1
        kernels.resize(self._rng, self._futures, self._known, cumulative, self._to_come, certain)
