"""The app of the programme."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base.menu import offer


class ProgrammeConfig(AppConfig):
    """Plans, the week, follow-ups, absence and the journal."""

    name = "fodfaeste.web.programme"
    label = "programme"

    def ready(self) -> None:
        """Say who may see what of a programme; the day's work comes first in the menu, so sign-in leads to it."""
        from fodfaeste.web.programme import permissions  # noqa: F401 - registers the scopes

        offer(_("I dag"), "programme:today", place=5, for_whom=lambda viewer: bool(viewer.casework))
        offer(_("Opfølgning"), "programme:missed", place=6, for_whom=lambda viewer: viewer.has(Role.LEADER))
