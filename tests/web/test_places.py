"""Municipalities are called by their names, as they were on the day."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import ResidenceSpell
from fodfaeste.web.people.places import municipality_name

from .conftest import TAKEOVER, Country, signed_in


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("211", date(2003, 5, 1), "Frederiksværk"),
        ("211", date(2020, 5, 1), "Frederiksværk"),
        ("260", date(2020, 5, 1), "Halsnæs"),
        ("851", date(2003, 5, 1), "Aalborg"),
        ("999", date(2020, 5, 1), "kommune 999"),
    ],
)
def test_a_municipality_is_called_as_on_the_day_and_one_of_no_list_by_its_code(code: str, on: date, name: str) -> None:
    with translation.override("da"):
        assert municipality_name(code, on) == name


def test_a_persons_page_says_where_they_live_by_name(country: Country) -> None:
    ResidenceSpell.objects.create(person=country.person, municipality="260", start=TAKEOVER)
    page = signed_in(country.users[Role.WORKER]).get(f"/personer/{country.person.pk}/").text
    assert "Halsnæs, siden" in page
    assert "Kommune 260" not in page


def cited(text: str) -> str:
    return Template("{% load look %}{% citation text %}").render(Context({"text": text}))


def test_a_long_citation_opens_to_the_whole_and_a_short_one_stands() -> None:
    assert cited("Bek. 1 af 2026 § 3") == "Bek. 1 af 2026 § 3"
    long = "Bekendtgørelse 1234 af 2026 § 3, stk. 2; lyder ord til andet, og er læst i Retsinformation"
    assert "<summary>Bekendtgørelse 1234 af 2026 § 3, stk. 2 …</summary>" in cited(long)
    assert f"<p>{long}</p>" in cited(long)
    assert "<summary>Ord ord ord ord ord ord ord ord ord ord ord ord …" in cited("Ord" + " ord" * 30)
    assert "&lt;b&gt;" in cited("<b>" + "x" * 60)
