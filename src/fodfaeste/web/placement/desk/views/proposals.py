"""Proposals for a week: everybody's place at once, what is locked and forbidden, and two beside each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import NOWHERE
from fodfaeste.place.compare import compare
from fodfaeste.place.evaluation.worth import at_places
from fodfaeste.report.document import Document, Points, Table, Text
from fodfaeste.report.place.comparison import comparison_document
from fodfaeste.report.words import Lang, Words
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.placement.desk import judged, words
from fodfaeste.web.placement.desk.domain import proposals as domain
from fodfaeste.web.placement.desk.domain.asking import asked_of
from fodfaeste.web.placement.desk.forms import ProposalForm
from fodfaeste.web.placement.desk.models import Proposal
from fodfaeste.web.placement.desk.views.doors import for_officers, of_proposal
from fodfaeste.web.placement.floors.words import of_proposal as floor_words
from fodfaeste.web.placement.lots.words import of_proposal as lot_words
from fodfaeste.web.placement.prices.words import UNPRICED
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422
WEEK = timedelta(days=6)
LOCK, FORBID, PROTECTS = "lock", "forbid", "protects"
COMPARED = ("outcomes", "groups")


@for_officers
def proposals(request: HttpRequest) -> HttpResponse:
    """List proposals, and begin one."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    data = request.POST if request.method == "POST" else None
    own = visible(request.viewer, Proposal)
    form = ProposalForm(data, viewer=request.viewer, own=own, initial={"first": monday, "last": monday + WEEK})
    if form.is_valid():
        told = dict(form.cleaned_data)
        office = told.pop("organisation")
        made: list[Proposal] = []
        if done(
            request,
            lambda: made.append(domain.propose(office, by=request.user, **told)),
            _("Forslaget er lavet."),
            form,
        ):
            return redirect(made[0])
    context = {"rows": own.select_related("made_by"), "form": form}
    return render(request, "placement/proposals.html", context, status=UNREADABLE if form.errors else 200)


@of_proposal
def proposal(request: HttpRequest, found: Proposal) -> HttpResponse:
    """Show a proposal; locks and forbids are sent back to be solved again."""
    if request.method == "POST":
        locks = dict(one.split(":", 1) for one in request.POST.getlist(LOCK) if ":" in one)
        forbids = [tuple(one.split(":", 1)) for one in request.POST.getlist(FORBID) if ":" in one]
        done(
            request,
            lambda: domain.set_terms(
                found, locks=locks, forbids=forbids, protects=request.POST.get(PROTECTS, ""), by=request.user
            ),
            _("Forslaget er regnet igen."),
        )
        return redirect(found)
    try:
        solved = domain.solved(found)
    except (Refused, BadInput) as refusal:
        context = {"proposal": found, "refusal": str(refusal), "kept": _kept(found), "limits": _limits()}
        return render(request, "placement/proposal.html", context, status=UNREADABLE)
    return render(request, "placement/proposal.html", {"proposal": found, **_shown(solved)})


@require_POST
@of_proposal
def discard(request: HttpRequest, found: Proposal) -> HttpResponse:
    """Throw a proposal away."""
    done(request, lambda: domain.discard(found, by=request.user), _("Forslaget er slettet."))
    return redirect("placement:proposals")


@for_officers
def beside(request: HttpRequest) -> HttpResponse:
    """Show two proposals beside each other."""
    own = visible(request.viewer, Proposal).filter(organisation__in=agencies(request.viewer))
    form = BesideForm(request.GET if "a" in request.GET else None, own=own)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            one, other = (domain.solved(form.cleaned_data[name]) for name in ("a", "b"))
            context["document"] = as_blocks(comparison_document(domain.beside(one, other), report_language()))
        except (Refused, BadInput) as refusal:
            form.add_error(None, str(refusal))
    return render(request, "placement/beside.html", context, status=UNREADABLE if form.errors else 200)


class BesideForm(forms.Form):
    """Chooses two proposals."""

    a = forms.ModelChoiceField(Proposal.objects.none(), label=gettext_lazy("Forslag A"))
    b = forms.ModelChoiceField(Proposal.objects.none(), label=gettext_lazy("Forslag B"))

    def __init__(self, *given: Any, own: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name in ("a", "b"):
            self.fields[name].queryset = own


def report_language() -> Lang:
    """Give the language of the library's reports that is nearest to that of the page."""
    return "en" if get_language() == "en" else "da"


def as_blocks(document: Document) -> dict[str, Any]:
    """Write a document of the library's out, so that a template can show it."""
    w = Words(document.lang, "page")
    sections = [
        {"heading": section.heading, "blocks": [one for block in section.printed if (one := _block(block, w))]}
        for section in document.sections
    ]
    return {"title": document.title, "subtitle": document.subtitle, "sections": sections, "lang": document.lang}


def _block(block: Any, w: Words) -> dict[str, Any] | None:
    if isinstance(block, Text):
        return {"text": block.text}
    if isinstance(block, Points):
        return {"points": block.items}
    if isinstance(block, Table):
        return {
            "title": block.title,
            "heads": [column.label for column in block.columns],
            "rows": [
                [w.cell(cell, column) for cell, column in zip(row, block.columns, strict=True)] for row in block.rows
            ],
            "base": f"{block.base} {block.note}".strip(),
        }
    return None


def _shown(solved: domain.Solved) -> dict[str, Any]:
    plan, desk = solved.plan, solved.desk
    problem, places = plan.problem, plan.where()
    work = at_places(problem.outcomes[desk.forecast.work], plan.place) if desk.forecast else None
    rows = []
    for row, arrival in enumerate(desk.arrivals):
        name = places[arrival.reference]
        place = desk.named(name) if name is not None else None
        met = desk.met(arrival, place) if place else ()
        rows.append(
            {
                "arrival": arrival,
                "persons": int(problem.persons[row]),
                "place": place,
                "work": "" if work is None or place is None else words.number(float(work[row])),
                "met": len(met),
                "asked": len([one for one in arrival.wishes.all() if one.is_soft]),
                "answer": asked_of(arrival),
                "locked": arrival.reference in solved.proposal.locks,
                "by_lot": arrival.reference in solved.lots.drawn,
            }
        )
    return {
        "rows": rows,
        "persons": int(problem.persons[plan.place != NOWHERE].sum()),
        "unplaced": int((plan.place == NOWHERE).sum()),
        "spread": len({one for one in places.values() if one is not None}),
        "sums": _sums(solved),
        "kept": _kept(solved.proposal),
        "model": desk.model,
        "floors": floor_words(solved.floors),
        "lots": lot_words(solved.lots),
        "unpriced": UNPRICED.get(desk.unpriced, ""),
        "limits": _limits(),
        "cost": words.number(solved.cost) if solved.proposal.protects else "",
        **judged.in_words(desk, plan, solved.chances),
    }


def _limits() -> list[tuple[str, str]]:
    """Give the limits below which nobody may get, to choose from."""
    return list(Proposal.Protects.choices)


def _sums(solved: domain.Solved) -> list[tuple[str, str]]:
    """Say what the proposal adds up to, as the library compares it."""
    names = {}
    if forecast := solved.desk.forecast:
        work, staying = ({"months": forecast.months[kind]} for kind in ("work", "staying"))
        names[forecast.work] = _("Voksne i arbejde efter %(months)d måneder") % work
        names[forecast.staying] = _("Voksne, der bor der efter %(months)d måneder") % staying
    told = compare(solved.plan, solved.plan)
    sums = [
        (names[row["outcome"]], words.number(row["b"]))
        for row in told.outcomes.iter_rows(named=True)
        if row["outcome"] in names
    ]
    wishes = told.wishes.row(1, named=True)
    answered = sum(asked_of(one).is_answer for one in solved.desk.arrivals)
    return [
        *sums,
        (_("Husstande, der får deres første ønske"), f"{wishes['first']} / {wishes['said']}"),
        (_("Husstande, der har svaret om deres ønsker"), f"{answered} / {len(solved.desk.arrivals)}"),
    ]


def _kept(proposal: Proposal) -> list[dict[str, str]]:
    """Say what is forbidden, so that it can be kept or let go."""
    return [{"value": f"{key}:{code}", "key": key, "place": words.place_name(code)} for key, code in proposal.forbids]
