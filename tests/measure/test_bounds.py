"""Bounds: what a rate can be when some people have vanished from the register."""

import math
from importlib.resources import as_file, files
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.measure.bounds import bounds


@pytest.fixture(scope="module")
def totals():
    """The report's two totals: 5656 of 9134 from rural municipalities, 5277 of 13347 from small towns."""
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "retention_totals.csv") as path:
        yield path


def of_report(totals, **more):
    return bounds(totals, "moved_away", "arrived", unit="kind", **more)


@st.composite
def one_unit(draw):
    known = draw(st.integers(1, 300))
    return {"x": [draw(st.integers(0, known))], "n": [known], "m": [draw(st.integers(0, 300))]}


# One rate


def test_the_width_of_the_bounds_is_the_missing_share(totals):
    table = of_report(totals, missing_share=0.16).table
    assert (table["upper_bound"] - table["lower_bound"]).to_list() == pytest.approx([0.16, 0.16])
    # 5656 of 9134/0.84 people if all of the missing stayed.
    assert table["lower_bound"][0] == pytest.approx(5656 * 0.84 / 9134)
    assert table["rate"].to_list() == pytest.approx([0.6192, 0.3954], abs=5e-5)


def test_counts_of_missing_people_give_the_same_as_their_share():
    by_count = bounds({"x": [30], "n": [80], "m": [20]}, "x", "n", missing="m").table
    by_share = bounds({"x": [30], "n": [80]}, "x", "n", missing_share=0.2).table
    by_column = bounds({"x": [30], "n": [80], "share": [0.2]}, "x", "n", missing_share="share").table
    assert by_count.select("lower_bound", "upper_bound").row(0) == (0.3, 0.5)
    for other in (by_share, by_column):
        assert other["lower_bound"][0] == pytest.approx(0.3)
        assert other["lower"][0] == pytest.approx(by_count["lower"][0], abs=1e-12)


@settings(max_examples=50)
@given(one_unit())
def test_the_bounds_contain_the_rate_at_random_and_the_interval_contains_the_bounds(data):
    row = bounds(data, "x", "n", missing="m").table.to_dicts()[0]
    ordered = [row["lower"], row["lower_bound"], row["rate"], row["upper_bound"], row["upper"]]
    known = [value for value in ordered if value is not None]
    assert all(a <= b + 1e-12 for a, b in pairwise(known))
    assert known[0] >= 0
    assert known[-1] <= 1


@settings(max_examples=50)
@given(one_unit(), st.sampled_from([0.8, 0.95, 0.998]))
def test_the_interval_solves_the_equation_of_imbens_and_manski(data, level):
    found = bounds(data, "x", "n", missing="m", level=level)
    row = found.table.to_dicts()[0]
    low, high, T = row["lower_bound"], row["upper_bound"], data["n"][0] + data["m"][0]
    s_low, s_high = math.sqrt(low * (1 - low) / T), math.sqrt(high * (1 - high) / T)
    if not (row["lower"] and s_low > 0):  # cut at 0, or without an error
        return
    c = (low - row["lower"]) / s_low
    covered = stats.norm.cdf(c + (high - low) / max(s_low, s_high)) - stats.norm.cdf(-c)
    assert covered == pytest.approx(level, abs=1e-9)


def test_with_nobody_missing_the_interval_is_two_sided_and_with_many_one_sided():
    none, many = (
        bounds({"x": [500], "n": [1000], "m": [m]}, "x", "n", missing="m").table.to_dicts()[0] for m in (0, 1000)
    )
    assert none["upper"] == pytest.approx(0.5 + stats.norm.ppf(0.975) * math.sqrt(0.25 / 1000))
    assert many["upper"] == pytest.approx(0.75 + stats.norm.ppf(0.95) * math.sqrt(0.75 * 0.25 / 2000))


def test_nobody_missing_is_said():
    assert "nobody-missing" in [note.code for note in bounds({"x": [50], "n": [90]}, "x", "n", missing_share=0).notes]


@pytest.mark.parametrize(
    ("x", "missing", "limits"),
    [(0, 0, (0, None)), (3, 0, (None, 1)), (0, 2, (0, "some")), (3, 2, ("some", 1))],
)
def test_an_end_that_would_deny_what_cannot_be_excluded_is_left_empty(x, missing, limits):
    row = bounds({"x": [x], "n": [3], "m": [missing]}, "x", "n", missing="m").table.to_dicts()[0]
    for found, expected in zip((row["lower"], row["upper"]), limits, strict=True):
        assert 0 < found < 1 if expected == "some" else found == expected


def test_few_events_are_flagged_as_the_interval_is_normal():
    found = bounds({"x": [4, 50], "n": [90, 90], "m": [1, 1]}, "x", "n", missing="m")
    assert found.table["flag"].to_list() == ["few", ""]
    assert "too short" in found.table["note"][0]
    assert [note.code for note in found.notes] == ["few"]


def test_in_the_reports_own_definition_the_dead_are_left_out_and_the_emigrated_count_as_moved():
    data = {"x": [30], "n": [80], "m": [20]}
    alone = [bounds(data, "x", "n", missing="m", dead_share=q).table["rate_without_dead"][0] for q in (0, 0.25, 1)]
    assert alone == pytest.approx([50 / 100, 45 / 95, 30 / 80])


def test_a_row_without_anybody_known_is_left_out_and_named():
    found = bounds({"u": ["A", "B"], "x": [0, 4], "n": [0, 9], "m": [None, 3]}, "x", "n", missing="m", unit="u")
    assert found.table["unit"].to_list() == ["B"]
    assert found.missing.tolist() == [3]
    assert found.notes[0].text.startswith("A: nobody")


def test_rows_without_names_keep_their_own_missing():
    found = bounds({"x": [0, 4, 5], "n": [0, 9, 9], "m": [1, 2, 3]}, "x", "n", missing="m")
    assert found.missing.tolist() == [2, 3]


# The slider


@settings(max_examples=50)
@given(one_unit())
def test_the_slider_runs_from_bound_to_bound_through_missing_at_random(data):
    found = bounds(data, "x", "n", missing="m")
    at_random = data["x"][0] / data["n"][0]
    table = found.slider([0, at_random, 1]).table
    row = found.table.to_dicts()[0]
    assert table["rate"].to_list() == pytest.approx([row["lower_bound"], row["rate"], row["upper_bound"]], abs=1e-12)
    assert table["d_at_random"].to_list() == [at_random] * 3


def test_one_position_gives_one_row_a_unit(totals):
    found = of_report(totals, missing_share=0.33).slider(0.5)
    assert found.table["rate"].to_list() == pytest.approx([0.67 * 5656 / 9134 + 0.165, 0.67 * 5277 / 13347 + 0.165])
    assert found.notes[0].code == "assumed"


@pytest.mark.parametrize("d", [-0.1, 1.5, [0.5, math.nan]])
def test_a_position_outside_the_bounds_is_no_position(totals, d):
    with pytest.raises(BadInput, match="a share from 0 to 1"):
        of_report(totals, missing_share=0.16).slider(d)


# Comparing two


@pytest.mark.parametrize(("missing_share", "identified"), [(0.16, True), (0.33, False)])
def test_the_report_may_say_who_loses_more_at_its_lowest_missing_share_but_not_at_its_highest(
    totals, missing_share, identified
):
    found = of_report(totals, missing_share=missing_share).breakdown("small_town", "rural")
    gap = 5656 / 9134 - 5277 / 13347
    assert found.breakdown_share == pytest.approx(gap / (1 + gap))
    assert 0.16 < found.breakdown_share < 0.33
    assert found.identified is identified
    assert (found.summary["difference_lower_bound"] > 0) is identified
    assert (found.summary["higher"], found.summary["lower"]) == ("rural", "small_town")


@settings(max_examples=50)
@given(st.integers(1, 99), st.integers(0, 98), st.floats(0.001, 0.9))
def test_the_order_is_identified_exactly_below_the_breakdown_share(x, y, m):
    data = {"u": ["A", "B"], "x": [x, y], "n": [100, 100]}
    share = bounds(data, "x", "n", missing_share=m, unit="u").breakdown("A", "B")
    if abs(share.breakdown_share - m) > 1e-9:
        assert share.identified is (m < share.breakdown_share)


@settings(max_examples=50)
@given(st.integers(2, 100), st.integers(0, 99), st.floats(0, 1))
def test_on_the_breakdown_curve_the_bounds_touch(x, y, where):
    if x <= y:
        return
    data = {"u": ["A", "B"], "x": [x, y], "n": [100, 100]}
    curve = bounds(data, "x", "n", missing_share=0.1, unit="u").breakdown("A", "B").table
    m_high, m_low = curve.row(int(where * (curve.height - 1)))
    assert x / 100 * (1 - m_high) == pytest.approx(y / 100 * (1 - m_low) + m_low, abs=1e-12)


def test_equal_rates_have_no_order_to_lose():
    found = bounds({"u": ["A", "B"], "x": [0, 0], "n": [9, 8]}, "x", "n", missing_share=0, unit="u").breakdown("A", "B")
    assert (found.breakdown_share, found.identified) == (0, False)
    assert found.table.rows() == [(0, 0)]


def test_a_comparison_needs_two_units_that_are_there(totals):
    found = of_report(totals, missing_share=0.16)
    with pytest.raises(UnknownName, match="rural"):
        found.breakdown("rurla", "small_town")
    with pytest.raises(BadInput, match="two units"):
        found.breakdown("rural", "rural")


# Comparing many


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 10)), min_size=1, max_size=8))
def test_ordered_pairs_are_those_with_disjoint_bounds(rows):
    data = {"x": [a for a, _, _ in rows], "n": [a + b + 1 for a, b, _ in rows], "m": [m for _, _, m in rows]}
    measured = bounds(data, "x", "n", missing="m")
    found = measured.orderings()
    low, high = measured.lower_bound, measured.upper_bound
    above = low[:, None] > high[None, :]
    assert found.table["higher_than"].to_list() == above.sum(axis=1).tolist()
    assert found.table["lower_than"].to_list() == above.sum(axis=0).tolist()
    assert found.summary["ordered"] == above.sum()
    pairs = len(rows) * (len(rows) - 1) / 2
    assert found.summary["share_ordered"] == (above.sum() / pairs if pairs else None)


# What it does not take


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "found neither, expected one of missing and missing_share"),
        ({"missing": "m", "missing_share": 0.1}, "found both"),
        ({"missing_share": 16}, "Divide per cent by 100"),
        ({"missing_share": 1.0}, "a share from 0 to below 1"),
        ({"missing_share": "share"}, "row 3, column share: found the missing share 1.5"),
        ({"missing": "m"}, "row 3, column m: found an empty cell"),
        ({"missing": "text"}, "row 2, column text: found the text 'some'"),
        ({"missing_share": "text"}, "row 2, column text: found the text 'some'"),
        ({"missing_share": "m"}, "row 3, column m: found the text ''"),
        ({"missing_share": 0.1, "dead_share": 20}, "Write 20 % as 0.2"),
        ({"missing_share": 0.1, "level": 0}, "a share above 0 and below 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(more, said):
    data = {"x": [1, 2], "n": [9, 9], "m": [0, None], "share": [0.2, 1.5], "text": ["some", "0"]}
    with pytest.raises(BadInput) as error:
        bounds(data, "x", "n", **more)
    assert said in str(error.value)


def test_an_unknown_column_of_missing_people_is_answered_with_known_ones(totals):
    with pytest.raises(UnknownName, match="arrived"):
        of_report(totals, missing="arived")


def test_the_arguments_that_decided_are_kept(totals):
    found = of_report(totals, missing_share=0.16)
    assert found.params["missing_share"] == 0.16
    assert found.slider(0.5).params["data"] == found.params["data"]
    assert isinstance(found.table, pl.DataFrame)
    assert np.array_equal(found.known, [9134, 13347])
