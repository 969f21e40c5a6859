"""Rounds of quotas for tests: the worked example of the rules in five municipalities, made by an agency."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from fodfaeste.data.regions import municipalities_on
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.base.files import csv_lines
from fodfaeste.web.placement.rounds.domain import rounds, tables
from fodfaeste.web.placement.rounds.models import QuotaRound

from .conftest import made_user

YEAR, NATIONAL = 2027, 1000
FIVE = ("101", "751", "461", "851", "561")
"""København, Aarhus, Odense, Aalborg, Esbjerg, in the place of the example's 1 to 5."""
POPULATION = (300_000, 250_000, 200_000, 150_000, 100_000)
IMMIGRANTS = (55_000, 20_000, 12_000, 8_000, 5_000)
FAMILY = (100, 45, 30, 15, 10)
QUOTAS = dict(zip(FIVE, (0, 303, 294, 239, 164), strict=True))
"""What the example comes to."""

HEADS = ("Kode", "Kommune", "Region", "Indbyggere", "Indvandrere og flygtninge", "Familiesammenførte")


def example() -> pl.DataFrame:
    """The five of the example; in all other municipalities of the country nobody lives."""
    places = municipalities_on(date(YEAR, 1, 1))
    at = {code: place for place, code in enumerate(FIVE)}

    def spread(values: tuple[int, ...]) -> pl.Series:
        return pl.Series([values[at[code]] if code in at else 0 for code in places["code"]], dtype=pl.Int64)

    return places.select(pl.col("name").alias("municipality"), "code", "region").with_columns(
        spread(POPULATION).alias("population"),
        spread(IMMIGRANTS).alias("immigrants_refugees"),
        spread(FAMILY).alias("family_reunified"),
    )


def as_csv(rows: list[Any], heads: tuple[str, ...] = HEADS) -> bytes:
    """Rows as the file that an office sends."""
    return "".join(csv_lines(heads, rows)).encode()


def example_rows() -> list[list[Any]]:
    """The example as rows of such a file."""
    frame = example().select("code", "municipality", "region", "population", "immigrants_refugees", "family_reunified")
    return [list(row) for row in frame.iter_rows()]


def agency(name: str = "Egen agency") -> Organisation:
    return Organisation.objects.get_or_create(kind=Kind.AGENCY, name=name)[0]


def officer_of(office: Organisation) -> User:
    held = Membership.objects.filter(organisation=office, role=Role.OFFICER).select_related("user").first()
    return held.user if held else made_user(f"officer-{office.pk}", office, Role.OFFICER)


def begun(office: Organisation | None = None, **more: Any) -> QuotaRound:
    """A draft of 2027 without figures."""
    office = office or agency()
    facts = {"organisation": office, "year": YEAR, "national": NATIONAL, "by": officer_of(office), **more}
    return rounds.begin_round(**facts)


def drafted(office: Organisation | None = None) -> QuotaRound:
    """A draft of 2027 with the figures of the example."""
    round_ = begun(office)
    tables.put_figures(round_, example(), by=officer_of(round_.organisation))
    return round_


def published(office: Organisation | None = None) -> QuotaRound:
    """What was announced for 2027."""
    round_ = drafted(office)
    return rounds.publish(round_, by=officer_of(round_.organisation))


def agreed(round_: QuotaRound, region: str, rows: list[tuple[str, Any, str]], **told: bool) -> Any:
    """An agreement of a region in a draft, by file."""
    said = {"written": True, "says_how_to_change": False, "told_beforehand": False, **told}
    by = officer_of(round_.organisation)
    upload = tables.read_agreement(
        round_,
        file_name="aftale.csv",
        content=as_csv(rows, ("Kommune", "Kvote", "Underskrevet")),
        region=region,
        received=date(2026, 9, 9),
        by=by,
        **said,
    )
    tables.save(upload, by=by)
    return round_.agreements.get(region=region)


def north(**numbers: int) -> list[tuple[str, Any, str]]:
    """An agreement of Nordjylland: what each takes, nobody where nothing is said."""
    names = [row["name"] for row in municipalities_on(date(YEAR, 1, 1)).iter_rows(named=True) if row["region"] == NORTH]
    return [(name, numbers.get(name, 0), "ja") for name in names]


NORTH = "Nordjylland"
