"""Reasons in words: for the officer with every figure, for the household plainly, for the municipality in short."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fodfaeste.place import Goal, solve
from fodfaeste.place.compare import compare
from fodfaeste.place.evaluation.flips import FLIPS
from fodfaeste.place.explain import Decided, explain
from fodfaeste.report.place import comparison_text, explanation_text
from fodfaeste.report.place.comparison import comparison_document
from fodfaeste.report.place.explanation import explanation_document
from fodfaeste.report.place.explanation import flips as report_flips
from fodfaeste.report.place.shared import words
from fodfaeste.report.words import texts

both = pytest.mark.parametrize("lang", ["da", "en"])
HOLE = re.compile(r"\{[a-z_]*\}|\bNone\b|\bnan\b")


@pytest.fixture(scope="module")
def explained(plan):
    return explain(plan, "H003")


def flips(*rows):
    return pl.DataFrame(rows, schema=FLIPS, orient="row")


@both
@pytest.mark.parametrize("reader", ["officer", "household", "municipality"])
def test_every_household_of_a_plan_is_explained_without_a_hole(plan, lang, reader):
    for household in ("H000", "H003", "H007", "H011"):
        text = explanation_text(explain(plan, household), lang, reader=reader)
        assert not HOLE.search(text)
        assert household in text


def test_the_officer_sees_the_proposal_first_with_forecasts_and_what_it_is_made_of(explained):
    document = explanation_document(explained, "en")
    options, terms = document.tables()
    assert options.rows[0][0] == explained.place
    assert len(options.rows) == 5
    assert [column.label for column in options.columns][-2:] == ["In work after 24 months", "Staying after 12 months"]
    nets = explained.options["net"].to_list()
    for position, net in enumerate(nets, start=1):
        assert sum(row[position] or 0.0 for row in terms.rows) == pytest.approx(net)


@both
@pytest.mark.parametrize("decided", Decided.__args__)
def test_whatever_decided_has_a_sentence(explained, decided, lang):
    reason = "no_room" if decided == "unplaced" else ""
    for reader in ("officer", "household", "municipality"):
        text = explanation_text(replace(explained, decided_by=decided, reason=reason), lang, reader=reader)
        assert not HOLE.search(text)


def test_a_dearer_place_that_would_give_more_is_named(explained):
    richer = explained.options.with_columns(
        score=pl.when("chosen").then(1.0).otherwise(pl.lit(2.5)), needed_by=pl.when("chosen").then(0).otherwise(3)
    )
    text = explanation_text(replace(explained, decided_by="price", options=richer), "en")
    assert "would count for 1.50 more in all for the household, but is scarce" in " ".join(text.split())
    assert "is expected to be needed by 3 households" in " ".join(text.split())
    one = explanation_text(replace(explained, options=richer.with_columns(needed_by=pl.lit(1))), "en")
    assert "needed by 1 household that" in " ".join(one.split())


def test_places_equal_within_the_error_are_left_to_wishes_and_lot(explained):
    equal = explained.options.with_columns(equal=~pl.col("chosen"))
    text = " ".join(explanation_text(replace(explained, options=equal), "en").split())
    assert "are as good within the error" in text
    one = explained.options.with_columns(equal=pl.int_range(pl.len()) == 1)
    assert "is as good within the error" in " ".join(explanation_text(replace(explained, options=one), "en").split())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            ("score", "Faxe", None, 0.1, 0.3),
            "Faxe would come first if all that the place counts for the household (in work after 24 months and staying "
            "after 12 months) were 0.10 more; with 0.30 more it is certain",
        ),
        (("score", "Faxe", None, 0.1, None), "can come first only when all that the place counts"),
        (("score", "Faxe", None, None, 0.3), "were 0.30 more"),
        (("score", "Faxe", None, 0.0, 0.3), "staying after 12 months) were 0.30 more."),
        (("score", "Faxe", None, 0.0, None), "No small change"),
        (("outcome", "Faxe", "work_24", 0.2, None), "Of one forecast alone: in work after 24 months at Faxe would"),
        (("wish", "Faxe", "wishes", 0.2, None), "if Faxe were the household's first wish, that could be enough"),
        (("wish", "Faxe", "wishes", 0.2, 0.4), "if Faxe were the household's first wish, that would be enough"),
        (("weight", "Faxe", "work_24", 0.4, 0.4), "were changed by 0.40"),
        (("capacity", "Faxe", "persons", None, None), "Faxe is short of room (people)"),
        (("capacity", "Faxe", "persons", 2.0, 2.0), "Faxe would win with 2 more rooms (people)"),
        (("capacity", "Faxe", None, None, None), "Faxe is too small"),
        (("allow", "Faxe", None, None, None), "if the rule against it did not hold"),
        (("unlock", None, "H003", None, None), "Without the lock"),
        (("untie", None, "H003", None, None), "household's consent"),
        (
            ("outcome", "Faxe", "work_24", None, 0.2),
            "if in work after 24 months at Faxe were 0.20 higher, that would be",
        ),
        (("outcome", "Faxe", "work_24", None, None), "No small change"),
    ],
)
def test_the_smallest_change_of_each_kind_is_told(explained, row, said):
    told = explanation_text(replace(explained, flips=flips(row)), "en").replace('"', "")
    assert said.replace("“", "").replace("”", "") in " ".join(told.replace("“", "").replace("”", "").split())


def test_forecasts_that_would_have_to_rise_alike_are_told_together_and_none_beyond_what_it_can_be(explained):
    rows = [("outcome", explained.place, name, 0.2, 0.3) for name in ("work_24", "staying_12")]
    told = replace(explained, flips=flips(*rows))
    w = words("en")
    (both_of_them,) = report_flips(told, w)
    assert "in work after 24 months or staying after 12 months at" in both_of_them
    (one,) = report_flips(told, w, most={"work_24": 100.0, "staying_12": 0.1})
    assert "in work after 24 months at" in one
    assert report_flips(told, w, most={"work_24": 0.1}) == []


@pytest.mark.parametrize(("least", "most", "said"), [(0.1, 0.2, "between 0.10 and 0.20"), (None, 0.2, "at most 0.20")])
def test_what_another_place_costs_the_plan_is_told_as_far_as_known(explained, least, most, said):
    options = explained.options.with_columns(
        cost_at_least=pl.lit(least, pl.Float64), cost_at_most=pl.lit(most, pl.Float64)
    )
    assert said in explanation_text(replace(explained, options=options), "en")
    unknown = options.with_columns(cost_at_most=pl.lit(None, pl.Float64))
    assert "would cost the plan" not in explanation_text(replace(explained, options=unknown), "en")


def test_who_would_have_to_make_way_is_named_three_at_most(explained):
    place = explained.options.filter(~pl.col("chosen"))["place"][0]
    rows = [(place, f"X{one}", place, None, 2, -0.1) for one in range(5)]
    moved = pl.DataFrame(rows, schema=explained.displaced.schema, orient="row")
    text = " ".join(explanation_text(replace(explained, displaced=moved), "en").split())
    assert "5 households would have to make way: X0 to no place, X1 to no place, X2 to no place and …" in text
    one = " ".join(explanation_text(replace(explained, displaced=moved.head(1)), "en").split())
    assert "1 household would have to make way: X0 to no place." in one
    none = explanation_text(replace(explained, displaced=moved.head(0)), "en")
    assert "make way:" not in none


def test_ties_rules_and_single_persons_are_told(explained):
    out = pl.DataFrame(
        [("Hals", 3.0, "not_allowed"), ("Faxe", 2.5, "too_large")], explained.ruled_out.schema, orient="row"
    )
    changed = replace(explained, together=("H003", "H004"), persons=1, ruled_out=out, notes=())
    text = " ".join(explanation_text(changed, "en").split())
    assert "Belongs together with H004" in text
    assert "1 person." in text
    assert "Hals would count for more in all (3.00) but is ruled out: a rule forbids it." in text
    assert "ruled out: the household is larger than its room." in text


def test_notes_without_a_sentence_of_ours_are_shown_as_they_are(explained):
    strange = replace(explained.notes[0], code="of_tomorrow", text="Something new.")
    assert "Something new." in explanation_text(replace(explained, notes=(strange,)), "da")


@both
@pytest.mark.parametrize(("known", "rank", "key"), [(False, 0, "unknown"), (True, 2, "met"), (True, 0, "not_met")])
def test_a_household_is_told_what_became_of_its_wishes(explained, lang, known, rank, key):
    options = explained.options.with_columns(wish=pl.lit(rank, pl.Int64))
    text = explanation_text(replace(explained, wishes_known=known, options=options), lang, reader="household")
    assert " ".join(texts("place")[f"sheet.wish_{key}"][lang].format(rank=rank).split()) in " ".join(text.split())
    explanation_text(replace(explained, wishes_known=known, options=options), lang)


def test_a_household_is_told_how_much_choice_there_is_and_how_to_object(explained):
    only = explanation_text(replace(explained, decided_by="only_place"), "en", reader="household")
    assert "only one place" in only
    assert "object" in only
    equal = replace(explained, options=explained.options.with_columns(equal=~pl.col("chosen")))
    assert "Say so if you would rather go there" in " ".join(explanation_text(equal, "en", reader="household").split())


@pytest.mark.parametrize("decided", Decided.__args__)
def test_the_sheet_for_the_household_has_no_forecast_in_it(explained, decided):
    text = explanation_text(replace(explained, decided_by=decided, reason="no_room"), "en", reader="household")
    assert not re.search(r"\d\.\d", text)


@both
def test_two_plans_compared_say_who_is_elsewhere_and_why(plan, lang):
    problem = plan.problem
    less = problem.capacity.copy()
    less[0] -= 3
    other = solve(replace(problem, capacity=less), Goal(weights={"work_24": 1.0, "staying_12": 0.5}))
    compared = compare(plan, other)
    text = comparison_text(compared, lang)
    assert not HOLE.search(text.replace("None", "", 1))
    document = comparison_document(compared, lang)
    changes = next(table for table in document.tables() if table.name == "changes")
    assert len(changes.rows) == compared.changes.height == int((plan.place != other.place).sum())
    assert next(table for table in document.tables() if table.name == "groups").rows


def test_the_same_plan_twice_differs_in_nothing(plan):
    bare = replace(plan, problem=replace(plan.problem, groups={}, wishes=None, sds={}))
    document = comparison_document(compare(bare, bare), "en")
    assert document.title == "Plan B against plan A: 0 households are elsewhere"
    assert {section.anchor for section in document.sections} == {"outcomes", "changes", "places", "limits"}


@both
def test_every_reason_for_a_change_has_a_sentence(lang):
    from fodfaeste.place.compare import Why

    assert all(texts("place")[f"compare.reason.{why}"][lang] for why in Why.__args__)


def test_only_one_change_and_long_lists_are_told_so(plan, monkeypatch):
    place = plan.place.copy()
    moved = np.flatnonzero(plan.placed)[:2]
    place[moved] = (place[moved] + 1) % 8
    compared = compare(plan, replace(plan, place=place))
    monkeypatch.setattr("fodfaeste.report.place.comparison.SHOWN", 1)
    document = comparison_document(compared, "en")
    assert "The first 1 of 2" in next(table for table in document.tables() if table.name == "changes").note
    one = replace(compared, changes=compared.changes.head(1))
    assert "1 household: " in comparison_text(one, "en")
