"""Two years of the same units: how far a list repeats, and how much of last year's lead is left."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.shrink import shrink
from fodfaeste.measure.years import compare_years

COLUMNS = {"events": "moved", "n": "arrived", "unit": "municipality"}


def two_years(units=60, seed=1, same=True, n=None):
    """Count the movers of two years; `same` says whether each municipality keeps its rate."""
    rng = np.random.default_rng(seed)
    arrived = rng.integers(20, 200, units) if n is None else np.full(units, n)
    rates = rng.beta(6, 6, units), rng.beta(6, 6, units)
    names = [f"m{k:03d}" for k in range(units)]
    return [
        pl.DataFrame({"municipality": names, "arrived": arrived, "moved": rng.binomial(arrived, rate)})
        for rate in (rates[0], rates[0] if same else rates[1])
    ]


def compare(a, b, **more):
    return compare_years(a, b, **{"good": "low", "exposure": (24, 24), "top": 10, **COLUMNS, **more})


@pytest.fixture(scope="module")
def found():
    return compare(*two_years())


# Order


def test_scipy_has_the_same_rank_correlations(found):
    a, b = found.table["rate_a"], found.table["rate_b"]
    assert found.summary["spearman"] == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)
    assert found.summary["tau_b"] == pytest.approx(stats.kendalltau(a, b).statistic, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=6, max_size=20))
def test_they_are_scipys_with_ties_too(events):
    x, y = np.array(events).T
    years = [{"municipality": list(range(x.size)), "arrived": [10] * x.size, "moved": moved} for moved in (x, y)]
    correlations = compare(*years, top=2).summary
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert correlations["spearman"] is correlations["tau_b"] is None
    else:
        assert correlations["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
        assert correlations["tau_b"] == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)


def test_the_interval_of_spearmans_is_that_of_bonett_and_wright(found):
    r, units = found.summary["spearman"], found.summary["units"]
    half = 1.959964 * np.sqrt((1 + r**2 / 2) / (units - 3))
    limits = np.tanh([np.arctanh(r) - half, np.arctanh(r) + half])
    assert [found.summary["spearman_lower"], found.summary["spearman_upper"]] == pytest.approx(limits, abs=1e-6)


def test_a_year_compared_with_itself_has_the_same_order_and_lists():
    year, _ = two_years(n=1000)
    summary = compare(year, year).summary
    assert (summary["spearman"], summary["spearman_lower"], summary["tau_b"]) == pytest.approx((1, 1, 1))
    assert summary["top_overlap"] == summary["bottom_overlap"] == pytest.approx(10)
    assert summary["slope"] == pytest.approx(1)


def test_lists_by_hand():
    years = [
        {"municipality": list("ABCDEF"), "arrived": [100] * 6, "moved": moved}
        for moved in ([10, 20, 30, 40, 50, 60], [30, 10, 20, 60, 40, 50])
    ]
    summary, table = compare(*years, top=2).summary, compare(*years, top=2).table
    assert table["list_a"].to_list() == ["top", "top", "", "", "bottom", "bottom"]
    assert table["list_b"].to_list() == ["", "top", "top", "bottom", "", "bottom"]
    assert (summary["top_overlap"], summary["bottom_overlap"]) == (1, 1)
    assert summary["overlap_by_chance"] == pytest.approx(4 / 6)
    assert (summary["top_rate_a"], summary["top_rate_b"]) == pytest.approx((0.15, 0.20))
    assert (summary["bottom_rate_a"], summary["bottom_rate_b"]) == pytest.approx((0.55, 0.45))


def test_the_direction_that_is_good_turns_the_lists_round():
    low, high = (compare(*two_years(), good=good).summary for good in ("low", "high"))
    for one, other in (("top", "bottom"), ("bottom", "top")):
        assert low[f"{one}_rate_b"] == pytest.approx(high[f"{other}_rate_b"])
        assert low[f"{one}_overlap"] == pytest.approx(high[f"{other}_overlap"])
    assert low["spearman"] == high["spearman"]


def test_equal_rates_at_the_end_of_a_list_share_its_places():
    years = [{"municipality": list("ABCDEF"), "arrived": [100] * 6, "moved": [10, 20, 20, 40, 50, 60]}] * 2
    found = compare(*years, top=2)
    assert found.table["list_a"].to_list() == ["top", "tied", "tied", "", "bottom", "bottom"]
    # A for certain; B and C half each in both lists.
    assert found.summary["top_overlap"] == pytest.approx(1 + 0.25 + 0.25)


def test_in_long_lists_a_unit_may_stand_in_both():
    found = compare(*two_years(units=8), top=6)
    assert set(found.table["list_a"]) == {"top", "bottom", "both"}


# Regression to the mean


def test_the_slope_and_its_error_are_those_of_weighted_least_squares():
    a, b = two_years()
    found, fit = compare(a, b), shrink(a, "moved", "arrived", "municipality")
    table = found.table
    reliability = (table["n_a"] / (table["n_a"] + fit.M)).to_numpy()
    weights = 1 / (1 - reliability + fit.M / table["n_b"].to_numpy())
    wls = sm.WLS(table["rate_b"].to_numpy(), sm.add_constant(table["rate_a"].to_numpy()), weights).fit()
    assert found.summary["slope"] == pytest.approx(wls.params[1], rel=1e-10)
    assert found.summary["slope_se"] == pytest.approx(wls.bse[1], rel=1e-10)
    assert [found.summary["slope_lower"], found.summary["slope_upper"]] == pytest.approx(wls.conf_int()[1], rel=1e-9)
    tested = wls.t_test(([0, 1], found.summary["expected_slope"]))
    assert found.summary["slope_p_value"] == pytest.approx(float(tested.pvalue), rel=1e-8)


def test_with_equal_numbers_of_persons_the_expected_slope_is_the_reliability():
    a, b = two_years(n=40)
    M = shrink(a, "moved", "arrived", "municipality").M
    assert compare(a, b).summary["expected_slope"] == pytest.approx(40 / (40 + M))


def test_last_years_list_is_always_beside_this_years_and_what_was_to_be_expected(found):
    summary = found.summary
    assert summary["top_rate_a"] < summary["top_rate_expected"] < summary["rate_a"]
    assert summary["bottom_rate_a"] > summary["bottom_rate_expected"] > summary["rate_a"]
    assert summary["top_rate_a"] < summary["top_rate_b"]


@pytest.mark.long
def test_where_rates_stay_the_slope_is_the_expected_one_and_its_interval_covers():
    inside, distance = 0, []
    for seed in range(200):
        summary = compare(*two_years(units=100, seed=seed)).summary
        inside += summary["slope_lower"] <= summary["expected_slope"] <= summary["slope_upper"]
        distance.append(summary["slope"] - summary["expected_slope"])
    # The expected slope is an estimate too, so the interval of the slope alone covers it somewhat less than 95 in 100.
    assert inside >= 175
    assert np.mean(distance) == pytest.approx(0, abs=3 * np.std(distance) / 200**0.5)


def test_where_rates_are_drawn_anew_the_slope_falls_below_the_expected_one():
    summary = compare(*two_years(same=False)).summary
    assert summary["slope_upper"] < summary["expected_slope"]
    assert summary["slope_p_value"] < 0.001


def test_without_spread_between_units_nothing_of_a_lead_is_to_be_expected():
    rng = np.random.default_rng(2)
    years = [
        {"municipality": list(range(40)), "arrived": [50] * 40, "moved": 20 + rng.permutation([-1, 0, 1, 0] * 10)}
        for _ in range(2)
    ]
    summary = compare(*years).summary
    assert summary["expected_slope"] == pytest.approx(0, abs=1e-12)
    assert summary["top_rate_expected"] == pytest.approx(summary["rate_a"])


def test_a_year_without_any_order_is_told():
    flat = {"municipality": list("ABCDEF"), "arrived": [100] * 6, "moved": [40] * 6}
    other = {"municipality": list("ABCDEF"), "arrived": [100] * 6, "moved": [10, 20, 30, 40, 50, 60]}
    for years, slope in (((flat, other), None), ((other, flat), 0)):
        found = compare(*years, top=2)
        assert found.summary["spearman"] is None
        assert found.summary["slope"] == (slope if slope is None else pytest.approx(slope))
        assert "no-order" in {note.code for note in found.notes}
    assert compare(flat, flat, top=2).notes[-1].text.startswith("All units of a and b")


# Exposure


def test_unequal_exposure_is_refused_as_the_reports_comparison_of_1995_98_with_1999_would_be():
    with pytest.raises(Refused, match="24 to 72 months and those of b for 12 to 24 months"):
        compare(*two_years(), exposure=((24, 72), (12, 24)))


def test_when_allowed_the_exposure_of_each_side_is_printed():
    found = compare(*two_years(), exposure=(36, (12, 24)), allow_unequal_exposure=True)
    note = next(note for note in found.notes if note.code == "unequal-exposure")
    assert "36 months" in note.text
    assert "12 to 24 months" in note.text
    assert (found.summary["exposure_a"], found.summary["exposure_b"]) == ((36, 36), (12, 24))


def test_equal_exposure_needs_no_note(found):
    assert "unequal-exposure" not in {note.code for note in found.notes}


@pytest.mark.parametrize("exposure", [(0, 12), (12, (24, 12)), (12, (-1, 12))])
def test_an_exposure_is_a_number_of_months(exposure):
    with pytest.raises(BadInput, match="months above 0"):
        compare(*two_years(), exposure=exposure)


# Input


def test_shrunken_results_and_their_tables_say_the_same():
    a, b = two_years()
    fits = [shrink(year, "moved", "arrived", "municipality") for year in (a, b)]
    from_fits = compare_years(*fits, good="low", exposure=(24, 24), top=10)
    assert from_fits.table.equals(compare(a, b).table)
    assert from_fits.summary == compare(a, b).summary


def test_units_are_matched_by_name_and_those_of_one_year_are_listed():
    a, b = two_years()
    found = compare(a.tail(58), b.head(57).sample(fraction=1, shuffle=True, seed=1))
    assert found.summary["units"] == 55
    assert [note.text for note in found.notes if note.code == "only-one-year"] == [
        "3 units are in a only and are left out: m057, m058, m059.",
        "2 units are in b only and are left out: m000, m001.",
    ]


def test_every_rate_has_its_people_and_its_interval(found):
    assert found.table.columns[:12] == [
        "unit", "n_a", "events_a", "rate_a", "lower_a", "upper_a", "n_b", "events_b", "rate_b", "lower_b", "upper_b",
        "level",
    ]  # fmt: skip
    assert (found.table["lower_b"] < found.table["upper_b"]).all()


def test_notes_of_a_year_say_which_year():
    a, b = two_years(units=12)
    assert {note.text[:3] for note in compare(a, b, top=3).notes if note.code == "few-units"} == {"a: ", "b: "}


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ({"good": "best"}, UnknownName, "no direction"),
        ({"level": 1}, BadInput, "level"),
        ({"top": 60}, BadInput, "top=60 of 60 units"),
        ({"unit": None}, BadInput, "unit="),
        ({"events": "mvoed"}, UnknownName, "moved"),
    ],
)
def test_what_cannot_be_asked_is_told(call, error, said):
    with pytest.raises(error, match=said):
        compare(*two_years(), **call)


def test_too_few_units_in_both_years_are_refused():
    a, b = two_years()
    with pytest.raises(NotEnoughPeople, match="4 units in both years"):
        compare(a.head(34), b.tail(30))
