"""The municipalities of a round: what their quota leaves, and what is known of each as a place to live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.placement.desk.figures import FREE, PlaceFigure, Topic
from fodfaeste.web.placement.desk.models import RoomTaken
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound


@dataclass(frozen=True)
class Free:
    """So many of something that are free from a day on: of a size or an age, or of any where the key is empty."""

    topic: str
    key: str
    many: int
    since: date | None = None


@dataclass(frozen=True)
class Said:
    """Who said what is known of a topic, and the day it is of; None where nobody has written the day down."""

    by: str
    of: date | None


@dataclass(frozen=True)
class Known:
    """What somebody has said of a municipality. Where nobody has, it is None, or the key is missing.

    Attributes
    ----------
    employment_rate : float or None
        The share in work, of those of working age.
    speakers : mapping of str to int
        How many speak a language there already.
    sectors : mapping of str to float
        A sector's share of all jobs.
    associations : int or None
        How many there are.
    free : tuple of Free
        What is free, of the topics that somebody has said something about.
    said : mapping of str to Said
        Who said it, by topic. A topic that is here and has nothing free has none.
    """

    employment_rate: float | None = None
    speakers: Mapping[str, int] = field(default_factory=dict)
    sectors: Mapping[str, float] = field(default_factory=dict)
    associations: int | None = None
    free: tuple[Free, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)


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
    known = known_to(round_.organisation_id)
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


def known_to(agency: int) -> dict[str, Known]:
    """Give what an agency knows of the municipalities, by code: what it has written itself, and what they have."""
    rows = PlaceFigure.objects.filter(said_by=agency) | PlaceFigure.objects.filter(said_by__kind=Kind.MUNICIPALITY)
    found = rows.select_related("said_by").order_by("code")
    return {code: known_of(group) for code, group in groupby(found, key=lambda one: one.code)}


def known_of(figures: Iterable[PlaceFigure]) -> Known:
    """Make one account of all that was said of a municipality."""
    held = that_count(figures)
    one = {figure.topic: figure.value for figure in held if not figure.key}
    many = one.get(Topic.CLUBS)
    return Known(
        employment_rate=one.get(Topic.WORK),
        speakers={figure.key: int(figure.value) for figure in held if figure.topic == Topic.SPEAKERS},
        sectors={figure.key: figure.value for figure in held if figure.topic == Topic.SECTOR},
        associations=None if many is None else int(many),
        free=tuple(
            Free(figure.topic, figure.key, int(figure.value), figure.free_from)
            for figure in held
            if figure.topic in FREE
        ),
        said={figure.topic: Said(figure.said_by.name, figure.of) for figure in held},
    )


def that_count(figures: Iterable[PlaceFigure]) -> list[PlaceFigure]:
    """Choose for each topic whose figures count: the newest, and of two of one day the municipality's own."""
    by_topic: dict[str, dict[int, list[PlaceFigure]]] = {}
    for one in figures:
        by_topic.setdefault(one.topic, {}).setdefault(one.said_by_id, []).append(one)
    return [
        figure
        for sayers in by_topic.values()
        for figure in max(
            sayers.values(),
            key=lambda rows: (
                max(one.of or date.min for one in rows),
                rows[0].said_by.kind == Kind.MUNICIPALITY,
                rows[0].pk,
            ),
        )
    ]
