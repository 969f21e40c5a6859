"""Rates with intervals, two rates compared, and observed against expected."""

import json
import math
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.rates import confint_poisson

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.intervals import interval, poisson_interval, proportion, standardised_ratio, two_proportions

METHODS = ("wilson", "clopper-pearson", "jeffreys", "agresti-coull", "mid-p")


@pytest.fixture(scope="module")
def tables():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@st.composite
def some_of_n(draw, least=1, most=500):
    n = draw(st.integers(least, most))
    return draw(st.integers(0, n)), n


# The interval of one share


# The examples of Newcombe (1998), Stat. Med. 17, 857-872, to four decimals; tests/reference puts them to R as well.
@pytest.mark.parametrize(
    ("x", "n", "method", "lower", "upper"),
    [
        (81, 263, "wilson", 0.2553, 0.3662),
        (15, 148, "wilson", 0.0624, 0.1605),
        (0, 20, "wilson", 0.0, 0.1611),
        (1, 29, "wilson", 0.0061, 0.1718),
        (81, 263, "clopper-pearson", 0.2527, 0.3676),
        (15, 148, "clopper-pearson", 0.0578, 0.1617),
        (0, 20, "clopper-pearson", 0.0, 0.1684),
        (1, 29, "clopper-pearson", 0.0009, 0.1776),
        (81, 263, "mid-p", 0.2544, 0.3658),
        (15, 148, "mid-p", 0.0601, 0.1581),
        (0, 20, "mid-p", 0.0, 0.1391),
        (1, 29, "mid-p", 0.0017, 0.1585),
    ],
)
def test_newcombe_s_examples(x, n, method, lower, upper):
    assert interval(x, n, method) == (pytest.approx(lower, abs=5.1e-5), pytest.approx(upper, abs=5.1e-5))


@pytest.mark.parametrize(
    ("method", "theirs"),
    [("wilson", "wilson"), ("clopper-pearson", "beta"), ("jeffreys", "jeffreys"), ("agresti-coull", "agresti_coull")],
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_statsmodels_gives_the_same_intervals(method, theirs, level):
    n = np.repeat([1, 2, 7, 60, 13347], 5)
    x = np.floor(n * np.tile([0, 0.2, 0.5, 0.9, 1], 5))
    lower, upper = interval(x, n, method, level)
    # At 0 and n events theirs is not set to 0 and 1 for Jeffreys; ours is, as the method's authors advise.
    inside = (x > 0) & (x < n)
    expected = proportion_confint(x[inside], n[inside], 1 - level, theirs)
    assert lower[inside] == pytest.approx(np.clip(expected[0], 0, 1), rel=1e-9)
    assert upper[inside] == pytest.approx(np.clip(expected[1], 0, 1), rel=1e-9)


@given(some_of_n())
@settings(max_examples=50)
def test_the_mid_p_limits_solve_their_definition(case):
    x, n = case
    lower, upper = (float(one) for one in interval(x, n, "mid-p"))
    if x > 0:
        assert stats.binom.sf(x, n, lower) + stats.binom.pmf(x, n, lower) / 2 == pytest.approx(0.025, rel=1e-9)
    if x < n:
        assert stats.binom.cdf(x - 1, n, upper) + stats.binom.pmf(x, n, upper) / 2 == pytest.approx(0.025, rel=1e-9)


@given(some_of_n(), st.sampled_from(METHODS), st.sampled_from([0.5, 0.95, 0.998]))
def test_counting_those_who_stayed_mirrors_the_interval(case, method, level):
    x, n = case
    lower, upper = interval(x, n, method, level)
    mirrored = interval(n - x, n, method, level)
    assert (1 - upper, 1 - lower) == (pytest.approx(mirrored[0], abs=1e-12), pytest.approx(mirrored[1], abs=1e-12))


@given(some_of_n(), st.sampled_from(METHODS))
def test_an_interval_holds_its_rate_and_widens_with_the_level(case, method):
    x, n = case
    low95, high95 = interval(x, n, method)
    low998, high998 = interval(x, n, method, 0.998)
    assert 0 <= low998 <= low95 <= x / n <= high95 <= high998 <= 1


@pytest.mark.parametrize("method", ["wilson", "clopper-pearson", "jeffreys", "mid-p"])
@pytest.mark.parametrize("n", [1, 3, 29, 1000, 123457])
def test_no_event_reaches_exactly_to_0_and_all_events_exactly_to_1(method, n):
    assert interval(0, n, method)[0] == 0.0
    assert interval(n, n, method)[1] == 1.0


def test_the_wilson_limit_of_few_events_among_very_many_keeps_its_digits():
    z2 = stats.norm.ppf(0.975) ** 2
    # For n far above x the limits of n times the rate are x + z2 / 2 -+ z sqrt(x + z2 / 4).
    lower, _ = interval(3, 1e14)
    assert lower * 1e14 == pytest.approx(3 + z2 / 2 - math.sqrt(z2 * (3 + z2 / 4)), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_the_rate_of_nobody_is_unknown(method):
    lower, upper = interval([0, 1], [0, 2], method)
    assert np.isnan([lower[0], upper[0]]).all()
    assert np.isfinite([lower[1], upper[1]]).all()


def coverage(method, n, p, level=0.95):
    """Probability that the interval holds p, by adding up the binomial: one figure for each p."""
    x = np.arange(n + 1)
    lower, upper = interval(x, n, method, level)
    held = (lower[:, None] <= p) & (p <= upper[:, None])
    return (stats.binom.pmf(x[:, None], n, p) * held).sum(axis=0)


P = np.linspace(0.001, 0.999, 999)


@pytest.mark.parametrize("n", [5, 17, 60, 246])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_clopper_pearson_never_covers_less_than_it_says(n, level):
    assert coverage("clopper-pearson", n, P, level).min() >= level - 1e-12


@pytest.mark.parametrize("n", [17, 60, 246])
@pytest.mark.parametrize("method", ["wilson", "jeffreys", "mid-p"])
def test_the_others_cover_on_average_what_they_say(method, n):
    # Within one point on average over all rates (Brown, Cai, DasGupta 2001; mid-P is a little above for small n).
    assert 0.945 < coverage(method, n, P).mean() < 0.965


@pytest.mark.parametrize("n", [17, 60, 246])
def test_agresti_coull_covers_at_least_as_often_as_wilson(n):
    assert (coverage("agresti-coull", n, P) >= coverage("wilson", n, P) - 1e-12).all()


def test_the_normal_interval_that_is_refused_would_cover_two_times_in_three_where_wilson_covers_nine_in_ten():
    n, p = 20, 0.05
    x = np.arange(n + 1)
    lower, upper = proportion_confint(x, n, method="normal")
    assert stats.binom.pmf(x, n, p)[(lower <= p) & (p <= upper)].sum() < 0.67
    assert coverage("wilson", n, np.array([p]))[0] > 0.9


def test_simulated_municipalities_are_covered_as_often_as_the_enumeration_says():
    n, p, draws = 60, 0.62, 40_000
    lower, upper = interval(np.random.default_rng(1999).binomial(n, p, draws), n)
    held = ((lower <= p) & (p <= upper)).mean()
    expected = coverage("wilson", n, np.array([p]))[0]
    assert held == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / draws))


@pytest.mark.parametrize("method", ["wald", "normal"])
def test_a_normal_interval_is_refused_with_the_reason(method):
    with pytest.raises(Refused, match="covers far less often than it says"):
        interval(1, 20, method)
    with pytest.raises(Refused, match="Use wilson"):
        two_proportions(1, 20, 2, 20, method=method)


def test_a_misspelt_method_is_told_what_was_probably_meant():
    with pytest.raises(UnknownName, match="Did you mean wilson"):
        interval(1, 20, "wilsen")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan")])
def test_a_level_in_per_cent_is_told(level):
    with pytest.raises(BadInput, match=r"as 0\.95"):
        interval(1, 20, level=level)


@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (float("nan"), 2)])
def test_more_events_than_people_are_told(x, n):
    with pytest.raises(BadInput, match="expected 0 <= events <= n"):
        interval([0, x], [1, n])


# A table of rates


def test_the_report_s_top_15_have_intervals_that_overlap_far_down(tables):
    top = pl.read_csv(tables / "retention_1995_98.csv").filter(kind="rural", rank_group="top")
    result = proportion(top, "moved_away", "arrived", "municipality", level=0.95)
    assert result.table["unit"].to_list() == top["municipality"].to_list()
    assert result.table["rate"].to_numpy() * 100 == pytest.approx(top["moved_pct_published"].to_numpy(), abs=0.0051)
    first, last = result.table.row(0, named=True), result.table.row(14, named=True)
    assert first["upper"] > last["lower"]


def test_a_path_gives_one_row_a_unit_and_level(tables):
    result = proportion(tables / "retention_1995_98.csv", "moved_away", "arrived", "municipality", by="kind")
    assert result.table.height == 2 * 60
    assert result.table.head(2).select("unit", "kind", "n", "events", "level", "method", "flag", "note").rows() == [
        ("Læsø", "rural", 17, 1, 0.95, "wilson", "", ""),
        ("Læsø", "rural", 17, 1, 0.998, "wilson", "", ""),
    ]
    lower, upper = interval(1, 17, level=0.998)
    assert result.table.row(1, named=True)["lower"] == lower
    assert result.table.row(1, named=True)["upper"] == upper
    assert result.summary["units"] == result.summary["rows_in"] == 60
    assert result.params["method"] == "wilson"
    assert len(result.params["data"]) == 16
    assert json.loads(result.to_json())["table"][0]["unit"] == "Læsø"


def test_a_unit_may_stand_in_several_groups_and_few_people_are_flagged_not_dropped(tables):
    result = proportion(tables / "moves_by_nationality.csv", "moved_away", "arrived", "nationality", by="kind")
    stateless = result.table.filter(unit="stateless", level=0.95)
    assert stateless.select("kind", "n", "flag", "note").rows() == [
        ("rural", 4, "few", "n is below 5"),
        ("small_town", 23, "", ""),
    ]
    assert [note.text for note in result.notes if note.code == "few"] == ["1 of 18 units have fewer than 5 persons."]
    assert result.summary["few"] == 1


def test_without_names_the_rows_are_numbered():
    assert proportion({"x": [1, 2], "n": [5, 5]}, "x", "n", level=0.95).table["unit"].to_list() == ["1", "2"]


def test_the_same_unit_twice_in_a_group_is_told():
    data = {"u": ["Bov", "bov", "Bov"], "k": ["a", "a", "b"], "x": [1, 2, 3], "n": [5, 5, 5]}
    with pytest.raises(BadInput, match=r"row 3, column u: found 'bov' again \(first on row 2"):
        proportion(data, "x", "n", "u", by="k")


def test_a_group_column_must_not_hide_one_of_the_result():
    with pytest.raises(BadInput, match="Rename the column"):
        proportion({"rate": ["a"], "x": [1], "n": [5]}, "x", "n", by="rate")


def test_an_unknown_group_column_is_told():
    with pytest.raises(UnknownName, match="Did you mean kind"):
        proportion({"kind": ["a"], "x": [1], "n": [5]}, "x", "n", by="kinds")


def test_a_unit_with_nobody_is_left_out_and_named():
    result = proportion({"u": ["a", "b"], "x": [0, 1], "n": [0, 5]}, "x", "n", "u", level=0.95)
    assert result.table["unit"].to_list() == ["b"]
    assert [note.text for note in result.notes] == ["a: nobody, so its rate is unknown."]
    assert (result.summary["rows_in"], result.summary["units"]) == (2, 1)


def test_a_level_given_twice_counts_once_and_none_is_told():
    data = {"x": [1], "n": [5]}
    assert proportion(data, "x", "n", level=(0.95, 0.95)).table.height == 1
    with pytest.raises(BadInput, match="no level"):
        proportion(data, "x", "n", level=())


def test_groups_are_drawn_in_a_panel_each():
    data = {"k": ["a", "b"], "u": ["Bov", "Bov"], "x": [1, 2], "n": [5, 5]}
    drawn = proportion(data, "x", "n", "u", by="k").plot().to_dict()
    assert drawn["facet"]["row"]["field"] == "k"
    plain = proportion({"x": [1], "n": [5]}, "x", "n").plot().to_dict()
    assert len(plain["layer"]) == 2


# Two rates


# The examples of Newcombe (1998), Stat. Med. 17, 873-890, method 10, to four decimals; tests/reference puts them to R
# as well.
@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_s_differences(counts, lower, upper):
    summary = two_proportions(*counts).summary
    assert (summary["difference_lower"], summary["difference_upper"]) == (
        pytest.approx(lower, abs=5.1e-5),
        pytest.approx(upper, abs=5.1e-5),
    )


@given(some_of_n(most=200), some_of_n(most=200))
@settings(max_examples=40)
def test_two_rates_agree_with_statsmodels(one, other):
    (x1, n1), (x2, n2) = one, other
    summary = two_proportions(x1, n1, x2, n2).summary
    low, high = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff")
    assert (summary["difference_lower"], summary["difference_upper"]) == (
        pytest.approx(low, abs=1e-9),
        pytest.approx(high, abs=1e-9),
    )
    if 0 < x1 < n1 and 0 < x2 < n2:
        low, high = confint_proportions_2indep(x1, n1, x2, n2, method="log", compare="ratio")
        assert (summary["ratio_lower"], summary["ratio_upper"]) == (pytest.approx(low), pytest.approx(high))
        z, p = proportions_ztest([x1, x2], [n1, n2])
        assert (summary["z"], summary["p_value"]) == (pytest.approx(z), pytest.approx(p))


@given(some_of_n(most=40), some_of_n(most=40))
@settings(max_examples=40)
def test_fisher_adds_up_the_tables_that_are_not_more_probable(one, other):
    (x1, n1), (x2, n2) = one, other
    probability = stats.hypergeom(n1 + n2, x1 + x2, n1).pmf(np.arange(n1 + 1))
    expected = probability[probability <= probability[x1] * (1 + 1e-7)].sum()
    assert two_proportions(x1, n1, x2, n2).summary["fisher_p"] == pytest.approx(expected)


def test_rural_and_small_town_municipalities_of_the_report_differ_by_22_points(tables):
    (_, n1, x1, _), (_, n2, x2, _) = pl.read_csv(tables / "retention_totals.csv").rows()
    result = two_proportions(x1, n1, x2, n2, level=(0.95, 0.998))
    assert result.summary["difference"] == pytest.approx(0.6192 - 0.3954, abs=1e-4)
    assert result.table["measure"].to_list() == ["difference", "ratio", "difference", "ratio", "fisher", "score"]
    assert result.table["level"].to_list()[:4] == [0.95, 0.95, 0.998, 0.998]
    assert result.summary["ratio"] == pytest.approx((x1 / n1) / (x2 / n2))
    assert not result.notes


@given(some_of_n(most=100), some_of_n(most=100))
def test_exchanging_the_groups_turns_the_sign(one, other):
    there, back = two_proportions(*one, *other).summary, two_proportions(*other, *one).summary
    assert there["difference_lower"] == pytest.approx(-back["difference_upper"], abs=1e-12)
    assert there["fisher_p"] == pytest.approx(back["fisher_p"])


def test_a_group_without_events_leaves_the_ratio_undefined_and_says_so():
    result = two_proportions(0, 10, 3, 10)
    ratio = result.table.filter(measure="ratio").row(0, named=True)
    assert (ratio["estimate"], ratio["lower"], ratio["upper"]) == (None, None, None)
    assert ratio["note"] == "A group without events leaves the ratio undefined; read the difference."
    assert [note.text for note in result.notes] == [ratio["note"]]
    assert result.summary["ratio"] is None


@pytest.mark.parametrize("counts", [(0, 10, 0, 20), (10, 10, 20, 20)])
def test_two_groups_that_are_all_alike_have_no_score_test_but_an_interval(counts):
    result = two_proportions(*counts)
    assert result.summary["z"] is None
    assert "score test is undefined" in result.table.filter(measure="score")["note"][0]
    assert result.summary["fisher_p"] == 1.0
    assert result.summary["difference_lower"] < 0 < result.summary["difference_upper"]


def test_when_everybody_moved_the_ratio_has_no_width_and_says_so():
    ratio = two_proportions(10, 10, 20, 20).table.filter(measure="ratio").row(0, named=True)
    assert (ratio["lower"], ratio["estimate"], ratio["upper"]) == (1, 1, 1)
    assert "no width" in ratio["note"]


@pytest.mark.parametrize(
    ("counts", "error", "said"),
    [
        ((0, 0, 1, 2), NotEnoughPeople, "a group of nobody"),
        ((3, 2, 1, 2), BadInput, "found 3 of 2"),
        ((1, 2, 0.5, 2), BadInput, "whole number"),
        ((-1, 2, 1, 2), BadInput, "whole number"),
    ],
)
def test_two_groups_that_cannot_be_are_told(counts, error, said):
    with pytest.raises(error, match=said):
        two_proportions(*counts)


def test_another_interval_for_the_difference_is_unknown():
    with pytest.raises(UnknownName, match="Did you mean newcombe"):
        two_proportions(1, 2, 1, 2, method="newcomb")


# Observed against expected


@pytest.mark.parametrize("level", [0.9, 0.95, 0.998])
def test_exact_limits_are_those_of_statsmodels(level):
    observed = np.array([1, 2, 7, 30, 4000])
    expected = np.array([2.5, 0.7, 11.0, 30.0, 4100.2])
    low, high = confint_poisson(observed, expected, method="exact-c", alpha=1 - level)
    lower, upper = poisson_interval(observed, expected, level=level)
    assert lower == pytest.approx(low, rel=1e-9)
    assert upper == pytest.approx(high, rel=1e-9)


def test_no_event_has_a_lower_limit_of_exactly_0():
    assert poisson_interval(0, 2.5) == (0.0, pytest.approx(-math.log(0.025) / 2.5))
    assert poisson_interval(0, 2.5, "byar")[0] == 0.0


@given(st.integers(0, 60), st.sampled_from([0.9, 0.95, 0.998]))
def test_exact_limits_solve_their_definition(count, level):
    lower, upper = (float(one) for one in poisson_interval(count, 1.0, level=level))
    assert stats.poisson.cdf(count, upper) == pytest.approx((1 - level) / 2)
    if count:
        assert stats.poisson.sf(count - 1, lower) == pytest.approx((1 - level) / 2)


@given(st.integers(10, 2000))
def test_byar_is_within_a_half_per_cent_of_exact_from_ten_events_on(count):
    exact, byar = poisson_interval(count, 1.0), poisson_interval(count, 1.0, "byar")
    assert byar[0] == pytest.approx(exact[0], rel=5e-3)
    assert byar[1] == pytest.approx(exact[1], rel=5e-3)


def test_byar_s_lower_limit_never_falls_below_0():
    assert poisson_interval(1, 1.0, "byar", 0.998)[0] == 0.0


@pytest.mark.parametrize("mean", [0.4, 3.0, 12.5, 80.0])
def test_exact_poisson_limits_never_cover_less_than_they_say(mean):
    count = np.arange(400)
    lower, upper = poisson_interval(count, 1.0)
    assert stats.poisson.pmf(count, mean)[(lower <= mean) & (mean <= upper)].sum() >= 0.95 - 1e-12


def test_several_units_are_tested_as_one_family():
    result = standardised_ratio([12, 0, 30], [6.5, 3.0, 29.0], unit=["Bov", "Fanø", "Gram"])
    assert result.table["unit"].to_list() == ["Bov", "Fanø", "Gram"]
    assert result.table["ratio"].to_list() == pytest.approx([12 / 6.5, 0, 30 / 29])
    assert result.table["p_value"][1] == pytest.approx(2 * math.exp(-3))
    assert (result.table["p_holm"] >= result.table["p_value"]).all()
    assert result.summary["ratio"] == pytest.approx(42 / 38.5)
    assert result.method.name == "exact Poisson limits"


def test_a_single_figure_is_one_unit_with_a_row_a_level():
    table = standardised_ratio(12, 6.5, "byar", (0.95, 0.998)).table
    assert table["unit"].to_list() == ["1", "1"]
    assert table["level"].to_list() == [0.95, 0.998]
    assert table["method"].unique().to_list() == ["byar"]


def test_a_p_value_never_exceeds_1():
    assert standardised_ratio(2, 2.5).table["p_value"][0] == 1.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1, 2], [1.0, 2.0, 3.0]), "found 2 observed and 3 expected"),
        (([1.5], [1.0]), "whole number of 0 or more"),
        (([-1], [1.0]), "whole number of 0 or more"),
        (([1], [0.0]), r"found 0 expected \(or exposed\)"),
        (([1], [float("inf")]), "a number above 0"),
    ],
)
def test_what_cannot_be_observed_or_expected_is_told(arguments, said):
    with pytest.raises(BadInput, match=said):
        standardised_ratio(*arguments)


def test_names_and_units_must_be_as_many():
    with pytest.raises(BadInput, match="1 names for 2 units"):
        standardised_ratio([1, 2], [1.0, 2.0], unit=["Bov"])


def test_another_poisson_method_is_unknown():
    with pytest.raises(UnknownName, match="Did you mean exact"):
        standardised_ratio(1, 1.0, "exakt")
