"""Printed figures and the reasons why they do not add up, in the reader's language."""

import pytest

from fodfaeste.report.dk2002.answers import _explained, _in_words, words_of
from fodfaeste.report.words import Words

DA, EN = Words("da"), Words("en")


@pytest.mark.parametrize(
    ("printed", "danish"),
    [
        ("just over 25", "lidt over 25"),
        ("79.2", "79,2"),
        ("all 6 rows together", "alle 6 rækker tilsammen"),
        ("small_town, total (row 8)", "small_town, total (række 8)"),
        ("rows_and_about", "rows_and_about"),  # the name of a row is a name
    ],
)
def test_printed_figures_are_written_as_the_reader_would(printed, danish):
    assert _in_words(printed, DA) == danish
    assert _in_words(printed, EN) == printed


@pytest.mark.parametrize(("value", "written"), [(9134.0, "9,134"), (71.2, "71.2"), (20.8333, "20.83"), (None, None)])
def test_recomputed_figures_have_no_more_decimals_than_they_need(value, written):
    assert words_of(value, EN) == written


FINDING = {
    "rule": "parts",
    "printed": "9124",
    "recomputed": 9134.0,
    "explanation": "The parts are 9134.",
    "suggestion": "One digit differs.",
}


def test_a_finding_is_explained_in_both_languages():
    assert _explained(FINDING, EN) == "The parts are 9134. One digit differs."
    assert _explained(FINDING, DA) == "Delene giver tilsammen 9.134; trykt er 9124."


def test_an_order_that_fails_has_nothing_to_recompute():
    assert _explained({**FINDING, "rule": "order", "recomputed": None}, DA).endswith("følger ikke tallet 9124 (–).")


def test_every_rule_of_the_audit_has_its_danish_sentence(found):
    for rule in found.audit.summary["by_rule"]:
        assert _explained({**FINDING, "rule": rule}, DA)
