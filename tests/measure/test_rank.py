"""How little a place in a league table means, and how sure the rest is."""

from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats
from statsmodels.stats.multitest import multipletests

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.measure._kernels import fisher_pairs
from fodfaeste.measure.rank import rank, rank_sets
from fodfaeste.measure.shrink import shrink

SMALL = {"unit": ["A", "B", "C", "D", "E", "F"], "x": [2, 9, 5, 14, 3, 30], "n": [20, 15, 10, 60, 25, 40]}


@pytest.fixture(scope="module")
def tables():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@pytest.fixture(scope="module")
def employment(tables):
    groups = pl.col("employed") + pl.col("unemployed") + pl.col("outside_labour_force")
    return pl.read_csv(tables / "employment_2000.csv").with_columns(all=groups)


@pytest.fixture(scope="module")
def employed(employment):
    return shrink(employment, "employed", "all", "municipality")


@pytest.fixture(scope="module")
def moved(tables):
    return shrink(tables / "retention_1995_98.csv", "moved_away", "arrived", "municipality", selected=True)


def small(hyper="plugin"):
    return shrink(SMALL, "x", "n", "unit", hyper=hyper)


def by_quantile_nodes(fit, unit, nodes):
    """Give P(k others lie below the unit) as the paper writes it: its own quantiles, one Poisson-binomial a node."""
    at, weight = special.roots_legendre(nodes)
    theta = fit.quantile((at + 1) / 2)[unit]
    return weight / 2 @ poisson_binomial(np.delete(fit.cdf(theta), unit, axis=0))


def poisson_binomial(p):
    """Give the distribution of how many of the rows happen, for each column of probabilities."""
    pmf = np.zeros((p.shape[1], p.shape[0] + 1))
    pmf[:, 0] = 1
    for happens in p:
        pmf[:, 1:] = pmf[:, 1:] * (1 - happens[:, None]) + pmf[:, :-1] * happens[:, None]
        pmf[:, 0] *= 1 - happens
    return pmf


@st.composite
def units(draw, least=3):
    n = draw(st.lists(st.integers(1, 2000), min_size=least, max_size=8))
    return {"x": [draw(st.integers(0, most)) for most in n], "n": n}


# The distribution of ranks


def test_ranks_of_216_municipalities_agree_with_a_quadrature_for_each_unit_alone(employed):
    ranks = rank(employed, good="low")
    places = np.arange(1, 217)

    for unit in (0, 57, 215):
        many = by_quantile_nodes(employed, unit, 500)
        assert ranks.pmf[unit] == pytest.approx(many, abs=1e-6)
        assert ranks.table["expected_rank"][unit] == pytest.approx(many @ places, abs=1e-4)
        few = by_quantile_nodes(employed, unit, 128)
        assert ranks.table["expected_rank"][unit] == pytest.approx(few @ places, abs=1e-3)


def test_ranks_of_216_municipalities_agree_with_simulation(employed):
    exact = rank(employed, good="high")
    drawn = rank(employed, good="high", method="simulate", seed=8, draws=4000)

    error = exact.table["sd"].to_numpy() / np.sqrt(4000)
    difference = exact.table["expected_rank"].to_numpy() - drawn.table["expected_rank"].to_numpy()
    assert np.all(np.abs(difference) < 5 * error)
    assert drawn.table["p_top"].to_numpy() == pytest.approx(exact.table["p_top"].to_numpy(), abs=5 * 0.5 / 63)
    assert drawn.summary["share_of_pairs_ordered"] == pytest.approx(exact.summary["share_of_pairs_ordered"], abs=0.01)
    assert drawn.notes[-1].code == "monte-carlo-error"
    assert "4000 draws" in drawn.notes[-1].text


def test_more_nodes_do_not_move_the_answer(employed, moved):
    for fit in (employed, moved):
        usual, fine = rank(fit, good="low"), rank(fit, good="low", nodes=20)
        assert usual.table["expected_rank"].to_numpy() == pytest.approx(
            fine.table["expected_rank"].to_numpy(), abs=1e-6
        )
        assert usual.pmf == pytest.approx(fine.pmf, abs=1e-6)


def test_two_units_rank_by_the_probability_that_one_is_lower():
    fit = shrink({"x": [3, 40], "n": [10, 90]}, "x", "n", hyper="plugin", target=0.4)
    first, second = (stats.beta(*at) for at in zip(fit.posterior_alpha[:, 0], fit.posterior_beta[:, 0], strict=True))
    lower, _ = integrate.quad(lambda t: first.pdf(t) * second.sf(t), 0, 1)

    ranks = rank(fit, good="low", top=1)
    assert ranks.pmf == pytest.approx(np.array([[lower, 1 - lower], [1 - lower, lower]]), abs=1e-7)
    assert ranks.p_better == pytest.approx(np.array([[0.5, lower], [1 - lower, 0.5]]), abs=1e-7)


@settings(max_examples=25)
@given(units(), st.sampled_from(["low", "high"]))
def test_each_unit_has_one_rank_and_each_rank_one_unit(data, good):
    try:
        fit = shrink(data, "x", "n")
    except Refused:
        return
    ranks = rank(fit, good, top=2)
    K = len(data["n"])

    assert ranks.pmf.sum(axis=1) == pytest.approx(np.ones(K), abs=1e-9)
    assert ranks.pmf.sum(axis=0) == pytest.approx(np.ones(K), abs=1e-6)
    assert ranks.table["expected_rank"].sum() == pytest.approx(K * (K + 1) / 2, abs=1e-6)
    assert ranks.table["p_top"].sum() == pytest.approx(2, abs=1e-6)
    assert ranks.table["p_bottom"].sum() == pytest.approx(2, abs=1e-6)
    assert ranks.p_better + ranks.p_better.T == pytest.approx(np.ones((K, K)), abs=1e-6)
    # Linearity: one plus the chances of each other unit to be better.
    assert ranks.table["expected_rank"].to_numpy() == pytest.approx(ranks.p_better.sum(axis=0) + 0.5, abs=1e-6)
    assert (ranks.table["rank_lower"] <= ranks.table["median_rank"]).all()
    assert (ranks.table["median_rank"] <= ranks.table["rank_upper"]).all()


def test_integrated_hyperparameters_rank_as_joint_draws_do():
    fit = small("integrated")
    exact = rank(fit, good="low", top=2)
    drawn = rank(fit, good="low", top=2, method="simulate", seed=3)

    assert exact.pmf == pytest.approx(drawn.pmf, abs=5 * 0.5 / np.sqrt(20_000))
    assert exact.table["expected_rank"].sum() == pytest.approx(21, abs=1e-6)


def test_rates_spread_to_both_ends_are_ranked_as_well():
    # alpha and beta below 1: the posterior of an empty unit has a pole at 0.
    fit = shrink({"x": [0, 0, 0, 1, 9, 30, 30, 29, 0, 12], "n": [30] * 9 + [12]}, "x", "n")
    assert max(fit.alpha, fit.beta) < 1

    # The reference is written in the logit: in floating point the quantiles of a pole at 1 are 1.
    logit = np.linspace(-300, 300, 120_001)
    a, b = fit.posterior_alpha, fit.posterior_beta
    density = np.exp(a * special.log_expit(logit) + b * special.log_expit(-logit) - special.betaln(a, b))
    below = integrate.cumulative_simpson(density, x=logit, initial=0)
    ranks = rank(fit, good="low", top=3)
    for unit in (0, 3, 5, 9):
        pmf = poisson_binomial(np.delete(below, unit, axis=0))
        assert ranks.pmf[unit] == pytest.approx(density[unit] * (logit[1] - logit[0]) @ pmf, abs=1e-6)


def test_spread_so_large_that_quantiles_leave_the_floating_point_range():
    ends = {"x": [0] * 20 + [50] * 20 + [1], "n": [50] * 41}
    fit = shrink(ends, "x", "n")
    assert fit.alpha < 0.02

    ranks = rank(fit, good="low", top=15)
    drawn = rank(fit, good="low", top=15, method="simulate", seed=1)
    assert ranks.table["expected_rank"].sum() == pytest.approx(41 * 42 / 2, abs=1e-6)
    assert ranks.table["expected_rank"].to_numpy() == pytest.approx(drawn.table["expected_rank"].to_numpy(), abs=0.3)


def test_one_large_unit_among_small_ones_is_not_missed():
    x, n = [40_000, *[5] * 25, *[3] * 25], [100_000, *[12] * 50]
    fit = shrink({"x": x, "n": n}, "x", "n", hyper="integrated")

    usual, fine = rank(fit, good="high"), rank(fit, good="high", nodes=24)
    assert usual.pmf == pytest.approx(fine.pmf, abs=1e-6)


def test_the_other_direction_reverses_every_rank(employed):
    low, high = rank(employed, good="low"), rank(employed, good="high")

    assert low.pmf == pytest.approx(high.pmf[:, ::-1], abs=1e-12)
    assert low.table["p_top"].to_numpy() == pytest.approx(high.table["p_bottom"].to_numpy())
    assert low.p_better == pytest.approx(high.p_better.T)
    swapped = {"better than average": "worse than average", "worse than average": "better than average"}
    assert low.table["grade"].replace(swapped).to_list() == high.table["grade"].to_list()


def test_without_variation_every_rank_is_as_likely_as_any_other():
    fit = shrink({"x": [10, 21, 29, 40], "n": [100, 200, 300, 400]}, "x", "n")
    for ranks in (
        rank(fit, good="high", top=2),
        rank(fit, good="high", top=2, method="simulate", seed=1, draws=40_000),
    ):
        assert ranks.pmf == pytest.approx(np.full((4, 4), 0.25), abs=0.012)
        assert ranks.summary["share_of_pairs_ordered"] == 0
        assert set(ranks.table["grade"]) == {"as expected"}
        assert "no-variation" in [note.code for note in ranks.notes]


# The table


def test_the_table_of_the_report_names_a_top_15_of_which_half_belongs_there(employed):
    ranks = rank(employed, good="high", top=15)
    table = ranks.table

    assert table.columns == [
        *("unit", "n", "events", "rate", "shrunk", "lower", "upper", "level", "rank"),
        *("expected_rank", "sd", "median_rank", "rank_lower", "rank_upper"),
        *("p_top", "p_bottom", "p_first", "p_better", "grade"),
    ]
    printed = table.sort("rate", descending=True).head(15)
    assert ranks.summary["expected_true_top"] == pytest.approx(printed["p_top"].sum())
    assert 5 < ranks.summary["expected_true_top"] < 10
    assert ranks.summary["share_of_pairs_ordered"] < 0.5
    assert table["p_first"].sum() == pytest.approx(1, abs=1e-6)


def test_summary_figures_follow_from_the_distribution(moved):
    ranks = rank(moved, good="low", top=15, level=0.8)
    at = ranks.table["unit"].to_list().index("Rudbjerg")
    row, pmf = ranks.table.row(at, named=True), ranks.pmf[at]
    places = stats.rv_discrete(values=(np.arange(1, 61), pmf / pmf.sum()))

    assert (row["expected_rank"], row["sd"]) == pytest.approx((places.mean(), places.std()), abs=1e-6)
    assert (row["rank_lower"], row["median_rank"], row["rank_upper"]) == tuple(places.ppf([0.1, 0.5, 0.9]))
    assert row["p_top"] == pytest.approx(places.cdf(15))
    assert row["p_bottom"] == pytest.approx(places.sf(45))
    assert (row["lower"], row["upper"]) == pytest.approx(tuple(moved.quantile([0.1, 0.9])[at]))
    assert row["p_better"] == pytest.approx(1 - moved.table["p_above_target"][at])
    assert ranks.notes[0].code == "selected-list"
    assert ranks.params["selected"] is True


def test_equal_rates_share_the_best_place_and_the_end_of_the_list():
    # B and C have the same rate and meet the end of a top 2: each counts as half.
    fit = shrink({"u": list("ABCDE"), "x": [1, 4, 2, 9, 14], "n": [20, 20, 10, 20, 20]}, "x", "n", "u", target=0.4)
    ranks = rank(fit, good="low", top=2)
    p = ranks.table["p_top"].to_list()

    assert ranks.table["rank"].to_list() == [1, 2, 2, 4, 5]
    assert ranks.summary["expected_true_top"] == pytest.approx(p[0] + p[1] / 2 + p[2] / 2)
    assert [note.code for note in ranks.notes] == ["few-units", "tie-at-the-cut"]


def test_grades_need_the_certainty_asked_for(employed):
    usual, strict = rank(employed, good="high").table, rank(employed, good="high", certainty=0.999).table

    for grade, better in (
        ("better than average", usual["p_better"] > 0.95),
        ("worse than average", usual["p_better"] < 0.05),
    ):
        assert usual.filter(better)["grade"].unique().to_list() == [grade]
        assert 0 < (strict["grade"] == grade).sum() < (usual["grade"] == grade).sum()


def test_simulation_repeats_to_the_last_bit_with_its_seed():
    one, same, other = (rank(small(), "low", top=2, method="simulate", seed=s, draws=500) for s in (1, 1, 2))

    assert np.array_equal(one.pmf, same.pmf)
    assert not np.array_equal(one.pmf, other.pmf)


def test_ranks_without_persons_direction_or_seed_are_refused(employed):
    with pytest.raises(Refused, match="n and interval"):
        rank(pl.DataFrame({"unit": ["A", "B"], "rate": [0.1, 0.2]}), good="low")
    with pytest.raises(TypeError, match="good"):
        rank(employed)
    with pytest.raises(UnknownName, match="high, low"):
        rank(employed, good="up")
    with pytest.raises(Refused, match="seed="):
        rank(employed, good="low", method="simulate")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"method": "exactly"}, UnknownName, "Did you mean exact"),
        ({"top": 6}, BadInput, "top=6 of 6 units"),
        ({"top": 0}, BadInput, "list of 1 to 5"),
        ({"top": 2, "level": 95}, BadInput, "level=95"),
        ({"top": 2, "certainty": 1}, BadInput, "certainty=1"),
    ],
)
def test_unknown_options_of_ranks_say_what_is_known(options, error, said):
    with pytest.raises(error, match=said):
        rank(small(), "low", **options)


# Sets of ranks


@settings(max_examples=30)
@given(units(least=2))
def test_every_pair_is_tested_as_scipy_tests_it(data):
    x, n = np.array(data["x"]), np.array(data["n"])
    found = fisher_pairs(x, n)

    pairs = [(i, j) for i in range(n.size) for j in range(i + 1, n.size)]
    other = [stats.fisher_exact([[x[i], n[i] - x[i]], [x[j], n[j] - x[j]]]).pvalue for i, j in pairs]
    assert found == pytest.approx(np.array(other), rel=1e-6, abs=1e-12)


def test_holm_sets_of_216_municipalities_count_the_significant_pairs(employment):
    result = rank_sets(employment, "employed", "all", "municipality", good="high")
    x, n = employment["employed"].to_numpy(), employment["all"].to_numpy()

    above, below = np.triu_indices(216, 1)
    apart, *_ = multipletests(fisher_pairs(x, n), alpha=0.05, method="holm")
    assert result.summary["share_of_pairs_ordered"] == pytest.approx(apart.mean())
    rate = x / n
    better = np.zeros(216, dtype=int)
    worse = np.zeros(216, dtype=int)
    for i, j in zip(above[apart], below[apart], strict=True):
        first, last = (i, j) if rate[i] > rate[j] else (j, i)
        worse[first] += 1
        better[last] += 1
    assert result.table["rank_lower"].to_list() == (1 + better).tolist()
    assert result.table["rank_upper"].to_list() == (216 - worse).tolist()


@pytest.mark.parametrize("method", ["holm", "bootstrap"])
@pytest.mark.parametrize("good", ["low", "high"])
def test_sets_hold_the_printed_rank_and_marginal_sets_are_no_longer(employment, method, good):
    def ask(sets):
        return rank_sets(
            employment, "employed", "all", "municipality", good=good, method=method, sets=sets, seed=4, draws=400
        )

    together, alone = ask("simultaneous"), ask("marginal")
    for table in (together.table, alone.table):
        assert (table["rank_lower"] <= table["rank"]).all()
        assert (table["rank"] <= table["rank_upper"]).all()
    assert (alone.table["rank_lower"] >= together.table["rank_lower"]).all()
    assert (alone.table["rank_upper"] <= together.table["rank_upper"]).all()
    assert together.summary["share_of_pairs_ordered"] < alone.summary["share_of_pairs_ordered"] < 0.2


@pytest.mark.parametrize("sets", ["simultaneous", "marginal"])
@pytest.mark.parametrize("method", ["holm", "bootstrap"])
def test_groups_far_apart_are_told_apart_and_those_within_are_not(method, sets):
    x, n = [100, 104, 98, 900, 890], [1000, 1000, 1000, 1000, 1000]
    result = rank_sets({"x": x, "n": n}, "x", "n", good="low", method=method, sets=sets, seed=1)

    assert result.table.select("rank_lower", "rank_upper").rows() == [(1, 3)] * 3 + [(4, 5)] * 2
    assert result.summary["share_of_pairs_ordered"] == pytest.approx(0.6)


@pytest.mark.parametrize(("x", "apart"), [(95, False), (120, True)])
def test_the_bootstrap_of_one_pair_is_the_two_sided_normal_test(x, apart):
    # 95 or 120 of 400 against 80 of 400: z = 1.27 or 3.29 beside 1.96.
    result = rank_sets({"x": [80, x], "n": [400, 400]}, "x", "n", good="low", method="bootstrap", seed=6)

    assert (result.summary["share_of_pairs_ordered"] == 1) is apart


def test_leaving_out_what_is_rejected_tells_more_pairs_apart_than_one_step():
    # z = 2.75 between A and B. One step asks for 2.83; once all other pairs are settled, 2.66 is enough.
    x, n = [100, 158, 1000, 1400, 2200, 2600], [1000, 1140, 2000, 2000, 2500, 2800]
    rate, middle = np.array(x) / n, (np.array(x) + 0.5) / (np.array(n) + 1)
    variance = middle * (1 - middle) / n
    error = np.sqrt(variance[:, None] + variance) + np.eye(6)
    noise = np.random.default_rng(0).standard_normal((20_000, 6)) * np.sqrt(variance)
    one_step = np.quantile([(np.subtract.outer(row, row) / error).max() for row in noise], 0.95)
    z = np.abs(np.subtract.outer(rate, rate) / error)
    assert z[0, 1] < one_step < z[4, 5]

    result = rank_sets({"x": x, "n": n}, "x", "n", good="low", method="bootstrap", seed=1, draws=20_000)
    assert result.table["rank_upper"].to_list()[0] == 1
    assert result.summary["share_of_pairs_ordered"] == pytest.approx(1)


def test_sets_say_how_they_were_made_and_what_a_selected_list_is(tables):
    result = rank_sets(
        tables / "retention_1995_98.csv", "moved_away", "arrived", "municipality", good="low", selected=True
    )
    assert result.table.columns == [
        *("unit", "n", "events", "rate", "lower", "upper", "level", "rank", "rank_lower", "rank_upper"),
    ]
    assert [note.code for note in result.notes] == ["selected-list"]
    assert result.params["method"] == "holm"
    assert result.params["draws"] is None
    assert "Fisher" in result.method.name


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"method": "bonferroni"}, UnknownName, "holm"),
        ({"sets": "joint"}, UnknownName, "simultaneous"),
        ({"method": "bootstrap"}, Refused, "seed="),
        ({"level": 0}, BadInput, "level=0"),
    ],
)
def test_unknown_options_of_sets_say_what_is_known(options, error, said):
    with pytest.raises(error, match=said):
        rank_sets(SMALL, "x", "n", "unit", good="low", **options)


def test_one_unit_has_no_rank():
    with pytest.raises(Refused, match="One unit"):
        rank_sets({"x": [3], "n": [9]}, "x", "n", good="low")


@pytest.mark.long
@pytest.mark.parametrize("hyper", ["plugin", "integrated"])
def test_rank_intervals_hold_the_true_rank_as_often_as_promised(hyper):
    rng = np.random.default_rng(1999)
    held = []
    for _ in range(60):
        n = rng.integers(10, 300, 60)
        theta = rng.beta(14.0, 16.0, 60)
        table = rank(shrink({"x": rng.binomial(n, theta), "n": n}, "x", "n", hyper=hyper), good="high").table
        true = stats.rankdata(-theta)
        held.append(np.mean((table["rank_lower"].to_numpy() <= true) & (true <= table["rank_upper"].to_numpy())))
    # Ranks are whole numbers, so the promise is kept with a little over.
    error = np.std(held) / np.sqrt(len(held))
    assert 0.95 - 0.01 - 3 * error < np.mean(held) < 0.985


@pytest.mark.long
@pytest.mark.parametrize("method", ["holm", "bootstrap"])
@pytest.mark.parametrize("sets", ["simultaneous", "marginal"])
def test_rank_sets_hold_the_true_ranks_as_often_as_promised(method, sets):
    rng = np.random.default_rng(2001)
    held = []
    for seed in range(200):
        n = rng.integers(40, 400, 20)
        theta = rng.beta(14.0, 16.0, 20)
        table = rank_sets(
            {"x": rng.binomial(n, theta), "n": n}, "x", "n", good="low", method=method, sets=sets, seed=seed, draws=500
        ).table
        true = stats.rankdata(theta)
        inside = (table["rank_lower"].to_numpy() <= true) & (true <= table["rank_upper"].to_numpy())
        held.append(inside.all() if sets == "simultaneous" else inside.mean())
    error = np.sqrt(0.95 * 0.05 / 200)
    assert np.mean(held) > 0.95 - 3 * error
