"""Lists of the logs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit import words
from fodfaeste.web.audit.access import as_worker, person_model
from fodfaeste.web.audit.domain.samples import midnight
from fodfaeste.web.audit.models import Change
from fodfaeste.web.base.lists import Column, Filter, List, before_day, containing, from_day, one_of, ticked

NEWEST = ("-at",)


def _case(row: Any) -> str:
    """Give the case number, which says nothing of who it is; the person's number where the case is elsewhere now."""
    return row.case_number or f"#{row.person}"


def _log_of(row: Any) -> str:
    return reverse("audit:person", args=[row.person]) if row.case_number else ""


def _sample(row: Any) -> str:
    return reverse("audit:sample", args=[row.pk])


AT = Column("tid", _("Hvornår"), "at", sort=("at",))
WHO = Column("bruger", _("Hvem"), words.who, sort=("user__name",))
PAGE = Column("hvad", _("Hvad"), words.page_of, sort=("page",))
OFFICE = Column("organisation", _("Organisation"), "organisation__name", sort=("organisation__name",))
REASON = Column("begrundelse", _("Begrundelse"), "reason")
CASE = Column("sag", _("Sag"), _case, link=_log_of)

FROM = replace(from_day("fra", _("Fra"), "at"), apply=lambda rows, day: rows.filter(at__gte=midnight(day)))
BEFORE = replace(before_day("foer", _("Før"), "at"), apply=lambda rows, day: rows.filter(at__lt=midnight(day)))
"""By the moments at which days begin, so that the index on time is used."""

USER = containing("hvem", _("Navn eller e-mail på bruger"), "user__name", "user__email")
DAYS: tuple[Filter, ...] = (FROM, BEFORE)

OPENINGS = List(
    name="opslag",
    title=_("Hvem har åbnet hvad"),
    columns=(AT, WHO, CASE, PAGE, OFFICE, REASON),
    filters=(
        *DAYS,
        USER,
        containing("sagsnummer", _("Sagsnummer"), "case_number"),
        ticked("aabnet", _("Kun personers egne sider, ikke lister"), Q(in_list=False)),
    ),
    order=NEWEST,
)
WITHOUT_RELATION = List(
    name="aabnet-uden-relation",
    title=_("Åbnet uden relation"),
    columns=(AT, WHO, CASE, PAGE, OFFICE, REASON),
    filters=(*DAYS, USER),
    order=NEWEST,
    empty=_("Ingen har åbnet en sag med en begrundelse."),
)
OF_PERSON = List(
    name="personens-log",
    title=_("Personens log"),
    columns=(AT, WHO, PAGE, OFFICE, REASON),
    filters=(*DAYS, USER),
    order=NEWEST,
)
CHANGES = List(
    name="personens-aendringer",
    title=_("Ændringer for personen"),
    columns=(
        AT,
        WHO,
        Column("hvad", _("Hvad"), words.table_of, sort=("table",)),
        Column("raekke", _("Række"), "row"),
        Column("gjort", _("Gjort"), "operation", sort=("operation",)),
        Column("forskel", _("Før og efter"), words.differences),
    ),
    filters=(*DAYS, USER, one_of("gjort", _("Gjort"), "operation", Change.Operation.choices)),
    order=NEWEST,
)
OWN = List(
    name="egen-log",
    title=_("Hvornår der er set i din sag, og hvorfor"),
    columns=(AT, PAGE, Column("formaal", _("Formål"), words.purpose_of), OFFICE),
    filters=DAYS,
    order=NEWEST,
)
"""What a person gets of the log: when, what and what for, and not who."""

SAMPLES = List(
    name="stikproever",
    title=_("Stikprøver"),
    columns=(
        Column("maaned", _("Måned"), lambda row: f"{row.month:%Y-%m}", ("month",), _sample),
        Column("kommune", _("Kommune"), "organisation__name", sort=("organisation__name",)),
        Column("trukket", _("Trukket"), "made", sort=("made",)),
        Column("antal", _("Opslag"), "drawn"),
        Column("aabne", _("Mangler svar"), "open", sort=("open",)),
        Column("for_sent", _("Over 14 dage uden svar"), "late", sort=("late",)),
        Column("unoedvendige", _("Ikke nødvendige"), "not_needed", sort=("not_needed",)),
    ),
    order=("-month",),
    empty=_("Der er ikke trukket nogen stikprøve."),
)


def with_case_numbers(rows: QuerySet[Any], viewer: Viewer, offices: frozenset[int], person: str = "person") -> Any:
    """Give openings with the case numbers of persons whom some municipalities are responsible for today."""
    persons = visible(as_worker(viewer.user, offices), person_model()).filter(pk=OuterRef(person))
    return rows.annotate(case_number=Subquery(persons.values("case_number")[:1]))
