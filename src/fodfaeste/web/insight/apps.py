"""The app of insight."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class InsightConfig(AppConfig):
    """Figures of the own municipality beside similar ones, and of all municipalities for analysts."""

    name = "fodfaeste.web.insight"
    label = "insight"

    def ready(self) -> None:
        """Put insight first into the menu of leaders and analysts, so sign-in leads to it."""
        from fodfaeste.web.insight.permissions import reads_insight

        offer(_("Indsigt"), "insight:monday", place=3, for_whom=reads_insight)
