"""Deletion by rule: what the rule is, who is due soon, what holds deletions up, and what was deleted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.chain.views.chain import for_keepers
from fodfaeste.web.placement.desk.domain.decisions import TOLD
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.permissions import is_officer
from fodfaeste.web.placement.desk.views.doors import of_household
from fodfaeste.web.placement.keeping import words
from fodfaeste.web.placement.keeping.domain import holds
from fodfaeste.web.placement.keeping.due import MONTHS, keeping_of, rules_on, warned_until, with_keeping
from fodfaeste.web.placement.keeping.models import Erasure, Step
from fodfaeste.web.programme.views.rooms import done

LATEST = 100


@for_keepers
def keeping(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show the rule and what it does; households themselves only to who works at the desk."""
    today = timezone.localdate()
    rows = visible(request.viewer, Arrival).filter(organisation=office, state__in=TOLD, erased=False)
    known = [(one, keeping_of(one, today)) for one in with_keeping(rows)]
    until = warned_until(today)
    soon = [(one, kept.next) for one, kept in known if not kept.held and kept.next and kept.next[1] <= until]
    log = visible(request.viewer, Erasure).filter(organisation=office)[:LATEST]
    context = {
        "at_desk": is_officer(request.viewer),
        "rules": _rules(today),
        "until": until,
        "soon": [
            (one, words.capital(Step(step).label), day, day <= today)
            for one, (step, day) in sorted(soon, key=lambda row: row[1][1])
        ],
        "held": [(one, words.HELD[kept.held]) for one, kept in known if kept.held],
        "log": [(one, words.counted(one.counts)) for one in log],
    }
    return render(request, "placement/keeping.html", context)


@require_POST
@of_household
def hold(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Hold a deletion up, or lift that."""
    if request.POST.get("act") == "lift":
        done(request, lambda: holds.lift_hold(arrival, by=request.user), _("Sletningen følger reglen igen."))
    else:
        reason = request.POST.get("reason", "")[:500]
        done(request, lambda: holds.set_hold(arrival, reason=reason, by=request.user), _("Sletningen er i bero."))
    return redirect(arrival)


def _rules(today: Any) -> list[dict[str, Any]]:
    """Tell the rule's numbers, each with its source and how sure it is."""
    rules, lang = rules_on(today), "en" if get_language() == "en" else "da"
    told = {Step(step).label: rules.at(name) for step, name in MONTHS.items()}
    return [
        {
            "what": words.capital(label),
            "months": value.value,
            "source": value.source,
            "certainty": value.certainty,
            "note": value.note.get(lang, ""),
        }
        for label, value in told.items()
    ]
