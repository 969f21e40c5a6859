"""What concerns oneself, and the packet: begun, written, offered, stopped."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts import drafts
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.audit.reads import listed, opened
from fodfaeste.web.handover.domain.cases import held_by, later_of
from fodfaeste.web.handover.domain.handovers import begin_handover, cancel_handover, offer, tell
from fodfaeste.web.handover.domain.later import later_offers, offer_later
from fodfaeste.web.handover.domain.packet import offered_to, packet_of, standings
from fodfaeste.web.handover.forms import BeginForm, LaterForm, LineForm, OfferForm
from fodfaeste.web.handover.models import HandedCase, Handover, StandIn
from fodfaeste.web.handover.permissions import INVOLVED, run_by
from fodfaeste.web.handover.views.rooms import (
    chosen,
    handover_or_404,
    office_or_404,
    own_or_404,
    receivers_of,
    workers_of,
)
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.drafts import drop_draft
from fodfaeste.web.programme.models import Draft
from fodfaeste.web.programme.views.rooms import done

ALL, NEXT = "alle", "naeste"
"""Buttons: offer all; save and go to the next."""


@login_required
def front(request: HttpRequest) -> HttpResponse:
    """Show what is offered to oneself, what one hands on, and who stands in; who runs one office is led to its page."""
    viewer = request.viewer
    running = run_by(viewer)
    if not viewer.casework:
        if not running:
            raise PermissionDenied
        return redirect("handover:office", min(running))
    offices = Organisation.objects.filter(pk__in=viewer.casework | running).order_by("name")
    under_way = visible(viewer, Handover).filter(closed=None).select_related("worker", "organisation")
    now = visible(viewer, StandIn).filter(end__gt=timezone.localdate())
    context = {
        "offered": offered_to(viewer),
        "later": later_offers(viewer, timezone.localdate()),
        "handovers": [row for row in under_way if row.organisation_id in viewer.casework],
        "stand_ins": now.select_related("absent", "stand_in", "organisation"),
        "offices": offices,
        "running": running,
    }
    return render(request, "handover/front.html", context)


@login_required
def begin(request: HttpRequest, office: int) -> HttpResponse:
    """Begin to hand on: a worker the own cases, whoever runs the office anybody's."""
    viewer = request.viewer
    found = office_or_404(viewer, office, INVOLVED)
    runs = found.pk in run_by(viewer)
    workers = workers_of(found) if runs else [(str(request.user.pk), str(request.user))]
    form = BeginForm(request.POST or None, workers=workers, initial={"worker": str(request.user.pk)})
    if form.is_valid():
        begun: list[Handover] = []

        def act() -> None:
            worker = chosen(form.cleaned_data["worker"])
            begun.append(begin_handover(worker, found, leaves=form.cleaned_data["leaves"], by=request.user))

        if done(request, act, _("Overdragelsen er begyndt."), form):
            if found.pk in viewer.casework:
                return redirect("handover:packet", begun[0].pk)
            return redirect("handover:office", found.pk)
    return render(request, "handover/begin.html", {"form": form, "office": found})


@login_required
def packet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every case of a handover on one page, to be written, offered and printed."""
    return _page(request, handover_or_404(request.viewer, pk, CASEWORK))


def _page(request: HttpRequest, handover: Handover, form: OfferForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    found = packet_of(handover, request.viewer, today=today)
    listed(request, [case.person for case in found.cases] + [row.person for row in found.accepted])
    own = handover.worker == request.user
    writes = own and handover.closed is None
    if writes and form is None:
        form = OfferForm(receivers=receivers_of(handover.organisation, handover.worker))
    context = {
        "handover": handover,
        "packet": found,
        "own": own,
        "writes": writes,
        "form": form,
        "untold": next((case for case in found.cases if case.told is None or not case.told.told), None),
        "days": (handover.leaves - today).days,
    }
    return render(request, "handover/packet.html", context)


@login_required
def line(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Write the line of a case, with where it stands beside; from one case without a line to the next."""
    handover = own_or_404(request.viewer, pk)
    found = visible_or_404(request.viewer, Person, pk=person)
    opened(request, found)
    told = visible(request.viewer, HandedCase).filter(handover=handover, person=found).first()
    kept = {"told": told.told, "matters": told.matters} if told else {}
    sent = request.POST if request.method == "POST" else drafts.offered(request)
    form = LineForm(sent, initial=kept)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            request,
            lambda: tell(handover, found, by=request.user, **form.cleaned_data),
            _("Linjen er gemt."),
            form,
        )
    ):
        return _on(request, handover)
    cases = {} if told is None else {found.pk: told}
    standing = standings([found], cases, request.viewer, today=timezone.localdate())[0]
    return render(request, "handover/line.html", {"handover": handover, "standing": standing, "form": form})


def _on(request: HttpRequest, handover: Handover) -> HttpResponse:
    """Lead to the next case without a line where that is asked for and there is one; else to the packet."""
    if NEXT in request.POST:
        written = visible(request.viewer, HandedCase).filter(handover=handover).exclude(told="")
        held = held_by(handover.worker, handover.organisation, timezone.localdate())
        held = held.exclude(person__in=written.values("person")).order_by("person__family_name", "person__given_name")
        row = held.first()
        if row is not None:
            return redirect("handover:line", handover.pk, row.person_id)
    return redirect("handover:packet", handover.pk)


@require_POST
@login_required
def discard(request: HttpRequest, pk: int, draft: int) -> HttpResponse:
    """Discard what oneself has not saved of a person."""
    handover = own_or_404(request.viewer, pk)
    found = visible_or_404(request.viewer, Draft, pk=draft)
    opened(request, found.person)
    drop_draft(by=request.user, address=found.address, person=found.person)
    messages.success(request, _("Kladden er kasseret."))
    return redirect("handover:packet", handover.pk)


@require_POST
@login_required
def offer_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the chosen cases, or all that nobody is asked about, to a colleague."""
    handover = own_or_404(request.viewer, pk)
    form = OfferForm(request.POST, receivers=receivers_of(handover.organisation, handover.worker))
    if form.is_valid():
        persons = _chosen_persons(request, handover)
        receiver = chosen(form.cleaned_data["receiver"])
        words = ngettext("%(count)d sag er tilbudt %(who)s.", "%(count)d sager er tilbudt %(who)s.", len(persons))
        if done(
            request,
            lambda: offer(handover, persons, receiver=receiver, by=request.user),
            words % {"count": len(persons), "who": receiver},
            form,
        ):
            return redirect("handover:packet", handover.pk)
    return _page(request, handover, form)


@login_required
def offer_later_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer to a colleague the cases that begin later: the worker, or whoever runs the office."""
    handover = handover_or_404(request.viewer, pk, INVOLVED)
    own = handover.worker == request.user
    if not own and handover.organisation_id not in run_by(request.viewer):
        raise Http404
    form = LaterForm(request.POST or None, receivers=receivers_of(handover.organisation, handover.worker))
    if form.is_valid():
        receiver = chosen(form.cleaned_data["receiver"])
        if done(
            request,
            lambda: offer_later(handover, receiver=receiver, told=form.cleaned_data["told"], by=request.user),
            _("Sagerne, der begynder senere, er tilbudt %(who)s.") % {"who": receiver},
            form,
        ):
            return (
                redirect("handover:packet", handover.pk)
                if own
                else redirect("handover:office", handover.organisation_id)
            )
    with seeing([handover.organisation_id]):
        begins = later_of(handover.worker, handover.organisation, timezone.localdate()).order_by("start")
        days = list(begins.values_list("start", flat=True))
    context = {"handover": handover, "form": form, "days": days, "own": own}
    return render(request, "handover/later.html", context)


def _chosen_persons(request: HttpRequest, handover: Handover) -> list[Person]:
    if ALL in request.POST:
        found = packet_of(handover, request.viewer, today=timezone.localdate())
        return [case.person for case in found.cases if case.can_be_offered]
    named = [pk for pk in request.POST.getlist("sag") if pk.isdecimal()]
    return list(visible(request.viewer, Person).filter(pk__in=named))


@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a handover is to stop, and stop it."""
    handover = handover_or_404(request.viewer, pk, INVOLVED)
    runs = handover.organisation_id in run_by(request.viewer)
    if not runs and handover.worker != request.user:
        raise Http404
    if request.method == "POST" and done(
        request,
        lambda: cancel_handover(handover, by=request.user),
        _("Overdragelsen er stoppet. De sager, der ikke er modtaget, er stadig hos medarbejderen."),
    ):
        return redirect("handover:front")
    return render(request, "handover/cancel.html", {"handover": handover})
