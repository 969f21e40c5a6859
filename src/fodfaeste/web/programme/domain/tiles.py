"""Deadlines as tiles: what is due when, by which rule, and whether it has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.plan import Citation, Text, deadlines, state
from fodfaeste.web.programme.domain.programmes import rules_of
from fodfaeste.web.programme.models import Activity, ActivityKind, Plan, Programme

Standing = Literal["planned", "due", "held", "overdue", "noted"]

TALKS = ("first_talk", "what_now_talk")
"""Deadlines that are a talk: the follow-up of the same name says whether it was held."""

WORK = (ActivityKind.TRAINEESHIP, ActivityKind.JOB)


@dataclass(frozen=True)
class Tile:
    """A deadline and how it stands.

    Attributes
    ----------
    standing : {"planned", "due", "held", "overdue", "noted"}
        Held means that it has happened; noted, that this room cannot know whether it has.
    on : date or None
        The day on which it happened.
    """

    code: str
    day: date
    words: Text
    rule: Citation
    standing: Standing
    on: date | None
    today: date

    @property
    def says(self) -> str:
        """How far off it is: due in 9 days, 3 days late, or when it happened."""
        days = (self.day - self.today).days
        if self.standing == "held":
            return _("er sket")
        if self.standing == "noted":
            return ""
        if days > 0:
            return ngettext("om %(days)d dag", "om %(days)d dage", days) % {"days": days}
        if days == 0:
            return _("i dag")
        return ngettext("%(days)d dag over tiden", "%(days)d dage over tiden", -days) % {"days": -days}


def tiles(programme: Programme, *, today: date) -> tuple[Tile, ...]:
    """Give the deadlines of a programme, the first day first; three queries."""
    happened = _happened(programme, today)
    return tuple(
        Tile(
            one.code,
            one.day,
            one.words,
            one.rule,
            state(one.day, today, held=happened[one.code]) if one.code in happened else "noted",
            happened.get(one.code),
            today,
        )
        for one in deadlines(rules_of(programme, today), programme.takeover)
    )


def _happened(programme: Programme, today: date) -> dict[str, date | None]:
    """Say when each deadline that can be known here was met, None where it was not."""
    held = dict(programme.follow_ups.filter(code__in=TALKS).values_list("code", "held"))
    agreed = programme.plans.filter(state__in=Plan.LOCKED).order_by("number").values_list("approved_on", flat=True)
    begun = Activity.objects.filter(plan__programme=programme, plan__state__in=Plan.LOCKED, start__lte=today)
    firsts = dict(begun.order_by("-start").values_list("kind", "start"))
    work = min((firsts[kind] for kind in WORK if kind in firsts), default=None)
    return {
        **{code: held.get(code) for code in TALKS},
        "contract": agreed.first(),
        "danish_start": firsts.get(ActivityKind.DANISH),
        "first_offer": work,
        "first_offer_wanted": work,
    }
