"""Journey 1: the list arrives. Twelve rows, two faulty, one known person."""

from __future__ import annotations

from datetime import date

import pytest

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.models import Person

from ..conftest import Country
from ..test_import import LIST
from .conftest import Walker

pytestmark = pytest.mark.browser


def test_the_list_arrives(walker: Walker, country: Country) -> None:
    facts = PersonFacts(
        given_name="Mohamad",
        family_name="Eksempel",
        birth_date=date(1990, 5, 1),
        sex="male",
        citizenship="SYR",
        arrival_date=date(2025, 9, 1),
        takeover_date=date(2025, 9, 1),
    )
    register_person(facts, organisation=country.own, by=country.users[Role.WORKER])
    before = set(Person.objects.values_list("pk", flat=True))
    page = walker.goes_to("/personer/import/")
    page.get_by_label("Listen").set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    walker.clicks_on("button", "Se listen")
    assert page.locator("tr[id^=raekke-]").count() == 12
    assert page.get_by_role("button", name="Gem 12 personer").count() == 0
    walker.clicks_on("link", "Kun dem, der skal ses på")
    page.locator("#raekke-2").wait_for(state="detached")
    assert page.locator("tr[id^=raekke-]").count() == 3
    walker.looks_round()
    page.locator("#celle-5-birth_date").fill("28-02-2000")
    walker.clicks_on("button", "Ret række 5")
    page.locator("#raekke-5").wait_for(state="detached")
    page.locator("#celle-9-sex").fill("mand")
    walker.clicks_on("button", "Ret række 9")
    page.locator("#raekke-9").wait_for(state="detached")
    walker.clicks_on("button", "Samme person, række 10")
    page.get_by_role("button", name="Gem 12 personer").wait_for()
    assert set(Person.objects.values_list("pk", flat=True)) == before
    walker.clicks_on("link", "Alle rækker")
    page.locator("#raekke-2").wait_for()
    assert page.get_by_role("cell", name="IL-1999", exact=True).count() == 4
    assert page.get_by_role("cell", name="IL-2025", exact=True).count() == 7
    walker.clicks_on("button", "Gem 12 personer")
    page.get_by_text("Listen er gemt.").wait_for()
    assert page.get_by_role("cell", name="oprettet", exact=True).count() == 11
    assert page.get_by_role("cell", name="kendt i forvejen", exact=True).count() == 1
    assert Person.objects.exclude(pk__in=before).count() == 11
    assert Person.objects.filter(case_number="0012").exists()
    walker.looks_round()
    walker.clicks_on("button", "Fortryd listen")
    page.get_by_text("er væk igen").first.wait_for()
    assert set(Person.objects.values_list("pk", flat=True)) == before
