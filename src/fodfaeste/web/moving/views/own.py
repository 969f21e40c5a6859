"""The page on which a newcomer reads what goes along to their new municipality, and agrees or does not."""

from __future__ import annotations

from babel.dates import format_date
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.moving.domain.agreeing import agree_oneself
from fodfaeste.web.moving.domain.needed import agreement_of, fingerprint, signs_alone
from fodfaeste.web.moving.forms import OwnConsentForm
from fodfaeste.web.moving.models import Mover
from fodfaeste.web.moving.texts import language_of, reading, say
from fodfaeste.web.newcomer import drafts
from fodfaeste.web.newcomer.pages import context, own
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.views.rooms import done


@own
def agree(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Show what goes along, and take their name under it."""
    rows = visible(request.viewer, Mover).select_related("move__from_office").prefetch_related("agreements__consent")
    mover = rows.filter(move=pk, person=person).first()
    if mover is None:
        raise Http404
    spoken = language_of((get_language() or "da").partition("-")[0])
    agreed = agreement_of(mover, timezone.localdate())
    kept = None if request.method == "POST" else drafts.offered(request)
    form = OwnConsentForm(
        request.POST if request.method == "POST" else kept, initial={"seen": fingerprint(mover)}, language=spoken
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and done(
        request,
        lambda: agree_oneself(mover, language=spoken, **form.cleaned_data),
        say("thanks", spoken),
        form,
    ):
        return redirect("newcomer:first")
    said = None
    if agreed is not None:
        said = say("agreed", spoken, day=format_date(agreed.consent.given, "long", locale=spoken))
    shown = context(
        person=person,
        one=reading(mover.move, spoken),
        basis=mover.move.is_live and signs_alone(mover, timezone.localdate()),
        agreed=said,
        form=form,
        yes=say("yes", spoken),
    )
    return render(request, "moving/own.html", shown)
