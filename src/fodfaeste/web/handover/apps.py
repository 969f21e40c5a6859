"""The app of handovers and stand-ins."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class HandoverConfig(AppConfig):
    """Handing a caseload on, standing in, and the weight of caseloads."""

    name = "fodfaeste.web.handover"
    label = "handover"

    def ready(self) -> None:
        """Say who may see what, whose tasks a stand-in sees, and offer the page to whom it concerns."""
        from fodfaeste.web.handover.domain import stand_ins  # noqa: F401 - whose tasks are seen as one's own
        from fodfaeste.web.handover.permissions import run_by

        offer(
            _("Overdragelse"),
            "handover:front",
            place=60,
            for_whom=lambda viewer: bool(viewer.casework or run_by(viewer)),
        )
