"""What was typed when a session ended: kept encrypted, and offered to the same user after sign-in in the same browser.

A session ends after an hour without a request. Whoever then sends a form is led to sign in; what they typed waits in
the session of the browser, sealed, until the same user has signed in there. A form that asks for it shows it again::

    form = NoteForm(request.POST if request.method == "POST" else drafts.offered(request))

The page of a form that does not ask leads to one with what was typed, from which it can be sent again. Who the user was
says a signed cookie, so that the next one at a shared desk sees nothing of it; signing out takes it away. Passwords and
files are never kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from fodfaeste.web.accounts.sealed import seal, unseal

WHO = "fodfaeste-who"
"""The cookie that says whose browser this was last, signed."""

KEPT = "drafts"
"""Where drafts lie in the session."""

HOURS = 12
"""How long it is known whose browser it was, and how long a draft is offered."""

MANY, LARGE = 5, 200_000
"""How many drafts wait at once, and how many signs one may have."""

NEVER = ("csrfmiddlewaretoken", "next")

AUTOSAVED = "kladde-formular"
"""The field by which a script says that it saves a draft of a form, and of which: a room asks for it by `claimed`."""


@dataclass(frozen=True)
class Draft:
    """A form that was sent without a session.

    Attributes
    ----------
    user : int
        Who typed it.
    action, page : str
        Where it was sent, and the page that the form is on.
    fields : tuple of (name, value)
        What was typed; a name stands as often as it has values.
    kept : datetime
    """

    user: int
    action: str
    page: str
    fields: tuple[tuple[str, str], ...]
    kept: datetime

    @property
    def autosaved(self) -> str:
        """Which form a script saved it for; empty where somebody sent it."""
        return dict(self.fields).get(AUTOSAVED, "")

    @property
    def data(self) -> QueryDict:
        """What was typed, as a form takes it."""
        return QueryDict(urlencode(self.fields))


def offered(request: HttpRequest) -> QueryDict | None:
    """Give what was typed into the form on this page before the session ended, or None; the user is told of it."""
    draft = next((draft for draft in of_user(request) if draft.page == request.get_full_path()), None)
    if draft is None:
        return None
    request.draft_shown = True
    messages.info(request, _("Det, du skrev, før du blev logget ud, er sat ind igen. Det er ikke gemt endnu."))
    return draft.data


def of_user(request: HttpRequest) -> list[Draft]:
    """Give what whoever is signed in sent without a session, oldest first."""
    return [draft for draft in _read(request) if draft.user == request.user.pk and not draft.autosaved]


def claimed(request: HttpRequest, address: str) -> QueryDict | None:
    """Give, once, what a script saved of a form while whoever is signed in now was signed out."""
    mine = [one for one in _read(request) if one.user == request.user.pk and one.autosaved == address]
    if not mine:
        return None
    forget(request, lambda draft: draft in mine)
    return mine[-1].data


def forget(request: HttpRequest, done: Callable[[Draft], bool]) -> None:
    """Throw drafts away."""
    if KEPT in request.session:
        _write(request, [draft for draft in _read(request) if not done(draft)])


def _read(request: HttpRequest) -> list[Draft]:
    since = timezone.now() - timedelta(hours=HOURS)
    texts = (unseal(sealed, KEPT) for sealed in request.session.get(KEPT, []))
    drafts = [_from_text(text) for text in texts if text is not None]
    return [draft for draft in drafts if draft.kept >= since]


def _write(request: HttpRequest, drafts: Iterable[Draft]) -> None:
    sealed = [seal(json.dumps(asdict(draft), default=datetime.isoformat), KEPT) for draft in drafts]
    if sealed:
        request.session[KEPT] = sealed[-MANY:]
    else:
        request.session.pop(KEPT, None)


def _from_text(text: str) -> Draft:
    raw = json.loads(text)
    fields = tuple((name, value) for name, value in raw.pop("fields"))
    return Draft(**raw | {"fields": fields, "kept": datetime.fromisoformat(raw["kept"])})


def _draft_of(request: HttpRequest, user: int) -> Draft | None:
    """Make a draft of a form that was sent; None if nothing of it may be kept."""
    fields = tuple(
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER and "password" not in name
    )
    if not any(value for _name, value in fields) or sum(map(len, (v for _name, v in fields))) > LARGE:
        return None
    return Draft(user, request.get_full_path(), _page_of(request), fields, timezone.now())


def _page_of(request: HttpRequest) -> str:
    """Say on which page a form is: where it was sent from, or to if the browser does not say."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class DraftsMiddleware:
    """Keeps what is sent without a session, and leads to what waits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        before = request.user.pk
        if before is not None:
            forget(request, lambda draft: draft.user != before)
        response = self._get_response(request)
        if request.user.is_authenticated:
            return _remember(request, self._of_somebody(request, response))
        if before is not None:
            response.delete_cookie(WHO)
            return response
        return self._of_nobody(request, response)

    def _of_somebody(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        here = request.get_full_path()
        if request.method == "POST":
            forget(request, lambda draft: draft.action == here)
            return response
        left = not getattr(request, "draft_shown", False) and not _leads_on(response)
        if request.method == "GET" and left and any(draft.page == here for draft in of_user(request)):
            return redirect("accounts:drafts")
        return response

    def _of_nobody(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.method != "POST" or not response.get("Location", "").startswith(f"{sign_in}?"):
            return response
        user = _remembered(request)
        draft = _draft_of(request, user) if user is not None else None
        if draft is None:
            return response
        _write(request, [*(old for old in _read(request) if old.action != draft.action), draft])
        to = f"{sign_in}?{urlencode({'next': draft.page})}"
        return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


def _leads_on(response: HttpResponse) -> bool:
    return response.status_code in {301, 302, 303, 307, 308}


def _remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _remembered(request) != request.user.pk:
        response.set_signed_cookie(
            WHO,
            str(request.user.pk),
            salt=WHO,
            max_age=HOURS * 60 * 60,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _remembered(request: HttpRequest) -> int | None:
    try:
        return int(request.get_signed_cookie(WHO, salt=WHO, max_age=HOURS * 60 * 60))
    except (KeyError, BadSignature, ValueError):
        return None
