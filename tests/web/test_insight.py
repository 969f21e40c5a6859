"""Insight: figures are made each night, compared once a year, and nobody can work out what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.insight.domain.making import make_insight
from fodfaeste.web.insight.measures import MEASURES
from fodfaeste.web.insight.models import Counted, Edition, Figure

from .conftest import Country, made_user
from .insight_examples import DAY, figures


@pytest.fixture
def offices(country: Country) -> dict[str, Organisation]:
    """Six municipalities with people, whose figures are made."""
    made = figures(country)
    make_insight(DAY)
    return made


def analyst(country: Country) -> Any:
    """Somebody of a ministry, who sees no person."""
    ministry = Organisation.objects.create(kind=Kind.AGENCY, name="Ministeriet (opdigtet)")
    return made_user("analyst.agency", ministry, Role.ANALYST)


def own(office: Organisation, measure: str, part: str = "") -> Figure:
    return Figure.objects.get(organisation=office, measure=measure, part=part)


# ------------------------------------------------------------------ what is counted


def test_a_figure_is_what_its_definition_says(offices: dict[str, Organisation], country: Country) -> None:
    """24 came: one is protected, 6 moved away after 200 days; of those who stayed every third works."""
    stayed, work = own(country.own, "stayed"), own(country.own, "work")
    assert (stayed.n, stayed.events) == (23, 17)
    assert (work.n, work.events) == (17, 6)
    follow_ups = own(country.own, "follow_ups")
    assert (follow_ups.n, follow_ups.events) == (21, 15)
    choices = own(country.own, "choices")
    assert (choices.n, choices.events) == (17, 11)


def test_the_list_behind_a_figure_adds_up_to_it(offices: dict[str, Organisation]) -> None:
    for office in offices.values():
        for measure in MEASURES:
            rows = Counted.objects.filter(organisation=office, measure=measure.name)
            figure = own(office, measure.name)
            assert sum(row.n for row in rows) == figure.n
            assert sum(row.events for row in rows) == figure.events


def test_who_is_protected_is_counted_nowhere(offices: dict[str, Organisation]) -> None:
    assert not Counted.objects.filter(person__protected=True).exists()
    assert Edition.objects.get(kind="own").left_out == 6
