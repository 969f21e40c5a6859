"""Writing down what a municipality has: its share in work, free dwellings and school places."""

from __future__ import annotations

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.models import PlaceFacts
from fodfaeste.web.placement.desk.permissions import must_be_officer


def set_facts(
    organisation: Organisation,
    code: str,
    *,
    employment_rate: float | None,
    dwellings: int | None,
    school_places: int | None,
    by: User,
) -> PlaceFacts:
    """Write a municipality's facts; what is empty is not known.

    Raises
    ------
    Refused
        If whoever writes is no officer of the agency.
    """
    told = {"employment_rate": employment_rate, "dwellings": dwellings, "school_places": school_places}
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        facts, _made = PlaceFacts.objects.update_or_create(organisation=organisation, code=code, defaults=told)
    return facts
