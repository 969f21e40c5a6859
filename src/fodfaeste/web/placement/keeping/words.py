"""When and why a household's data are deleted, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.placement.keeping.due import HOLD, OBJECTION, Keeping
from fodfaeste.web.placement.keeping.models import Step

HELD = {
    OBJECTION: gettext_lazy("Der slettes intet, før klagen er besvaret."),
    HOLD: gettext_lazy("Sletningen er i bero."),
}
COUNTED = {
    "arrivalwish": gettext_lazy("ønsker"),
    "arrivallink": gettext_lazy("adgange"),
    "wishdraft": gettext_lazy("kladder"),
    "arrivingperson": gettext_lazy("personer"),
    "arrivalopening": gettext_lazy("åbninger"),
    "keepinghold": gettext_lazy("udsættelser"),
    "records": gettext_lazy("optegnelser uden navne nu"),
    "changes": gettext_lazy("linjer i ændringsloggen"),
}
"""What the log of deletions counts."""


def sentences(keeping: Keeping) -> Iterator[str]:
    """Say when a household's data are deleted, and why then."""
    if keeping.held:
        yield str(HELD[keeping.held])
    if keeping.settled is None:
        yield _("Der er ingen slettedato endnu: den regnes fra, at sagen er afsluttet og klagefristen udløbet.")
    for step, day in sorted(keeping.due.items(), key=lambda one: one[1]):
        yield _(
            "%(what)s slettes tidligst den %(day)s, fordi sagen er afsluttet den %(settled)s, og reglen er %(months)d "
            "måneder."
        ) % {
            "what": capital(Step(step).label),
            "day": written(day),
            "settled": written(keeping.settled),
            "months": keeping.months[step],
        }


def counted(counts: dict[str, int]) -> str:
    """Say how much was deleted."""
    return ", ".join(f"{COUNTED.get(name, name)}: {many}" for name, many in counts.items()) or "–"


def written(day: date | None) -> str:
    """Write a day."""
    return str(date_format(day, "DATE_FORMAT")) if day else ""


def capital(label: Any) -> str:
    """Begin a sentence with it."""
    text = str(label)
    return text[:1].upper() + text[1:]
