"""A case that is offered to oneself: read, accepted or given back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.audit.reads import opened
from fodfaeste.web.handover.domain.handovers import accept, give_back
from fodfaeste.web.handover.domain.later import later_offers
from fodfaeste.web.handover.domain.packet import standings
from fodfaeste.web.handover.forms import ReturnForm
from fodfaeste.web.handover.models import HandedCase
from fodfaeste.web.programme.views.rooms import done

ACCEPT = "modtag"


@login_required
def offered(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a case that is offered, with where it stands, and take the answer."""
    case = visible_or_404(
        request.viewer, HandedCase, pk=pk, receiver=request.user, state=HandedCase.State.OFFERED, handover__closed=None
    )
    opened(request, case.person)
    answered, form = _answered(request, case, _("Sagen er nu din."))
    if answered is not None:
        return answered
    found = standings([case.person], {case.person_id: case}, request.viewer, today=timezone.localdate())
    return render(request, "handover/offered.html", {"case": case, "standing": found[0], "form": form})


@login_required
def later(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answer to an offered case that begins later; of the person nothing is shown until then."""
    case = get_object_or_404(later_offers(request.viewer, timezone.localdate()), pk=pk)
    answered, form = _answered(request, case, _("Sagen er din fra den dag."))
    return answered or render(request, "handover/offered_later.html", {"case": case, "form": form})


def _answered(request: HttpRequest, case: HandedCase, words: str) -> tuple[HttpResponse | None, ReturnForm]:
    """Do what was answered, if anything was; give where that leads, and the form to give the case back by."""
    accepts = request.POST.get("do") == ACCEPT
    form = ReturnForm(None if accepts else request.POST or None)
    if accepts and done(request, lambda: accept(case, by=request.user), words):
        return redirect("programme:today"), form
    if form.is_valid() and done(
        request,
        lambda: give_back(case, reason=form.cleaned_data["reason"], by=request.user),
        _("Sagen er givet tilbage."),
        form,
    ):
        return redirect("handover:front"), form
    return None, form
