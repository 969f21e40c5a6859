"""A list as a room would declare one, and pages that go wrong, at addresses that only tests have."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.base.lists import Column, List, answer, before_day, containing, from_day, one_of, ticked
from fodfaeste.web.config.urls import urlpatterns as addresses
from fodfaeste.web.people.models import Person, Sex

PERSONS = List(
    name="personer",
    title="Personer",
    columns=(
        Column("navn", "Navn", str, sort=("family_name", "given_name"), link=lambda person: f"/personer/{person.pk}/"),
        Column("sag", "Sagsnummer", "case_number", sort=("case_number",)),
        Column("foedt", "Født", "birth_date", sort=("birth_date",)),
        Column("koen", "Køn", "sex"),
        Column("aar", "Års skolegang", "schooling_years", sort=("-schooling_years",)),
        Column("genvej", "Genvej", lambda _person: "åbn", in_files=False),
    ),
    filters=(
        containing("q", "Navn eller sagsnummer", "family_name", "given_name", "case_number"),
        one_of("koen", "Køn", "sex", Sex.choices),
        from_day("fra", "Født fra og med", "birth_date"),
        before_day("foer", "Født før", "birth_date"),
        ticked("bil", "Har bil", Q(has_car=True)),
    ),
    order=("family_name", "given_name"),
)


@login_required
def persons(request: HttpRequest) -> HttpResponseBase:
    """The list, as a room's view has it."""
    return answer(request, PERSONS, visible(request.viewer, Person))


def closed(_request: HttpRequest) -> HttpResponse:
    """A door that is closed."""
    raise PermissionDenied


def broken(_request: HttpRequest) -> HttpResponse:
    """What nobody foresaw."""
    raise RuntimeError("nobody foresaw it")


urlpatterns = [path("liste/", persons), path("lukket/", closed), path("i-stykker/", broken), *addresses]
