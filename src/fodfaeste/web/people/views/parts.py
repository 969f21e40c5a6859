"""Forms of what belongs to a person: one table says which acts a part has, two views serve them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import User
from fodfaeste.web.people import forms as asked
from fodfaeste.web.people.domain import households, parts
from fodfaeste.web.people.domain.changing import Clash, change
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    Household,
    HouseholdMember,
    LanguageSkill,
    Need,
    Occupation,
    Person,
    ResidenceSpell,
    Versioned,
    Wish,
)
from fodfaeste.web.people.permissions import changeable_households, changeable_or_404
from fodfaeste.web.people.views.clashes import both_texts, with_version
from fodfaeste.web.people.views.persons import LIST_CRUMB


@dataclass(frozen=True)
class Way:
    """A form, what it is called, and the act that it leads to; `drafted` where it is kept as it is typed."""

    title: Any
    form: type[forms.Form]
    act: Callable[..., object]
    drafted: bool = False


@dataclass(frozen=True)
class Part:
    """Something that belongs to a person; `change` is None where it is only ever added."""

    model: type[Versioned]
    add: Way
    change: Way | None = None


def _join(person: Person, *, household: Household | None, name: str, by: User, **more: Any) -> HouseholdMember:
    with change(by):
        home = household or households.make_household(name, by=by)
        return households.join_household(home, person, by=by, **more)


PARTS = {
    "sprog": Part(
        LanguageSkill,
        Way(gettext_lazy("Tilføj et sprog"), asked.LanguageForm, parts.add_language),
        Way(gettext_lazy("Ret sproget"), asked.LanguageForm, parts.change_language),
    ),
    "arbejde": Part(
        EmploymentSpell,
        Way(gettext_lazy("Tilføj arbejde eller uddannelse"), asked.WorkForm, parts.start_work),
        Way(gettext_lazy("Ret eller afslut"), asked.WorkForm, parts.change_work),
    ),
    "erfaring": Part(
        Occupation,
        Way(gettext_lazy("Tilføj erfaring"), asked.OccupationForm, parts.add_occupation),
        Way(gettext_lazy("Ret erfaringen"), asked.OccupationForm, parts.change_occupation),
    ),
    "oenske": Part(Wish, Way(gettext_lazy("Tilføj et ønske"), asked.WishForm, parts.record_wish, drafted=True)),
    "hensyn": Part(
        Need,
        Way(gettext_lazy("Tilføj et hensyn"), asked.NeedForm, parts.note_need),
        Way(gettext_lazy("Ret hensynet"), asked.NeedForm, parts.change_need),
    ),
    "samtykke": Part(
        Consent,
        Way(gettext_lazy("Tilføj et samtykke"), asked.ConsentForm, parts.give_consent),
        Way(gettext_lazy("Træk samtykket tilbage"), asked.WithdrawalForm, parts.withdraw_consent),
    ),
    "ophold": Part(
        ResidenceSpell,
        Way(gettext_lazy("Tilføj et ophold"), asked.ResidenceForm, parts.move_in),
        Way(gettext_lazy("Afslut opholdet"), asked.EndOfResidenceForm, parts.end_residence),
    ),
    "husstand": Part(
        HouseholdMember,
        Way(gettext_lazy("Lad personen høre til en husstand"), asked.JoinForm, _join),
        Way(gettext_lazy("Lad personen forlade husstanden"), asked.LeaveForm, households.leave_household),
    ),
}
"""The parts by their names in addresses."""


@login_required
def add(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Add something to a person."""
    person = changeable_or_404(request.viewer, pk)
    way = _part(part).add
    form = _filled(way, request)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            way.act(person, by=request.viewer.user, **values)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, person)
    return _shown(request, person, way, form, [])


@login_required
def edit(request: HttpRequest, pk: int, part: str, row: int) -> HttpResponse:
    """Change something of a person."""
    person = changeable_or_404(request.viewer, pk)
    found = visible_or_404(request.viewer, _part(part).model, pk=row, person=person)
    way = _part(part).change
    if way is None:
        raise Http404
    form = _filled(way, request, found)
    theirs: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            way.act(found, version=form.cleaned_data["version"] or 0, by=request.viewer.user, **values)
        except Clash as clash:
            form = way.form(with_version(request.POST, clash.theirs), initial=form.initial)
            theirs = both_texts(form, clash)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, person)
    return _shown(request, person, way, form, theirs)


def _part(name: str) -> Part:
    if name not in PARTS:
        raise Http404
    return PARTS[name]


def _filled(way: Way, request: HttpRequest, row: Versioned | None = None) -> forms.Form:
    names = [name for name in way.form.base_fields if row is not None and hasattr(row, name)]
    # What the form asks for anew (when something ended) begins with what the form says, not with an empty column.
    initial = {name: value for name in names if (value := getattr(row, name)) is not None}
    form = way.form(request.POST or None, initial=initial)
    if "household" in form.fields:
        form.fields["household"].queryset = changeable_households(request.viewer).order_by("name", "pk")
    return form


def _saved(request: HttpRequest, person: Person) -> HttpResponse:
    if not visible(request.viewer, Person).filter(pk=person.pk).exists():
        messages.success(request, _("Gemt. Personen er ikke længere jeres, og sagen er afsluttet."))
        return redirect("people:list")
    messages.success(request, _("Gemt."))
    return redirect("people:person", pk=person.pk)


def _shown(
    request: HttpRequest, person: Person, way: Way, form: forms.Form, theirs: list[tuple[str, str]]
) -> HttpResponse:
    audit.opened(request, person)
    crumbs = [(LIST_CRUMB, reverse("people:list")), (str(person), reverse("people:person", args=[person.pk]))]
    context = {
        "form": form,
        "person": person,
        "of": person,
        "title": way.title,
        "theirs": theirs,
        "crumbs": crumbs,
        "drafted": way.drafted,
    }
    return render(request, "people/part.html", context)
