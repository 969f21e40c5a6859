"""Addresses of the interface. Each begins at the gate, like every page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Query
from ninja.errors import HttpError

from fodfaeste import __version__
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.api.arrival_views import router as arrivals
from fodfaeste.web.api.door import FAULTS, LARGEST, After, ByToken, Limit, Number, asks, page_of
from fodfaeste.web.api.schemas import FollowUpPage, InsightOut, Page, PersonOut, PlanOut, PlanPage
from fodfaeste.web.api.tokens import Bearer, Scope
from fodfaeste.web.api.told import PARTS, told_follow_up, told_person, told_plan
from fodfaeste.web.insight.models import Edition
from fodfaeste.web.insight.permissions import latest, published_figures
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import FollowUp, Plan

OfPerson = Annotated[int | None, Query(ge=1, le=LARGEST, description="Only those of the person with this id.")]
DueSince = Annotated[date | None, Query(description="Only those due on this day or later.")]
ChangedSince = Annotated[
    date | None,
    Query(
        description="Leave out versions that were settled before this day: approved, or superseded by one that was. "
        "Drafts and proposals are always given: they can change at any time."
    ),
]


api = NinjaAPI(
    title="Fodfæste",
    version=__version__,
    description="Each token belongs to one organisation, and reads, or writes, what its scopes name.",
    auth=ByToken(),
    # The usual page of documentation is fetched from a network of other people's; the description itself is enough.
    docs_url=None,
    urls_namespace="api",
)


@api.get("/persons", response={200: Page, **FAULTS}, operation_id="list_persons", tags=["persons"])
def persons(request: HttpRequest, after: After = 0, limit: Limit = 50) -> dict[str, Any]:
    """List the persons that the organisation is responsible for today, by id."""
    bearer = asks(request, Scope.PERSONS)
    found, following = page_of(visible(bearer.viewer, Person), after, limit)
    audit.listed(request, found)
    return {"persons": [told_person(row) for row in found], "next": following}


@api.get("/persons/{number}", response={200: PersonOut, **FAULTS}, operation_id="get_person", tags=["persons"])
def person(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Give one person."""
    bearer = asks(request, Scope.PERSONS)
    found = visible(bearer.viewer, Person).filter(pk=number).first()
    if found is None:
        raise HttpError(404, "There is no such person.")
    audit.opened(request, found)
    return told_person(found)


@api.get("/plans", response={200: PlanPage, **FAULTS}, operation_id="list_plans", tags=["plans"])
def plans(
    request: HttpRequest,
    after: After = 0,
    limit: Limit = 50,
    person: OfPerson = None,
    changed_since: ChangedSince = None,
) -> dict[str, Any]:
    """List the versions of plans of the persons that the organisation is responsible for today, by id."""
    rows = _plans(asks(request, Scope.PLANS))
    if person is not None:
        rows = rows.filter(programme__person=person)
    if changed_since is not None:
        rows = rows.filter(_changed_since(changed_since))
    found, following = page_of(rows, after, limit)
    audit.listed(request, (row.programme.person for row in found))
    return {"plans": [told_plan(row) for row in found], "next": following}


@api.get("/plans/{number}", response={200: PlanOut, **FAULTS}, operation_id="get_plan", tags=["plans"])
def plan(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Give one version of a plan."""
    found = _plans(asks(request, Scope.PLANS)).filter(pk=number).first()
    if found is None:
        raise HttpError(404, "There is no such plan.")
    audit.opened(request, found.programme.person)
    return told_plan(found)


def _plans(bearer: Bearer) -> QuerySet[Plan]:
    return visible(bearer.viewer, Plan).select_related("programme__person").prefetch_related(*PARTS)


def _changed_since(day: date) -> Q:
    later = Plan.objects.filter(programme=OuterRef("programme"), number__gt=OuterRef("number"), approved_on__gte=day)
    return Q(state__in=Plan.OPEN) | Q(approved_on__gte=day) | Q(Exists(later), state=Plan.State.SUPERSEDED)


@api.get("/follow-ups", response={200: FollowUpPage, **FAULTS}, operation_id="list_follow_ups", tags=["follow-ups"])
def follow_ups(
    request: HttpRequest,
    after: After = 0,
    limit: Limit = 50,
    person: OfPerson = None,
    due_since: DueSince = None,
) -> dict[str, Any]:
    """List the follow-ups of the persons that the organisation is responsible for today, held ones too, by id."""
    bearer = asks(request, Scope.FOLLOW_UPS)
    rows = visible(bearer.viewer, FollowUp).select_related("programme__person")
    if person is not None:
        rows = rows.filter(programme__person=person)
    if due_since is not None:
        rows = rows.filter(due__gte=due_since)
    found, following = page_of(rows, after, limit)
    audit.listed(request, (row.programme.person for row in found))
    today = timezone.localdate()
    return {"follow_ups": [told_follow_up(row, today=today) for row in found], "next": following}


@api.get("/insight", response={200: InsightOut, **FAULTS}, operation_id="get_insight", tags=["insight"])
def insight(request: HttpRequest) -> dict[str, Any]:
    """Give the comparison of all municipalities, with the cells hidden that the page and its files hide."""
    asks(request, Scope.INSIGHT)
    edition = latest(Edition.Kind.PUBLISHED)
    if edition is None:
        return {"year": None, "day": None, "version": None, "figures": []}
    names = ("measure", "kind", "code", "name", "n", "events")
    figures = list(published_figures(edition).values(*names))
    return {"year": edition.year, "day": edition.day, "version": edition.version, "figures": figures}


api.add_router("", arrivals)
