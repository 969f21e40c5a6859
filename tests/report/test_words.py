"""Sentences and numbers in two languages."""

import pytest

from fodfaeste.errors import UnknownName
from fodfaeste.report import words as module
from fodfaeste.report.document import Column
from fodfaeste.report.words import Words, placeholders, texts

DA, EN = Words("da"), Words("en")


def test_numbers_are_written_as_the_reader_writes_them():
    assert (DA.count(9134), EN.count(9134)) == ("9.134", "9,134")
    assert (DA.percent(0.61925), EN.percent(0.61925)) == ("61,9\N{NO-BREAK SPACE}%", "61.9%")
    assert (DA.interval(0.21, 0.24, 0), EN.interval(0.21, 0.24, 0)) == ("21–24\N{NO-BREAK SPACE}%", "21–24%")
    assert EN.number(-0.0535, 2) == "−0.05"


def test_halves_are_rounded_up_as_in_printed_tables():
    assert EN.percent(0.125, 0) == "13%"


@pytest.mark.parametrize(
    ("value", "column", "written"),
    [
        (None, Column("x"), "–"),
        ("text", Column("x"), "text"),
        (12, Column("x", "count"), "12"),
        (0.5, Column("x", "percent", 0), "50%"),
        (1.25, Column("x", "number", 1), "1.3"),
        ((1, 34), Column("x", "rank_interval"), "1–34"),
        ((0.1, 0.2), Column("x", "percent_interval", 0), "10–20%"),
        (0.0004, Column("x", "p_value"), "< 0.001"),
        (0.1234, Column("x", "p_value"), "0.123"),
    ],
)
def test_a_cell_is_written_by_its_column(value, column, written):
    assert EN.cell(value, column) == written


def test_an_unknown_sentence_says_what_was_probably_meant():
    with pytest.raises(UnknownName, match="Did you mean title"):
        DA("titel")


@pytest.mark.parametrize("catalogue", ["dk2002", "page"])
def test_every_sentence_is_complete_in_both_languages(catalogue):
    for key, both in texts(catalogue).items():
        assert both["da"].strip(), key
        assert both["en"].strip(), key
        assert placeholders(both["da"]) == placeholders(both["en"]), key


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('a = { da = "x {n}", en = "y" }', "needs da and en, taking the same values"),
        ('a = { da = "x" }', "needs da and en"),
        ('a = "x"', "a sentence is a table with da and en"),
    ],
)
def test_a_catalogue_that_lacks_something_is_refused(monkeypatch, tmp_path, toml, said):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "broken.toml").write_text(toml, encoding="utf-8")
    monkeypatch.setattr(module, "files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match=said):
        texts("broken")
    texts.cache_clear()
