"""The app of placement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class PlacementConfig(AppConfig):
    """Quota rounds."""

    name = "fodfaeste.web.placement"
    label = "placement"

    def ready(self) -> None:
        """Put quotas into the menu of those who work with them or read them."""
        from fodfaeste.web.placement.rounds.permissions import reads_rounds

        offer(_("Kvoter"), "placement:rounds", place=40, for_whom=reads_rounds)
