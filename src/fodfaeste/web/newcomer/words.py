"""Words of newcomers' pages that are chosen by a code: what an appointment and an activity are, in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fodfaeste.web.programme.models import ActivityKind

APPOINTMENTS: dict[str, Any] = {
    "first_talk": _("Første samtale med kommunen"),
    "plan_talk": _("Samtale om din plan"),
    "plan_evaluation": _("Samtale om, hvordan planen går"),
    "traineeship_first": _("Samtale om din praktik"),
    "traineeship_second": _("Samtale om din praktik"),
    "what_now_talk": _("Samtale om, hvad du nu skal"),
}
"""Kinds of follow-ups that the rules ask for. What was agreed between two has its own words."""

AN_APPOINTMENT = _("Aftale med kommunen")

ACTIVITIES: dict[Any, Any] = {
    ActivityKind.DANISH: _("Dansk"),
    ActivityKind.SOCIAL: _("Om det danske samfund"),
    ActivityKind.EDUCATION: _("Uddannelse"),
    ActivityKind.TRAINEESHIP: _("Praktik"),
    ActivityKind.JOB: _("Job"),
    ActivityKind.GUIDANCE: _("Vejledning"),
    ActivityKind.APPOINTMENT: _("Fast aftale"),
    ActivityKind.CHILDCARE: _("Børnepasning"),
}
"""Kinds of activities."""

PAGES: dict[str, Any] = {
    "programme": _("Dit program og din plan"),
    "audit": _("Hvem der har set i din sag"),
    "access": _("Adgang til din egen side"),
    "workplace": _("Din aftale med arbejdspladsen"),
    "by-link": _("Din aftale med arbejdspladsen"),
    "schooling": _("Din danskundervisning"),
    "learning": _("Din danskundervisning, set af sprogskolen"),
    "community": _("Dit samtykke, set af foreningen"),
}
A_PAGE = _("Dine oplysninger")
"""What a room has of a person; of every other room, what is known of them."""


def page_of(route: str) -> Any:
    """Say in plain words what somebody has looked at, by the route of the page."""
    return PAGES.get(route.partition(":")[0], A_PAGE)
