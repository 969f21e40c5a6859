"""The front page, and whether all is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render


def front(request: HttpRequest) -> HttpResponse:
    """Show who has no account what this is; lead who has one to the day's work."""
    if not request.user.is_authenticated:
        return render(request, "base/front.html")
    return redirect("people:list")


def health(_request: HttpRequest) -> JsonResponse:
    """Say whether the database answers; 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})
