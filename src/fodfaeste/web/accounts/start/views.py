"""Pages of the start of a municipality: one a step, in a table that says what each shows and does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts import drafts, forms, made_up
from fodfaeste.web.accounts.domain import start as acts
from fodfaeste.web.accounts.domain.logo import set_logo
from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.domain.start import STEPS, Step
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.views import office_or_404


@dataclass(frozen=True)
class Page:
    """What a step shows and does.

    Attributes
    ----------
    form : type of form
    begins_with : function of an office
        What the form shows at first.
    act : function of an office, the valid form and the user
    """

    form: type[Any]
    begins_with: Callable[[Organisation], dict[str, Any]]
    act: Callable[[Organisation, Any, User], Any]


def _made_up(office: Organisation) -> dict[str, Any]:
    wanted = acts.set_up_of(office).made_up_data
    return {} if wanted is None else {"wanted": "yes" if wanted else "no"}


@transaction.atomic
def _municipality(office: Organisation, form: Any, by: User) -> None:
    acts.choose_municipality(office, form.cleaned_data["code"], by=by)
    logo = form.cleaned_data["logo"]
    if logo or form.cleaned_data.get("without_logo"):
        set_logo(office, logo, by=by)


@transaction.atomic
def _hours(office: Organisation, form: Any, by: User) -> None:
    acts.set_hours(office, form.hours, by=by)
    set_office_phone(office, form.cleaned_data["phone"], by=by)


def _roles(office: Organisation) -> dict[str, Any]:
    return {"roles": office.filled_roles or [Role.WORKER, Role.CONSULTANT, Role.LEADER, Role.PROTECTION]}


PAGES: dict[Step, Page] = {
    Step.MUNICIPALITY: Page(
        forms.MunicipalityForm,
        lambda office: {"code": office.code, "logo": office.logo},
        _municipality,
    ),
    Step.HOURS: Page(forms.HoursForm, forms.hours_of, _hours),
    Step.LANGUAGES: Page(
        forms.LanguagesForm,
        lambda office: {"languages": office.languages or ["da"]},
        lambda office, form, by: acts.set_languages(office, form.cleaned_data["languages"], by=by),
    ),
    Step.ROLES: Page(
        forms.RolesForm,
        _roles,
        lambda office, form, by: acts.set_roles(office, [*map(Role, form.cleaned_data["roles"])], by=by),
    ),
    Step.PEOPLE: Page(
        forms.ColleaguesForm,
        lambda _office: {},
        lambda office, form, by: acts.add_colleagues(office, acts.read_colleagues(form.cleaned_data["people"]), by=by),
    ),
    Step.RULE_SETS: Page(
        forms.RuleSetsForm,
        forms.rule_sets_of,
        lambda office, form, by: acts.use_rule_sets(office, form.uses, by=by),
    ),
    Step.MADE_UP_DATA: Page(
        forms.MadeUpDataForm,
        _made_up,
        lambda office, form, by: acts.choose_made_up_data(office, form.cleaned_data["wanted"], by=by),
    ),
    Step.FINISH: Page(forms.FinishForm, lambda _office: {}, lambda office, _form, by: acts.finish(office, by=by)),
}


def _municipality_or_404(request: HttpRequest, office: int) -> Organisation:
    organisation = office_or_404(request, office)
    if Kind(organisation.kind) is not Kind.MUNICIPALITY:
        raise Http404
    return organisation


@login_required
def start(request: HttpRequest, office: int) -> HttpResponse:
    """Go on where the office stopped."""
    organisation = _municipality_or_404(request, office)
    return redirect("accounts:step", office, acts.next_step(acts.set_up_of(organisation)))


@login_required
def step(request: HttpRequest, office: int, step: str) -> HttpResponse:
    """Show a step, and do it when it is sent."""
    organisation = _municipality_or_404(request, office)
    if step not in list(Step):
        raise Http404
    here = Step(step)
    page = PAGES[here]
    data = request.POST if request.method == "POST" else drafts.offered(request)
    form = page.form(data, request.FILES or None, initial=page.begins_with(organisation))
    if request.method == "POST" and form.is_valid():
        try:
            page.act(organisation, form, request.user)
        except Refused as refused:
            form.add_error(None, str(refused).split("\n"))
        else:
            return _go_on(request, organisation, here)
    return render(request, "accounts/start/step.html", _context(organisation, here, form))


def _go_on(request: HttpRequest, organisation: Organisation, done: Step) -> HttpResponse:
    messages.success(request, _("%(step)s er gemt.") % {"step": STEPS[done]})
    if done is Step.FINISH:
        return redirect("accounts:people", organisation.pk)
    following = list(Step)[list(Step).index(done) + 1]
    return redirect("accounts:step", organisation.pk, following)


def _context(organisation: Organisation, here: Step, form: Any) -> dict[str, Any]:
    set_up = acts.set_up_of(organisation)
    steps = [(one, STEPS[one], one in set_up.done, one is here) for one in Step]
    return {
        "office": organisation,
        "form": form,
        "step": here,
        "steps": steps,
        "number": list(Step).index(here) + 1,
        "title": STEPS[here],
        "made_up": made_up.count(organisation) if here is Step.MADE_UP_DATA else 0,
        "left": [name for one, name, done, _here in steps if not done and one is not Step.FINISH],
    }
