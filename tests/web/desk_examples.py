"""Arriving households for tests: four municipalities with quotas of the worked example, and families that come."""

from __future__ import annotations

from datetime import date
from typing import Any

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.models import Arrival, ForecastSwitch, PlacementRecord

from .quota_examples import YEAR, agency, officer_of, published

ARRIVES = date(YEAR, 3, 1)
AARHUS, ODENSE, AALBORG, ESBJERG = "751", "461", "851", "561"
COUNTED = date(YEAR - 2, 12, 31)
"""The day that the shares in work are of."""
RATES = {AARHUS: 0.76, ODENSE: 0.70, AALBORG: 0.74, ESBJERG: 0.79}


def member(name: str = "Amal", born: date = date(1990, 5, 1), **more: Any) -> dict[str, Any]:
    return {
        "given_name": name,
        "family_name": "Opdigtet",
        "birth_date": born,
        "sex": "female",
        "citizenship": "SYR",
        "trade": "",
        **more,
    }


def wish(kind: str, code: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "code": code, "km": 0, "size": "", "hard": False, "weight": 2, **more}


def arriving(
    name: str = "Familien Opdigtet",
    *,
    wishes: tuple[dict[str, Any], ...] = (),
    members: tuple[dict[str, Any], ...] = (),
    office: Organisation | None = None,
    **more: Any,
) -> Arrival:
    """A household of two adults, unless others are named."""
    office = office or agency()
    household = {"name": name, "arrives": ARRIVES, "language": "ar", "needs": "", "together_with": None, **more}
    people = members or (member(), member("Samir", date(1988, 1, 1), sex="male"))
    return add_arrival(office, household=household, members=people, wishes=wishes, by=officer_of(office))


def opened_round(office: Organisation | None = None) -> None:
    """Published quotas of the year, with the shares in work; the forecast is switched on."""
    office = office or agency()
    published(office)
    PlaceFigure.objects.bulk_create(
        PlaceFigure(said_by=office, code=code, topic="work", value=rate, of=COUNTED) for code, rate in RATES.items()
    )
    by = officer_of(office)
    ForecastSwitch.objects.create(
        organisation=office, model="default_denmark", act="on", by=by, by_name=by.name, reason="prøve"
    )


def say(
    code: str, topic: str, value: float, key: str = "", *, by: Organisation | None = None, **more: Any
) -> PlaceFigure:
    """A figure of a municipality: said by the agency, unless another is named."""
    facts = {"said_by": by or agency(), "code": code, "topic": topic, "key": key, "value": value, "of": COUNTED, **more}
    return PlaceFigure.objects.create(**facts)


def lines_of(part: dict[str, Any]) -> list[str]:
    """What a part of the letter says below its headings."""
    return [line for section in part["sections"] for line in section["lines"]]


def decided(arrival: Arrival, code: str | None = None, *, by: User | None = None, **why: str) -> PlacementRecord:
    """What an officer decides who has the page open: the first proposal, or another place for a reason."""
    case = case_of(arrival)
    first = case.facts["proposed"]
    if code is not None and code != first:
        why = {"reason_code": "wish", "text": "De har bedt om det.", **why}
    return decisions.decide(arrival, code or first, seen=case.mark, by=by or officer_of(arrival.organisation), **why)
