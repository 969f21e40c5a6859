"""What pages and tables are called in the logs, for those who read them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.audit.models import Change, Opening

PAGES: dict[str, Any] = {
    "people:person": gettext_lazy("Personens side"),
    "people:register-download": gettext_lazy("Kommunens register, uden navn"),
    "audit:person": gettext_lazy("Personens log"),
    "audit:changes": gettext_lazy("Ændringer for personen"),
    "audit:own": gettext_lazy("Personens egen log"),
    "moving:closed-case": gettext_lazy("Afsluttet sag"),
}
"""Pages by their route."""

ROOMS: dict[str, Any] = {
    "people": gettext_lazy("Personens oplysninger"),
    "programme": gettext_lazy("Personens program"),
    "api": gettext_lazy("Læst af et andet system"),
    "access": gettext_lazy("Adgang til personens egen side"),
    "newcomer": gettext_lazy("Personens egen side"),
    "moving": gettext_lazy("Flytning til en anden kommune"),
    "own-move": gettext_lazy("Personens egen side"),
    "handover": gettext_lazy("Overdragelse af sager"),
    "workplace": gettext_lazy("Aftale med en arbejdsplads"),
    "by-link": gettext_lazy("Aftale med en arbejdsplads, set ved link"),
    "own-agreement": gettext_lazy("Personens egen side"),
    "insight": gettext_lazy("Sager bag et tal"),
    "learning": gettext_lazy("Sprogskolens side"),
    "schooling": gettext_lazy("Personens sprogskole"),
    "community": gettext_lazy("Foreningens side"),
}
"""What other pages of a room are called. A page of a room without words is called by its route."""

ENCRYPTED = "gAAAA"
"""What encrypted values begin with."""


def page_of(opening: Opening) -> str:
    """Say what was opened."""
    room = opening.page.partition(":")[0]
    words = str(PAGES.get(opening.page) or ROOMS.get(room, opening.page))
    return _("%(page)s (i en liste)") % {"page": words} if opening.in_list else words


def purpose_of(opening: Opening) -> str:
    """Say what for: the reason that was given, or the work with the case that needs none."""
    return opening.reason or _("Arbejde med sagen")


def who(line: Opening | Change) -> str:
    """Name who opened or changed something: a user, or what acted without one."""
    if line.user is not None:
        return f"{line.user.name} ({line.user.email})"
    return line.words or (f"#{line.user_id}" if line.user_id else _("ingen"))


def table_of(change: Change) -> str:
    """Name what kind of row was changed."""
    names = {model._meta.db_table: model._meta.verbose_name for model in apps.get_models(include_auto_created=True)}
    return str(names.get(change.table, change.table))


def differences(change: Change) -> str:
    """Say which fields were changed, from what to what; what is encrypted stays so."""
    before, after = change.before or {}, change.after or {}
    return "; ".join(
        f"{name}: {_value(before.get(name))} → {_value(after.get(name))}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )


def _value(value: object) -> str:
    if value is None or value == "":
        return "–"
    return _("(krypteret)") if isinstance(value, str) and value.startswith(ENCRYPTED) else str(value)
