"""Oaxaca-Blinder: how much of a difference goes with who people are, covariate by covariate."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.composition import kitagawa
from fodfaeste.measure.oaxaca import oaxaca

WHO = ["sex", "band", "age"]
REFERENCES = ["pooled", "average", "first", "second"]


def people(n=400, seed=1):
    """Newcomers of two kinds of places; more men and younger people in rural ones."""
    rng = np.random.default_rng(seed)
    rural = rng.random(n) < 0.45
    sex = np.where(rng.random(n) < np.where(rural, 0.6, 0.5), "male", "female")
    band = rng.choice(["none", "primary", "secondary"], n, p=[0.3, 0.4, 0.3])
    age = 20 + rng.binomial(30, np.where(rural, 0.3, 0.5))
    chance = 1 / (1 + np.exp(-(-1 + 0.6 * (sex == "male") + 0.03 * (age - 30) - 0.5 * rural)))
    employed = (rng.random(n) < chance).astype(int)
    kind = np.where(rural, "rural", "town")
    return pl.DataFrame({"kind": kind, "sex": sex, "band": band, "age": age, "employed": employed})


def split(data=None, covariates=WHO, outcome="employed", **more):
    return oaxaca(people() if data is None else data, outcome, covariates, "kind", **more)


def parts_of(found):
    return dict(found.parts.select("unit", "estimate").iter_rows())


@st.composite
def registers(draw):
    """A hundred or more persons in two groups, each combination of sex and band there, with outcomes of 0 and 1."""
    counts = draw(st.lists(st.integers(1, 12), min_size=24, max_size=24))
    cells = pl.DataFrame({"kind": ["rural", "town"]})
    for name, values in {"sex": ["female", "male"], "band": ["a", "b", "c"], "employed": [0, 1]}.items():
        cells = cells.join(pl.DataFrame({name: values}), how="cross")
    return cells.with_columns(persons=pl.Series(counts))


ways = st.sampled_from([("linear", reference) for reference in REFERENCES] + [("logistic", "pooled")])


# The parts


def test_the_parts_by_hand():
    # Rates 1/5, 3/5 in shares 1/2, 1/2 against rates 1/10, 1/2 in shares 1/4, 3/4.
    cells = pl.DataFrame(
        {
            "kind": ["a"] * 4 + ["b"] * 4,
            "who": ["x", "x", "y", "y"] * 2,
            "employed": [0, 1] * 4,
            "persons": [8, 2, 4, 6, 9, 1, 15, 15],
        }
    )
    found = split(cells, ["who"], count="persons", reference="second")
    parts = parts_of(found)
    assert parts["a minus b"] == pytest.approx(0.4 - 0.4)
    assert parts["composition"] == pytest.approx(0.25 * 0.1 - 0.25 * 0.5)
    assert parts["level"] == pytest.approx(0.1)
    assert parts["composition at b's level"] == parts["composition"]
    assert parts["level at b's composition"] == pytest.approx(0.1)
    assert parts["interaction"] == pytest.approx(0, abs=1e-15)
    assert found.summary["mean_first"] == pytest.approx(0.4)
    assert (found.summary["n_first"], found.summary["n_second"]) == (20, 40)


@settings(max_examples=25, deadline=None)
@given(registers(), ways)
def test_the_parts_of_each_fold_add_up_to_the_difference_of_means(cells, way):
    family, reference = way
    found = split(cells, ["sex", "band"], count="persons", family=family, reference=reference)
    sums = dict(found.parts.group_by("fold").agg(pl.col("estimate").sum()).iter_rows())
    weighted = cells.group_by("kind").agg((pl.col("employed") * pl.col("persons")).sum() / pl.col("persons").sum())
    means = dict(weighted.iter_rows())
    assert [*sums.values()] == pytest.approx([means["rural"] - means["town"]] * 3, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(registers(), ways)
def test_the_covariates_of_a_part_add_up_to_it(cells, way):
    family, reference = way
    found = split(cells, ["sex", "band"], count="persons", family=family, reference=reference)
    sums = found.table.group_by("fold", "part").agg(pl.col("estimate").sum()).rows()
    parts = {(fold, unit): estimate for fold, unit, estimate in found.parts.select("fold", "unit", "estimate").rows()}
    for fold, part, estimate in sums:
        assert estimate == pytest.approx(parts[fold, part], abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(registers(), ways)
def test_exchanging_the_groups_turns_the_two_fold_signs_and_keeps_the_errors(cells, way):
    family, reference = way
    back = {"first": "second", "second": "first"}.get(reference, reference)
    options = {"covariates": ["sex", "band"], "count": "persons", "family": family}
    forth = split(cells, reference=reference, **options)
    other = split(cells, reference=back, groups=("town", "rural"), **options)
    for one, two in zip(forth.parts.to_dicts()[:3], other.parts.to_dicts()[:3], strict=True):
        assert one["estimate"] == pytest.approx(-two["estimate"], abs=1e-12)
        assert one["se"] == pytest.approx(two["se"], rel=1e-9, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(registers())
def test_with_one_category_and_the_average_reference_the_parts_and_errors_are_kitagawas(cells):
    found = split(cells, ["band"], count="persons", reference="average")
    persons = pl.col("persons")
    by_band = cells.group_by("kind", "band").agg(n=persons.sum(), x=(persons * pl.col("employed")).sum()).sort("band")
    theirs = kitagawa(by_band.filter(kind="rural"), by_band.filter(kind="town"), "band", "n", "x")
    for name in ("estimate", "se"):
        assert found.parts[name].to_list() == pytest.approx(theirs.parts[name].to_list(), abs=1e-9)


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_cells_give_what_their_rows_give(family):
    rows = people()
    cells = rows.group_by(pl.all()).len("persons")
    from_rows, from_cells = split(rows, family=family), split(cells, family=family, count="persons")
    assert from_rows.parts.equals(from_cells.parts)
    assert from_rows.table.equals(from_cells.table)
    assert from_rows.params["data"] == from_cells.params["data"]


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_ten_times_as_many_persons_have_the_same_parts_and_errors_by_the_root_of_ten_smaller(family):
    rows = people()
    once, ten_times = split(rows, family=family), split(pl.concat([rows] * 10), family=family)
    for frame in ("parts", "table"):
        small, large = getattr(once, frame), getattr(ten_times, frame)
        assert large["estimate"].to_list() == pytest.approx(small["estimate"].to_list(), abs=1e-10)
        assert large["se"].to_list() == pytest.approx((small["se"] / 10**0.5).to_list(), rel=1e-6, abs=1e-12)


def test_more_cells_than_are_held_at_a_time_change_nothing(monkeypatch):
    for family in ("linear", "logistic"):
        whole = split(family=family).parts["se"].to_list()
        monkeypatch.setattr("fodfaeste.measure._decomposition.ROWS_AT_A_TIME", 17)
        assert split(family=family).parts["se"].to_list() == pytest.approx(whole, rel=1e-10)
        monkeypatch.undo()


def test_the_name_of_a_category_decides_nothing():
    renamed = people().with_columns(pl.col("band").replace("none", "zero"))
    for family in ("linear", "logistic"):
        one, other = split(family=family).table.sort("fold", "part", "term"), split(renamed, family=family).table
        assert other.sort("fold", "part", "term")["estimate"].to_list() == pytest.approx(one["estimate"].to_list())


def test_the_coefficients_of_a_covariates_categories_have_mean_0():
    for family, models in (("linear", ["first", "second", "pooled"]), ("logistic", ["pooled"])):
        bands = split(family=family).coefficients.filter(pl.col("term").str.starts_with("band"))
        assert bands["term"].to_list() == ["band: none", "band: primary", "band: secondary"]
        assert bands.select(models).sum().row(0) == pytest.approx([0] * len(models), abs=1e-12)
        assert bands["mean_first"].sum() == pytest.approx(1)


def test_groups_that_differ_in_nothing_but_who_they_are_have_no_level():
    cells = (
        people()
        .select("kind", "sex", "age")
        .with_columns(hours=20 + 3 * (pl.col("sex") == "male").cast(pl.Int64) + 0.5 * pl.col("age"))
    )
    found = split(cells, ["sex", "age"], "hours")
    assert found.summary["composition"] == pytest.approx(found.summary["difference"])
    assert found.summary["level"] == pytest.approx(0, abs=1e-10)
    assert found.summary["composition_share"] == pytest.approx(1)


def test_groups_of_the_same_people_have_no_composition():
    one = people(80).with_columns(kind=pl.lit("rural"))
    other = one.with_columns(kind=pl.lit("town"), employed=1 - pl.col("employed"))
    found = split(pl.concat([one, other]), family="logistic")
    assert found.summary["composition"] == pytest.approx(0, abs=1e-12)
    assert found.table.filter(part="composition")["estimate"].to_list() == pytest.approx([0, 0, 0], abs=1e-12)


def test_covariates_that_pull_in_opposite_directions_are_told():
    # More women and more older people in rural places; both go with employment, one up and one down.
    cells = pl.DataFrame({"kind": ["rural", "town"]})
    for name, values in {"sex": ["f", "m"], "old": [False, True], "employed": [0, 1]}.items():
        cells = cells.join(pl.DataFrame({name: values}), how="cross")
    more = (pl.col("kind") == "rural") & (pl.col("sex") == "f") & pl.col("old")
    likely = (pl.col("sex") == "f").cast(pl.Int64) - pl.col("old").cast(pl.Int64) + 2
    persons = pl.when(pl.col("employed") == 1).then(likely * 10).otherwise(20) * pl.when(more).then(3).otherwise(1)
    found = split(cells.with_columns(persons=persons), ["sex", "old"], family="logistic", count="persons")
    assert "covariates-cancel" in {note.code for note in found.notes}
    assert "covariates-cancel" not in {note.code for note in split(family="logistic").notes}


# How sure


def test_a_statement_is_never_without_its_interval():
    found = split(level=0.9)
    assert found.parts.columns == ["fold", "unit", "estimate", "se", "lower", "upper", "level", "z", "p_value", "share"]
    assert found.table.columns == [
        "term",
        "fold",
        "part",
        "estimate",
        "se",
        "lower",
        "upper",
        "level",
        "z",
        "p_value",
        "p_holm",
        "q_bh",
        "method",
    ]
    row = found.parts.row(1, named=True)
    assert row["upper"] - row["lower"] == pytest.approx(2 * 1.6448536 * row["se"], rel=1e-6)
    assert (found.table["p_holm"] >= found.table["p_value"]).all()


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_resamples_of_the_persons_are_as_unsure_as_the_delta_method(family):
    rows = people(1500)
    delta = split(rows, family=family).parts["se"].to_numpy()
    resampled = split(rows, family=family, bootstraps=300, seed=3).parts
    # 300 resamples give a standard error to within 4 %, and the delta method leaves out terms of the order 1/n.
    assert resampled["se"].to_numpy() == pytest.approx(delta, rel=0.2)
    assert (resampled["lower"] < resampled["estimate"]).all()
    assert (resampled["estimate"] < resampled["upper"]).all()


def test_two_runs_with_one_seed_agree_to_the_last_bit():
    one, other, another = (split(bootstraps=100, seed=seed).parts for seed in (7, 7, 8))
    assert one.equals(other)
    assert not one.equals(another)


def test_resampling_without_a_seed_is_refused():
    with pytest.raises(Refused, match="seed="):
        split(bootstraps=200)


def test_an_interval_is_not_taken_from_a_handful_of_resamples():
    with pytest.raises(BadInput, match="100 or more"):
        split(bootstraps=20, seed=1)


def rare(times):
    """One of the bands has so few persons that a resample may have none."""
    base = people(300).with_columns(band=pl.lit("many"))
    few = pl.DataFrame({"kind": ["rural", "town"] * times, "band": ["few"] * 2 * times, "employed": [1, 0] * times})
    return pl.concat([base.select("kind", "band", "employed"), few], how="vertical_relaxed")


def test_resamples_without_an_answer_are_counted():
    found = split(rare(5), ["band"], bootstraps=300, seed=1)
    note = next(note for note in found.notes if note.code == "resamples-left-out")
    assert 0 < int(note.text.split()[0]) <= 15


def test_too_many_resamples_without_an_answer_are_refused():
    with pytest.raises(Refused, match="of 100 resamples"):
        split(rare(1), ["band"], bootstraps=100, seed=1)


def test_an_outcome_that_all_share_has_a_difference_of_0_and_no_z():
    found = split(people().with_columns(employed=pl.lit(1)))
    assert found.parts["estimate"].to_list() == pytest.approx([0] * 6, abs=1e-12)
    assert found.parts["se"].to_list() == [0] * 6
    assert found.parts["z"].to_list() == [None] * 6


# What would mislead


def test_a_category_that_one_group_has_not_is_refused_by_name():
    apart = people().filter(~((pl.col("kind") == "town") & (pl.col("band") == "none")))
    for family in ("linear", "logistic"):
        with pytest.raises(Refused, match=r"band: none \(nobody in town\).*nopo"):
            split(apart, family=family)


def test_a_covariate_that_follows_from_another_is_refused_by_name():
    with pytest.raises(Refused, match=r"persons of rural .*: born"):
        split(people().with_columns(born=2000 - pl.col("age")), ["age", "born"])


def test_a_number_that_does_not_vary_in_one_group_is_refused():
    still = people().with_columns(age=pl.when(pl.col("kind") == "town").then(30).otherwise("age"))
    with pytest.raises(Refused, match=r"persons of town .*: age"):
        split(still)


def test_a_covariate_of_one_category_has_no_part():
    found = split(people().with_columns(permit=pl.lit("refugee")), ["sex", "permit"])
    permit = found.table.filter(term="permit")
    assert permit["estimate"].to_list() == pytest.approx([0] * permit.height, abs=1e-15)


def test_fewer_persons_than_coefficients_are_refused():
    with pytest.raises(Refused, match="so few"):
        split(
            {
                "kind": ["rural", "rural", "town", "town"],
                "age": [1, 2, 3, 4],
                "years": [2, 5, 1, 0],
                "employed": [1, 0, 1, 0],
            },
            ["age", "years"],
        )


def test_persons_told_apart_without_error_are_refused():
    with pytest.raises(Refused, match="odds are infinite"):
        split(people().with_columns(employed=(pl.col("band") == "none").cast(pl.Int64)), family="logistic")


def test_a_logistic_reference_other_than_pooled_is_refused():
    with pytest.raises(Refused, match='family="linear"'):
        split(family="logistic", reference="first")


def test_the_rest_is_called_level_and_nothing_more():
    found = split()
    said = " ".join([*found.parts["unit"], *(note.text for note in found.notes), found.method.name]).casefold()
    assert not any(word in said for word in ("effect", "effort", "because"))
    assert "level-is-the-rest" in {note.code for note in found.notes}


def test_where_a_number_has_its_0_decides_how_level_is_shared_and_is_told():
    years_old, over_30 = split(), split(people().with_columns(age=pl.col("age") - 30))
    assert over_30.summary["level"] == pytest.approx(years_old.summary["level"])
    level = [found.table.filter(part="level", term="age")["estimate"].item() for found in (years_old, over_30)]
    assert abs(level[0] - level[1]) > 0.01
    assert "zero-of-a-number" in {note.code for note in years_old.notes}
    assert "zero-of-a-number" not in {note.code for note in split(covariates=["sex"]).notes}


# Input


def test_true_and_false_are_categories_and_outcomes():
    rows = people().with_columns(pl.col("employed").cast(pl.Boolean), man=pl.col("sex") == "male")
    assert split(rows, ["man"]).summary["composition"] == pytest.approx(
        split(covariates=["sex"]).summary["composition"]
    )


def test_two_of_several_groups_are_named_and_the_others_counted():
    rows = people().with_columns(kind=pl.when(pl.col("age") > 34).then(pl.lit("city")).otherwise("kind"))
    found = split(rows, ["sex"], groups=("town", "city"))
    assert (found.summary["first"], found.summary["second"]) == ("town", "city")
    assert found.parts["unit"][0] == "town minus city"
    left_out = rows.filter(kind="rural").height
    assert f"{left_out} persons belong to other groups" in next(n for n in found.notes if n.code == "other-groups").text


@pytest.mark.parametrize("groups", [("rural", "rural"), ("rural",)])
def test_two_different_groups_are_needed(groups):
    with pytest.raises(BadInput, match="two different groups"):
        split(groups=groups)


def test_three_groups_have_to_be_chosen_from():
    with pytest.raises(BadInput, match=r"3 groups \(none, primary, secondary\).*groups=\(first, second\)"):
        oaxaca(people(), "employed", ["sex"], "band")


def test_persons_with_an_empty_cell_are_counted_and_left_out():
    rows = people().with_columns(sex=pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise("sex"))
    found = split(rows)
    assert any("7 persons are left out" in note.text for note in found.notes)
    assert found.summary["n_first"] + found.summary["n_second"] == 393


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ({"groups": ("rural", "city")}, UnknownName, "no group 'city'"),
        ({"reference": "polled"}, UnknownName, "pooled"),
        ({"family": "probit"}, UnknownName, "no family"),
        ({"covariates": ["sexx"]}, UnknownName, "sex"),
        ({"covariates": []}, BadInput, "no covariate"),
        ({"covariates": ["sex", "sex"]}, BadInput, "'sex' twice"),
        ({"covariates": ["sex", "employed"]}, BadInput, "'employed' twice"),
        ({"outcome": "band", "covariates": ["sex"]}, BadInput, "found String"),
        ({"outcome": "age", "covariates": ["sex"], "family": "logistic"}, BadInput, "0 or 1"),
        ({"level": 95}, BadInput, "0.95"),
    ],
)
def test_what_cannot_be_asked_is_told(call, error, said):
    with pytest.raises(error, match=said):
        split(**call)


def test_a_date_is_no_covariate_but_its_year_is():
    rows = people().with_columns(arrival=pl.lit(date(1999, 5, 1)))
    with pytest.raises(BadInput, match="the year"):
        split(rows, ["arrival"])


def test_an_infinite_figure_is_told():
    with pytest.raises(BadInput, match="column age: found an infinite value"):
        split(people().with_columns(age=pl.lit(float("inf"))))
    with pytest.raises(BadInput, match="column employed: found an infinite value"):
        split(people().with_columns(employed=pl.lit(float("inf"))))


def test_nobody_cannot_be_split():
    with pytest.raises(NotEnoughPeople):
        split(people().clear())
