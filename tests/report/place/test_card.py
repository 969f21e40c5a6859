"""The card of a model: complete in both languages, and it says what does not hold as plainly as what does."""

import re
from dataclasses import replace

import pytest

from fodfaeste.report.document import Table
from fodfaeste.report.place import content
from fodfaeste.report.place.card import card_document, card_text
from fodfaeste.report.words import texts


def figure(value):
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def figures():
    return {
        "log_loss": figure(0.41), "brier": figure(0.13), "auc": figure(0.64), "slope": figure(0.98),
        "intercept": figure(0.03),
    }  # fmt: skip


def facts(**changes):
    """What a model tells of itself; the numbers are made up."""
    later = {
        "day": "2001-01-01", "adults_before": 9000, "adults_after": 4000, "figures": figures(),
        "recalibration_lowers_log_loss_by": figure(0.02),
    }  # fmt: skip
    outcome = {
        "kind": "glm", "what": "work", "months": 24, "adults": 13000, "households": 8000, "share": 0.214,
        "left_out": {"too_old_to_work": 20, "window_still_open": 0, "died_emigrated_or_lost": 400},
        "first_arrival": "1995-01-02", "last_arrival": "2001-12-20", "cross_fitted": figures(),
        "versus": {"kept": "glm", "tried": "boosting", "lower_by": figure(0.0)},
        "places_tell": figure(0.002), "later_years": later, "recalibrated": False, "draws": 40,
    }  # fmt: skip
    proxy = {
        "attribute": "sex", "value": "female", "persons": 13000, "auc": 0.55, "low": 0.54, "high": 0.56,
        "from_forecast": {"work_24": 0.53}, "features": ["schooling"], "exempt": [],
    }  # fmt: skip
    told = {
        "format": 1, "version": "0.3.0", "seed": 0,
        "register": {
            "title": "A made-up register", "observed_until": "2003-12-31", "first_arrival": "1995-01-02",
            "last_arrival": "2003-12-20", "rule_from": "1999-01-01", "rule_months": 36, "adults": 20000,
            "left_out": {"arrived_before_watching": 300, "children": 7000},
        },
        "rule_set": {
            "name": "denmark", "title": "Denmark", "source": "the act", "sure": "C",
            "forbidden": ["sex", "age"], "allowed_as": {"age": ["household composition"]},
        },
        "features": {"person": ["schooling", "adults"], "place": ["place_kind"], "pair": []},
        "places": 275, "outcomes": {"work_24": outcome}, "proxy_limit": 0.75, "proxies": [proxy],
    }  # fmt: skip
    return {**told, **changes}


def with_outcome(**changes):
    told = facts()
    return {**told, "outcomes": {"work_24": {**told["outcomes"]["work_24"], **changes}}}


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_card_has_every_chapter_and_no_hole(lang):
    text = card_text(facts(), lang)
    for chapter in ("use", "data", "features", "quality", "proxies", "limits"):
        assert f"## {texts('card')[f'{chapter}.heading'][lang]}" in text
    assert not re.search(r"\{[a-z_]*\}|\bNone\b|\bnan\b", text)
    assert text.startswith("# ")
    assert text.count("| --- | ") == 2


def test_every_table_says_from_how_many():
    for table in card_document(facts(), "da").tables():
        assert re.search(r"\d", table.base)


def test_it_names_what_may_not_enter_and_for_what_alone_it_may():
    text = card_text(facts(), "en")
    assert "May not enter: sex and age." in text
    assert "Age serves only for: who of the household is an adult or a child." in text
    assert "not checked by a lawyer" in text
    checked = facts(rule_set={**facts()["rule_set"], "sure": "A"})
    assert "not checked by a lawyer" not in card_text(checked, "en")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"places_tell": figure(0.05)}, "so the place tells something"),
        ({"places_tell": figure(0.001)}, "No plan can be built on that"),
        ({"versus": {"kept": "boosting", "tried": "boosting", "lower_by": figure(0.05)}}, "were kept: log loss is"),
        ({}, "so the simple one was kept"),
        ({"later_years": None}, "too few later arrivals"),
        ({"recalibrated": True}, "recalibrated after the later years"),
        ({"left_out": {"a_reason_of_tomorrow": 3}}, "3 a reason of tomorrow"),
    ],
)
def test_findings_are_told_whichever_way_they_go(changes, said):
    assert said in card_text(with_outcome(**changes), "en")


def test_one_kind_of_model_alone_compares_with_nothing():
    assert "Boosted" not in card_text(with_outcome(versus={}), "en")


def test_a_register_without_rule_or_forbidden_attributes_says_so():
    bare = facts(register={**facts()["register"], "rule_from": None, "left_out": {}}, proxies=[])
    text = card_text(bare, "en")
    assert "cannot be checked here" in text
    assert "residence rule for" not in text


def test_signs_of_tables_are_kept_from_making_columns():
    title = facts(proxies=[{**facts()["proxies"][0], "value": "a|b"}])
    assert "a\\|b" in card_text(title, "en")


def test_the_plan_report_has_a_chapter_of_the_model(plan, evaluation):
    shown = content.document(content.find(plan, replace(evaluation, card=facts())), "en")
    chapter = next(section for section in shown.sections if section.anchor == "model")
    assert {block.name for block in chapter.blocks if isinstance(block, Table)} == {"model_work_24", "proxies"}
