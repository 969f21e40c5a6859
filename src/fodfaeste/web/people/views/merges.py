"""Pages that let two persons be one, and two again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.people.domain.duplicates import likely_same
from fodfaeste.web.people.domain.merging import merge_persons, undo_merge
from fodfaeste.web.people.forms import MergeForm
from fodfaeste.web.people.models import Merge, Person
from fodfaeste.web.people.permissions import changeable_or_404
from fodfaeste.web.people.search import find
from fodfaeste.web.people.views.persons import LIST_CRUMB


@login_required
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who is the same person as this one; the other's case number leads here from then on."""
    person = changeable_or_404(request.viewer, pk)
    form = MergeForm(request.POST or None)
    others = visible(request.viewer, Person).exclude(pk=pk)
    if request.method == "POST" and form.is_valid():
        meant = find(others, form.cleaned_data["case_number"], today=timezone.localdate()).persons
        try:
            other = _the_one(meant)
            merge_persons(person, changeable_or_404(request.viewer, other.pk), by=request.viewer.user)
        except Refused as refused:
            form.add_error("case_number", str(refused))
        else:
            messages.success(request, _("%(case)s er nu lagt ind her.") % {"case": other.case_number})
            return redirect("people:person", pk=pk)
    names = f"{person.given_name} {person.family_name} {person.own_script}"
    same = likely_same(others, names=names, birth_date=person.birth_date)
    audit.opened(request, person)
    audit.listed(request, same)
    crumbs = [(LIST_CRUMB, reverse("people:list")), (str(person), reverse("people:person", args=[pk]))]
    return render(request, "people/merge.html", {"person": person, "form": form, "same": same, "crumbs": crumbs})


def _the_one(meant: list[Person]) -> Person:
    if len(meant) != 1:
        raise Refused(_("Der er ingen anden person hos jer med det sagsnummer."))
    return meant[0]


@login_required
@require_POST
def undo(request: HttpRequest, pk: int, merge: int) -> HttpResponse:
    """Let two persons that were merged be two again."""
    person = changeable_or_404(request.viewer, pk)
    found = visible_or_404(request.viewer, Merge, pk=merge, kept=person)
    try:
        undo_merge(found, by=request.viewer.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("people:person", pk=pk)
    messages.success(request, _("Sammenlægningen er fortrudt: de er to igen."))
    return redirect("people:person", pk=pk)
