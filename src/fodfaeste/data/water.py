"""How far the municipalities' towns lie from the coast.

Measured from the positions of `data.regions` to the shorelines of `data.coast`; both are good to about a kilometre, and
so is the distance. What is narrower is not there: Hobro lies 22 km from the coast, whatever its fjord says, and no lake
counts.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from fodfaeste.data.coast import Ring, shores
from fodfaeste.data.regions import regions

EARTH_KM = 6371.0
Point = NDArray[np.float64]
"""Longitude and latitude in degrees."""


@cache
def km_to_water() -> dict[str, float]:
    """Give the distance of each municipality's town from the nearest shore, by code."""
    rings = [shore.ring for shore in shores()]
    return {
        row["code"]: min(km_to_ring(np.array([row["longitude"], row["latitude"]]), ring) for ring in rings)
        for row in regions().iter_rows(named=True)
    }


def km_to_ring(point: Point, ring: Ring) -> float:
    """Measure how far a point is from the line around a polygon.

    Degrees are laid out flat around the point: at the distances of one country the error is far below the data's.
    """
    scale = np.radians(EARTH_KM) * np.array([np.cos(np.radians(point[1])), 1.0])
    begins = (ring - point) * scale
    along = np.roll(begins, -1, axis=0) - begins
    length = (along**2).sum(axis=1)
    share = np.clip(-(begins * along).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    nearest = begins + share[:, None] * along
    return float(np.sqrt((nearest**2).sum(axis=1)).min())
