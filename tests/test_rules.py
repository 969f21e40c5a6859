"""Dated rules, whatever they are about: which value holds, for whom, and what a file has to look like."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.rules import RuleBook, rule_book


def value(since: date, what: object, **more: Any) -> dict[str, Any]:
    return {"since": since, "value": what, "source": "lov 1/2001", "certainty": "A", **more}


def rule_set(name: str, since: date, track: str = "main", **more: Any) -> dict[str, Any]:
    title = {"da": name, "en": name}
    return {"id": name, "since": since, "track": track, "title": title, "source": "", "certainty": "B", **more}


def parameter(name: str, *values: dict[str, Any], track: str = "main") -> dict[str, Any]:
    return {"name": name, "track": track, "unit": "", "description": "", "values": list(values)}


FIRST, SECOND = date(2001, 1, 1), date(2005, 7, 1)
BOOK = RuleBook(
    (rule_set("FIRST", FIRST), rule_set("SECOND", SECOND), rule_set("APART", SECOND, "apart", builds_on="main")),
    (
        parameter("hours", value(FIRST, 30), value(SECOND, 37)),
        parameter("name", value(FIRST, "old"), value(SECOND, "new", running=True)),
        parameter("places", value(FIRST, ["school", "work"])),
        parameter("hours", value(SECOND, 20), track="apart"),
    ),
)


def on(day: date, track: str = "main", asked: date | None = None) -> dict[str, Any]:
    found = BOOK.in_force(day, track, todo="Choose a later day.", asked=asked)
    return {name: found[name] for name in found.values}


@given(st.dates(FIRST, date(2030, 1, 1)))
def test_a_set_holds_on_every_day_from_its_first_until_the_next(day: date) -> None:
    assert BOOK.in_force(day, "main", todo="").id == ("FIRST" if day < SECOND else "SECOND")


def test_a_case_keeps_the_values_that_it_began_with_unless_a_change_reaches_running_cases() -> None:
    began, asked = SECOND - timedelta(days=1), SECOND + timedelta(days=1)
    assert (on(began)["hours"], on(began)["name"]) == (30, "old")
    assert (on(began, asked=asked)["hours"], on(began, asked=asked)["name"]) == (30, "new")
    assert on(SECOND)["hours"] == 37


def test_a_day_asked_for_before_the_case_began_changes_nothing() -> None:
    assert on(SECOND, asked=FIRST) == on(SECOND)


def test_a_set_that_builds_on_a_track_has_its_rules_but_for_its_own() -> None:
    assert on(SECOND, "apart") == {"hours": 20, "name": "new", "places": ("school", "work")}


def test_a_set_is_found_by_its_name_on_its_first_day() -> None:
    assert (BOOK.named("SECOND").since, BOOK.named("SECOND").on) == (SECOND, SECOND)
    with pytest.raises(UnknownName, match="Did you mean SECOND"):
        BOOK.named("SECONDS")


def test_a_day_before_the_first_set_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"2000-12-31, expected a day from 2001-01-01 on. Choose a later day."):
        on(date(2000, 12, 31))


def test_a_parameter_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean places"):
        BOOK.named("FIRST").at("place")


def test_sets_are_in_the_order_of_their_first_days_whatever_that_in_the_file() -> None:
    book = rule_book("fodfaeste.place", "rules/denmark-quota.toml")
    assert [raw["since"] for raw in book.sets] == sorted(raw["since"] for raw in book.sets)
    assert rule_book("fodfaeste.place", "rules/denmark-quota.toml") is book
