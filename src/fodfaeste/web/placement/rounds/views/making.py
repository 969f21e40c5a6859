"""Pages on which a round is made: begun, changed, published, gone on from, closed."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.placement.rounds.computing import rules_of
from fodfaeste.web.placement.rounds.domain import rounds as domain
from fodfaeste.web.placement.rounds.forms import BeginForm, NationalForm, RevisionForm
from fodfaeste.web.placement.rounds.letter import letters
from fodfaeste.web.placement.rounds.models import QuotaRound
from fodfaeste.web.placement.rounds.views.doors import acts, for_officers
from fodfaeste.web.placement.rounds.words import finding
from fodfaeste.web.programme.views.rooms import done


@for_officers
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the round of a year."""
    form = BeginForm(request.POST or None, viewer=request.viewer)
    if form.is_valid():
        made: list[QuotaRound] = []
        if done(
            request,
            lambda: made.append(domain.begin_round(by=request.user, **form.cleaned_data)),
            _("Runden er begyndt. Nu mangler tallene."),
            form,
        ):
            return redirect("placement:round-figures", made[0].pk)
    return render(request, "placement/begin.html", {"form": form})


@require_POST
@acts
def national(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Give a draft another national number."""
    form = NationalForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "round": round_}
        return render(request, "placement/national.html", context, status=422)
    number = form.cleaned_data["national"]
    done(request, lambda: domain.set_national(round_, number, by=request.user), _("Landstallet er ændret."))
    return redirect(round_)


@acts
def publish_round(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Show what is to be published, and publish it."""
    if request.method == "POST":
        done(request, lambda: domain.publish(round_, by=request.user), _("Kvoterne er offentliggjort."))
        return redirect(round_)
    lines = list(round_.lines.all())
    context = {"round": round_, "finding": finding(lines), "municipalities": len(lines)}
    return render(request, "placement/publish.html", context)


@require_POST
@acts
def go_on(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Go on from what is published: to fixed quotas, or for Ukraine to the next persons."""
    begins = domain.begin_tranche if round_.track == QuotaRound.Track.UKRAINE else domain.begin_fixing
    return _after(request, round_, lambda: begins(round_, by=request.user))


@acts
def change_in_year(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Say whether the national number must be changed, and begin the version that changes it."""
    asked = request.POST or (request.GET if "expected" in request.GET else None)
    form = RevisionForm(asked)
    change = None
    if form.is_valid():
        found = form.cleaned_data
        change = domain.revision(round_, found["expected"])
        if request.method == "POST":
            made: list[QuotaRound] = []
            if done(
                request, lambda: made.append(domain.begin_revision(round_, by=request.user, **found)), _begun(), form
            ):
                return redirect(made[0])
    thresholds = [(name, value) for name, value in rules_of(round_).values.items() if name.startswith("revise_")]
    context = {"round": round_, "form": form, "change": change, "thresholds": thresholds}
    return render(request, "placement/change.html", context)


def _begun() -> str:
    return _("En ny version er begyndt. De kvoter, der gælder, bliver stående, til den er offentliggjort.")


def _after(request: HttpRequest, round_: QuotaRound, begins: Callable[[], QuotaRound]) -> HttpResponse:
    made: list[QuotaRound] = []
    done(request, lambda: made.append(begins()), _begun())
    return redirect(made[0] if made else round_)


@require_POST
@acts
def close_round(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Close a round."""
    done(request, lambda: domain.close(round_, by=request.user), _("Runden er afsluttet."))
    return redirect(round_)


@require_POST
@acts
def discard_round(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Throw a draft away."""
    if done(request, lambda: domain.discard(round_, by=request.user), _("Kladden er slettet.")):
        return redirect("placement:rounds")
    return redirect(round_)


@acts
def all_letters(_request: HttpRequest, round_: QuotaRound) -> HttpResponseBase:
    """Give the letters to all municipalities in one file."""
    lines = sorted(round_.lines.all(), key=lambda line: line.name)
    if not lines:
        return redirect(round_)
    made = letters(round_, lines, lines, on=timezone.localdate())
    name = f"kvoter-{round_.year}-{round_.number}.pdf"
    return FileResponse(io.BytesIO(made), content_type="application/pdf", filename=name)
