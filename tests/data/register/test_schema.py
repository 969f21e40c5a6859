"""What a register is, as data; and what register.json may say."""

from __future__ import annotations

import json
from datetime import date

import pytest

from fodfaeste.data.register.schema import TABLES, Settings, read_settings
from fodfaeste.errors import BadInput, UnknownName


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_key_is_made_of_columns_and_what_mending_writes_is_allowed(table):
    assert set(table.key) <= set(table.names)
    for column in table.columns:
        assert column.meaning
        if column.allowed and column.mended:
            assert column.mended in column.allowed
        if column.required:
            assert column.mended != "", f"{column.name} must not be emptied"


def test_a_column_says_what_it_expects():
    places = {column.name: column.expected for column in TABLES["municipalities"].columns}
    assert places["latitude"] == "a number with a decimal point from -90 to 90"
    assert places["valid_to"] == "a day as YYYY-MM-DD"


def test_only_the_last_day_observed_has_to_be_said():
    assert read_settings({"observed_until": "2006-12-31"}) == Settings(date(2006, 12, 31))


def test_everything_that_can_be_said(tmp_path):
    said = {
        "title": "Newcomers",
        "observed_until": "2006-12-31",
        "reference_day": "2001-01-01",
        "employment_day": "2000-11-30",
        "cohort_years": [1995, 1998],
        "rule": {"months": 36, "from": "1999-01-01"},
        "working_age": [16, 66],
    }
    (tmp_path / "register.json").write_text(json.dumps(said))
    assert read_settings(tmp_path / "register.json") == Settings(
        date(2006, 12, 31),
        "Newcomers",
        date(2001, 1, 1),
        date(2000, 11, 30),
        (1995, 1998),
        36,
        date(1999, 1, 1),
        (16, 66),
    )


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"observed_until": "31-12-2006"}, "a day as YYYY-MM-DD"),
        ({"reference_day": 2001}, "a day as YYYY-MM-DD"),
        ({"title": 7}, "text"),
        ({"cohort_years": [1998, 1995]}, r"\[1995, 1998\]"),
        ({"working_age": 16}, r"\[16, 66\]"),
        ({"rule": {"months": 0, "from": "1999-01-01"}}, "a whole number of months from 1"),
        ({"rule": {"months": 36}}, "the day from which it binds"),
        ({"rule": "36 months"}, "the day from which it binds"),
    ],
)
def test_what_may_not_be_said(wrong, expected):
    with pytest.raises(BadInput, match=expected):
        read_settings({"observed_until": "2006-12-31"} | wrong)


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(BadInput) as error:
        read_settings({"working_age": [66, 16], "title": 5})
    assert [problem.column for problem in error.value.problems] == ["working_age", "title", None]


def test_a_name_that_no_register_has():
    with pytest.raises(UnknownName, match="Did you mean observed_until"):
        read_settings({"observed_til": "2006-12-31"})


@pytest.mark.parametrize(
    ("text", "said"), [(None, "no register.json"), ("{", "no JSON"), ("[1]", "found a list, expected a JSON object")]
)
def test_a_file_that_says_nothing(tmp_path, text, said):
    if text is not None:
        (tmp_path / "register.json").write_text(text)
    with pytest.raises(BadInput, match=said):
        read_settings(tmp_path / "register.json")
