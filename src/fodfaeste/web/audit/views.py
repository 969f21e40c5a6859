"""Pages of the logs: they connect, and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.roles import WITH_A_REASON
from fodfaeste.web.audit import access, lists
from fodfaeste.web.audit.context import ONESELF, also_see
from fodfaeste.web.audit.domain import samples
from fodfaeste.web.audit.forms import AnswerForm, DrawForm, ReasonForm
from fodfaeste.web.audit.models import Change, Opening, Sample, SampleLine
from fodfaeste.web.audit.permissions import asked_of, protected_by
from fodfaeste.web.audit.reads import opened
from fodfaeste.web.audit.words import page_of
from fodfaeste.web.base.lists import answer

LIST = "audit/list.html"


@dataclass(frozen=True)
class Asked:
    """An opening in a sample as its page shows it; without a form where no answer is wanted of this viewer."""

    line: SampleLine
    page: str
    form: AnswerForm | None


@login_required
def reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why somebody opens the file of a person that they do not work with, and lead them there."""
    person = access.watched_or_404(request.viewer, pk, request.viewer.organisations(WITH_A_REASON))
    form = ReasonForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_valid():
        access.give_reason(request, pk, form.cleaned_data["reason"])
        return redirect(_within(request, form.cleaned_data["next"]))
    return render(request, "audit/reason.html", {"form": form, "case_number": person.case_number})


@login_required
def search(request: HttpRequest) -> HttpResponseBase:
    """List openings by day and user."""
    offices = _protected_or_404(request)
    also_see(organisations=offices)
    rows = lists.with_case_numbers(_openings(request), request.viewer, offices)
    return answer(request, lists.OPENINGS, rows, template=LIST, context={"links": _links()})


@login_required
def without_relation(request: HttpRequest) -> HttpResponseBase:
    """List openings that took a reason: this is how the protection officer is told."""
    offices = _protected_or_404(request)
    also_see(organisations=offices)
    rows = lists.with_case_numbers(_openings(request).exclude(reason=""), request.viewer, offices)
    return answer(request, lists.WITHOUT_RELATION, rows, template=LIST, context={"links": _links()})


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the protection officer who has opened a person's file."""
    offices = _protected_or_404(request)
    found = access.watched_or_404(request.viewer, pk, offices)
    opened(request, found)
    also_see(organisations=offices)
    rows = _openings(request).filter(person=pk)
    return answer(request, lists.OF_PERSON, rows, template=LIST, context=_about(found))


@login_required
def changes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the protection officer what was changed about a person, and by whom."""
    offices = _protected_or_404(request)
    found = access.watched_or_404(request.viewer, pk, offices)
    opened(request, found)
    also_see(organisations=offices)
    rows = visible(request.viewer, Change).filter(person=pk).select_related("user")
    return answer(request, lists.CHANGES, rows, template=LIST, context=_about(found))


@login_required
def own(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what a person may know of their log, for handing over: when, what and what for, and not who."""
    found = visible(request.viewer, access.person_model()).filter(pk=pk).first()
    offices = protected_by(request.viewer)
    if found is None:
        found = access.watched_or_404(request.viewer, pk, offices)
    opened(request, found)
    also_see(organisations=offices)
    # The person came through the gate; the lines about them are theirs.
    rows = Opening.objects.filter(person=found.pk).exclude(words=ONESELF).select_related("organisation")
    return answer(request, lists.OWN, rows, template="audit/own.html", context={"person": found})


@login_required
def sample_list(request: HttpRequest) -> HttpResponseBase:
    """List the samples with how far they are."""
    _asked_or_404(request)
    offices = protected_by(request.viewer)
    context = {"draw": DrawForm(offices=offices)} if offices else {}
    return answer(request, lists.SAMPLES, _samples(request), template="audit/samples.html", context=context)


@login_required
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw the sample of a month."""
    form = DrawForm(request.POST, offices=_protected_or_404(request))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(errors))
        return redirect("audit:samples")
    try:
        sample = samples.draw_sample(**form.cleaned_data, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("audit:samples")
    return redirect("audit:sample", sample.pk)


@login_required
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sample, and take answers to it."""
    found = visible_or_404(request.viewer, Sample, pk=pk)
    offices = asked_of(request.viewer)
    also_see(organisations=offices)
    asked = [
        Asked(line, page_of(line.opening), _answer_form(request, line)) for line in _lines(request, found, offices)
    ]
    if request.method == "POST" and all(one.form is None or one.form.is_valid() for one in asked):
        _answer(request, asked)
        return redirect("audit:sample", found.pk)
    return render(request, "audit/sample.html", {"sample": found, "asked": asked, "days": samples.DAYS_TO_ANSWER})


def _answer(request: HttpRequest, asked: list[Asked]) -> None:
    taken = 0
    for one in asked:
        if one.form is None or not one.form.cleaned_data["needed"]:
            continue
        said = one.form.cleaned_data
        try:
            samples.answer_line(line=one.line, needed=said["needed"] == "yes", why=said["why"], by=request.user)
            taken += 1
        except Refused as error:
            messages.error(request, str(error))
    messages.success(request, _("%(taken)d svar er gemt.") % {"taken": taken})


def _answer_form(request: HttpRequest, line: SampleLine) -> AnswerForm | None:
    """Give the form of an opening that is not answered yet and was not one's own."""
    if line.at is not None or line.opening.user_id == request.user.pk:
        return None
    return AnswerForm(request.POST if request.method == "POST" else None, prefix=str(line.pk))


def _lines(request: HttpRequest, found: Sample, offices: frozenset[int]) -> Any:
    rows = visible(request.viewer, SampleLine).filter(sample=found)
    rows = rows.select_related("opening__user", "opening__organisation", "by").order_by("opening__at", "pk")
    return lists.with_case_numbers(rows, request.viewer, offices, person="opening__person")


def _samples(request: HttpRequest) -> Any:
    late = Case(When(made__lt=samples.overdue_before(), then="open"), default=Value(0))
    return (
        visible(request.viewer, Sample)
        .select_related("organisation")
        .annotate(
            drawn=Count("lines"),
            open=Count("lines", filter=Q(lines__needed=None)),
            not_needed=Count("lines", filter=Q(lines__needed=False)),
        )
        .annotate(late=late)
    )


def _openings(request: HttpRequest) -> Any:
    return visible(request.viewer, Opening).select_related("user", "organisation")


def _protected_or_404(request: HttpRequest) -> frozenset[int]:
    return _some_or_404(protected_by(request.viewer))


def _asked_or_404(request: HttpRequest) -> frozenset[int]:
    return _some_or_404(asked_of(request.viewer))


def _some_or_404(offices: frozenset[int]) -> frozenset[int]:
    if not offices:
        raise Http404
    return offices


def _links() -> list[tuple[str, str]]:
    return [
        (_("Alle opslag"), reverse("audit:search")),
        (_("Åbnet uden relation"), reverse("audit:without-relation")),
        (_("Stikprøver"), reverse("audit:samples")),
    ]


def _about(person: Any) -> dict[str, Any]:
    """Give what pages about one person's log have besides the list."""
    to = [(_("Opslag"), "audit:person"), (_("Ændringer"), "audit:changes"), (_("Personens egen log"), "audit:own")]
    return {"person": person, "links": [(words, reverse(name, args=[person.pk])) for words, name in to]}


def _within(request: HttpRequest, address: str) -> str:
    """Give an address of this site, or the front page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("front")
