"""Files that the office has closed: a list, and each as it was on its last day, read-only."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.base.lists import answer
from fodfaeste.web.moving.domain.closed import file_of
from fodfaeste.web.moving.domain.closing import reopen
from fodfaeste.web.moving.groups import named
from fodfaeste.web.moving.lists import closed_list, protected, shown
from fodfaeste.web.moving.models import ClosedCase
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.views.rooms import done

CRUMB = gettext_lazy("Afsluttede sager")


@login_required
def closed_cases(request: HttpRequest) -> HttpResponseBase:
    """List the files that the viewer's offices have closed."""
    if not request.viewer.casework:
        return render(request, "403.html", status=403)
    rows = visible(request.viewer, ClosedCase).select_related("worker")
    listing = closed_list(protected(request.viewer))
    return answer(request, listing, rows, handed_out=partial(audit.handed_out, person="person"))


@login_required
def closed_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a closed file; that it was opened is written down."""
    found = visible(request.viewer, ClosedCase).select_related("worker", "organisation", "move").filter(pk=pk).first()
    if found is None:
        raise Http404
    audit.opened(request, Person(pk=found.person_id))
    context = {
        "closed": found,
        "name": shown(found, protected(request.viewer)),
        "file": file_of(found, request.viewer),
        "along": named(found.gone_along),
        "may_reopen": found.why != ClosedCase.Why.MOVED and found.reopened is None,
        "crumbs": [(CRUMB, reverse("moving:closed"))],
    }
    return render(request, "moving/closed_case.html", context)


@require_POST
@login_required
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up a file again that was closed because somebody had left or died."""
    found = visible_or_404(request.viewer, ClosedCase, pk=pk)
    audit.opened(request, Person(pk=found.person_id))
    if done(request, lambda: reopen(found, by=request.user), _("Sagen er genåbnet, og du er medarbejderen.")):
        return redirect("people:person", pk=found.person_id)
    return redirect("moving:closed-case", pk=pk)
