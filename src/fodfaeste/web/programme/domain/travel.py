"""The municipality's travel table: brought in whole or not at all."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.programme.domain.week import read_tables
from fodfaeste.web.programme.models import TravelTimes


@transaction.atomic
def store_travel(*, by: User, connections: str, places: str) -> None:
    """Put a travel table in the place of the one before, for the municipalities that somebody works in.

    Raises
    ------
    BadInput
        Naming file, row and column of all that is wrong; the one before stays then.
    Refused
        If they work in none.
    """
    offices = viewer_of(by, timezone.localdate()).casework
    if not offices:
        raise Refused(_("Rejsetabellen hører til en kommune, som du arbejder i."))
    read_tables(connections, places)
    for office in offices:
        TravelTimes.objects.update_or_create(
            organisation_id=office, defaults={"connections": connections, "places": places}
        )
