"""The demonstration country: who comes to it, that an office's own acts make it, and that it can be taken away."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fodfaeste.data import synthetic
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.demonstration.forecasts import add_forecast
from fodfaeste.web.demonstration.newcomers import largest, later, newcomers, of_today
from fodfaeste.web.insight.domain import drawing
from fodfaeste.web.insight.domain.making import make_insight
from fodfaeste.web.insight.models import Edition, Figure
from fodfaeste.web.people.models import Household, Person
from fodfaeste.web.placement.forecasts import store
from fodfaeste.web.placement.forecasts.in_use import state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel

from .conftest import Country

TODAY = date(2026, 11, 27)
BUILD = synthetic.build
BUILDS = "fodfaeste.web.demonstration.management.commands.build_demonstration"


@pytest.fixture
def register(small_register: Path) -> Path:
    return small_register


@pytest.fixture(autouse=True)
def small(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose people from that tenth, which is built once."""
    monkeypatch.setattr("fodfaeste.web.demonstration.country.synthetic.build", lambda *_: register)
    monkeypatch.setattr(f"{BUILDS}.make_insight", lambda _day: None)


def test_who_comes_has_arrived_within_some_years_and_nothing_has_happened_yet_that_is_to_come(register: Path) -> None:
    codes = largest(register, TODAY, 6)
    came = newcomers(register, codes, TODAY, 60, 1)
    assert len(set(codes)) == 6
    assert 40 < len(came) <= 60
    for newcomer in came:
        assert newcomer.municipality in codes
        assert date(2021, 11, 1) <= newcomer.arrival <= TODAY
        assert newcomer.left is None or newcomer.arrival < newcomer.left <= TODAY
        assert bool(newcomer.to) <= (newcomer.reason == "moved")
        for work in newcomer.work:
            assert newcomer.arrival <= work.start <= TODAY
            assert work.end is None or work.start < work.end <= TODAY


def test_a_municipality_of_then_is_what_became_of_it() -> None:
    assert of_today("211", TODAY) == "260"
    assert of_today("217", TODAY) == "217"
    assert of_today("", TODAY) == ""


def test_half_came_last_and_the_others_in_the_years_before(register: Path) -> None:
    came = newcomers(register, largest(register, TODAY, 6), TODAY, 60, 1)
    years = Counter(newcomer.arrival.year for newcomer in came)
    assert len(years) > 3
    latest = sorted((newcomer.arrival for newcomer in came), reverse=True)
    assert latest[len(came) // 3].year >= TODAY.year - 2


def test_households_come_whole_and_have_one_name(register: Path) -> None:
    came = newcomers(register, largest(register, TODAY, 6), TODAY, 60, 1)
    names = {newcomer.household: newcomer.family_name for newcomer in came}
    assert all(names[newcomer.household] == newcomer.family_name for newcomer in came)
    assert max(Counter(newcomer.household for newcomer in came).values()) > 1


def test_the_same_seed_gives_the_same_people(register: Path) -> None:
    codes = largest(register, TODAY, 3)
    assert newcomers(register, codes, TODAY, 30, 7) == newcomers(register, codes, TODAY, 30, 7)
    assert newcomers(register, codes, TODAY, 30, 7) != newcomers(register, codes, TODAY, 30, 8)


def test_a_day_that_a_year_does_not_have_is_the_one_before() -> None:
    assert later(date(2000, 2, 29)) == date(2022, 2, 28)
    assert later(date(2004, 12, 31)) == date(2026, 12, 31)


def built(people: int = 30) -> str:
    said = StringIO()
    call_command("build_demonstration", "--people", str(people), stdout=said)
    return said.getvalue()


def test_it_is_not_built_among_people_who_are_not_made_up(country: Country) -> None:
    with pytest.raises(CommandError, match="People are registered here"):
        built()
    assert not Household.objects.exists()


@pytest.mark.django_db
def test_it_is_taken_away_whole_and_nothing_else() -> None:
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Rigtig", code="999")
    user = User.objects.create_user("real@example.invalid", "a long enough secret", name="Bliver")
    Membership.objects.create(user=user, organisation=office, role=Role.WORKER, start=date(2020, 1, 1))
    built(40)
    said = StringIO()
    count = Person.objects.count()
    call_command("remove_demonstration", stdout=said)
    assert f"{count} made-up persons taken away" in said.getvalue()
    assert not Person.objects.exists()
    assert not Household.objects.exists()
    assert [one.name for one in Organisation.objects.all()] == ["Rigtig"]
    assert [one.name for one in User.objects.all()] == ["Bliver"]


@pytest.mark.django_db
def test_the_nights_figures_are_made_at_its_end_and_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{BUILDS}.make_insight", make_insight)
    monkeypatch.setattr(drawing, "LANGUAGES", ())
    built(60)
    assert Edition.objects.get(kind="own").persons == Person.objects.count()
    assert Figure.objects.filter(measure="stayed", organisation__made_up__isnull=False, part="").count() == 6
    call_command("remove_demonstration", stdout=StringIO())
    assert not Edition.objects.exists()


@pytest.mark.long
@pytest.mark.django_db
def test_a_model_is_trained_and_tried_for_its_officers_and_goes_with_it(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small register is learnt from here; whatever the past says of it is told, and nobody uses it."""
    settings.MEDIA_ROOT = tmp_path
    built()
    # A tenth of the register is enough to choose people from, and too little for its past to speak.
    monkeypatch.setattr(synthetic, "build", BUILD)
    assert [str(one) for one in add_forecast(scale=0.3)] == ["arbejde-og-ophold 1"]
    kept = ForecastModel.objects.get()
    assert kept.trials.get().told["places"]
    assert str(state_of(kept.organisation).on).startswith("default_denmark")
    assert add_forecast() == []
    assert (store.room() / kept.sha256).is_dir()
    call_command("remove_demonstration", stdout=StringIO())
    assert not (store.room() / kept.sha256).exists()
