"""Insight where there is little to show: before the first night, and where few have come."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.insight.domain import drawing
from fodfaeste.web.insight.domain.making import make_insight
from fodfaeste.web.insight.models import Picture

from .conftest import Country, signed_in
from .insight_examples import DAY, analyst, figures, text_of, undrawn


def test_charts_are_drawn(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LANGUAGES", ("da",))
    figures(country, people=9)
    make_insight(DAY)
    picture = Picture.objects.filter(organisation=country.own).get()
    assert picture.svg.startswith("<svg")
    answer = signed_in(country.users[Role.LEADER]).get(f"/indsigt/billede/{picture.pk}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "måned 36" in answer.content.decode()


def test_too_few_to_compare_is_said_and_own_figures_are_shown(country: Country) -> None:
    figures(country, people=2, last=2)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "svg", undrawn)
        patch.setattr("django.utils.timezone.localdate", lambda *_: DAY)
        call_command("make_insight", stdout=said, stderr=io.StringIO())
    assert "No comparison yet" in said.getvalue()
    page = text_of(country.users[Role.LEADER], "/indsigt/")
    assert "Der er ingen sammenligning med andre kommuner." in page
    assert "Fastholdelse: bor stadig i kommunen" in page
    assert "Der er ingen sammenligning" in text_of(analyst(), "/indsigt/kommuner/")


def test_before_the_first_night_there_is_nothing_and_it_is_said(country: Country) -> None:
    assert "Der er ingen tal endnu." in text_of(country.users[Role.LEADER], "/indsigt/")
