"""The page on which a municipality's leaders and analysts take its register away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.register import offices_of, packed, register_tables


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Say what the register holds, and of which municipalities it can be had."""
    offices = Organisation.objects.filter(pk__in=offices_of(request.viewer)).order_by("name")
    if not offices:
        raise Http404
    return render(request, "people/register.html", {"register_offices": offices})


@require_POST
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the register of a municipality as a ZIP file."""
    chosen = request.POST.get("organisation", "")
    own = Organisation.objects.filter(pk__in=offices_of(request.viewer))
    organisation = get_object_or_404(own, pk=chosen if chosen.isdigit() else None)
    day = timezone.localdate()
    answer = HttpResponse(packed(register_tables(organisation, day=day)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="register-{organisation.code}-{day}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer
