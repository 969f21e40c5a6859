"""The way in and out: the link, the code, signing out."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fodfaeste.web.newcomer import sessions
from fodfaeste.web.newcomer.domain.links import Claim, language_of, open_with, read
from fodfaeste.web.newcomer.forms import CodeForm
from fodfaeste.web.newcomer.pages import context


@never_cache
@sensitive_post_parameters("code")
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the code of a link; in the browser that has opened it, for the code alone."""
    claim, here = read(token), sessions.opened_here(request)
    if claim is not None and here is not None and here.link == claim.link:
        claim = here
    return _ask(request, claim)


@never_cache
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code again, in a browser that has opened a link; elsewhere say that a link is needed."""
    claim = sessions.opened_here(request)
    if claim is None:
        return render(request, "newcomer/no_link.html", context())
    return _ask(request, claim)


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    language = translation.get_language()
    response = redirect("newcomer:left")
    sessions.go_out(request, response)
    if language:
        response["Location"] = f"{reverse('newcomer:left')}?sprog={language}"
    return response


def left(request: HttpRequest) -> HttpResponse:
    """Say that the session is over, in the language in which it was."""
    asked = request.GET.get("sprog", "")
    if asked in dict(settings.LANGUAGES):
        _speak(request, asked)
    return render(request, "newcomer/left.html", context())


def _ask(request: HttpRequest, claim: Claim | None) -> HttpResponse:
    """Take the code. A wrong one, a closed link and one that never was are answered alike."""
    begins = None
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        begins = language_of(claim)
        if begins:
            _speak(request, begins)
    if request.viewer.user is not None:
        return render(request, "newcomer/signed_in.html", context())
    form = CodeForm(request.POST or None)
    if form.is_valid():
        opened = open_with(claim, form.cleaned_data["code"])
        if opened is not None:
            response = redirect(_next(request))
            sessions.come_in(request, response, opened)
            if begins:
                sessions.speak(response, begins)
            return response
        form.add_error(
            None, _("Koden er forkert, eller linket er lukket. Prøv igen, eller bed kommunen om et nyt link.")
        )
    return render(request, "newcomer/code.html", context(form=form, next=_next(request)))


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


def _next(request: HttpRequest) -> str:
    """Give the newcomer's page that they were on their way to, or the first."""
    first = reverse("newcomer:first")
    asked = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours and asked.startswith(first) else first
