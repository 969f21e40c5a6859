"""Every chapter: its figures are plain counts and rates, it says from how many, and it stands also at the edges."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest

from fodfaeste import measure
from fodfaeste.errors import NotEnoughPeople
from fodfaeste.report.document import Column, Figure, Points, Table, Text
from fodfaeste.report.register import content, destinations, mix, models, shared, time, work
from fodfaeste.report.register.publication import THRESHOLD
from fodfaeste.report.words import Words, texts

LANGS, EDITIONS = ("da", "en"), ("full", "public")
every = pytest.mark.parametrize(("edition", "lang"), [(edition, lang) for edition in EDITIONS for lang in LANGS])


def silent(_doing, _share):
    """Take progress and say nothing."""


def table(document, name):
    return next(one for one in document.tables() if one.name == name)


def blocks(document):
    return [block for section in document.sections for block in section.blocks]


def sentences(document):
    """Everything that is said: headings, texts, titles, bases, notes, labels and cells that are words."""
    yield from (document.title, document.subtitle, *document.colophon)
    yield from (section.heading for section in document.sections)
    for block in blocks(document):
        match block:
            case Text():
                yield block.text
            case Points():
                yield from block.items
            case Figure():
                yield from (block.title, block.alt, block.base, block.note, json.dumps(block.chart.to_dict()))
            case Table():
                yield from (block.title, block.base, block.note, *(column.label for column in block.columns))
                yield from (cell for row in block.rows for cell in row if isinstance(cell, str))


@every
def test_every_table_and_chart_says_from_how_many(documents, edition, lang):
    for block in (*documents[edition, lang].tables(), *documents[edition, lang].figures()):
        assert re.search(r"\d", block.base), block.name


@every
def test_no_sentence_has_a_hole_in_it(documents, edition, lang):
    for said in sentences(documents[edition, lang]):
        assert not re.search(r"\{[a-z_]*\}|\bNone\b|\bnan\b", said), said


@every
def test_no_causal_word_is_said(documents, edition, lang):
    denied = {texts("register")["methods.level"][lang]}
    for said in set(sentences(documents[edition, lang])) - denied:
        assert not re.search(r"\b(because|effects?|efforts?|caused|fordi|effekt\w*|indsats\w*|skyldes)\b", said), said


@every
def test_shares_and_their_intervals_lie_between_0_and_1_and_hold_the_estimate(documents, edition, lang):
    for one in documents[edition, lang].tables():
        for row in one.rows:
            for cell, column in zip(row, one.columns, strict=True):
                ends = cell if isinstance(cell, tuple) else (cell, cell)
                if column.kind.startswith("percent") and cell is not None:
                    assert 0 <= ends[0] <= ends[1] <= 1, (one.name, row)


@every
def test_nobody_is_ranked_without_an_interval_and_a_number_of_people(documents, edition, lang):
    for one in documents[edition, lang].tables():
        kinds = [column.kind for column in one.columns]
        if "rank_interval" in kinds:
            assert {"count", "percent_interval"} <= set(kinds), one.name


@pytest.mark.parametrize("edition", EDITIONS)
def test_both_languages_hold_the_same_figures(documents, edition):
    danish, english = (list(documents[edition, lang].tables()) for lang in LANGS)
    assert [one.name for one in danish] == [one.name for one in english]
    for one, other in zip(danish, english, strict=True):
        numbers = [[cell for cell in row if not isinstance(cell, str)] for row in one.rows]
        assert numbers == [[cell for cell in row if not isinstance(cell, str)] for row in other.rows], one.name


@every
def test_names_of_tables_and_charts_are_unique_and_fit_a_sheet(documents, edition, lang):
    tables_, figures = list(documents[edition, lang].tables()), list(documents[edition, lang].figures())
    for names in ([one.name for one in tables_], [one.name for one in figures]):
        assert len({name[:31] for name in names}) == len(names)


def test_a_municipality_of_whom_nobody_is_known_is_in_no_league(documents, findings, tables):
    lost = tables.units.filter(pl.col("municipality") == "124")["unit"][0]
    assert tables.status_by("unit").filter(pl.col("unit") == lost)["known"].to_list() == [0]
    assert lost not in {row[0] for row in table(documents["full", "da"], "league").rows}
    assert findings["full"].league.hidden == 0


def test_the_league_shows_each_municipality_with_its_own_counts(documents, tables):
    shown = {row[0]: row[2:6] for row in table(documents["full", "da"], "league").rows}
    counted = tables.status_by("unit").filter(pl.col("known") > 0)
    assert shown == {
        row["unit"]: (row["known"], row["moved"], row["missing"] / row["arrived"], row["moved"] / row["known"])
        for row in counted.iter_rows(named=True)
    }


def test_the_top_of_the_league_is_as_long_as_it_says(findings, documents):
    top = findings["full"].league.ranks.summary["top"]
    assert top == findings["full"].league.counts.height // 2
    heads = [column.label for column in table(documents["full", "en"], "league").columns]
    assert f"Chance of top {top}" in heads
    assert any(f"of the top {top}, " in said for said in sentences(documents["full", "en"]))


def test_arrivals_are_counted_by_kind_and_bounded_by_the_missing(documents, tables):
    rows = table(documents["full", "en"], "arrivals").rows
    counted = tables.status_by("kind")
    for row, one in zip(rows, counted.iter_rows(named=True), strict=True):
        assert row[1:6] == tuple(one[name] for name in ("arrived", "known", "stayed", "moved", "missing"))
        low, high = row[8]
        assert low == pytest.approx(one["moved"] / one["arrived"])
        assert high == pytest.approx((one["moved"] + one["missing"]) / one["arrived"])


def test_kinds_and_sexes_stand_in_the_planted_order(findings):
    rates = dict(findings["full"].retention.by_kind.table.select("unit", "rate").iter_rows())
    assert rates["rural"] > rates["small_town"] > rates["big_city"]
    groups = findings["full"].retention.groups.filter(pl.col("dimension") == "sex")
    assert dict(groups.select("group", "rate").iter_rows())["male"] > groups["rate"].min()
    assert (groups["p_holm"] < 0.05).all()


def test_first_moves_within_three_years_are_those_counted(documents, tables):
    rows = table(documents["full", "en"], "incidence_by_kind").rows
    free = tables.moves.filter(pl.col("cohort") == "free", pl.col("event") == "moved", pl.col("months") <= 36)
    counted = dict(free.group_by("kind").agg(pl.col("persons").sum()).iter_rows())
    w = Words("en", "register")
    for kind, moved in counted.items():
        at = next(
            row for row in rows if row[0] == shared.kind_name(kind, w) and row[1] == w("event.moved") and row[2] == 36
        )
        assert at[4] == moved


def test_the_pile_up_that_was_planted_is_found(documents):
    (heading,) = [block.title for block in blocks(documents["full", "en"]) if getattr(block, "name", "") == "rule"]
    assert heading == texts("register")["rule.title_pile_up"]["en"]
    assert table(documents["full", "en"], "rule_windows").rows[1][0] == "37–42"


def test_who_works_after_three_years_is_counted_by_municipality(documents, tables):
    rows = {row[0]: row[2:5] for row in table(documents["full", "en"], "work_by_municipality").rows}
    at = tables.work_by("unit").filter(pl.col("month") == 36, pl.col("persons") > 0)
    assert rows == {
        row["unit"]: (row["persons"], row["events"], row["events"] / row["persons"]) for row in at.iter_rows(named=True)
    }


def test_destinations_have_both_denominators_and_the_stayers_first(documents, tables):
    rows = table(documents["full", "en"], "destinations").rows
    assert [row[5] is None for row in rows] == [True, False, False, False] * 3
    assert sum(row[2] for row in rows) == tables.destinations["persons"].sum()
    for start in range(0, len(rows), 4):
        assert sum(row[3] for row in rows[start : start + 4]) == pytest.approx(1)
        assert sum(row[5] for row in rows[start + 1 : start + 4]) == pytest.approx(1)


def test_the_split_of_the_difference_adds_up_to_the_difference_told(findings):
    found = findings["full"]
    told = found.mix.split.summary
    assert told["difference"] == pytest.approx(found.retention.difference.summary["difference"])
    assert told["composition"] + told["level"] == pytest.approx(told["difference"])


def test_every_method_that_was_used_is_named_once_with_its_source(documents, findings):
    rows = table(documents["full", "da"], "methods").rows
    assert {row[0] for row in rows} == {result.method.name for result in findings["full"].results}
    assert all(len(row[1]) > 10 for row in rows)


# Edges


def of_kind(tables, *kinds):
    """Keep the arrivals of some kinds of municipality."""
    names = ("units", "status", "moves", "work", "support", "destinations", "employment", "indicators")
    return replace(tables, **{name: getattr(tables, name).filter(pl.col("kind").is_in(kinds)) for name in names})


def of_units(tables, *units):
    """Keep the arrivals of some municipalities in the tables that know them."""
    names = ("units", "status", "moves", "work", "support", "employment", "indicators")
    return replace(tables, **{name: getattr(tables, name).filter(pl.col("unit").is_in(units)) for name in names})


def told(tables):
    """Tell a register in both languages, and check that no sentence has a hole."""
    found = content.find(tables, silent)
    made = {lang: content.document(found, lang) for lang in LANGS}
    for one in made.values():
        assert not [said for said in sentences(one) if re.search(r"\{[a-z_]*\}|\bNone\b|\bnan\b", said)]
    return found, made


def without_rule(tables):
    empty = pl.lit(None, pl.String).alias("cohort")
    moves, histories = tables.moves.with_columns(empty), tables.histories.with_columns(empty)
    return replace(tables, about=replace(tables.about, rule_from=None), moves=moves, histories=histories)


def test_a_register_of_one_kind_without_rule_and_indicators_is_told_without_comparisons(tables):
    one = without_rule(of_kind(tables, "rural"))
    found, made = told(replace(one, indicators=one.indicators.select("unit", "kind").clear()))
    assert found.retention.pair is None
    assert found.time.gray is None
    assert found.rule is None
    assert found.mix.split is None
    assert found.context is None
    assert Text(texts("register")["rule.none"]["en"]) in blocks(made["en"])
    assert Text(texts("register")["context.none"]["en"]) in blocks(made["en"])


def test_one_municipality_has_nobody_to_be_compared_with(tables):
    (name,) = tables.units.filter(pl.col("municipality") == "118")["unit"]
    kinds = of_kind(tables, "small_town")
    found, made = told(of_units(kinds, name))
    assert found.league is None
    assert found.mix is None
    assert Text(texts("register")["league.none"]["da"]) in blocks(made["da"])


def test_a_register_in_which_nobody_is_known_is_refused_with_what_to_do(tables):
    lost = replace(tables, status=tables.status.with_columns(status=pl.lit("unknown")))
    with pytest.raises(NotEnoughPeople, match=r"nobody who arrived 1995–1998 .*cohort_years"):
        content.find(lost, silent)


def test_indicators_that_cannot_be_used_are_told_and_do_not_stop_the_report(tables):
    twice = tables.indicators.with_columns(same=2 * pl.col("rental_share"))
    found, made = told(replace(tables, indicators=twice))
    assert isinstance(found.context, content.context.NoContext)
    assert any(found.context.why in said for said in sentences(made["da"]))


def test_a_rule_whose_end_nobody_has_lived_to_see_is_told_to_be_too_early(tables):
    early = tables.moves.filter((pl.col("cohort") == "free") | (pl.col("months") <= 20))
    found, _ = told(replace(tables, moves=early))
    assert found.rule.test is None
    assert found.rule.refused


def test_a_chapter_whose_counts_are_all_hidden_says_so():
    w = Words("da", "register")
    for chapter in (destinations, time, work):
        assert chapter.tell(None, w) == (Text(texts("register")["time.nothing"]["da"]),)
        assert getattr(chapter, "point", lambda *_: "")(None, w) == ""


def test_where_a_group_came_to_one_kind_alone_the_difference_is_not_split(tables):
    alone = pl.when(pl.col("kind") == "rural").then(pl.lit("IRQ")).otherwise(pl.lit("BIH"))
    apart = replace(tables, status=tables.status.with_columns(nationality=alone))
    found = mix.find(apart)
    assert found.split is None
    assert Text(texts("register")["mix.no_split"]["da"]) in mix.tell(found, Words("da", "register"))
    assert mix.point(found, Words("da", "register")) == ""


def test_ratios_that_change_with_time_are_named_by_who_they_are_about():
    tested = pl.DataFrame({"covariate": ["sex", "sex", "age_band"], "p_holm": [0.01, 0.01, 0.6]})
    found = SimpleNamespace(hazard=SimpleNamespace(proportionality=tested))
    said = models._proportional(found, Words("en", "register"))
    assert "Sex" in said
    assert "Age" not in said


def test_a_single_year_is_named_as_one(tables):
    assert shared.followed(replace(tables.about, last_year=1995)) == "1995"


def test_names_of_places_and_countries_are_the_readers(documents):
    da, en = Words("da", "register"), Words("en", "register")
    assert (shared.country("IRQ", "da"), shared.country("XXA", "en")) == ("Irak", "stateless")
    assert shared.country("QQQ", "da") == "QQQ"
    assert shared.kind_name("island_group", da) == "island group"
    assert (shared.kind_name(None, da), shared.kind_name(None, en)) == ("uden kommunetype", "without a kind")
    assert shared.listing(["a"], da) == "a"
    assert shared.listing(["a", "b", "c"], da) == "a, b og c"
    assert "1. januar 2001" in documents["full", "da"].subtitle
    assert "1 January 2001" in documents["full", "en"].subtitle


def test_columns_are_made_of_words_or_taken_as_they_are():
    given = Column("Own")
    assert shared.columns(Words("en", "register"), "kind", given) == (Column("Kind of municipality"), given)


def test_the_threshold_is_said_where_counts_are_hidden(documents):
    said = " ".join(sentences(documents["public", "en"]))
    assert f"a span of {THRESHOLD}" in said
    assert measure.__name__ not in said
