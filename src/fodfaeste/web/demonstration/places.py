"""What the municipalities of the demonstration country have: written down by the agency, and by those that are here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.placement.desk.domain.places import Figure, say_figures
from fodfaeste.web.placement.desk.figures import BANDS, PlaceFigure, Topic

SEED = 7
LANGUAGES = ("ar", "uk", "so", "ti", "fa")
SECTORS = {
    "farm": 0.03,
    "industry": 0.11,
    "building": 0.07,
    "transport": 0.06,
    "shops": 0.13,
    "hotels": 0.04,
    "cleaning": 0.03,
    "care": 0.19,
    "school": 0.12,
    "office": 0.12,
}
"""About how many of all jobs a kind of work has, in an invented country; a municipality differs by half or double."""
WEEK = timedelta(days=7)
SILENT = 10
"""Every so many-th municipality has said nothing of jobs and associations."""


def say_what_places_have(agency: Organisation, by: User, codes: Sequence[str], today: date) -> None:
    """Write figures of every municipality down for the agency, and newer ones of their own for those that are here."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    of = today - 8 * WEEK
    PlaceFigure.objects.bulk_create(
        PlaceFigure(
            said_by=agency,
            code=code,
            topic=one.topic,
            key=one.key,
            value=one.value,
            of=one.of,
            free_from=one.free_from,
            by=by,
        )
        for number, code in enumerate(codes)
        for one in (*_people_and_work(of, rng, silent=number % SILENT == SILENT - 1), *_free(of, today, rng))
    )
    for office in Organisation.objects.filter(kind=Kind.MUNICIPALITY, code__in=codes, made_up__isnull=False):
        leader = office.memberships.on(today).filter(role=Role.LEADER).select_related("user").order_by("pk").first()
        if leader is not None:
            own = list(_free(today - WEEK, today, rng))
            say_figures(office, office.code, own, topics={one.topic for one in own}, by=leader.user)


def _people_and_work(of: date, rng: np.random.Generator, *, silent: bool) -> Iterator[Figure]:
    yield Figure(Topic.WORK, "", round(float(rng.normal(0.76, 0.03)), 3), of)
    for language in LANGUAGES:
        yield Figure(Topic.SPEAKERS, language, int(rng.poisson(45)), of)
    if silent:
        return
    for sector, share in SECTORS.items():
        yield Figure(Topic.SECTOR, sector, round(float(share * np.exp(rng.normal(0, 0.35))), 3), of)
    yield Figure(Topic.CLUBS, "", int(rng.integers(80, 900)), of)


def _free(of: date, today: date, rng: np.random.Generator) -> Iterator[Figure]:
    for rooms in ("1", "2", "3", "5"):
        if many := int(rng.poisson(0.9)):
            yield Figure(Topic.DWELLING, rooms, many, of, _later(today, rng))
    yield Figure(Topic.DWELLING, "4", 1, of)
    for band in BANDS:
        yield Figure(Topic.SCHOOL, band, int(rng.integers(1, 8)), of)
    yield Figure(Topic.CLASS, "", int(rng.integers(4, 20)), of)
    yield Figure(Topic.TREATMENT, "", int(rng.integers(0, 3)), of)


def _later(today: date, rng: np.random.Generator) -> date | None:
    """Give a Monday of the next weeks, or none: free now."""
    weeks = int(rng.integers(0, 4))
    return today - timedelta(days=today.weekday()) + weeks * WEEK if weeks else None
