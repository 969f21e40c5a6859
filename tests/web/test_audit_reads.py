"""The log of reading: one line a person that was shown, and a reason where somebody has no business with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Membership, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY, viewer_of
from fodfaeste.web.audit import access
from fodfaeste.web.audit.middleware import AuditMiddleware
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.people.models import Need, Person

from .conftest import TAKEOVER, Country, made_person, signed_in

View = Callable[[HttpRequest], HttpResponse]


def request_of(user: User | None, path: str = "/personer/1/") -> HttpRequest:
    """A request as it comes to `AuditMiddleware`."""
    request = RequestFactory().get(path)
    request.user = user
    request.viewer = viewer_of(user, timezone.localdate()) if user else NOBODY
    request.session = SessionStore()
    request.resolver_match = None
    return request


def answered(request: HttpRequest, view: View) -> HttpResponse:
    return AuditMiddleware(view)(request)


def lines() -> list[tuple[int, int | None, bool, str]]:
    return [(line.person, line.user_id, line.in_list, line.reason) for line in Opening.objects.order_by("pk")]


def test_a_page_writes_one_line_however_often_it_says_so(country: Country) -> None:
    worker = country.users[Role.WORKER]

    def view(request: HttpRequest) -> HttpResponse:
        audit.listed(request, [country.person])
        audit.opened(request, country.person)
        audit.listed(request, [country.person])
        return HttpResponse()

    answered(request_of(worker), view)
    assert lines() == [(country.person.pk, worker.pk, False, "")]
    line = Opening.objects.get()
    assert line.organisation == country.own
    assert len(line.request) == 32
    assert abs((timezone.now() - line.at).total_seconds()) < 60


def test_a_list_writes_one_line_a_person_in_one_insert(
    country: Country, django_assert_num_queries: Callable[[int], Any]
) -> None:
    worker = country.users[Role.WORKER]
    persons = [made_person(f"N{number}", worker, country.own) for number in range(30)]

    def view(request: HttpRequest) -> HttpResponse:
        audit.listed(request, persons)
        return HttpResponse()

    request = request_of(worker)
    with django_assert_num_queries(1):
        answered(request, view)
    assert Opening.objects.filter(in_list=True).count() == 30
    assert len(set(Opening.objects.values_list("request"))) == 1


def test_a_page_that_shows_nobody_writes_nothing(
    country: Country, django_assert_num_queries: Callable[[int], Any]
) -> None:
    request = request_of(country.users[Role.WORKER])
    with django_assert_num_queries(0):
        answered(request, lambda _request: HttpResponse())


def test_what_cannot_be_written_down_is_not_shown(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Opening.objects, "bulk_create", full)

    def view(request: HttpRequest) -> HttpResponse:
        audit.opened(request, country.person)
        return HttpResponse("Prøve")

    with pytest.raises(OSError, match="disk full"):
        answered(request_of(country.users[Role.WORKER]), view)


def test_without_the_middleware_nobody_is_shown(country: Country) -> None:
    with pytest.raises(LookupError, match="AuditMiddleware is not in place"):
        audit.opened(request_of(country.users[Role.WORKER]), country.person)


def test_who_works_in_two_municipalities_looks_in_the_responsible_one(country: Country) -> None:
    worker = country.users[Role.WORKER]
    Membership.objects.create(user=worker, organisation=country.other, role=Role.WORKER, start=date(2000, 1, 1))

    def view(request: HttpRequest) -> HttpResponse:
        audit.listed(request, [country.person, country.their_person])
        return HttpResponse()

    answered(request_of(worker), view)
    found = {line.person: line.organisation for line in Opening.objects.select_related("organisation")}
    assert found == {country.person.pk: country.own, country.their_person.pk: country.other}


def test_a_system_that_is_no_user_is_named_in_both_logs(country: Country) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        audit.act_for("token: journalsystem", organisations=[country.own.pk])
        audit.listed(request, [country.person])
        Person.objects.filter(pk=country.person.pk).update(phone="1")
        return HttpResponse()

    answered(request_of(None), view)
    line = Opening.objects.get()
    assert (line.user, line.words, line.organisation) == (None, "token: journalsystem", country.own)
    assert Change.objects.latest("pk").words == "token: journalsystem"


def page(pk: int) -> View:
    """A page of a person, as rooms write them."""

    def view(request: HttpRequest) -> HttpResponse:
        found = access.open_person(request, Person, pk)
        if isinstance(found, HttpResponse):
            return found
        needs = visible(found.reader, Need).filter(person=found.person)
        return HttpResponse(f"{found.person}: {', '.join(need.words for need in needs)}")

    return view


def test_who_works_with_a_person_opens_their_file(country: Country) -> None:
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    shown = answered(request_of(country.users[Role.WORKER]), page(country.person.pk))
    assert shown.content.decode() == "Prøve Eksempel: kan ikke løfte"
    assert lines() == [(country.person.pk, country.users[Role.WORKER].pk, False, "")]


@pytest.mark.parametrize("role", [Role.LEADER, Role.PROTECTION])
def test_leaders_and_the_protection_officer_are_asked_why(country: Country, role: Role) -> None:
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    user, pk = country.users[role], country.person.pk
    request = request_of(user, f"/personer/{pk}/?fane=plan")
    asked = answered(request, page(pk))
    assert asked.status_code == 302
    assert asked["Location"] == f"/log/grund/{pk}/?next=%2Fpersoner%2F{pk}%2F%3Ffane%3Dplan"
    assert lines() == []
    access.give_reason(request, pk, "Klage over sagsbehandlingen")
    shown = answered(request, page(pk))
    assert shown.content.decode() == "Prøve Eksempel: kan ikke løfte"
    assert lines() == [(pk, user.pk, False, "Klage over sagsbehandlingen")]


def test_a_reason_opens_one_file_and_no_other(country: Country) -> None:
    sibling = made_person("Søskende", country.users[Role.WORKER], country.own)
    request = request_of(country.users[Role.LEADER])
    access.give_reason(request, country.person.pk, "Klage over sagsbehandlingen")
    assert answered(request, page(sibling.pk)).status_code == 302


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.NEWCOMER])
def test_others_learn_nothing_with_a_reason_either(country: Country, role: Role) -> None:
    request = request_of(country.users[role])
    access.give_reason(request, country.person.pk, "Klage over sagsbehandlingen")
    with pytest.raises(Http404):
        answered(request, page(country.person.pk))


@pytest.mark.parametrize("role", [Role.LEADER, Role.PROTECTION, Role.WORKER])
def test_a_reason_does_not_reach_into_another_municipality(country: Country, role: Role) -> None:
    request = request_of(country.users[role])
    access.give_reason(request, country.their_person.pk, "Jeg er nysgerrig")
    with pytest.raises(Http404):
        answered(request, page(country.their_person.pk))
    assert lines() == []


def test_who_needs_a_reason(country: Country) -> None:
    needs = {
        role: access.needs_reason(viewer_of(user, timezone.localdate()), country.person)
        for role, user in country.users.items()
    }
    assert {role for role, asked in needs.items() if asked} == {Role.LEADER, Role.PROTECTION}
    assert not access.needs_reason(NOBODY, country.person)


def test_the_reason_is_asked_on_a_page_that_names_nobody(country: Country) -> None:
    leader, pk = signed_in(country.users[Role.LEADER]), country.person.pk
    asked = leader.get(f"/log/grund/{pk}/?next=/personer/")
    assert "Du arbejder ikke med sag S-Prøve" in asked.text
    assert "Eksempel" not in asked.text
    short = leader.post(f"/log/grund/{pk}/", {"reason": "fordi", "next": "/personer/"})
    assert "Skriv lidt mere" in short.text
    given = leader.post(f"/log/grund/{pk}/", {"reason": "Klage over sagsbehandlingen", "next": "/personer/"})
    assert given["Location"] == "/personer/"
    assert leader.session[access.REASONS] == {str(pk): "Klage over sagsbehandlingen"}


def test_nobody_is_led_to_another_site(country: Country) -> None:
    leader, pk = signed_in(country.users[Role.LEADER]), country.person.pk
    words = {"reason": "Klage over sagsbehandlingen", "next": "https://elsewhere.example.invalid/"}
    assert leader.post(f"/log/grund/{pk}/", words)["Location"] == "/"


@pytest.mark.parametrize("role", [Role.WORKER, Role.ADMINISTRATOR, Role.NEWCOMER])
def test_only_who_may_give_a_reason_is_asked(country: Country, role: Role) -> None:
    assert signed_in(country.users[role]).get(f"/log/grund/{country.person.pk}/").status_code == 404
    assert signed_in(country.users[Role.LEADER]).get(f"/log/grund/{country.their_person.pk}/").status_code == 404


def test_seeing_more_ends_with_the_block(country: Country) -> None:
    from fodfaeste.web.audit.context import also_see, current, telling

    with telling(replace(current(), user=country.users[Role.LEADER].pk)):
        also_see(country.person.pk)
        assert current().persons == {country.person.pk}
    assert current().persons == frozenset()


def test_a_list_that_leaves_in_a_file_writes_a_line_for_everybody_in_it(country: Country) -> None:
    second = made_person("Anden", country.users[Role.WORKER], country.own, case_number="S-2")
    client = signed_in(country.users[Role.WORKER])
    client.get("/personer/")
    assert not Opening.objects.filter(in_list=True).exists()
    file = client.get("/personer/?format=csv")
    assert b"S-2" in b"".join(file)
    assert {one.person for one in Opening.objects.filter(in_list=True)} == {country.person.pk, second.pk}
