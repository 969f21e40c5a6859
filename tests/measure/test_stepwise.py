"""What stepwise selection finds, and what it would find in noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, Refused
from fodfaeste.measure.stepwise import stepwise_audit


def table(seed, signal=(1.0, -0.6), units=40, terms=6):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, terms)) + 0.8 * rng.normal(size=(units, 1))
    y = x[:, : len(signal)] @ signal + rng.normal(size=units) if signal else rng.normal(size=units)
    return {"y": y, **{f"v{j}": x[:, j] for j in range(terms)}}


def names(data):
    return [name for name in data if name.startswith("v")]


def audited(data, **options):
    return stepwise_audit(data, "y", names(data), **{"bootstraps": 50, "permutations": 50, "seed": 1, **options})


def residual_squares(y, columns):
    design = np.column_stack([np.ones(len(y)), *columns])
    b = np.linalg.lstsq(design, y, rcond=None)[0]
    return np.sum((y - design @ b) ** 2), b


def by_hand(data, enter=0.05, remove=0.10):
    """Select by fitting every model anew; give the steps and the coefficients."""
    y, inside, steps = np.asarray(data["y"]), [], []

    def p_value(larger, smaller):
        rss = residual_squares(y, [data[name] for name in larger])[0]
        more = residual_squares(y, [data[name] for name in smaller])[0]
        degrees = len(y) - 1 - len(larger)
        return stats.f.sf((more - rss) / (rss / degrees), 1, degrees)

    while True:
        leaving = {name: p_value(inside, [other for other in inside if other != name]) for name in inside}
        if leaving and max(leaving.values()) > remove:
            worst = max(leaving, key=leaving.get)
            steps.append(("remove", worst))
            inside.remove(worst)
            continue
        entering = {name: p_value([*inside, name], inside) for name in names(data) if name not in inside}
        if not entering or min(entering.values()) >= enter:
            return steps, inside, residual_squares(y, [data[name] for name in inside])[1]
        best = min(entering, key=entering.get)
        steps.append(("enter", best))
        inside.append(best)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(0.05, 0.10), (0.3, 0.35)]))
def test_the_path_is_that_of_fitting_every_model_anew(seed, limits):
    data = table(seed)
    audit = audited(data, enter=limits[0], remove=limits[1], bootstraps=1, permutations=1)
    steps, inside, coefficients = by_hand(data, *limits)
    assert audit.path.select("action", "term").rows() == steps
    chosen = dict(audit.table.filter("selected").select("term", "estimate").rows())
    assert chosen == pytest.approx(dict(zip(inside, coefficients[1:], strict=True)))
    if steps:
        assert audit.path["r2"][-1] == audit.summary["r2"]


def test_leave_one_out_makes_the_whole_selection_again():
    data = table(3, units=25)
    told = []
    for i in range(25):
        rest = {name: np.delete(values, i) for name, values in data.items()}
        _, inside, coefficients = by_hand(rest)
        told.append(coefficients[0] + sum(b * data[name][i] for b, name in zip(coefficients[1:], inside, strict=True)))
    y = data["y"]
    expected = 1 - np.sum((y - told) ** 2) / np.sum((y - y.mean()) ** 2)
    assert audited(data).summary["loo_r2"] == pytest.approx(expected)


def test_a_predictor_that_decides_is_in_every_bootstrap_and_the_others_are_not():
    data = table(5, signal=(6.0,), units=60)
    audit = audited(data, bootstraps=200)
    inclusion = dict(audit.table.select("term", "inclusion").rows())
    assert inclusion["v0"] == 1
    assert max(inclusion[name] for name in names(data)[1:]) < 0.6
    assert audit.summary["p_value"] == pytest.approx(1 / 51)
    assert 0 < audit.summary["loo_r2"] <= audit.summary["loo_r2_naive"] < audit.summary["r2"]
    assert 1 < audit.summary["selections"] <= 200
    assert "tells-nothing-new" not in {note.code for note in audit.notes}


def test_in_noise_selection_finds_what_permutations_find():
    audit = audited(table(3, signal=None, units=50, terms=20), permutations=400)
    # As printed, a fifth of the variance is explained by two predictors; so it would be in one shuffle of nine.
    assert audit.summary["selected"] == 2
    assert audit.table["p_naive"].drop_nulls().max() < 0.05
    assert audit.summary["r2"] > 0.2
    assert audit.summary["p_value"] > 0.05
    assert audit.summary["permuted_r2_95"] > 0.2
    assert audit.summary["permuted_share_any"] > 0.4
    assert audit.summary["loo_r2"] < 0
    assert audit.permuted["r2"].mean() == audit.summary["permuted_r2_mean"]
    assert (audit.permuted.filter(audit.permuted["selected"] == 0)["r2"] == 0).all()


def test_each_predictor_enters_a_shuffled_outcome_as_often_as_the_limit_says():
    data = table(2, signal=None, units=100, terms=1)
    audit = audited(data, permutations=4000)
    assert audit.table["inclusion_permuted"][0] == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


@pytest.mark.long
def test_where_there_is_nothing_the_p_value_is_uniform():
    p = [audited(table(seed, signal=None, terms=10), permutations=99).summary["p_value"] for seed in range(400)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))


def test_where_nothing_enters_the_mean_is_all_that_is_told():
    rng = np.random.default_rng(1)
    data = {"y": rng.normal(size=30), "v0": rng.normal(size=30)}
    audit = audited(data, enter=0.001)
    assert (audit.summary["selected"], audit.summary["r2"]) == (0, 0)
    assert audit.path.height == 0
    assert audit.path.columns == ["step", "action", "term", "f", "p_value", "r2"]
    assert audit.table["estimate"].null_count() == 1
    # Told by the mean of the others: ((n-1)/n)^-2 is what it costs.
    assert audit.summary["loo_r2"] == pytest.approx(1 - (30 / 29) ** 2)
    assert audit.summary["loo_r2_naive"] == pytest.approx(1 - (30 / 29) ** 2)
    assert {"nothing-selected", "tells-nothing-new"} <= {note.code for note in audit.notes}


def test_all_predictors_with_ridge_stand_beside_the_selection():
    audit = audited(table(7, units=60))
    ridge = audit.table["ridge"]
    assert ridge.null_count() == 0
    assert audit.ridge["loo_r2"].max() == audit.summary["ridge_loo_r2"] >= audit.summary["all_loo_r2"] - 1e-6
    assert audit.summary["all_r2"] > audit.summary["r2"]
    assert 0 < audit.summary["ridge_degrees"] < 6


def test_counts_are_audited_as_shares():
    rng = np.random.default_rng(1)
    data = {"d": rng.integers(5, 40, 30), "n": [50] * 30, "v0": rng.normal(size=30), "v1": rng.normal(size=30)}
    options = {"bootstraps": 9, "permutations": 9, "seed": 3}
    counted = stepwise_audit(data, predictors=["v0", "v1"], events="d", n="n", **options)
    shares = stepwise_audit({**data, "y": data["d"] / 50}, "y", ["v0", "v1"], **options)
    assert counted.table.equals(shares.table)


def test_one_seed_gives_one_answer_to_the_last_bit():
    assert audited(table(1)).to_json() == audited(table(1)).to_json()
    assert audited(table(1)).permuted["r2"].to_list() != audited(table(1), seed=2).permuted["r2"].to_list()


def test_a_unit_of_measurement_decides_nothing():
    data = table(4)
    scaled = {name: values * 1e6 + 1e7 if name == "v1" else values for name, values in data.items()}
    one, other = audited(data), audited(scaled)
    assert one.table["inclusion"].to_list() == other.table["inclusion"].to_list()
    assert one.summary["ridge_loo_r2"] == pytest.approx(other.summary["ridge_loo_r2"])


def test_draws_in_which_a_column_is_constant_cannot_select_it():
    rng = np.random.default_rng(9)
    trait = np.array([1.0, 1] + [0] * 10)
    data = {"y": 100 * trait + rng.normal(size=12), "v0": trait, "v1": rng.normal(size=12)}
    audit = audited(data, bootstraps=500)
    # It decides everything, so it is selected wherever it varies: unless neither or nothing but the two are drawn.
    assert audit.table["inclusion"][0] == pytest.approx(1 - (10 / 12) ** 12, abs=4 * np.sqrt(0.11 * 0.89 / 500))


def test_an_outcome_that_nearly_never_varies_is_no_finding_where_it_does_not():
    data = {"y": [0.0] * 10 + [1.0, 2.0], "v0": np.arange(12.0), "v1": np.random.default_rng(1).normal(size=12)}
    audit = audited(data, bootstraps=500)
    assert 0.5 < audit.table["inclusion"][0] <= 1 - (10 / 12) ** 12 + 0.06


def test_what_was_asked_wrongly_is_told():
    data = table(1)
    with pytest.raises(BadInput, match="enter below remove"):
        audited(data, enter=0.1, remove=0.1)
    with pytest.raises(BadInput, match="enter=5"):
        audited(data, enter=5)
    with pytest.raises(BadInput, match="bootstraps=0"):
        audited(data, bootstraps=0)
    with pytest.raises(BadInput, match="permutations=0"):
        audited(data, permutations=0)
    with pytest.raises(BadInput, match="of which one follows"):
        audited({**data, "v9": data["v0"] - data["v1"]})
    with pytest.raises(Refused, match="9 units for 6 predictors"):
        audited({name: values[:9] for name, values in data.items()})
