"""Whether groups leave alike: Gray's test and the log-rank test."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.group_tests import gray_test, logrank_test

BOTH = pytest.mark.parametrize("test", [gray_test, logrank_test])
EVENTS = ["moved", "dead", "censored"]
# Capital keeps them, rural does not; all are watched for 12 months.
STAYS = {
    "months": [3, 8, 12, 12, 12, 12, 1, 2, 2, 5, 9, 12],
    "event": ["moved", "dead", *["censored"] * 4, "moved", "moved", "dead", "moved", "moved", "censored"],
    "kind": ["capital"] * 6 + ["rural"] * 6,
    "sex": ["f", "m"] * 6,
}


def run(test, data=STAYS, by="kind", **options):
    return test(data, "months", "event", by, **options)


def drawn(rng, n, hazard=(0.03, 0.03), dying=(0.01, 0.01)):
    """Draw monthly histories of two groups with constant hazards, censored evenly over 10 to 40 months."""
    group = rng.integers(0, 2, n)
    moved = rng.exponential(1 / np.array(hazard)[group])
    dead = rng.exponential(1 / np.array(dying)[group])
    end = rng.uniform(10, 40, n)
    first = np.minimum.reduce([moved, dead, end])
    event = np.select([first == moved, first == dead], ["moved", "dead"], "censored")
    return {"months": np.ceil(first), "event": event, "kind": group}


@st.composite
def histories(draw):
    n = draw(st.integers(6, 30))
    return {
        "months": [draw(st.integers(1, 6)) for _ in range(n)],
        "event": [draw(st.sampled_from(EVENTS)) for _ in range(n)],
        "kind": [draw(st.sampled_from(["a", "b", "c"])) for _ in range(n)],
        "sex": [draw(st.sampled_from(["f", "m"])) for _ in range(n)],
    }


def asked(test, data, **options):
    """Ask, and leave out the data of which nothing can be asked."""
    try:
        return run(test, data, **options)
    except (NotEnoughPeople, Refused):
        assume(False)


# What is answered


def test_log_rank_expects_each_groups_share_of_those_at_risk():
    result = run(logrank_test)

    # Rural at risk over all at risk, at each move: months 1, 2, 3, 5, 9.
    expected = 6 / 12 + 5 / 11 + 3 / 9 + 3 / 8 + 2 / 6
    assert result.table["expected"].to_list() == pytest.approx([5 - expected, expected])
    assert result.table["events"].to_list() == [1, 4]
    assert result.table["ratio"].to_list() == pytest.approx([1 / (5 - expected), 4 / expected])
    spread = sum(share * (1 - share) for share in (6 / 12, 5 / 11, 3 / 9, 3 / 8, 2 / 6))
    assert result.statistic == pytest.approx((4 - expected) ** 2 / spread)
    assert result.p_value == pytest.approx(stats.chi2.sf(result.statistic, 1))


def test_gray_keeps_the_dead_in_the_risk_set_of_those_who_could_have_moved():
    data = {"months": [1, 2, 3, 4], "event": ["dead", "moved", "censored", "censored"], "kind": ["a", "a", "b", "b"]}

    # In month 2 one of a is at risk, who stands for two: half of a died before.
    assert run(gray_test, data).table["expected"].to_list() == pytest.approx([2 / 4, 2 / 4])
    assert run(logrank_test, data).table["expected"].to_list() == pytest.approx([1 / 3, 2 / 3])


@BOTH
def test_the_result_has_a_row_a_group_and_the_test_above_it(test):
    result = run(test)

    assert result.table.columns == ["unit", "n", "events", "expected", "ratio", "method"]
    assert result.table["unit"].to_list() == ["capital", "rural"]
    assert result.table["n"].to_list() == [6, 6]
    assert result.summary == {
        "statistic": result.statistic,
        "df": 1,
        "p_value": result.p_value,
        "cause": "moved",
        "strata": 1,
    }
    assert result.params["by"] == "kind"


@BOTH
@settings(max_examples=30, deadline=None)
@given(histories())
def test_observed_and_expected_have_one_sum_and_scores_the_variance_of_one_constraint(test, data):
    result = asked(test, data)

    assert result.table["events"].sum() == pytest.approx(result.table["expected"].sum())
    np.testing.assert_allclose(result.score, result.table["events"] - result.table["expected"], atol=1e-12)
    np.testing.assert_allclose(result.covariance, result.covariance.T, atol=1e-12)
    np.testing.assert_allclose(result.covariance.sum(axis=0), 0, atol=1e-10)
    assert 0 <= result.p_value <= 1


@settings(max_examples=30, deadline=None)
@given(histories())
def test_without_competing_causes_gray_expects_what_log_rank_expects(data):
    data["event"] = ["moved" if event == "moved" else "censored" for event in data["event"]]

    gray, rank = asked(gray_test, data), asked(logrank_test, data)
    np.testing.assert_allclose(gray.table["expected"], rank.table["expected"], atol=1e-10)


@BOTH
@settings(max_examples=20, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_neither_row_order_nor_names_nor_cells_change_it(test, data, random):
    first = asked(test, data, strata="sex")
    rows = pl.DataFrame(data)
    shuffled = rows[random.sample(range(rows.height), rows.height)]
    # Other names put the groups in another order.
    renamed = shuffled.with_columns(kind=pl.col("kind").replace({"a": "z"}))
    cells = rows.group_by(rows.columns).len("people")

    for other in (run(test, renamed, strata="sex"), run(test, cells, strata="sex", count="people")):
        assert other.df == first.df
        assert other.statistic == pytest.approx(first.statistic, rel=1e-7, abs=1e-9)


@BOTH
def test_one_stratum_is_no_stratum_and_two_alike_are_twice_the_evidence(test):
    alone = run(test)
    doubled = {name: [*values, *values] for name, values in STAYS.items()}
    doubled["half"] = [1] * 12 + [2] * 12

    assert run(test, {**STAYS, "half": [1] * 12}, strata="half").statistic == pytest.approx(alone.statistic)
    twice = run(test, doubled, strata="half")
    assert twice.statistic == pytest.approx(2 * alone.statistic)
    assert twice.summary["strata"] == 2


@BOTH
def test_several_columns_make_the_groups(test):
    assert run(test, by=["kind", "sex"]).table["unit"].to_list() == (
        ["capital / f", "capital / m", "rural / f", "rural / m"]
    )


@BOTH
def test_other_codes_are_named_as_causes(test):
    coded = {**STAYS, "event": [{"moved": 4, "dead": 5, "censored": 0}[event] for event in STAYS["event"]]}

    result = run(test, coded, causes={4: "left", 5: "died"}, cause="left")
    assert result.statistic == run(test).statistic
    assert result.params["causes"] == {4: "left", 5: "died"}


@BOTH
def test_many_groups_are_compared_as_few_are(test):
    data = drawn(np.random.default_rng(4), 6000)
    data["kind"] = np.random.default_rng(5).integers(0, 60, 6000)

    result = run(test, data)
    assert result.df == 59
    assert 0.001 < result.p_value < 0.999


@BOTH
def test_moments_that_are_no_whole_months_are_compared_as_well(test):
    rng = np.random.default_rng(8)
    data = {"months": rng.exponential(10, 400), "event": rng.choice(EVENTS, 400), "kind": rng.integers(0, 2, 400)}
    squeezed = {**data, "months": np.sqrt(data["months"])}

    # Only the order of the moments counts.
    assert run(test, squeezed).statistic == pytest.approx(run(test, data).statistic)


# Known answers, by simulation


@pytest.mark.long
@BOTH
def test_groups_that_are_alike_are_told_apart_as_often_as_the_level_says(test):
    rng = np.random.default_rng(31)
    p = np.array([run(test, drawn(rng, 200)).p_value for _ in range(1000)])
    # Of 1000, fewer than 31 or more than 71 would happen once in 500 times.
    assert 31 <= (p < 0.05).sum() <= 71


@pytest.mark.long
def test_equal_shares_with_unequal_deaths_are_equal_to_gray_and_unequal_to_log_rank():
    rng = np.random.default_rng(32)
    gray, rank = [], []
    for _ in range(300):
        # Without censoring: group 1 moves at once or never; group 0 likewise, but half of those who stay die early.
        group = rng.integers(0, 2, 200)
        will_move = rng.random(200) < 0.4
        dies = ~will_move & (group == 0) & (rng.random(200) < 0.9)
        months = np.where(will_move, rng.integers(1, 25, 200), np.where(dies, 1, 30))
        event = np.select([will_move, dies], ["moved", "dead"], "censored")
        data = {"months": months, "event": event, "kind": group}
        gray.append(run(gray_test, data).p_value)
        rank.append(run(logrank_test, data).p_value)
    assert np.mean(np.array(gray) < 0.05) < 0.1
    assert np.mean(np.array(rank) < 0.05) > 0.9


# What cannot be answered


@BOTH
def test_one_group_has_nothing_to_be_compared_with(test):
    with pytest.raises(Refused, match="One group, 1: there is nothing to compare"):
        run(test, {**STAYS, "one": [1] * 12}, by="one")


@BOTH
def test_nobody_who_moved_leaves_nothing_to_compare(test):
    with pytest.raises(NotEnoughPeople, match="nobody who emigrated"):
        run(test, cause="emigrated")


@BOTH
def test_a_cause_that_is_not_there_is_named(test):
    with pytest.raises(UnknownName, match=r"no cause 'move'.*Did you mean moved"):
        run(test, cause="move")


@BOTH
def test_groups_that_are_never_at_risk_together_are_refused(test):
    apart = {
        "months": [1, 1, 5, 6],
        "event": ["censored", "censored", "moved", "censored"],
        "kind": ["a", "a", "b", "b"],
    }
    with pytest.raises(Refused, match="never at risk in the same month"):
        run(test, apart)


@BOTH
def test_a_group_that_left_before_the_first_move_costs_a_degree_of_freedom(test):
    data = {name: [*values] for name, values in STAYS.items()}
    data["months"] = [month + 1 for month in data["months"]] + [1]
    data["event"].append("censored")
    data["kind"].append("early")
    data["sex"].append("f")
    result = run(test, data)

    assert result.df == 1
    assert result.statistic == pytest.approx(run(test).statistic)
    assert result.table.filter(unit="early")["ratio"].to_list() == [None]
    assert {"fewer-df", "unequal-follow-up"} <= {note.code for note in result.notes}


@BOTH
def test_the_lost_are_censored_with_a_warning(test):
    data = {**STAYS, "event": ["lost", *STAYS["event"][1:]]}
    assert run(test, data).notes[0].code == "lost-censored"


def test_everybody_leaving_in_one_month_together_varies_no_more():
    data = {"months": [1, 1, 1, 1], "event": ["moved"] * 4, "kind": ["a", "a", "b", "b"]}
    for test in (gray_test, logrank_test):
        with pytest.raises(Refused):
            run(test, data)
