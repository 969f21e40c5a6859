"""Lists of a school's learners, and of who came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.accounts.domain.phones import phone_of
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import WEEKDAYS, Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import Column, List, containing, from_day, one_of, to_day
from fodfaeste.web.learning.domain.learners import at_hour, hours_a_week, lessons_now, times_in_words, weekday_name
from fodfaeste.web.learning.levels import LEVELS
from fodfaeste.web.learning.models import Learner
from fodfaeste.web.programme.models import Absence

NOTHING = "-"
"""What the address has for learners of whom no level is known."""


def learners(viewer: Viewer, today: date) -> List:
    """Give the list of those who are taught today."""

    def offices() -> Any:
        here = visible(viewer, Learner).filter(start__lte=today)
        rows = Organisation.objects.filter(pk__in=here.values("organisation"))
        return list(rows.order_by("name").values_list("pk", "name"))

    def on_day(rows: QuerySet, weekday: str) -> QuerySet:
        return rows.filter(pk__in=lessons_now(viewer, today).filter(weekday=weekday).order_by().values("learner"))

    def in_hour(rows: QuerySet, asked: str) -> QuerySet:
        weekday, _dash, hour = asked.partition("-")
        there = at_hour(lessons_now(viewer, today), int(hour)).filter(weekday=weekday)
        return rows.filter(pk__in=there.order_by().values("learner"))

    days = [(number + 1, name.capitalize()) for number, name in WEEKDAYS.items()]
    hours = [(f"{day}-{hour}", f"{name} {hour:02}–{hour + 1:02}") for day, name in days for hour in range(7, 22)]
    return List(
        name="kursister",
        title=_("Kursister"),
        columns=(
            Column("navn", _("Navn"), str, sort=("name",), link=_page_of),
            Column("niveau", _("Niveau"), "level", sort=("track", "module")),
            Column("tider", _("Dage og timer"), times_of),
            Column("timer", _("Timer om ugen"), lambda row: hours_a_week(row.times) or ""),
            Column("kommune", _("Kommune"), "organisation__name", sort=("organisation__name",)),
            Column("medarbejder", _("Medarbejder"), "worker__name", sort=("worker__name",)),
            Column("telefon", _("Telefon"), lambda row: phone_of(row.worker, row.organisation)),
            Column("fra", _("På skolen fra"), "start", sort=("start",)),
        ),
        filters=(
            containing("q", _("Navn"), "name"),
            replace(one_of("niveau", _("Niveau"), "", _levels()), apply=_at_level),
            one_of("kommune", _("Kommune"), "organisation", offices),
            replace(one_of("dag", _("Har undervisning"), "", days), apply=on_day),
            replace(one_of("time", _("I timen"), "", hours), apply=in_hour),
        ),
        order=("name",),
        empty=_("Der er ingen kursister at vise. En kommune indskriver dem på skolen; ret eller ryd ellers filtrene."),
    )


def _levels() -> list[tuple[str, str]]:
    return [*LEVELS, (NOTHING, _("kendes ikke"))]


def _at_level(rows: QuerySet, asked: str) -> QuerySet:
    if asked == NOTHING:
        return rows.filter(track="")
    track, _dash, module = asked.partition("-")
    return rows.filter(track=track, module=module)


def _page_of(row: Learner) -> str:
    return reverse("learning:learner", args=[row.pk])


def times_of(row: Learner) -> str:
    """Say when somebody is taught, or when they could be where no plan says."""
    return times_in_words(row.times) or possible(row.days)


def possible(days: list[int]) -> str:
    """Say on which days somebody can be taught."""
    return _("kan: %(days)s") % {"days": ", ".join(map(weekday_name, days))} if days else ""


def said_of(row: Any) -> str:
    """Say whether somebody came, and what was told where they did not."""
    return _("til stede") if row.present else _("fravær: %(reason)s") % {"reason": row.get_reason_display()}


ATTENDANCE = List(
    name="fremmoede",
    title=gettext_lazy("Fremmøde"),
    columns=(
        Column("dag", gettext_lazy("Dag"), "day", sort=("day",)),
        Column("svar", gettext_lazy("Fremmøde"), said_of, sort=("present", "reason")),
        Column("ord", gettext_lazy("Hvad blev sagt"), "words"),
        Column("af", gettext_lazy("Noteret af"), "by__name", sort=("by__name",)),
        Column("noteret", gettext_lazy("Noteret"), "noted", sort=("noted",)),
    ),
    filters=(
        replace(
            one_of(
                "svar",
                gettext_lazy("Fremmøde"),
                "present",
                [("ja", gettext_lazy("til stede")), ("nej", gettext_lazy("fravær"))],
            ),
            apply=lambda rows, chosen: rows.filter(present=chosen == "ja"),
        ),
        one_of("grund", gettext_lazy("Oplyst grund"), "reason", Absence.Reason.choices),
        from_day("fra", gettext_lazy("Fra"), "day"),
        to_day("til", gettext_lazy("Til og med"), "day"),
    ),
    order=("-day",),
    empty=gettext_lazy("Der er intet fremmøde at vise."),
)
"""Who came, day by day."""


def of_person() -> List:
    """Give the same list as the office has it: with the school, and whether an absence is lawful."""
    first, *others = ATTENDANCE.columns
    columns = (
        first,
        Column("skole", _("Sprogskole"), "enrolment__school__name", sort=("enrolment__school__name",)),
        *others,
        Column("lovligt", _("Lovligt"), _lawful),
    )
    return replace(ATTENDANCE, columns=columns)


def _lawful(row: Any) -> object:
    if row.present or row.absence is None:
        return ""
    return _("ikke vurderet") if row.absence.lawful is None else row.absence.lawful
