"""The end of a residence rule: three questions, three answers, and what none of them can tell."""

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.measure.release import release_test
from fodfaeste.measure.release_cells import BOUND, FREE, Tally
from fodfaeste.measure.release_parts import Window, two_counts
from fodfaeste.measure.release_regression import bunching_row

from .release_world import World

FREE_COHORT = "the free cohort in the same months"


def ask(data, **options):
    given = {"bound": "bound", "free": "free", "bootstraps": 100, "seed": 1} | options
    return release_test(data, "month", "event", "cohort", **given)


def cells(**cohorts):
    """Write cohorts as cells: {month: (persons, event)}; who is left is watched to month 10."""
    rows = [
        (month, event, cohort, persons)
        for cohort, outcomes in cohorts.items()
        for month, (persons, event) in outcomes.items()
    ]
    return pl.DataFrame(rows, schema=["month", "event", "cohort", "persons"], orient="row")


# A rule of two months: of 100 each, the free move in months 1, 2 and 3, most of the bound wait until month 3.
TINY = cells(
    free={1: (20, "moved"), 2: (20, "moved"), 3: (10, "moved"), 10: (50, "censored")},
    bound={2: (10, "moved"), 3: (30, "moved"), 5: (6, "moved"), 10: (54, "censored")},
)
TWO_MONTHS = {"rule": 2, "window": 1, "horizons": (3, 4, 10), "count": "persons"}


def tiny(data=TINY, **options):
    return ask(data, **(TWO_MONTHS | options))


@pytest.fixture(scope="module")
def register():
    return World(release=2.0, bound=1500, free=1500).persons(1)


@pytest.fixture(scope="module")
def found(register):
    described = {"covariates": ["permit", "age"], "by": ["permit", "employed_36"]}
    return ask(register, unit="municipality", **described)


def row(frame, unit, **others):
    return frame.filter(unit=unit, **others).row(0, named=True)


def notes(result):
    return {note.code: note.text for note in result.notes}


# Release


def test_expected_moves_are_the_bound_at_risk_at_the_free_cohorts_hazard():
    """90 of the bound begin month 3; of the 60 free still there 10 move in it: 15 are expected, and 30 move."""
    released = row(tiny().release, "(2, 3]", compared_with=FREE_COHORT)
    assert (released["n"], released["events"], released["free_n"], released["free_events"]) == (90, 30, 60, 10)
    assert released["expected"] == pytest.approx(15)
    assert released["ratio"] == pytest.approx(2)
    assert released["lower"] == pytest.approx(stats.chi2.ppf(0.025, 60) / 2 / 15)
    assert released["upper"] == pytest.approx(stats.chi2.ppf(0.975, 62) / 2 / 15)
    assert released["p_value"] == pytest.approx(stats.poisson.sf(29, 15))


def test_what_decides_carries_the_chance_of_the_ten_free_moves_as_well():
    """30 and 10 moves, each worth 1.5 expected: given their sum, binomial with chance 0.6."""
    released = row(tiny().release, "(2, 3]", compared_with=FREE_COHORT)
    binomial = stats.binom(40, 1.5 / 2.5)
    assert released["deciding_p"] == pytest.approx(binomial.sf(30) + binomial.pmf(30) / 2)
    assert released["deciding_lower"] < released["lower"] < released["ratio"] < released["upper"]
    assert released["upper"] < released["deciding_upper"]
    assert released["design_effect"] == 1
    assert released["se_log_ratio"] == pytest.approx(np.sqrt(1 / 30 + 1 / 10))


def test_the_table_holds_what_decides():
    result = tiny()
    answer = row(result.table, "(2, 3]")
    released = row(result.release, "(2, 3]", compared_with=FREE_COHORT)
    assert answer["answer"] == "release"
    for mine, its in (("lower", "deciding_lower"), ("upper", "deciding_upper"), ("p_value", "deciding_p")):
        assert answer[mine] == released[its]
    assert "those decide" in notes(result)["which-decides"]


def test_the_comparison_with_the_months_before_is_printed_and_said_to_prove_nothing():
    """10 of 100 moved in month 2: 9 would of the 90 in month 3. The rule held month 2 down."""
    result = tiny()
    before = result.release.filter(pl.col("compared_with") != FREE_COHORT).row(0, named=True)
    assert "proves nothing" in before["compared_with"]
    assert "proves nothing" in before["note"]
    assert before["expected"] == pytest.approx(90 * 10 / 100)
    assert before["ratio"] == pytest.approx(30 / 9)
    assert before["p_value"] is before["deciding_p"] is None
    assert "proves nothing" in notes(result)["months-before"]


def test_a_pile_up_built_in_is_found_in_its_window_only(found):
    ratios = found.release.filter(compared_with=FREE_COHORT)
    assert ratios["unit"].to_list() == ["(0, 36]", "(36, 42]", "(42, 48]", "(48, 60]"]
    assert ratios["ratio"][0] < 0.7
    assert ratios["deciding_lower"][1] > 1
    assert row(found.table, "(36, 42]")["flag"] == "pile-up"


def test_months_without_a_move_of_the_free_give_no_ratio():
    still = cells(free={1: (40, "moved"), 10: (60, "censored")}, bound={3: (30, "moved"), 10: (70, "censored")})
    result = tiny(still)
    released = row(result.release, "(2, 3]", compared_with=FREE_COHORT)
    assert released["ratio"] is released["deciding_p"] is None
    assert "no ratio" in released["note"]
    assert row(result.table, "(2, 3]")["flag"] == "undefined"


def test_no_move_of_the_bound_is_a_ratio_of_0_with_an_upper_limit():
    held = cells(free=TINY_FREE, bound={2: (10, "moved"), 10: (90, "censored")})
    released = row(tiny(held).release, "(2, 3]", compared_with=FREE_COHORT)
    assert released["ratio"] == released["lower"] == released["deciding_lower"] == 0
    assert released["upper"] > 0
    assert released["deciding_upper"] > 0
    assert released["se_log_ratio"] is None
    assert released["deciding_p"] > 0.99


TINY_FREE = {1: (20, "moved"), 2: (20, "moved"), 3: (10, "moved"), 10: (50, "censored")}


def test_a_register_in_which_nobody_moves_is_answered_with_nothing():
    quiet = cells(free={10: (100, "censored")}, bound={4: (1, "dead"), 10: (99, "censored")})
    result = tiny(quiet, unit="cohort")
    assert result.table["flag"].to_list() == ["undefined"] * 5
    assert result.regression["estimate"].null_count() == result.regression.height
    assert result.shape["note"][0] == "Nobody moves in either window."


@st.composite
def small_registers(draw):
    sizes = st.integers(12, 40)
    outcomes = st.tuples(st.integers(1, 8), st.sampled_from(["moved", "moved", "emigrated", "dead", "censored"]))
    rows = [
        (*outcome, cohort)
        for cohort in ("bound", "free")
        for outcome in [*draw(st.lists(outcomes, min_size=12, max_size=draw(sizes))), (9, "censored")]
    ]
    return pl.DataFrame(rows, schema=["month", "event", "cohort"], orient="row")


@given(small_registers())
@settings(max_examples=15, deadline=None)
def test_expected_moves_and_shares_moved_are_those_counted_person_by_person(persons):
    result = ask(persons, rule=3, window=1, horizons=(5,))
    released = row(result.release, "(3, 4]", compared_with=FREE_COHORT)
    rows = persons.rows()

    def at_risk(cohort, month):
        return sum(1 for t, _, of in rows if of == cohort and t >= month)

    def moved(cohort, month):
        return sum(1 for t, event, of in rows if of == cohort and t == month and event == "moved")

    expected = at_risk("bound", 4) * moved("free", 4) / at_risk("free", 4)
    assert released["expected"] == pytest.approx(expected)
    for cohort in ("bound", "free"):
        there, share = 1.0, 0.0
        for month in range(1, 6):
            here = at_risk(cohort, month)
            left = sum(1 for t, event, of in rows if (t, of) == (month, cohort) and event != "censored")
            share, there = share + there * moved(cohort, month) / here, there * (1 - left / here)
            line = result.curve.filter(cohort=cohort, month=month)
            assert line["incidence"][0] == pytest.approx(share)


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.2, 5))
@settings(max_examples=40, deadline=None)
def test_two_counts_are_a_binomial_given_their_sum(x, m, weight):
    if x + m == 0:
        return
    lower, upper, p = two_counts(x, m, weight, 1.0, 0.9)
    binomial = stats.binom(x + m, weight / (1 + weight))
    assert p == pytest.approx(binomial.sf(x) + binomial.pmf(x) / 2)
    for limit in (lower, upper):
        if limit:
            at = stats.binom(x + m, weight * limit / (1 + weight * limit))
            assert min(at.sf(x), at.cdf(x - 1)) + at.pmf(x) / 2 == pytest.approx(0.05, abs=1e-6)
    assert (upper is None) == (m == 0)


def test_with_a_free_cohort_without_end_the_two_counts_become_poisson():
    lower, upper, p = two_counts(12, 1e9, 8e-9, 1.0, 0.95)
    assert p == pytest.approx(stats.poisson.sf(12, 8) + stats.poisson.pmf(12, 8) / 2, abs=1e-6)
    assert stats.chi2.ppf(0.025, 24) / 16 < lower < upper < stats.chi2.ppf(0.975, 26) / 16


# Units


def test_families_that_move_as_one_count_as_one():
    """Three of a kind in each household: the variance is three times that of persons, the ratio is the same."""
    one_by_one = World(bound=300, free=300).persons(3).with_row_index("household")
    threes = pl.concat([one_by_one] * 3)
    alone, together = ask(one_by_one), ask(threes, unit="household")
    single, family = (row(one.release, "(36, 42]", compared_with=FREE_COHORT) for one in (alone, together))
    assert family["ratio"] == pytest.approx(single["ratio"])
    # The influence of a month's binomial is a little less than a Poisson count's, which the bound of 1 hides alone.
    assert family["design_effect"] == pytest.approx(3, rel=0.1)
    assert family["deciding_p"] == pytest.approx(single["deciding_p"], abs=0.02)
    assert family["deciding_lower"] == pytest.approx(single["deciding_lower"], rel=0.05)
    np.testing.assert_allclose(together.catch_up["se"], alone.catch_up["se"], rtol=0.002)
    np.testing.assert_allclose(together.regression["se"], alone.regression["se"], rtol=1e-9)


def test_units_widen_what_decides_and_leave_the_textbook_limits_alone():
    register = World(spread=0.8, bound=1500, free=1500).persons(5)
    persons, units = ask(register), ask(register, unit="municipality")
    alone, clustered = (row(one.release, "(36, 42]", compared_with=FREE_COHORT) for one in (persons, units))
    assert clustered["design_effect"] > 1.3
    assert (alone["lower"], alone["upper"], alone["p_value"]) == (
        clustered["lower"],
        clustered["upper"],
        clustered["p_value"],
    )
    assert clustered["deciding_upper"] - clustered["deciding_lower"] > alone["deciding_upper"] - alone["deciding_lower"]
    # A town whose people all move more after the rule has that in both windows of the shape.
    assert units.shape["design_effect"][0] < 1.3
    assert "independent-moves" in notes(persons)
    assert "independent-moves" not in notes(units)


def test_one_unit_has_nothing_to_vary_between():
    register = World(units=1, bound=300, free=300).persons(1)
    alone, one = ask(register), ask(register, unit="municipality")
    assert one.table.equals(alone.table)
    assert "one-unit" in notes(one)


def test_few_units_are_said_to_be_few():
    assert "40 units" in notes(ask(World(bound=300, free=300).persons(1), unit="municipality"))["few-units"]


def test_many_units_are_redrawn_some_at_a_time(monkeypatch):
    register = World(bound=300, free=300).persons(1)
    monkeypatch.setattr("fodfaeste.measure.release_cells.LARGEST_DRAW", 40 * 30)
    assert ask(register, unit="municipality").catch_up["lower"].null_count() == 0


# Shape


def test_the_shape_compares_the_bound_cohort_with_itself_later():
    """30 moves in 90 person-months, then 6 in 114: two counts with these weights."""
    shape = tiny().shape.row(0, named=True)
    assert shape["unit"] == "(2, 3] against (4, 6]"
    assert (shape["events"], shape["person_months"]) == (30, 90)
    assert (shape["later_events"], shape["later_person_months"]) == (6, 114)
    assert shape["ratio"] == pytest.approx(30 / 90 / (6 / 114))
    assert shape["p_value"] == pytest.approx(stats.binomtest(30, 36, 90 / 204, alternative="greater").pvalue)
    assert shape["free_ratio"] is None  # none of the free moves after month 3


def test_the_shape_is_told_with_the_fall_of_the_free_cohort(found):
    assert found.shape["free_ratio"][0] == pytest.approx(1.05, abs=0.35)
    assert f"{found.shape['free_ratio'][0]:.2f}" in notes(found)["shape-alone"]


def test_without_later_moves_the_shape_has_no_upper_limit():
    done = cells(free=TINY_FREE, bound={3: (40, "moved"), 10: (60, "censored")})
    shape = tiny(done).shape.row(0, named=True)
    assert shape["ratio"] is shape["upper"] is shape["deciding_upper"] is None
    assert shape["lower"] > 1
    assert shape["deciding_p"] < 0.001


def test_without_moves_after_the_rule_the_shape_has_a_ratio_of_0():
    late = cells(free=TINY_FREE, bound={2: (10, "moved"), 5: (40, "moved"), 10: (50, "censored")})
    shape = tiny(late).shape.row(0, named=True)
    assert shape["ratio"] == shape["lower"] == 0
    assert shape["p_value"] == 1


# Delay or lasting


def test_the_catch_up_share_is_the_part_of_the_gap_that_has_closed():
    """By month 2, 40 of 100 free and 10 bound have moved; by month 3, 50 and 40: two thirds are made up for."""
    by_month = {line["month"]: line for line in tiny().catch_up.to_dicts()}
    assert by_month[3]["estimate"] == pytest.approx(2 / 3)
    assert by_month[4]["estimate"] == pytest.approx(2 / 3)
    assert by_month[10]["estimate"] == pytest.approx(1 - (50 - 46) / 30)
    assert by_month[3]["gap"] == pytest.approx(0.1)
    assert by_month[3]["se_gap"] == pytest.approx(np.sqrt((0.5 * 0.5 + 0.4 * 0.6) / 100))
    assert by_month[3]["lower"] < 2 / 3 < by_month[3]["upper"]


def test_the_error_by_influence_is_that_of_the_bootstrap(register):
    catch_up = ask(register, bootstraps=2000).catch_up
    half = stats.norm.ppf(0.975) * catch_up["se"].to_numpy()
    width = catch_up["upper"].to_numpy() - catch_up["lower"].to_numpy()
    np.testing.assert_allclose(width, 2 * half, rtol=0.12)
    assert catch_up["lower"].equals(catch_up["persons_lower"])


def test_moves_that_all_come_later_are_delay_and_those_that_never_come_are_lasting():
    free = {1: (4000, "moved"), 10: (6000, "censored")}
    delay = tiny(cells(free=free, bound={3: (4000, "moved"), 10: (6000, "censored")}))
    lasting = tiny(cells(free=free, bound={1: (1000, "moved"), 10: (9000, "censored")}))
    overshoot = tiny(cells(free=free, bound={3: (8000, "moved"), 10: (2000, "censored")}))
    part = tiny(cells(free=free, bound={3: (2000, "moved"), 10: (8000, "censored")}))
    assert row(delay.table, "C(10)")["flag"] == "delay"
    assert row(lasting.table, "C(10)")["flag"] == "lasting"
    assert row(overshoot.table, "C(10)")["flag"] == "overshoot"
    assert row(part.table, "C(10)")["flag"] == "partly made up for"


def test_a_gap_that_goes_on_growing_and_one_that_tells_nothing_are_named():
    free = {1: (400, "moved"), 5: (4000, "moved"), 10: (5600, "censored")}
    growing = tiny(cells(free=free, bound={10: (10000, "censored")}))
    assert row(growing.table, "C(10)")["flag"] == "gap still grows"
    few = {1: (9, "moved"), 5: (30, "moved"), 10: (61, "censored")}
    told = tiny(cells(free=few, bound={1: (1, "moved"), 3: (37, "moved"), 10: (62, "censored")}))
    assert row(told.table, "C(10)")["flag"] == "undecided"


def test_without_a_gap_at_the_rules_end_the_catch_up_share_is_undefined():
    result = ask(World(held=1.0, bound=600, free=600).persons(2))
    assert result.catch_up["estimate"].null_count() == result.catch_up.height
    assert result.catch_up["gap"].null_count() == 0
    assert "below two standard errors" in result.catch_up["note"][0]
    assert "catch-up-undefined" in notes(result)
    assert row(result.table, "C(60)")["flag"] == "undefined"


# What is not watched


def test_a_register_that_ends_early_answers_as_far_as_it_reaches():
    result = ask(World(watched=(30, 47), bound=1500, free=1500).persons(1))
    later = result.release.filter(compared_with=FREE_COHORT)
    assert later["note"].to_list()[2:] == [
        "Watched up to month 47 only.",
        "Nobody of one of the cohorts is watched in these months.",
    ]
    assert later["ratio"].null_count() == 1
    assert "cannot be told yet" in result.shape["note"][0]
    known = result.catch_up.filter(pl.col("estimate").is_not_null())
    assert known["month"].to_list() == [42]
    assert "up to month 47 only" in result.catch_up["note"][1]
    assert "Too few months" in result.bunching["note"][0]
    contrast = result.regression.filter(term="release minus later").row(0, named=True)
    assert contrast["estimate"] is None
    assert "before month 84 for 72% of the bound" in notes(result)["censoring"]


def test_later_months_are_cut_where_the_watching_ends():
    shape = ask(World(watched=(40, 55), bound=1500, free=1500).persons(1)).shape
    assert shape["note"][0] == "Watched up to month 55 only."
    assert shape["ratio"].null_count() == 0


def test_follow_up_that_is_too_short_is_refused_with_the_month_from_which_it_is_possible():
    short = World(watched=(20, 38), bound=300, free=300).persons(1)
    with pytest.raises(Refused, match=r"bound cohort is watched for 38 months at most.*needs 42.*possible 4 months"):
        ask(short)
    with pytest.raises(Refused, match="ask again on 2007-02-28"):
        ask(short, observed_until=date(2006, 10, 31))


def test_a_free_cohort_that_has_all_left_is_refused():
    gone = cells(free={1: (50, "moved"), 2: (50, "moved")}, bound={3: (30, "moved"), 10: (70, "censored")})
    with pytest.raises(Refused, match="Nobody of the free cohort is left after month 2"):
        tiny(gone)


# Regression


def regression(data, term, **options):
    return tiny(data, **options).regression.filter(term=term).row(0, named=True)


def test_the_regression_finds_the_ratio_that_every_month_has():
    """In each month the bound move at half the free rate while the rule binds, and at the same rate after it."""
    free, bound, left = {}, {}, [2**16, 2**16]
    for month in range(1, 7):
        for side, part in ((0, 1 / 4), (1, 1 / 8 if month <= 2 else 1 / 4)):
            moving = int(left[side] * part)
            (free, bound)[side][month] = (moving, "moved")
            left[side] -= moving
    data = cells(free=free | {10: (left[0], "censored")}, bound=bound | {10: (left[1], "censored")})
    terms = tiny(data).regression
    assert terms["term"].to_list() == [
        "bound × (0, 2]",
        "bound × (2, 3]",
        "bound × (3, 4]",
        "bound × (4, 10]",
        "release minus later",
    ]
    np.testing.assert_allclose(terms["estimate"], [np.log(0.5), 0, 0, 0, 0], atol=2e-4)


def test_what_moves_less_is_not_blamed_on_the_rule(found):
    """Permit and age say nothing of moves in this register, and the regression says so."""
    terms = found.regression.filter(pl.col("term").str.contains("permit|age"))
    assert terms["term"].to_list() == ["permit=family", "permit=other", "age"]
    assert terms["p_holm"].min() > 0.05
    assert terms["note"][0] == "against permit=refugee"
    contrast = found.regression.row(-1, named=True)
    assert contrast["lower"] < np.log(2) < contrast["upper"]


def two_groups(still, moving, permit=("refugee", "other")):
    return pl.concat([moving.with_columns(permit=pl.lit(permit[0])), still.with_columns(permit=pl.lit(permit[1]))])


STILL = cells(free={10: (8, "censored")}, bound={10: (9, "censored")})


def test_a_category_in_which_nobody_moves_has_no_estimate_and_changes_no_other():
    data = two_groups(STILL, TINY)
    term = regression(data, "permit=other", covariates=["permit"])
    assert term["estimate"] is None
    assert "nobody in it moves" in term["note"]
    assert regression(data, "bound × (0, 2]", covariates=["permit"])["estimate"] == pytest.approx(
        regression(TINY, "bound × (0, 2]")["estimate"]
    )


def test_a_most_common_category_in_which_nobody_moves_is_refused():
    most = STILL.with_columns(pl.col("persons") * 100)
    with pytest.raises(Refused, match="Nobody with permit=other moves"):
        tiny(two_groups(most, TINY), covariates=["permit"])


def test_groups_that_together_never_move_are_refused():
    """Women with a permit by family never move here, although women do and families do."""
    women, men = TINY.with_columns(sex=pl.lit("f")), TINY.with_columns(sex=pl.lit("m"))
    data = pl.concat([two_groups(TINY.clear(), TINY).with_columns(sex=pl.lit("m"), permit=pl.lit("refugee"))])
    data = pl.concat(
        [
            data,
            women.with_columns(permit=pl.lit("refugee")).select(data.columns),
            men.with_columns(permit=pl.lit("family")).select(data.columns),
        ]
    ).with_columns(both=0.0)
    never = STILL.with_columns(sex=pl.lit("f"), permit=pl.lit("family"), both=1.0).select(data.columns)
    with pytest.raises(Refused, match="has no end"):
        tiny(pl.concat([data, never]), covariates=["sex", "permit", "both"])


def test_a_covariate_that_is_the_cohort_is_refused():
    data = TINY.with_columns(programme=pl.col("cohort") == "bound")
    with pytest.raises(Refused, match=r"programme=.* cannot be told apart"):
        tiny(data, covariates=["programme"])


def test_a_covariate_that_is_the_same_for_all_who_could_move_is_refused():
    """Nobody with another permit moves, so only the others are left in the fit, and all of them have x = 1."""
    movers = TINY.with_columns(permit=pl.lit("refugee"), x=pl.lit(1.0))
    never = [STILL.with_columns(permit=pl.lit("other"), x=pl.lit(x)) for x in (1.0, 2.0)]
    with pytest.raises(Refused, match="x is the same for all who could move"):
        tiny(pl.concat([movers, *never]), covariates=["permit", "x"])


def test_a_small_cohort_that_moves_much_more_is_fitted_all_the_same():
    """The first step ends far beyond: of 100 half move a month, and of 10,000 one in a hundred."""
    data = cells(
        free={1: (100, "moved"), 2: (99, "moved"), 3: (98, "moved"), 10: (9703, "censored")},
        bound={1: (50, "moved"), 2: (25, "moved"), 3: (13, "moved"), 10: (12, "censored")},
    )
    assert regression(data, "bound × (0, 2]")["estimate"] == pytest.approx(np.log(50), abs=0.01)


def test_persons_without_a_covariate_are_left_out_of_the_regression_only():
    data = pl.concat([TINY.with_columns(age=pl.lit(20.0)), TINY.with_columns(age=pl.lit(40.0))])
    holes = pl.concat([data, TINY.with_columns(age=pl.lit(None, dtype=pl.Float64))])
    result = tiny(holes, covariates=["age"])
    assert notes(result)["regression-left-out"].startswith("regression: 200 persons")
    assert row(result.release, "(2, 3]", compared_with=FREE_COHORT)["n"] == 270


# Bunching and placebos


def curved(excess=0.0, months=84):
    month = np.arange(1, months + 1)
    hazard = 0.03 - 3e-4 * month + 2e-6 * month**2 + np.where(month > 36, 0.004, 0)
    hazard = hazard * np.where((month > 36) & (month <= 42), 1 + excess, 1)
    at_risk = np.linspace(9000, 2000, months)
    both = np.stack([at_risk, at_risk])
    return Tally(both, both * hazard, both * hazard)


def bunch(tally, window=(36, 42), side=BOUND):
    rng = np.random.default_rng(1)
    return bunching_row(tally, side, Window(*window), Window(36, 42), level=0.95, bootstraps=200, rng=rng)


@given(st.floats(-0.5, 3))
@settings(max_examples=15, deadline=None)
def test_a_polynomial_with_an_excess_in_the_window_gives_the_excess_back(excess):
    found = bunch(curved(excess))
    assert found["estimate"] == pytest.approx(excess, abs=1e-6)
    assert found["se"] == pytest.approx(0, abs=1e-6)


def test_the_release_does_not_disturb_the_placebos_before_it():
    assert bunch(curved(2.0), (18, 24))["estimate"] == pytest.approx(0, abs=1e-6)


def test_a_polynomial_that_falls_below_0_has_no_share():
    hazard = np.maximum(0.05 * (1 - np.arange(1, 85) / 78), 0) * np.ones((2, 1))
    at_risk = np.full((2, 84), 1000.0)
    found = bunch(Tally(at_risk, at_risk * hazard, at_risk * hazard), (78, 84), FREE)
    assert found.get("estimate") is None
    assert "falls to 0" in found["note"]


def test_few_months_carry_no_polynomial():
    assert bunch(curved(months=12), (3, 9), FREE)["note"] == "Too few months are watched."


def test_placebos_stand_at_months_18_24_and_30_and_at_36_of_the_free(found):
    assert found.placebo.select("cohort", "unit").rows() == [
        ("bound", "(18, 24]"),
        ("bound", "(24, 30]"),
        ("bound", "(30, 36]"),
        ("free", "(36, 42]"),
    ]
    assert found.placebo["p_holm"].min() > 0.05
    assert found.bunching["p_value"][0] < 0.01
    assert found.bunching["estimate"][0] > 0.4


# Groups


def test_each_group_has_the_release_of_its_own_persons(register, found):
    for permit in ("family", "other", "refugee"):
        alone = row(
            ask(register.filter(permit=permit), unit="municipality").release, "(36, 42]", compared_with=FREE_COHORT
        )
        group = row(found.heterogeneity, permit, variable="permit")
        assert (group["n"], group["events"], group["ratio"]) == (alone["n"], alone["events"], alone["ratio"])
    assert found.heterogeneity.filter(variable="permit")["p_equal"].n_unique() == 1


def test_employment_at_month_36_is_known_only_of_those_still_there(found):
    groups = found.heterogeneity.filter(variable="employed_36")
    assert groups["unit"].to_list() == ["0", "1"]
    assert groups["n"].sum() == row(found.release, "(36, 42]", compared_with=FREE_COHORT)["n"]
    assert "left out" in notes(found)["employed_36-left-out"]


def test_groups_that_differ_are_told_apart():
    strong, none = World(release=4.0, bound=1500, free=1500), World(bound=1500, free=1500)
    data = pl.concat(
        [strong.persons(1).with_columns(type=pl.lit("alone")), none.persons(2).with_columns(type=pl.lit("family"))]
    )
    assert ask(data, by="type").heterogeneity["p_equal"][0] < 0.001


def test_a_group_without_free_persons_has_no_ratio():
    data = two_groups(TINY.filter(cohort="bound"), TINY)
    groups = tiny(data, by="permit").heterogeneity
    assert row(groups, "other")["ratio"] is None
    assert groups["p_equal"].null_count() == 2


def test_without_by_there_are_no_groups():
    assert tiny().heterogeneity.height == 0


# The same answer from the same persons


def tables(result):
    names = ("table", "release", "shape", "catch_up", "regression", "bunching", "placebo", "heterogeneity", "curve")
    return {name: getattr(result, name) for name in names}


def test_one_seed_gives_the_same_to_the_last_bit_and_another_only_other_draws(register, found):
    described = {"unit": "municipality", "covariates": ["permit", "age"], "by": ["permit", "employed_36"]}
    again = tables(ask(register.sample(fraction=1, shuffle=True, seed=3), **described))
    for name, frame in tables(found).items():
        assert frame.equals(again[name]), name
    other = ask(register, **described, seed=2)
    assert other.release.equals(found.release)
    assert not other.catch_up["lower"].equals(found.catch_up["lower"])


def test_persons_and_cells_with_their_number_are_the_same(register):
    by_cell = register.group_by("month", "event", "cohort").len("persons")
    for (name, rows), counted in zip(
        tables(ask(register)).items(), tables(ask(by_cell, count="persons")).values(), strict=True
    ):
        assert rows.equals(counted), name


def test_a_large_register_agrees_with_a_small_one():
    small, large = tiny(), tiny(TINY.with_columns(pl.col("persons") * 10_000))
    for name in ("release", "shape"):
        np.testing.assert_allclose(getattr(large, name)["ratio"], getattr(small, name)["ratio"], rtol=1e-12)
    np.testing.assert_allclose(large.catch_up["estimate"], small.catch_up["estimate"], rtol=1e-12)
    np.testing.assert_allclose(large.catch_up["se"], small.catch_up["se"] / 100, rtol=1e-12)
    np.testing.assert_allclose(large.regression["se"], small.regression["se"] / 100, rtol=1e-7)


def test_every_kind_of_table_is_read(tmp_path):
    path, frame = tmp_path / "stays.parquet", TINY
    frame.write_parquet(path)
    frame.write_csv(path.with_suffix(".csv"))
    expected = tiny().table
    relation = duckdb.sql("select * from frame")
    for data in (path, path.with_suffix(".csv"), frame.to_pandas(), frame.to_arrow(), relation):
        assert tiny(data).table.equals(expected)


def test_events_and_cohorts_may_be_numbers():
    coded = TINY.with_columns(
        event=pl.when(pl.col("event") == "moved").then(1).otherwise(0), cohort=pl.col("cohort").eq("bound").cast(int)
    )
    assert tiny(coded, bound=1, free=0).release.equals(tiny().release)


def test_the_first_cause_named_is_the_move():
    renamed = TINY.with_columns(event=pl.col("event").replace("moved", "emigrated"))
    assert tiny(renamed, causes={"emigrated": "emigrated", "moved": "moved"}).release.equals(tiny().release)
    assert tiny(renamed).release["events"].sum() == 0


def test_a_move_within_a_month_counts_in_that_month():
    assert tiny(TINY.with_columns(pl.col("month") - 0.5)).release.equals(tiny().release)


def test_persons_of_other_cohorts_are_counted_and_left_out():
    more = pl.concat([TINY, TINY.filter(cohort="free").with_columns(cohort=pl.lit("1997"))])
    result = tiny(more)
    assert notes(result)["other-cohorts"].startswith("100 persons are in neither cohort")
    summary = result.summary
    assert summary["persons_in"] == summary["persons_bound"] + summary["persons_free"] + 100
    assert result.release.equals(tiny().release)


# What is said


def test_the_design_is_warned_of_in_every_result():
    assert {"composition", "calendar-time", "introduction-programme", "censoring", "bunching-leans"} <= set(
        notes(ask(World(bound=300, free=300, watched=(60, 96)).persons(1)))
    )


def test_the_summary_repeats_the_table(found):
    assert found.summary["release"]["estimate"] == row(found.table, "(36, 42]")["estimate"]
    assert found.summary["catch_up"][60]["flag"] == row(found.table, "C(60)")["flag"]
    assert found.summary["units"] == 40
    assert found.summary["gap_at_rule"] > 2 * found.summary["se_gap_at_rule"]
    p = found.table["p_value"].to_numpy()
    assert (found.table["p_holm"].to_numpy() >= p).all()


def test_nothing_printed_claims_a_cause(found):
    said = found.to_json().replace("design effect", "").replace("design_effect", "").lower()
    assert not any(word in said for word in ("effect", "effort", "because"))


def test_the_chart_shows_both_cohorts_and_the_months_after_the_rule(found):
    drawn = found.plot().to_dict()
    assert len(drawn["layer"]) == 3
    values = next(rows for rows in drawn["datasets"].values() if "cohort" in rows[0])
    assert {line["cohort"] for line in values} == {"bound", "free"}


# What cannot be asked


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bound": "free"}, "two cohorts"),
        ({"rule": 0}, "rule=0"),
        ({"window": 1.5}, "window=1.5"),
        ({"horizons": ()}, "no horizon"),
        ({"horizons": (2, 5)}, "a whole month after 2"),
        ({"bootstraps": 10}, "at least 100"),
        ({"causes": {}}, "no cause"),
        ({"level": 95}, "0.95"),
    ],
)
def test_arguments_out_of_range_are_named(options, said):
    with pytest.raises(BadInput, match=said):
        tiny(**options)


@pytest.mark.parametrize("options", [{"bound": "1999"}, {"unit": "town"}, {"covariates": ["age"]}, {"by": "type"}])
def test_names_that_are_not_there_are_answered_with_those_that_are(options):
    with pytest.raises(UnknownName):
        tiny(**options)


def test_the_seed_has_to_be_given():
    with pytest.raises(TypeError, match="seed"):
        release_test(TINY, "month", "event", "cohort", bound="bound", free="free")


def test_the_invented_world_is_what_it_says():
    """The hazards of a large invented register are those it was drawn from."""
    world = replace(World(), bound=200_000, free=200_000, release=3.0)
    curve = ask(world.persons(1)).curve.filter(pl.col("month") <= 80)
    for name, hazard in zip(("bound", "free"), world.hazards(), strict=True):
        line = curve.filter(cohort=name)
        z = (line["events"].to_numpy() - line["n"].to_numpy() * hazard[:80]) / np.sqrt(
            line["n"].to_numpy() * hazard[:80]
        )
        assert stats.kstest(z, "norm").pvalue > 0.001
