"""Every sentence exists in Danish and English, and says the same."""

from __future__ import annotations

from typing import get_args

import pytest

from fodfaeste.plan.week import Kind
from fodfaeste.plan.week.clash import Code
from fodfaeste.plan.week.reasons import ReasonCode
from fodfaeste.plan.week.rules import RuleCode
from fodfaeste.plan.week.texts import checked, duration_words, sentences


def test_every_code_has_its_sentence() -> None:
    said = sentences()
    for table, codes in (("clash", Code), ("rule", RuleCode), ("reason", ReasonCode), ("kind", Kind)):
        assert {f"{table}.{code}" for code in get_args(codes)} <= set(said)


def test_a_sentence_without_one_of_its_languages_or_values_is_found() -> None:
    for both in ({"da": "ja"}, {"da": "{hours} t", "en": "hours"}):
        with pytest.raises(ValueError, match=r"texts\.toml, part\.hours: needs da and en, taking the same values"):
            checked({"part.hours": both})


def test_hours_are_written_without_rounding() -> None:
    assert [duration_words(minutes).da for minutes in (0, 59, 60, 1332)] == ["0 min", "59 min", "1 t", "22 t 12 min"]
    assert duration_words(1332).en == "22 h 12 min"
