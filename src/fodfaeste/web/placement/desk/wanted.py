"""Reads conditions and wishes as places: which are allowed, which are wished for how much, and what is not known there.

A wish is met, not met, or nobody has said what it is judged by. What is not known is no reason against a place: it
neither rules it out nor counts for it, and the desk says so. `words.JUDGED` tells the officer what is measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from fodfaeste.data.regions import regions
from fodfaeste.data.water import km_to_water
from fodfaeste.place.outcomes.default import distances_km
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.desk.municipalities import Country, Place

SMALL, LARGE = 30_000, 80_000
"""Inhabitants from which a municipality is middling, and above which it is large."""
COAST_KM, TOWN_KM = 5.0, 30.0
"""How far from the coast is by the water, and how far from a large town is close to it."""
SPEAKERS = 50
"""So many speakers of a language are others to talk to."""
THIRDS = 3
"""The third with the fewest newcomers is quiet; the third with the most associations has many."""
ROUNDING = 1e-9
"""Shares that are equal stay so after an average of them."""
FEWEST_TO_COMPARE = 3
"""Municipalities that have to be known before one is said to have more than others."""

Kind, Around, Size = ArrivalWish.Kind, ArrivalWish.Around, ArrivalWish.Size
Measure = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """What is said of a wish at a place: whether it is met, None where it is not known, and what was measured."""

    met: bool | None
    measure: Measure = field(default_factory=dict)


UNKNOWN = Judged(None)
AtPlaces = Mapping[tuple[int, str], tuple[tuple[ArrivalWish, Judged], ...]]
"""What every wish comes to, by the number of the household and the code of the municipality."""


class Wanted:
    """Judges the wishes of households at the places of a country."""

    def __init__(self, country: Country) -> None:
        self.places, self.populations = country.places, country.populations
        self.seats, self.apart = _distances()
        self._found: dict[tuple[Any, ...], tuple[Judged, ...]] = {}

    def of(self, arrivals: Sequence[Arrival]) -> tuple[Any, Any, AtPlaces]:
        """Give what is allowed and the ranks, both of shape (households, places), and what each wish comes to."""
        shape = (len(arrivals), len(self.places))
        allowed, rank = np.ones(shape, np.bool_), np.zeros(shape, np.int64)
        judged: dict[tuple[int, str], tuple[tuple[ArrivalWish, Judged], ...]] = {}
        for row, arrival in enumerate(arrivals):
            said = list(arrival.wishes.all())
            found = [self._everywhere(one, arrival.language) for one in said]
            for column, place in enumerate(self.places):
                judged[arrival.pk, place.code] = tuple((one, at[column]) for one, at in zip(said, found, strict=True))
            allowed[row] = _allows(said, found, len(self.places))
            rank[row] = _ranks(_points(said, found, len(self.places)))
        return allowed, rank, judged

    def _everywhere(self, wish: ArrivalWish, language: str) -> tuple[Judged, ...]:
        """Judge a wish at every place, or give what was found for one that asks the same: many do."""
        asks = (wish.kind, wish.code, wish.km, wish.size, wish.sector, wish.around, language)
        if asks not in self._found:
            self._found[asks] = tuple(self.judge(wish, place, language) for place in self.places)
        return self._found[asks]

    def judge(self, wish: ArrivalWish, place: Place, language: str) -> Judged:
        """Say what a wish of a household that speaks a language comes to at a place."""
        if wish.kind == Kind.TOWN:
            return Judged(wish.size == size_of(place.population))
        if wish.kind == Kind.AVOID:
            return Judged(place.code != wish.code)
        if wish.kind == Kind.SECTOR:
            return self._sector(place, wish.sector)
        if wish.kind == Kind.AROUND:
            return self._around[wish.around](place, language)
        return Judged(place.code == wish.code or self.km(place.code, wish.code) <= wish.km)

    def km(self, one: str, other: str) -> float:
        """Give how far two municipalities' towns are apart; far where it is not known."""
        if one not in self.seats or other not in self.seats:
            return np.inf
        return float(self.apart[self.seats[one], self.seats[other]])

    @cached_property
    def _around(self) -> dict[str, Callable[[Place, str], Judged]]:
        return {
            str(Around.WATER): self._water,
            str(Around.COUNTRY): self._countryside,
            str(Around.NEAR_TOWN): self._near_town,
            str(Around.LANGUAGE): self._language,
            str(Around.QUIET): self._quiet,
            str(Around.CLUBS): self._clubs,
        }

    def _sector(self, place: Place, sector: str) -> Judged:
        average = self._averages.get(sector)
        if sector not in place.known.sectors or average is None:
            return UNKNOWN
        share = place.known.sectors[sector]
        return Judged(share >= average - ROUNDING, {"share": share, "average": average})

    @cached_property
    def _averages(self) -> dict[str, float]:
        """Average the share of each sector over the places that say one; where there are enough to compare."""
        shares: dict[str, list[float]] = {}
        for one in self.places:
            for sector, share in one.known.sectors.items():
                shares.setdefault(sector, []).append(share)
        return {sector: float(np.mean(said)) for sector, said in shares.items() if len(said) >= FEWEST_TO_COMPARE}

    def _water(self, place: Place, _language: str) -> Judged:
        km = km_to_water().get(place.code)
        return UNKNOWN if km is None else Judged(km <= COAST_KM, {"km": km})

    def _countryside(self, place: Place, _language: str) -> Judged:
        town, km = self._nearest_town(place)
        return Judged(place.population < SMALL and km > TOWN_KM, _town(place, town, km))

    def _near_town(self, place: Place, _language: str) -> Judged:
        town, km = self._nearest_town(place)
        return Judged(km <= TOWN_KM, _town(place, town, km))

    def _language(self, place: Place, language: str) -> Judged:
        speakers = place.known.speakers.get(language)
        return UNKNOWN if speakers is None else Judged(speakers >= SPEAKERS, {"speakers": speakers})

    def _quiet(self, place: Place, _language: str) -> Judged:
        rate = _per_thousand(place.quota, place.population)
        return Judged(rate <= self._few_newcomers, {"rate": rate, "limit": self._few_newcomers})

    def _clubs(self, place: Place, _language: str) -> Judged:
        if place.known.associations is None or self._many_clubs is None:
            return UNKNOWN
        rate = _per_thousand(place.known.associations, place.population)
        return Judged(rate >= self._many_clubs, {"rate": rate, "limit": self._many_clubs})

    def _nearest_town(self, place: Place) -> tuple[str, float]:
        """Give the large municipality that is nearest, itself if it is one, and how far it is."""
        large = [code for code, population in self.populations.items() if population > LARGE]
        return min(((code, self.km(place.code, code)) for code in large), key=lambda one: one[1], default=("", np.inf))

    @cached_property
    def _few_newcomers(self) -> float:
        return _last_of_first_third(sorted(_per_thousand(one.quota, one.population) for one in self.places))

    @cached_property
    def _many_clubs(self) -> float | None:
        rates = [
            _per_thousand(one.known.associations, one.population)
            for one in self.places
            if one.known.associations is not None
        ]
        return None if len(rates) < FEWEST_TO_COMPARE else _last_of_first_third(sorted(rates, reverse=True))


def size_of(population: int) -> str:
    """Say how large a municipality is."""
    if population < SMALL:
        return str(Size.SMALL)
    return str(Size.MIDDLE if population <= LARGE else Size.LARGE)


def _allows(said: Sequence[ArrivalWish], found: Sequence[tuple[Judged, ...]], places: int) -> Any:
    """Say where the conditions hold; of one kind any is enough (two hospitals), of different kinds each must hold.

    Each surrounding counts, and each place to avoid. What is not known rules nothing out.
    """
    groups: dict[tuple[str, str], Any] = {}
    for one, at in zip(said, found, strict=True):
        if not one.is_soft:
            key = (one.kind, one.code if one.kind == Kind.AVOID else one.around)
            holds = np.array([here.met is not False for here in at], np.bool_)
            groups[key] = groups[key] | holds if key in groups else holds
    return np.logical_and.reduce([np.ones(places, np.bool_), *groups.values()])


def _points(said: Sequence[ArrivalWish], found: Sequence[tuple[Judged, ...]], places: int) -> Any:
    """Add up the weights of the wishes that each place meets."""
    points = np.zeros(places, np.int64)
    for one, at in zip(said, found, strict=True):
        if one.is_soft:
            points += one.weight * np.array([bool(here.met) for here in at], np.int64)
    return points


def _ranks(points: Any) -> Any:
    """Rank places by what they fulfil: 1 for the most, equal ones alike, 0 for those that fulfil nothing."""
    levels = np.unique(points[points > 0])
    return np.where(points > 0, levels.size - np.searchsorted(levels, points), 0)


def _per_thousand(many: int, population: int) -> float:
    return 1000 * many / population if population else 0.0


def _last_of_first_third(ordered: Sequence[float]) -> float:
    return ordered[-(-len(ordered) // THIRDS) - 1]


def _town(place: Place, town: str, km: float) -> Measure:
    found = {"town": town, "km": float(km)} if np.isfinite(km) else {}
    return {"population": place.population, **found}


@cache
def _distances() -> tuple[dict[str, int], Any]:
    table = regions()
    apart = distances_km(table["latitude"].to_numpy(), table["longitude"].to_numpy())
    return {code: number for number, code in enumerate(table["code"])}, apart
