"""The municipalities of a round: what their quota leaves, and what is known of each as a place to live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fodfaeste.web.placement.desk.models import PlaceFacts, RoomTaken
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound


@dataclass(frozen=True)
class Known:
    """What somebody has said of a municipality. Where nobody has, it is None, or the key is missing.

    Attributes
    ----------
    employment_rate : float or None
        The share in work, of those of working age.
    dwellings, school_places : int or None
        How many are free.
    speakers : mapping of str to int
        How many speak a language there already.
    sectors : mapping of str to float
        A sector's share of all jobs.
    associations : int or None
        How many there are.
    """

    employment_rate: float | None = None
    dwellings: int | None = None
    school_places: int | None = None
    speakers: Mapping[str, int] = field(default_factory=dict)
    sectors: Mapping[str, float] = field(default_factory=dict)
    associations: int | None = None


@dataclass(frozen=True)
class Place:
    """A municipality of the round: `left` is what the quota leaves, in persons."""

    code: str
    name: str
    population: int
    quota: int
    left: int
    known: Known


@dataclass(frozen=True)
class Country:
    """The municipalities with a quota, and how many live in each of the country."""

    places: tuple[Place, ...]
    populations: Mapping[str, int]


def country_of(round_: QuotaRound) -> Country:
    """Read the municipalities of a round."""
    known = {one.code: _known(one) for one in PlaceFacts.objects.filter(organisation=round_.organisation_id)}
    taken = {
        one.code: one.persons for one in RoomTaken.objects.filter(organisation=round_.organisation_id, year=round_.year)
    }
    lines = list(QuotaLine.objects.filter(round=round_).order_by("code"))
    places = tuple(
        Place(
            line.code,
            line.name,
            line.population,
            line.quota,
            max(0, line.quota - taken.get(line.code, 0)),
            known.get(line.code, Known()),
        )
        for line in lines
        if line.quota > 0
    )
    return Country(places, {line.code: line.population for line in lines})


def _known(facts: PlaceFacts) -> Known:
    return Known(
        employment_rate=facts.employment_rate,
        dwellings=facts.dwellings,
        school_places=facts.school_places,
        speakers=facts.speakers,
    )
