"""Findings of a check in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SAID = {
    "changed": gettext_lazy("Led %(entry)s er ændret, eller det passer ikke til leddet før."),
    "removed": gettext_lazy("Der mangler led før led %(entry)s."),
    "moved": gettext_lazy("Led %(entry)s er flyttet."),
    "unreadable": gettext_lazy("Led %(entry)s kan ikke læses."),
    "head": gettext_lazy(
        "Kæden ender ikke, som den gjorde: led er fjernet fra enden eller tilføjet uden om programmet."
    ),
    "noted": gettext_lazy(
        "Enden, som den blev noteret ved en tidligere kontrol (led %(entry)s), er ikke i kæden mere."
    ),
    "record_changed": gettext_lazy("%(record)s nr. %(row)s er en anden end den, der blev skrevet (led %(entry)s)."),
    "record_removed": gettext_lazy("%(record)s nr. %(row)s er fjernet (led %(entry)s)."),
    "record_unchained": gettext_lazy("%(record)s nr. %(row)s står ikke i kæden: den er skrevet uden om programmet."),
}


def found_words(found: Mapping[str, Any]) -> str:
    """Say a finding."""
    told = {**found, "record": record_words(found["table"])}
    return str(SAID[found["kind"]]) % told


def record_words(table: str) -> str:
    """Name a kind of record by its table."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            name = str(model._meta.verbose_name)
            return name[:1].upper() + name[1:]
    return table and _("Optegnelse")
