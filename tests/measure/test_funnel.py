"""Which units lie further from a common target than chance, or the usual spread, would put them."""

import json
import math
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.funnel import Curve, between_variance, exact_p, funnel, overdispersion, standard_error
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm


@pytest.fixture(scope="module")
def rural():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "retention_1995_98.csv") as path:
        return pl.read_csv(path).filter(kind="rural").select("municipality", "arrived", "moved_away")


def five(events=(3, 12, 30, 40, 61), n=(10, 25, 50, 80, 100)):
    return {"u": ["Bov", "Fanø", "Gram", "Ry", "Varde"], "x": list(events), "n": list(n)}


def draw(data, **options):
    return funnel(data, "x", "n", "u", **{"good": "low", **options})


@st.composite
def municipalities(draw):
    n = draw(st.lists(st.integers(1, 400), min_size=2, max_size=25))
    x = [draw(st.integers(0, persons)) for persons in n]
    return {"u": [f"m{k}" for k in range(len(n))], "x": x, "n": n}


# Limits


@pytest.mark.parametrize("n", [12, 60, 246, 5000])
@pytest.mark.parametrize("target", [0.05, 0.395, 0.62])
def test_an_exact_limit_interpolates_the_binomial_between_two_counts(n, target):
    curve = Curve(target, "exact")
    for tail in (0.001, 0.025, 0.975, 0.999):
        count = curve.at(np.array([float(n)]), tail)[0] * n
        if 0 < count < n:
            below, above = stats.binom.cdf([math.floor(count), math.floor(count) + 1], n, target)
            reached = below + (count - math.floor(count)) * (above - below)
            assert reached == pytest.approx(tail, abs=1e-9)


def test_a_normal_limit_is_the_score_test_turned_round():
    n, target = 80.0, 0.4
    limit = Curve(target, "normal").at(np.array([n]), 0.975)[0]
    assert (limit - target) / math.sqrt(target * (1 - target) / n) == pytest.approx(stats.norm.ppf(0.975))


def test_an_arcsine_limit_is_normal_on_the_scale_of_the_angle():
    n, target = 80.0, 0.4
    limit = Curve(target, "normal", "arcsine").at(np.array([n]), 0.025)[0]
    distance = math.asin(math.sqrt(limit)) - math.asin(math.sqrt(target))
    assert distance * 2 * math.sqrt(n) == pytest.approx(stats.norm.ppf(0.025))


def test_the_angle_of_an_arcsine_limit_stays_between_no_event_and_all():
    curve = Curve(0.1, "normal", "arcsine")
    assert curve.at(np.array([2.0]), 0.001)[0] == 0
    assert Curve(0.9, "normal", "arcsine").at(np.array([2.0]), 0.999)[0] == 1


@given(
    st.floats(0.01, 0.99),
    st.sampled_from(["exact", "normal"]),
    st.sampled_from([0.001, 0.025, 0.1]),
    st.integers(1, 2000),
)
def test_limits_bracket_the_target_and_narrow_with_n(target, kind, tail, n):
    curve = Curve(target, kind)
    # Fourfold n, because the steps of the binomial let the exact limits saw a little from one n to the next.
    persons = np.array([1.0, 4.0, 16.0]) * n
    lower, upper = curve.at(persons, tail), curve.at(persons, 1 - tail)
    assert (lower <= target).all()
    assert (upper >= target).all()
    assert (lower >= 0).all()
    assert (upper <= 1).all()
    width = upper - lower
    if (n * min(target, 1 - target)) > 5:
        assert (np.diff(width) < 0).all()


@pytest.mark.parametrize(("alpha", "beta"), [(2.0, 3.0), (12.5, 8.1), (0.6, 0.4)])
def test_predictive_limits_are_beta_binomial_quantiles(alpha, beta):
    n = np.array([40.0, 3.0, 40.0, 200.0])
    curve = Curve(0.5, "predictive", predictive=(alpha, beta))
    for tail in (0.001, 0.025, 0.975, 0.999):
        assert curve.at(n, tail) * n == pytest.approx(stats.betabinom.ppf(tail, n, alpha, beta))


def test_a_predictive_tail_next_to_1_stays_within_n():
    assert Curve(0.5, "predictive", predictive=(2.0, 3.0)).at(np.array([30.0]), 1 - 1e-16)[0] <= 1


def test_of_units_drawn_from_the_target_no_more_than_the_tail_lies_below_an_exact_limit():
    n, target = 60, 0.62
    limit = Curve(target, "exact").at(np.array([float(n)]), 0.025)[0]
    x = np.arange(n + 1)
    assert stats.binom.pmf(x, n, target)[x / n < limit].sum() <= 0.025


def test_limits_are_returned_for_any_grid_a_row_a_tail_and_number():
    frame = draw(five(), adjust="none", target=0.4).limits([10, 100])
    assert frame["n"].to_list() == [10, 100] * 4
    assert frame["tail"].to_list() == pytest.approx(np.repeat([0.001, 0.025, 0.975, 0.999], 2))
    expected = Curve(0.4, "exact").at(np.array([10.0, 100.0]), 0.001)
    assert frame["limit"].to_list()[:2] == pytest.approx(expected)


def test_without_a_grid_the_limits_run_from_the_smallest_to_the_largest_unit():
    frame = draw(five()).limits()
    assert (frame["n"].min(), frame["n"].max()) == (10, 100)
    assert frame.height == 4 * frame["n"].n_unique()


@pytest.mark.parametrize("grid", [[0], [2.5], [-3]])
def test_limits_for_part_of_a_person_are_told(grid):
    with pytest.raises(BadInput, match="expected whole numbers from 1"):
        draw(five()).limits(grid)


# Overdispersion


def test_phi_is_the_mean_of_the_squared_z_winsorised_at_the_tenths():
    z = np.array([-9.0, -1.0, 0.0, 1.0, 2.0, 3.0, 0.5, -0.5, 1.5, -1.5, 12.0])
    low, high = np.sort(z)[[1, 9]]  # type 7: eleven values have their tenths at the second and the tenth
    assert overdispersion(z, 0.1) == pytest.approx(np.mean(np.clip(z, low, high) ** 2))
    assert overdispersion(z, 0.0) == pytest.approx(np.mean(z**2))


@given(municipalities())
@settings(max_examples=40)
def test_without_trimming_tau2_is_that_of_dersimonian_and_laird(data):
    result = draw(data, trim=0.0)
    if not 0 < result.target < 1:
        return
    with np.errstate(invalid="ignore", divide="ignore"):  # theirs lets tau2 be negative
        theirs = combine_effects(result.table["rate"].to_numpy(), result.table["se"].to_numpy() ** 2, method_re="chi2")
    assert result.tau2 == pytest.approx(max(theirs.tau2, 0), rel=1e-9, abs=1e-12)


def test_tau2_is_0_when_z_has_unit_variance():
    se = np.array([0.1, 0.05, 0.2, 0.03])
    assert between_variance(se, 1.0 - 1 / 4) == 0
    assert between_variance(se, 0.2) == 0
    assert between_variance(se, 1.0) > 0


def test_one_unit_tells_nothing_about_the_variance_between_units():
    assert between_variance(np.array([0.1]), 30.0) == 0
    result = draw({"u": ["Bov"], "x": [9], "n": [10]}, target=0.2)
    assert result.tau2 == 0
    assert result.table["z_adjusted"].to_list() == result.table["z"].to_list()


def test_additive_adjustment_adds_tau2_to_the_variance_of_each_unit():
    result = draw(five(), target=0.3)
    assert result.tau2 > 0
    row = result.table.row(2, named=True)
    spread = math.sqrt(row["se"] ** 2 + result.tau2)
    assert row["z_adjusted"] == pytest.approx((row["rate"] - 0.3) / spread)
    assert row["upper_95"] == pytest.approx(min(1, 0.3 + stats.norm.ppf(0.975) * spread))


def test_multiplicative_adjustment_widens_by_the_root_of_phi_but_never_narrows():
    wide = draw(five(), target=0.3, adjust="multiplicative")
    assert wide.phi > 1
    row = wide.table.row(2, named=True)
    assert row["z_adjusted"] == pytest.approx(row["z"] / math.sqrt(wide.phi))
    calm = draw(five(events=(4, 10, 20, 32, 40)), adjust="multiplicative")
    assert calm.phi < 1
    assert calm.table["z_adjusted"].to_list() == pytest.approx(calm.table["z"].to_list())


def test_simulated_units_that_differ_give_back_their_variance():
    rng = np.random.default_rng(36)
    n = rng.integers(50, 400, 4000)
    rates = rng.beta(30, 20, n.size)
    data = {"u": np.arange(n.size), "x": rng.binomial(n, rates), "n": n}
    result = draw(data, trim=0.0)
    assert result.tau2 == pytest.approx(stats.beta.var(30, 20), rel=0.1)


def test_simulated_units_alike_are_flagged_as_often_as_the_exact_test_says():
    units, n, target = 4000, 120, 0.62
    x = np.random.default_rng(2002).binomial(n, target, units)
    result = draw({"u": np.arange(units), "x": x, "n": [n] * units}, target=target, adjust="none")
    counts = np.arange(n + 1)
    at = Curve(target, "exact")
    lower, upper = (at.at(np.array([float(n)]), tail)[0] for tail in (0.025, 0.975))
    chance = stats.binom.pmf(counts, n, target)[(counts / n < lower) | (counts / n > upper)].sum()
    assert result.summary["outside_95"] / units == pytest.approx(chance, abs=4 * math.sqrt(chance / units))


def test_phi_of_units_alike_is_1_untrimmed_and_that_of_a_winsorised_normal_trimmed():
    units = 4000
    n = np.random.default_rng(3).integers(500, 5000, units)
    data = {"u": np.arange(units), "x": np.random.default_rng(4).binomial(n, 0.4), "n": n}
    se = math.sqrt(2 / units)
    assert draw(data, trim=0.0).phi == pytest.approx(1, abs=4 * se)
    cut = stats.norm.ppf(0.9)
    winsorised = 0.8 - 2 * cut * stats.norm.pdf(cut) + 0.2 * cut**2
    assert winsorised == pytest.approx(0.68, abs=0.005)
    assert draw(data).phi == pytest.approx(winsorised, abs=4 * se)


# Units


def test_each_unit_of_the_report_s_rural_list_has_its_figures(rural):
    result = funnel(
        rural, "moved_away", "arrived", "municipality", good="low", target=0.6192, adjust="none", selected=True
    )
    assert result.units is result.table
    row = result.table.row(0, named=True)
    assert (row["unit"], row["n"], row["events"]) == ("Læsø", 17, 1)
    assert row["z"] == pytest.approx((1 / 17 - 0.6192) / math.sqrt(0.6192 * 0.3808 / 17))
    assert row["p_value"] == pytest.approx(2 * stats.binom.cdf(1, 17, 0.6192))
    assert result.table["p_holm"].to_numpy() == pytest.approx(holm(result.table["p_value"].to_numpy()))
    assert result.table["q_bh"].to_numpy() == pytest.approx(benjamini_hochberg(result.table["p_value"].to_numpy()))
    assert (row["flag_95"], row["flag_99.8"], row["flag"], row["direction"]) == (
        "outside 95",
        "outside 99.8",
        "outside 99.8",
        "better",
    )
    last = result.table.row(29, named=True)
    assert (last["unit"], last["direction"]) == ("Aulum-Haderup", "worse")


def test_the_report_s_list_is_far_too_spread_for_a_common_target_and_the_notes_say_so(rural):
    result = funnel(rural, "moved_away", "arrived", "municipality", good="low", selected=True)
    notes = {note.code: note.text for note in result.notes}
    assert result.phi > 10
    assert "a common target is not a sensible null" in notes["overdispersed"]
    assert "limits with tau describe spread, not suspicion" in notes["overdispersed"]
    assert notes["selected"] == (
        "The units were selected on their outcome: phi, tau2, the limits made from them, and the pooled target "
        "are not estimates for all units."
    )
    assert notes["multiplicity"].startswith("30 units are looked at together: some 1.5 of them")


def test_a_given_target_is_not_said_to_be_an_estimate():
    (text,) = [note.text for note in draw(five(), target=0.4, selected=True).notes if note.code == "selected"]
    assert "pooled target" not in text


def test_widened_limits_are_described_as_spread_too():
    result = draw(five((0, 25, 0, 80, 0)), adjust="multiplicative")
    assert any("widened limits describe spread" in note.text for note in result.notes)


def test_good_turns_better_and_worse_round():
    low, high = (draw(five((0, 12, 25, 40, 90)), adjust="none", good=good) for good in ("low", "high"))
    assert low.table["flag"].to_list() == high.table["flag"].to_list()
    turned = {"better": "worse", "worse": "better", "": ""}
    assert [turned[one] for one in low.table["direction"]] == high.table["direction"].to_list()
    assert low.table.filter(unit="Varde")["direction"][0] == "worse"
    assert (low.table["direction"] == "").to_list() == (low.table["flag"] == "inside").to_list()


def test_good_must_be_said():
    with pytest.raises(TypeError, match="good"):
        funnel(five(), "x", "n", "u")


@given(municipalities(), st.sampled_from(["additive", "multiplicative", "none"]))
@settings(max_examples=60)
def test_a_flag_says_that_the_rate_lies_outside_the_drawn_limits(data, adjust):
    result = draw(data, adjust=adjust)
    for row in result.table.to_dicts():
        limits = result.limits([row["n"]])["limit"].to_list()
        outside = [
            row["rate"] < limits[0] or row["rate"] > limits[3],
            row["rate"] < limits[1] or row["rate"] > limits[2],
        ]
        expected = "outside 99.8" if outside[0] else "outside 95" if outside[1] else "inside"
        assert row["flag"] == expected


@given(municipalities())
@settings(max_examples=40)
def test_the_order_of_the_rows_changes_nothing(data):
    frame = pl.DataFrame(data)
    there, back = draw(frame), draw(frame.reverse())
    assert back.phi == pytest.approx(there.phi)
    assert back.table.reverse()["z_adjusted"].to_list() == pytest.approx(there.table["z_adjusted"].to_list())


def test_normal_flags_are_those_of_z():
    result = draw(five(), adjust="none", limits="normal", target=0.45)
    expected = result.table["z"].abs() > stats.norm.ppf(0.975)
    assert (result.table["flag_95"] != "inside").to_list() == expected.to_list()
    assert result.method.name == "funnel, normal limits"


def test_arcsine_units_are_measured_on_their_own_scale():
    result = draw(five(), transform="arcsine", target=0.4)
    row = result.table.row(0, named=True)
    assert row["se"] == pytest.approx(1 / (2 * math.sqrt(10)))
    assert row["z"] == pytest.approx((math.asin(math.sqrt(0.3)) - math.asin(math.sqrt(0.4))) / row["se"])
    assert result.method.name == "funnel, normal limits, additive adjustment, arcsine scale"
    assert standard_error(0.4, np.array([25.0]), "arcsine") == pytest.approx(0.1)


def test_predictive_limits_take_the_place_of_the_others():
    result = draw(five(), predictive=(2.0, 3.0))
    assert result.params["limits"] == "predictive"
    assert result.table["upper_95"].to_numpy() == pytest.approx(
        stats.betabinom.ppf(0.975, result.table["n"].to_numpy(), 2, 3) / result.table["n"].to_numpy()
    )
    assert "Griffiths" in result.method.reference


def test_a_unit_on_the_edge_of_an_interpolated_limit_is_named():
    n, target = 100, 0.5
    counts = np.arange(n + 1)
    upper = Curve(target, "exact").at(np.array([100.0]), 0.975)[0]
    edge = int(counts[counts / n > upper][0])
    assert exact_p(np.array([float(edge)]), np.array([100.0]), target)[0] > 0.05
    result = draw({"u": ["Bov", "Ry"], "x": [edge, 50], "n": [n, n]}, target=target, adjust="none")
    assert [note.text for note in result.notes if note.code == "on-the-edge"] == [
        "Bov: outside the interpolated 95 % limits, but with an exact p above 0.05."
    ]


def test_other_tails_make_other_levels_and_the_two_ends_of_one_count_once():
    result = draw(five(), tails=(0.05, 0.95, 0.005))
    assert result.tails == (0.005, 0.05)
    assert {"flag_90", "flag_99"} <= set(result.table.columns)
    assert "flag_95" not in result.table.columns


def test_few_people_are_noted_not_dropped():
    result = draw(five((1, 12, 30, 40, 61), (4, 25, 50, 80, 100)))
    assert result.table["note"].to_list() == ["n is below 5", "", "", "", ""]
    assert any(note.code == "few" for note in result.notes)


def test_nobody_and_empty_cells_are_left_out_and_named():
    result = draw({"u": ["Bov", "Ry", "Gram"], "x": [0, None, 5], "n": [0, 4, 9]})
    assert result.table["unit"].to_list() == ["Gram"]
    assert [note.code for note in result.notes][:2] == ["row-left-out", "row-left-out"]
    with pytest.raises(NotEnoughPeople):
        draw({"u": ["Bov"], "x": [0], "n": [0]})


@pytest.mark.parametrize("all_of_them", [False, True])
@pytest.mark.parametrize("options", [{}, {"adjust": "none"}, {"transform": "arcsine"}])
def test_when_nobody_or_everybody_has_the_event_nothing_tells_the_units_apart(all_of_them, options):
    n = (10, 25, 50, 80, 100)
    result = draw(five(n if all_of_them else (0, 0, 0, 0, 0), n), **options)
    assert result.table["z"].to_list() == [0] * 5
    assert result.table["p_value"].to_list() == [1] * 5
    assert set(result.table["flag"]) == {"inside"}
    assert result.phi == result.tau2 == 0


def test_units_that_are_all_alike_are_said_to_be():
    assert any(note.code == "no-variation" for note in draw(five((0, 0, 0, 0, 0))).notes)
    assert not any(note.code == "no-variation" for note in draw(five()).notes)


def test_ten_thousand_units_are_flagged_in_one_call():
    rng = np.random.default_rng(7)
    n = rng.integers(1, 200, 10_000)
    data = {"u": np.arange(10_000), "x": rng.binomial(n, 0.4), "n": n}
    result = draw(data, adjust="none")
    assert result.table.height == 10_000
    assert result.summary["outside_99.8"] <= result.summary["outside_95"] < 600


# Options


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"good": "lower"}, UnknownName, "Did you mean low"),
        ({"adjust": "additiv"}, UnknownName, "Did you mean additive"),
        ({"transform": "log"}, UnknownName, "transform 'log'"),
        ({"limits": "wald"}, UnknownName, "limits 'wald'"),
        ({"target": "mean"}, UnknownName, "target 'mean'"),
        ({"target": 62}, BadInput, r"Write 0\.62"),
        ({"target": 0}, BadInput, "between 0 and 1"),
        ({"tails": ()}, BadInput, "no tail"),
        ({"tails": (0.5,)}, BadInput, r"Write 0\.025"),
        ({"tails": (95,)}, BadInput, "the tail 95"),
        ({"trim": 0.5}, BadInput, "from 0 to below 0.5"),
        ({"predictive": (0.0, 1.0)}, BadInput, "finite alpha and beta above 0"),
        ({"predictive": (math.inf, math.inf)}, BadInput, "ask for limits='exact'"),
        ({"limits": "exact"}, Refused, "Exact limits allow for chance alone"),
        ({"limits": "exact", "adjust": "none", "transform": "arcsine"}, Refused, "adjust='none'"),
        ({"limits": "exact", "predictive": (2.0, 3.0)}, Refused, "cannot both be drawn"),
    ],
)
def test_options_that_cannot_be_are_told(options, error, said):
    with pytest.raises(error, match=said):
        draw(five(), **options)


def test_the_result_says_how_it_was_made_and_leaves_as_json():
    result = draw(five())
    assert result.params["limits"] == "normal"
    assert result.params["tails"] == [0.001, 0.025]
    assert result.method.name == "funnel, normal limits, additive adjustment"
    assert "DerSimonian, Laird 1986" in result.method.reference
    assert json.loads(result.to_json())["summary"]["units"] == 5
    assert draw(five(), adjust="none").params["limits"] == "exact"


def test_the_drawing_has_the_limits_the_target_and_the_units():
    drawn = draw(five(), target=0.4).plot().to_dict()
    fields = [layer["encoding"]["y"]["field"] for layer in drawn["layer"]]
    assert fields == ["limit", "target", "rate"]
    assert {row["limits"] for data in drawn["datasets"].values() for row in data if "limits" in row} == {
        "95 %",
        "99.8 %",
    }
