"""The switch of floors: one person asks to switch one off, another does; anybody switches on again at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.permissions import must_be_officer
from fodfaeste.web.placement.floors.models import FloorSwitch

Act, Column = FloorSwitch.Act, FloorSwitch.Column


@dataclass(frozen=True)
class Standing:
    """Whether a floor is on, and who has asked to switch it off, which waits for a second person."""

    on: bool = True
    asked: FloorSwitch | None = None


def floors_at(organisation: int) -> Mapping[str, Standing]:
    """Fold what was done with the floors of an agency, given by its key: by the column of groups."""
    found = {str(column): Standing() for column in Column.values}
    for one in FloorSwitch.objects.filter(organisation=organisation).order_by("pk"):
        before = found[one.column]
        after = {
            Act.ASKED: Standing(before.on, one),
            Act.WITHDRAWN: Standing(before.on),
            Act.OFF: Standing(on=False),
            Act.ON: Standing(),
        }
        found[one.column] = after[Act(one.act)]
    return found


def switches(organisation: Organisation) -> QuerySet[FloorSwitch]:
    """Give all that has been done with the floors."""
    return FloorSwitch.objects.filter(organisation=organisation)


def ask_off(organisation: Organisation, column: str, *, reason: str, by: User) -> FloorSwitch:
    """Ask that a floor be switched off.

    Raises
    ------
    Refused
        If it is off, somebody has asked already, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        standing = _standing(organisation, column, by)
        if not standing.on:
            raise Refused(_("Gulvet er slået fra."))
        if standing.asked is not None:
            raise Refused(_("En anden har allerede bedt om det. Det skal slås fra af en til."))
        return _switch(organisation, column, Act.ASKED, reason=reason, by=by)


def switch_off(organisation: Organisation, column: str, *, reason: str, by: User) -> FloorSwitch:
    """Switch a floor off, as the second person.

    Raises
    ------
    Refused
        If nobody has asked, whoever asked confirms it themselves, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        standing = _standing(organisation, column, by)
        if standing.asked is None:
            raise Refused(_("Ingen har bedt om, at gulvet slås fra."))
        if standing.asked.by_id == by.pk:
            raise Refused(_("Der skal to til: en anden end den, der bad om det, slår gulvet fra."))
        return _switch(organisation, column, Act.OFF, reason=reason, by=by)


def withdraw(organisation: Organisation, column: str, *, reason: str, by: User) -> FloorSwitch:
    """Withdraw that a floor be switched off.

    Raises
    ------
    Refused
        If nobody has asked, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        if _standing(organisation, column, by).asked is None:
            raise Refused(_("Ingen har bedt om, at gulvet slås fra."))
        return _switch(organisation, column, Act.WITHDRAWN, reason=reason, by=by)


def switch_on(organisation: Organisation, column: str, *, reason: str, by: User) -> FloorSwitch:
    """Switch a floor on again, at once.

    Raises
    ------
    Refused
        If it is on, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        if _standing(organisation, column, by).on:
            raise Refused(_("Gulvet er slået til."))
        return _switch(organisation, column, Act.ON, reason=reason, by=by)


def _standing(organisation: Organisation, column: str, by: User) -> Standing:
    must_be_officer(by, organisation)
    if column not in Column.values:
        raise Refused(_("Det gulv er der ikke. Vælg et fra listen."))
    return floors_at(organisation.pk)[column]


def _switch(organisation: Organisation, column: str, act: Any, *, reason: str, by: User) -> FloorSwitch:
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."))
    return FloorSwitch.objects.create(
        organisation=organisation,
        column=column,
        act=act,
        by=by,
        by_name=by.name or by.email,
        reason=reason.strip(),
    )
