"""Drafts of forms about a person: a script saves what is typed, and asks for it when the form is opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.drafts import AUTOSAVED, claimed
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.drafts import Fields, Kept, draft_of, drop_draft, has_served, keep_draft

WINDOW, SEEN, DROP = "kladde-vindue", "kladde-set", "kladde-smid"
"""What the script sends beside the fields of the form: which window, the `edits` it knew, and that it is unwanted."""

SAVED = "kladde"
"""The field of a form itself that names its draft: it has served once the form is saved."""

META = frozenset({AUTOSAVED, WINDOW, SEEN, DROP, SAVED, "csrfmiddlewaretoken"})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep, give or let go of the viewer's own draft of a form about a person whom they work with.

    It shows nothing but what they typed themselves, so it opens nobody's file.
    """
    person = visible(request.viewer, Person).filter(pk=pk).first()
    if person is None:
        raise Http404
    if request.method == "GET":
        address = request.GET.get("formular", "")
        typed_signed_out = claimed(request, address)
        if typed_signed_out is not None:
            _keep(request, person, typed_signed_out)
        found = draft_of(request.viewer, person, address)
        return JsonResponse({} if found is None else _told(found))
    address = request.POST.get(AUTOSAVED, "")
    if request.POST.get(DROP):
        drop_draft(person, by=request.user, address=address)
        return JsonResponse({})
    try:
        return JsonResponse(_told(_keep(request, person, request.POST)))
    except Refused as refusal:
        return JsonResponse({"refused": str(refusal)})


def _keep(request: HttpRequest, person: Person, sent: QueryDict) -> Kept:
    seen = sent.get(SEEN, "")
    return keep_draft(
        person,
        by=request.user,
        address=sent.get(AUTOSAVED, ""),
        fields=_fields(sent.lists()),
        window=sent.get(WINDOW, "")[:40],
        seen=int(seen) if seen.isdecimal() else 0,
    )


def _fields(sent: Iterable[tuple[str, list[Any]]]) -> Fields:
    return tuple((name, value) for name, values in sent if name not in META for value in values)


def _told(kept: Kept) -> dict[str, Any]:
    return asdict(kept) | {"saved": kept.saved.isoformat()}


class SavedMiddleware:
    """Lets go of a draft when its form has been saved: when a form that names its draft is answered by leading on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self._get_response(request)
        if request.method == "POST" and request.user.is_authenticated and response.status_code in {302, 303}:
            address = request.POST.get(SAVED, "")
            if address:
                has_served(address, by=request.user)
        return response
