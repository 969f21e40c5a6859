"""Regression on municipalities, with everything a reader needs to judge it."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.regression import INTERCEPT, regress

TERMS = ["unemployment", "rental", "distance"]


def municipalities(units=40, seed=4, persons=60):
    """Invent municipalities whose rate goes with unemployment and not with the rest."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (units, 3))
    n = rng.poisson(persons, units) + 5
    rate = 1 / (1 + np.exp(0.4 - 0.6 * x[:, 0] + rng.normal(0, 0.3, units)))
    columns = dict(zip(TERMS, x.T.round(3).tolist(), strict=True))
    return {
        "name": [f"M{k}" for k in range(units)],
        "moved": rng.binomial(n, rate).tolist(),
        "arrived": n.tolist(),
        **columns,
    }


def fitted(data=None, **options):
    asked = {"predictors": TERMS, "events": "moved", "n": "arrived", "unit": "name", "bootstraps": 99, "seed": 1}
    return regress(municipalities() if data is None else data, **{**asked, **options})


def codes(result):
    return {note.code for note in result.notes}


def text(result, code):
    return next(note.text for note in result.notes if note.code == code)


# What comes out


def test_a_regression_says_how_sure_how_stable_and_of_whom():
    result = fitted()

    row = result.table.row(by_predicate=pl.col("term") == "unemployment", named=True)
    assert row["lower"] < 0.6 < row["upper"]
    assert row["p_holm"] < 0.001
    assert row["loo_min"] < row["estimate"] < row["loo_max"]
    assert row["bca_lower"] < row["estimate"] < row["bca_upper"]
    assert row["percentile_lower"] < row["estimate"] < row["percentile_upper"]
    assert row["sign_changes"] == 0
    assert 1 <= row["vif"] < 2
    assert (result.summary["n"], result.summary["k"], result.summary["df"]) == (40, 3, 36)
    assert result.summary["persons"] == sum(municipalities()["arrived"])
    assert 0 < result.summary["loo_r2"] < result.summary["r2"] < 1
    assert result.influence.height == 40
    assert result.collinearity.height == 16
    json.loads(result.to_json())


def test_the_intercept_is_not_one_of_the_tests():
    table = fitted().table

    first = table.row(0, named=True)
    assert first["term"] == INTERCEPT
    assert [first[name] for name in ("p_holm", "q_bh", "vif")] == [None] * 3
    # Holm over three predictors: the smallest p value is multiplied by 3.
    least = table[1:].sort("p_value").row(0, named=True)
    assert least["p_holm"] == pytest.approx(3 * least["p_value"])


@pytest.mark.parametrize("family", ["quasibinomial", "ols"])
def test_one_seed_gives_one_answer_to_the_last_bit(family):
    assert fitted(family=family).to_json() == fitted(family=family).to_json()
    draws = [fitted(family=family, seed=seed).table["percentile_lower"].to_list() for seed in (1, 2)]
    assert draws[0] != draws[1]


@pytest.mark.parametrize("bring", [pl.DataFrame, pd.DataFrame], ids=["polars", "pandas"])
def test_frames_mappings_and_files_say_the_same(bring, tmp_path):
    pl.DataFrame(municipalities()).write_csv(tmp_path / "table.csv")
    tables = [fitted(data).table for data in (municipalities(), bring(municipalities()), tmp_path / "table.csv")]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_least_squares_takes_an_outcome_without_counts():
    data = municipalities()
    data["rate"] = [x / n for x, n in zip(data["moved"], data["arrived"], strict=True)]
    alone = fitted(data, outcome="rate", events=None, n=None, family="ols")
    counted = fitted(data, family="ols")

    assert alone.table.equals(counted.table)
    assert "n" not in alone.influence.columns
    assert alone.summary["persons"] is None
    assert "ols-for-comparison" in codes(alone) & codes(counted)


def test_least_squares_of_equal_numbers_of_persons_needs_no_excuse():
    data = municipalities()
    data["arrived"] = [max(data["arrived"])] * 40
    assert "ols-for-comparison" not in codes(fitted(data, family="ols"))


# Laws


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([1e-4, 0.1, 7.0, 1e5]), st.sampled_from(["quasibinomial", "ols"]))
def test_another_unit_of_measurement_changes_the_coefficient_and_nothing_else(seed, scale, family):
    data = municipalities(seed=seed)
    plain = fitted(data, family=family)
    scaled = fitted({**data, "rental": [value * scale + 50 for value in data["rental"]]}, family=family)

    np.testing.assert_allclose(plain.table["t"][1:], scaled.table["t"][1:], rtol=1e-6)
    assert scaled.table["estimate"][2] * scale == pytest.approx(plain.table["estimate"][2], rel=1e-6)
    assert scaled.summary["loo_r2"] == pytest.approx(plain.summary["loo_r2"], rel=1e-7)
    assert scaled.influence["cook"].to_list() == pytest.approx(plain.influence["cook"].to_list(), rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_counting_those_who_stayed_turns_every_sign(seed):
    data = municipalities(seed=seed)
    stayed = [n - x for x, n in zip(data["moved"], data["arrived"], strict=True)]
    one, other = fitted(data).table, fitted({**data, "moved": stayed}).table
    np.testing.assert_allclose(one["estimate"], -other["estimate"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(one["percentile_lower"], -other["percentile_upper"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(one["p_value"], other["p_value"], rtol=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random):
    data = pl.DataFrame(municipalities())
    order = list(range(40))
    random.shuffle(order)
    one, other = fitted(data), fitted(data[order])
    for name in ("estimate", "se", "loo_min", "loo_max", "vif"):
        np.testing.assert_allclose(one.table[name].drop_nulls(), other.table[name].drop_nulls(), rtol=1e-7)
    assert one.influence["cook"].gather(order).to_list() == pytest.approx(other.influence["cook"].to_list())


def test_four_times_the_persons_with_the_same_rates_are_four_times_the_dispersion():
    data = municipalities()
    more = {**data, **{name: [4 * value for value in data[name]] for name in ("moved", "arrived")}}
    one, other = fitted(data), fitted(more)
    np.testing.assert_allclose(one.table["se"], other.table["se"], rtol=1e-7)
    assert other.summary["dispersion"] == pytest.approx(4 * one.summary["dispersion"])


def test_the_table_ten_times_over_has_the_same_coefficients():
    data = pl.DataFrame(municipalities())
    many = pl.concat([data.with_columns(name=pl.col("name") + f" {k}") for k in range(10)])
    for family in ("quasibinomial", "ols"):
        one, other = fitted(data, family=family), fitted(many, family=family)
        np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], rtol=1e-7)
        assert one.summary["r2"] == pytest.approx(other.summary["r2"])


def test_275_municipalities_with_twenty_predictors_are_fitted_as_statsmodels_does():
    import statsmodels.api as sm

    rng = np.random.default_rng(7)
    x, n = rng.normal(size=(275, 20)), rng.integers(5, 400, 275)
    moved = rng.binomial(n, 1 / (1 + np.exp(0.5 - 0.3 * x[:, 0])))
    columns = {f"v{j}": x[:, j] for j in range(20)}
    result = regress({"x": moved, "n": n, **columns}, predictors=list(columns), events="x", n="n", seed=1)

    peer = sm.GLM(np.column_stack([moved, n - moved]), sm.add_constant(x), sm.families.Binomial()).fit()
    dispersion = np.sum((moved - n * peer.mu) ** 2 / (n * peer.mu * (1 - peer.mu))) / 254
    np.testing.assert_allclose(result.table["estimate"], peer.params, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(result.table["se"], peer.bse * np.sqrt(dispersion), rtol=1e-6)
    assert result.summary["dispersion"] == pytest.approx(dispersion)
    assert result.summary["bootstraps_without_estimate"] == 0


@pytest.mark.long
def test_95_per_cent_intervals_hold_the_truth_about_as_often():
    held = [
        row["lower"] < 0 < row["upper"]
        for seed in range(400)
        for row in fitted(municipalities(seed=seed), bootstraps=39)
        .table.filter(pl.col("term") != INTERCEPT)[1:]
        .to_dicts()
    ]
    # 800 intervals, in pairs from one table: three standard errors of 0.95 if pairs were one.
    assert np.mean(held) == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 400))


# What is left out, and what is warned of


def test_units_with_empty_cells_are_left_out_by_name():
    data = municipalities()
    data["rental"][3], data["distance"][3], data["moved"][5] = None, float("nan"), None
    result = fitted(data)

    assert (result.summary["units_given"], result.summary["n"]) == (40, 38)
    assert text(result, "units-left-out") == "1 units are left out for an empty cell: M3 (rental, distance)."
    assert text(result, "row-left-out").startswith("M5")
    outcome = fitted({**data, "rate": [None, *range(39)]}, outcome="rate", events=None, n=None, family="ols")
    assert "M0 (rate); M3 (rental, distance)" in text(outcome, "units-left-out")


def test_a_predictor_that_the_others_nearly_tell_is_named():
    data = municipalities()
    noise = np.random.default_rng(1).normal(0, 0.2, 40)
    data["rental"] = (np.array(data["unemployment"]) + noise).tolist()
    data["distance"] = [1000 + value for value in data["distance"]]
    result = fitted(data)

    vif = result.table["vif"]
    assert text(result, "large-vif") == (
        f"Mostly told by the other predictors (VIF of 10 or more): unemployment ({vif[1]:.0f}), rental ({vif[2]:.0f})."
    )
    assert "large-condition-index" in codes(result)
    worst = result.collinearity.filter(pl.col("dimension") == 4)
    assert worst["condition_index"][0] == result.summary["condition_index"] > 30
    assert set(worst.filter(pl.col("proportion") > 0.5)["term"]) == {INTERCEPT, "distance"}


def test_one_municipality_with_most_of_the_persons_is_named():
    data = municipalities()
    data["moved"][7], data["arrived"][7] = 45_000, 50_000
    result = fitted(data)

    row = result.influence.row(7, named=True)
    assert row["hat"] > 0.9
    assert row["flag"].endswith("leverage, influence")
    assert abs(row["dffits"]) > 10
    assert "M7" in text(result, "influential-units")


def test_a_unit_far_from_what_its_predictors_tell_is_an_outlier():
    data = municipalities()
    data["moved"][11] = data["arrived"][11] if data["unemployment"][11] < 0 else 0
    result = fitted(data)
    assert result.influence.row(11, named=True)["flag"].startswith("outlier")
    assert "M11" in text(result, "outlying-units")


def test_units_without_which_a_sign_turns_are_named_if_they_are_few():
    # A slope of nearly 0: with any of the ends left out it turns.
    x, y = list(range(8)), [1.0, -1, -1, 1, 1, -1, -1, 1.001]
    result = regress({"x": x, "y": y}, "y", ["x"], family="ols", bootstraps=39, seed=1)
    turned = result.table["sign_changes"][1]
    slopes = [np.polyfit(np.delete(x, k), np.delete(y, k), 1)[0] for k in range(8)]
    assert turned == sum(np.sign(slopes) != np.sign(np.polyfit(x, y, 1)[0])) > 3
    assert f"x (without any of {turned} units)" in text(result, "sign-changes")
    assert "tells-nothing-new" in codes(result)
    assert result.summary["loo_r2"] < 0

    alone = regress({"x": [*x, 30], "y": [*y, -40]}, "y", ["x"], family="ols", bootstraps=39, seed=1)
    assert "x (without 9)" in text(alone, "sign-changes")


def test_a_long_list_of_names_says_how_many_more():
    data = municipalities(units=400)
    for k in range(40):
        data["moved"][k] = data["arrived"][k] if data["unemployment"][k] < 0 else 0
    assert "more." in text(fitted(data), "influential-units")


def test_fewer_than_ten_units_a_predictor_are_told():
    assert "few-units" in codes(fitted(municipalities(units=20)))
    assert "few-units" not in codes(fitted())


def test_counts_that_vary_less_than_chance_are_told():
    x = np.linspace(-1, 1, 12)
    moved = np.round(1000 / (1 + np.exp(-x))).astype(int)
    result = regress({"x": x, "d": moved, "n": [1000] * 12}, predictors=["x"], events="d", n="n", bootstraps=39, seed=1)
    assert result.summary["dispersion"] < 0.01
    assert "less than chance" in text(result, "dispersion")
    assert "less than chance" not in text(fitted(), "dispersion")


def test_a_spread_that_grows_with_a_predictor_is_told():
    rng = np.random.default_rng(3)
    x = np.linspace(0, 1, 120)
    result = regress({"x": x, "y": x + x * rng.normal(size=120)}, "y", ["x"], family="ols", bootstraps=39, seed=1)
    assert result.summary["bp_p_value"] < 0.01
    assert "uneven-spread" in codes(result)


def test_draws_without_an_estimate_are_counted():
    # Two of twelve units have the trait: every fifth draw or so has neither of them, or both and nothing else.
    data = municipalities(units=12)
    data["trait"] = [1, 1] + [0] * 10
    result = fitted(data, predictors=["trait"], bootstraps=400)
    lost = result.summary["bootstraps_without_estimate"]
    assert lost == pytest.approx(400 * (10 / 12) ** 12, abs=4 * np.sqrt(400 * 0.11 * 0.89))
    assert text(result, "bootstraps-without-estimate").startswith(f"{lost} of 400")
    assert result.table["percentile_lower"].null_count() == 0


def test_too_few_draws_with_an_estimate_give_no_bootstrap_interval():
    data = municipalities(units=12)
    data["trait"] = [1, 1] + [0] * 10
    table = fitted(data, predictors=["trait"], bootstraps=39).table
    for name in ("percentile_lower", "percentile_upper", "bca_lower", "bca_upper"):
        assert table[name].null_count() == 2


def test_a_unit_without_which_no_estimate_exists_is_named_and_leave_one_out_is_not_known():
    # Left of 4 nobody moves, right of it everybody does; M4 alone says that the slope is finite.
    x = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    data = {"x": x, "d": [0, 0, 0, 0, 5, 0, 10, 10, 10], "n": [10] * 9, "name": [f"M{k}" for k in x]}
    data["d"][5], data["d"][4] = 10, 10
    data["d"][8] = 9
    result = regress(data, predictors=["x"], events="d", n="n", unit="name", bootstraps=39, seed=1)
    assert result.summary["loo_r2"] is None
    assert text(result, "no-estimate-without").endswith(": M8.")
    assert result.influence.select("student", "cook", "flag").row(8) == (None, None, "influence")
    assert result.table["loo_max"].null_count() == 0


# What is refused


def refused(kind, match, data=None, **options):
    with pytest.raises(kind, match=match):
        fitted(data, **options)


def test_columns_that_are_sums_of_others_are_named_and_left_to_the_user():
    data = municipalities()
    data["either"] = [a + b for a, b in zip(data["unemployment"], data["rental"], strict=True)]
    refused(
        BadInput, "the columns unemployment, rental, either, of which one follows", data, predictors=[*TERMS, "either"]
    )


def test_shares_that_sum_to_100_follow_from_each_other():
    rng = np.random.default_rng(1)
    shares = rng.dirichlet([3, 4, 5], 40) * 100
    data = {**municipalities(), **{name: shares[:, k] for k, name in enumerate("abc")}}
    refused(BadInput, "the columns a, b, c, of which", data, predictors=["a", "unemployment", "b", "c"])
    fitted(data, predictors=["a", "unemployment", "b"])


def test_nearly_a_sum_is_a_sum():
    data = municipalities()
    data["rental"] = [value + 0.001 * k for k, value in enumerate(data["unemployment"])]
    refused(BadInput, "VIF above 1000", data)


def test_what_a_table_cannot_answer_is_refused():
    refused(Refused, "6 units for 3 predictors", municipalities(units=6))
    fitted(municipalities(units=7))
    refused(Refused, "same in every unit", {**municipalities(), "moved": [0] * 40})
    refused(BadInput, "the same value everywhere in rental", {**municipalities(), "rental": [1.5] * 40})
    refused(BadInput, "M4 alone decides", {**municipalities(), "rental": [0] * 4 + [1] + [0] * 35})
    refused(NotEnoughPeople, "without an empty cell", {**municipalities(), "rental": [None] * 40})
    data = municipalities()
    exact = [1 + 2 * a - 0.5 * b for a, b in zip(data["unemployment"], data["rental"], strict=True)]
    refused(Refused, "exactly", {**data, "y": exact}, outcome="y", events=None, n=None, family="ols")


def test_rates_that_a_predictor_parts_exactly_have_no_estimate():
    data = municipalities()
    moved = [n if x > 0 else 0 for x, n in zip(data["unemployment"], data["arrived"], strict=True)]
    refused(Refused, "nobody or everybody", {**data, "moved": moved})


def test_what_was_asked_wrongly_is_told():
    refused(UnknownName, "rental", predictors=["rentl"])
    refused(UnknownName, "no family 'poisson'", family="poisson")
    refused(BadInput, "events= and n=", outcome="moved", events=None, n=None)
    refused(BadInput, "outcome='moved', events='moved'", outcome="moved", family="ols")
    refused(BadInput, "events='moved'", n=None)
    refused(BadInput, "no outcome", events=None, n=None)
    refused(BadInput, "a list of columns", predictors="rental")
    refused(BadInput, "a list of columns", predictors=[])
    refused(BadInput, "'rental' twice", predictors=["rental", "rental"])
    refused(BadInput, "'moved' twice", predictors=["moved"])
    refused(BadInput, "bootstraps=38, expected at least 39", bootstraps=38)
    refused(BadInput, "level", level=95)


def test_cells_that_are_no_numbers_are_told_with_their_row(tmp_path):
    table = pl.DataFrame(municipalities()).with_columns(pl.col("rental").cast(pl.String))
    table[2, "rental"], table[4, "rental"] = "12,5", ""
    table.write_csv(tmp_path / "table.csv")
    refused(
        BadInput, "table.csv, row 4, column rental: found '12,5', a number with a decimal comma", tmp_path / "table.csv"
    )
    refused(
        BadInput, "row 3, column rental: found an infinite number", {**municipalities(), "rental": [1.0, np.inf] * 20}
    )


def test_a_unit_given_twice_is_told_with_and_without_counts():
    data = municipalities()
    data["name"][9] = "m4"
    refused(BadInput, "'m4' again", data)
    refused(
        BadInput, r"row 11, column name: found 'm4' again", data, outcome="moved", events=None, n=None, family="ols"
    )


def test_yes_and_no_are_1_and_0():
    data = municipalities()
    big = [value > 0 for value in data["rental"]]
    one = fitted({**data, "rental": big}).table
    assert one.equals(fitted({**data, "rental": [int(value) for value in big]}).table)
