"""Made-up persons of an office that is being set up: by its own acts, and gone without a trace but in the logs."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts import made_up
from fodfaeste.web.accounts.domain import start
from fodfaeste.web.accounts.domain.first import first_administrator
from fodfaeste.web.accounts.domain.start import Colleague, Step
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.demonstration.models import MadeUpPerson
from fodfaeste.web.people.models import Household, HouseholdMember, Person
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Plan, Programme

from .conftest import Country, signed_in

TODAY = timezone.localdate()
STEP = "/kontor/{}/start/opdigtede-data/"


@pytest.fixture
def admin(db: None) -> User:
    return first_administrator("ada@example.invalid", "Ada", "Ringsted")


@pytest.fixture
def office(admin: User) -> Organisation:
    found = Organisation.objects.get()
    start.add_colleagues(found, [Colleague("Bo", "bo@example.invalid", Role.WORKER)], by=admin)
    return found


def rows() -> dict[str, int]:
    """How many rows each table has, but for the logs and who is signed in."""
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in {"audit", "sessions"}
    }


def test_a_handful_with_programmes_is_the_workers_to_try_with(office: Organisation, admin: User) -> None:
    start.choose_made_up_data(office, True, by=admin)
    worker = User.objects.get(name="Bo")
    mine = visible(viewer_of(worker, TODAY), Person)
    assert mine.count() == made_up.count(office) == 6
    assert set(mine.values_list("family_name", flat=True)) == {"Opdigtet"}
    assert Programme.objects.filter(person__in=mine).count() == 5  # a child has none
    assert set(Plan.objects.values_list("state", flat=True)) >= {"approved"}
    assert Household.objects.count() == 1
    assert visible(viewer_of(worker, TODAY), MadeUpPerson).count() == 6
    assert not visible(viewer_of(admin, TODAY), MadeUpPerson).exists()
    start.choose_made_up_data(office, True, by=admin)
    assert Person.objects.count() == 6


def test_all_of_it_goes_away_with_what_was_done_with_it(office: Organisation, admin: User) -> None:
    before = rows()
    start.choose_made_up_data(office, True, by=admin)
    person = Person.objects.get(given_name="Rasu")
    add_note(person, by=User.objects.get(name="Bo"), organisation=office, kind="note", day=TODAY, text="Prøver det af.")
    assert rows() != before
    start.choose_made_up_data(office, False, by=admin)
    assert rows() == before


def test_who_is_not_made_up_stays(country: Country) -> None:
    ada = country.users[Role.ADMINISTRATOR]
    before = rows()
    start.choose_made_up_data(country.own, True, by=ada)
    home = Household.objects.get()
    HouseholdMember.objects.create(household=home, person=country.person, start=country.person.takeover_date)
    start.choose_made_up_data(country.own, False, by=ada)
    assert set(Person.objects.all()) == {country.person, country.their_person}
    assert [member.person for member in home.members.all()] == [country.person]
    after = rows()
    assert {table for table in after if after[table] != before[table]} == {
        "accounts_setup",
        "people_household",
        "people_householdmember",
    }


def test_without_a_worker_nobody_would_be_responsible(admin: User) -> None:
    office = Organisation.objects.get()
    page = signed_in(admin).post(STEP.format(office.pk), {"wanted": "yes"}).text
    assert "tilføj først en integrationsmedarbejder" in page
    assert Step.MADE_UP_DATA not in start.set_up_of(office).done
    with pytest.raises(Refused):
        start.choose_made_up_data(office, True, by=admin)


def test_the_page_says_how_many_there_are(office: Organisation, admin: User) -> None:
    browser, step = signed_in(admin), STEP.format(office.pk)
    assert "kan fjernes helt igen" in browser.get(step).text
    assert browser.post(step, {"wanted": "yes"}).status_code == 302
    assert "Der er 6 opdigtede borgere." in browser.get(step).text
    assert browser.post(step, {"wanted": "no"}).status_code == 302
    assert "kan fjernes helt igen" in browser.get(step).text
