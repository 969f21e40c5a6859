"""A CPR number that is looked for stands in no address: not by a form, not by a link, and not by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people import cpr
from fodfaeste.web.people.domain import persons
from fodfaeste.web.people.models import Person

from .conftest import Country, signed_in
from .test_people_pages import FACTS, rows

NUMBER = "010290-1234"


@pytest.fixture
def amina(country: Country) -> Person:
    """Somebody with a CPR number."""
    facts = replace(FACTS, cpr=NUMBER)
    return persons.register_person(facts, organisation=country.own, by=country.users[Role.WORKER])


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


@pytest.mark.parametrize(
    "typed",
    [NUMBER, "0102901234", "010290 1234", "010290–1234", " 010290 - 1234 ", f"Amina {NUMBER}", f"{NUMBER}, Amina"],
)
@pytest.mark.usefixtures("amina")
def test_a_number_is_answered_at_once_and_stands_nowhere(worker: Client, typed: str) -> None:
    answer = worker.post("/personer/", {"q": typed})
    assert answer.status_code == 200
    assert "Amina" in rows(answer.text)
    assert "Prøve Eksempel" not in rows(answer.text)
    assert "1234" not in answer.text
    assert "q=" not in answer.text
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("amina")
def test_what_it_finds_leads_to_no_file_and_no_other_order(worker: Client) -> None:
    page = worker.post("/personer/", {"q": NUMBER}).text
    assert "format=" not in page
    assert "orden=" not in page
    assert "antal=" not in page
    assert "format=csv" in worker.get("/personer/").text


@pytest.mark.usefixtures("amina")
def test_a_number_that_nobody_has_finds_nobody(worker: Client) -> None:
    assert "Der er intet at vise" in worker.post("/personer/", {"q": "010290-9999"}).text


@pytest.mark.usefixtures("amina")
def test_another_municipality_s_number_finds_nobody(country: Country) -> None:
    assert "Amina" not in signed_in(country.stranger).post("/personer/", {"q": NUMBER}).text


@pytest.mark.parametrize("typed", ["Amina", "01-02-1990", "010290", "KTR-4927-M"])
def test_what_is_no_number_leads_to_an_address_that_can_be_kept(worker: Client, typed: str) -> None:
    answer = worker.post("/personer/", {"q": typed, "grundlag": "refugee", "orden": "-navn", "csrf": "x"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/personer/?q={typed}&grundlag=refugee&orden=-navn"
    assert worker.post("/personer/", {"q": ""})["Location"] == "/personer/"


@pytest.mark.parametrize("format_asked", ["", "&format=csv", "&format=xlsx"])
@pytest.mark.parametrize("typed", [NUMBER, "0102901234", "010290+1234", "Amina+010290%201234"])
def test_a_number_in_an_address_is_refused_in_words_and_not_looked_for(
    worker: Client, amina: Person, typed: str, format_asked: str
) -> None:
    address = f"/personer/?q={typed}{format_asked}"
    answer = worker.get(address)
    assert answer["Location"] == "/personer/"
    page = worker.get(address, follow=True).text
    assert "et CPR-nummer må ikke stå i en adresse" in page
    assert "1234" not in page.replace(amina.case_number, "")
    assert "Prøve Eksempel" in rows(page)  # nobody was looked for: all are there


@pytest.mark.usefixtures("db")
def test_sign_in_does_not_pass_it_on() -> None:
    answer = Client().get(f"/personer/?q={NUMBER}", follow=True)
    assert answer.redirect_chain[0][0] == "/personer/"
    assert not any("1234" in address for address, _status in answer.redirect_chain)
    assert "1234" not in answer.text


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("010290-1234", True),
        ("01.02.90 1234", True),
        ("01 02 90-12 34", True),
        ("x0102901234", True),
        ("٠١٠٢٩٠١٢٣٤", True),
        ("010290", False),
        ("01-02-1990", False),
        ("1990-02-01 KTR-4927-M", False),
        ("KTR-4927-M XTR-4928-N", False),
    ],
)
def test_what_may_be_a_number(text: str, held: bool) -> None:
    assert cpr.may_hold_one(text) is held


# In a browser


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(
    request: Any, browser: Browser, transactional_db: None, live_server: Any, country: Country
) -> Iterator[tuple[Page, list[str]]]:
    """A browser in which the own municipality's worker is signed in, and the addresses that it asks for."""
    session = signed_in(country.users[Role.WORKER]).cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, locale="da-DK", java_script_enabled=request.param)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("framenavigated", lambda frame: asked.append(frame.url))
    yield page, asked
    context.close()


@pytest.mark.browser
def test_no_field_puts_a_number_into_an_address(page: tuple[Page, list[str]], country: Country) -> None:
    for given_name, number in (("Amina", NUMBER), ("Bodil", "")):
        facts = replace(FACTS, given_name=given_name, cpr=number)
        persons.register_person(facts, organisation=country.own, by=country.users[Role.WORKER])
    window, asked = page
    window.goto("/personer/")
    for field in ("#soeg", "#filter-q"):
        window.locator(field).fill(NUMBER)
        window.locator(field).press("Enter")
        window.locator("#liste-antal", has_text="1–1 af 1").wait_for()
        window.get_by_role("link", name="Amina").wait_for()
        assert "?" not in window.url
        window.locator(field).fill("Bodil")
        window.locator(field).press("Enter")
        window.get_by_role("link", name="Bodil").wait_for()
        window.wait_for_url("**/personer/?q=Bodil")
    assert not [address for address in asked if "1234" in address]
