"""Gamma: whether one ordinal variable goes up with another, from data, from many columns, or from print."""

import math
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.measure import association
from fodfaeste.measure.association import gamma, gamma_from_published, gamma_matrix

# Income by job satisfaction: the data set JobSat of R's vcdExtra, to whose answers tests/reference compares ours.
JOBS = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]

GAMMAS = "gamma_correlations.csv"


@pytest.fixture(scope="module")
def tables():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@st.composite
def small_tables(draw, most=12):
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    cells = draw(st.lists(st.integers(0, most), min_size=rows * columns, max_size=rows * columns))
    return np.array(cells).reshape(rows, columns)


def untied(table):
    return table.sum() > 0 and gamma(table=table).gamma is not None


def observations(table):
    """Spell a table out: x and y of each observation."""
    table = np.asarray(table)
    i, j = np.nonzero(table)
    return np.repeat(i, table[i, j]), np.repeat(j, table[i, j])


def by_definition(x, y):
    """Give gamma, ASE1 and ASE0 by comparing each observation with each other."""
    sign = np.sign(np.subtract.outer(x, x) * np.subtract.outer(y, y))
    a, d, n = (sign > 0).sum(axis=1), (sign < 0).sum(axis=1), len(x)
    P, Q = a.sum(), d.sum()
    ase1 = 4 / (P + Q) ** 2 * math.sqrt(np.sum((Q * a - P * d).astype(float) ** 2))
    ase0 = 2 / (P + Q) * math.sqrt(max(np.sum((a - d) ** 2) - (P - Q) ** 2 / n, 0))
    return (P - Q) / (P + Q), ase1, ase0


# One pair of variables


def test_the_job_satisfaction_table_has_the_gamma_error_and_interval_that_vcdextra_prints():
    found = gamma(table=JOBS)
    assert found.gamma == pytest.approx(0.2211, abs=5e-5)
    assert found.se == pytest.approx(0.1172, abs=5e-5)
    assert found.table["lower"][0] == pytest.approx(-0.0085, abs=5e-5)
    assert found.table["upper"][0] == pytest.approx(0.4507, abs=5e-5)


def test_pairs_are_counted_by_hand_in_a_table_small_enough():
    # Four observations: (0,0), (0,1), (1,0), (1,1) with 2, 1, 1, 1 of them.
    found = gamma(table=[[2, 1], [1, 1]]).association
    assert (found.concordant, found.discordant) == (2, 1)
    assert (found.tied_x_only, found.tied_y_only, found.tied_both) == (3, 3, 1)
    assert found.gamma == pytest.approx(1 / 3)


@settings(max_examples=40)
@given(small_tables())
def test_gamma_and_both_errors_are_those_of_comparing_every_pair(table):
    if not untied(table):
        return
    value, ase1, ase0 = by_definition(*observations(table))
    found = gamma(table=table)
    assert found.gamma == pytest.approx(value, abs=1e-12)
    assert found.se == pytest.approx(ase1, abs=1e-12)
    assert found.se0 == pytest.approx(ase0, abs=1e-7)  # the uncentred sum of squares loses digits when ASE0 is 0


@settings(max_examples=40)
@given(small_tables())
def test_the_sweep_along_x_agrees_with_the_cumulative_table(table):
    if not untied(table):
        return
    by_table = vars(gamma(table=table).association)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(association, "DENSE_CELLS", 0)
        swept = vars(gamma(table=table).association)
    assert swept == {name: pytest.approx(value, abs=1e-12, nan_ok=True) for name, value in by_table.items()}


def test_continuous_pairs_take_the_sweep_and_give_the_definition(monkeypatch):
    rng = np.random.default_rng(1)
    x = rng.normal(size=300)
    y = x + rng.normal(size=300)
    monkeypatch.setattr(association, "DENSE_CELLS", 300 * 300 - 1)
    monkeypatch.delattr(association, "_by_cumulative_sums")
    found = gamma(x, y)
    assert (found.gamma, found.se, found.se0) == pytest.approx(by_definition(x, y), abs=1e-12)


@settings(max_examples=40)
@given(small_tables())
def test_reversing_one_axis_turns_the_sign_and_nothing_else(table):
    if not untied(table):
        return
    found, turned = gamma(table=table), gamma(table=table[:, ::-1])
    assert turned.gamma == -found.gamma
    assert (turned.se, turned.se0) == pytest.approx((found.se, found.se0), abs=1e-12)
    assert turned.association.p_exact == found.association.p_exact


@settings(max_examples=40)
@given(small_tables())
def test_doubling_every_observation_keeps_gamma_and_shrinks_its_error_by_the_root_of_two(table):
    if not untied(table):
        return
    found, doubled = gamma(table=table), gamma(table=2 * table)
    assert doubled.gamma == pytest.approx(found.gamma, abs=1e-14)
    assert doubled.se * math.sqrt(2) == pytest.approx(found.se, abs=1e-12)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 50), min_size=4, max_size=4))
def test_in_a_table_of_two_by_two_it_is_yules_q(cells):
    a, b, c, d = cells
    q = (a * d - b * c) / (a * d + b * c)
    found = gamma(table=[[a, b], [c, d]])
    assert found.gamma == pytest.approx(q, abs=1e-14)
    assert found.se == pytest.approx((1 - q**2) / 2 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), abs=1e-12)


def test_the_error_for_the_interval_is_close_to_leaving_each_observation_out():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 6, 400)
    y = np.clip(x + rng.integers(-3, 4, 400), 0, 6)
    keep = ~np.eye(400, dtype=bool)
    left_out = np.array([gamma(x[one], y[one]).gamma for one in keep])
    jackknife = math.sqrt(399 / 400 * np.sum((left_out - left_out.mean()) ** 2))
    assert gamma(x, y).se == pytest.approx(jackknife, rel=0.02)


def test_scipy_has_the_same_test_somers_d_and_tau_b():
    found = gamma(table=JOBS).association
    d = stats.somersd(np.array(JOBS))
    assert (found.somers_d_yx, found.p_value) == pytest.approx((d.statistic, d.pvalue), abs=1e-12)
    assert found.somers_d_xy == pytest.approx(stats.somersd(np.array(JOBS).T).statistic, abs=1e-12)
    assert found.tau_b == pytest.approx(stats.kendalltau(*observations(JOBS)).statistic, abs=1e-12)


def test_with_up_to_nine_observations_every_order_is_tried():
    x, y = [1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 1, 4, 3, 6, 5, 9, 8, 7]
    found = gamma(x, y)
    assert found.association.p_exact == pytest.approx(stats.kendalltau(x, y, method="exact").pvalue, abs=1e-12)
    assert [note.code for note in found.notes] == ["few-observations"]


def test_orders_that_differ_only_among_ties_count_as_often_as_they_occur():
    # y has 3 x 2 = 6 distinct orders over x = 1, 1, 2, 2; |C - D| reaches 4 in two of them.
    assert gamma([1, 1, 2, 2], [1, 1, 2, 2]).association.p_exact == pytest.approx(2 / 6)


def test_ten_observations_have_no_exact_p():
    assert gamma(range(10), range(10)).association.p_exact is None


def test_the_meaning_of_the_sign_is_part_of_the_answer():
    assert gamma([1, 2, 3], [3, 2, 1]).summary["direction"] == "positive: a larger x goes with a larger y"
    assert gamma(table=JOBS).summary["direction"] == "positive: later rows go with later columns"


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 5, (2, 200))
    order = rng.permutation(200)
    first, second = gamma(x, y), gamma(x[order], y[order])
    assert first.to_json() == second.to_json()


@pytest.mark.parametrize(
    "ordered",
    [
        pl.Series(["low", "high", "low", "mid"], dtype=pl.Enum(["low", "mid", "high"])),
        np.array([0.5, 9.0, 0.5, 7.25]),
        np.array(["1998-01-01", "2000-01-01", "1998-01-01", "1999-01-01"], dtype="datetime64[D]"),
        pl.Series([1, 3, 1, 2]),
    ],
)
def test_only_the_order_of_values_counts(ordered):
    assert gamma(ordered, [1, 3, 2, 3]).gamma == gamma([1, 3, 1, 2], [1, 3, 2, 3]).gamma


def test_true_comes_after_false():
    assert gamma([False, True, True], [1, 2, 3]).gamma == 1


def test_counts_of_a_thousand_million_do_not_overflow():
    # Whole-number arithmetic: C = 4 10^18 + 1 10^18 ... is above what 64 bits hold once the cells are squared.
    billion = 10**9
    found = gamma(table=[[4 * billion, billion], [billion, 2 * billion]]).association
    assert found.concordant == 8 * billion**2
    assert found.discordant == billion**2
    assert found.tied_both == sum(n * (n - 1) // 2 for n in (4 * billion, billion, billion, 2 * billion))
    assert found.gamma == pytest.approx(7 / 9, abs=1e-15)
    q_error = (1 - (7 / 9) ** 2) / 2 * math.sqrt((1 / 4 + 1 + 1 + 1 / 2) / billion)
    assert found.se == pytest.approx(q_error, rel=1e-12)


# Where gamma says less than it seems


@pytest.mark.parametrize(("x", "y"), [([1], [1]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [5, 5, 5]), ([1, 1], [2, 2])])
def test_without_an_untied_pair_gamma_is_unknown_and_the_note_says_why(x, y):
    found = gamma(x, y)
    assert found.gamma is None
    assert found.table["gamma"].to_list() == [None]
    assert found.association.tau_b is None
    assert [note.code for note in found.notes] == ["no-untied-pair"]
    assert "every pair is tied" in found.table["note"][0]


def test_a_perfect_association_has_an_interval_without_width_and_says_that_it_is_no_certainty():
    found = gamma(table=[[3, 2, 0], [0, 4, 5]])
    assert (found.gamma, found.se) == (1, 0)
    assert found.table.select("lower", "upper").row(0) == (1, 1)
    assert found.se0 > 0
    assert [note.code for note in found.notes] == ["perfect-association"]


def test_where_the_error_under_no_association_is_zero_there_is_no_test():
    found = gamma(table=[[50, 0], [0, 50]])
    assert found.association.z is None
    assert found.table["p_value"].to_list() == [None]
    assert [note.code for note in found.notes] == ["perfect-association", "no-test"]


def test_the_interval_stays_between_minus_one_and_one():
    found = gamma(table=[[9, 1], [1, 9]])
    assert found.gamma + 1.96 * found.se > 1
    assert found.table["upper"][0] == 1


def test_pairs_with_an_empty_value_are_left_out_and_counted():
    found = gamma([1.0, 2.0, math.nan, 4.0], [1, None, 3, 4])
    assert found.table["n"].to_list() == [2]
    assert found.notes[0].text == "y by x: 2 rows have an empty value and are left out."


# What gamma does not take


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "not one kind of data"),
        ({"x": [1, 2]}, "not one kind of data"),
        ({"x": [1, 2], "y": [1, 2], "table": JOBS}, "not one kind of data"),
        ({"x": [1, 2], "y": [1]}, "2 values of x and 1 of y"),
        ({"x": ["low", "high"], "y": [1, 2]}, "Text has no order of its own"),
        ({"x": [1, "high"], "y": [1, 2]}, "Text has no order of its own"),
        ({"x": [[1], [2, 3]], "y": [1, 2]}, "Text has no order of its own"),
        ({"table": [1, 2]}, "an array of 1 dimensions"),
        ({"table": [["a", "b"], ["c", "d"]]}, "counts in rows and columns"),
        ({"table": [[1, 2], [3.5, 4]]}, "found 3.5 in row 2, column 1 of the table"),
        ({"table": [[1, -2], [3, 4]]}, "found -2 in row 1, column 2 of the table"),
        ({"table": [[1, math.nan], [3, 4]]}, "found nan in row 1, column 2"),
        ({"table": [[2.0**53, 1], [1, 1]]}, "at most 2**53"),
        ({"table": JOBS, "level": 95}, "Write 95 % as 0.95"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(arguments, said):
    with pytest.raises(BadInput) as error:
        gamma(**arguments)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "arguments", [{"x": [], "y": []}, {"x": [math.nan], "y": [1]}, {"x": [None], "y": [1]}, {"table": [[0, 0], [0, 0]]}]
)
def test_nobody_has_no_gamma(arguments):
    with pytest.raises(NotEnoughPeople):
        gamma(**arguments)


# Several variables, judged together

TOWNS = pl.DataFrame(
    {
        "moved": [60, 52, 47, 41, 33, 30, 28, 25, 20, 12, 11, 5],
        "jobs": [10, 11, 9, 15, 17, 18, 22, 21, 25, 29, 28, 30],
        "tax": [20, 21, 20, 21, 20, 21, 20, 21, 20, 21, 20, 21],
        "coast": [1] * 12,
    }
)


def test_a_positive_gamma_means_that_the_outcome_is_better():
    low = gamma_matrix(TOWNS, "moved", ["jobs"], good="low")
    high = gamma_matrix(TOWNS, "moved", ["jobs"], good="high")
    assert low.table["gamma"][0] == -high.table["gamma"][0] > 0.8
    assert low.summary["direction"] == "positive: more of the variable goes with less of moved"
    assert high.summary["direction"] == "positive: more of the variable goes with more of moved"
    assert low.table["tau_b"][0] == -high.table["tau_b"][0]


def test_holm_and_benjamini_hochberg_run_over_all_tests_of_the_call():
    found = gamma_matrix(TOWNS, "moved", ["jobs", "tax", "coast"], good="low")
    jobs, tax, coast = found.table.to_dicts()
    assert jobs["p_holm"] == pytest.approx(2 * jobs["p_value"])  # the undefined one is no test
    assert tax["q_bh"] == pytest.approx(max(tax["p_value"], jobs["q_bh"]))
    assert [row["flag"] for row in (jobs, tax, coast)] == ["distinguishable", "not distinguishable", "undefined"]
    assert coast["p_holm"] is None
    assert found.summary["tests"] == 2
    assert found.summary["distinguishable"] == 1


def test_each_row_is_what_gamma_says_of_the_pair():
    row = gamma_matrix(TOWNS, "moved", ["tax"], good="high").table.to_dicts()[0]
    alone = gamma(TOWNS["tax"], TOWNS["moved"]).table.to_dicts()[0]
    assert {name: row[name] for name in alone if name != "unit"} == {k: v for k, v in alone.items() if k != "unit"}


def test_few_rows_are_judged_by_the_exact_p():
    table = gamma_matrix(TOWNS.head(6), "moved", ["jobs"], good="low").table
    assert table["p_holm"][0] == table["p_exact"][0]


def test_if_no_variable_can_be_tested_there_is_no_smallest_p():
    found = gamma_matrix(TOWNS, "moved", ["coast"], good="low")
    assert found.summary["smallest_p_holm"] is None
    assert found.summary["tests"] == 0


def test_rows_chosen_by_their_outcome_carry_that_limit():
    found = gamma_matrix(TOWNS, "moved", ["jobs"], good="low", selected=True)
    assert found.notes[-1].code == "selected"


def test_an_empty_cell_is_left_out_of_its_own_test_only():
    frame = TOWNS.with_columns(pl.Series("jobs", [None, *TOWNS["jobs"][1:]]))
    found = gamma_matrix(frame, "moved", ["jobs", "tax"], good="low")
    assert found.table["n"].to_list() == [11, 12]
    assert found.notes[0].text == "jobs: 1 rows have an empty value and are left out."


def test_numbers_read_as_text_count_and_a_decimal_comma_is_named_with_its_row(tmp_path):
    path = tmp_path / "towns.csv"
    path.write_text("moved,jobs\n10,1.5\n20,x\n30,2,5\n".replace("2,5", '"2,5"'), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        gamma_matrix(path, "moved", ["jobs"], good="low")
    assert [problem.row for problem in error.value.problems] == [3, 4]
    assert "a number with a decimal comma" in str(error.value)
    as_text = pl.DataFrame({"moved": ["10", "20", " "], "jobs": ["2", "1", "3"]})
    assert gamma_matrix(as_text, "moved", ["jobs"], good="low").table["gamma"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("outcome", "variables", "good"), [("moved", ["job"], "low"), ("mvoed", ["jobs"], "low"), ("moved", ["jobs"], "up")]
)
def test_an_unknown_name_is_answered_with_known_ones(outcome, variables, good):
    with pytest.raises(UnknownName):
        gamma_matrix(TOWNS, outcome, variables, good=good)


@pytest.mark.parametrize("variables", [[], ["jobs", "jobs"], ["jobs", "moved"]])
def test_no_variable_one_twice_or_the_outcome_itself_is_no_set_of_tests(variables):
    with pytest.raises(BadInput, match="each once"):
        gamma_matrix(TOWNS, "moved", variables, good="low")


# Published gammas


def test_two_of_the_reports_44_gammas_pass_its_own_threshold(tables):
    found = gamma_from_published(
        tables / GAMMAS, 108, unit=["variable", "kind"], threshold=0.300, direction="fewer people move away"
    )
    assert found.table.height == found.summary["tests"] == 44
    assert found.summary["above_threshold"] == 2
    passing = found.table.filter(pl.col("gamma").abs() > 0.3)["unit"].to_list()
    assert passing == ["social_index, small_town", "bilingual_pupils_per_100, small_town"]


def test_more_of_the_reports_gammas_differ_from_zero_than_its_threshold_lets_through(tables):
    found = gamma_from_published(tables / GAMMAS, 108, unit=["variable", "kind"], threshold=0.300)
    se = math.sqrt(2 * 221 / (9 * 108 * 107))
    assert found.table["z"][0] == pytest.approx(-0.024 / se)
    # Holm by hand: the k-th smallest p below 0.05 / (44 - k + 1).
    p = np.sort(2 * stats.norm.sf(np.abs(found.table["gamma"].to_numpy()) / se))
    by_hand = int(np.argmin(p < 0.05 / np.arange(44, 0, -1)))
    assert found.summary["distinguishable"] == by_hand > found.summary["above_threshold"]
    assert found.summary["above_threshold_distinguishable"] == 2
    assert found.summary["distinguishable"] <= found.summary["distinguishable_bh"] <= found.summary["p_value_below"]
    assert found.summary["expected_by_chance"] == pytest.approx(2.2)
    assert found.summary["smallest_distinguishable"] == pytest.approx(1.959964 * se, abs=1e-6)


def test_without_ties_the_p_value_is_kendalls():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, 40))
    kendall = stats.kendalltau(x, y, method="asymptotic")
    found = gamma_from_published({"pair": kendall.statistic}, 40, direction="more of y")
    assert found.table["p_value"][0] == pytest.approx(kendall.pvalue, abs=1e-12)
    assert [note.code for note in found.notes] == ["ties-unknown"]


def test_gammas_come_as_a_list_a_mapping_or_a_table():
    listed = gamma_from_published([0.1, -0.4], 30)
    named = gamma_from_published({"jobs": 0.1, "tax": -0.4}, 30)
    table = gamma_from_published({"name": ["jobs", "tax"], "g": [0.1, -0.4]}, 30, "g", unit="name")
    bare = gamma_from_published(pl.DataFrame({"gamma": [0.1, -0.4]}), 30)
    assert listed.table["unit"].to_list() == bare.table["unit"].to_list() == ["1", "2"]
    assert named.table.to_dicts() == table.table.to_dicts()
    assert listed.table["p_holm"].to_list() == named.table["p_holm"].to_list()
    assert named.notes[-1].code == "direction-unknown"


@pytest.mark.parametrize(
    ("gammas", "n", "more", "kind", "said"),
    [
        ([0.1, 1.2], 30, {}, BadInput, "row 3, column gamma: found the gamma 1.2"),
        ([0.1, math.nan], 30, {}, BadInput, "found the gamma nan"),
        ({"gamma": ["0,3"]}, 30, {}, BadInput, "a number with a decimal comma"),
        ([], 30, {}, NotEnoughPeople, "no gamma"),
        ([0.1], 1, {}, NotEnoughPeople, "2 observations or more"),
        ([0.1], 30, {"threshold": 30}, BadInput, "a size of gamma from 0 to 1"),
        ({"gamma": [0.1]}, 30, {"unit": "name"}, UnknownName, "no column 'name'"),
        ({"g": [0.1]}, 30, {}, UnknownName, "no column 'gamma'"),
    ],
)
def test_a_gamma_that_cannot_be_one_is_refused(gammas, n, more, kind, said):
    with pytest.raises(kind) as error:
        gamma_from_published(gammas, n, **more)
    assert said in str(error.value)
