"""Pages of insight: the leader's Monday, how a figure is made and who stands behind it, and all municipalities."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.access import as_worker
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.base.lists import answer
from fodfaeste.web.insight import lists
from fodfaeste.web.insight.beside import SIMILAR, tiles
from fodfaeste.web.insight.domain.drawing import CURVE, FUNNEL, KINDS
from fodfaeste.web.insight.findings import findings
from fodfaeste.web.insight.measures import BY_SLUG, RELEASE, WILSON, Measure
from fodfaeste.web.insight.measures import FUNNEL as FUNNEL_METHOD
from fodfaeste.web.insight.models import Counted, Edition, Figure, Picture
from fodfaeste.web.insight.permissions import (
    failed_since,
    latest,
    led,
    own_figures,
    pictures_for,
    published_figures,
    reads_insight,
)

OWN, PUBLISHED = Edition.Kind.OWN, Edition.Kind.PUBLISHED
A_PAGE = 50


@login_required
def monday(request: HttpRequest) -> HttpResponse:
    """Show a leader the own municipality; lead an analyst to all municipalities."""
    if not reads_insight(request.viewer):
        raise PermissionDenied
    offices = list(led(request.viewer))
    if not offices:
        return redirect("insight:all")
    office = _office(request, offices)
    edition, compared = latest(OWN), latest(PUBLISHED)
    own = list(own_figures(office, edition)) if edition else []
    published = list(published_figures(compared)) if compared else []
    kind = next((one.kind for one in own), "")
    context = {
        "office": office,
        "offices_led": offices,
        "edition": edition,
        "compared": compared,
        "failed": failed_since(edition, OWN),
        "failed_comparison": None if compared else failed_since(None, PUBLISHED),
        "findings": findings(own, [one for one in published if one.kind == kind]) if own else [],
        "tiles": tiles(own, published),
        "picture": _pictures(request.viewer, edition, office).get(CURVE),
        "release": RELEASE,
        "similar": SIMILAR,
    }
    return render(request, "insight/monday.html", context)


def _office(request: HttpRequest, offices: list[Organisation]) -> Organisation:
    asked = request.GET.get("kommune", "")
    return next((one for one in offices if str(one.pk) == asked), offices[0])


def _pictures(viewer: Viewer, edition: Edition | None, office: Organisation | None) -> dict[str, Picture]:
    language = "en" if get_language() == "en" else "da"
    shown = pictures_for(viewer).filter(edition=edition, organisation=office, language=language)
    return {one.name: one for one in shown.defer("svg")}


@login_required
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a chart."""
    found = get_object_or_404(pictures_for(request.viewer), pk=pk)
    response = HttpResponse(found.svg, content_type="image/svg+xml")
    # A chart is drawn once and never changed.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@login_required
def how(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a figure is made."""
    if not reads_insight(request.viewer):
        raise PermissionDenied
    measure = _measure(slug)
    offices = list(led(request.viewer))
    office = _office(request, offices) if offices else None
    edition, compared = latest(OWN), latest(PUBLISHED)
    own = own_figures(office, edition).filter(measure=measure.name, part="").first() if office and edition else None
    context = {
        "measure": measure,
        "office": office,
        "own": own,
        "edition": edition,
        "compared": compared,
        "wilson": WILSON,
        "funnel": FUNNEL_METHOD,
    }
    return render(request, "insight/how.html", context)


def _measure(slug: str) -> Measure:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


@login_required
def behind(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a leader who stands behind a figure, by case number; each is opened with a reason."""
    measure, offices = _measure(slug), list(led(request.viewer))
    if not offices:
        raise Http404
    office, edition = _office(request, offices), latest(OWN)
    if edition is None:
        raise Http404
    figure = get_object_or_404(own_figures(office, edition), measure=measure.name, part="")
    with seeing([office.pk]):
        reader = as_worker(request.viewer.user, [office.pk])
        rows = visible(reader, Counted).filter(edition=edition, organisation=office, measure=measure.name)
        rows = rows.select_related("person").order_by("events", "person__case_number")
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("side"))
        shown = list(page.object_list)
        told = rows.order_by().aggregate(n=Sum("n"), events=Sum("events"))
        audit.listed(request, [row.person for row in shown])
    away = {name: getattr(figure, name) - (told[name] or 0) for name in ("n", "events")}
    context: dict[str, Any] = {
        "measure": measure,
        "office": office,
        "edition": edition,
        "figure": figure,
        "page": page,
        "rows": shown,
        "away": away,
    }
    return render(request, "insight/behind.html", context)


@login_required
def everybody(request: HttpRequest) -> HttpResponseBase:
    """Show the comparison of all municipalities, and give it as a file."""
    if not reads_insight(request.viewer):
        raise PermissionDenied
    compared = latest(PUBLISHED)
    rows = published_figures(compared) if compared else Figure.objects.none()
    pictures = _pictures(request.viewer, compared, None)
    context = {
        "compared": compared,
        "failed_comparison": None if compared else failed_since(None, PUBLISHED),
        "picture": pictures.get(FUNNEL),
        "kinds": pictures.get(KINDS),
        "release": RELEASE,
    }
    return answer(request, lists.municipalities(), rows, template="insight/all.html", context=context)
