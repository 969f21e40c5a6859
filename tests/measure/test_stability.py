"""Would the list be the same next year if nothing but chance changed?"""

from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.measure.shrink import shrink
from fodfaeste.measure.stability import stability


@pytest.fixture(scope="module")
def employed():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "employment_2000.csv") as path:
        table = pl.read_csv(path)
    groups = pl.col("employed") + pl.col("unemployed") + pl.col("outside_labour_force")
    return shrink(table.with_columns(all=groups), "employed", "all", "municipality")


def flat():
    return shrink({"x": [10, 20, 30, 40, 50], "n": [100, 200, 300, 400, 500]}, "x", "n")


def test_a_top_15_of_216_municipalities_mostly_changes_its_members(employed):
    result = stability(employed, good="high", top=15, seed=1)
    told = result.summary

    assert told["by_chance"] == pytest.approx(15 * 15 / 216)
    assert (
        told["by_chance"] < told["top_overlap_lower"] <= told["expected_top_overlap"] <= told["top_overlap_upper"] < 15
    )
    assert result.top_overlap.shape == (2000,)
    assert told["expected_top_overlap"] == pytest.approx(result.top_overlap.mean())


def test_what_repeats_is_the_printed_list_as_the_table_has_it(employed):
    result = stability(employed, good="high", top=15, seed=1)

    assert result.table.columns == [
        *("unit", "n", "events", "rate", "lower", "upper", "level", "reliability", "rank"),
        *("p_top_again", "p_bottom_again"),
    ]
    assert result.table.select("lower", "upper").equals(employed.table.select("lower", "upper"))
    assert result.table["p_top_again"].sum() == pytest.approx(15)
    assert result.table["p_bottom_again"].sum() == pytest.approx(15)
    printed = result.table.filter(pl.col("rank") <= 15)
    assert printed.height == 15
    assert printed["p_top_again"].sum() == pytest.approx(result.summary["expected_top_overlap"])


def test_the_lists_move_towards_the_mean(employed):
    told = stability(employed, good="high", top=15, seed=1).summary

    assert told["bottom_rate"] < told["bottom_rate_expected_again"] < employed.mu
    assert employed.mu < told["top_rate_expected_again"] < told["top_rate"]


def test_the_other_direction_exchanges_top_and_bottom(employed):
    low, high = (stability(employed, good=good, top=15, seed=1, draws=500) for good in ("low", "high"))

    assert low.summary["top_rate"] == pytest.approx(high.summary["bottom_rate"])
    assert low.summary["expected_top_overlap"] == pytest.approx(high.summary["expected_bottom_overlap"], abs=0.5)


def test_rankability_is_the_share_of_variance_between_units(employed):
    mu, M, n = employed.mu, employed.M, employed.table["n"].to_numpy()
    between = mu * (1 - mu) / (M + 1)
    within = mu * (1 - mu) * M / (M + 1) / n

    told = stability(employed, good="high", seed=1, draws=10).summary
    assert told["rankability"] == pytest.approx(between / (between + np.median(within)))
    assert told["median_reliability"] == pytest.approx(np.median(n / (n + M)))


def test_units_that_differ_by_chance_only_repeat_by_chance_only():
    told = stability(flat(), good="low", top=2, seed=1, draws=8000).summary

    assert told["rankability"] == 0
    # Unequal n: the extremes of small units repeat a little more often, but which they are is not in the list.
    assert told["expected_top_overlap"] == pytest.approx(told["by_chance"], abs=0.25)


def test_units_far_apart_repeat_exactly():
    data = {"x": [1000, 3000, 5000, 7000, 9000], "n": [10_000] * 5}
    told = stability(shrink(data, "x", "n"), good="low", top=2, seed=1, draws=200).summary

    assert (told["expected_top_overlap"], told["top_overlap_lower"], told["top_overlap_upper"]) == (2, 2, 2)
    assert told["rankability"] > 0.99


def test_equal_rates_are_drawn_by_lot():
    # All five have the same rate, so the printed top 2 is any two of them.
    result = stability(flat(), good="high", top=2, seed=3)

    assert result.table["rank"].to_list() == [1] * 5
    assert result.summary["top_rate"] == pytest.approx(0.1)


def test_a_seed_repeats_to_the_last_bit_and_is_needed(employed):
    one, same, other = (stability(employed, good="high", seed=seed, draws=100) for seed in (1, 1, 2))

    assert np.array_equal(one.top_overlap, same.top_overlap)
    assert not np.array_equal(one.top_overlap, other.top_overlap)
    assert one.params["seed"] == 1
    assert one.notes[-1].code == "monte-carlo-error"
    with pytest.raises(Refused, match="seed="):
        stability(employed, good="high")


def test_what_cannot_be_repeated_is_told(employed):
    with pytest.raises(Refused, match="shrink"):
        stability(employed.table, good="high", seed=1)
    with pytest.raises(UnknownName, match="no direction"):
        stability(employed, good="best", seed=1)
    with pytest.raises(BadInput, match="top=216"):
        stability(employed, good="high", top=216, seed=1)
    with pytest.raises(BadInput, match="level=95"):
        stability(employed, good="high", level=95, seed=1)


@pytest.mark.long
def test_the_range_holds_the_overlap_of_a_second_year_as_often_as_promised():
    rng = np.random.default_rng(1998)
    held = []
    for seed in range(150):
        n = rng.integers(10, 300, 80)
        theta = rng.beta(14.0, 16.0, 80)
        x, again = rng.binomial(n, theta), rng.binomial(n, theta)
        result = stability(shrink({"x": x, "n": n}, "x", "n"), good="high", top=10, seed=seed, draws=400)
        # Next year's list, ties by lot as in the method.
        lots = rng.random((2, 80))
        first, second = (set(np.lexsort((lot, -count / n))[:10]) for lot, count in zip(lots, (x, again), strict=True))
        told = result.summary
        held.append(told["top_overlap_lower"] <= len(first & second) <= told["top_overlap_upper"])
    error = np.sqrt(0.95 * 0.05 / 150)
    assert np.mean(held) > 0.95 - 3 * error
