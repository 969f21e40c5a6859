"""What the day's page shows of handovers and stand-ins."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.handover.domain.later import later_offers
from fodfaeste.web.handover.domain.packet import offered_to
from fodfaeste.web.handover.models import HandedCase, StandIn
from fodfaeste.web.programme.models import Draft

register = template.Library()


@register.filter
def page_of_draft(draft: Draft) -> str:
    """Give the page on which a draft is taken up again: that of its form, and the journal for a note."""
    address = draft.address.partition("#")[0]
    note = address == reverse("programme:write", args=[draft.person_id])
    return reverse("programme:journal", args=[draft.person_id]) if note else address


@register.inclusion_tag("handover/on_today_part.html")
def handed_to(viewer: Viewer) -> dict[str, Any]:
    """Show the cases that are offered to a viewer, and for whom they stand in today."""
    today = timezone.localdate()
    running = visible(viewer, StandIn).filter(stand_in=viewer.user, start__lte=today, end__gt=today)
    # Most days nothing is offered to anybody: that is asked first, since the offers themselves are costly to look up.
    offers = HandedCase.objects.filter(receiver=viewer.user, state=HandedCase.State.OFFERED).exists()
    return {
        "offered": offered_to(viewer) if offers else (),
        "later": later_offers(viewer, today) if offers else (),
        "stand_ins": running.select_related("absent"),
    }
