"""What an online run hands over: the plan, and batch by batch what was known and decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Ints


@dataclass(frozen=True, eq=False)
class Batch:
    """Households that were decided together.

    Attributes
    ----------
    households : ndarray of int64
        Their positions in the problem, in the order they came; with a household all that are tied to it.
    place : ndarray of int64
        Of each; `NOWHERE` where none is proposed.
    prices : ndarray of float64, shape (places, dimensions)
        What a unit of room was worth when the batch was decided; 0 under rules without prices.
    room : ndarray of int64, shape (places, dimensions)
        Left after the batch.
    to_come : float
        Persons who were then still expected.
    """

    households: Ints
    place: Ints
    prices: NDArray[np.float64]
    room: Ints
    to_come: float


@dataclass(frozen=True, eq=False)
class OnlinePlan(Plan):
    """A plan that was made while households came.

    Attributes
    ----------
    batches : tuple of Batch
        In order.
    """

    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, eq=False)
class CapacityChange:
    """Room of a place that is revised during the year.

    Attributes
    ----------
    batch : int
        The change holds from this batch on, counted from 0.
    place : int
        Position of the place.
    capacity : int
        What the place has for the whole year from then on, of which what is used is used. Whoever has been placed
        stays, even where it is less.
    dimension : int
        Position of the dimension.
    """

    batch: int
    place: int
    capacity: int
    dimension: int = 0
