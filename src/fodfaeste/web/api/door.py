"""How the interface is entered: with a token, by its scopes; and how its lists are cut into pages."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Path, Query
from ninja.errors import HttpError
from ninja.security import HttpBearer

from fodfaeste.web import audit
from fodfaeste.web.api.schemas import Fault, Invalid
from fodfaeste.web.api.tokens import Bearer, Scope, bearer_of, note_use

MOST = 200
LARGEST = 2**63 - 1
"""The largest number of a row that either database can hold."""

After = Annotated[int, Query(ge=0, le=LARGEST, description="Begin after this id.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
Number = Annotated[int, Path(ge=1, le=LARGEST)]


class ByToken(HttpBearer):
    """Lets in who shows a token."""

    def authenticate(self, _request: HttpRequest, token: str) -> Bearer | None:
        """Find who the token belongs to, and act for them until the request is over: in the logs and at the wall."""
        bearer = bearer_of(token)
        if bearer is not None:
            audit.act_for(f"token: {bearer.token.name}", organisations=[bearer.token.organisation_id])
            note_use(bearer.token)
        return bearer


FAULTS = {401: Fault, 403: Fault, 404: Fault, 422: Invalid}


def asks(request: HttpRequest, scope: Scope) -> Bearer:
    """Give who shows a token, if it has a scope."""
    bearer: Bearer = request.auth
    if scope not in bearer.scopes:
        what, _colon, act = scope.value.partition(":")
        raise HttpError(403, f"This token may not {act} {what}.")
    return bearer


def page_of(rows: QuerySet[Any], after: int, limit: int) -> tuple[list[Any], int | None]:
    """Give some rows by id, and what to ask for the next with: None where there are no more."""
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
