"""What can be said of a municipality, in words: on pages, in forms, and in the cells of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from fodfaeste.web.placement.desk.figures import BAND_NAMES, ROOMS, SHARES, PlaceFigure, Topic
from fodfaeste.web.placement.desk.models import LANGUAGES, ArrivalWish

About = tuple[str, str]
"""A topic and what of it: a size, an age, a language, a sector; empty where there is no more to say."""
SECTORS = [(str(value), label) for value, label in ArrivalWish.Sector.choices]


def free_choices() -> list[tuple[About, str]]:
    """Give what can be free, with its words."""
    return [
        *(((str(Topic.DWELLING), key), _("bolig, %(size)s") % {"size": name}) for key, name in ROOMS),
        ((str(Topic.DWELLING), ""), _("bolig, størrelsen ikke sagt")),
        *(((str(Topic.SCHOOL), key), str(name)) for key, name in BAND_NAMES),
        ((str(Topic.SCHOOL), ""), _("skole, alderen ikke sagt")),
        ((str(Topic.CLASS), ""), _("plads på sprogskole")),
        ((str(Topic.TREATMENT), ""), _("behandlingsplads")),
    ]


def all_choices() -> list[tuple[About, str]]:
    """Give all that can be said, with its words."""
    return [
        ((str(Topic.WORK), ""), _("andel i arbejde i procent")),
        *(((str(Topic.SECTOR), key), _("job i %(sector)s i procent") % {"sector": name}) for key, name in SECTORS),
        *(((str(Topic.SPEAKERS), key), _("taler %(language)s") % {"language": name}) for key, name in LANGUAGES),
        ((str(Topic.CLUBS), ""), _("foreninger")),
        *free_choices(),
    ]


def about_words(topic: str, key: str) -> str:
    """Say what a figure is about."""
    return dict(all_choices()).get((topic, key), topic)


def value_words(figure: PlaceFigure) -> str:
    """Write a figure: a share in per cent, a count as it is."""
    if figure.topic in SHARES:
        return str(formats.number_format(100 * figure.value, decimal_pos=1))
    return str(formats.number_format(figure.value, decimal_pos=0))


def told(figures: Iterable[PlaceFigure], counting: Iterable[PlaceFigure]) -> list[dict[str, Any]]:
    """Say figures as a page shows them, with who said each, when, and whether it counts."""
    held = {one.pk for one in counting}
    order = {about: number for number, (about, _words) in enumerate(all_choices())}
    rows = sorted(figures, key=lambda one: (order.get((one.topic, one.key), len(order)), one.said_by_id))
    return [
        {
            "about": about_words(one.topic, one.key),
            "value": value_words(one),
            "free_from": one.free_from,
            "of": one.of,
            "said_by": one.said_by,
            "at": one.at,
            "by": one.by,
            "counts": one.pk in held,
        }
        for one in rows
    ]
