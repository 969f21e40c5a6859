"""The list of newcomers who have agreed to be in touch with an association."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.domain.phones import phone_of
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import Column, List, containing, one_of
from fodfaeste.web.community.models import Contact, SpokenLanguage
from fodfaeste.web.people.words import language


def contacts(viewer: Viewer) -> List:
    """Give the list: what a volunteer may know of somebody, and no more."""

    def spoken() -> Any:
        codes = visible(viewer, SpokenLanguage).order_by().values_list("language", flat=True).distinct()
        return sorted(((code, language(code)) for code in codes), key=lambda pair: pair[1])

    def speaking(rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(pk__in=visible(viewer, SpokenLanguage).filter(language=code).order_by().values("contact"))

    return List(
        name="kontakter",
        title=_("Kontakter"),
        columns=(
            Column("navn", _("Navn"), str, sort=("name",)),
            Column("sprog", _("Sprog"), languages_of),
            Column("sted", _("Kommune"), place_of),
            Column("oensker", _("Fritidsønsker"), lambda row: "; ".join(wish.words for wish in row.wishes.all())),
            Column("til", _("Har sagt ja til"), "to_what"),
            Column("medarbejder", _("Ring til"), "worker__name", sort=("worker__name",)),
            Column("telefon", _("Telefon"), lambda row: phone_of(row.worker, row.organisation)),
            Column("gaelder", _("Samtykket slutter"), lambda row: row.end or "", sort=("end",)),
        ),
        filters=(
            containing("q", _("Navn"), "name"),
            replace(one_of("sprog", _("Sprog"), "", spoken), apply=speaking),
        ),
        order=("name",),
        empty=_("Der er ingen at vise. Her står nytilkomne, mens de har sagt ja til kontakt med foreningen."),
    )


def languages_of(row: Contact) -> str:
    """Name the languages that somebody speaks, the mother tongue first."""
    found = sorted(row.languages.all(), key=lambda one: not one.mother_tongue)
    return ", ".join(language(one.language) for one in found)


def place_of(row: Contact) -> str:
    """Say where somebody lives: the municipality, and of whoever is protected nothing."""
    return "" if row.protected else row.organisation.name
