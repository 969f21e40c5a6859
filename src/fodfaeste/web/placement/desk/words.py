"""What the desk says in words, from the facts of a case alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from fodfaeste.data.regions import SINCE, municipalities_on
from fodfaeste.web.placement.desk.figures import BAND_NAMES
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

SHORT: dict[str, str | Promise] = {
    "persons": gettext_lazy("plads på kvoten"),
    "dwellings": gettext_lazy("boliger"),
    "school_places": gettext_lazy("skolepladser"),
    "class": gettext_lazy("pladser på sprogskole"),
    "treatment": gettext_lazy("behandlingspladser"),
}
"""What can be lacking; the second and third stand in older records."""
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
AGES: dict[str, str | Promise] = {**dict(BAND_NAMES), "6-16": gettext_lazy("skole, 6-16 år")}
"""Words for ages of children."""
SCARCE = 0.02
"""A price below this share of an adult in work is none that anybody would notice."""


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


def between(interval: list[float] | None, adults: int) -> str:
    """Say a forecast as adults of the household, with its interval."""
    if interval is None:
        return ""
    middle, low, high = interval
    told = {"middle": number(middle), "adults": adults}
    if low is None or high is None:
        return _("%(middle)s af %(adults)d voksne") % told
    return _("%(middle)s af %(adults)d voksne (%(low)s til %(high)s)") % {
        **told,
        "low": number(max(0.0, low)),
        "high": number(min(float(adults), high)),
    }


def number(value: float) -> str:
    """Write a number with one decimal more than can be sure."""
    return str(formats.number_format(value, decimal_pos=2))


def whole(value: float) -> str:
    """Write a number without decimals."""
    return str(formats.number_format(value, decimal_pos=0))


def per_cent(share: float) -> str:
    """Write a share."""
    return _("%(share)s %%") % {"share": whole(100 * share)}


def room_words(topic: str, key: str) -> str:
    """Name a kind of room: of a size, or for an age."""
    if topic == "dwelling" and key:
        rooms = int(key)
        return ngettext("boliger med mindst %(n)d værelse", "boliger med mindst %(n)d værelser", rooms) % {"n": rooms}
    if topic == "school" and key:
        return str(AGES[key])
    return str(SHORT[{"dwelling": "dwellings", "school": "school_places"}.get(topic, topic)])


def short_words(dimension: str) -> str:
    """Name what is lacking, by the name of the problem's dimension."""
    topic, _sign, rest = dimension.partition("|")
    return room_words(topic, rest.partition("|")[0]) if rest else str(SHORT.get(dimension, gettext("plads")))


def said_words(by: str, of: str | None) -> str:
    """Say who has said a figure, and the day it is of."""
    if of is None:
        return by
    return gettext("%(by)s, opgjort %(day)s") % {
        "by": by,
        "day": formats.date_format(date.fromisoformat(of), "DATE_FORMAT"),
    }


def option_rooms(option: Facts) -> list[dict[str, Any]]:
    """Say what is free at a place for the household; older records have two counts, of nobody's."""
    old = [
        {"topic": topic, "key": "", "free": option[name], "takes": 0, "by": "", "of": None}
        for topic, name in (("dwelling", "dwellings"), ("school", "school_places"))
        if option.get(name) is not None
    ]
    return [
        {**one, "words": room_words(one["topic"], one["key"]), "said": said_words(one["by"], one["of"])}
        for one in option.get("rooms", old)
    ]


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


def option_words(option: Facts, facts: Facts) -> dict[str, Any]:
    """Say of a place what it offers, and what speaks for and against it."""
    adults = facts["household"]["adults"]
    wishes = option_wishes(option, facts)
    soft = [one for one in wishes if is_soft(one)]
    rooms = option_rooms(option)
    return {
        **option,
        "work_words": between(option["work"], adults),
        "staying_words": between(option["staying"], adults),
        "met": len([one for one in soft if one["met"]]),
        "asked": len(soft),
        "rooms": rooms,
        "price_words": price(option),
        "later_words": later(option, facts),
        "pro": [*_pro(option, soft), *_free(rooms)],
        "con": [*_con(option, soft), *_lacking(rooms)],
        "unknown": [_not_known(one) for one in wishes if one["met"] is None],
    }


def ruled_out_words(one: Facts) -> str:
    """Say why a place is ruled out for a household."""
    if one["why"] == "not_allowed":
        return gettext("en betingelse udelukker stedet")
    lacking = [room_words(room["topic"], room["key"]) for room in one.get("rooms", ()) if room["free"] < room["takes"]]
    if lacking:
        return gettext("der mangler %(what)s, når husstanden kommer") % {"what": ", ".join(lacking)}
    return gettext("der er ikke plads til husstanden")


def _free(rooms: Iterable[Facts]) -> Iterator[str]:
    """Say in one sentence all that is free for the household."""
    items = [
        gettext("%(what)s (%(free)d, der skal bruges %(takes)d)") % _counted(one)
        for one in rooms
        if one["takes"] and one["free"] >= one["takes"]
    ]
    if items:
        yield gettext("Er ledigt, når husstanden kommer: %(what)s.") % {"what": "; ".join(items)}


def _lacking(rooms: Iterable[Facts]) -> Iterator[str]:
    told = gettext("Mangler, når husstanden kommer: %(what)s (%(free)d ledige, der skal bruges %(takes)d).")
    return (told % _counted(one) for one in rooms if one["free"] < one["takes"])


def _counted(one: Facts) -> dict[str, Any]:
    return {"what": one["words"], "free": one["free"], "takes": one["takes"]}


def _not_known(wish: Facts) -> str:
    if is_soft(wish):
        return gettext("Vides ikke her: %(wish)s.") % {"wish": wish_words(wish)}
    told = gettext("Skal være opfyldt, men vides ikke her: %(wish)s. Spørg kommunen, før du afgør.")
    return told % {"wish": wish_words(wish)}


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


def price(option: Facts) -> str:
    """Say what taking the place would cost the others who wait."""
    if option["losers"]:
        return ngettext(
            "%(n)d husstand, der venter, måtte et andet sted hen og fik mindre ud af det.",
            "%(n)d husstande, der venter, måtte et andet sted hen og fik mindre ud af det.",
            option["losers"],
        ) % {"n": option["losers"]}
    if (option["price"] or 0) > SCARCE:
        return gettext("Pladsen er knap: andre, der venter, kunne også have brugt den.")
    return gettext("Det koster ikke andre noget: der er plads nok til dem, der venter.")


def later(option: Facts, facts: Facts) -> str:
    """Say what taking the place would cost those who come later in the year."""
    cost = option.get("later")
    if cost is None or not facts.get("prices"):
        return ""
    if cost <= SCARCE:
        return gettext("Intet mærkbart: der, hvor plads er mindst værd for dem.")
    told = {"cost": number(cost), "persons": formats.number_format(facts["prices"]["to_come"], decimal_pos=0)}
    words = gettext(
        "%(cost)s for de ca. %(persons)s personer, der endnu ventes; en voksen i arbejde og et opfyldt ønske er hver 1."
    )
    return words % told


def _pro(option: Facts, soft: list[Facts]) -> Any:
    if option["chosen"]:
        yield gettext("Er det første forslag.")
    elif option["equal"]:
        yield gettext("Er lige så godt som det første forslag efter det, der vides.")
    for one in soft:
        if one["met"]:
            yield gettext("Opfylder: %(wish)s.") % {"wish": judged_words(one)}
    if option["fits"] and not option["losers"]:
        yield gettext("Der er plads.")
    if not soft:
        yield gettext("Husstanden har ikke sagt noget ønske om sted.")


def _con(option: Facts, soft: list[Facts]) -> Any:
    if not option["fits"]:
        what = short_words(option["short_of"] or "")
        yield gettext("Der mangler %(what)s, hvis alle andre får deres første forslag.") % {"what": what}
    for one in soft:
        if one["met"] is False:
            yield gettext("Opfylder ikke: %(wish)s.") % {"wish": judged_words(one)}
    if option["losers"]:
        yield price(option)
    if option["work"] is not None and not option["rate_known"]:
        yield gettext("Andelen i arbejde kendes ikke her; gennemsnittet af de andre er brugt.")
