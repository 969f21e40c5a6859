"""Lists of the office: what is to be followed up, and who has which case."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.base.lists import answer
from fodfaeste.web.programme import lists
from fodfaeste.web.programme.domain.lists import cases, waiting


@login_required
def follow_ups(request: HttpRequest) -> HttpResponseBase:
    """List what nobody has held yet, of all whom the office works with."""
    if not request.viewer.casework:
        raise PermissionDenied
    today = timezone.localdate()
    listing = lists.follow_ups(request.viewer, today)
    rows = waiting(request.viewer, today)
    handed_out = partial(audit.handed_out, person="programme__person")
    return answer(request, listing, rows, template="programme/office_list.html", handed_out=handed_out)


@login_required
def caseload(request: HttpRequest) -> HttpResponseBase:
    """List cases; those of one worker where a colleague is chosen, and those are the viewer's own from the menu."""
    if not request.viewer.casework:
        raise PermissionDenied
    today = timezone.localdate()
    own = request.GET.get("kollega", "") == str(request.user.pk)
    listing = lists.cases(request.viewer, today, own=own)
    rows = cases(request.viewer, today)
    handed_out = partial(audit.handed_out, person="person")
    return answer(request, listing, rows, template="programme/office_list.html", handed_out=handed_out)
