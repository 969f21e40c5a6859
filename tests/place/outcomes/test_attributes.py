from __future__ import annotations

import pytest

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place.outcomes import refuse_forbidden, rule_set, rule_sets


@pytest.mark.parametrize(
    ("column", "attribute"),
    [
        ("sex", "sex"),
        ("Kvinde", "sex"),
        ("age_band", "age"),
        ("birth_date", "age"),
        ("citizenship", "citizenship"),
        ("country_of_birth", "age"),
        ("language", None),
        ("schooling", None),
        ("message", None),
        ("health_need", "health"),
    ],
)
def test_a_column_is_known_by_the_words_of_its_name(column: str, attribute: str | None) -> None:
    assert rule_set("denmark").carries(column) == attribute


def test_forbidden_columns_are_refused_all_at_once_with_rule_and_way_out() -> None:
    with pytest.raises(BadInput) as caught:
        refuse_forbidden(["schooling", "sex", "religion", "group_sex"], rule_set("denmark"), file="people.csv")
    assert [problem.column for problem in caught.value.problems] == ["sex", "religion"]
    assert "denmark" in str(caught.value)
    assert "group_sex" in str(caught.value)


def test_age_may_enter_only_where_the_rule_set_lets_it() -> None:
    with pytest.raises(BadInput, match="carries age"):
        refuse_forbidden(["age"], rule_set("denmark"))
    refuse_forbidden(["age"], rule_set("denmark_with_age"))


def test_citizenship_may_serve_for_networks_in_denmark_and_only_for_language_in_the_united_states() -> None:
    assert rule_set("denmark").permits("citizenship", "network")
    assert not rule_set("denmark").permits("citizenship", "success")
    assert not rule_set("united_states").permits("citizenship", "network")


@pytest.mark.parametrize("name", rule_sets())
def test_every_rule_set_names_its_source_and_knows_its_attributes(name: str) -> None:
    rules = rule_set(name)
    assert rules.source
    assert rules.sure in {"A", "B", "C", "S"}
    assert set(rules.forbidden) <= set(rules.names)
    assert {"sex", "religion", "politics", "ethnicity", "citizenship"} <= set(rules.forbidden)


def test_an_unknown_rule_set_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="denmark"):
        rule_set("danmark")
