"""Rules as dated data: every value has a day, a source or a reason why not, and a certainty."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place.rule_sets import rule_set, rule_sets

RAW = tomllib.loads(files("fodfaeste.place").joinpath("rules/denmark-quota.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1999, 1, 1), "IL-1999"),
        (date(2006, 12, 31), "IL-1999"),
        (date(2007, 1, 1), "IL-2007"),
        (date(2014, 9, 30), "IL-2007"),
        (date(2014, 10, 1), "IL-2014"),
        (date(2016, 7, 1), "IL-2016"),
        (date(2022, 5, 2), "IL-2016"),
        (date(2022, 5, 3), "IL-2022"),
        (date(2026, 11, 27), "IL-2022"),
    ],
)
def test_a_day_has_the_rules_that_began_last(day: date, expected: str) -> None:
    found = rule_set(day)
    assert (found.id, found.on) == (expected, day)


def test_the_displaced_from_ukraine_have_rules_of_their_own_that_only_their_id_gives() -> None:
    assert rule_set("UKR-2022")["formula"] == "population"
    assert rule_set("UKR-2022")["persons_at_a_time"] == 10_000
    assert "revise_size_limit" not in rule_set("UKR-2022").values
    assert {rule_set(date(year, 12, 31)).id for year in range(2022, 2027)} == {"IL-2022"}


def test_a_rule_set_is_given_back_as_it_is() -> None:
    found = rule_set("IL-2016")
    assert rule_set(found) is found
    assert found.on == found.since == date(2016, 7, 1)


@pytest.mark.parametrize(
    ("parameter", "before", "after"),
    [
        ("national_deadline", "04-01", "05-01"),
        ("region_deadline", "05-01", "06-01"),
        ("region_fix_date", "05-15", "06-15"),
    ],
)
def test_the_reform_of_2016_moved_the_first_dates_by_a_month(parameter: str, before: str, after: str) -> None:
    assert (rule_set(date(2016, 6, 30))[parameter], rule_set(date(2016, 7, 1))[parameter]) == (before, after)


def test_who_is_counted_changed_in_october_2014() -> None:
    before, after = rule_set(date(2014, 9, 30)), rule_set(date(2014, 10, 1))
    assert (before["family_counted"], after["family_counted"]) == ("all", "refugees")
    assert before["immigrants_counted"] != after["immigrants_counted"]


def test_regions_agreed_first_until_their_quotas_came_with_the_national_number() -> None:
    assert [rule_set(name)["region_stage"] for name in ("IL-1999", "IL-2016", "IL-2022")] == [
        "agreed_first",
        "agreed_first",
        "fixed",
    ]
    assert rule_set("IL-2022")["region_deadline"] == ""


def test_what_was_not_read_in_a_rule_says_so() -> None:
    today = rule_set("IL-2022")
    assert {name for name, value in today.values.items() if value.certainty == "S"} == {"reduction", "rounding"}
    assert rule_set("IL-1999").at("national_deadline").certainty == "C"


def test_a_day_before_the_act_is_refused_with_the_first_day_that_has_rules() -> None:
    with pytest.raises(BadInput, match=r"1998-12-31, expected a day from 1999-01-01 on"):
        rule_set(date(1998, 12, 31))


def test_an_unknown_rule_set_or_parameter_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean IL-2022"):
        rule_set("IL2022")
    with pytest.raises(UnknownName, match="Did you mean reduction"):
        rule_set("IL-2022").at("reductions")


def test_the_rule_sets_are_named_oldest_first() -> None:
    assert rule_sets() == ("IL-1999", "IL-2007", "IL-2014", "IL-2016", "UKR-2022", "IL-2022")


# The file itself


VALUES = [(parameter, value) for parameter in RAW["parameter"] for value in parameter["values"]]


def test_every_value_has_a_source_or_a_note_in_both_languages() -> None:
    assert [parameter["name"] for parameter, value in VALUES if not value["source"] and "note" not in value] == []
    assert [value["note"] for _, value in VALUES if set(value.get("note", {"da": "", "en": ""})) != {"da", "en"}] == []


def test_certain_is_only_what_names_a_text() -> None:
    assert [parameter["name"] for parameter, value in VALUES if value["certainty"] == "A" and not value["source"]] == []
    assert {value["certainty"] for _, value in VALUES} <= set("ABCS")


def test_the_values_of_a_parameter_follow_each_other_from_the_first_rule_set_on() -> None:
    first = {
        track: min(raw["since"] for raw in RAW["rule_set"] if raw["track"] == track) for track in ("quota", "ukraine")
    }
    for parameter in RAW["parameter"]:
        days = [value["since"] for value in parameter["values"]]
        assert days == sorted(set(days)), parameter["name"]
        assert days[0] == first[parameter["track"]], parameter["name"]


def test_days_of_the_year_are_days_of_the_year() -> None:
    days = [value["value"] for parameter, value in VALUES if parameter["unit"] == "month-day" and value["value"]]
    assert len(days) > 10
    assert [date.fromisoformat(f"2024-{day}") for day in days]
