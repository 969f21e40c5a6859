"""Composition: how much of a difference lies in who people are, and how much in their rates."""

import math
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from statsmodels.stats.proportion import confint_proportions_2indep

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.composition import kitagawa


@pytest.fixture(scope="module")
def tables():
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables") as folder:
        yield folder


@pytest.fixture(scope="module")
def nationality(tables):
    """Arrivals of 1998 by citizenship, without the printed totals."""
    parts = pl.read_csv(tables / "moves_by_nationality.csv").filter(row_role="part")
    return parts.filter(kind="rural"), parts.filter(kind="small_town")


def of_report(nationality, **more):
    return kitagawa(*nationality, "nationality", "arrived", "moved_away", **more)


def group(n, x):
    return {"who": [f"c{k}" for k in range(len(n))], "n": n, "x": x}


def split(a, b):
    return kitagawa(group(*a), group(*b), "who", "n", "x")


def parts_of(found):
    return dict(found.parts.select("unit", "estimate").iter_rows())


@st.composite
def two_groups(draw):
    k = draw(st.integers(2, 5))
    groups = []
    for _ in range(2):
        n = draw(st.lists(st.integers(1, 200), min_size=k, max_size=k))
        groups.append((n, [draw(st.integers(0, people)) for people in n]))
    return groups


# The parts


def test_nationality_composition_explains_little_of_why_more_leave_rural_municipalities(nationality):
    found = of_report(nationality)
    assert found.summary["difference"] == pytest.approx(1086 / 1892 - 1757 / 3253, abs=1e-12)
    shares = dict(found.parts.select("unit", "share").iter_rows())
    assert shares["composition"] + shares["rates"] == pytest.approx(1)
    assert 0 < shares["composition"] < 0.2
    interval = found.parts.filter(unit="composition").select("lower", "upper").row(0)
    assert interval[0] < 0 < interval[1]


def test_the_parts_by_hand():
    # Shares 1/2, 1/2 against 1/4, 3/4; rates 1/5, 3/5 against 1/10, 1/2.
    found = split(([10, 10], [2, 6]), ([10, 30], [1, 15]))
    parts = parts_of(found)
    assert parts["composition"] == pytest.approx(0.25 * 0.15 - 0.25 * 0.55)
    assert parts["rates"] == pytest.approx(0.1 * 0.375 + 0.1 * 0.625)
    assert parts["composition at b's rates"] == pytest.approx(0.25 * 0.1 - 0.25 * 0.5)
    assert parts["rates at b's shares"] == pytest.approx(0.1)
    assert parts["interaction"] == pytest.approx(0, abs=1e-15)
    assert found.table["composition"].to_list() == pytest.approx([0.25 * 0.15, -0.25 * 0.55])


@settings(max_examples=40)
@given(two_groups())
def test_the_parts_of_each_fold_add_up_to_the_difference(groups):
    found = split(*groups)
    sums = dict(found.parts.group_by("fold").agg(pl.col("estimate").sum()).iter_rows())
    (n_a, x_a), (n_b, x_b) = groups
    difference = sum(x_a) / sum(n_a) - sum(x_b) / sum(n_b)
    assert [*sums.values()] == pytest.approx([difference] * 3, abs=1e-14)
    by_category = found.table.select(pl.sum_horizontal("composition", "rates").sum()).item()
    assert by_category == pytest.approx(difference, abs=1e-14)


@settings(max_examples=40)
@given(two_groups())
def test_exchanging_the_groups_turns_the_two_fold_signs(groups):
    forth, back = split(*groups), split(*groups[::-1])
    for name in ("composition", "rates"):
        one, other = (found.parts.filter(unit=name).to_dicts()[0] for found in (forth, back))
        assert one["estimate"] == pytest.approx(-other["estimate"], abs=1e-14)
        assert one["se"] == pytest.approx(other["se"], abs=1e-14)


def test_groups_of_the_same_make_up_differ_in_rates_only():
    parts = parts_of(split(([10, 30], [2, 6]), ([20, 60], [10, 30])))
    assert parts["composition"] == pytest.approx(0, abs=1e-15)
    assert parts["rates"] == pytest.approx(-0.3)


def test_groups_without_a_difference_have_no_shares_of_it():
    found = split(([10, 30], [2, 9]), ([10, 30], [2, 9]))
    assert found.parts["share"].to_list() == [None] * 6
    assert found.parts["estimate"].to_list() == [0] * 6
    # Without a gap in shares or in rates the interaction has no error either, so it has no test.
    assert found.parts["p_value"].to_list() == [1] * 5 + [None]


def test_categories_are_paired_by_name_not_by_place():
    a, b = group([10, 30], [2, 6]), group([20, 50], [5, 9])
    turned = {name: column[::-1] for name, column in b.items()}
    one, other = (kitagawa(a, right, "who", "n", "x") for right in (b, turned))
    assert one.parts.equals(other.parts)


# Standard errors


@settings(max_examples=40)
@given(two_groups())
def test_the_error_of_the_difference_is_that_of_two_independent_shares(groups):
    (n_a, x_a), (n_b, x_b) = groups
    expected = 0.0
    for n, x in ((sum(n_a), sum(x_a)), (sum(n_b), sum(x_b))):
        expected += x / n * (1 - x / n) / n
    found = split(*groups).parts.filter(fold="difference")["se"][0]
    assert found == pytest.approx(math.sqrt(expected), abs=1e-12)


def test_the_interval_of_the_difference_is_the_usual_normal_one(nationality):
    row = of_report(nationality, level=0.9).parts.to_dicts()[0]
    usual = confint_proportions_2indep(1086, 1892, 1757, 3253, method="wald", compare="diff", alpha=0.1)
    assert (row["lower"], row["upper"]) == pytest.approx(usual, abs=1e-12)


@pytest.mark.parametrize("part", range(6))
def test_errors_are_those_of_a_numerical_gradient_over_the_multinomial_cells(part):
    groups = (np.array([40, 25, 35]), np.array([12, 20, 9])), (np.array([15, 60, 50]), np.array([3, 41, 30]))
    cells = [np.concatenate((x, n - x)) for n, x in groups]

    def estimate(shares):
        split_shares = np.split(shares, 4)
        s1, s2 = split_shares[0] + split_shares[1], split_shares[2] + split_shares[3]
        s1, s2 = s1 / s1.sum(), s2 / s2.sum()
        r1 = split_shares[0] / (split_shares[0] + split_shares[1])
        r2 = split_shares[2] / (split_shares[2] + split_shares[3])
        return (
            np.sum(s1 * r1 - s2 * r2),
            np.sum((s1 - s2) * (r1 + r2) / 2),
            np.sum((r1 - r2) * (s1 + s2) / 2),
            np.sum((s1 - s2) * r2),
            np.sum((r1 - r2) * s2),
            np.sum((s1 - s2) * (r1 - r2)),
        )[part]

    shares = [cell / cell.sum() for cell in cells]
    gradient = np.split(optimize.approx_fprime(np.concatenate(shares), estimate, 1e-7), 2)
    variance = sum(
        g @ (np.diag(p) - np.outer(p, p)) @ g / cell.sum()
        for g, p, cell in zip(gradient, shares, cells, strict=True)
    )  # fmt: skip
    found = split(*((n.tolist(), x.tolist()) for n, x in groups)).parts.to_dicts()[part]
    assert found["estimate"] == pytest.approx(estimate(np.concatenate(shares)), abs=1e-14)
    assert found["se"] == pytest.approx(math.sqrt(variance), rel=1e-5)


def test_the_error_of_a_categorys_part_is_that_of_a_numerical_gradient():
    groups = ((40, 25), (12, 20)), ((15, 60), (3, 41))
    table = split(*((list(n), list(x)) for n, x in groups)).table.to_dicts()[0]
    s1, r1, n1, m1 = 40 / 65, 12 / 40, 65, 40
    s2, r2, n2, m2 = 15 / 75, 3 / 15, 75, 15
    errors = np.array([s1 * (1 - s1) / n1, s2 * (1 - s2) / n2, r1 * (1 - r1) / m1, r2 * (1 - r2) / m2])
    for name, part in {
        "composition": lambda v: (v[0] - v[1]) * (v[2] + v[3]) / 2,
        "rates": lambda v: (v[2] - v[3]) * (v[0] + v[1]) / 2,
    }.items():
        gradient = optimize.approx_fprime(np.array([s1, s2, r1, r2]), part, 1e-7)
        assert table[f"{name}_se"] == pytest.approx(math.sqrt(np.sum(gradient**2 * errors)), rel=1e-5)


def test_rates_of_nought_and_one_have_no_error_and_no_test():
    found = split(([10], [0]), ([20], [20]))
    row = found.parts.filter(unit="rates").to_dicts()[0]
    assert (row["estimate"], row["se"], row["z"], row["p_value"]) == (-1, 0, None, None)


@pytest.mark.long
def test_the_interval_of_composition_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(6)
    s = np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2]])
    r = np.array([[0.3, 0.6, 0.5], [0.2, 0.5, 0.6]])
    truth = float((s[0] - s[1]) @ (r[0] + r[1]) / 2)
    covered = 0
    for _ in range(2000):
        n = [rng.multinomial(500, shares) for shares in s]
        x = [rng.binomial(people, rates) for people, rates in zip(n, r, strict=True)]
        row = split(*((a.tolist(), b.tolist()) for a, b in zip(n, x, strict=True))).parts.row(1, named=True)
        covered += row["lower"] <= truth <= row["upper"]
    # Four binomial standard errors of 2000 draws.
    assert covered / 2000 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 2000))


# What cannot be split


def test_a_category_of_few_people_is_flagged(nationality):
    found = of_report(nationality)
    assert found.table.filter(flag="few")["unit"].to_list() == ["stateless"]
    assert "stateless" in next(note.text for note in found.notes if note.code == "few")


def test_categories_empty_on_one_side_are_listed():
    a = {"who": ["Iraq", "Iran", "Turkey"], "n": [10, 4, 0], "x": [5, 2, 0]}
    b = {"who": ["Iraq", "Turkey"], "n": [20, 9], "x": [4, 4]}
    with pytest.raises(Refused, match=r"Turkey \(nobody in a\), Iran \(nobody in b\)"):
        kitagawa(a, b, "who", "n", "x")


def test_percentages_without_counts_are_sent_back_for_counts(tables):
    printed = pl.read_csv(tables / "moves_by_group.csv").filter(dimension="sex")
    rural, towns = printed.filter(kind="rural"), printed.filter(kind="small_town")
    with pytest.raises(Refused, match=r"Percentages \(moved_pct_published\).*Give counts"):
        kitagawa(rural, towns, "group", "arrived", "moved_away")


def test_fractions_in_the_place_of_counts_are_percentages_too(tables):
    printed = pl.read_csv(tables / "moves_matrix.csv").filter(row_role="part")
    rural, towns = printed.filter(origin_kind="rural"), printed.filter(origin_kind="small_town")
    with pytest.raises(Refused, match="share_pct_published"):
        kitagawa(rural, towns, "destination_kind", "persons", "share_pct_published")


def test_a_printed_total_among_the_categories_would_count_everybody_twice(tables):
    both = pl.read_csv(tables / "moves_by_nationality.csv")
    with pytest.raises(BadInput, match="row 10: found a total"):
        kitagawa(both.filter(kind="rural"), both.filter(kind="small_town"), "nationality", "arrived", "moved_away")


@pytest.mark.parametrize("column", ["category", "n", "events"])
def test_an_unknown_column_is_answered_with_known_ones(column):
    names = {"category": "who", "n": "n", "events": "x"} | {column: "nobody"}
    with pytest.raises(UnknownName):
        kitagawa(group([1], [1]), group([1], [1]), **names)


def test_a_group_of_nobody_cannot_be_compared():
    with pytest.raises(NotEnoughPeople):
        split(([0, 0], [0, 0]), ([1, 1], [1, 1]))
