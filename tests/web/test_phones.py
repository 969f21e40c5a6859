"""Where an office and its people are reached: asked when it starts, changed afterwards, told to those who may call."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.phones import phone_of, set_office_phone
from fodfaeste.web.accounts.domain.start import set_hours
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in
from fodfaeste.web.programme.letter import Said, content_of

from .conftest import Country, made_user, signed_in
from .newcomer_examples import newcomer
from .programme_examples import opened, proposed

OFFICE, OWN = "11 22 33 44", "+45 55 66 77 88"
MONDAY = {"opens_0": "09:00", "closes_0": "15:30"}


@pytest.fixture
def office(country: Country) -> Organisation:
    set_office_phone(country.own, OFFICE, by=country.users[Role.ADMINISTRATOR])
    return Organisation.objects.get(pk=country.own.pk)


def test_the_office_s_telephone_is_asked_for_with_its_hours_and_changed_there(country: Country) -> None:
    browser = signed_in(country.users[Role.ADMINISTRATOR])
    address = f"/kontor/{country.own.pk}/start/aabningstider/"
    for phone in (OFFICE, "99 88 77 66"):
        assert browser.post(address, {**MONDAY, "phone": phone}).status_code == 302
        country.own.refresh_from_db()
        assert country.own.phone == phone
        assert f'value="{phone}"' in browser.get(address).text


def test_what_is_no_telephone_number_is_refused_with_an_example(country: Country) -> None:
    browser = signed_in(country.users[Role.WORKER])
    answer = browser.post("/kontor/min-telefon/", {"phone": "lokal 12"})
    assert answer.status_code == 200
    assert "+45 12 34 56 78" in answer.text
    assert not User.objects.get(pk=country.users[Role.WORKER].pk).phone


def test_only_the_office_s_administrator_changes_its_telephone(country: Country) -> None:
    with pytest.raises(Refused):
        set_office_phone(country.own, OFFICE, by=country.users[Role.WORKER])


def test_who_has_a_work_telephone_is_reached_there_and_else_at_the_office(
    country: Country, office: Organisation
) -> None:
    worker = country.users[Role.WORKER]
    assert phone_of(worker, office) == OFFICE
    signed_in(worker).post("/kontor/min-telefon/", {"phone": OWN})
    worker.refresh_from_db()
    assert phone_of(worker, office) == OWN
    signed_in(worker).post("/kontor/min-telefon/", {"phone": ""})
    worker.refresh_from_db()
    assert phone_of(worker, office) == OFFICE


@pytest.mark.usefixtures("office")
def test_a_newcomer_reads_whom_to_call_and_can_press_the_number(country: Country) -> None:
    page = newcomer(country.person, country.users[Role.WORKER]).get("/min/").text
    assert country.users[Role.WORKER].name in page
    assert 'href="tel:+4511223344"' in page


@pytest.mark.usefixtures("office")
def test_while_somebody_stands_in_a_newcomer_calls_them(country: Country) -> None:
    worker = country.users[Role.WORKER]
    colleague = made_user("vikaren", country.own, Role.WORKER)
    colleague.phone = OWN
    colleague.save()
    today = timezone.localdate()
    arrange_stand_in(
        worker, country.own, stand_in=colleague, start=today, end=today + timedelta(days=7), urgent="Intet", by=worker
    )
    page = newcomer(country.person, worker).get("/min/").text
    assert "vikaren" in page
    assert 'href="tel:+4555667788"' in page


def test_a_newcomer_reads_when_the_office_is_open_days_alike_together(country: Country) -> None:
    hours = {day: (time(9), time(15)) for day in range(3)} | {3: (time(10), time(17)), 4: (time(9), time(15))}
    set_hours(country.own, hours, by=country.users[Role.ADMINISTRATOR])
    page = newcomer(country.person, country.users[Role.WORKER]).get("/min/").text
    found = re.findall(r"<li>([^<]+): <bdi>([^<]+)</bdi></li>", page)
    assert found == [("mandag – onsdag", "09:00–15:00"), ("torsdag", "10:00–17:00"), ("fredag", "09:00–15:00")]


def test_without_any_telephone_the_name_stands_alone(country: Country) -> None:
    page = newcomer(country.person, country.users[Role.WORKER]).get("/min/").text
    assert country.users[Role.WORKER].name in page
    assert "tel:" not in page


@pytest.mark.usefixtures("office")
def test_the_plan_as_a_letter_says_whom_to_call(country: Country) -> None:
    worker = country.users[Role.WORKER]
    plan = proposed(opened(country), worker)
    facts = content_of(plan, Said("en"), on=timezone.localdate())["facts"]
    told = [f"Ring til {worker.name}, telefon {OFFICE}, hvis du vil spørge."]
    assert [*told, f"Call {worker.name}, telephone {OFFICE}, if you want to ask."] in facts
