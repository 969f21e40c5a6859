"""The office's page: gives somebody access to their own pages, lists the links that are open, and closes them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.newcomer.domain import links
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.newcomer.office_forms import AccessForm
from fodfaeste.web.people.models import Person


@login_required
@never_cache
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """List the links of a person, and make one: its address and its code are shown once, on the page that answers."""
    person = visible_or_404(request.viewer, Person, pk=pk)
    audit.opened(request, person)
    form = AccessForm(request.POST or None, initial={"language": person.language})
    given = None
    if form.is_valid():
        given = links.give_access(person, by=request.user, language=form.cleaned_data["language"])
    context = {
        "person": person,
        "form": form,
        "given": given,
        "address": given and request.build_absolute_uri(reverse("newcomer:link", args=[given.token])),
        "links": links.live(person),
        "days": links.LASTS.days,
        "tries": links.MOST_TRIES,
        "crumbs": [(str(person), reverse("people:person", args=[pk]))],
    }
    return render(request, "newcomer/office/access.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Close a link."""
    person = visible_or_404(request.viewer, Person, pk=pk)
    found = visible_or_404(request.viewer, Link, pk=link, person=person)
    audit.opened(request, person)
    links.withdraw(found, by=request.user)
    messages.success(request, _("Adgangen er lukket."))
    return redirect("access:person", pk)
