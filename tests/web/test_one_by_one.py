"""A page of many rows is cut from an index, row by row; it is the page that sorting all of them gives."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from fodfaeste.web.accounts.gate import one_by_one, visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY, viewer_of
from fodfaeste.web.base import lists
from fodfaeste.web.people.models import Person

from .conftest import Country, made_person, signed_in

NAMES = ("Åse", "Zara", "Anna", "Ægir", "Bo", "Østen", "Bo")
IN_ORDER = ["Anna", "Bo", "Bo", "Zara", "Ægir", "Østen", "Åse"]


@pytest.fixture
def worker(country: Country) -> Client:
    for name in NAMES:
        made = made_person(name, country.users[Role.WORKER], country.own, case_number=f"N-{Person.objects.count()}")
        Person.objects.filter(pk=made.pk).update(family_name="", permit="family")
    return signed_in(country.users[Role.WORKER])


def shown(client: Client, asked: str) -> list[str]:
    page = client.get(f"/personer/{asked}").context["list"].page
    return [person.given_name for person in page.object_list]


@pytest.mark.parametrize("few", [0, 1000])
def test_pages_are_the_same_whether_rows_are_sorted_or_walked(
    worker: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(lists, "FEW", few)
    monkeypatch.setattr(lists, "SIZES", (4, 200, 1000))
    asked = "?grundlag=family"
    assert shown(worker, asked) + shown(worker, f"{asked}&side=2") == IN_ORDER
    assert len(shown(worker, "?q=N-3")) == 1
    assert shown(worker, f"{asked}&orden=-navn") == IN_ORDER[:-5:-1]


def test_nobody_walks_past_the_gate(country: Country) -> None:
    today = timezone.localdate()
    for user in (country.users[Role.WORKER], country.stranger, country.users[Role.LEADER]):
        viewer = viewer_of(user, today)
        assert set(one_by_one(viewer, Person)) == set(visible(viewer, Person))
    assert set(one_by_one(viewer_of(country.users[Role.WORKER], today), Person)) == {country.person}
    assert not one_by_one(NOBODY, Person).exists()
