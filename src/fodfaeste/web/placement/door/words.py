"""Words of a household's own pages that are chosen by a code: what happened in its case, and what was opened where."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord

Act = PlacementRecord.Act

SAID_OF: dict[Any, Any] = {
    Act.DECIDED: _("Det blev afgjort, hvor I skal bo"),
    Act.SENT: _("Afgørelsen blev sendt til jer og til kommunen"),
    Act.RECEIVED: _("Kommunen har skrevet jer ind hos sig"),
    Act.OBJECTED: _("Jeres indsigelse er modtaget"),
    Act.UPHELD: _("Svar på jeres indsigelse: afgørelsen gælder stadig"),
    Act.REOPENED: _("Svar på jeres indsigelse: der ses på sagen igen, og der afgøres på ny"),
}
"""What happened, to the household."""

OBJECTED = _("Tak. Vi har fået jeres indsigelse. Svaret kommer her på siden.")

PAGES: dict[str, Any] = {
    "placement:arrival-edit": _("Jeres oplysninger, for at rette dem"),
    "placement:arrival-letter": _("Begrundelsen"),
    "placement:arrival-access": _("Adgangen til jeres egen side"),
    "api:arrivals": _("Jeres oplysninger, læst af et andet edb-system"),
    "api:arrival": _("Jeres oplysninger, læst af et andet edb-system"),
    "placement:sent-here": _("Listen over dem, der er sendt til kommunen"),
}
A_PAGE = _("Jeres sag")
"""What was opened, by the route of the page; everything else is the case."""

AT_THE_RECEIVER = {"placement:sent-here"}
"""Pages that the receiving municipality opens."""


def page_words(page: str, arrival: Arrival) -> tuple[Any, str]:
    """Say what somebody opened, and where they work; not who it was."""
    there = arrival.receiver if page in AT_THE_RECEIVER else arrival.organisation
    return PAGES.get(page, A_PAGE), str(there or "")
