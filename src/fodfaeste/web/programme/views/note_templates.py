"""Templates of notes of an office: everybody there reads them, its leader and administrators write them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.programme.domain.note_templates import (
    Template,
    offices_written_by,
    remove_template,
    templates_of,
    write_template,
)
from fodfaeste.web.programme.forms import TemplateForm
from fodfaeste.web.programme.models import JournalNote
from fodfaeste.web.programme.views.rooms import done


@login_required
def templates(request: HttpRequest, office: int) -> HttpResponse:
    """Show the templates of an office."""
    viewer = request.viewer
    writes = office in offices_written_by(viewer)
    if not writes and office not in viewer.casework:
        raise Http404
    organisation = Organisation.objects.get(pk=office)
    kinds = dict(JournalNote.Kind.choices)
    found = [(one, kinds[one.kind]) for one in templates_of(organisation)]
    return render(request, "programme/templates.html", {"office": organisation, "templates": found, "writes": writes})


@login_required
def write(request: HttpRequest, office: int) -> HttpResponse:
    """Write a template, or take it away; ``?navn=`` names the one that is there."""
    if office not in offices_written_by(request.viewer):
        raise Http404
    organisation = Organisation.objects.get(pk=office)
    name = request.GET.get("navn", "")
    before = next((one for one in templates_of(organisation) if one.name == name), None)
    if before is None and name:
        raise Http404
    if request.POST.get("do") == "remove" and before is not None:
        done(request, lambda: remove_template(organisation, name, by=request.user), _("Skabelonen er fjernet."))
        return redirect("programme:templates", office)
    form = TemplateForm(request.POST or None, initial=_values(before))
    if form.is_valid() and done(
        request,
        lambda: write_template(organisation, form.template(), by=request.user, instead_of=name),
        _("Skabelonen er gemt."),
        form,
    ):
        return redirect("programme:templates", office)
    return render(request, "programme/template.html", {"office": organisation, "form": form, "before": before})


def _values(before: Template | None) -> dict[str, str]:
    return {} if before is None else {"name": before.name, "kind": before.kind, "text": before.text}
