"""Rates pulled towards what the other units tell."""

import json
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.measure.shrink import shrink

SMALL = {"unit": ["A", "B", "C", "D", "E", "F"], "x": [2, 9, 5, 14, 3, 30], "n": [20, 15, 10, 60, 25, 40]}
BOTH = pytest.mark.parametrize("hyper", ["plugin", "integrated"])


@pytest.fixture(scope="module")
def tables():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@pytest.fixture(scope="module")
def employment(tables):
    groups = pl.col("employed") + pl.col("unemployed") + pl.col("outside_labour_force")
    return pl.read_csv(tables / "employment_2000.csv").with_columns(all=groups)


def small(**options):
    return shrink(SMALL, "x", "n", "unit", **options)


def log_likelihood(x, n, mu, M):
    return stats.betabinom.logpmf(x, n, mu * M, (1 - mu) * M).sum()


@st.composite
def dispersed(draw):
    """Invent units that are neither all empty nor all full."""
    n = draw(st.lists(st.integers(2, 300), min_size=2, max_size=12))
    x = [draw(st.integers(0, most)) for most in n]
    x[0] = draw(st.integers(1, n[0] - 1))
    return {"x": x, "n": n}


# The spread between units


def test_216_municipalities_fit_as_the_likelihood_of_scipy_does(employment):
    fit = shrink(employment, "employed", "all", "municipality")
    x, n = employment["employed"].to_numpy(), employment["all"].to_numpy()

    best = optimize.minimize(
        lambda at: -log_likelihood(x, n, 1 / (1 + np.exp(-at[0])), np.exp(at[1])),
        [0.0, 3.0],
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-10},
    )
    assert fit.mu == pytest.approx(1 / (1 + np.exp(-best.x[0])), abs=1e-6)
    assert fit.summary["M"] == pytest.approx(np.exp(best.x[1]), rel=1e-5)
    assert (fit.alpha, fit.beta, fit.rho) == pytest.approx((fit.mu * fit.M, (1 - fit.mu) * fit.M, 1 / (fit.M + 1)))
    assert not fit.boundary


@settings(max_examples=20)
@given(dispersed())
# From a common starting point this one runs off to mu = 1.
@example(
    {
        "x": [0, 101, 42, 3780, 992, 16, 0, 680, 15, 3, 417, 95, 219],
        "n": [1065, 101, 109, 3780, 992, 16, 4928, 680, 15, 6, 437, 95, 219],
    }
)
def test_no_mean_and_spread_on_a_grid_is_more_likely_than_the_fit(data):
    x, n = np.array(data["x"]), np.array(data["n"])
    try:
        fit = shrink(data, "x", "n")
    except Refused:
        assert np.all((x == 0) | (x == n))
        return
    found = stats.binom.logpmf(x, n, x.sum() / n.sum()).sum() if fit.boundary else log_likelihood(x, n, fit.mu, fit.M)
    grid = [log_likelihood(x, n, mu, M) for mu in np.linspace(0.02, 0.98, 15) for M in np.geomspace(0.01, 1e5, 15)]
    assert found >= max(grid) - 1e-6


def test_without_variation_beyond_chance_every_unit_gets_the_pooled_rate():
    fit = shrink({"x": [10, 21, 29], "n": [100, 200, 300]}, "x", "n")

    assert fit.boundary
    assert np.isinf([fit.M, fit.alpha, fit.beta]).all()
    assert fit.rho == 0
    assert fit.table["shrunk"].to_list() == pytest.approx([0.1] * 3)
    assert fit.table["weight"].to_list() == [1, 1, 1]
    assert fit.table["reliability"].to_list() == [0, 0, 0]
    # Jeffreys' interval of the pooled rate: that the units look alike does not make the rate known.
    limits = stats.beta.ppf([0.025, 0.975], 60.5, 540.5)
    assert fit.table.select("lower", "upper").row(0) == pytest.approx(tuple(limits))
    assert [note.code for note in fit.notes] == ["no-variation"]


def test_at_the_boundary_one_draw_has_one_rate_for_all():
    draws = shrink({"x": [10, 21, 29], "n": [100, 200, 300]}, "x", "n").draw(np.random.default_rng(5), 4)

    assert draws.shape == (4, 3)
    assert np.all(draws == draws[:, :1])
    assert len(set(draws[:, 0])) == 4


# Each unit


def test_the_plug_in_posterior_is_beta():
    fit = small()
    posterior = stats.beta(fit.alpha + 9, fit.beta + 6)
    row = fit.table.row(1, named=True)

    assert row["shrunk"] == pytest.approx(posterior.mean())
    assert (row["lower"], row["upper"]) == pytest.approx(posterior.interval(0.95))
    assert row["p_above_target"] == pytest.approx(posterior.sf(63 / 170))
    assert row["weight"] == pytest.approx(fit.M / (fit.M + 15))
    assert row["reliability"] == pytest.approx(1 - row["weight"])


def test_integrating_agrees_with_summing_over_a_fine_square_of_mean_and_correlation():
    # p(M) = 1/(1+M)^2 says that rho = 1/(M+1) is uniform, so the prior is flat on the square.
    middle = (np.arange(300) + 0.5) / 300
    mu, rho = np.meshgrid(middle, middle)
    M = 1 / rho - 1
    x, n = np.array(SMALL["x"]), np.array(SMALL["n"])
    log = stats.betabinom.logpmf(x[:, None, None], n[:, None, None], mu * M, (1 - mu) * M).sum(axis=0)
    weight = np.exp(log - log.max())
    weight /= weight.sum()

    fit = small(hyper="integrated")
    # The square's own error is some 1e-4 of the narrow ridge it has to resolve.
    assert fit.mu == pytest.approx((weight * mu).sum(), abs=2e-4)
    assert fit.rho == pytest.approx((weight * rho).sum(), abs=2e-4)
    for row in fit.table.with_row_index().iter_rows(named=True):
        a, b = mu * M + row["events"], (1 - mu) * M + row["n"] - row["events"]
        assert row["shrunk"] == pytest.approx((weight * a / (a + b)).sum(), abs=2e-4)
        assert row["reliability"] == pytest.approx((weight * row["n"] / (row["n"] + M)).sum(), abs=2e-4)
        at_most = [(weight * stats.beta.cdf(limit, a, b)).sum() for limit in (row["lower"], row["upper"])]
        assert at_most == pytest.approx([0.025, 0.975], abs=2e-4)


def test_integrated_intervals_are_wider_on_average_when_units_are_few():
    plugin, integrated = small().table, small(hyper="integrated").table

    assert (integrated["upper"] - integrated["lower"]).mean() > (plugin["upper"] - plugin["lower"]).mean()


@settings(max_examples=20)
@given(dispersed())
def test_the_shrunken_rate_lies_between_the_raw_rate_and_the_mean(data):
    try:
        fit = shrink(data, "x", "n")
    except Refused:
        return
    low = np.minimum(fit.table["rate"], fit.mu).to_numpy()
    high = np.maximum(fit.table["rate"], fit.mu).to_numpy()
    assert np.all((low - 1e-12 <= fit.table["shrunk"].to_numpy()) & (fit.table["shrunk"].to_numpy() <= high + 1e-12))


@BOTH
@settings(max_examples=10)
@given(data=dispersed())
def test_counting_the_others_mirrors_every_answer(hyper, data):
    mirrored = {"x": [n - x for x, n in zip(data["x"], data["n"], strict=True)], "n": data["n"]}
    try:
        fit, other = (shrink(each, "x", "n", hyper=hyper) for each in (data, mirrored))
    except Refused:
        return
    assert fit.boundary == other.boundary
    for column, opposite in (("shrunk", "shrunk"), ("lower", "upper"), ("p_above_target", "p_above_target")):
        # The mirrored lattice of hyperparameters is another one, which moves a quantile by its own small error.
        assert fit.table[column].to_numpy() == pytest.approx(1 - other.table[opposite].to_numpy(), abs=2e-4)


@BOTH
def test_the_order_of_rows_changes_nothing(hyper):
    fit = small(hyper=hyper).table.sort("unit")
    turned = shrink(pl.DataFrame(SMALL).reverse(), "x", "n", "unit", hyper=hyper).table.sort("unit")

    for column in ("shrunk", "lower", "upper", "p_above_target"):
        assert fit[column].to_numpy() == pytest.approx(turned[column].to_numpy(), abs=1e-7)


# What ranks need


@BOTH
def test_the_quantile_undoes_the_distribution_function(hyper):
    fit = small(hyper=hyper)
    shares = np.array([1e-6, 0.025, 0.5, 0.975])

    assert fit.quantile(shares).shape == (6, 4)
    for row, at in enumerate(fit.quantile(shares)):
        assert fit.cdf(at)[row] == pytest.approx(shares, rel=1e-6)
    assert fit.quantile(0.5).shape == fit.cdf(0.5).shape == fit.pdf(0.5).shape == (6, 1)


@BOTH
def test_the_density_integrates_to_the_distribution_function(hyper):
    fit = small(hyper=hyper)

    for unit in range(6):
        area, _ = integrate.quad(lambda theta, unit=unit: fit.pdf(theta)[unit, 0], 0, 0.3)
        assert area == pytest.approx(fit.cdf(0.3)[unit, 0], abs=1e-7)


@BOTH
def test_draws_have_the_moments_of_the_posterior(hyper):
    fit = small(hyper=hyper)
    draws = fit.draw(np.random.default_rng(11), 20_000)

    assert draws.shape == (20_000, 6)
    error = draws.std(axis=0) / np.sqrt(20_000)
    assert np.all(np.abs(draws.mean(axis=0) - fit.table["shrunk"].to_numpy()) < 5 * error)


# The limits of what can be told


def test_few_units_and_selected_lists_are_told(tables):
    assert [note.code for note in small().notes] == ["few-units"]
    assert small(hyper="integrated").notes == ()

    listed = shrink(tables / "retention_1995_98.csv", "moved_away", "arrived", "municipality", selected=True)
    assert [note.code for note in listed.notes] == ["selected-list"]
    assert "60 units" in listed.notes[0].text
    assert listed.params["selected"] is True


@pytest.mark.parametrize(
    ("x", "n", "said"),
    [
        ([3], [10], "One unit"),
        ([1, 0, 1], [1, 1, 1], "One person in each unit"),
        ([0, 0, 0], [10, 20, 30], "nobody"),
        ([10, 20, 30], [10, 20, 30], "everybody"),
        ([0, 20, 0], [10, 20, 30], "all or none"),
    ],
)
def test_what_tells_nothing_of_the_spread_is_refused(x, n, said):
    with pytest.raises(Refused, match=said):
        shrink({"x": x, "n": n}, "x", "n")


def test_integrating_answers_where_nobody_had_an_event():
    fit = shrink({"x": [0, 0, 0], "n": [10, 20, 30]}, "x", "n", hyper="integrated")

    assert 0 < fit.mu < 0.2
    assert np.all(fit.table["lower"].to_numpy() < 0.001)
    assert np.all(fit.table["upper"].to_numpy() > 0.01)
    assert np.all(np.diff(fit.table["upper"].to_numpy()) < 0)  # more persons without an event say more


def test_empty_and_full_units_keep_an_interval():
    table = shrink({"x": [0, 12, 5], "n": [12, 12, 10]}, "x", "n", hyper="integrated").table

    assert table["lower"].to_list()[0] < 0.01
    assert 0.01 < table["upper"].to_list()[0] < 0.6
    assert table["upper"].to_list()[1] > 0.99


def test_a_unit_with_nobody_is_left_out_and_named():
    fit = shrink({"place": ["A", "B", "C"], "x": [1, 0, 8], "n": [9, 0, 9]}, "x", "n", "place")

    assert fit.table["unit"].to_list() == ["A", "C"]
    assert fit.notes[0].code == "row-left-out"
    assert fit.notes[0].text.startswith("B")


def test_a_target_of_ones_own_moves_only_the_probability():
    default, own = small(), small(target=0.2)

    assert own.summary["target"] == 0.2
    assert np.all(own.table["p_above_target"].to_numpy() > default.table["p_above_target"].to_numpy())
    assert own.table["shrunk"].equals(default.table["shrunk"])


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"method": "normal"}, UnknownName, "betabinomial"),
        ({"hyper": "plug-in"}, UnknownName, "Did you mean plugin"),
        ({"level": 95}, BadInput, "0.95"),
        ({"target": 46.0}, BadInput, "target=46"),
    ],
)
def test_unknown_options_say_what_is_known(options, error, said):
    with pytest.raises(error, match=said):
        small(**options)


def test_the_result_says_how_it_was_made():
    fit = small(level=0.9)
    told = json.loads(fit.to_json())

    assert fit.table.columns == [
        *("unit", "n", "events", "rate", "shrunk", "lower", "upper", "level"),
        *("weight", "reliability", "p_above_target"),
    ]
    assert told["params"]["level"] == 0.9
    assert told["summary"]["M"] == pytest.approx(fit.M)
    assert "maximum likelihood" in fit.method.name


@pytest.mark.long
@pytest.mark.parametrize(("hyper", "units", "least"), [("plugin", 100, 0.935), ("integrated", 10, 0.935)])
def test_shrunken_intervals_hold_the_true_rate_as_often_as_promised(hyper, units, least):
    rng = np.random.default_rng(2002)
    held = []
    for _ in range(200):
        n = rng.integers(5, 200, units)
        # A draw from the prior of the integrated method would cover exactly; a fixed spread tests both alike.
        theta = rng.beta(6.0, 9.0, units)
        table = shrink({"x": rng.binomial(n, theta), "n": n}, "x", "n", hyper=hyper).table
        held.append(np.mean((table["lower"].to_numpy() <= theta) & (theta <= table["upper"].to_numpy())))
    error = np.std(held) / np.sqrt(len(held))
    assert least < np.mean(held) < 0.97
    assert np.mean(held) == pytest.approx(0.95, abs=0.01 + 3 * error)
