"""Addresses of arriving households: another system writes them down for an agency, and reads where they go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.api.arrival_schemas import ArrivalIn, ArrivalOut, ArrivalPage, Disagreement
from fodfaeste.web.api.arrivals import digest_of, disagreements, facts_of, told_arrival
from fodfaeste.web.api.door import FAULTS, After, Limit, Number, asks, page_of
from fodfaeste.web.api.tokens import Bearer, Scope
from fodfaeste.web.placement.desk.domain.arrivals import opened_by_system, take_from_system
from fodfaeste.web.placement.models import Arrival

State = Annotated[
    Literal["waiting", "decided", "sent", "received"] | None, Query(description="Only those that have come so far.")
]
router = Router(tags=["arrivals"])


@router.get("/arrivals", response={200: ArrivalPage, **FAULTS}, operation_id="list_arrivals")
def arrivals(request: HttpRequest, after: After = 0, limit: Limit = 50, state: State = None) -> dict[str, Any]:
    """List the agency's arriving households, by id."""
    bearer = asks(request, Scope.ARRIVALS)
    rows = _rows(bearer)
    found, following = page_of(rows if state is None else rows.filter(state=state), after, limit)
    _note(request, bearer, found)
    return {"arrivals": [told_arrival(one) for one in found], "next": following}


@router.post(
    "/arrivals",
    response={201: ArrivalOut, 200: ArrivalOut, 409: Disagreement, **FAULTS},
    operation_id="add_arrival",
)
def add_arrival(request: HttpRequest, sent: ArrivalIn) -> Status[dict[str, Any]]:
    """Write a household down: all of it, or nothing.

    The same household sent again is written once: the answer is 200, and how far it has come. Another one of the same
    reference is refused.
    """
    bearer = asks(request, Scope.NEW_ARRIVALS)
    office, digest = bearer.token.organisation, digest_of(sent)
    there = _rows(bearer).filter(reference=sent.reference).first()
    if there is None:
        if found := list(disagreements(sent, office)):
            return Status(409, {"detail": found})
        try:
            made = take_from_system(office, **facts_of(sent, office), digest=digest, answers_for=bearer.token.made_by)
        except Refused:
            # Somebody has used the number since it was looked for.
            there = _rows(bearer).filter(reference=sent.reference).first()
        else:
            return Status(201, told_arrival(_rows(bearer).get(pk=made.pk)))
    if there is None or there.digest != digest:
        msg = f"The number {sent.reference} is another household's. Send this one with a number of its own."
        return Status(409, {"detail": [{"loc": ["body", "sent", "reference"], "msg": msg}]})
    _note(request, bearer, [there])
    return Status(200, told_arrival(there))


@router.get("/arrivals/{number}", response={200: ArrivalOut, **FAULTS}, operation_id="get_arrival")
def arrival(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Give one arriving household."""
    bearer = asks(request, Scope.ARRIVALS)
    found = _rows(bearer).filter(pk=number).first()
    if found is None:
        raise HttpError(404, "There is no such household.")
    _note(request, bearer, [found])
    return told_arrival(found)


def _rows(bearer: Bearer) -> QuerySet[Arrival]:
    own = visible(bearer.viewer, Arrival).filter(organisation=bearer.token.organisation, erased=False)
    return own.select_related("together_with").prefetch_related("members", "wishes")


def _note(request: HttpRequest, bearer: Bearer, rows: Iterable[Arrival]) -> None:
    """Write down whose households a system has read."""
    opened_by_system(rows, words=f"token: {bearer.token.name}", page=request.resolver_match.view_name)
