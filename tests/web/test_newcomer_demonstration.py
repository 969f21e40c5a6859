"""The demonstration country has one newcomer whose own page is open: with a plan to say yes to and an appointment."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from fodfaeste.data import synthetic
from fodfaeste.web.demonstration.country import remove
from fodfaeste.web.demonstration.own_page import open_own_page
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.placement.models import ArrivalLink
from fodfaeste.web.programme.models import FollowUp, Plan
from fodfaeste.web.workplace.models import Agreement

from .conftest import TAKEOVER


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose people from a tenth of a synthetic register."""
    register = synthetic.build(1, 0.1, tmp_path / "register")
    monkeypatch.setattr("fodfaeste.web.demonstration.country.synthetic.build", lambda *_: register)


def built(*arguments: str) -> dict[str, Any]:
    said = StringIO()
    call_command("build_demonstration", "--json", *arguments, stdout=said)
    return json.loads(said.getvalue())


def told(*arguments: str) -> dict[str, Any]:
    return built(*arguments)["own_page"]


@pytest.mark.django_db
def test_the_newcomer_comes_in_and_has_something_to_answer() -> None:
    own_page = told("--people", "60")
    page = Client().post(own_page["path"], {"code": own_page["code"]}, follow=True).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "هل توافق على خطتك الجديدة؟" in page
    assert "Møde om praktik på rådhuset (opdigtet)" in page


@pytest.mark.django_db
def test_told_again_it_is_another_link_to_the_same_page_and_it_goes_with_the_country() -> None:
    first = told("--people", "60")
    plans, talks = Plan.objects.count(), FollowUp.objects.count()
    again = told("--renew")
    assert again["path"] != first["path"]
    assert (Plan.objects.count(), FollowUp.objects.count()) == (plans, talks)
    assert Link.objects.count() == 2
    said = StringIO()
    call_command("build_demonstration", "--renew", stdout=said)
    assert "A newcomer's own page, code " in said.getvalue()
    remove()
    assert not Link.objects.exists()


@pytest.mark.django_db
def test_two_households_come_in_one_that_waits_and_one_that_reads_why() -> None:
    first, again = built("--people", "60")["households"], built("--renew")["households"]
    waits, placed = (Client().post(one["path"], {"code": one["code"]}, follow=True).text for one in first)
    assert reverse("household:wishes") in waits
    assert reverse("household:why") in placed
    assert [one["what"] for one in first] == [one["what"] for one in again]
    assert {one["path"] for one in first}.isdisjoint(one["path"] for one in again)
    said = StringIO()
    call_command("build_demonstration", "--renew", stdout=said)
    assert "An arriving household's own page, to say what it wishes, code " in said.getvalue()
    remove()
    assert not ArrivalLink.objects.exists()


@pytest.mark.django_db
def test_a_workplace_comes_by_its_link_and_is_the_one_still_waited_for() -> None:
    first, again = built("--people", "60")["workplace"], built("--renew")["workplace"]
    assert first != again
    agreement = Agreement.objects.get()
    for path in (first, again):
        page = Client().get(path).text
        assert agreement.called in page
        assert agreement.person.family_name not in page
        assert "tel:00" in page
    assert [one.side for one in agreement.answers.all()] == ["office"]
    remove()
    assert not Agreement.objects.exists()


@pytest.mark.django_db
def test_where_nobody_has_a_plan_there_is_no_page() -> None:
    assert open_own_page([], today=TAKEOVER) is None
