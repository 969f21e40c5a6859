"""The front page, help, the accessibility statement, and whether all is well."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from fodfaeste.web.base.context import all_languages
from fodfaeste.web.base.kept import missing
from fodfaeste.web.base.menu import menu


def front(request: HttpRequest) -> HttpResponse:
    """Show who has no account what this is; lead who has one to the first room of their work, if there is one yet."""
    if not request.user.is_authenticated:
        return render(request, "base/front.html")
    rooms = menu(request.viewer)
    return redirect(rooms[0].href) if rooms else render(request, "base/no_rooms.html")


def was(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "base/was.html", {"languages": all_languages(), "was": settings.ACCESSIBILITY})


def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to get about: search, keyboard, lists, languages, and whom to ask."""
    return render(request, "base/help.html", {"was": settings.ACCESSIBILITY})


def health(_request: HttpRequest) -> JsonResponse:
    """Say whether the database answers with all its triggers; 503 where it does not, with what is missing."""
    try:
        lost = missing(connection)
    except Exception:
        return JsonResponse({"database": "down"}, status=503)
    if lost:
        return JsonResponse({"database": "up", "missing triggers": lost}, status=503)
    return JsonResponse({"database": "up"})
