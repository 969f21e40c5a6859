"""Pages of persons: they connect, and decide nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.people.models import Person

A_PAGE = 50


@login_required
def persons(request: HttpRequest) -> HttpResponse:
    """List the persons of the viewer's municipality."""
    rows = Paginator(visible(request.viewer, Person), A_PAGE).get_page(request.GET.get("side"))
    return render(request, "people/list.html", {"rows": rows})


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person."""
    return render(request, "people/person.html", {"person": visible_or_404(request.viewer, Person, pk=pk)})
