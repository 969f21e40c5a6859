"""What R's survival, cmprsk, etm and prodlim answered to the histories beside this file; make_survival.R asked them."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.group_tests import gray_test, logrank_test
from fodfaeste.measure.incidence import cif
from fodfaeste.measure.rates import rates

HERE = Path(__file__).parent
KEYS = ["unit", "cause", "time"]
CAUSES = {1: "moved", 2: "emigrated", 3: "dead"}
TOPICS = pytest.mark.parametrize("topic", ["months", "days"])


@pytest.fixture(scope="module")
def answers():
    return json.loads((HERE / "answers" / "survival.json").read_text(encoding="utf-8"))


def given(topic):
    return HERE / "inputs" / f"survival_{topic}.csv"


def beside(ours, rows, keys):
    """Put R's rows beside ours; R's columns end in `_right`, and none of them is without a partner."""
    theirs = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Int64).cast(pl.Float64))
    joined = ours.join(theirs, on=keys)
    assert joined.height == theirs.height
    return joined


def agree(joined, name, to=1e-12):
    np.testing.assert_allclose(joined[name].to_numpy(), joined[f"{name}_right"].to_numpy(), rtol=to, atol=to)


# Cumulative incidence


@TOPICS
def test_rates_and_standard_errors_are_those_of_survfit(answers, topic):
    ours = cif(given(topic), "time", "event", by="kind", times=[6, 12, 24, 36, 48])
    joined = beside(ours.table, answers[topic]["curve"], KEYS)

    agree(joined, "rate")
    agree(joined, "se")
    agree(joined, "at_risk")


@pytest.mark.parametrize("topic", ["months", "days", "late"])
def test_the_whole_curve_and_greenwood_variance_are_those_of_etm(answers, topic):
    ours = cif(given(topic), "time", "event", entry="entry" if topic == "late" else None)
    joined = beside(ours.curve, answers[topic]["greenwood"], KEYS)

    agree(joined, "rate")
    agree(joined, "se", 1e-10)


@TOPICS
def test_rates_are_those_of_prodlim_and_unknown_where_it_says_so(answers, topic):
    ours = cif(given(topic), "time", "event", by="kind", times=[6, 12, 24, 36, 48])
    joined = beside(ours.table, answers[topic]["prodlim"], KEYS)

    agree(joined, "rate")


@TOPICS
def test_months_lost_and_their_standard_errors_are_those_of_survfit(answers, topic):
    ours = cif(given(topic), "time", "event", by="kind").time_lost(answers["tau"])
    joined = beside(ours.table, answers[topic]["lost"], ["unit", "cause"])

    agree(joined, "estimate")
    agree(joined, "se")


# Tests between groups


@TOPICS
@pytest.mark.parametrize("cause", CAUSES.values())
def test_grays_test_is_that_of_cmprsk(answers, topic, cause):
    (said,) = [row for row in answers[topic]["tests"]["statistics"] if row["cause"] == cause]
    alone = gray_test(given(topic), "time", "event", "kind", cause=cause)

    assert alone.statistic == pytest.approx(said["gray"], rel=1e-10)
    assert alone.p_value == pytest.approx(said["gray_p"], rel=1e-9)
    by_sex = gray_test(given(topic), "time", "event", "kind", cause=cause, strata="sex")
    assert by_sex.statistic == pytest.approx(said["gray_strata"], rel=1e-10)


@TOPICS
@pytest.mark.parametrize("cause", CAUSES.values())
def test_the_log_rank_test_is_that_of_survdiff(answers, topic, cause):
    (said,) = [row for row in answers[topic]["tests"]["statistics"] if row["cause"] == cause]
    alone = logrank_test(given(topic), "time", "event", "kind", cause=cause)

    assert alone.statistic == pytest.approx(said["log_rank"], rel=1e-10)
    by_sex = logrank_test(given(topic), "time", "event", "kind", cause=cause, strata="sex")
    assert by_sex.statistic == pytest.approx(said["log_rank_strata"], rel=1e-10)
    rows = [row for row in answers[topic]["tests"]["log_rank"] if row["cause"] == cause]
    joined = beside(alone.table, rows, ["unit"])
    agree(joined, "events")
    agree(joined, "expected")


# Rates


@pytest.mark.parametrize("topic", ["months", "days", "late"])
def test_person_months_and_exact_limits_are_those_of_survsplit_and_poisson_test(answers, topic):
    entry = "entry" if topic == "late" else None
    ours = rates(given(topic), "time", "event", by="kind", cause=None, entry=entry)
    joined = beside(ours.table, answers[topic]["rates"], ["unit", "cause", "start"])

    for name in ("n", "events", "person_months"):
        agree(joined, name)
    for name in ("lower", "upper"):
        agree(joined, name, 1e-8)
