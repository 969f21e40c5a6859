"""The pages of an office's own administration."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from fodfaeste.web.accounts.domain.roles import give_role
from fodfaeste.web.accounts.models import CooperationOffer, Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.people.models import Responsibility

from .conftest import Country, made_user, signed_in

SECRET = "et kodeord på mindst seksten tegn"


@pytest.fixture
def browser(country: Country) -> Client:
    return signed_in(country.users[Role.ADMINISTRATOR])


def office(country: Country, path: str = "") -> str:
    return f"/kontor/{country.own.pk}/{path}"


def said(browser: Client, path: str, data: dict[str, Any] | None = None) -> str:
    """Send a form and read what the page that it leads to says."""
    return browser.post(path, data or {}, follow=True).text


def test_the_menu_leads_to_the_office(country: Country, browser: Client) -> None:
    assert 'href="/kontor/"' in browser.get("/personer/").text
    assert browser.get("/kontor/")["Location"] == office(country)
    assert 'href="/kontor/"' not in signed_in(country.users[Role.WORKER]).get("/personer/").text


def test_the_menu_marks_one_entry_the_nearest(country: Country) -> None:
    officer = signed_in(country.users[Role.PROTECTION])
    for path, marked in (("/log/", "Log"), ("/log/stikproever/", "Stikprøver"), ("/log/uden-relation/", "Log")):
        entries = officer.get(path).text.split('class="site-menu"')[1].split("</nav>")[0]
        assert re.findall(r'aria-current="\w+">([^<]+)', entries) == [marked]


def test_a_case_number_in_a_list_keeps_to_one_line(country: Country) -> None:
    page = signed_in(country.users[Role.WORKER]).get("/personer/").text
    assert f'<td class="unbroken">{country.person.case_number}</td>' in page
    assert '<td class="unbroken">flygtning</td>' not in page


def test_who_administers_two_offices_chooses(country: Country, browser: Client) -> None:
    admin = country.users[Role.ADMINISTRATOR]
    Membership.objects.create(
        user=admin, organisation=country.other, role=Role.ADMINISTRATOR, start=timezone.localdate()
    )
    page = browser.get("/kontor/").text
    assert "Egenby" in page
    assert "Nabo" in page


def test_people_of_the_office_with_their_roles(country: Country, browser: Client) -> None:
    page = browser.get(office(country)).text
    for name in ("worker", "leader", "Integrationsmedarbejder"):
        assert name in page
    assert "stranger" not in page


def test_the_list_asks_the_database_no_more_often_for_more_people(
    country: Country, browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        made_user(f"further-{number}", country.own, Role.WORKER)
    browser.get(office(country))
    with django_assert_max_num_queries(20):
        browser.get(office(country))


def test_somebody_new_gets_a_link_that_is_shown_once(country: Country, browser: Client) -> None:
    typed = {"name": "Ny", "email": "ny@example.invalid", "role": "worker", "start": timezone.localdate()}
    page = browser.post(office(country, "ny/"), typed).text
    found = re.search(r"http://testserver(/konto/password/reset/key/[^\"]+)", page)
    assert found is not None
    another = Client()
    to = another.get(found[1], follow=True).redirect_chain[-1][0]
    another.post(to, {"password1": SECRET, "password2": SECRET})
    new = User.objects.get(email="ny@example.invalid")
    assert new.check_password(SECRET)
    assert "password/reset" not in browser.get(office(country, f"bruger/{new.pk}/")).text


def test_what_is_refused_stands_at_the_form(country: Country, browser: Client) -> None:
    typed = {"name": "", "email": "ny@example.invalid", "role": "worker", "start": "2000-01-01"}
    assert browser.post(office(country, "ny/"), typed).status_code == 200
    page = browser.post(office(country, "ny/"), {**typed, "name": "Ny"}).text
    assert "tidligst begynde i dag" in page
    assert not User.objects.filter(email="ny@example.invalid").exists()  # no account without its role


def test_somebody_who_works_elsewhere_too_keeps_their_password(country: Country, browser: Client) -> None:
    """Or the neighbour's administrator could sign in as them and see what they see at home."""
    admin, today = country.users[Role.ADMINISTRATOR], timezone.localdate()
    give_role(country.stranger, country.own, Role.WORKER, today, by=admin)
    typed = {"name": "S", "email": country.stranger.email, "role": "leader", "start": today}
    there = f"bruger/{country.stranger.pk}/"
    assert "stranger har også en rolle i Nabo" in said(browser, office(country, f"{there}link/"))
    assert "stranger har også en rolle i Nabo" in said(browser, office(country, f"{there}andet-trin/"))
    assert "stranger har også en rolle i Nabo" in said(browser, office(country, f"{there}luk/"))
    User.objects.filter(pk=country.stranger.pk).update(password="!never chosen")
    assert "password/reset" not in said(browser, office(country, "ny/"), typed)


def test_a_role_is_given_for_two_weeks_and_ended_sooner(country: Country, browser: Client) -> None:
    leader, today = country.users[Role.LEADER], timezone.localdate()
    there = office(country, f"bruger/{leader.pk}/")
    last = today + timedelta(days=13)
    assert "Rollen er givet" in said(browser, f"{there}rolle/", {"role": "worker", "start": today, "last": last})
    held = Membership.objects.get(user=leader, role=Role.WORKER)
    assert held.end == last + timedelta(days=1)
    assert "Rollens sidste dag er gemt" in said(browser, office(country, f"rolle/{held.pk}/slut/"), {"last": today})
    held.refresh_from_db()
    assert held.end == today + timedelta(days=1)
    assert "Sidste dag" in said(browser, office(country, f"rolle/{held.pk}/slut/"), {"last": "never"})
    assert "Fra" in said(browser, f"{there}rolle/", {"role": "worker", "start": ""})
    Membership.objects.filter(pk=held.pk).update(start=today - timedelta(days=9), end=today)
    assert "Tidligere" in browser.get(there).text


def test_who_ends_their_own_administration_is_led_home(country: Country, browser: Client) -> None:
    admin, today = country.users[Role.ADMINISTRATOR], timezone.localdate()
    there = office(country, f"rolle/{Membership.objects.get(user=admin).pk}/slut/")
    yesterday = today - timedelta(days=1)
    assert "er den sidste administrator i Egenby" in said(browser, there, {"last": yesterday})
    Membership.objects.create(
        user=country.users[Role.LEADER], organisation=country.own, role=Role.ADMINISTRATOR, start=today
    )
    assert browser.post(there, {"last": yesterday})["Location"] == "/"


def test_a_leavers_account_is_closed_when_the_cases_are_with_somebody_else(country: Country, browser: Client) -> None:
    worker = country.users[Role.WORKER]
    there = office(country, f"bruger/{worker.pk}/luk/")
    assert "worker har stadig 1 åben sag" in said(browser, there)
    Responsibility.objects.filter(worker=worker).update(worker=country.users[Role.CONSULTANT])
    assert "Kontoen for worker er lukket" in said(browser, there)
    page = browser.get(office(country, f"bruger/{worker.pk}/")).text
    assert "(lukket)" in page
    assert "Nyt link" not in page
    assert "er lukket" in said(browser, office(country, f"bruger/{worker.pk}/link/"))


def test_a_lost_telephone(country: Country, browser: Client) -> None:
    leader = country.users[Role.LEADER]
    theirs = signed_in(leader)
    assert "Det andet trin er nulstillet" in said(browser, office(country, f"bruger/{leader.pk}/andet-trin/"))
    assert not Authenticator.objects.filter(user=leader).exists()
    assert theirs.get("/personer/").status_code == 302


def test_two_offices_begin_and_end_to_cooperate(country: Country, browser: Client) -> None:
    theirs = signed_in(made_user("their-administrator", country.other, Role.ADMINISTRATOR))
    assert "Nabo er spurgt" in said(browser, office(country, "samarbejde/"), {"receiver": country.other.pk})
    offer = CooperationOffer.objects.get()
    there = f"/kontor/{country.other.pk}/samarbejde/"
    assert "De vil samarbejde med jer" in theirs.get(there).text
    assert "Kun en administrator i Nabo" in said(
        browser, office(country, f"samarbejde/tilbud/{offer.pk}/"), {"answer": "yes"}
    )
    assert "I samarbejder nu med Egenby" in said(theirs, f"{there}tilbud/{offer.pk}/", {"answer": "yes"})
    assert "Nabo" in browser.get(office(country, "samarbejde/")).text
    assert "I samarbejder ikke længere med Nabo" in said(
        browser, office(country, f"samarbejde/{country.other.pk}/slut/")
    )
    said(browser, office(country, "samarbejde/"), {"receiver": country.other.pk})
    offer = CooperationOffer.objects.get()
    assert "Tilbuddet er væk" in said(theirs, f"{there}tilbud/{offer.pk}/", {"answer": "no"})


def test_an_offer_is_answered_where_it_lies(country: Country, browser: Client) -> None:
    admin, today = country.users[Role.ADMINISTRATOR], timezone.localdate()
    Membership.objects.create(user=admin, organisation=country.other, role=Role.ADMINISTRATOR, start=today)
    third = Organisation.objects.create(kind=Kind.SCHOOL, name="Sprogskolen")
    offer = CooperationOffer.objects.create(sender=third, receiver=country.other, by=admin)
    assert browser.post(office(country, f"samarbejde/tilbud/{offer.pk}/"), {"answer": "yes"}).status_code == 404
