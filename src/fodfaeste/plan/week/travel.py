"""How long it takes from place to place, and when the first bus is there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from fodfaeste.errors import BadInput, Problem

SPEED = 35.0
"""Kilometres an hour along the straight line, where nothing better is known."""

WAIT = 10
"""Minutes of waiting that such an estimate adds."""

EARTH = 6371.0
"""Mean radius in kilometres."""


@dataclass(frozen=True)
class Connection:
    """The way from one place to another on a weekday.

    Attributes
    ----------
    minutes : int
        From door to door.
    earliest_arrival : int, optional
        Minutes after midnight; nobody can be there earlier, because the first bus is not. None where that is no limit.
    line : str
        What travellers call it, such as ``bus 214``.
    estimated : bool
        Whether the minutes are a guess from the straight line.
    """

    minutes: int
    earliest_arrival: int | None = None
    line: str = ""
    estimated: bool = False

    def arrival(self, departure: int) -> int:
        """Give the minute in which somebody arrives who may leave at `departure`."""
        return max(departure + self.minutes, self.earliest_arrival or 0)


HERE = Connection(0)
"""The way from a place to itself."""


@dataclass(frozen=True)
class TravelTable:
    """Ways between places; the direction counts.

    Attributes
    ----------
    connections : mapping of (from, to) to mapping of weekday to Connection
        A pair that is there has no connection on weekdays that it lacks.
    coordinates : mapping of place to (latitude, longitude)
        In degrees. A pair that is not in `connections` is estimated from them: 35 km/h along the straight line, and 10
        minutes of waiting.
    """

    connections: Mapping[tuple[str, str], Mapping[int, Connection]] = field(default_factory=dict)
    coordinates: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def way(self, start: str, goal: str, weekday: int) -> Connection | None:
        """Give the way from one place to another; None if nothing goes there on that weekday.

        Raises
        ------
        BadInput
            If neither the way nor both places' coordinates are known.
        """
        if start == goal:
            return HERE
        if (start, goal) in self.connections:
            return self.connections[start, goal].get(weekday)
        unknown = [place for place in (start, goal) if place not in self.coordinates]
        if unknown:
            found = f"no way from {start} to {goal}, and no coordinates of {' and '.join(unknown)}"
            todo = "Add a row to the travel table, or coordinates to estimate from; the other direction does not count."
            raise BadInput(Problem(found, "one of them", todo))
        return Connection(estimate(self.coordinates[start], self.coordinates[goal]), estimated=True)


def estimate(start: tuple[float, float], goal: tuple[float, float]) -> int:
    """Guess the minutes between two points (latitude, longitude in degrees), rounded up.

    The distance is that of the great circle, the speed 35 km/h, and 10 minutes of waiting are added.
    """
    (lat, lon), (other_lat, other_lon) = ((math.radians(a), math.radians(b)) for a, b in (start, goal))
    half = (
        math.sin((other_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    )
    kilometres = 2 * EARTH * math.asin(math.sqrt(half))
    # Noise below a millionth of a minute must not cost a minute more.
    return math.ceil(round(60 * kilometres / SPEED, 6)) + WAIT
