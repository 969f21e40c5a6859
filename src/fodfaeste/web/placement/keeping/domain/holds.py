"""A deletion by rule is held up by somebody who says why, until somebody lifts it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.domain.arrivals import locked
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.keeping.models import KeepingHold


def set_hold(arrival: Arrival, *, reason: str, by: User) -> KeepingHold:
    """Hold the deletion of a household's data up.

    Raises
    ------
    Refused
        If there is no reason, it is held up already, or the data are deleted.
    """
    with change(by), seeing([arrival.organisation_id]):
        found = locked(arrival, by)
        if not reason.strip():
            raise Refused(_("Skriv hvorfor."))
        if found.holds.filter(lifted=None).exists():
            raise Refused(_("Sletningen er allerede i bero."))
        return KeepingHold.objects.create(arrival=found, reason=reason.strip(), by=by)


def lift_hold(arrival: Arrival, *, by: User) -> KeepingHold:
    """Let the rule delete again.

    Raises
    ------
    Refused
        If nothing holds the deletion up.
    """
    with change(by), seeing([arrival.organisation_id]):
        hold = locked(arrival, by).holds.filter(lifted=None).first()
        if hold is None:
            raise Refused(_("Sletningen er ikke i bero."))
        hold.lifted, hold.lifted_by = timezone.now(), by
        hold.save(update_fields=["lifted", "lifted_by"])
        return hold
