"""Pages that show a round: to its officers, and once it is published to leaders and analysts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fodfaeste.errors import BadInput
from fodfaeste.place.quota import Difference, differences
from fodfaeste.place.rule_sets import RuleSet
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import Column, List, answer, containing, one_of, ticked
from fodfaeste.web.placement.chain.permissions import kept_by
from fodfaeste.web.placement.rounds.computing import COUNTS, answers_to, computed, frame_of, rules_of, uses_formula
from fodfaeste.web.placement.rounds.deadlines import days_of, reader_language, source_of
from fodfaeste.web.placement.rounds.forms import WhatIfForm
from fodfaeste.web.placement.rounds.letter import letters
from fodfaeste.web.placement.rounds.map import drawn
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound
from fodfaeste.web.placement.rounds.permissions import agencies, makes, rounds_for
from fodfaeste.web.placement.rounds.views.doors import for_readers, reads
from fodfaeste.web.placement.rounds.words import (
    CONDITIONS,
    REASONS,
    Totals,
    failed_in_words,
    finding,
    steps_of,
    why_heading,
    why_in_words,
)

NAMED = {
    "formula": _("Formlen"),
    "zero_floor": _("Nul ved et tal under 0"),
    "reduction": _("Nedsættelsen"),
    "rounding": _("Afrundingen"),
    "immigrants_counted": _("Hvem der tæller som indvandrere og flygtninge"),
    "family_counted": _("Hvem der tæller som familiesammenførte"),
    "persons_at_a_time": _("Personer ad gangen"),
}
"""Parameters of the rules whose sources the page of a round names."""


def _per_cent(name: str) -> Any:
    def value(line: QuotaLine) -> float | None:
        share = getattr(line, name)
        return None if share is None else round(100 * share, 3)

    return value


def _rounded(name: str) -> Any:
    return lambda line: round(getattr(line, name), 2)


def _address(line: QuotaLine) -> str:
    return reverse("placement:round-municipality", args=[line.round_id, line.code])


def _listing(round_: QuotaRound) -> List:
    regions = round_.lines.order_by("region").values_list("region", "region").distinct
    columns = (
        Column("kommune", _("Kommune"), "name", sort=("name",), link=_address),
        Column("kode", _("Kode"), "code", sort=("code",)),
        Column("region", _("Region"), "region", sort=("region", "name")),
        Column("kvote", _("Kvote"), "quota", sort=("quota",)),
        Column("hvorfor", _("Hvorfor"), lambda line: str(REASONS[line.why]), sort=("why",)),
        Column("beregnet-kvote", _("Beregnet kvote"), "calculated_quota", sort=("calculated_quota",)),
        Column("indbyggere", _("Indbyggere"), "population", sort=("population",)),
        Column("indvandrere", _("Indvandrere og flygtninge"), "immigrants_refugees", sort=("immigrants_refugees",)),
        Column("familie", _("Familiesammenførte (f)"), "family_reunified", sort=("family_reunified",)),
        Column("p", _("p, %"), _per_cent("p"), sort=("p",)),
        Column("m", _("m, %"), _per_cent("m"), sort=("m",)),
        Column("s", _("s = 2p − m, %"), _per_cent("s"), sort=("s",)),
        Column("b", _("B: beregnet"), _rounded("calculated"), sort=("calculated",)),
        Column("v", _("V: foreløbigt"), _rounded("provisional"), sort=("provisional",)),
        Column("nedsat", _("Nedsat"), _rounded("exact"), sort=("exact",)),
    )
    filters = (
        containing("q", _("Kommune eller kode"), "name", "code"),
        one_of("region", _("Region"), "region", regions),
        ticked("nul", _("Kun kommuner med nul"), Q(quota=0)),
    )
    name = f"kvoter-{round_.year}-{round_.number}"
    return List(name=name, title=gettext("Kommunekvoter"), columns=columns, filters=filters, order=("name",))


@for_readers
def rounds(request: HttpRequest) -> HttpResponse:
    """Name the rounds, and say to a leader what their municipality's quota is, and why."""
    found = list(rounds_for(request.viewer).select_related("organisation"))
    current = [one for one in found if one.state == QuotaRound.State.PUBLISHED]
    lines = QuotaLine.objects.filter(round__in=current, code__in=own_codes(request.viewer)).select_related("round")
    own = [{"line": line, "why": why_in_words(line)} for line in lines.order_by("-round__year", "name")]
    leads_agency = request.viewer.has(Role.LEADER) and kept_by(request.viewer) is not None
    may_begin = bool(agencies(request.viewer))
    context = {"rounds": found, "own": own, "may_begin": may_begin, "leads_agency": leads_agency}
    return render(request, "placement/rounds.html", context)


@reads
def overview(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Show a round: how far it is, its calendar, sums, agreements, rules and decisions, and what can be done now."""
    lines = list(round_.lines.all())
    rules = rules_of(round_)
    year = rounds_for(request.viewer).filter(organisation=round_.organisation, year=round_.year, track=round_.track)
    context = {
        "round": round_,
        "makes": makes(request.viewer, round_),
        "versions": list(year.order_by("number")),
        "days": days_of(round_),
        "today": timezone.localdate(),
        "totals": Totals.of(round_, lines),
        "municipalities": len(lines),
        "finding": finding(lines),
        "regions": regions_of(lines),
        "agreements": agreements_of(round_, lines),
        "rules": {"id": rules.id, "title": rules.title[reader_language()], "source": rules.source},
        "sources": _sources(rules),
        "decisions": round_.decisions.all(),
        "formula": uses_formula(round_),
    }
    return render(request, "placement/round.html", context)


@reads
def municipalities(request: HttpRequest, round_: QuotaRound) -> HttpResponseBase:
    """Show the quotas on a map and as a list to sort and take away."""
    lines = list(round_.lines.all())
    map_ = drawn(lines, str(_("Hovedstadsområdet")), own_codes(request.viewer)) if lines else None
    context = {"round": round_, "map": map_, "finding": finding(lines)}
    rows = round_.lines.all()
    return answer(request, _listing(round_), rows, template="placement/list.html", context=context)


@reads
def municipality(request: HttpRequest, round_: QuotaRound, code: str) -> HttpResponse:
    """Show how the quota of one municipality came about, step by step."""
    lines = list(round_.lines.all())
    line = _line(lines, code)
    totals = Totals.of(round_, lines)
    context = {
        "round": round_,
        "line": line,
        "heading": why_heading(line),
        "why": why_in_words(line),
        "steps": steps_of(line, totals),
        "region": next(one for one in regions_of(lines) if one["region"] == line.region),
        "may_write": makes(request.viewer, round_) or code in own_codes(request.viewer),
    }
    return render(request, "placement/municipality.html", context)


@reads
def letter(request: HttpRequest, round_: QuotaRound, code: str) -> HttpResponseBase:
    """Give the letter to a municipality: to the agency, and to the municipality's own leaders."""
    if not (makes(request.viewer, round_) or code in own_codes(request.viewer)):
        raise Http404
    lines = list(round_.lines.all())
    made = letters(round_, lines, [_line(lines, code)], on=timezone.localdate())
    name = f"kvote-{round_.year}-{round_.number}-{code}.pdf"
    return FileResponse(io.BytesIO(made), content_type="application/pdf", filename=name)


@reads
def what_if(request: HttpRequest, round_: QuotaRound) -> HttpResponse:
    """Set a round beside what it would be with another total or other figures; nothing is saved."""
    lines = list(round_.lines.all())
    asked = request.GET if "national" in request.GET else None
    form = WhatIfForm(asked, lines=lines, formula=uses_formula(round_), initial={"national": round_.national})
    found: Sequence[Difference] = ()
    if lines and form.is_valid():
        try:
            found = _compared(round_, lines, form.cleaned_data)
        except BadInput:
            form.add_error(None, gettext("Med de tal er der ingen at regne andele af. Ret dem."))
    ranked = sorted(found, key=lambda one: (-one.more, one.municipality))
    context = {
        "round": round_,
        "form": form,
        "differences": ranked,
        "more": [one for one in ranked if one.more > 0],
        "fewer": [one for one in reversed(ranked) if one.more < 0],
        "before": sum(one.before for one in found),
        "after": sum(one.after for one in found),
        "reasons": REASONS,
    }
    return render(request, "placement/what_if.html", context)


def _compared(round_: QuotaRound, lines: Sequence[QuotaLine], asked: dict[str, Any]) -> tuple[Difference, ...]:
    """Compute both without agreements: what was agreed on is not known of other figures."""
    rules, figures = rules_of(round_), frame_of(lines)
    given = {name: asked[name] for name in COUNTS if asked.get(name) is not None}
    here = pl.col("code") == asked["code"]
    changed = figures.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in given.items()
    )
    return differences(computed(figures, round_.national, rules), computed(changed, asked["national"], rules))


def _sources(rules: RuleSet) -> list[tuple[Any, str]]:
    """Give the parameters of the rules that are named, with where each stands."""
    return [(words, source_of(rules.at(name))) for name, words in NAMED.items() if name in rules.values]


def _line(lines: Sequence[QuotaLine], code: str) -> QuotaLine:
    found = next((line for line in lines if line.code == code), None)
    if found is None:
        raise Http404
    return found


def own_codes(viewer: Viewer) -> frozenset[str]:
    """Give the codes of the municipalities that somebody leads."""
    led = Organisation.objects.filter(pk__in=viewer.organisations({Role.LEADER}), kind=Kind.MUNICIPALITY)
    return frozenset(led.exclude(code="").values_list("code", flat=True))


def regions_of(lines: Sequence[QuotaLine]) -> list[dict[str, Any]]:
    """Add the quotas of each region up: that is what a regional quota is."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        one = found.setdefault(line.region, {"region": line.region, "municipalities": 0, "quota": 0, "agreed": False})
        one["municipalities"] += 1
        one["quota"] += line.quota
        one["agreed"] |= line.is_agreed
    return list(found.values())


def agreements_of(round_: QuotaRound, lines: Sequence[QuotaLine]) -> list[dict[str, Any]]:
    """Give the agreements of a round with an answer to each condition."""
    found = []
    for agreement in round_.agreements.prefetch_related("numbers"):
        agreement.round = round_
        given = answers_to(agreement, lines)
        words = [(CONDITIONS[one.condition], one.holds, failed_in_words(one)) for one in given]
        found.append({"agreement": agreement, "answers": words})
    return found
