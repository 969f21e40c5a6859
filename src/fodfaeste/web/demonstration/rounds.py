"""Quota rounds of the demonstration country, made by the acts that an agency uses: years that hold, one under way."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from fodfaeste.data.quota_figures import made_up_figures
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.base.files import csv_lines
from fodfaeste.web.placement.rounds.domain import rounds, tables
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound

NATIONAL = 600
AT_A_TIME = 10_000

ISLAND, NEIGHBOUR = "Læsø", "Hjørring"
"""In the agreement the neighbour takes the island's share, as was agreed in fact for 2026."""
AGREED_IN, NOT_SIGNED_IN = "Nordjylland", "Sjælland"

HEADS = ("Kommune", "Kvote", "Underskrevet")


def begin_rounds(office: Organisation, by: User, today: date) -> None:
    """Make a year's quotas that hold, next year's with agreements that have come in, and numbers for Ukraine."""
    fixed = _announced(office, today.year, by)
    rounds.publish(rounds.begin_fixing(fixed, by=by), by=by)
    under_way = rounds.begin_fixing(_announced(office, today.year + 1, by), by=by)
    _agree(under_way, AGREED_IN, today, by)
    _agree(under_way, NOT_SIGNED_IN, today, by, unsigned=1)
    ukraine = rounds.begin_round(
        organisation=office, year=today.year, national=AT_A_TIME, track=QuotaRound.Track.UKRAINE, by=by
    )
    figures = made_up_figures().drop("immigrants_refugees", "family_reunified")
    tables.put_figures(ukraine, figures, by=by)
    rounds.publish(ukraine, by=by)


def let_go(organisations: QuerySet[Organisation]) -> None:
    """Close rounds, so that they can be taken away with whoever made them."""
    QuotaRound.objects.filter(organisation__in=organisations, state__in=("published", "revised")).update(state="closed")


def _announced(office: Organisation, year: int, by: User) -> QuotaRound:
    begun = rounds.begin_round(organisation=office, year=year, national=NATIONAL, by=by)
    tables.put_figures(begun, made_up_figures(), by=by)
    return rounds.publish(begun, by=by)


def _agree(round_: QuotaRound, region: str, today: date, by: User, *, unsigned: int = 0) -> None:
    lines = list(round_.lines.filter(region=region).order_by("name"))
    rows = [(line.name, _agreed(line, lines), "nej" if at < unsigned else "ja") for at, line in enumerate(lines)]
    upload = tables.read_agreement(
        round_,
        file_name=f"aftale-{region.lower()}.csv",
        content="".join(csv_lines(HEADS, rows)).encode(),
        region=region,
        received=min(today, date(round_.announced_in, 9, 9)),
        written=True,
        says_how_to_change=False,
        told_beforehand=False,
        by=by,
    )
    tables.save(upload, by=by)


def _agreed(line: QuotaLine, lines: list[QuotaLine]) -> int:
    freed = sum(one.quota for one in lines if one.name == ISLAND)
    if line.name == ISLAND:
        return 0
    return line.quota + (freed if line.name == NEIGHBOUR else 0)
