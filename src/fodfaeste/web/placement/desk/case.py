"""One household at the desk: every fact that the officer is shown, as plain values that a record can keep.

The page, the record and the letter are worded from the same facts (`desk.words`), so none can say another thing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste import __version__
from fodfaeste.errors import Refused
from fodfaeste.place import Plan
from fodfaeste.place.explain import Explanation, explain
from fodfaeste.place.outcomes import rule_set
from fodfaeste.place.plan_folder import fingerprint
from fodfaeste.report.place.explanation import decision, flips
from fodfaeste.report.place.shared import words
from fodfaeste.report.words import Lang
from fodfaeste.web.placement.desk.ages import is_adult
from fodfaeste.web.placement.desk.computing import FORBIDDEN_BY, Desk, desk_of, rate_of, waiting
from fodfaeste.web.placement.desk.domain.asking import asked_of
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.desk.municipalities import Place
from fodfaeste.web.placement.desk.own_side import by_lot
from fodfaeste.web.placement.desk.rooms import kinds_for, needs_of
from fodfaeste.web.placement.desk.safeguards import own_best_of
from fodfaeste.web.placement.floors.keeping import with_floors
from fodfaeste.web.placement.lots.drawing import with_lots
from fodfaeste.web.placement.prices.models import PriceList

Facts = dict[str, Any]
ROUNDED = 6
CHANGES = ("score", "outcome", "wish", "allow", "unlock", "untie")
"""What would have to be otherwise for another place to come first, as far as an officer can look into it."""
LANGS: tuple[Lang, ...] = ("da", "en")
"""Languages that the library words its reasons in."""


@dataclass(frozen=True, eq=False)
class Case:
    """A household with the proposal for it.

    Attributes
    ----------
    facts : dict
        What the page shows and the record keeps.
    """

    arrival: Arrival
    desk: Desk
    plan: Plan
    explained: Explanation
    facts: Facts

    @property
    def mark(self) -> str:
        """Say in short what was shown: the same as long as the same places stand in the same order."""
        shown = [[one["code"], one["fits"]] for one in self.facts["options"]]
        household = {name: said for name, said in self.facts["household"].items() if name != "asked"}
        told = json.dumps([household, shown, _fingerprint_of(self.facts)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def _fingerprint_of(facts: Facts) -> str:
    return str((facts["forecast"] or {}).get("sha256", ""))


def case_of(arrival: Arrival) -> Case:
    """Propose for all who wait, and explain the proposal for one of them.

    Raises
    ------
    Refused
        If the household does not wait, or the year has no published quotas.
    """
    everybody = waiting(arrival.organisation)
    found = next((one for one in everybody if one.pk == arrival.pk), None)
    if found is None:
        raise Refused(_("Husstanden er allerede afgjort. Fortryd afgørelsen, før den ændres."))
    desk = desk_of(arrival.organisation, everybody)
    plan, lots = with_lots(desk, desk.plan())
    plan, floors = with_floors(desk, plan, by_lot(desk))
    explained = explain(plan, arrival.reference)
    facts = {
        **_facts(found, desk, plan, explained),
        "floors": floors.facts(arrival.reference),
        "lot": lots.without(floors.moved).facts(arrival.reference),
    }
    return Case(found, desk, plan, explained, facts)


def household_facts(arrival: Arrival) -> Facts:
    """Tell what is known of a household that placing reads."""
    members = list(arrival.members.all())
    adults = sum(is_adult(member.birth_date, arrival.arrives) for member in members)
    return {
        "reference": arrival.reference,
        "name": arrival.name,
        "persons": len(members),
        "adults": adults,
        "children": len(members) - adults,
        "arrives": arrival.arrives.isoformat(),
        "language": arrival.language,
        "together_with": ", ".join(one.reference for one in _own(arrival)),
        "asked": asked_of(arrival).state,
        "wishes": [wish_facts(one) for one in arrival.wishes.all()],
    }


def _own(arrival: Arrival) -> list[Arrival]:
    """Give the households that one was tied to, from either side."""
    return [*([arrival.together_with] if arrival.together_with else []), *arrival.followed_by.all()]


def wish_facts(wish: ArrivalWish) -> Facts:
    """Tell a wish."""
    names = ("kind", "code", "km", "size", "sector", "around", "hard", "weight")
    return {name: getattr(wish, name) for name in names}


def judged_facts(arrival: Arrival, desk: Desk, code: str) -> list[Facts]:
    """Tell what each wish comes to at a place: whether it is met, None where it is not known, and what was measured."""
    return [
        {**wish_facts(one), "met": found.met, "measure": {name: _plain(value) for name, value in found.measure.items()}}
        for one, found in desk.judged[arrival.pk, code]
    ]


def _facts(arrival: Arrival, desk: Desk, plan: Plan, explained: Explanation) -> Facts:
    certificate = plan.certificate
    return {
        "household": household_facts(arrival),
        "round": {
            "year": desk.round.year,
            "number": desk.round.number,
            "rule_set": desk.round.rule_set,
            "rules_on": desk.round.rules_on.isoformat(),
        },
        "forecast": _model(desk),
        "prices": None if desk.price_list is None else _priced(desk.price_list),
        "unpriced": desk.unpriced,
        "version": __version__,
        "problem": fingerprint(desk.problem),
        "waiting": len(desk.arrivals),
        "together": [one for one in explained.together if one != arrival.reference],
        "gap": _plain(certificate.gap),
        "proposed": None if explained.place is None else desk.named(explained.place).code,
        "own_best": own_best_of(plan, arrival.reference),
        "decided_by": explained.decided_by,
        "why": {lang: decision(explained, words(lang)) for lang in LANGS},
        "changes": {lang: flips(explained, words(lang), CHANGES, _most(desk, explained)) for lang in LANGS},
        "unplaced": explained.reason,
        "options": [_option(row, arrival, desk, explained) for row in explained.options.iter_rows(named=True)],
        "ruled_out": [
            {
                "code": desk.named(row["place"]).code,
                "name": row["place"],
                "why": row["why"],
                "rooms": _rooms(arrival, desk.named(row["place"]), desk),
            }
            for row in explained.ruled_out.iter_rows(named=True)
        ],
    }


def _most(desk: Desk, explained: Explanation) -> dict[str, float]:
    """Say how much a forecast can be at most: every adult of those who go together."""
    if desk.forecast is None:
        return {}
    together = [one for one in desk.arrivals if one.reference in explained.together]
    adults = sum(is_adult(member.birth_date, one.arrives) for one in together for member in one.members.all())
    return dict.fromkeys((desk.forecast.work, desk.forecast.staying), float(adults))


def _model(desk: Desk) -> Facts | None:
    """Tell which model forecast: a trained one by its checksum, so that it can be found again."""
    if desk.model is None or desk.forecast is None:
        return None
    rules = rule_set(FORBIDDEN_BY)
    return {
        "model": desk.model.name,
        "version": desk.model.version,
        "sha256": desk.model.sha256,
        "months": dict(desk.forecast.months),
        "notes": [list(one) for one in desk.forecast.notes],
        "rule_set": rules.name,
        "since": rules.since.isoformat(),
        "source": rules.source,
        "forbidden": list(rules.forbidden),
    }


def _priced(listed: PriceList) -> Facts:
    """Tell which price list was read, and what it rests on."""
    told = {name: getattr(listed, name) for name in ("waiting", "to_come", "known", "samples")}
    return {"list": listed.pk, "day": listed.day.isoformat(), **told}


def _option(row: dict[str, Any], arrival: Arrival, desk: Desk, explained: Explanation) -> Facts:
    place = desk.named(row["place"])
    there = {one["outcome"]: one for one in explained.forecasts.iter_rows(named=True) if one["place"] == place.name}
    moved = [one for one in explained.displaced.iter_rows(named=True) if one["place"] == place.name]
    return {
        "code": place.code,
        "name": place.name,
        "chosen": row["chosen"],
        "equal": row["equal"],
        "fits": row["fits"],
        "short_of": row["short_of"],
        "quota": place.quota,
        "left": place.left,
        "rooms": _rooms(arrival, place, desk),
        "rate_known": rate_of(place) is not None,
        "work": _interval(there.get(desk.forecast.work)) if desk.forecast else None,
        "staying": _interval(there.get(desk.forecast.staying)) if desk.forecast else None,
        "wishes": judged_facts(arrival, desk, place.code),
        "wishes_met": [wish_facts(one) for one in desk.met(arrival, place)],
        "price": _plain(row["price"]),
        "net": _plain(row["net"]),
        "later": None if desk.price_list is None else _later(arrival, place, desk.price_list),
        "losers": row["losers"],
        "displaced": sorted({one["household"] for one in moved}),
    }


def _later(arrival: Arrival, place: Place, listed: PriceList) -> float | None:
    """Tell what the household's room is worth to those who come later."""
    return _plain(len(arrival.members.all()) * float(listed.prices.get(place.code, 0.0)))


def _rooms(arrival: Arrival, place: Place, desk: Desk) -> list[Facts]:
    """Tell what a household takes of what is free when it arrives, and who said how much of it there is."""
    needs = needs_of(arrival)
    return [
        {
            "topic": kind.topic,
            "key": kind.key,
            "takes": kind.takes(needs),
            "free": desk.rooms.left(kind, place, arrival.arrives),
            "by": place.known.said[kind.topic].by,
            "of": None if (of := place.known.said[kind.topic].of) is None else of.isoformat(),
        }
        for kind in kinds_for([needs])
        if kind.known_at(place)
    ]


def _interval(forecast: dict[str, Any] | None) -> list[float | None] | None:
    if forecast is None:
        return None
    return [_plain(forecast[name]) for name in ("forecast", "lower", "upper")]


def _plain(value: Any) -> Any:
    return round(float(value), ROUNDED) if isinstance(value, float) else value
