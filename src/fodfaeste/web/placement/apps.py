"""The app of placement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class PlacementConfig(AppConfig):
    """Quota rounds, and the desk where arriving households are placed."""

    name = "fodfaeste.web.placement"
    label = "placement"

    def ready(self) -> None:
        """Put quotas, the desk and its other end into the menu of those who work there."""
        from fodfaeste.web.placement.chain import permissions as of_chains  # noqa: F401 - registers who may see what
        from fodfaeste.web.placement.desk.permissions import is_officer, leads, receives
        from fodfaeste.web.placement.door import permissions as of_households  # noqa: F401 - registers who may see what
        from fodfaeste.web.placement.forecasts import permissions  # noqa: F401 - its scopes are registered
        from fodfaeste.web.placement.keeping import permissions as of_keeping  # noqa: F401 - likewise
        from fodfaeste.web.placement.rounds.permissions import reads_rounds

        offer(_("Visitation"), "placement:arrivals", place=39, for_whom=is_officer)
        offer(_("Modtag"), "placement:sent-here", place=41, for_whom=receives)
        offer(_("Vores plads"), "placement:own-place", place=42, for_whom=leads)
        offer(_("Kvoter"), "placement:rounds", place=40, for_whom=reads_rounds)
