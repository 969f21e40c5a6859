"""Arriving households of the demonstration country: some who were sent to its municipalities, and sixty who wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.demonstration.places import say_what_places_have
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions, forecast
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival
from fodfaeste.web.placement.desk.domain.proposals import propose
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.prices.making import make_prices
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound

HOUSEHOLDS, SEED = 60, 6
SENT = 2
"""So many persons a household has at most that is sent: room for them is in any quota but the smallest."""

DAYS = 21
"""They arrive within so many days, this year."""

GIVEN = ("Amal", "Olena", "Samir", "Hodan", "Yonas", "Maryam", "Dmytro", "Layla", "Idris", "Nadia", "Tesfay", "Iryna")
FAMILY = ("Haddad", "Kovalenko", "Warsame", "Tekle", "Ahmadi", "Bondar", "Nasser", "Osman")
LANGUAGES = (("ar", "SYR"), ("uk", "UKR"), ("so", "SOM"), ("ti", "ERI"), ("fa", "AFG"))
TRADES = ("bager", "sygeplejerske", "chauffør", "lærer", "tømrer", "")
SECTORS = ("farm", "industry", "building", "hotels", "care")
AROUND = ("water", "country", "near_town", "language", "quiet", "clubs")
"""What they wish, beside people and towns."""
SCHOOLING = ("primary", "none", "secondary", "primary", "tertiary", "unknown")
HOSPITALS = ("101", "751", "461", "851")
"""Where a treatment is to be had."""


def begin_arrivals(office: Organisation, officers: Sequence[User], receivers: Sequence[str], today: date) -> None:
    """Write households down, what each municipality has, a proposal, and switch the forecast on by two.

    One household is decided on for each of the `receivers` (codes) whose quota has room, and sent, so that their
    workers have somebody to take in.
    """
    by, other = officers[0], officers[1]
    rng = np.random.Generator(np.random.PCG64(SEED))
    round_ = QuotaRound.objects.get(
        organisation=office, year=today.year, track=QuotaRound.Track.QUOTA, state=QuotaRound.State.PUBLISHED
    )
    lines = QuotaLine.objects.filter(round=round_, quota__gt=0).order_by("code")
    quotas = dict(lines.values_list("code", "quota"))
    codes = list(quotas)
    say_what_places_have(office, by, codes, today)
    forecast.ask(office, reason="Demonstration: tallene er opdigtede.", by=by)
    forecast.switch_on(office, reason="Demonstration: set efter af to.", by=other)
    last = min(today + timedelta(days=DAYS), date(today.year, 12, 31))
    for code in [one for one in receivers if quotas.get(one, 0) >= SENT]:
        _sent(office, code, last, rng, by)
    earlier = None
    for number in range(HOUSEHOLDS):
        day = today + timedelta(days=int(rng.integers(0, (last - today).days + 1)))
        household, members, wishes = _household(number, day, codes, rng)
        # Every fifteenth goes with the one before it: two households of one family.
        household["together_with"] = earlier if number % 15 == 14 else None
        earlier = add_arrival(office, household=household, members=members, wishes=wishes, by=by)
    make_prices(office, today, by=by)
    propose(office, name="De næste tre uger", first=today, last=last, by=by)


def _sent(office: Organisation, code: str, day: date, rng: np.random.Generator, by: User) -> None:
    """Decide on a household whose family lives in a municipality, and send it there."""
    household, members, _none = _household(1, day, [code], rng)
    near = {"kind": "family", "code": code, "km": 0, "size": "", "hard": False, "weight": 3}
    arrival = add_arrival(office, household=household, members=members[:SENT], wishes=[near], by=by)
    case = case_of(arrival)
    first = case.facts["proposed"] == code
    why = {} if first else {"reason_code": "family_near", "text": "Familien bor her (opdigtet)."}
    decisions.decide(arrival, code, seen=case.mark, by=by, **why)
    decisions.send(Arrival.objects.get(pk=arrival.pk), by=by)


def _household(
    number: int, day: date, codes: Sequence[str], rng: np.random.Generator
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    language, citizenship = LANGUAGES[int(rng.integers(len(LANGUAGES)))]
    family = f"{FAMILY[int(rng.integers(len(FAMILY)))]} (opdigtet)"
    adults, children = int(rng.integers(1, 3)), int(rng.integers(0, 4))
    members = [
        {
            "given_name": GIVEN[int(rng.integers(len(GIVEN)))],
            "family_name": family,
            "birth_date": date(day.year - int(rng.integers(20, 55) if at < adults else rng.integers(1, 17)), 6, 1),
            "sex": ("female", "male")[int(rng.integers(2))],
            "citizenship": citizenship,
            "trade": TRADES[int(rng.integers(len(TRADES)))] if at < adults else "",
            **({"schooling": SCHOOLING[(number + at) % len(SCHOOLING)]} if at < adults else {}),
            **({"civil_status": "married" if adults > 1 else "unmarried"} if at < adults else {}),
        }
        for at in range(adults + children)
    ]
    household = {"name": f"Familien {family}", "arrives": day, "language": language, "needs": None}
    return household, members, list(_wishes(number, codes, rng))


def _wishes(number: int, codes: Sequence[str], rng: np.random.Generator) -> Any:
    """Most wish something: people, a town, work of a kind, surroundings; every tenth needs a rare treatment."""
    near = {"km": 30, "size": "", "hard": False, "weight": int(rng.integers(1, 4))}
    if number % 3:
        yield {**near, "kind": ("family", "network", "school")[number % 2], "code": str(rng.choice(codes))}
    if number % 4 == 1:
        yield {**near, "kind": "town", "code": "", "km": 0, "size": ("small", "large")[number % 8 == 1]}
    if number % 3 == 0:
        yield {**near, "kind": "sector", "code": "", "km": 0, "sector": str(rng.choice(SECTORS))}
    if number % 5 == 2:
        yield {**near, "kind": "around", "code": "", "km": 0, "around": str(rng.choice(AROUND))}
    if number % 10 == 0:
        for code in HOSPITALS:
            yield {**near, "kind": "treatment", "code": code, "hard": True}
