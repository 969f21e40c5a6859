"""What the desk says in words, from the facts of a case alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from fodfaeste.data.regions import SINCE, municipalities_on
from fodfaeste.web.placement.desk.models import ArrivalWish

Facts = Mapping[str, Any]

REASONS: dict[str, str | Promise] = {
    "wish": gettext_lazy("Husstandens ønske"),
    "family_near": gettext_lazy("Familie i nærheden"),
    "health_or_treatment": gettext_lazy("Helbred eller behandling"),
    "housing": gettext_lazy("Bolig"),
    "school_or_childcare": gettext_lazy("Skole eller dagtilbud"),
    "work_or_education": gettext_lazy("Arbejde eller uddannelse"),
    "language_or_network": gettext_lazy("Sprog eller netværk"),
    "safety": gettext_lazy("Sikkerhed"),
    "data_wrong": gettext_lazy("Oplysningerne er forkerte"),
    "place_refuses": gettext_lazy("Kommunen siger nej"),
    "household_refuses": gettext_lazy("Husstanden siger nej"),
    "other": gettext_lazy("Andet"),
}
"""Words for the library's codes of reasons (`place.decide.REASON_CODES`)."""

FORBIDDEN: dict[str, str | Promise] = {
    "sex": gettext_lazy("køn"),
    "age": gettext_lazy("alder"),
    "citizenship": gettext_lazy("statsborgerskab"),
    "ethnicity": gettext_lazy("etnisk oprindelse"),
    "religion": gettext_lazy("religion"),
    "politics": gettext_lazy("politisk holdning"),
    "orientation": gettext_lazy("seksuel orientering"),
    "health": gettext_lazy("helbred"),
}
"""Words for the attributes that may not enter a forecast."""
ABOUT: dict[str, tuple[str, Any]] = {
    "town": ("size", ArrivalWish.Size),
    "sector": ("sector", ArrivalWish.Sector),
    "around": ("around", ArrivalWish.Around),
}
"""Wishes that are about something else than a municipality: the field that says what, and what it can say."""
JUDGED: dict[str, str | Promise] = {
    "sector": gettext_lazy(
        "Opfyldt, hvor området fylder mindst lige så meget af jobbene som i gennemsnit i kommuner, der har sagt det."
    ),
    "water": gettext_lazy(
        "Opfyldt, hvor rådhuset ligger højst 5 km fra kysten. Smalle fjorde og søer tæller ikke med."
    ),
    "country": gettext_lazy(
        "Opfyldt, hvor kommunen har under 30.000 indbyggere og ingen kommune med over 80.000 inden for 30 km."
    ),
    "near_town": gettext_lazy("Opfyldt, hvor kommunen har over 80.000 indbyggere, eller højst 30 km til en, der har."),
    "language": gettext_lazy("Opfyldt, hvor mindst 50 taler husstandens sprog i forvejen."),
    "quiet": gettext_lazy(
        "Opfyldt i den tredjedel af kommunerne, der skal modtage færrest nytilkomne pr. indbygger i år."
    ),
    "clubs": gettext_lazy(
        "Opfyldt i den tredjedel af de kommuner, der har sagt det, som har flest foreninger pr. indbygger."
    ),
}
"""How a wish is judged, in words: what `wanted` measures."""


def changes(facts: Facts) -> list[str]:
    """Give the library's sentences of what would lead to another place, in the language of the page."""
    said = facts["changes"]
    return list(said.get(get_language() or "da", said["da"]))


def why(facts: Facts) -> str:
    """Give the library's sentence of what decided, in the language of the page."""
    said = facts["why"]
    return str(said.get(get_language() or "da", said["da"]))


WARNED = {"outside-support", "drift", "new-place"}
"""The library's notes that forecasts are of people or places unlike those that the model learnt from."""


def unlike(facts: Facts) -> bool:
    """Say whether the model warns that those who wait, or the places, are unlike what it learnt from."""
    return any(code in WARNED for code, _text in (facts["forecast"] or {}).get("notes", ()))


def wish_words(wish: Facts) -> str:
    """Say a wish or a condition."""
    kind = str(ArrivalWish.Kind(wish["kind"]).label)
    if wish["kind"] in ABOUT:
        name, choices = ABOUT[wish["kind"]]
        return f"{kind}: {choices(wish[name]).label}"
    where = place_name(wish["code"])
    if wish["km"]:
        return _("%(kind)s: %(where)s, højst %(km)d km væk") % {"kind": kind, "where": where, "km": wish["km"]}
    return f"{kind}: {where}"


def how_judged() -> list[tuple[str, str]]:
    """Say how work and surroundings are judged, for whoever writes a wish down."""
    named = {**dict(ArrivalWish.Kind.choices), **dict(ArrivalWish.Around.choices)}
    return [(str(named[key]), str(told)) for key, told in JUDGED.items()]


def place_name(code: str) -> str:
    """Name a municipality."""
    return municipality_names().get(code, code)


@cache
def municipality_names() -> dict[str, str]:
    """Give the municipalities of the regions, by code."""
    table = municipalities_on(SINCE)
    return dict(zip(table["code"], table["name"], strict=True))


def number(value: float) -> str:
    """Write a number with one decimal more than can be sure."""
    return str(formats.number_format(value, decimal_pos=2))


def whole(value: float) -> str:
    """Write a number without decimals."""
    return str(formats.number_format(value, decimal_pos=0))


def per_cent(share: float) -> str:
    """Write a share."""
    return _("%(share)s %%") % {"share": whole(100 * share)}


def is_soft(wish: Facts) -> bool:
    """Say whether it is a wish, and no condition."""
    return not wish["hard"] and wish["kind"] != ArrivalWish.Kind.AVOID


def judged_words(wish: Facts) -> str:
    """Say a wish with what was measured of it at a place."""
    measured = "" if wish["met"] is None else _measured(wish)
    return f"{wish_words(wish)} ({measured})" if measured else wish_words(wish)


def option_wishes(option: Facts, facts: Facts) -> list[Facts]:
    """Give the household's wishes as they were judged at a place; older records say only which were met."""
    if "wishes" in option:
        return list(option["wishes"])
    return [
        {**one, "met": one in option["wishes_met"] or not is_soft(one), "measure": {}}
        for one in facts["household"]["wishes"]
    ]


def decision_wishes(facts: Facts) -> list[Facts]:
    """Give the household's wishes as they were judged at the place that was decided on."""
    if "wishes" in facts["decision"]:
        return list(facts["decision"]["wishes"])
    shown = {one["code"]: one for one in facts["options"]}
    return option_wishes(shown.get(facts["decision"]["place"], {"wishes_met": []}), facts)


def _measured(wish: Facts) -> str:
    measure = wish["measure"]
    if "share" in measure:
        told = {"share": per_cent(measure["share"]), "average": per_cent(measure["average"])}
        return gettext("%(share)s af jobbene, %(average)s i gennemsnit") % told
    if "speakers" in measure:
        return ngettext("%(n)d taler det", "%(n)d taler det", measure["speakers"]) % {"n": measure["speakers"]}
    if "limit" in measure:
        told = {"rate": number(measure["rate"]), "limit": number(measure["limit"])}
        return gettext("%(rate)s pr. 1.000 indbyggere, grænsen er %(limit)s") % told
    if "town" in measure and measure["km"]:
        return gettext("%(km)s km til %(town)s") % {"km": whole(measure["km"]), "town": place_name(measure["town"])}
    if "km" in measure and "town" not in measure:
        return gettext("%(km)s km til kysten") % {"km": whole(measure["km"])}
    return ""
