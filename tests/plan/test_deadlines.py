"""What has to have happened by when, under the rules of 1999, of 2013 and of today."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.plan import Deadline, deadlines, programme_rules


def by_code(takeover: date) -> dict[str, Deadline]:
    return {one.code: one for one in deadlines(programme_rules(takeover))}


def test_deadlines_of_1999() -> None:
    found = by_code(date(2001, 5, 1))
    assert {code: one.day for code, one in found.items()} == {
        "first_talk": date(2001, 6, 1),
        "contract": date(2001, 6, 1),
        "danish_start": date(2001, 6, 1),
        "housing": date(2001, 8, 1),
        "what_now_talk": date(2004, 2, 1),
        "programme_end": date(2004, 5, 1),
        "release": date(2004, 5, 1),
    }


def test_deadlines_of_today() -> None:
    found = by_code(date(2026, 5, 1))
    assert {code: one.day for code, one in found.items()} == {
        "first_offer_wanted": date(2026, 5, 15),
        "first_talk": date(2026, 6, 1),
        "contract": date(2026, 6, 1),
        "danish_start": date(2026, 6, 1),
        "first_offer": date(2026, 6, 1),
        "programme_end": date(2027, 5, 1),
        "what_now_talk": date(2031, 2, 1),
        "programme_longest": date(2031, 5, 1),
        "release": date(2031, 5, 1),
    }


def test_from_2013_to_2016_the_family_was_offered_a_plan_within_three_months() -> None:
    assert by_code(date(2014, 5, 1))["family_plan"].day == date(2014, 8, 1)
    assert "family_plan" not in by_code(date(2013, 6, 30))
    assert "family_plan" not in by_code(date(2016, 7, 1))


def test_as_soon_as_possible_is_no_day() -> None:
    assert "housing" in by_code(date(2002, 6, 30))
    assert "housing" not in by_code(date(2002, 7, 1))


@pytest.mark.parametrize(
    ("takeover", "code", "danish"),
    [
        (date(2001, 5, 1), "contract", "Handlingsplan: aftalt og skrevet under"),
        (date(2026, 5, 1), "contract", "Kontrakt og opholds- og selvforsørgelseserklæring: skrevet under"),
        (date(2001, 5, 1), "housing", "En permanent bolig er fundet"),
        (date(2001, 5, 1), "programme_end", "Introduktionsprogram: de 36 måneder er gået"),
        (date(2001, 5, 1), "what_now_talk", "Hvad nu? En samtale ved udgangen af måned 33, før flytning er fri"),
        (date(2001, 5, 1), "release", "Måned 36 er gået: fra nu koster det ikke tilbuddene at flytte"),
    ],
)
def test_deadlines_say_in_words_what_they_are_in_the_names_of_their_rules(
    takeover: date, code: str, danish: str
) -> None:
    assert by_code(takeover)[code].words.da == danish


def test_a_deadline_cites_its_rule() -> None:
    cited = by_code(date(2001, 5, 1))["housing"].rule
    assert (cited.parameter, cited.value, cited.certainty) == ("housing_months", 3, "C")


def test_months_can_be_counted_from_another_day_than_the_one_that_chose_the_rules() -> None:
    rules = programme_rules(date(2001, 5, 1))
    assert deadlines(rules, date(2001, 5, 14))[0].day == date(2001, 6, 14)


@given(st.dates(date(1999, 1, 1), date(2035, 12, 31)))
def test_deadlines_are_in_order_and_none_lies_before_the_takeover(takeover: date) -> None:
    days = [one.day for one in deadlines(programme_rules(takeover))]
    assert days == sorted(days)
    assert days[0] > takeover
    found = by_code(takeover)
    assert found["what_now_talk"].day < found["release"].day
    assert all(one.words.da and one.words.en and one.rule.text.da for one in found.values())
