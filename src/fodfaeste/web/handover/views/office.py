"""The leader's page: handovers under way, stand-ins, who could take over, and the weight of caseloads, as numbers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.permissions import administered
from fodfaeste.web.handover.domain.handovers import discard_drafts, offer_rest
from fodfaeste.web.handover.domain.office import neighbours, stand_ins, under_way
from fodfaeste.web.handover.domain.weights import caseloads, weights_on
from fodfaeste.web.handover.forms import RestForm
from fodfaeste.web.handover.permissions import RUN, run_by
from fodfaeste.web.handover.views.rooms import chosen, handover_or_404, office_or_404, receivers_of
from fodfaeste.web.programme.views.rooms import done

TOTALS = ("cases", "weight", "new", "interpreter", "late", "promises", "open", "overdue")


@login_required
def office(request: HttpRequest, office: int) -> HttpResponse:
    """Show an office how its caseloads are shared, who hands on and who stands in; no person is named."""
    found = office_or_404(request.viewer, office, RUN)
    today = timezone.localdate()
    colleagues = caseloads(found, today=today)
    running = run_by(request.viewer)
    context = {
        "office": found,
        "running": running,
        "offices": Organisation.objects.filter(pk__in=running).order_by("name"),
        "under_way": under_way(found, today=today),
        "stand_ins": stand_ins(found, today=today),
        "neighbours": neighbours(found, today=today),
        "administers": found.pk in administered(request.viewer),
        "colleagues": colleagues,
        "total": {name: sum(getattr(one, name) for one in colleagues) for name in TOTALS},
        "without_role": [one for one in colleagues if one.cases and not one.has_role],
        "weights": weights_on(today),
        "today": today,
    }
    return render(request, "handover/office.html", context)


@login_required
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer what is left for a worker who cannot."""
    handover = handover_or_404(request.viewer, pk, RUN)
    form = RestForm(request.POST or None, receivers=receivers_of(handover.organisation, handover.worker))
    if form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        receiver = chosen(said["receiver"])
        if done(
            request,
            lambda: offer_rest(handover, receiver=receiver, told=said["told"], by=request.user),
            _("Resten af sagerne er tilbudt %(who)s.") % {"who": receiver},
            form,
        ):
            return redirect("handover:office", handover.organisation_id)
    return render(request, "handover/rest.html", {"form": form, "handover": handover})


@require_POST
@login_required
def drafts(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard unread what the worker has not saved."""
    handover = handover_or_404(request.viewer, pk, RUN)
    done(request, lambda: discard_drafts(handover, by=request.user), _("Kladderne er kasseret, uden at nogen så dem."))
    return redirect("handover:office", handover.organisation_id)
