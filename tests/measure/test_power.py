"""How many persons, events or years are needed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import power_proportions_2indep

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused
from fodfaeste.measure.funnel import exact_p
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.power import (
    events_needed,
    n_funnel,
    n_halfwidth,
    n_two_proportions,
    power_funnel,
    years_to_pool,
)

shares = st.floats(0.02, 0.98)


# Two groups


def test_half_against_six_in_ten_needs_388_in_each_group():
    # (1.959964 sqrt(2 * .55 * .45) + .841621 sqrt(.5 * .5 + .6 * .4))^2 / .1^2 = 387.3
    result = n_two_proportions(0.5, 0.6)
    assert result.summary == {"n": 388, "n_total": 776}
    assert result.table.row(0, named=True)["p2"] == 0.6


@pytest.mark.parametrize(("p1", "p2"), [(0.5, 0.6), (0.62, 0.4), (0.1, 0.15), (0.39, 0.29)])
def test_statsmodels_finds_the_power_reached_at_that_number_and_not_below(p1, p2):
    n = n_two_proportions(p1, p2).summary["n"]

    def power(persons):
        return power_proportions_2indep(p1 - p2, p2, persons, return_results=False)

    # Theirs adds the other tail, which is far below a thousandth here.
    assert power(n) >= 0.8
    assert power(n - 1) < 0.8 + 1e-6


@given(shares, shares)
def test_neither_the_order_nor_the_side_of_the_rates_matters(p1, p2):
    if abs(p1 - p2) < 0.01:
        return
    n = n_two_proportions(p1, p2).summary["n"]
    assert n == n_two_proportions(p2, p1).summary["n"]
    assert abs(n - n_two_proportions(1 - p1, 1 - p2).summary["n"]) <= 1


def test_equal_rates_cannot_be_told_apart():
    with pytest.raises(BadInput, match="Name the difference to be found"):
        n_two_proportions(0.4, 0.4)


# Precision


@given(shares, st.floats(0.01, 0.4), st.sampled_from([0.9, 0.95, 0.998]))
@settings(max_examples=60)
def test_the_number_found_is_the_smallest_whose_wilson_interval_is_narrow_enough(p, halfwidth, level):
    n = n_halfwidth(p, halfwidth, level=level).summary["n"]

    def half(persons):
        lower, upper = interval(p * persons, persons, level=level)
        return float(upper - lower) / 2

    assert half(n) <= halfwidth + 1e-12
    assert n == 1 or half(n - 1) > halfwidth - 1e-12


def test_a_wide_interval_needs_one_person_and_a_rate_of_nothing_is_allowed():
    assert n_halfwidth(0.5, 0.49).summary["n"] == 1
    # No event: the upper limit is z2 / (n + z2), so half of it is at most h from n = z2 (1 / 2h - 1).
    assert n_halfwidth(0, 0.05).summary["n"] == math.ceil(stats.norm.ppf(0.975) ** 2 * 9)


# A unit against the target


@pytest.mark.parametrize("n", [1, 5, 40, 157])
@pytest.mark.parametrize("target", [0.05, 0.5, 0.62])
def test_power_and_size_are_sums_over_the_counts_with_a_small_exact_p(n, target):
    rate = target + 0.1
    x = np.arange(n + 1)
    found = exact_p(x.astype(float), np.full(n + 1, float(n)), target) <= 0.05
    summary = power_funnel(n, target, rate).summary
    assert summary["power"] == pytest.approx(stats.binom.pmf(x, n, rate)[found].sum(), abs=1e-12)
    assert summary["size"] == pytest.approx(stats.binom.pmf(x, n, target)[found].sum(), abs=1e-12)
    assert summary["low_events"] == max(x[found & (x < n * target)], default=None)
    assert summary["high_events"] == min(x[found & (x > n * target)], default=None)


@given(st.integers(1, 400), shares, st.sampled_from([0.001, 0.025]))
def test_the_true_size_never_exceeds_both_tails(n, target, tail):
    assert power_funnel(n, target, 0.5, tail=tail).summary["size"] <= 2 * tail * (1 + 1e-8)


def test_a_count_that_reaches_the_tail_exactly_is_found():
    # P(X = 0) = 1 / 4 with two persons at one half.
    summary = power_funnel(2, 0.5, 0.3, tail=0.25).summary
    assert (summary["low_events"], summary["high_events"]) == (0, 2)
    assert summary["power"] == pytest.approx(0.7**2 + 0.3**2)


def test_so_few_persons_that_no_count_is_ever_found_are_told():
    result = power_funnel(3, 0.5, 0.9)
    assert result.summary["power"] == 0
    assert [note.text for note in result.notes] == ["With 3 persons no count at all lies outside the limits."]


def test_counts_that_only_lie_outside_on_one_side_leave_the_other_unknown():
    summary = power_funnel(20, 0.05, 0.3).summary
    assert summary["low_events"] is None
    assert summary["high_events"] == 4


@given(st.floats(0.03, 0.97), st.floats(0.03, 0.97), st.sampled_from([0.5, 0.8, 0.95]))
@settings(max_examples=40)
def test_from_the_number_found_on_the_power_stays_reached(target, rate, power):
    if abs(target - rate) < 0.08:
        return
    found = n_funnel(target, rate, power=power).summary
    n = found["n"]
    assert found["power"] == power_funnel(n, target, rate).summary["power"] >= power
    for more in range(n, n + 30):
        assert power_funnel(more, target, rate).summary["power"] >= power
    assert n == 1 or power_funnel(n - 1, target, rate).summary["power"] < power


@pytest.mark.long
@pytest.mark.parametrize("target", [0.02, 0.1, 0.3954, 0.6192, 0.9])
@pytest.mark.parametrize("distance", [-0.3, -0.1, -0.05, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("power", [0.05, 0.8, 0.99])
@pytest.mark.parametrize("tail", [0.001, 0.025, 0.2])
def test_no_tooth_of_the_saw_lies_beyond_the_number_found(target, distance, power, tail):
    rate = target + distance
    if not 0 < rate < 1:
        return
    n = n_funnel(target, rate, power=power, tail=tail).summary["n"]
    for more in np.unique(np.linspace(n, 6 * n + 200, 100).round().astype(int)):
        assert power_funnel(int(more), target, rate, tail=tail).summary["power"] >= power


def test_ten_points_from_the_rural_average_take_some_two_hundred_persons():
    # The normal answer: (1.96 sqrt(.6192 * .3808) + .8416 sqrt(.5192 * .4808))^2 / .1^2 = 188.
    assert 188 <= n_funnel(0.6192, 0.5192).summary["n"] <= 215


def test_a_difference_too_small_for_any_unit_is_refused():
    with pytest.raises(Refused, match="Ask for a larger difference"):
        n_funnel(0.5, 0.5001)
    with pytest.raises(BadInput, match="two different rates"):
        n_funnel(0.5, 0.5)


# Events and years


def test_events_for_a_rate_ratio_follow_schoenfeld():
    total = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert events_needed(1.5).summary["events"] == math.ceil(4 * total**2 / math.log(1.5) ** 2)
    assert events_needed(1.5, share=0.2).summary["events"] == math.ceil(
        4 * total**2 / math.log(1.5) ** 2 / (4 * 0.2 * 0.8)
    )


@given(st.floats(1.05, 20), st.floats(0.05, 0.95))
def test_a_ratio_and_its_inverse_need_the_same_events_and_equal_exposure_the_fewest(ratio, share):
    events = events_needed(ratio, share=share).summary["events"]
    assert abs(events - events_needed(1 / ratio, share=1 - share).summary["events"]) <= 1
    assert events >= events_needed(ratio).summary["events"]


@pytest.mark.parametrize("ratio", [1, 0, -2, math.inf])
def test_a_ratio_that_cannot_be_found_is_told(ratio):
    with pytest.raises(BadInput, match="a ratio above 0 that is not 1"):
        events_needed(ratio)


def test_years_are_counted_until_the_reliability_is_reached():
    # n / (n + 30) reaches 0.7 at exactly 70 persons: 14 years of 5, 18 of 4.
    assert years_to_pool(30, 5).summary == {"years": 14, "n": 70, "reached": pytest.approx(0.7)}
    assert years_to_pool(30, 4).summary["years"] == 18


@given(st.floats(0.5, 200), st.floats(0.5, 300), st.floats(0.1, 0.95))
def test_one_year_less_would_not_have_been_enough(M, n_per_year, reliability):
    summary = years_to_pool(M, n_per_year, reliability=reliability).summary
    assert summary["reached"] >= reliability - 1e-9
    needed = M * reliability / (1 - reliability)
    assert summary["years"] == 1 or (summary["years"] - 1) * n_per_year < math.ceil(needed)


def test_units_that_differ_by_chance_alone_never_become_reliable():
    with pytest.raises(Refused, match="no number of years"):
        years_to_pool(math.inf, 5)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: n_two_proportions(50, 60), BadInput, r"p1 = 50, expected a share between 0 and 1"),
        (lambda: n_two_proportions(0.5, 0.6, power=80), BadInput, "power = 80"),
        (lambda: n_halfwidth(62, 0.1), BadInput, r"p = 62"),
        (lambda: n_halfwidth(0.62, 10), BadInput, "halfwidth = 10"),
        (lambda: power_funnel(10, 0.5, 0.6, tail=0.975), BadInput, r"Write 0\.025"),
        (lambda: power_funnel(2.5, 0.5, 0.6), BadInput, "a whole number of persons"),
        (lambda: power_funnel(0, 0.5, 0.6), NotEnoughPeople, "a unit of nobody"),
        (lambda: events_needed(2, share=1), BadInput, "share = 1"),
        (lambda: years_to_pool(0, 5), BadInput, "Take it from shrink"),
        (lambda: years_to_pool(30, 0), NotEnoughPeople, "0 persons a year"),
    ],
)
def test_what_cannot_be_asked_is_told(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_each_answer_carries_its_method_and_arguments():
    result = events_needed(1.5)
    assert result.method.reference == "Schoenfeld 1981, Biometrika 68, 316-319"
    assert (result.params["ratio"], result.params["power"], result.params["share"]) == (1.5, 0.8, 0.5)
    assert result.params["version"]
