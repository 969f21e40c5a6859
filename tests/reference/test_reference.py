"""What R and its packages answered to the inputs beside this file; `README.md` says which, and to within what."""

import json
import math
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from fodfaeste.measure import (
    flows,
    funnel,
    gamma,
    n_two_proportions,
    power_funnel,
    rank,
    rank_sets,
    shrink,
    standardised_ratio,
    two_proportions,
)
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm

HERE = Path(__file__).parent
VGAM_FIT = 1e-7  # vglm's scoring stops a few 1e-8 of rho short of the maximum
UNIROOT = 1.3e-4  # R's uniroot stops within 1.22e-4 of the root


def given(name):
    return pl.read_csv(HERE / "inputs" / f"{name}.csv")


def answered(name):
    return json.loads((HERE / "answers" / f"{name}.json").read_text(encoding="utf-8"))


def columns(rows, *names):
    """Take columns out of answered rows, one array each; null becomes NaN."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return [frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names]


@pytest.fixture(scope="module")
def report():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@pytest.fixture(scope="module")
def rural():
    return given("retention").filter(kind="rural")


# The inputs, and who answered


def test_the_inputs_named_after_the_report_are_its_counts(report):
    employment = pl.read_csv(report / "employment_2000.csv")
    people = employment.select("employed", "unemployed", "outside_labour_force").sum_horizontal()
    assert given("employment").rows() == list(
        zip(employment["municipality"], employment["employed"], people, strict=True)
    )
    retention = pl.read_csv(report / "retention_1995_98.csv")
    assert given("retention").rows() == retention.select("kind", "municipality", "moved_away", "arrived").rows()
    moves = pl.read_csv(report / "moves_matrix.csv").filter(
        pl.col("row_role") == "part", pl.col("destination_kind") != "same_municipality"
    )
    assert given("moves_by_kind").rows() == moves.select("origin_kind", "destination_kind", "persons").rows()


def test_every_answer_names_the_software_and_its_version():
    files_of_answers = sorted((HERE / "answers").glob("*.json"))
    assert files_of_answers
    for path in files_of_answers:
        software = json.loads(path.read_text(encoding="utf-8"))["software"]
        assert "R" in software
        assert all(version[0].isdigit() for version in software.values())


@pytest.mark.parametrize(
    ("name", "answer", "part"),
    [
        ("proportions", "intervals", "rows"),
        ("two_groups", "two_groups", "rows"),
        ("poisson", "poisson", "rows"),
        ("power_two", "power", "two_proportions"),
        ("power_funnel", "power", "funnel"),
    ],
)
def test_every_input_has_its_answer(name, answer, part):
    asked = given(name)
    assert pl.DataFrame(answered(answer)[part], infer_schema_length=None).select(asked.columns).rows() == asked.rows()


# Intervals


@pytest.mark.parametrize(
    ("method", "theirs", "within"),
    [
        ("wilson", "wilson", 1e-12),
        ("wilson", "wilson_epitools", 1e-12),
        ("clopper-pearson", "clopper-pearson", 1e-12),
        ("jeffreys", "jeffreys", 1e-12),
        ("mid-p", "mid-p", UNIROOT),
    ],
)
def test_intervals_of_one_share(method, theirs, within):
    compared = 0
    for row in answered("intervals")["rows"]:
        lower, upper = (float(limit) for limit in interval(row["events"], row["n"], method, row["level"]))
        inside = 0 < row["events"] < row["n"]
        # R's Jeffreys limits are not set to 0 and 1 at the ends, and a rate ratio has no limits there.
        if inside or method in ("wilson", "clopper-pearson"):
            assert lower == pytest.approx(row[f"{theirs}_lower"], abs=within)
            assert upper == pytest.approx(row[f"{theirs}_upper"], abs=within)
            compared += 1
    assert compared >= 24


def test_two_shares():
    for row in answered("two_groups")["rows"]:
        ours = two_proportions(row["x1"], row["n1"], row["x2"], row["n2"], level=row["level"]).summary
        for name in ("difference", "difference_lower", "difference_upper"):
            assert ours[name] == pytest.approx(row[name], abs=1e-11)
        if row["ratio"] is not None:
            for name in ("ratio", "ratio_lower", "ratio_upper"):
                assert ours[name] == pytest.approx(row[name], rel=1e-11)
        assert ours["fisher_p"] == pytest.approx(row["fisher_p"], rel=1e-7)
        if row["chi_square"] is None:
            assert ours["z"] is None
        else:
            assert ours["z"] ** 2 == pytest.approx(row["chi_square"], rel=1e-9)
            assert ours["p_value"] == pytest.approx(row["score_p"], rel=1e-9)


def test_observed_against_expected():
    for row in answered("poisson")["rows"]:
        ours = standardised_ratio(row["events"], row["expected"], level=row["level"]).table.row(0, named=True)
        assert (ours["lower"], ours["upper"]) == pytest.approx((row["lower"], row["upper"]), rel=1e-9)
        # R's own two-sided p adds up the less probable counts; ours doubles the smaller of its two one-sided ones.
        assert ours["p_value"] == pytest.approx(min(1, 2 * min(row["p_less"], row["p_greater"])), rel=1e-9)


# Association


def test_gamma_with_its_error_and_interval_and_its_relatives():
    tables = {str(name[0]): rows for name, rows in given("ordinal").group_by("table", maintain_order=True)}
    for row in answered("association")["rows"]:
        cells = tables[row["table"]]
        shape = cells["row"].max(), cells["column"].max()
        ours = vars(gamma(table=cells["n"].to_numpy().reshape(shape)).association)
        for name in set(row) - {"table"}:
            assert ours[name] == pytest.approx(row[name], rel=1e-12), f"{name} of {row['table']}"


def test_exact_p_over_all_orders():
    orders = given("orders")
    for row in answered("association")["exact"]:
        one = orders.filter(table=row["table"])
        assert gamma(one["x"], one["y"]).association.p_exact == pytest.approx(row["p_exact"], rel=1e-12)


# Shrinkage and ranks


def test_the_beta_binomial_of_216_municipalities_and_its_posteriors():
    employment, theirs = given("employment"), answered("shrinkage")
    ours = shrink(employment, "events", "n", "unit")
    assert ours.mu == pytest.approx(theirs["fit"]["mu"], rel=VGAM_FIT)
    assert ours.rho == pytest.approx(theirs["fit"]["rho"], rel=VGAM_FIT)
    loglik = stats.betabinom(employment["n"], ours.alpha, ours.beta).logpmf(employment["events"]).sum()
    assert loglik == pytest.approx(theirs["fit"]["loglik"], abs=1e-8)
    assert ours.table["unit"].to_list() == [row["unit"] for row in theirs["rows"]]
    for name in ("shrunk", "lower", "upper"):
        (expected,) = columns(theirs["rows"], name)
        assert ours.table[name].to_numpy() == pytest.approx(expected, rel=VGAM_FIT)


def test_the_distribution_of_the_ranks_of_thirty_municipalities(rural):
    theirs = answered("ranks")
    ours = rank(shrink(rural, "events", "n", "unit"), "low")
    assert ours.pmf == pytest.approx(np.array(theirs["probabilities"], dtype=float), abs=VGAM_FIT)
    for name in ("expected_rank", "p_top", "p_first"):
        (expected,) = columns(theirs["rows"], name)
        assert ours.table[name].to_numpy() == pytest.approx(expected, abs=1e-6)


def test_rank_sets_of_thirty_municipalities(rural):
    theirs = answered("ranks")["rows"]
    ours = rank_sets(rural, "events", "n", "unit", good="low", selected=True)
    names = "unit", "rank_lower", "rank_upper"
    assert ours.table.select(names).rows() == [tuple(row[name] for name in names) for row in theirs]


# Funnels


@pytest.mark.parametrize("name", ["rural", "employment"])
def test_a_funnel_has_the_exact_limits_p_values_and_variance_between_units(name, rural):
    units = rural if name == "rural" else given("employment")
    theirs = answered("funnel")[name]
    options = {"good": "low", "trim": 0, "adjust": "none"}
    ours = funnel(units, "events", "n", "unit", **options)
    assert ours.target == pytest.approx(theirs["target"], rel=1e-12)
    # The variance of every rate being that of the pooled one, metafor's weighted mean is the pooled rate, its Q is the
    # sum of squared z, and phi their mean.
    assert theirs["pooled"] == pytest.approx(theirs["target"], rel=1e-12)
    assert ours.phi * units.height == pytest.approx(theirs["Q"], rel=1e-12)
    assert ours.tau2 == pytest.approx(theirs["tau2"], rel=1e-12)
    lower, upper, wide_lower, wide_upper, p = columns(
        theirs["rows"], "lower_95", "upper_95", "lower_99.8", "upper_99.8", "p_value"
    )
    assert ours.table["p_value"].to_numpy() == pytest.approx(p, rel=1e-12)
    # Interpolation can leave the shares from 0 to 1; limits that are drawn do not.
    for limit, expected in (
        ("lower_95", lower),
        ("upper_95", upper),
        ("lower_99.8", wide_lower),
        ("upper_99.8", wide_upper),
    ):
        assert ours.table[limit].to_numpy() == pytest.approx(np.clip(expected, 0, 1), rel=1e-9)


# Several tests


def test_holm_and_benjamini_hochberg():
    rows = pl.DataFrame(answered("multiplicity")["rows"])
    for _, family in rows.group_by("family", maintain_order=True):
        assert holm(family["p"]) == pytest.approx(family["holm"].to_numpy(), abs=1e-14)
        assert benjamini_hochberg(family["p"]) == pytest.approx(family["bh"].to_numpy(), abs=1e-14)


# Flows


@pytest.mark.parametrize(("name", "part"), [("moves_between_towns", "towns"), ("moves_by_kind", "kinds")])
def test_flows_against_what_size_alone_gives(name, part):
    theirs = answered("flows")[part]
    moves = given(name)
    if part == "kinds":
        # Going from rural to rural is a move: nobody stayed in this table.
        stayed = [(origin, "stayed", 0) for origin in moves["origin"].unique()]
        moves = moves.vstack(pl.DataFrame(stayed, schema=moves.schema, orient="row"))
    ours = flows(moves, stayed="stayed" if part == "kinds" else None).quasi_independence()
    assert ours.summary["df"] == theirs["df"]
    assert ours.summary["deviance"] == pytest.approx(theirs["deviance"], rel=1e-9)
    assert ours.summary["pearson"] == pytest.approx(theirs["pearson"], rel=1e-9)
    found = {(row["origin"], row["destination"]): row for row in ours.table.to_dicts()}
    assert len(found) == len(theirs["rows"])
    for row in theirs["rows"]:
        cell = found[row["origin"], row["destination"]]
        assert cell["expected"] == pytest.approx(row["expected"], rel=1e-9)
        assert cell["residual"] == pytest.approx(row["residual"], abs=1e-9)


# How many are needed


def test_persons_needed_to_tell_two_rates_apart():
    for row in answered("power")["two_proportions"]:
        ours = n_two_proportions(row["p1"], row["p2"], power=row["power"], alpha=row["alpha"])
        assert ours.summary["n"] == math.ceil(row["n"])


def test_the_power_of_a_funnel():
    for row in answered("power")["funnel"]:
        ours = power_funnel(row["n"], row["target"], row["rate"], tail=row["tail"]).summary
        assert (ours["low_events"], ours["high_events"]) == (row["low_events"], row["high_events"])
        assert (ours["power"], ours["size"]) == pytest.approx((row["power"], row["size"]), rel=1e-9)
