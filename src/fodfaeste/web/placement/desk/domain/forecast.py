"""The forecast's switch: one person asks for a model, another switches it on; anybody switches off at once.

A trained model can be asked for only where it has passed a trial on the past that is fresh; both persons say which
trial they have seen.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.models import ForecastSwitch
from fodfaeste.web.placement.desk.permissions import must_be_officer
from fodfaeste.web.placement.forecasts.domain.register import is_fresh, last_trial
from fodfaeste.web.placement.forecasts.in_use import Choice, choice_of, default_choice, state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.forecasts.store import loaded

Act = ForecastSwitch.Act


def ask(
    organisation: Organisation, model: ForecastModel | None = None, *, reason: str, seen: str = "", by: User
) -> ForecastSwitch:
    """Ask that a model be switched on.

    Parameters
    ----------
    model : ForecastModel, optional
        A trained model of the agency; the library's default one without it.
    seen : str
        The fingerprint of the trial that whoever asks has before them; a trained model needs it.

    Raises
    ------
    Refused
        If it is on, somebody has asked already, there is no reason, or the past does not speak for the model.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        state, wanted = state_of(organisation), _choice(organisation, model)
        if wanted.is_same(state.on):
            raise Refused(_("Prognosen er slået til."))
        if state.asked is not None:
            raise Refused(_("En anden har allerede bedt om det. Den skal slås til af en til."))
        _must_have_passed(model, seen)
        return _switch(organisation, Act.ASKED, wanted, reason=reason, by=by, seen=seen)


def switch_on(organisation: Organisation, *, reason: str, seen: str = "", by: User) -> ForecastSwitch:
    """Switch on what was asked for, as the second person; it takes the place of what was on.

    Raises
    ------
    Refused
        If nobody has asked, the one who asked confirms it themselves, or the past speaks for the model no longer.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        state = state_of(organisation)
        if state.asked is None or state.asked_for is None:
            raise Refused(_("Ingen har bedt om, at prognosen slås til."))
        if state.asked.by_id == by.pk:
            raise Refused(_("Der skal to til: en anden end den, der bad om det, slår prognosen til."))
        _must_have_passed(trained(organisation, state.asked_for), seen)
        return _switch(organisation, Act.ON, state.asked_for, reason=reason, by=by, seen=seen)


def withdraw(organisation: Organisation, *, reason: str, by: User) -> ForecastSwitch:
    """Withdraw what was asked for; what is on stays on.

    Raises
    ------
    Refused
        If nobody has asked, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        wanted = state_of(organisation).asked_for
        if wanted is None:
            raise Refused(_("Ingen har bedt om, at prognosen slås til."))
        return _switch(organisation, Act.WITHDRAWN, wanted, reason=reason, by=by)


def switch_off(organisation: Organisation, *, reason: str, by: User) -> ForecastSwitch:
    """Switch the forecast off at once, and withdraw that somebody has asked for one.

    Raises
    ------
    Refused
        If it is off, or there is no reason.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        state = state_of(organisation)
        choice = state.on or state.asked_for
        if choice is None:
            raise Refused(_("Prognosen er slået fra."))
        return _switch(organisation, Act.OFF, choice, reason=reason, by=by)


def asked(organisation: Organisation) -> ForecastSwitch | None:
    """Give the asking that waits for a second person."""
    return state_of(organisation).asked


def trained(organisation: Organisation, choice: Choice) -> ForecastModel | None:
    """Give the trained model that is chosen; None for the default one."""
    if choice.is_default:
        return None
    return ForecastModel.objects.get(organisation=organisation, sha256=choice.sha256)


def _choice(organisation: Organisation, model: ForecastModel | None) -> Choice:
    if model is None:
        return default_choice()
    if model.organisation_id != organisation.pk:
        raise Refused(_("Modellen hører til en anden myndighed."))
    return choice_of(model)


def _must_have_passed(model: ForecastModel | None, seen: str) -> None:
    """Refuse a trained model that the past does not speak for, or that cannot be read."""
    if model is None:
        return
    trial = last_trial(model)
    if trial is None:
        raise Refused(_("Modellen er ikke prøvet på fortiden endnu. Den kan ikke slås til."))
    if not trial.passed:
        raise Refused(_("Modellen har ikke bestået prøven på fortiden. Den kan ikke slås til."))
    if not is_fresh(trial):
        raise Refused(_("Prøven på fortiden er for gammel. Kør den igen, før modellen slås til."))
    if trial.sha256 != seen:
        raise Refused(_("Prøven på fortiden er en anden end den, du har set. Se den igen."))
    loaded(model.sha256)


def switches(organisation: Organisation) -> QuerySet[ForecastSwitch]:
    """Give all that has been done with the switch."""
    return ForecastSwitch.objects.filter(organisation=organisation)


def _switch(
    organisation: Organisation, act: Any, choice: Choice, *, reason: str, by: User, seen: str = ""
) -> ForecastSwitch:
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."))
    return ForecastSwitch.objects.create(
        organisation=organisation,
        model=choice.name,
        version=choice.version,
        sha256=choice.sha256,
        trial="" if choice.is_default else seen,
        act=act,
        by=by,
        by_name=by.name or by.email,
        reason=reason.strip(),
    )
