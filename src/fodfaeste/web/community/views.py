"""What an association's coordinator sees: who has agreed to be in touch."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.base.lists import answer
from fodfaeste.web.community import lists
from fodfaeste.web.community.models import Contact, LeisureWish, SpokenLanguage
from fodfaeste.web.people.models import Person


@login_required
def contacts(request: HttpRequest) -> HttpResponseBase:
    """List who has agreed to be in touch with the viewer's association, today; each is written down as opened."""
    if not request.viewer.associations:
        raise PermissionDenied
    rows = visible(request.viewer, Contact).select_related("organisation", "worker")
    return answer(
        request,
        lists.contacts(request.viewer),
        rows.prefetch_related(
            Prefetch("languages", visible(request.viewer, SpokenLanguage)),
            Prefetch("wishes", visible(request.viewer, LeisureWish)),
        ),
        template="community/contacts.html",
        handed_out=partial(audit.handed_out, person="person"),
        in_full=_listed,
    )


def _listed(request: HttpRequest, rows: Iterable[Any]) -> None:
    audit.listed(request, (Person(pk=row.person) for row in rows))
