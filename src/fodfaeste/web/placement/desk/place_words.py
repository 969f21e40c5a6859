"""What the desk says of a place for a household: what it offers, costs, and lacks, and what speaks for and against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from fodfaeste.web.placement.desk.figures import BAND_NAMES
from fodfaeste.web.placement.desk.words import Facts, is_soft, judged_words, number, option_wishes, wish_words

SHORT: dict[str, str | Promise] = {
    "persons": gettext_lazy("plads på kvoten"),
    "dwellings": gettext_lazy("boliger"),
    "school_places": gettext_lazy("skolepladser"),
    "class": gettext_lazy("pladser på sprogskole"),
    "treatment": gettext_lazy("behandlingspladser"),
}
"""What can be lacking; the second and third stand in older records."""


AGES: dict[str, str | Promise] = {**dict(BAND_NAMES), "6-16": gettext_lazy("skole, 6-16 år")}
"""Words for ages of children."""


SCARCE = 0.02
"""A price below this share of an adult in work is none that anybody would notice."""


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
