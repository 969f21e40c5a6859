"""Deadlines as tiles: what is due when, by which rule, and whether it has happened; of a person, or of a caseload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.plan import Citation, Deadline, Text, add_months, deadlines, programme_rules, state
from fodfaeste.web.programme.models import Activity, ActivityKind, FollowUp, Plan, Programme

Standing = Literal["planned", "due", "held", "overdue", "noted"]

MONTHS_IN_A_YEAR, COUNTED_IN_DAYS = 12, 90
"""Up to how many days a distance is told in days; a longer one is told in years and months."""

TALKS = ("first_talk", "what_now_talk")
"""Deadlines that are a talk: the follow-up of the same name says whether it was held."""

WORK = (ActivityKind.TRAINEESHIP, ActivityKind.JOB)

SOON, JUST_NOW = timedelta(days=14), timedelta(days=7)
"""How near a deadline of a caseload is to be shown, and how long after it was met it still is."""


@dataclass(frozen=True)
class Tile:
    """A deadline and how it stands.

    Attributes
    ----------
    standing : {"planned", "due", "held", "overdue", "noted"}
        Held means that it has happened; noted, that this room cannot know whether it has: then it says how far off
        the day is, and no more.
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
        """How far off it is: due in 9 days, in 4 years and 8 months, 3 days late, or when it happened."""
        days = (self.day - self.today).days
        if self.standing == "held":
            return _("er sket")
        if self.standing == "noted" and days < 0:
            return ""
        if abs(days) > COUNTED_IN_DAYS:
            far = _far(min(self.day, self.today), max(self.day, self.today))
            return _("om %(far)s") % {"far": far} if days > 0 else _("%(far)s over tiden") % {"far": far}
        if days > 0:
            return ngettext("om %(days)d dag", "om %(days)d dage", days) % {"days": days}
        if days == 0:
            return _("i dag")
        return ngettext("%(days)d dag over tiden", "%(days)d dage over tiden", -days) % {"days": -days}


def tiles(programme: Programme, *, today: date) -> tuple[Tile, ...]:
    """Give the deadlines of a programme; three queries.

    First what is late, then what is to come, then what has passed and cannot be known here, at last what was met; of
    each the first day first.
    """
    found = _tiles(programme, _happened([programme], today)[programme.pk], today)
    return tuple(sorted(found, key=lambda one: (_place(one), one.day)))


def _place(tile: Tile) -> int:
    if tile.standing == "noted":
        return 1 if tile.day >= tile.today else 2
    return {"overdue": 0, "held": 3}.get(tile.standing, 1)


def _far(start: date, end: date) -> str:
    """Tell a long time in whole months: 11 months, 1 year, 4 years and 8 months."""
    months = (end.year - start.year) * MONTHS_IN_A_YEAR + end.month - start.month
    months -= add_months(start, months) > end
    years, months = divmod(months, MONTHS_IN_A_YEAR)
    in_years = ngettext("%(years)d år", "%(years)d år", years) % {"years": years}
    in_months = ngettext("%(months)d måned", "%(months)d måneder", months) % {"months": months}
    if years and months:
        return _("%(years)s og %(months)s") % {"years": in_years, "months": in_months}
    return in_years if years else in_months


def near_tiles(programmes: Sequence[Programme], *, today: date) -> tuple[tuple[Programme, Tile], ...]:
    """Give the deadlines of a caseload that are near, late, or were met these days, nearest first; three queries.

    What was met comes last. A deadline of which nothing can be known here is among them while its day is to come.
    """
    happened = _happened(programmes, today)
    found = [(one, tile) for one in programmes for tile in _tiles(one, happened[one.pk], today) if _is_near(tile)]
    return tuple(sorted(found, key=lambda pair: (pair[1].standing == "held", abs(pair[1].day - today))))


def _is_near(tile: Tile) -> bool:
    if tile.standing == "held":
        return tile.on is not None and timedelta(0) <= tile.today - tile.on <= JUST_NOW
    soon = tile.day <= tile.today + SOON
    return soon and (tile.standing != "noted" or tile.day >= tile.today)


def _tiles(programme: Programme, happened: Mapping[str, date | None], today: date) -> tuple[Tile, ...]:
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
        for one in _deadlines(programme.takeover, programme.track, programme.rule_set, today)
    )


@lru_cache(maxsize=1024)
def _deadlines(takeover: date, track: str, rule_set: str, today: date) -> tuple[Deadline, ...]:
    """Give the deadlines of whoever was taken over on a day, by rules alone: many of a caseload share them."""
    return deadlines(programme_rules(takeover, track=track, on=today, rule_set=rule_set), takeover)


def _happened(programmes: Sequence[Programme], today: date) -> dict[int, dict[str, date | None]]:
    """Say of each programme when each deadline that can be known here was met, None where it was not."""
    keys = [one.pk for one in programmes]
    held: dict[int, dict[str, date | None]] = {key: {} for key in keys}
    agreed: dict[int, date | None] = {}
    firsts: dict[int, dict[str, date]] = {key: {} for key in keys}
    talks = FollowUp.objects.filter(programme__in=keys, code__in=TALKS)
    for key, code, day in talks.values_list("programme", "code", "held"):
        held[key][code] = day
    locked = Plan.objects.filter(programme__in=keys, state__in=Plan.LOCKED).order_by("-number")
    agreed.update(locked.values_list("programme", "approved_on"))
    begun = Activity.objects.filter(plan__programme__in=keys, plan__state__in=Plan.LOCKED, start__lte=today)
    for key, kind, start in begun.order_by("-start").values_list("plan__programme", "kind", "start"):
        firsts[key][kind] = start
    return {key: _of_one(held[key], agreed.get(key), firsts[key]) for key in keys}


def _of_one(held: Mapping[str, date | None], agreed: date | None, firsts: Mapping[Any, date]) -> dict[str, date | None]:
    work = min((firsts[kind] for kind in WORK if kind in firsts), default=None)
    return {
        **{code: held.get(code) for code in TALKS},
        "contract": agreed,
        "danish_start": firsts.get(ActivityKind.DANISH),
        "first_offer": work,
        "first_offer_wanted": work,
    }
