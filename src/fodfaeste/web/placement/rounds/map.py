"""A map of quotas: a circle a municipality at its seat, its area the quota, on the coast; the capital drawn larger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import cos, radians, sqrt

from fodfaeste.data.coast import DENMARK, Window, shores
from fodfaeste.data.regions import regions
from fodfaeste.web.placement.rounds.models import QuotaLine

CAPITAL = Window(12.13, 55.53, 12.66, 55.95)
"""Where municipalities lie so near each other that circles would cover each other."""

MAIN_WIDTH, INSET_WIDTH = 620, 230
GAP, HEAD = 12, 22
LARGEST = 22.0
"""Radius of the largest circle."""
LEAST, ZERO = 2.5, 3.0
"""Radii of the smallest quota, and of none."""
SMALLEST_LAND = 6
"""Islands narrower than so many points are left out."""


@dataclass(frozen=True)
class Circle:
    """A municipality on the map."""

    x: float
    y: float
    radius: float
    kind: str
    words: str


@dataclass(frozen=True)
class Part:
    """A part of the map: its frame, the land in it, and its circles, the largest below."""

    left: float
    top: float
    width: float
    height: float
    name: str
    land: str
    water: str
    circles: tuple[Circle, ...]


@dataclass(frozen=True)
class Drawn:
    """A map, as its template draws it; `sizes` has quotas to compare circles with: number, radius, and how far down."""

    width: float
    height: float
    parts: tuple[Part, ...]
    sizes: tuple[tuple[int, float, float], ...]

    @property
    def legend_x(self) -> float:
        """Where the circles of the legend stand."""
        return MAIN_WIDTH + GAP + LARGEST + GAP

    @property
    def words_x(self) -> float:
        """Where its words begin."""
        return self.legend_x + LARGEST + GAP

    @property
    def none_y(self) -> float:
        """How far down it explains nought."""
        return HEAD + INSET.height + (2 * len(self.sizes) + 1) * (LARGEST + GAP / 2)


@dataclass(frozen=True)
class _Frame:
    window: Window
    width: float

    @property
    def _scale(self) -> float:
        return self.width / ((self.window.east - self.window.west) * self._narrow)

    @property
    def _narrow(self) -> float:
        return cos(radians((self.window.north + self.window.south) / 2))

    @property
    def height(self) -> float:
        return round((self.window.north - self.window.south) * self._scale)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = (longitude - self.window.west) * self._narrow * self._scale
        return round(x, 1), round((self.window.north - latitude) * self._scale, 1)

    def holds(self, latitude: float, longitude: float) -> bool:
        inside = self.window.west <= longitude <= self.window.east
        return inside and self.window.south <= latitude <= self.window.north


MAIN, INSET = _Frame(DENMARK, MAIN_WIDTH), _Frame(CAPITAL, INSET_WIDTH)


def drawn(lines: Sequence[QuotaLine], capital: str, own: Iterable[str] = ()) -> Drawn | None:
    """Draw the quotas of a round; None where no position of its municipalities is known (before 2007).

    Parameters
    ----------
    lines : sequence of QuotaLine
    capital : str
        What the larger part is called.
    own : iterable of str
        Codes of municipalities to be marked.
    """
    where = {row["code"]: (row["latitude"], row["longitude"]) for row in regions().iter_rows(named=True)}
    if any(line.code not in where for line in lines):
        return None
    most = max((line.quota for line in lines), default=0)
    ordered = sorted(lines, key=lambda line: -line.quota)
    near = [line for line in ordered if INSET.holds(*where[line.code])]
    far = [line for line in ordered if not INSET.holds(*where[line.code])]
    marked = set(own)

    def circles(frame: _Frame, some: Iterable[QuotaLine]) -> tuple[Circle, ...]:
        return tuple(
            Circle(*frame.at(*where[line.code]), _radius(line.quota, most), _kind(line, marked), str(line))
            for line in some
        )

    parts = (
        Part(0, 0, MAIN.width, MAIN.height, "", *_land(MAIN), circles(MAIN, far)),
        Part(MAIN.width + GAP, HEAD, INSET.width, INSET.height, capital, *_land(INSET), circles(INSET, near)),
    )
    return Drawn(MAIN.width + GAP + INSET.width, MAIN.height, parts, _sizes(most))


def _radius(quota: int, most: int) -> float:
    return round(max(LEAST, LARGEST * sqrt(quota / most)), 1) if quota else ZERO


def _kind(line: QuotaLine, own: set[str]) -> str:
    kind = "map-some" if line.quota else "map-none"
    return f"{kind} map-own" if line.code in own else kind


def _sizes(most: int) -> tuple[tuple[int, float, float], ...]:
    quotas = dict.fromkeys((most, max(most // 4, 1))) if most else {}
    down = LARGEST + GAP / 2
    return tuple(
        (quota, _radius(quota, most), HEAD + INSET.height + (2 * place + 1) * down)
        for place, quota in enumerate(quotas)
    )


@cache
def _land(frame: _Frame) -> tuple[str, str]:
    """Give the paths of land, and of water inside it."""
    paths: dict[str, list[str]] = {"land": [], "water": []}
    for shore in shores(frame.window):
        corners = [frame.at(latitude, longitude) for longitude, latitude in shore.ring]
        points = [point for point, _same in groupby((round(x), round(y)) for x, y in corners)]
        wide = max(x for x, _ in points) - min(x for x, _ in points)
        if len(points) > 3 and wide >= SMALLEST_LAND:
            paths[shore.encloses].append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(paths["land"]), "".join(paths["water"])
