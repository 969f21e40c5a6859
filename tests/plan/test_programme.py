"""The programme's rules: which hold for whom, where each stands, and what the file of them has to fulfil."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.plan import (
    PARAMETERS,
    TRACKS,
    UKRAINE,
    ProgrammeRules,
    Text,
    programme_rule_sets,
    programme_rules,
)

RAW = tomllib.loads(files("fodfaeste.plan").joinpath("rules/denmark-programme.toml").read_text("utf-8"))
VALUES = [(parameter, value) for parameter in RAW["parameter"] for value in parameter["values"]]
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "programme-rules.md"
CHOSEN = [one for one in programme_rule_sets() if one.track == "integration"]
UNTIL = date(2035, 12, 31)
DAYS = st.dates(CHOSEN[0].since, UNTIL)


# Which rules hold


def test_a_set_that_is_used_for_longer_is_as_on_its_last_day() -> None:
    late, last = programme_rules(date(2025, 6, 1), rule_set="IL-2019"), programme_rules(date(2024, 12, 31))
    assert (late.id, late.takeover) == ("IL-2019", date(2025, 6, 1))
    assert all(getattr(late, name) == getattr(last, name) for name in PARAMETERS if not _running(name))
    assert programme_rules(date(2024, 12, 31), rule_set="IL-2019") == last


def _running(parameter: str) -> bool:
    return any(raw["name"] == parameter and value.get("running") for raw, value in VALUES)


@pytest.mark.parametrize(
    ("rule_set", "error"), [("IL-1850", UnknownName), ("UKR-2022", UnknownName), ("IL-2025", BadInput)]
)
def test_a_set_that_does_not_reach_the_day_is_refused(rule_set: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=rule_set):
        programme_rules(date(2024, 12, 31), rule_set=rule_set)


def test_a_rule_set_says_where_it_stands_and_how_sure_that_is() -> None:
    said = {one.id: one.text.en for one in programme_rule_sets()}
    assert said["IL-2025"] == "lov 1654/2024, from 1 January 2025 (A: read in the act or order)"


@pytest.mark.parametrize(
    ("takeover", "expected"),
    [
        (date(1999, 1, 1), "IL-1999"),
        (date(2001, 5, 1), "IL-1999"),
        (date(2002, 6, 30), "IL-1999"),
        (date(2002, 7, 1), "IL-2002"),
        (date(2004, 1, 1), "IL-2003"),
        (date(2006, 6, 1), "IL-2006"),
        (date(2012, 3, 1), "IL-2010"),
        (date(2014, 5, 1), "IL-2013"),
        (date(2016, 7, 1), "IL-2016"),
        (date(2019, 2, 28), "IL-2016"),
        (date(2019, 3, 1), "IL-2019"),
        (date(2024, 12, 31), "IL-2019"),
        (date(2026, 11, 27), "IL-2025"),
    ],
)
def test_the_day_of_the_takeover_chooses_the_rule_set(takeover: date, expected: str) -> None:
    rules = programme_rules(takeover)
    assert (rules.id, rules.takeover) == (expected, takeover)
    assert rules.since <= takeover


@given(DAYS)
def test_a_rule_set_holds_on_every_day_from_its_first_until_the_next(day: date) -> None:
    ends = [later.since for later in CHOSEN[1:]] + [UNTIL + timedelta(days=1)]
    assert [one.id for one, end in zip(CHOSEN, ends, strict=True) if one.since <= day < end] == [
        programme_rules(day).id
    ]


@given(DAYS, st.integers(0, 4000))
def test_a_case_keeps_what_it_began_with_where_no_change_reaches_running_cases(takeover: date, later: int) -> None:
    then, now = programme_rules(takeover), programme_rules(takeover, on=takeover + timedelta(days=later))
    changed = {name for name in PARAMETERS if getattr(then, name) != getattr(now, name)}
    assert all(now.values[name].running for name in changed)
    assert (then.id, then.takeover) == (now.id, now.takeover)


def test_the_rules_of_1999() -> None:
    rules = programme_rules(date(2001, 5, 1))
    assert (rules.programme_name.da, rules.benefit_name.da) == ("introduktionsprogram", "introduktionsydelse")
    assert (rules.contract_name.da, rules.declaration_name) == ("handlingsplan", None)
    assert (rules.programme_months, rules.weekly_hours_min, rules.average_weeks) == (36, 30, 13)
    assert rules.elements == ("danish", "social_understanding", "activation")
    assert (rules.housing_duty, rules.housing_months) == ("permanent", 3)
    assert (rules.danish_hours_max, rules.first_offer_months, rules.extend_until_months) == (None, None, None)


def test_the_rules_of_today() -> None:
    rules = programme_rules(date(2026, 5, 1))
    assert rules.programme_name == Text("introduktionsprogram", "introduction programme")
    assert (rules.programme_months, rules.extend_until_months) == (12, 60)
    assert (rules.weekly_hours_max, rules.danish_hours_max) == (37, 15)
    assert (rules.first_offer_weeks, rules.first_offer_months, rules.contract_months) == (2, 1, 1)
    assert (rules.housing_duty, rules.housing_months) == ("temporary", None)
    assert (rules.appeal_body.da, rules.appeal_weeks) == ("Ankestyrelsen", 4)


@pytest.mark.parametrize(
    ("letter", "programme", "benefit"),
    [
        (date(2018, 5, 1), "integrationsprogram", "integrationsydelse"),
        (date(2019, 7, 1), "selvforsørgelses- og hjemrejseprogram", "integrationsydelse"),
        (date(2020, 1, 1), "selvforsørgelses- og hjemrejseprogram", "selvforsørgelses- og hjemrejseydelse"),
        (date(2025, 1, 1), "introduktionsprogram", "selvforsørgelses- og hjemrejseydelse"),
        (date(2025, 7, 1), "introduktionsprogram", "mindstesats i kontanthjælpssystemet"),
    ],
)
def test_a_letter_names_programme_and_benefit_as_they_are_called_on_its_day(
    letter: date, programme: str, benefit: str
) -> None:
    rules = programme_rules(date(2018, 5, 1), on=letter)
    assert (rules.programme_name.da, rules.benefit_name.da) == (programme, benefit)
    assert rules.id == "IL-2016"


def test_start_help_was_for_those_who_came_from_its_day_on() -> None:
    letter = date(2003, 5, 1)
    assert programme_rules(date(2002, 6, 1), on=letter).benefit_name.da == "introduktionsydelse"
    assert programme_rules(date(2002, 7, 1), on=letter).benefit_name.da == "starthjælp"


def test_other_reunified_family_had_another_programme_by_name_from_2019() -> None:
    rules = programme_rules(date(2021, 1, 1))
    assert (rules.programme_name.en, rules.programme_name_other_family.en) == (
        "self-support and return programme",
        "introduction programme",
    )


def test_the_displaced_from_ukraine_have_the_integration_act_but_for_its_exceptions() -> None:
    day = date(2024, 6, 1)
    apart, act = programme_rules(day, track=UKRAINE), programme_rules(day)
    differs = {name for name in PARAMETERS if getattr(apart, name) != getattr(act, name)}
    assert (apart.id, apart.takeover_working_days) == ("UKR-2022", 15)
    assert differs == {"takeover_rule", "takeover_working_days"}


def test_the_displaced_from_ukraine_are_exempt_from_the_work_duty() -> None:
    found = programme_rules(date(2026, 1, 1), track=UKRAINE).cite("weekly_hours_min")
    assert found.note is not None
    assert "undtaget fra arbejdspligten" in found.note.da


def test_a_day_before_the_first_set_and_an_unknown_track_are_refused() -> None:
    with pytest.raises(BadInput, match=r"1998-12-31, expected a day from 1999-01-01 on"):
        programme_rules(date(1998, 12, 31))
    with pytest.raises(BadInput, match=r"2022-03-15, expected a day from 2022-03-16 on"):
        programme_rules(date(2022, 3, 15), track=UKRAINE)
    with pytest.raises(UnknownName, match="Did you mean integration"):
        programme_rules(date(2022, 3, 15), track="integrated")


# Where a rule stands


def test_a_rule_says_where_it_stands_and_how_sure_it_is() -> None:
    cited = programme_rules(date(2026, 5, 1)).cite("danish_hours_max")
    assert (cited.value, cited.since, cited.certainty) == (15, date(2017, 7, 1), "A")
    assert cited.source == "IL § 21(3); DUL § 4(3)"
    assert cited.text.da.startswith(
        "IL § 21(3); DUL § 4(3), fra 1. juli 2017 (A: læst i loven eller bekendtgørelsen); "
    )


def test_what_was_not_read_in_an_act_says_so() -> None:
    cited = programme_rules(date(2001, 5, 1)).cite("appeal_weeks")
    assert (
        cited.text.en == "no text read, from 1 January 1999 (C: general knowledge, to be confirmed); general knowledge"
    )
    hours = programme_rules(date(2001, 5, 1)).cite("weekly_hours_min")
    assert (hours.value, hours.certainty, hours.source) == (30, "C", "Rapport 2002")


def test_a_rule_without_a_note_is_cited_by_its_source_alone() -> None:
    cited = programme_rules(date(2001, 5, 1)).cite("programme_months")
    assert cited.text.en == "UVM 2000, from 1 January 1999 (B: read on an official or professional page)"


def test_what_has_to_be_confirmed_can_be_listed() -> None:
    unsure = programme_rules(date(2001, 5, 1)).unsure
    assert {one.certainty for one in unsure} == {"C", "S"}
    assert {"housing_months", "weekly_hours_min"} <= {one.parameter for one in unsure}
    assert "programme_months" not in {one.parameter for one in unsure}


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean weekly_hours_min"):
        programme_rules(date(2001, 5, 1)).cite("weekly_hours_mini")


# The file itself


def test_every_set_has_exactly_the_rules_that_the_programme_names() -> None:
    for one in programme_rule_sets():
        if one.track in TRACKS:
            rules = programme_rules(one.since, track=one.track)
            assert set(rules.values) == set(PARAMETERS)


@given(DAYS, st.sampled_from(TRACKS))
def test_every_rule_is_of_the_type_that_it_promises(day: date, track: str) -> None:
    hints = get_type_hints(ProgrammeRules)
    rules = programme_rules(max(day, date(2022, 3, 16)) if track == UKRAINE else day, track=track)
    assert [name for name in PARAMETERS if not of_type(getattr(rules, name), hints[name])] == []


def of_type(value: object, hint: Any) -> bool:
    options = getattr(hint, "__args__", (hint,))
    if "Literal" in str(hint):
        return value in options
    if str(hint).startswith("tuple"):
        return isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    return any(type(value) is option for option in options)


def test_every_value_has_a_source_or_a_note_in_both_languages() -> None:
    assert [parameter["name"] for parameter, value in VALUES if not value["source"] and "note" not in value] == []
    both = {"da", "en"}
    assert [value["note"] for _, value in VALUES if set(value.get("note", both)) != both] == []
    assert [
        value["value"] for _, value in VALUES if isinstance(value["value"], dict) and set(value["value"]) != both
    ] == []


def test_certain_is_only_what_names_a_text() -> None:
    assert [
        parameter["name"] for parameter, value in VALUES if value["certainty"] in "AB" and not value["source"]
    ] == []
    assert {value["certainty"] for _, value in VALUES} <= set("ABCS")


def test_an_empty_value_says_why() -> None:
    assert [parameter["name"] for parameter, value in VALUES if value["value"] == "" and "note" not in value] == []


def test_the_values_of_a_parameter_follow_each_other_from_the_first_rule_set_on() -> None:
    first = {track: min(one.since for one in programme_rule_sets() if one.track == track) for track in TRACKS}
    for parameter in RAW["parameter"]:
        days = [value["since"] for value in parameter["values"]]
        assert all(before < after for before, after in pairwise(days)), parameter["name"]
        assert days[0] == first[parameter["track"]], parameter["name"]


def test_every_set_that_chooses_changes_something() -> None:
    for before, after in pairwise(CHOSEN):
        older, newer = (programme_rules(one.since) for one in (before, after))
        assert [name for name in PARAMETERS if older.values[name] != newer.values[name]], after.id


# The page


def test_the_page_has_every_rule_set_with_its_first_day_and_how_sure_that_is() -> None:
    rows = re.findall(r"^\| ([A-Z]+-\d{4}) \| ([\d-]{10}) \|.*\| ([ABCS]) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [(one.id, str(one.since), one.certainty) for one in programme_rule_sets()]
