"""The page of a household: who belongs to it, and who of the family is expected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.domain.changing import Clash
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.households import expect_family, expect_on, name_household
from fodfaeste.web.people.forms import ExpectedDayForm, ExpectedForm, HouseholdNameForm
from fodfaeste.web.people.models import Household, HouseholdMember
from fodfaeste.web.people.permissions import changeable_household_or_404
from fodfaeste.web.people.views.clashes import both_texts, with_version
from fodfaeste.web.people.views.persons import LIST_CRUMB
from fodfaeste.web.people.words import name_in_lists


@login_required
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a household: those who belong to it, those who did, those who are expected and when."""
    found = visible_or_404(request.viewer, Household, pk=pk)
    today = timezone.localdate()
    members = list(
        visible(request.viewer, HouseholdMember)
        .filter(household=found)
        .select_related("person")
        .order_by("start", "pk")
    )
    audit.listed(request, [member.person for member in members])
    shown = [(member, name_in_lists(member.person)) for member in members]
    context = {
        "household": found,
        "here": [pair for pair in shown if pair[0].start <= today and (pair[0].end is None or pair[0].end > today)],
        "expected": [pair for pair in shown if pair[0].start > today],
        "gone": [pair for pair in shown if pair[0].end is not None and pair[0].end <= today],
        "crumbs": [(LIST_CRUMB, reverse("people:list"))],
    }
    return render(request, "people/household.html", context)


@login_required
def expect(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down who of the family is expected, and when."""
    found = changeable_household_or_404(request.viewer, pk)
    form = ExpectedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = dict(form.cleaned_data)
        known.pop("version")
        day, relation = known.pop("day"), known.pop("relation")
        office = Organisation.objects.filter(pk__in=request.viewer.casework).order_by("pk")[0]
        facts = PersonFacts(**known, arrival_date=day, takeover_date=day)
        try:
            expect_family(found, facts, relation=relation, day=day, organisation=office, by=request.viewer.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, found)
    return _shown(request, found, _("Skriv, hvem der ventes"), form)


@login_required
def expected_day(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Move the day on which somebody is expected."""
    found = changeable_household_or_404(request.viewer, pk)
    row = visible_or_404(request.viewer, HouseholdMember, pk=member, household=found)
    form = ExpectedDayForm(request.POST or None, initial={"day": row.start, "version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            expect_on(
                row,
                day=form.cleaned_data["day"],
                version=form.cleaned_data["version"] or 0,
                by=request.viewer.user,
            )
        except Clash as clash:
            form = ExpectedDayForm(with_version(request.POST, clash.theirs))
            both_texts(form, clash)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, found)
    return _shown(request, found, _("Flyt den ventede dag"), form)


@login_required
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a household something else."""
    found = changeable_household_or_404(request.viewer, pk)
    form = HouseholdNameForm(request.POST or None, initial={"name": found.name, "version": found.version})
    theirs: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            name_household(found, name=form.cleaned_data["name"], version=version, by=request.viewer.user)
        except Clash as clash:
            form = HouseholdNameForm(with_version(request.POST, clash.theirs))
            theirs = both_texts(form, clash)
        else:
            return _saved(request, found)
    return _shown(request, found, _("Ret betegnelsen"), form, theirs)


def _saved(request: HttpRequest, found: Household) -> HttpResponse:
    messages.success(request, _("Gemt."))
    return redirect("people:household", pk=found.pk)


def _shown(request: HttpRequest, found: Household, title: str, form: forms.Form, theirs: Any = ()) -> HttpResponse:
    crumbs = [(LIST_CRUMB, reverse("people:list")), (str(found), reverse("people:household", args=[found.pk]))]
    context = {"form": form, "title": title, "theirs": theirs, "of": found, "person": None, "crumbs": crumbs}
    return render(request, "people/part.html", context)
