"""What pages of the programme show of agreements with workplaces."""

from __future__ import annotations

from typing import Any

from django import template

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.day import Cases
from fodfaeste.web.programme.domain.text import PlanText
from fodfaeste.web.programme.views.rooms import Room
from fodfaeste.web.workplace.domain.agreements import work_in
from fodfaeste.web.workplace.models import Agreement, Answer

register = template.Library()

MOST = 12
"""Agreements that the day's page shows."""


@register.inclusion_tag("workplace/on_programme_part.html")
def agreements_in(room: Room, text: PlanText) -> dict[str, Any]:
    """Show for each activity at a workplace how far the agreement on it has come, and lead to it."""
    works = work_in(text) if room.may_act and room.programme is not None and room.programme.end is None else ()
    rows = visible(room.reader, Agreement).filter(programme=room.programme).exclude(state=Agreement.State.OFF)
    known = {row.activity: row for row in rows} if works else {}
    return {"person": room.person, "works": [(one, known.get(one.number)) for one in works]}


@register.inclusion_tag("workplace/on_today_part.html")
def agreements_waiting(viewer: Viewer, cases: Cases) -> dict[str, Any]:
    """Show the agreements of a viewer's own cases that somebody has yet to approve, those that do not fit first."""
    rows = visible(viewer, Agreement).filter(state=Agreement.State.SENT, person__in=cases.persons, programme__end=None)
    found = list(rows.select_related("person").order_by("sent")[:MOST])
    said = visible(viewer, Answer).filter(agreement__in=found, lifted=None) if found else ()
    answered: dict[int, list[Answer]] = {}
    for one in said:
        answered.setdefault(one.agreement_id, []).append(one)
    waiting = [_waiting(row, answered.get(row.pk, [])) for row in found]
    return {"waiting": sorted(waiting, key=lambda one: not one["unfit"])}


def _waiting(row: Agreement, answers: list[Answer]) -> dict[str, Any]:
    yes = {one.side for one in answers if one.approves}
    return {
        "row": row,
        "unfit": [one for one in answers if not one.approves],
        "lacking": [label for side, label in Answer.Side.choices if side not in yes],
    }
