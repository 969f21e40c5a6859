"""Sentences of the programme: both languages of each, and days and numbers as each writes them."""

from __future__ import annotations

import string
from datetime import date

import pytest

from fodfaeste.errors import UnknownName
from fodfaeste.plan import Text, programme_rule_sets, programme_rules, text
from fodfaeste.plan.text import sentences


def test_both_languages_of_a_sentence_take_the_same_values() -> None:
    def taken(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert [key for key, both in sentences().items() if taken(both["da"]) != taken(both["en"])] == []


def test_days_and_numbers_are_written_in_the_language() -> None:
    said = text("hours.week_below", limit=30.0, weeks=Text("uge 3", "week 3"), hours=24.25)
    assert said["da"] == "Under 30 timer i uge 3; færrest er 24,25. Det er gennemsnittet, der tæller."
    assert said["en"] == "Below 30 hours in week 3; the fewest are 24.25. It is the average that counts."
    moved = text("moved", wanted=date(2026, 5, 1), why="x", day=date(2026, 5, 4))
    assert moved == Text("1. maj 2026 er x; flyttet til 4. maj 2026", "1 May 2026 is x; moved to 4 May 2026")


def test_an_unknown_sentence_or_language_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean deadline.first_talk"):
        text("deadline.first_talks")
    with pytest.raises(UnknownName, match="one of da, en"):
        Text("ja", "yes")["ar"]


def test_every_code_of_the_rules_has_words() -> None:
    for one in programme_rule_sets():
        rules = programme_rules(one.since)
        assert text(f"housing_duty.{rules.housing_duty}").da
        assert all(text(f"element.{element}").en for element in rules.elements)


@pytest.mark.parametrize("state", ["planned", "due", "held", "overdue"])
def test_every_state_has_words(state: str) -> None:
    assert text(f"state.{state}").da
