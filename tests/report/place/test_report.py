"""The report on a plan: every figure says from how many, in both languages, and honestly also at the edges."""

import json
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from fodfaeste.place import NOWHERE, Goal, solve
from fodfaeste.report.document import Column, Figure, Points, Table, Text
from fodfaeste.report.place import certificate, content, facts, households, shared, write_plan_report
from fodfaeste.report.words import Words, texts

LANGS = ("da", "en")
both = pytest.mark.parametrize("lang", LANGS)


def table(document, name):
    return next(one for one in document.tables() if one.name == name)


def said(document):
    """Everything that is said: headings, texts, titles, bases, notes, labels and cells that are words."""
    yield from (document.title, document.subtitle, *document.colophon)
    for section in document.sections:
        yield section.heading
        for block in section.blocks:
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


def summary(document):
    return " ".join(document.sections[0].blocks[1].items)


@both
def test_every_table_and_chart_says_from_how_many(documents, lang):
    for block in (*documents[lang].tables(), *documents[lang].figures()):
        assert re.search(r"\d", block.base), block.name


@both
def test_every_chart_has_a_finding_a_description_and_a_table_in_its_section(documents, lang):
    for section in documents[lang].sections:
        figures = [block for block in section.blocks if isinstance(block, Figure)]
        if figures:
            assert any(isinstance(block, Table) for block in section.blocks), section.anchor
        for figure in figures:
            assert len(figure.alt) > 40, figure.name
            assert re.search(r"\d", figure.title), figure.name


@both
def test_no_sentence_has_a_hole_in_it(documents, lang):
    for sentence in said(documents[lang]):
        assert not re.search(r"\{[a-z_]*\}|\bNone\b|\bnan\b|\binf\b", sentence), sentence


def test_both_languages_hold_the_same_figures(documents):
    danish, english = (list(documents[lang].tables()) for lang in LANGS)
    assert [one.name for one in danish] == [one.name for one in english]
    for one, other in zip(danish, english, strict=True):
        for row, same in zip(one.rows, other.rows, strict=True):
            assert [cell for cell in row if not isinstance(cell, str)] == [
                cell for cell in same if not isinstance(cell, str)
            ]


def test_the_names_of_tables_and_charts_are_unique_also_when_cut_to_sheets(documents):
    names = [block.name[:31] for block in documents["da"].tables()]
    assert len(set(names)) == len(names)


@both
def test_whatever_is_gained_carries_its_label(documents, lang):
    label = texts("place")["label"][lang]
    items = documents[lang].sections[0].blocks[1].items
    gained = [item for item in items if re.search(r"tilfældig placering:|random placement:", item)]
    assert len(gained) == 2
    assert all(label in item for item in gained)
    assert label in table(documents[lang], "gains_table").title
    assert label in table(documents[lang], "outcomes").title


def test_the_sums_are_those_of_the_plan(plan, documents):
    rows = {row[0]: row for row in table(documents["en"], "outcomes").rows}
    placed = np.flatnonzero(plan.placed)
    for name, shown in (("work_24", "in work after 24 months"), ("staying_12", "staying after 12 months")):
        scores = plan.problem.outcomes[name][placed, plan.place[placed]]
        assert rows[shown][2] == pytest.approx(scores.sum())
        assert rows[shown][3] < scores.sum() < rows[shown][4]


def test_errors_at_one_place_add_up_and_those_of_places_by_their_squares(make_town):
    problem = make_town(households=12, allowed=None)
    one = np.full(problem.shape, 0.1)
    problem = replace(problem, sds={"work_24": one}, capacity=np.full_like(problem.capacity, 100))
    together = replace(solve(problem), place=np.zeros(12, np.int64))
    apart = replace(together, place=np.arange(12) % 8)
    work, staying = facts.outcome_sums(together)
    assert work.high - work.low == pytest.approx(2 * shared.Z * 1.2)
    assert (staying.low, staying.high) == (None, None)
    alone, _ = facts.outcome_sums(apart)
    assert alone.high - alone.low == pytest.approx(2 * shared.Z * np.sqrt(4 * 0.2**2 + 4 * 0.1**2))


def test_who_is_without_a_place_is_listed_with_the_reason(plan, documents):
    rows = table(documents["en"], "unplaced").rows
    assert [row[0] for row in rows] == [
        plan.problem.households[one] for one in np.flatnonzero(plan.place == NOWHERE).tolist()
    ]
    assert ("H007", int(plan.problem.persons[7]), "no place is allowed") in rows
    assert "no place is allowed" in summary(documents["en"])


def test_each_household_sees_its_own_best_place_and_what_it_gives_up(plan, documents):
    looked = facts.look_up(plan)
    problem = plan.problem
    scores = sum(problem.outcomes.values())
    fits = (problem.sizes[:, None, :] <= problem.capacity[None]).all(axis=2) & problem.allowed
    own = np.where(fits, scores, -np.inf)
    for one in np.flatnonzero(plan.placed).tolist():
        assert looked.best_value[one] == pytest.approx(own[one].max())
        assert looked.given_up[one] >= -1e-9
        assert plan.place[one] not in looked.following[one]
    assert looked.best[7] == NOWHERE
    row = table(documents["en"], "households").rows[0]
    assert row[0] == "H000"
    assert row[-2] == pytest.approx(looked.given_up[0])


def test_wishes_are_counted_of_those_who_said_any(plan):
    met = facts.wishes_met(plan)
    wishes = plan.problem.wishes
    assert met.said == wishes.said.sum() == 24
    assert met.any + met.not_named + met.unplaced == 24
    got = [wishes.rank[one, place] for one, place in enumerate(plan.place) if place != NOWHERE]
    assert met.first == got.count(1)


def test_prices_and_room_stand_in_the_table_of_places(plan, documents):
    rows = table(documents["en"], "places").rows
    assert [row[1] for row in rows] == plan.used()[:, 0].tolist()
    assert [row[2] for row in rows] == plan.problem.capacity[:, 0].tolist()
    assert [row[-2:] for row in rows] == [tuple(prices) for prices in plan.certificate.prices.tolist()]


def test_without_prices_a_full_place_is_not_said_to_be_worth_nothing(plan):
    nothing = replace(plan.certificate, prices=np.zeros_like(plan.certificate.prices), proof="none")
    unpriced = replace(plan, certificate=nothing)
    spoken = " ".join(said(content.document(content.find(unpriced), "en")))
    assert "does not say what one more room would be worth" in spoken
    assert "prices" not in {figure.name for figure in content.document(content.find(unpriced), "en").figures()}


def test_a_minimum_that_is_missed_is_said(make_town):
    problem = make_town(minimum=np.full(8, 200))
    plan = solve(replace(problem, minimum=np.zeros(8, np.int64)))
    short = replace(plan, problem=problem)
    shown = content.document(content.find(short), "en")
    assert "8 places are below their minimum" in " ".join(said(shown))
    assert table(shown, "places").columns[5].label == "Minimum, people"


@pytest.mark.parametrize(
    ("changed", "said_of_it"),
    [
        ({"gap": 0.0}, "is better. That is proved"),
        ({"gap": 0.0003}, "can be more than 0.030% better"),
        ({"gap": 0.25}, "can be more than 25.0% better"),
        ({"gap": 1e-8}, "can be more than 0.00010% better"),
        ({"gap": 0.02, "proof": "none"}, "has not been proved"),
        ({"gap": 0.02, "stopped": "online"}, "a plan could have been at most 2.00% better"),
    ],
)
def test_the_certificate_is_told_in_plain_words(plan, changed, said_of_it):
    told = certificate.point(replace(plan, certificate=replace(plan.certificate, **changed)), shared.words("en"))
    assert said_of_it in told


def test_a_bound_that_is_not_known_is_a_dash(plan):
    endless = replace(plan.certificate, bound=float("inf"), gap=float("inf"), objective=plan.certificate.value + 1)
    rows = dict(certificate.tell(replace(plan, certificate=endless), shared.words("en"))[1].rows)
    assert rows["highest possible"] == rows["gap, per cent"] == "–"
    assert "value with bonuses and penalties" in rows


def test_gains_no_larger_than_those_of_the_null_test_are_called_none(plan, evaluation):
    one = evaluation.promises[0]
    small = replace(one, null=one.gain.relative + 0.01)
    shown = content.document(content.find(plan, replace(evaluation, promises=(small,))), "en")
    assert "so no gain is shown" in summary(shown)
    large = replace(one, null=-0.5)
    shown = content.document(content.find(plan, replace(evaluation, promises=(large,))), "en")
    assert "so no gain is shown" not in summary(shown)


def test_gains_are_told_also_where_no_null_test_truth_or_share_is_known(plan, evaluation):
    one = replace(evaluation.promises[0], null=None, truth=None, truth_baseline=None)
    nothing = float("nan")
    no_share = replace(one, gain=replace(one.gain, relative=nothing, relative_lower=nothing, relative_upper=nothing))
    shown = content.document(content.find(plan, replace(evaluation, promises=(one, no_share))), "en")
    assert "True gain" not in {column.label for column in table(shown, "gains_table").columns}
    assert not any(re.search(r"\bnan\b", sentence) for sentence in said(shown))
    only = content.document(content.find(plan, replace(evaluation, promises=(no_share,))), "en")
    assert "gains" not in {figure.name for figure in only.figures()}


@both
def test_a_plan_alone_makes_a_report_that_says_what_was_not_done(make_town, lang):
    bare = make_town(
        households=10, outcomes={}, sds={}, wishes=None, allowed=None, groups={}, dimensions=("persons",),
        sizes=np.ones((10, 1), np.int64), capacity=np.full((8, 1), 10),
    )  # fmt: skip
    shown = content.document(content.find(solve(bare)), lang)
    spoken = " ".join(said(shown))
    for key in ("outcomes.none", "wishes.none", "gains.none", "places.free", "summary.all_placed"):
        assert texts("place")[key][lang] in spoken
    assert [section.anchor for section in shown.sections] == [
        "summary", "placed", "outcomes", "gains", "wishes", "places", "certificate", "households", "methods",
    ]  # fmt: skip


def test_a_goal_other_than_the_usual_is_told(make_town):
    plan = solve(make_town(), Goal(weights={"work_24": 2.0, "staying_12": 1.0}, caution=1.0, unplaced=0.5))
    plan = replace(plan, notes=("A note of the folder.",))
    told = " ".join(said(content.document(content.find(plan), "en")))
    assert "Notes from the computation: A note of the folder." in told
    assert "Each person without a place costs 0.50" in told
    assert "1.0 standard deviations were taken off" in told
    assert "Weights: in work after 24 months 2.00 and staying after 12 months 1.00." in told


def test_large_problems_are_summed_up_and_long_tables_capped(plan, monkeypatch):
    monkeypatch.setattr(facts, "READABLE", 10)
    monkeypatch.setattr(households, "SHOWN", 5)
    monkeypatch.setattr("fodfaeste.report.place.places.SHOWN", 3)
    monkeypatch.setattr("fodfaeste.report.place.placed.SHOWN", 0)
    shown = content.document(content.find(plan), "en")
    assert len(table(shown, "households").rows) == 5
    assert len(table(shown, "households_more").rows) == 48
    assert table(shown, "households_more").workbook_only
    assert "The first 5 of 48 are shown" in table(shown, "households").note
    assert "The 3 places with the highest price of 8" in table(shown, "places").note
    assert "plan.csv" in table(shown, "unplaced").note
    assert Column("Own best place") not in table(shown, "households").columns


def test_a_group_that_clearly_gains_least_is_named_and_others_are_not(plan, evaluation):
    one = evaluation.fairness[0]
    column = one.groups.get_column
    apart = one.groups.with_columns(gain_lower=column("gain") - 1e-6, gain_upper=column("gain") + 1e-6)
    alike = one.groups.with_columns(gain_lower=column("gain") - 9, gain_upper=column("gain") + 9)
    for frame, expected in ((apart, "gains least"), (alike, "cannot be told apart")):
        shown = content.document(content.find(plan, replace(evaluation, fairness=(replace(one, groups=frame),))), "en")
        assert expected in next(figure.title for figure in shown.figures() if figure.name.startswith("groups_"))


def test_groups_that_lose_are_named_in_the_summary(plan, evaluation):
    one = evaluation.fairness[0]
    losing = one.groups.with_columns(gain=-one.groups["gain"].abs() - 0.1)
    shown = content.document(content.find(plan, replace(evaluation, fairness=(replace(one, groups=losing),))), "en")
    assert "2 groups get less than they would by random placement" in summary(shown)
    first = losing.filter(losing["value"] == losing["value"][0])
    shown = content.document(content.find(plan, replace(evaluation, fairness=(replace(one, groups=first),))), "da")
    assert "1 gruppe får mindre" in summary(shown)


def test_where_the_errors_are_not_known_harm_is_told_without(plan, evaluation):
    unsure = {"observed": replace(evaluation.harm["greedy"], clearly=None)}
    shown = content.document(content.find(plan, replace(evaluation, harm=unsure, fairness=())), "en")
    assert "get less by the forecast than by the actual placement. They lose" in " ".join(said(shown))


def test_one_plan_best_in_both_leaves_nothing_to_choose(plan, evaluation):
    line = evaluation.frontier
    one = replace(line, table=line.table.head(1), plans=line.plans[:1])
    shown = content.document(content.find(plan, replace(evaluation, frontier=one)), "en")
    assert "frontier" not in {figure.name for figure in shown.figures()}
    assert "nothing to choose between" in " ".join(said(shown))


def test_without_near_ties_or_a_gain_to_keep_the_chapters_stay_short(plan, evaluation):
    none = replace(evaluation.near_ties, table=evaluation.near_ties.table.head(0), with_equals=0)
    lost = evaluation.sensitivity.table.with_columns(gain_kept=None)
    changed = replace(evaluation, near_ties=none, sensitivity=replace(evaluation.sensitivity, table=lost))
    shown = content.document(content.find(plan, changed), "en")
    assert "near_ties" not in {one.name for one in shown.tables()}
    assert re.search(r"the plan could have been \d", summary(shown))


def test_the_fingerprint_tells_problems_apart(make_town):
    one, other = make_town(), make_town(seed=4)
    assert facts.fingerprint(one) == facts.fingerprint(make_town())
    assert facts.fingerprint(one) != facts.fingerprint(other)


def test_unknown_names_are_shown_as_they_are():
    w = Words("en", "place")
    assert shared.outcome_name("language_test_passed", w) == "language test passed"
    assert shared.outcome_name("work_24", w) == "in work after 24 months"
    assert shared.dimension_name("cots", w) == "cots"


@pytest.mark.parametrize(
    ("amount", "shown"), [(1234.5, "1,235"), (123.45, "123.5"), (1.234, "1.23"), (0.0123, "0.012"), (0.0, "0.00")]
)
def test_a_value_has_as_many_decimals_as_make_sense(amount, shown):
    assert shared.value(amount, Words("en", "place")) == shown


def test_it_is_written_as_page_pdf_and_workbook_and_says_how_far_it_is(plan, evaluation, tmp_path):
    heard = []
    (tmp_path / "plan.csv").write_text("kept", encoding="utf-8")
    files = write_plan_report(
        plan, tmp_path, "en", evaluation=evaluation, progress=lambda doing, share: heard.append((doing, share))
    )
    assert {file.name for file in files} >= {"report.html", "report.pdf", "report.xlsx", "gains.svg"}
    assert (tmp_path / "plan.csv").read_text(encoding="utf-8") == "kept"
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert "households" in book.sheetnames
    assert "<script" not in (tmp_path / "report.html").read_text(encoding="utf-8")
