"""The desk: the list of those who arrive, one household with its best places, and what is decided about it."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.placement.chain.permissions import last_check_found
from fodfaeste.web.placement.desk import judged, place_words, words
from fodfaeste.web.placement.desk.case import Case, case_of, household_facts
from fodfaeste.web.placement.desk.computing import with_all
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.domain.arrivals import add_arrival, change_arrival
from fodfaeste.web.placement.desk.domain.asking import asked_of
from fodfaeste.web.placement.desk.forms import (
    AnswerForm,
    DecisionForm,
    HouseholdForm,
    WordsForm,
    members_formset,
    wishes_formset,
)
from fodfaeste.web.placement.desk.letter import letter_of
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish, ArrivingPerson, PlacementRecord
from fodfaeste.web.placement.desk.views.doors import for_officers, of_household
from fodfaeste.web.placement.floors.words import of_household as floor_words
from fodfaeste.web.placement.keeping import words as keeping_words
from fodfaeste.web.placement.keeping.due import keeping_of, with_keeping
from fodfaeste.web.placement.keeping.models import Erasure
from fodfaeste.web.placement.lots.words import of_household as lot_words
from fodfaeste.web.placement.prices.words import UNPRICED
from fodfaeste.web.placement.rounds.permissions import agencies
from fodfaeste.web.programme.views.rooms import done

UNREADABLE = 422


@for_officers
def arrivals(request: HttpRequest) -> HttpResponse:
    """List the households that arrive: those who wait first."""
    state = request.GET.get("tilstand", "")
    state = state if state in Arrival.State.values else "waiting"
    own = visible(request.viewer, Arrival).filter(organisation__in=agencies(request.viewer))
    rows = decisions.with_objections(own.filter(state=state)).prefetch_related("members", "wishes", "askings")
    told = [
        (one, len(one.members.all()), words.place_name(one.place) if one.place else "", asked_of(one)) for one in rows
    ]
    context = {
        "rows": told,
        "state": state,
        "states": Arrival.State.choices,
        "records_wrong": last_check_found(request.viewer),
    }
    return render(request, "placement/arrivals.html", context)


@for_officers
def arrival_new(request: HttpRequest) -> HttpResponse:
    """Write a household down."""
    return _write(request, None)


@of_household
def arrival_edit(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Change a household as long as it waits."""
    if arrival.state != Arrival.State.WAITING:
        return redirect(arrival)
    return _write(request, arrival)


@of_household
def arrival(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show a household: its best places while it waits, then what was decided and why."""
    if arrival.erased:
        return _erased(request, arrival)
    if arrival.state == Arrival.State.WAITING:
        return _at_the_desk(request, arrival, None)
    return _decided(request, arrival)


@require_POST
@of_household
def decide(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Decide on a place."""
    return _at_the_desk(request, arrival, request.POST)


@require_POST
@of_household
def undo(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Take a decision back."""
    text = request.POST.get("text", "")
    done(request, lambda: decisions.undo(arrival, text=text, by=request.user), _("Afgørelsen er fortrudt."))
    return redirect(arrival)


@require_POST
@of_household
def send(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Send a decision to the municipality."""
    done(request, lambda: decisions.send(arrival, by=request.user), _("Afgørelsen er sendt."))
    return redirect(arrival)


@require_POST
@of_household
def objection(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Write an objection down."""
    form = WordsForm(request.POST)
    if form.is_valid() and done(
        request,
        lambda: decisions.note_objection(arrival, text=form.cleaned_data["text"], by=request.user),
        _("Klagen er skrevet ned."),
        form,
    ):
        return redirect(arrival)
    return _decided(request, arrival, objection=form, status=UNREADABLE)


@require_POST
@of_household
def answer(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Answer an objection."""
    form = AnswerForm(request.POST)
    if form.is_valid() and done(
        request,
        lambda: decisions.answer_objection(arrival, by=request.user, **form.cleaned_data),
        _("Klagen er besvaret."),
        form,
    ):
        return redirect(arrival)
    return _decided(request, arrival, answer=form, status=UNREADABLE)


@of_household
def letter(_request: HttpRequest, arrival: Arrival) -> HttpResponseBase:
    """Give the statement of reasons as a letter."""
    record = last_decision(arrival)
    if record is None or not arrival.place or arrival.erased:
        return redirect(arrival)
    return FileResponse(
        io.BytesIO(letter_of(arrival, record)),
        content_type="application/pdf",
        filename=f"begrundelse-{arrival.reference}.pdf",
    )


def last_decision(arrival: Arrival) -> PlacementRecord | None:
    """Give the record of the decision that holds, or held last."""
    return arrival.records.filter(act=PlacementRecord.Act.DECIDED).order_by("-pk").first()


def _at_the_desk(request: HttpRequest, arrival: Arrival, data: Any) -> HttpResponse:
    try:
        case = case_of(arrival)
    except (Refused, BadInput) as refusal:
        return render(request, "placement/no_case.html", _about(arrival) | {"refusal": str(refusal)}, status=UNREADABLE)
    form = _decision_form(case, data)
    if data is not None and form.is_valid():
        made = form.cleaned_data
        act = lambda: decisions.decide(arrival, by=request.user, **made)  # noqa: E731 - what `done` does
        if done(request, act, _("Husstanden er placeret. Afgørelsen kan fortrydes, til den er sendt."), form):
            return redirect(arrival)
    options = [place_words.option_words(one, case.facts) for one in case.facts["options"]]
    context = {
        **_about(arrival, case.arrival),
        "facts": case.facts,
        "options": options,
        "why": words.why(case.facts),
        "changes": words.changes(case.facts),
        "own_best": judged.own_best_words(case.facts),
        "form": form,
        "ruled_out": [(one["name"], place_words.ruled_out_words(one)) for one in case.facts["ruled_out"]],
        "unlike": words.unlike(case.facts),
        "floors": floor_words(case.facts),
        "lot": lot_words(case.facts),
        "unpriced": UNPRICED.get(case.facts["unpriced"], ""),
    }
    return render(request, "placement/desk.html", context, status=UNREADABLE if form.errors else 200)


def _decision_form(case: Case, data: Any) -> DecisionForm:
    problem = case.plan.problem
    may = problem.may(problem.households.index(case.arrival.reference))
    size = case.facts["household"]["persons"]
    shown = [one["code"] for one in case.facts["options"]]
    open_ = [place for place, is_open in zip(case.desk.places, may, strict=True) if is_open and place.left >= size]
    first = sorted(
        open_,
        key=lambda place: (place.code not in shown, shown.index(place.code) if place.code in shown else 0, place.name),
    )
    places = [
        (
            place.code,
            _("%(place)s (første forslag)") % {"place": place.name}
            if place.code == case.facts["proposed"]
            else place.name,
        )
        for place in first
    ]
    return DecisionForm(data, places=places, initial={"seen": case.mark, "code": case.facts["proposed"]})


def _decided(request: HttpRequest, arrival: Arrival, *, status: int = 200, **forms: Any) -> HttpResponse:
    record = last_decision(arrival)
    facts = record.facts if record else {}
    context = {
        **_about(arrival),
        "record": record,
        "facts": facts,
        "why": words.why(facts) if facts else "",
        "own_best": judged.own_best_words(facts) if facts else "",
        "floors": floor_words(facts),
        "lot": lot_words(facts),
        "reason": words.REASONS.get(facts.get("decision", {}).get("reason_code", ""), ""),
        "options": [place_words.option_words(one, facts) for one in facts.get("options", [])],
        "place": words.place_name(arrival.place) if arrival.place else "",
        "open_objection": decisions.open_objection(arrival),
        "objection": forms.get("objection") or WordsForm(),
        "answer": forms.get("answer") or AnswerForm(initial={"reopen": "0"}),
        **_kept_until(arrival),
    }
    return render(request, "placement/decided.html", context, status=status)


def _kept_until(arrival: Arrival) -> dict[str, Any]:
    """Say when a household's data are deleted, and what holds that up."""
    found = keeping_of(with_keeping(Arrival.objects.filter(pk=arrival.pk)).get(), timezone.localdate())
    return {"keeping": list(keeping_words.sentences(found)), "hold": arrival.holds.filter(lifted=None).first()}


def _erased(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show what is left of a household whose data are deleted by rule."""
    record = last_decision(arrival)
    context = {
        "arrival": arrival,
        "place": words.place_name(arrival.place) if arrival.place else "",
        "record": record,
        "facts": record.facts if record else {},
        "reason": words.REASONS.get(record.facts["decision"]["reason_code"], "") if record else "",
        "records": arrival.records.all(),
        "erasures": visible(request.viewer, Erasure).filter(arrival=arrival.pk).order_by("pk"),
    }
    return render(request, "placement/erased.html", context)


def _about(arrival: Arrival, loaded: Arrival | None = None) -> dict[str, Any]:
    """Give what every page tells of a household; `loaded` with all that its placement needs, where it is at hand."""
    found = loaded or with_all(Arrival.objects.filter(pk=arrival.pk)).get()
    told = household_facts(found)
    of_their_own = [one.origin == ArrivalWish.Origin.HOUSEHOLD for one in found.wishes.all()]
    said = [
        {**one, "words": words.wish_words(one), "own": own, "soft": words.is_soft(one)}
        for one, own in zip(told["wishes"], of_their_own, strict=True)
    ]
    return {
        "arrival": arrival,
        "asked": asked_of(found),
        "household": told,
        "wishes": [one for one in said if one["soft"]],
        "conditions": [one for one in said if not one["soft"]],
        "members": found.members.all(),
        "records": arrival.records.all(),
    }


def _write(request: HttpRequest, arrival: Arrival | None) -> HttpResponse:
    others = (
        visible(request.viewer, Arrival).filter(organisation__in=agencies(request.viewer)).exclude(state="received")
    )
    initial, members, wishes = {}, [], []
    if arrival is not None:
        others = others.exclude(pk=arrival.pk)
        initial = {name: getattr(arrival, name) for name in HouseholdForm.base_fields}
        members = list(arrival.members.values(*_names(ArrivingPerson)))
        wishes = list(arrival.wishes.values(*_names(ArrivalWish)))
    data = request.POST if request.method == "POST" else None
    form = HouseholdForm(data, viewer=request.viewer, others=others, initial=initial)
    people = members_formset(data, members)
    said = wishes_formset(data, wishes)
    if data is not None and all([form.is_valid(), people.is_valid(), said.is_valid()]):
        household = dict(form.cleaned_data)
        office, version = household.pop("organisation"), household.pop("version")
        rows = {"household": household, "members": kept(people), "wishes": kept(said), "by": request.user}
        made: list[Arrival] = []
        act = (
            (lambda: made.append(add_arrival(office, **rows)))
            if arrival is None
            else (lambda: made.append(change_arrival(arrival, version=version, **rows)))
        )
        if done(request, act, _("Husstanden er gemt."), form):
            return redirect(made[0])
    judged = words.how_judged()
    context = {"form": form, "members": people, "wishes": said, "arrival": arrival, "judged": judged}
    return render(request, "placement/arrival_form.html", context, status=200 if data is None else UNREADABLE)


def _names(model: Any) -> list[str]:
    left_out = {"id", "arrival", "case_number"}
    return [field.name for field in model._meta.concrete_fields if field.name not in left_out]


def kept(rows: Any) -> list[dict[str, Any]]:
    """Give the rows that are filled in: those that were there and stayed as they were, too."""
    found = [form.cleaned_data for form in rows.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return [{name: value for name, value in row.items() if name != "DELETE"} for row in found]
