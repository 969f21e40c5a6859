"""Arranging a stand-in, and ending it early."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in, end_stand_in
from fodfaeste.web.handover.forms import StandInForm
from fodfaeste.web.handover.models import StandIn
from fodfaeste.web.handover.permissions import run_by
from fodfaeste.web.handover.views.rooms import chosen, neighbours_of, office_or_404, workers_of
from fodfaeste.web.programme.views.rooms import done


@login_required
def arrange(request: HttpRequest, office: int) -> HttpResponse:
    """Arrange a stand-in: a worker for themselves, whoever runs the office for anybody."""
    found = office_or_404(request.viewer, office)
    runs = found.pk in run_by(request.viewer)
    colleagues = workers_of(found)
    own = [(str(request.user.pk), str(request.user))]
    form = StandInForm(
        request.POST or None,
        absent=colleagues if runs else own,
        stand_ins=[*colleagues, *(neighbours_of(found) if runs else [])],
        initial={"absent": str(request.user.pk), "start": timezone.localdate()},
    )
    if form.is_valid():
        said = form.cleaned_data
        if done(
            request,
            lambda: arrange_stand_in(
                chosen(said["absent"]),
                found,
                stand_in=chosen(said["stand_in"]),
                start=said["start"],
                end=said["end"],
                urgent=said["urgent"],
                by=request.user,
            ),
            _("Vikariatet er aftalt. Det slutter af sig selv."),
            form,
        ):
            return _back(request, found.pk)
    return render(request, "handover/stand_in.html", {"form": form, "office": found, "runs": runs})


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a stand-in today."""
    running = run_by(request.viewer)
    with seeing(running):
        found = visible(request.viewer, StandIn).select_related("absent", "organisation").filter(pk=pk).first()
    if found is None or (found.organisation_id not in running and found.absent != request.user):
        raise Http404
    done(request, lambda: end_stand_in(found, day=timezone.localdate(), by=request.user), _("Vikariatet er slut."))
    return _back(request, found.organisation_id)


def _back(request: HttpRequest, office: int) -> HttpResponse:
    """Lead back to the office's page, or to the own."""
    if office in run_by(request.viewer):
        return redirect("handover:office", office)
    return redirect("handover:front")
