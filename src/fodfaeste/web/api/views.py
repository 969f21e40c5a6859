"""Addresses of the interface. Each begins at the gate, like every page."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError
from ninja.security import HttpBearer

from fodfaeste import __version__
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.api.schemas import Fault, Invalid, Page, PersonOut
from fodfaeste.web.api.tokens import Bearer, Scope, bearer_of
from fodfaeste.web.people.models import Person

MOST = 200
LARGEST = 2**63 - 1
"""The largest number of a row that either database can hold."""


class ByToken(HttpBearer):
    """Lets in who shows a token."""

    def authenticate(self, _request: HttpRequest, token: str) -> Bearer | None:
        """Find who the token belongs to, and act for them until the request is over: in the logs and at the wall."""
        bearer = bearer_of(token)
        if bearer is not None:
            audit.act_for(f"token: {bearer.token.name}", organisations=[bearer.token.organisation_id])
        return bearer


api = NinjaAPI(
    title="Fodfæste",
    version=__version__,
    description="Read-only. Each token belongs to one organisation, and reads what its scopes name.",
    auth=ByToken(),
    # The usual page of documentation is fetched from a network of other people's; the description itself is enough.
    docs_url=None,
    urls_namespace="api",
)
FAULTS = {401: Fault, 403: Fault, 404: Fault, 422: Invalid}


def _asks(request: HttpRequest, scope: Scope) -> Bearer:
    bearer: Bearer = request.auth
    if scope not in bearer.scopes:
        raise HttpError(403, f"This token may not read {scope.value.removesuffix(':read')}.")
    return bearer


def _told(person: Person) -> dict[str, Any]:
    told = {name: getattr(person, name) for name in PersonOut.model_fields if name != "id"}
    if person.protected:
        told |= {"given_name": None, "family_name": None}
    return {"id": person.pk, **told}


@api.get("/persons", response={200: Page, **FAULTS}, operation_id="list_persons", tags=["persons"])
def persons(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Begin after this id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    """List the persons that the organisation is responsible for today, by id."""
    bearer = _asks(request, Scope.PERSONS)
    rows = list(visible(bearer.viewer, Person).filter(pk__gt=after).order_by("pk")[: limit + 1])
    audit.listed(request, rows[:limit])
    more = rows[limit:] != []
    return {"persons": [_told(row) for row in rows[:limit]], "next": rows[limit - 1].pk if more else None}


@api.get("/persons/{number}", response={200: PersonOut, **FAULTS}, operation_id="get_person", tags=["persons"])
def person(request: HttpRequest, number: Annotated[int, Path(ge=1, le=LARGEST)]) -> dict[str, Any]:
    """Give one person."""
    bearer = _asks(request, Scope.PERSONS)
    found = visible(bearer.viewer, Person).filter(pk=number).first()
    if found is None:
        raise HttpError(404, "There is no such person.")
    audit.opened(request, found)
    return _told(found)
