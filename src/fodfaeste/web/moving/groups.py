"""What is known of a person, by groups: each goes along or stays as a whole. Notes of the journal never go."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    Kept,
    LanguageSkill,
    Need,
    Occupation,
    ResidenceSpell,
    Wish,
)


class Group(StrEnum):
    """Groups that are ticked one by one."""

    LANGUAGE = "language"
    WORK = "work"
    WISHES = "wishes"
    NEEDS = "needs"
    CONSENTS = "consents"
    PLAN = "plan"
    FOLLOW_UPS = "follow_ups"
    SPELLS = "spells"

    @property
    def label(self) -> str:
        """What it is called, in the language of the page."""
        return str(GROUPS[self])


GROUPS = {
    Group.LANGUAGE: _("sprog"),
    Group.WORK: _("tidligere arbejde"),
    Group.WISHES: _("ønsker"),
    Group.NEEDS: _("hensyn (helbred)"),
    Group.CONSENTS: _("samtykker"),
    Group.PLAN: _("planen, der gælder, med mål og aktiviteter"),
    Group.FOLLOW_UPS: _("opfølgninger, der ikke er holdt"),
    Group.SPELLS: _("ophold og beskæftigelse"),
}
"""What each group is called."""


ROWS: dict[Group, tuple[type[Kept], ...]] = {
    Group.LANGUAGE: (LanguageSkill,),
    Group.WORK: (Occupation,),
    Group.WISHES: (Wish,),
    Group.NEEDS: (Need,),
    Group.CONSENTS: (Consent,),
    Group.SPELLS: (ResidenceSpell, EmploymentSpell),
}
"""The rows of each group. Of the plan and of follow-ups the next office gets copies; the first keeps its own."""

GROUP_OF: dict[type[Kept], Group] = {model: group for group, models_ in ROWS.items() for model in models_}
"""The group of each kind of row."""

NEVER_BY_DEFAULT = frozenset({Group.NEEDS})
"""Groups that nobody finds ticked."""

BY_DEFAULT = tuple(group for group in Group if group not in NEVER_BY_DEFAULT)
"""Groups that are ticked until somebody decides."""

BASIC = _(
    "Stamoplysninger går altid med: navn, fødselsdag, CPR-nummer, statsborgerskab, opholdsgrundlag, skolegang ved "
    "ankomsten, telefon, sprog i breve, husstand og dagen for overtagelsen. Uden dem kan den nye kommune hverken finde "
    "personen, vælge regelsæt og danskuddannelse eller regne fristerne ud."
)
"""What goes along always, and why."""


def named(groups: Iterable[str]) -> list[str]:
    """Give what some groups are called, in their own order."""
    chosen = set(groups)
    return [group.label for group in Group if group in chosen]


def rows_of(group: Group, person: Any) -> list[models.QuerySet]:
    """Give the rows of a group of a person, kept ones too."""
    return [model._default_manager.filter(person=person) for model in ROWS.get(group, ())]
