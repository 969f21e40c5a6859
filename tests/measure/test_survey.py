"""Surveys of about a hundred, and what printed percentages tell about their bases."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.data import report2002
from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.survey import grim, possible_counts, survey_table


def block(table: str) -> dict[str, tuple[float, float]]:
    frame = report2002.load(table).frame
    return {row["reason"]: (row["yes_pct_published"], row["no_pct_published"]) for row in frame.iter_rows(named=True)}


MOVE = block("survey_reasons_to_move")
STAY = block("survey_reasons_to_stay")


# Printed percentages read back


def test_46_percent_of_81_respondents_are_37_people_and_no_other_number():
    assert possible_counts(46, 81) == (37,)


def test_60_percent_of_37_people_cannot_be_printed():
    assert possible_counts(60, 37) == ()


def test_a_half_may_have_been_rounded_either_way():
    assert possible_counts(12, 8) == possible_counts(13, 8) == (1,)  # 12.5 %


def test_decimals_count():
    assert possible_counts(33.3, 3, decimals=1) == (1,)
    assert possible_counts(33.4, 3, decimals=1) == ()
    assert possible_counts(0.1, 2000, decimals=1) == (1, 2, 3)


def test_large_bases_leave_several_counts():
    assert possible_counts(50, 200) == (99, 100, 101)


def test_of_nobody_there_is_no_count():
    assert possible_counts(50, 0) == ()


@given(st.integers(1, 400), st.integers(0, 2), st.data())
def test_possible_counts_are_those_within_half_a_unit(n, decimals, data):
    printed = data.draw(st.integers(0, 100 * 10**decimals))
    share = Fraction(printed, 10**decimals)
    by_definition = tuple(k for k in range(n + 1) if abs(Fraction(100 * k, n) - share) <= Fraction(1, 2 * 10**decimals))
    assert possible_counts(printed / 10**decimals, n, decimals) == by_definition


@given(st.integers(1, 300), st.data())
def test_the_true_count_is_always_possible(n, data):
    k = data.draw(st.integers(0, n))
    assert k in possible_counts(math.floor(Fraction(100 * k, n) + Fraction(1, 2)), n)


@pytest.mark.parametrize(("pct", "decimals"), [(-1, 0), (101, 0), (33.3, 0), (33.33, 1)])
def test_what_cannot_be_printed_so_is_an_error(pct, decimals):
    with pytest.raises(BadInput, match=f"the percentage {pct}"):
        possible_counts(pct, 10, decimals)


def test_the_reports_respondents_are_37_who_want_to_move_and_44_who_do_not():
    """The text prints 46 % and 56 % of 81; the reasons themselves tell which 81 people answered."""
    joint = grim({"move": MOVE, "stay": STAY}, total=81)
    assert joint.best == (37,)
    found = joint.by_n.filter(pl.col("n") == 37).row(0, named=True)
    assert found["n_other"] == 44
    assert "stay: municipality_helps_find_work" in found["items"]  # 9 % and 81 %: no sum of 44 has 81 %


def test_no_base_fits_everything_the_report_prints_and_the_note_says_so():
    joint = grim({"move": MOVE, "stay": STAY}, total=81)
    assert joint.bases == ()
    assert [note.code for note in joint.notes] == ["no-base-fits"]
    assert joint.summary["impossible_at_best"] == joint.by_n["impossible"].min() > 0


def test_a_block_that_fits_lists_its_bases():
    fits = grim([14, 29, 71])
    assert (
        fits.bases == fits.best == tuple(n for n in range(1, 101) if all(possible_counts(p, n) for p in (14, 29, 71)))
    )
    assert 7 in fits.bases
    assert fits.notes == ()


def test_yes_and_no_may_leave_room_for_those_who_do_not_know():
    assert 10 in grim([(60, 30)]).bases


def test_yes_and_no_cannot_be_more_than_everybody():
    assert 10 not in grim([(60, 50)]).bases
    assert 10 in grim([60]).bases


def test_each_printed_percentage_gets_its_lowest_and_highest_count():
    table = grim({"work": (50, 40)}, max_n=300).table
    assert table.columns == ["unit", "answer", "pct", "n", "lowest", "highest", "possible"]
    row = table.filter((pl.col("n") == 200) & (pl.col("answer") == 1)).row(0, named=True)
    assert (row["lowest"], row["highest"], row["possible"]) == (99, 101, True)
    assert table.filter((pl.col("n") == 3) & (pl.col("answer") == 1))["lowest"].item() is None


@settings(max_examples=40)
@given(st.integers(1, 60), st.data())
def test_the_true_base_is_always_among_the_bases(n, data):
    counts = data.draw(st.lists(st.integers(0, n), min_size=1, max_size=5))
    pcts = [math.floor(Fraction(100 * k, n) + Fraction(1, 2)) for k in counts]
    assert n in grim(pcts).bases


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_two_true_groups_are_found_by_their_total(first, second, data):
    def printed(n):
        k = data.draw(st.integers(0, n))
        return [math.floor(Fraction(100 * k, n) + Fraction(1, 2))]

    joint = grim({"a": printed(first), "b": printed(second)}, total=first + second)
    assert first in joint.bases


def test_grim_writes_its_table_as_csv(tmp_path):
    grim([50], max_n=4).to_csv(tmp_path / "grim.csv")
    assert (tmp_path / "grim.csv").read_text().startswith("unit,answer,pct,n,lowest,highest,possible\n1,1,50.0,1,")


@pytest.mark.parametrize("pcts", ["60", 60, [], {}, [()], ["60"], {"a": [10], "b": {"c": 1}}])
def test_what_is_no_block_of_percentages_is_an_error(pcts):
    with pytest.raises(BadInput, match="percentage"):
        grim(pcts)


@pytest.mark.parametrize("pcts", [[10, 20], {"a": [10]}, {"a": [1], "b": [2], "c": [3]}])
def test_a_total_needs_two_groups(pcts):
    with pytest.raises(BadInput, match="two groups"):
        grim(pcts, total=81)


def test_a_base_needs_somebody():
    with pytest.raises(NotEnoughPeople):
        grim([10], max_n=0)


# A survey's own table

PEOPLE = {
    "family": [1] * 22 + [0] * 14 + [None] + [None] * 44,
    "work": [1] * 20 + [0] * 17 + [None] * 44,
    "sex": (["man", "woman"] * 41)[:81],
}


def test_each_option_has_its_count_its_base_its_interval_and_who_did_not_answer():
    result = survey_table(PEOPLE, ["family", "work"])
    family, work = result.table.iter_rows(named=True)
    assert (family["n"], family["events"], family["missing"], family["shown"]) == (36, 22, 1, "61.1 %")
    assert (work["n"], work["events"], work["missing"], work["pct"]) == (37, 20, 0, 54.1)
    low, high = stats.binomtest(20, 37).proportion_ci(method="wilson")
    assert (work["lower"], work["upper"]) == pytest.approx((low, high), abs=1e-12)


def test_several_answers_add_to_more_than_100_percent_and_the_sum_is_printed():
    result = survey_table(PEOPLE, ["family", "work"])
    assert result.summary["sum_pct"] == {"all": 115.2}
    assert "several-answers" in {note.code for note in result.notes}


def test_who_answered_nothing_is_in_no_base():
    result = survey_table(PEOPLE, ["family", "work"])
    assert result.summary["respondents"] == 37
    assert any(note.code == "no-answer" and note.text.startswith("44 of 81") for note in result.notes)


def test_below_30_people_percentages_have_no_decimals_and_below_10_there_are_none():
    frame = {"option": ["a", "b", "c"], "k": [11, 3, 15], "asked": [29, 9, 30]}
    rows = survey_table(frame, "option", n="asked", events="k").table
    assert rows["shown"].to_list() == ["38 % (11 of 29)", "3 of 9", "50.0 %"]
    assert rows["pct"].to_list() == [38, None, 50]
    assert rows.filter(unit="b").select("rate", "lower", "upper").row(0) == (None, None, None)


def test_counts_with_one_base_for_all_options_print_the_reports_shares():
    """Reasons to move, 37 people: 22 of them would move for family or friends, 20 for work."""
    frame = {"reason": ["family", "work"], "yes": [22, 20]}
    rows = survey_table(frame, "reason", n=37, events="yes").table
    assert rows["pct"].to_list() == [59.5, 54.1]


def test_counts_that_nobody_was_asked_for_are_left_out_with_a_note():
    frame = {"option": ["a", "b"], "k": [1, 0], "asked": [12, 0]}
    result = survey_table(frame, "option", n="asked", events="k", representative=True)
    assert result.table["unit"].to_list() == ["a"]
    assert [note.code for note in result.notes] == ["row-left-out"]


def test_respondents_and_counts_give_the_same_table():
    people = {"a": [1, 1, 0] * 5, "b": [0, 1, 0] * 5, "group": ["x", "y", "y"] * 5}
    tidy = {"option": ["a", "b", "a", "b"], "group": ["x", "x", "y", "y"], "k": [5, 0, 5, 5], "n": [5, 5, 10, 10]}
    one = survey_table(people, ["a", "b"], "group").table
    other = survey_table(tidy, "option", "group", n="n", events="k").table
    assert one.equals(other)


def test_two_groups_are_compared_as_scipy_does():
    frame = {"option": ["a", "a", "b", "b"], "by": ["x", "y"] * 2, "k": [3, 12, 7, 8], "n": [20, 25, 20, 25]}
    rows = survey_table(frame, "option", "by", n="n", events="k").table
    expected = [
        stats.fisher_exact([[3, 17], [12, 13]]).pvalue,
        stats.fisher_exact([[7, 13], [8, 17]]).pvalue,
    ]
    assert rows["p_value"].to_list() == pytest.approx([p for p in expected for _ in "xy"], rel=1e-9)
    assert rows["p_holm"][0] == pytest.approx(min(1, 2 * expected[0]))


@settings(max_examples=40)
@given(st.integers(1, 25), st.integers(1, 25), st.data())
def test_fishers_p_is_scipys(n1, n2, data):
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    frame = {"option": ["a", "a"], "by": ["x", "y"], "k": [x1, x2], "n": [n1, n2]}
    p = survey_table(frame, "option", "by", n="n", events="k").table["p_value"][0]
    assert p == pytest.approx(stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue, rel=1e-6)


def test_three_groups_are_compared_over_all_tables_with_their_margins():
    x, n = [1, 4, 4], [6, 5, 4]
    ways = {
        (i, j): math.comb(6, i) * math.comb(5, j) * math.comb(4, 9 - i - j)
        for i in range(7)
        for j in range(6)
        if 0 <= 9 - i - j <= 4
    }
    expected = Fraction(sum(w for w in ways.values() if w <= ways[1, 4]), sum(ways.values()))
    frame = {"option": ["a"] * 3, "by": ["x", "y", "z"], "k": x, "n": n}
    p = survey_table(frame, "option", "by", n="n", events="k").table["p_value"][0]
    assert p == pytest.approx(float(expected), rel=1e-9)


def test_an_option_that_only_one_group_answered_has_no_test():
    people = {"a": [1, 0, None, None], "b": [1, 0, 1, 0], "group": ["x", "x", "y", "y"]}
    rows = survey_table(people, ["a", "b"], "group").table
    assert rows.filter(unit="a")["p_value"].to_list() == [None, None]
    assert rows.filter(unit="b")["p_holm"].to_list() == rows.filter(unit="b")["p_value"].to_list()
    assert rows.filter(unit="a", group="y").select("n", "missing", "shown").row(0) == (0, 2, "0 of 0")


def test_too_many_groups_for_an_exact_test_are_refused():
    groups = 12
    frame = {"o": ["a"] * groups, "by": list(range(groups)), "k": [2] * groups, "n": [9] * groups}
    with pytest.raises(Refused, match="Merge groups"):
        survey_table(frame, "o", "by", n="n", events="k")


def test_who_has_no_group_is_left_out_and_counted():
    people = {"a": [1, 0, 1], "group": ["x", "y", None]}
    result = survey_table(people, ["a"], "group")
    assert result.summary["respondents"] == 2
    assert "1 of 3 have no group" in " ".join(note.text for note in result.notes)


def test_row_order_changes_nothing():
    frame = pl.DataFrame(PEOPLE)
    backwards = frame.reverse()
    options = ["family", "work"]
    assert survey_table(frame, options).table.equals(survey_table(backwards, options).table)


def test_no_claim_about_a_population_without_saying_that_the_sample_stands_for_it():
    assert "respondents-only" in {note.code for note in survey_table(PEOPLE, ["work"]).notes}
    assert "respondents-only" not in {note.code for note in survey_table(PEOPLE, ["work"], representative=True).notes}


MOVERS = {"wants_to_move": [1, 0] * 20, "family": [1, 1, 1, 0] * 10}


def test_a_share_that_the_quotas_decided_gets_no_interval():
    with pytest.raises(Refused, match="The share of wants_to_move was decided by the quotas"):
        survey_table(MOVERS, ["wants_to_move", "family"], design="quota", fixed=["wants_to_move"])


def test_groups_of_a_quota_sample_may_be_compared():
    result = survey_table(MOVERS, ["family"], "wants_to_move", design="quota", fixed=["wants_to_move"])
    note = next(note for note in result.notes if note.code == "quota")
    assert "mix" not in note.text


def test_over_all_groups_a_quota_sample_holds_for_its_own_mixture_only():
    result = survey_table(MOVERS, ["family"], design="quota", fixed=["wants_to_move"])
    assert "mixture" in next(note for note in result.notes if note.code == "quota").text


@pytest.mark.parametrize("said", [{"design": "quota"}, {"fixed": ["wants_to_move"]}])
def test_a_quota_sample_has_to_say_which_shares_were_decided(said):
    with pytest.raises(Refused, match="design='quota' together with fixed"):
        survey_table(MOVERS, ["family"], "wants_to_move", **said)


def test_fixed_is_a_list():
    with pytest.raises(BadInput, match=r"fixed=\['family'\]"):
        survey_table(MOVERS, ["family"], design="quota", fixed="family")


def test_other_designs_are_unknown():
    with pytest.raises(UnknownName, match="quota"):
        survey_table(MOVERS, ["family"], design="quotas")


def test_an_answer_is_1_or_0_or_empty():
    with pytest.raises(BadInput, match=r"row 3, column a: found 2, .*\n.*row 4, column a: found the text 'yes'"):
        survey_table({"a": ["1", "2", "yes", " "]}, ["a"])


def test_true_and_false_are_answers_too():
    assert survey_table({"a": [True, False, None]}, ["a"]).table["events"].to_list() == [1]


def test_unknown_columns_are_named():
    with pytest.raises(UnknownName, match="Did you mean family"):
        survey_table(PEOPLE, ["famly"])


def test_nobody_who_answered_is_an_error():
    with pytest.raises(NotEnoughPeople, match="no answers"):
        survey_table({"a": [None, None]}, ["a"])


def test_events_need_n():
    with pytest.raises(BadInput, match="events without n"):
        survey_table({"o": ["a"], "k": [1]}, "o", events="k")
