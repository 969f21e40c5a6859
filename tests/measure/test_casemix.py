"""Units compared as if they had the same people."""

import datetime as dt
import json
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats
from scipy.special import expit, logit

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.casemix import casemix
from fodfaeste.measure.casemix_fit import Fixed, Grouped, find_modes, fit_fixed, fit_mixed, laplace, quadrature
from fodfaeste.measure.casemix_units import c_statistic, ratio_draws, risk_groups, size_groups, standard_curve
from fodfaeste.measure.intervals import interval, poisson_interval

PERSON = ["age", "sex", "married"]


def invented(seed=1, units=14, size=60, sigma=0.6, slope=0.05):
    """Invent persons whose chance is logistic in who they are, in their town's unemployment, and in the town."""
    rng = np.random.default_rng(seed)
    town = np.repeat(np.arange(units), rng.integers(1, 2 * size, units))
    n = town.size
    age, male, married = rng.integers(18, 60, n), rng.random(n) < 0.4, rng.random(n) < 0.3
    unemployment = np.round(rng.uniform(3, 12, units), 1)[town]
    u = rng.normal(0, sigma, units)[town]
    chance = expit(-0.5 + 0.03 * (age - 40) + 0.5 * male - 0.4 * married - slope * (unemployment - 7) + u)
    return pl.DataFrame(
        {
            "town": [f"T{k:03d}" for k in town],
            "age": age,
            "sex": np.where(male, "male", "female"),
            "married": married,
            "unemployment": unemployment,
            "employed": (rng.random(n) < chance).astype(int),
        }
    )


def modelled(data=None, **options):
    options = {"unit": "town", "person": PERSON} | options
    return casemix(invented() if data is None else data, "employed", **options)


@pytest.fixture(scope="module")
def model():
    return modelled(context=["unemployment"])


@pytest.fixture(scope="module")
def alike():
    """Towns that differ in nothing: half of each kind of person in each has the outcome."""
    kinds = [(sex, age, outcome) for sex in ("female", "male") for age in (20, 40, 60) for outcome in (0, 1)]
    rows = [(f"T{town}", sex, age, outcome) for town in range(5) for sex, age, outcome in kinds]
    return modelled(pl.DataFrame(rows, schema=["town", "sex", "age", "employed"], orient="row"), person=["age", "sex"])


@st.composite
def grouped(draw):
    """Invent cells of a few units, small and large, with the outcome for some and not for others."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units, patterns, size = draw(st.integers(3, 9)), draw(st.integers(3, 6)), draw(st.sampled_from([1, 4, 30, 1000]))
    x = np.column_stack([np.ones(patterns), rng.normal(size=(patterns, 2))])
    n = rng.poisson(size, (units, patterns)) + 1.0
    u = rng.normal(0, draw(st.sampled_from([0.0, 0.3, 1.0])), units)
    y = rng.binomial(n.astype(int), expit(x @ [0, 0.5, -0.5] + u[:, None])).astype(float)
    # One person with and one without in each pattern of the first unit: nothing is separated.
    n[0], y[0] = n[0] + 2, y[0] + 1
    return on_cells(x, n, y)


def on_cells(x, n, y):
    unit, pattern = np.nonzero(n)
    start = np.searchsorted(unit, np.arange(n.shape[0] + 1))
    return Grouped(x, pattern, start, n[unit, pattern], y[unit, pattern])


def some_cells():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(4), [-1.0, 0.5, 1.0, 2.0]])
    n = rng.poisson(6, (8, 4)) + 1.0
    y = rng.binomial(n.astype(int), expit(x @ [-0.3, 0.5] + rng.normal(0, 0.8, 8)[:, None])).astype(float)
    return on_cells(x, n, y)


def one_unit(data, i):
    cells = slice(data.start[i], data.start[i + 1])
    return data.x[data.pattern[cells]], data.n[cells], data.y[cells]


def log_joint(data, i, beta, tau, u):
    """Log density of a unit's outcomes and of its intercept u, both written out."""
    x, n, y = one_unit(data, i)
    p = expit(x @ beta + u)
    return (y * np.log(p) + (n - y) * np.log(1 - p)).sum() + stats.norm.logpdf(u, 0, np.sqrt(tau))


# The likelihood


def test_the_laplace_value_is_that_of_its_definition():
    data, beta, tau = some_cells(), np.array([-0.2, 0.4]), 0.5
    total = 0.0
    for i in range(data.units):
        found = optimize.minimize_scalar(
            lambda u, i=i: -log_joint(data, i, beta, tau, u), bounds=(-5, 5), options={"xatol": 1e-10}
        )
        x, n, _ = one_unit(data, i)
        p = expit(x @ beta + found.x)
        curvature = (n * p * (1 - p)).sum() + 1 / tau
        total += -found.fun + np.log(2 * np.pi / curvature) / 2

    assert laplace(data, beta, tau, np.zeros(8)).value == pytest.approx(total, abs=1e-8)


def test_the_quadrature_is_the_integral():
    data, beta, tau = some_cells(), np.array([-0.2, 0.4]), 0.5
    total = sum(
        np.log(
            integrate.quad(lambda u, i=i: np.exp(log_joint(data, i, beta, tau, u)), -8, 8, epsabs=0, epsrel=1e-11)[0]
        )
        for i in range(data.units)
    )

    assert quadrature(data, beta, tau, np.zeros(8)).value == pytest.approx(total, abs=1e-8)


@pytest.mark.parametrize("engine", [laplace, quadrature])
@pytest.mark.parametrize("tau", [0.02, 0.7])
def test_the_gradient_is_the_slope_of_the_value(engine, tau):
    data, beta, h = some_cells(), np.array([-0.2, 0.4]), 1e-5

    def value(at):
        return engine(data, at[:-1], at[-1], np.zeros(8)).value

    at = np.append(beta, tau)
    slope = [(value(at + step) - value(at - step)) / (2 * h) for step in h * np.eye(3)]
    found = engine(data, beta, tau, np.zeros(8))
    assert np.append(found.by_beta, found.by_tau) == pytest.approx(slope, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("engine", [laplace, quadrature])
def test_without_spread_both_are_the_likelihood_without_units(engine):
    data, beta, h = some_cells(), np.array([-0.2, 0.4]), 1e-7
    found = engine(data, beta, 0.0, np.zeros(8))
    p = expit(data.x @ beta)

    expected = data.pattern_y @ np.log(p) + (data.pattern_n - data.pattern_y) @ np.log(1 - p)
    assert found.value == pytest.approx(expected)
    assert not found.modes.u.any()
    # To the right of 0 the likelihood goes on as its slope at 0 says.
    assert (engine(data, beta, h, np.zeros(8)).value - found.value) / h == pytest.approx(found.by_tau, rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(grouped(), st.sampled_from(["laplace", "agq"]), st.integers(0, 1000))
def test_no_coefficients_and_spread_nearby_are_more_likely_than_the_fit(data, engine, seed):
    fixed = fit_fixed(data.x, data.pattern_n, data.pattern_y)
    fit = fit_mixed(data, fixed, engine)
    if fit.tau > 20:
        return  # casemix() refuses these
    rng = np.random.default_rng(seed)
    objective = {"laplace": laplace, "agq": quadrature}[engine]
    assert fit.log_likelihood >= fixed.log_likelihood
    for scale in (0.01, 0.1, 1):
        beta = fit.beta + scale * np.linalg.cholesky(fit.covariance) @ rng.standard_normal(3)
        tau = max(fit.tau + scale * rng.normal(0, 0.3), 0.0)
        # The quadrature's own error where units have a handful of persons.
        assert objective(data, beta, tau, np.zeros(data.units)).value <= fit.log_likelihood + 1e-6


def test_ten_thousand_small_units_tell_the_spread_that_made_them():
    rng = np.random.default_rng(7)
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    n = np.full((10_000, 2), 25.0)
    y = rng.binomial(25, expit(x @ [-1, 0.5] + rng.normal(0, 0.5, 10_000)[:, None])).astype(float)
    data = on_cells(x, n, y)
    fit = fit_mixed(data, fit_fixed(x, data.pattern_n, data.pattern_y), "laplace")

    assert fit.beta == pytest.approx([-1, 0.5], abs=4 * np.sqrt(fit.covariance[0, 0]))
    # The approximation itself puts sigma of units of 50 some thousandths low.
    assert np.sqrt(fit.tau) == pytest.approx(0.5, abs=0.02)


def test_a_mode_is_found_from_far_away_and_among_a_million_persons():
    data = on_cells(np.ones((1, 1)), np.array([[1e6], [1.0]]), np.array([[1e6], [0.0]]))
    near = find_modes(data, np.zeros(1), 9.0, np.zeros(2))
    far = find_modes(data, np.zeros(1), 9.0, np.array([-40.0, 30.0]))

    assert near.u == pytest.approx(far.u, abs=1e-6)
    assert 9 * near.residual == pytest.approx(near.u, abs=1e-6)


# Reading covariates


def test_text_and_truth_are_compared_with_the_most_common_and_numbers_stay_numbers(model):
    table = model.table

    assert table["term"].to_list() == ["(intercept)", "age", "sex=male", "married=true"]
    assert table["reference"].to_list() == [None, None, "female", "false"]
    assert table["kind"].to_list() == ["intercept", "person", "person", "person"]
    said = {note.code: note.text for note in model.notes}
    assert (
        said["references"] == "Categories are compared with the most common one: sex with female, married with false."
    )
    assert said["numbers"] == "Taken as numbers, per unit of them: age."


def test_of_equally_common_categories_the_first_is_the_reference(alike):
    assert alike.table["reference"].to_list() == [None, None, "female"]


def test_ages_in_months_have_a_twelfth_of_the_coefficient_and_change_nothing_else(model):
    months = modelled(invented().with_columns(age=pl.col("age") * 12))
    one, two = model.table, months.table

    assert two["estimate"][1] == pytest.approx(one["estimate"][1] / 12, rel=1e-7)
    assert two["z"].to_list() == pytest.approx(one["z"].to_list(), abs=1e-6)
    assert months.sigma == pytest.approx(model.sigma, abs=1e-7)


def test_coefficients_tell_their_intervals_and_tests(model):
    row = model.table.row(2, named=True)
    reach = stats.norm.ppf(0.975) * row["se"]

    assert (row["lower"], row["upper"]) == pytest.approx((row["estimate"] - reach, row["estimate"] + reach))
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(row["estimate"] / row["se"])))
    assert row["odds_ratio"] == pytest.approx(np.exp(row["estimate"]))
    assert model.table["p_holm"].null_count() == 1  # the intercept is no finding
    assert model.table["p_holm"][1] == pytest.approx(3 * model.table["p_value"][1])


def test_the_order_of_rows_and_what_brings_them_change_nothing(model, tmp_path):
    shuffled = invented().sample(fraction=1, shuffle=True, seed=4)
    shuffled.write_parquet(tmp_path / "persons.parquet")
    shuffled.write_csv(tmp_path / "persons.csv")

    for data in (
        shuffled,
        tmp_path / "persons.parquet",
        shuffled.to_pandas(),
        shuffled.with_columns(pl.col("sex").cast(pl.Categorical)),
    ):
        assert modelled(data).table.equals(model.table)
    from_text = modelled(tmp_path / "persons.csv")
    assert from_text.table["estimate"].to_list() == model.table["estimate"].to_list()


def test_true_and_false_do_as_well_as_1_and_0(model):
    assert modelled(invented().with_columns(pl.col("employed") == 1)).table.equals(model.table)


def test_codes_of_units_that_a_csv_file_made_numbers_keep_their_names():
    data = invented(units=5).with_columns(town=pl.col("town").str.slice(1).cast(pl.Float64) + 101)

    assert modelled(data).units["unit"].to_list() == ["101", "102", "103", "104", "105"]


def test_persons_with_an_empty_cell_are_counted_in_a_note():
    data = invented().with_columns(age=pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise("age"))
    found = modelled(data)

    assert found.summary["persons"] == data.height - 7
    assert found.notes[0].text == "7 persons are left out for an empty cell: age (7)."


def test_many_covariates_of_many_values_are_still_told_apart():
    rng = np.random.default_rng(0)
    wide = {f"x{k}": rng.normal(size=900) for k in range(6)}
    data = {"town": [f"T{k % 9}" for k in range(900)], "employed": rng.integers(0, 2, 900), **wide}
    found = modelled(data, person=list(wide), random=False)

    # Every row is a pattern of its own, more than 2^40 could be.
    assert found.summary["patterns"] == 900
    by_hand = fit_fixed(np.column_stack([np.ones(900), *wide.values()]), np.ones(900), data["employed"])
    assert found.table["estimate"].to_list() == pytest.approx(by_hand.beta.tolist(), abs=1e-9)


# What the model says


def test_the_summary_tells_spread_in_three_ways(model):
    said = model.summary

    assert said["latent_share"] == pytest.approx(said["sigma"] ** 2 / (said["sigma"] ** 2 + 3.29), abs=1e-4)
    assert said["median_odds_ratio"] == pytest.approx(np.exp(0.954 * said["sigma"]), rel=1e-3)
    assert said["sigma_lower"] < said["sigma"] < said["sigma_upper"]
    gain = 2 * (said["log_likelihood"] - said["log_likelihood_without_units"])
    assert said["sigma_p_value"] == pytest.approx(stats.chi2.sf(gain, 1) / 2)
    assert said["c_statistic_with_units"] > said["c_statistic"] > 0.5


def test_normal_scores_lie_in_the_order_of_the_intercepts(model):
    units = model.units

    assert units.sort("u")["normal_score"].is_sorted()
    assert model.summary["normal_correlation"] == pytest.approx(
        np.corrcoef(units["u"], stats.norm.ppf((stats.rankdata(units["u"]) - 0.375) / 14.25))[0, 1]
    )


def test_without_random_intercepts_only_what_needs_none_is_answered():
    found = modelled(random=False)

    assert found.sigma is None
    assert found.summary["sigma_p_value"] is None
    assert found.units.columns == ["unit", "n", "events", "rate"]
    assert found.oe().table.equals(modelled().oe().table)
    assert found.calibration().summary["c_statistic_with_units"] is None
    for ask in (lambda: found.pe(seed=1), found.direct, found.decompose):
        with pytest.raises(Refused, match="random=True"):
            ask()


def test_context_is_a_second_model_of_the_same_persons(model):
    both = model.context

    assert both.table["term"].to_list() == [*model.table["term"], "unemployment"]
    assert both.table["kind"][-1] == "context"
    assert both.summary["persons"] == model.summary["persons"]
    assert both.table.drop("method").equals(
        modelled(person=[*PERSON, "unemployment"]).table.with_columns(kind=both.table["kind"]).drop("method")
    )
    assert both.context is None
    assert model.table.equals(modelled().table)


def test_both_models_stand_side_by_side(model):
    found = model.side_by_side()
    one, two = model.direct().table, model.context.direct().table

    assert found.table["person"].to_list() == one["standardised"].to_list()
    assert found.table["context_upper"].to_list() == two["upper"].to_list()
    assert found.table["change"].to_list() == pytest.approx((two["standardised"] - one["standardised"]).to_list())
    assert found.summary["variance_with_context"] == pytest.approx(1 - (model.context.sigma / model.sigma) ** 2)
    with pytest.raises(Refused, match="context="):
        model.context.side_by_side()


def test_towns_that_differ_in_nothing_have_no_spread_and_no_interval_of_it(alike):
    assert alike.sigma == 0
    assert "no-variation" in [note.code for note in alike.notes]
    assert alike.summary["sigma_p_value"] == 1
    assert [alike.summary[name] for name in ("sigma_lower", "sigma_upper", "normal_correlation")] == [None] * 3
    found = alike.pe(seed=1).table
    assert found["ratio"].to_list() == pytest.approx([1] * 5)
    assert found["ratio_lower"].to_list() == [None] * 5
    # The interval of the direct rate is that of the one rate of all: 30 of 60.
    direct = alike.direct().table.row(0, named=True)
    reach = 1.96 / np.sqrt(60 * 0.25)
    assert (direct["lower"], direct["upper"]) == pytest.approx((expit(-reach), expit(reach)), abs=1e-3)
    assert alike.decompose().summary["level_share"] is None


# Each unit


def test_expected_events_add_up_to_those_observed(model):
    found = model.oe()
    table = found.table

    assert table["expected"].sum() == pytest.approx(table["events"].sum())
    assert table["ratio"].to_list() == pytest.approx((table["events"] / table["expected"]).to_list())
    assert table["standardised"].to_list() == pytest.approx((table["ratio"] * found.summary["rate"]).to_list())
    lower, upper = poisson_interval(table["events"], table["expected"])
    assert table["ratio_lower"].to_list() == pytest.approx(lower.tolist())
    assert table["upper"].to_list() == pytest.approx((upper * found.summary["rate"]).tolist())


def test_flags_keep_the_chance_of_any_false_one_small():
    found = modelled(invented(sigma=1.2), random=False).oe()
    table = found.table
    flags = np.where(
        table["p_holm"] < 0.05, np.where(table["z"] > 0, "more than expected", "fewer than expected"), "as expected"
    )

    assert table["flag"].to_list() == flags.tolist()
    assert len(set(flags)) == 3
    assert found.summary["flagged"] == (flags != "as expected").sum()


def test_predicted_over_expected_and_the_direct_form_are_means_over_persons(model):
    mixed, design = model.mixed, model.design
    eta = design.data.x @ mixed.beta
    found = model.pe(seed=1, draws=20).table

    for i, row in enumerate(found.iter_rows(named=True)):
        cells = slice(design.data.start[i], design.data.start[i + 1])
        own, n, u = eta[design.data.pattern[cells]], design.data.n[cells], mixed.modes.u[i]
        assert row["predicted"] == pytest.approx(n @ expit(own + u))
        assert row["expected"] == pytest.approx(n @ expit(own))
        assert row["direct"] == pytest.approx(design.data.pattern_n @ expit(eta + u) / design.data.n.sum(), abs=1e-12)
        assert row["ratio"] == pytest.approx(row["predicted"] / row["expected"])
        assert row["difference"] == pytest.approx(row["standardised"] - row["direct"])
    assert model.direct().table["standardised"].to_list() == found["direct"].to_list()


def test_one_seed_gives_the_same_interval_to_the_last_bit_and_another_nearly_the_same(model):
    one, again, other = (model.pe(seed=seed).table for seed in (5, 5, 6))

    assert one.equals(again)
    assert not one["lower"].equals(other["lower"])
    assert one["lower"].to_list() == pytest.approx(other["lower"].to_list(), rel=0.15)
    assert ((one["ratio_lower"] < one["ratio"]) & (one["ratio"] < one["ratio_upper"])).all()


def test_draws_follow_the_modes_that_drawn_coefficients_and_spread_would_give():
    data = some_cells()
    mixed = fit_mixed(data, fit_fixed(data.x, data.pattern_n, data.pattern_y), "laplace")
    found = ratio_draws(data, mixed, np.random.default_rng(9), 300)

    rng = np.random.default_rng(9)
    betas = mixed.beta + rng.standard_normal((300, 2)) @ np.linalg.cholesky(mixed.covariance).T
    taus = mixed.tau * np.exp(mixed.log_tau_se * rng.standard_normal(300))
    noise = rng.standard_normal((300, data.units))
    slow = []
    for beta, tau, one in zip(betas, taus, noise, strict=True):
        modes = find_modes(data, beta, tau, np.zeros(data.units))
        p = expit(data.x @ beta)[data.pattern]
        theirs = expit(logit(p) + (modes.u + modes.se * one)[data.unit])
        slow.append(data.by_unit(data.n * theirs) / data.by_unit(data.n * p))
    # Units of 28 persons, so the mode's second order is just to be seen.
    assert np.quantile(found, [0.025, 0.5, 0.975], axis=0) == pytest.approx(
        np.quantile(slow, [0.025, 0.5, 0.975], axis=0), abs=0.04
    )
    assert np.corrcoef(found.ravel(), np.ravel(slow))[0, 1] > 0.99


def test_the_direct_interval_is_the_delta_method_in_coefficients_spread_and_intercepts(model):
    data, mixed = model.design.data, model.mixed
    step = 1e-4

    def rates(beta, tau, shift=0.0):
        u = find_modes(data, beta, tau, np.zeros(data.units)).u + shift
        return np.array([data.pattern_n @ expit(data.x @ beta + one) for one in u]) / data.n.sum()

    def slope(move):
        return (rates(*move(step)) - rates(*move(-step))) / (2 * step)

    by_beta = np.array([slope(lambda h, e=e: (mixed.beta + h * e, mixed.tau)) for e in np.eye(mixed.beta.size)])
    by_log_tau = slope(lambda h: (mixed.beta, mixed.tau * np.exp(h)))
    by_u = slope(lambda h: (mixed.beta, mixed.tau, h))
    variance = np.einsum("ji,jk,ki->i", by_beta, mixed.covariance, by_beta)
    variance += (by_log_tau * mixed.log_tau_se) ** 2 + (by_u * mixed.modes.se) ** 2
    rate = rates(mixed.beta, mixed.tau)
    reach = stats.norm.ppf(0.975) * np.sqrt(variance) / (rate * (1 - rate))
    assert model.direct().table["lower"].to_list() == pytest.approx(expit(logit(rate) - reach).tolist(), abs=1e-6)


@pytest.mark.parametrize("spread", [0.0, 0.5, 5.0])
def test_the_curve_over_all_persons_is_exact_however_far_intercepts_lie_apart(spread):
    data, beta = some_cells(), np.array([-0.3, 0.8])
    u = np.linspace(-spread, spread, 7)
    p = expit(u[:, None] + data.x @ beta)
    share = data.pattern_n / data.n.sum()

    found = standard_curve(data, beta, u)
    assert found[:, 0] == pytest.approx(p @ share, abs=1e-12)
    assert found[:, 1] == pytest.approx((p * (1 - p)) @ share, abs=1e-12)
    assert found[:, 3] == pytest.approx((p * (1 - p)) @ (share * data.x[:, 1]), abs=1e-12)


@pytest.mark.parametrize("engine", ["laplace", "agq"])
def test_composition_level_and_rest_add_up_to_the_distance(engine):
    found = modelled(engine=engine).decompose()
    table, said = found.table, found.summary

    assert (table["composition"] + table["level"] + table["rest"]).to_list() == pytest.approx(
        table["distance"].to_list(), abs=1e-12
    )
    assert table["distance"].to_list() == pytest.approx((table["rate"] - said["rate"]).to_list(), abs=1e-12)
    # At an average town all persons together have the overall rate.
    assert (table["composition"] * table["n"]).sum() == pytest.approx(0, abs=1e-8)
    assert said["composition_share"] + said["level_share"] + said["rest_share"] == pytest.approx(1)
    assert said["level_share"] == pytest.approx(
        np.cov(table["level"], table["distance"])[0, 1] / table["distance"].var()
    )


def test_towns_with_the_same_people_have_no_composition():
    rng = np.random.default_rng(5)
    people = pl.DataFrame({"sex": ["female", "male"] * 40, "age": [20, 30, 40, 50] * 20})
    towns = [
        people.with_columns(town=pl.lit(f"T{k}"), employed=(rng.random(80) < 0.2 + 0.08 * k).astype(int))
        for k in range(6)
    ]
    found = modelled(pl.concat(towns), person=["sex", "age"]).decompose()

    assert found.table["composition"].to_list() == pytest.approx([0] * 6, abs=1e-10)
    assert found.summary["composition_share"] == pytest.approx(0, abs=1e-10)
    # Levels are drawn towards the average; what they leave is the rest.
    assert found.table["level"].std() < found.table["distance"].std()


# Calibration


def test_calibration_counts_everybody_once_by_risk_and_once_by_size(model):
    table = model.calibration().table

    for grouping in ("risk", "size"):
        part = table.filter(grouping=grouping)
        assert part["n"].sum() == model.summary["persons"]
        assert part["events"].sum() == model.summary["events"]
        assert part["expected"].sum() == pytest.approx(model.summary["events"])
    risk = table.filter(grouping="risk")
    assert risk["group"].to_list() == [f"{k} of 10" for k in range(1, 11)]
    assert risk["predicted"].is_sorted()
    lower, _ = interval(table["events"], table["n"])
    assert table["lower"].to_list() == pytest.approx(lower.tolist())
    assert table.filter(grouping="size")["group"][-1].endswith(f"to {model.units['n'].max()} persons")


def test_equal_risks_and_equal_sizes_stay_together(alike):
    table = alike.calibration().table

    # Everybody has the same risk, and every town the same size.
    assert table["group"].to_list() == ["1 of 1", "12 to 12 persons"]
    assert risk_groups(np.array([0.2, 0.1, 0.2]), np.array([1.0, 98.0, 1.0])).tolist() == [9, 4, 9]
    assert size_groups(np.array([3.0, 9.0, 3.0, 50.0])).tolist() == [1, 3, 1, 4]


def test_the_c_statistic_counts_pairs_with_ties_as_half():
    score, n, y = np.array([0.1, 0.4, 0.4, 0.9]), np.array([3.0, 2, 4, 5]), np.array([1.0, 1, 2, 4])
    persons = [(s, k < with_) for s, many, with_ in zip(score, n, y, strict=True) for k in range(int(many))]
    pairs = [(a > b) + 0.5 * (a == b) for a, has in persons if has for b, other in persons if not other]

    assert c_statistic(score, n, y) == pytest.approx(np.mean(pairs))


# What cannot be answered


def test_covariates_that_separate_the_outcomes_are_named():
    data = invented().with_columns(sex=pl.when(pl.col("employed") == 1).then(pl.lit("male")).otherwise("sex"))
    with pytest.raises(Refused, match=r"some values of sex=(fe)?male, so these coefficients have no end"):
        modelled(data)


def test_a_rare_category_of_which_all_have_the_outcome_is_named_and_no_other():
    data = invented().with_columns(
        permit=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("other")).otherwise(pl.lit("refugee")),
        employed=pl.when(pl.int_range(pl.len()) < 3).then(1).otherwise("employed"),
    )
    with pytest.raises(Refused, match="some values of permit=other, so"):
        modelled(data, person=[*PERSON, "permit"])


def test_a_separated_fit_says_in_which_direction_it_runs():
    x = np.array([[1.0, -1.0], [1.0, 0.0], [1.0, 1.0]])
    found = fit_fixed(x, np.array([5.0, 5, 5]), np.array([0.0, 0, 5]))

    assert isinstance(found, Fixed)
    assert found.runaway[1] > 0


@pytest.mark.parametrize("random", [True, False])
def test_one_unit_and_one_outcome_are_refused(random):
    with pytest.raises(Refused, match="One unit"):
        modelled(invented().with_columns(town=pl.lit("A")), random=random)
    for value, whom in ((0, "Nobody"), (1, "Everybody")):
        with pytest.raises(Refused, match=f"{whom} has employed"):
            modelled(invented().with_columns(employed=pl.lit(value)), random=random)


def test_units_of_one_person_cannot_tell_spread_from_chance_but_have_an_expectation():
    alone = invented().with_columns(town=pl.int_range(pl.len()).cast(pl.String))

    with pytest.raises(Refused, match="One person in each unit"):
        modelled(alone)
    assert modelled(alone, random=False).oe().table.height == alone.height


def test_one_unit_of_one_person_among_others_is_kept_and_noted():
    data = pl.concat([invented(), invented()[:1].with_columns(town=pl.lit("lonely"))])
    found = modelled(data)
    row = found.direct().table.row(-1, named=True)

    assert (row["unit"], row["n"], row["note"]) == ("lonely", 1, "n is below 5")
    assert "few" in [note.code for note in found.notes]


def test_units_of_all_or_none_have_a_spread_without_end():
    # Towns do not differ in age, and hardly mix the outcomes.
    rows = [(f"T{k}", age, k % 2) for k in range(20) for age in (20, 30, 40) for _ in range(9)]
    data = pl.DataFrame(rows, schema=["town", "age", "employed"], orient="row")
    with pytest.raises(Refused, match="no end"):
        modelled(data, person=["age"])
    nearly = pl.concat([data, pl.DataFrame({"town": ["T0"], "age": [30], "employed": [1]})], how="vertical_relaxed")
    with pytest.raises(Refused, match="no end"):
        modelled(nearly, person=["age"])


def test_covariates_that_determine_each_other_are_named():
    data = invented().with_columns(
        born=2000 - pl.col("age"), woman=pl.col("sex") == "female", both=pl.col("age") + pl.col("unemployment")
    )
    with pytest.raises(BadInput, match="born, which age determines"):
        modelled(data, person=["age", "born"])
    with pytest.raises(BadInput, match="woman=false, which sex=male determines"):
        modelled(data, person=["sex", "woman"])
    with pytest.raises(BadInput, match="both, which age and unemployment determine"):
        modelled(data, person=["age"], context=["unemployment", "both"])


def test_unfit_columns_are_told_with_what_to_do():
    data = invented()
    days = data.with_columns(day=pl.lit(dt.date(2001, 1, 1)))
    unit = pl.int_range(pl.len())

    with pytest.raises(BadInput, match=r"column day: found values of type Date.*a year"):
        modelled(days, person=["day"])
    with pytest.raises(BadInput, match=r"column sex: found one value for everybody \(x\)"):
        modelled(data.with_columns(sex=pl.lit("x")))
    with pytest.raises(BadInput, match="column name: found 201 categories, expected at most 200"):
        modelled(data.with_columns(name=(unit % 201).cast(pl.String)), person=["name"])
    with pytest.raises(BadInput, match="an infinite number"):
        modelled(data.with_columns(age=pl.when(unit == 0).then(np.inf).otherwise("age")))
    with pytest.raises(BadInput, match=r"column employed: found 2.*0 or 1"):
        modelled(data.with_columns(employed=pl.col("employed") + 1))
    with pytest.raises(BadInput, match="found 'no'"):
        modelled(data.with_columns(employed=pl.lit("no")))
    with pytest.raises(NotEnoughPeople):
        modelled(data.with_columns(age=pl.lit(None, pl.Float64)))


def test_unknown_names_are_told_with_the_nearest_ones():
    with pytest.raises(UnknownName, match=r"no column 'aeg'.*Did you mean age"):
        modelled(person=["aeg"])
    with pytest.raises(UnknownName, match="no engine 'newton'"):
        modelled(engine="newton")
    with pytest.raises(BadInput, match=r"Write 95 % as 0\.95"):
        modelled(level=95)


def test_what_a_unit_can_influence_is_refused_as_a_covariate():
    with pytest.raises(Refused, match="unemployment: forbidden as a covariate"):
        modelled(context=["unemployment"], forbidden=["unemployment", "programme_hours"])


def test_a_column_has_one_role():
    with pytest.raises(BadInput, match="age, a covariate twice"):
        modelled(context=["age"])
    with pytest.raises(BadInput, match="town, the outcome or the unit as well"):
        modelled(person=["town"])


def test_an_interval_needs_draws(model):
    with pytest.raises(BadInput, match="draws=1"):
        model.pe(seed=1, draws=1)


# Every result


def test_no_covariate_at_all_is_a_model_of_units_alone():
    found = modelled(person=[])

    assert found.table["term"].to_list() == ["(intercept)"]
    assert found.summary["c_statistic"] == 0.5
    assert found.oe().table["expected"].to_list() == pytest.approx((found.units["n"] * found.summary["rate"]).to_list())


def test_small_units_and_few_units_are_noted():
    codes = {note.code: note.text for note in modelled(invented(size=4)).notes}

    assert 'engine="agq"' in codes["small-units"]
    assert "14 units" in codes["few-units"]
    assert "small-units" not in [note.code for note in modelled(invented(size=4), engine="agq").notes]
    assert "few-units" not in [note.code for note in modelled(invented(units=30)).notes]


def test_every_result_says_how_it_was_made_without_a_causal_word(model):
    results = [model, model.oe(), model.pe(seed=1, draws=50), model.direct(), model.calibration(), model.decompose()]
    for result in [*results, model.side_by_side()]:
        said = json.dumps({"notes": [note.text for note in result.notes], "method": result.method.name})
        assert not re.search(r"effort|effect|because|caus", said + "".join(result.table.columns))
        assert result.params["data"] == model.params["data"]
        assert result.params["person"] == PERSON
        assert json.loads(result.to_json())["table"]
    assert results[2].params["seed"] == 1


def test_the_drawing_of_a_standardised_rate_has_its_own_interval(model):
    found = model.direct()
    (rows,) = found.plot().to_dict()["datasets"].values()

    assert [row["rate"] for row in rows] == found.table["standardised"].to_list()


@pytest.mark.long
def test_direct_and_predicted_intervals_cover_about_as_often_as_they_say():
    rng = np.random.default_rng(2002)
    x = np.array([[1.0, a, b] for a in (-1, 0, 1) for b in (0, 1)])
    beta, units, direct, ratio = np.array([-0.7, 0.4, 0.5]), 40, [], []
    for run in range(150):
        n = rng.poisson(rng.uniform(2, 15, (units, 1)), (units, 6)) + 1
        u = rng.normal(0, 0.5, units)
        chance = expit(x @ beta + u[:, None])
        y = rng.binomial(n, chance)
        cells = [
            {"town": f"T{i:02d}", "a": x[k, 1], "b": x[k, 2], "employed": has, "persons": int(many)}
            for i in range(units)
            for k in range(6)
            for has, many in ((1, y[i, k]), (0, n[i, k] - y[i, k]))
        ]
        found = modelled(pl.DataFrame(cells), person=["a", "b"], count="persons")
        truth = expit(x @ beta + u[:, None]) @ n.sum(axis=0) / n.sum()
        lower, upper = found.direct().table.select("lower", "upper").to_numpy().T
        direct.append(((lower <= truth) & (truth <= upper)).mean())
        lower, upper = found.pe(seed=run, draws=400).table.select("ratio_lower", "ratio_upper").to_numpy().T
        truth = (n * chance).sum(axis=1) / (n @ expit(x @ beta))
        ratio.append(((lower <= truth) & (truth <= upper)).mean())
    assert np.mean(direct) == pytest.approx(0.95, abs=0.02)
    assert np.mean(ratio) == pytest.approx(0.95, abs=0.02)
