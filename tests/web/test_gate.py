"""The gate: who may see whom, by pages and by asking for rows."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404
from django.utils import timezone

from fodfaeste.web.accounts import gate
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY, viewer_of
from fodfaeste.web.people.models import Household, HouseholdMember, Person, Responsibility
from fodfaeste.web.programme.models import JournalNote

from .conftest import TAKEOVER, Country, made_person, signed_in


def sees(country: Country, role: Role) -> set[str]:
    viewer = viewer_of(country.users[role], timezone.localdate())
    return {person.given_name for person in visible(viewer, Person)}


@pytest.mark.parametrize("role", [Role.WORKER, Role.CONSULTANT])
def test_who_works_with_persons_sees_those_of_the_own_municipality(country: Country, role: Role) -> None:
    assert sees(country, role) == {"Prøve"}


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.PROTECTION, Role.ADMINISTRATOR, Role.NEWCOMER])
def test_others_see_no_person(country: Country, role: Role) -> None:
    assert sees(country, role) == set()


def test_nobody_sees_nobody(country: Country) -> None:
    assert not visible(NOBODY, Person).exists()
    with pytest.raises(Http404):
        visible_or_404(NOBODY, Person, pk=country.person.pk)


def test_when_responsibility_has_moved_on_so_has_sight(country: Country) -> None:
    held = Responsibility.objects.get(person=country.person)
    held.end = date(2025, 1, 1)
    held.save()
    Responsibility.objects.create(
        person=country.person, organisation=country.other, worker=country.stranger, start=date(2025, 1, 1)
    )
    assert sees(country, Role.WORKER) == set()
    assert {row.given_name for row in visible(viewer_of(country.stranger, date(2026, 1, 1)), Person)} == {
        "Prøve",
        "Anden",
    }


def test_a_role_that_has_ended_opens_nothing(country: Country) -> None:
    country.users[Role.WORKER].memberships.update(end=date(2020, 1, 1))
    assert sees(country, Role.WORKER) == set()


def test_a_model_that_nobody_has_spoken_of_cannot_be_asked_for(country: Country) -> None:
    with pytest.raises(LookupError, match="Nobody has said who may see Organisation"):
        visible(NOBODY, Organisation)


def test_a_row_comes_once_however_many_it_is_joined_with(country: Country) -> None:
    worker = country.users[Role.WORKER]
    home = Household.objects.create(name="Et hjem")
    for person in (country.person, made_person("Søster", worker, country.own)):
        HouseholdMember.objects.create(household=home, person=person, start=TAKEOVER)
    assert visible(viewer_of(worker, timezone.localdate()), Household).count() == 1


def test_no_scope_repeats_a_row_of_somebody_who_came_back(country: Country) -> None:
    """The person was the own municipality's, then the other's, and is the own's again: `never_two` on one day."""
    held = country.person.responsibilities.get()
    for start, office in ((date(2024, 6, 1), country.other), (date(2024, 9, 1), country.own)):
        Responsibility.objects.filter(pk=held.pk).update(end=start)
        held = Responsibility.objects.create(
            person=country.person, organisation=office, worker=country.stranger, start=start
        )
    JournalNote.objects.create(
        person=country.person, organisation=country.own, day=TAKEOVER, text="Et notat", author=country.stranger
    )
    viewer = viewer_of(country.users[Role.WORKER], timezone.localdate())
    for model in gate.scoped_models():
        rows = visible(viewer, model)
        assert rows.count() == rows.distinct().count(), f"{model.__name__} shows a row twice"
    assert [visible(viewer, model).count() for model in (Person, Responsibility, JournalNote)] == [1, 3, 1]


def test_rows_that_cannot_repeat_are_not_compared(country: Country) -> None:
    """A list of ten thousand would be read and sorted whole before its first page."""
    viewer = viewer_of(country.users[Role.WORKER], timezone.localdate())
    assert "DISTINCT" not in str(visible(viewer, Person).query)
    assert "DISTINCT" in str(visible(viewer, Household).query)


def test_a_scope_is_given_once() -> None:
    with pytest.raises(ValueError, match="Person has a scope already"):
        gate.scoped(Person)(lambda _viewer: None)


def test_pages_show_the_own_and_know_nothing_of_others(country: Country) -> None:
    worker = signed_in(country.users[Role.WORKER])
    page = worker.get("/personer/")
    assert "Prøve" in page.text
    assert "Anden" not in page.text
    assert worker.get(f"/personer/{country.person.pk}/").status_code == 200
    assert worker.get(f"/personer/{country.their_person.pk}/").status_code == 404
    assert signed_in(None).get("/personer/").status_code == 302
