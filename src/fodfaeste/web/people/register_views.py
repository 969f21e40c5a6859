"""The page on which a municipality's leaders and analysts take its register away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.domain.register_exports import hand_out
from fodfaeste.web.people.models import RegisterExport
from fodfaeste.web.people.register import offices_of

LATEST = 20
"""So many of those that were handed out are listed."""


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Say what the register holds, and of which municipalities it can be had."""
    offices = Organisation.objects.filter(pk__in=offices_of(request.viewer)).order_by("name")
    if not offices:
        raise Http404
    handed_out = visible(request.viewer, RegisterExport).filter(organisation__in=offices)
    context = {"register_offices": offices, "exports": handed_out.select_related("organisation", "by")[:LATEST]}
    return render(request, "people/register.html", context)


@require_POST
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the register of a municipality as a ZIP file; each person in it is written down as read."""
    chosen = request.POST.get("organisation", "")
    own = Organisation.objects.filter(pk__in=offices_of(request.viewer))
    organisation = get_object_or_404(own, pk=chosen if chosen.isdigit() else None)
    day = timezone.localdate()
    handed_out = hand_out(organisation, by=request.user, day=day)
    audit.taken_away(request, handed_out.persons, organisation)
    answer = HttpResponse(handed_out.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="register-{organisation.code}-{day}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer
