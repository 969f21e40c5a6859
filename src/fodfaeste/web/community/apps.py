"""The app of associations."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class CommunityConfig(AppConfig):
    """Newcomers who have agreed to be in touch with an association."""

    name = "fodfaeste.web.community"
    label = "community"

    def ready(self) -> None:
        """Say who may see whom, and offer associations their page."""
        from fodfaeste.web.community import permissions  # noqa: F401 - registers the scopes

        offer(_("Kontakter"), "community:contacts", place=7, for_whom=lambda viewer: bool(viewer.associations))
