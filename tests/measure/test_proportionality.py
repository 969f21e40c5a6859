"""Does one ratio hold all the way?"""

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2

from fodfaeste.measure.hazards_fit import maximise, risk_table, watched
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.proportionality import ALL, proportionality

NAMES = ("a", "b")
GROUPS = {name: np.array([k]) for k, name in enumerate(NAMES)}


def fitted(time, cause, x, persons=None):
    x = np.asarray(x, dtype=float)
    x = x - x.mean(axis=0)
    people = np.ones(len(time)) if persons is None else np.asarray(persons, dtype=float)
    cells = watched(np.asarray(time, dtype=float), np.zeros(len(time)), np.asarray(cause), np.arange(len(time)), people)
    table = risk_table(cells, 1, len(time))
    return cells.times, table, x, maximise(table, x, NAMES)[1]


def by_hand(time, cause, x, beta, g):
    """Score and information of (beta, theta), risk set by risk set."""
    q = x.shape[1]
    score, information = np.zeros(2 * q), np.zeros((2 * q, 2 * q))
    for t in np.unique(time[cause == 1]):
        risk = time >= t
        weight = np.exp(x[risk] @ beta)
        weight = weight / weight.sum()
        mean = weight @ x[risk]
        spread = (x[risk] * weight[:, None]).T @ x[risk] - np.outer(mean, mean)
        for own in x[(time == t) & (cause == 1)]:
            score += np.concatenate([own - mean, g(t) * (own - mean)])
            information += np.kron([[1, g(t)], [g(t), g(t) ** 2]], spread)
    return score, information


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(3)
    x = np.column_stack([rng.integers(0, 2, 120), rng.normal(size=120)]).astype(float)
    x -= x.mean(axis=0)
    time = np.minimum(np.ceil(rng.exponential(20 / np.exp(0.5 * x[:, 0]))), 30)
    return time, np.where(time < 30, rng.integers(0, 3, 120), 0), x


@pytest.mark.parametrize("g", [lambda t: t, lambda t: np.float64(t > 9), np.log])
def test_the_test_is_the_score_test_of_a_coefficient_times_g(people, g):
    time, cause, x = people
    times, table, x, at = fitted(time, cause, x)
    found = proportionality(table, x, at, GROUPS, {"g": np.array([g(t) for t in times])})

    score, information = by_hand(time, cause, x, at.beta, g)
    for row, theta in zip(found.iter_rows(named=True), ([2], [3], [2, 3]), strict=True):
        kept = [0, 1, *theta]
        statistic = score[kept] @ np.linalg.solve(information[np.ix_(kept, kept)], score[kept])
        assert row["df"] == len(theta)
        assert row["chi2"] == pytest.approx(statistic, rel=1e-9)
        assert row["p_value"] == pytest.approx(chi2.sf(statistic, len(theta)), rel=1e-9)


def test_a_shift_of_the_time_scale_changes_nothing(people):
    times, table, x, at = fitted(*people)
    found = proportionality(table, x, at, GROUPS, {"from 0": times, "from 1000": times + 1000})
    first, second = found.partition_by("test", include_key=False)
    assert np.allclose(first.drop("covariate").fill_null(0), second.drop("covariate").fill_null(0), rtol=1e-9)


def test_p_values_are_adjusted_over_the_covariates_of_a_test(people):
    times, table, x, at = fitted(*people)
    found = proportionality(table, x, at, GROUPS, {"trend": times, "early": np.float64(times < 5)})
    for part in found.partition_by("test"):
        assert part["covariate"].to_list() == ["a", "b", ALL]
        assert part["p_holm"].to_list() == [*holm(part["p_value"][:2]), None]


def exact_cohort(ratios, hazard=0.01, months=72, size=1e6):
    """Two groups of one size, without chance: as many events each month as the hazard says."""
    rows = []
    for group in (0, 1):
        left = size
        for month in range(1, months + 1):
            gone = left * hazard * (ratios[month > 36] if group else 1)
            rows.append((month, 1, group, gone))
            left -= gone
        rows.append((months, 0, group, left))
    time, cause, group, persons = map(np.array, zip(*rows, strict=True))
    return fitted(time, cause, group[:, None], persons)


def change_at_36(ratios):
    times, table, x, at = exact_cohort(ratios)
    return proportionality(table, x, at, {"a": np.array([0])}, {"rule": np.float64(times > 36)}).row(0, named=True)


def test_a_ratio_that_holds_is_found_to_hold():
    found = change_at_36((1.5, 1.5))
    assert found["change"] == pytest.approx(0, abs=1e-6)
    assert found["p_value"] == pytest.approx(1, abs=1e-3)


def test_a_ratio_that_changes_by_22_per_cent_between_two_halves_is_a_change_of_a_tenth():
    assert change_at_36((1.0, 1.22))["change"] == pytest.approx(0.1, rel=0.03)


def test_a_scale_that_is_the_same_for_all_events_tests_nothing(people):
    times, table, x, at = fitted(*people)
    found = proportionality(table, x, at, GROUPS, {"never": np.float64(times > 99)})
    assert found.select("chi2", "p_value", "p_holm", "change").null_count().row(0) == (3, 3, 3, 3)


def test_a_covariate_that_varies_at_one_event_time_only_has_no_trend():
    time = [1, 1, 1, 2, 3, 3, 4, 5]
    cause = [1, 1, 0, 1, 1, 0, 1, 1]
    a = [1, 0, 1, 0, 0, 0, 0, 0]
    b = [0, 1, 1, 0, 1, 0, 1, 0]
    times, table, x, at = fitted(time, cause, np.column_stack([a, b]))
    found = proportionality(table, x, at, GROUPS, {"trend": times})
    assert found["chi2"].is_null().to_list() == [True, False, True]
    assert found["p_holm"][1] == found["p_value"][1]


def test_the_table_has_the_same_columns_whatever_was_found(people):
    times, table, x, at = fitted(*people)
    found = proportionality(table, x, at, GROUPS, {"trend": times})
    assert found.schema == {
        "test": pl.String,
        "covariate": pl.String,
        "df": pl.Int64,
        "chi2": pl.Float64,
        "p_value": pl.Float64,
        "change": pl.Float64,
        "p_holm": pl.Float64,
    }
