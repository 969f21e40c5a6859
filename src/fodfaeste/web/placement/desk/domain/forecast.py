"""The forecast's switch: one person asks, another switches on; anybody switches off, and rules and wishes are left."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fodfaeste.errors import NotEnoughPeople, Refused
from fodfaeste.measure.result import Result
from fodfaeste.place.decide import Decision
from fodfaeste.place.overrides import override_rates
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.computing import MODEL, is_on
from fodfaeste.web.placement.desk.models import ForecastSwitch, PlacementRecord
from fodfaeste.web.placement.desk.permissions import must_be_officer

Act = ForecastSwitch.Act


def ask(organisation: Organisation, *, reason: str, by: User) -> ForecastSwitch:
    """Ask that the forecast be switched on.

    Raises
    ------
    Refused
        If it is on, somebody has asked already, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        if is_on(organisation):
            raise Refused(_("Prognosen er slået til."))
        if asked(organisation):
            raise Refused(_("En anden har allerede bedt om det. Den skal slås til af en til."))
        return _switch(organisation, Act.ASKED, reason, by)


def switch_on(organisation: Organisation, *, reason: str, by: User) -> ForecastSwitch:
    """Switch the forecast on, as the second person.

    Raises
    ------
    Refused
        If nobody has asked, or the one who asked confirms it themselves.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        waiting = asked(organisation)
        if waiting is None:
            raise Refused(_("Ingen har bedt om, at prognosen slås til."))
        if waiting.by_id == by.pk:
            raise Refused(_("Der skal to til: en anden end den, der bad om det, slår prognosen til."))
        return _switch(organisation, Act.ON, reason, by)


def switch_off(organisation: Organisation, *, reason: str, by: User) -> ForecastSwitch:
    """Switch the forecast off, or withdraw that somebody has asked for it.

    Raises
    ------
    Refused
        If it is off, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        if not is_on(organisation) and asked(organisation) is None:
            raise Refused(_("Prognosen er slået fra."))
        return _switch(organisation, Act.OFF, reason, by)


def asked(organisation: Organisation) -> ForecastSwitch | None:
    """Give the asking that waits for a second person."""
    last = switches(organisation).order_by("-pk").first()
    return last if last is not None and last.act == Act.ASKED else None


def switches(organisation: Organisation) -> QuerySet[ForecastSwitch]:
    """Give all that has been done with the switch."""
    return ForecastSwitch.objects.filter(organisation=organisation)


def override_figures(organisation: Organisation, *, by: str) -> Result | None:
    """Say by the library how often officers decided otherwise; None where there are too few decisions to tell.

    Parameters
    ----------
    by : {"officer", "language", "household"}
    """
    records = PlacementRecord.objects.filter(arrival__organisation=organisation, act=PlacementRecord.Act.DECIDED)
    told = [one.facts["decision"] for one in records]
    if not told:
        return None
    names = ("household", "persons", "proposed", "kind", "by", "reason_code", "text", "groups")
    decisions = [Decision(**{name: one[name] for name in names}, place=one["place_name"]) for one in told]
    try:
        return override_rates(decisions, by=by)
    except NotEnoughPeople:
        return None


def _switch(organisation: Organisation, act: Any, reason: str, by: User) -> ForecastSwitch:
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."))
    return ForecastSwitch.objects.create(
        organisation=organisation, model=MODEL, act=act, by=by, by_name=by.name or by.email, reason=reason.strip()
    )
