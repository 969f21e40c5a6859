"""What R's lm and glm, and statsmodels, say about decompositions; `make_decomposition.R` asked R."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.oaxaca import OaxacaBlinder

from fodfaeste.measure.nopo import nopo
from fodfaeste.measure.oaxaca import oaxaca

HERE = Path(__file__).parent
COVARIATES = ["sex", "schooling", "age"]
FIT = 1e-10
JACKKNIFE = 1e-7  # relative: R's errors come from numerical derivatives


@pytest.fixture(scope="module")
def answers():
    return json.loads((HERE / "answers" / "decomposition.json").read_text(encoding="utf-8"))


def given(name):
    return HERE / "inputs" / f"{name}.csv"


def split(outcome="hours", **more):
    return oaxaca(given("decomposition"), outcome, COVARIATES, "kind", count="persons", **more)


def told(found):
    """Name every row as the R script does: the part, and the part with the covariate."""
    parts = {row["unit"].replace("rural minus small_town", "difference"): row for row in found.parts.to_dicts()}
    return parts | {f"{row['part']} {row['term']}": row for row in found.table.to_dicts()}


def same(ours, theirs):
    named = {row["name"]: row for row in theirs}
    # R also lists what cannot be: the part of the intercept in a difference of means.
    assert set(ours) <= set(named)
    assert all(abs(named[name]["estimate"]) < FIT for name in set(named) - set(ours))
    for name, row in ours.items():
        assert row["estimate"] == pytest.approx(named[name]["estimate"], abs=FIT), name
        assert row["se"] == pytest.approx(named[name]["se"], rel=JACKKNIFE, abs=FIT), name


@pytest.mark.parametrize("reference", ["pooled", "average", "first", "second"])
def test_the_linear_parts_by_covariate_and_their_errors_are_r_s(answers, reference):
    same(told(split(reference=reference)), answers["hours"][reference])


def test_a_linear_probability_has_the_parts_of_r(answers):
    same(told(split("employed")), answers["employed"])


def test_the_logistic_parts_and_their_errors_are_r_s(answers):
    ours = told(split("employed", family="logistic"))
    asked = {row["name"] for row in answers["logistic"]}
    assert len(asked) == 9
    same({name: row for name, row in ours.items() if name in asked}, answers["logistic"])


def test_the_four_parts_of_matching_and_their_errors_are_r_s(answers):
    found = nopo(given("decomposition_apart"), "moved", ["citizenship", "age_band"], "kind", count="persons")
    same({row["unit"]: row for row in found.parts.to_dicts()}, answers["nopo"])


@pytest.fixture(scope="module")
def statsmodels_oaxaca():
    """The same persons a row each, with indicators of all categories but one; small towns minus rural places."""
    cells = pl.read_csv(given("decomposition"))
    rows = cells.select(pl.exclude("persons").repeat_by("persons").explode())
    columns = rows.select("sex", "schooling").to_dummies(drop_first=True).with_columns(rows["age"])
    exog = np.column_stack([rows["kind"] == "rural", columns.to_numpy()]).astype(float)
    return OaxacaBlinder(rows["hours"].to_numpy().astype(float), exog, 0, hasconst=False, swap=False)


def towns_minus_rural(**more):
    return split(groups=("small_town", "rural"), **more).parts["estimate"].to_list()


def test_statsmodels_has_the_same_pooled_two_fold_parts(statsmodels_oaxaca):
    level, composition, difference = statsmodels_oaxaca.two_fold(two_fold_type="pooled").params
    assert towns_minus_rural()[:3] == pytest.approx([difference, composition, level], abs=FIT)


def test_statsmodels_has_the_same_three_fold_parts(statsmodels_oaxaca):
    composition, level, interaction, _ = statsmodels_oaxaca.three_fold().params
    assert towns_minus_rural()[3:] == pytest.approx([composition, level, interaction], abs=FIT)


def test_a_reference_with_equal_weights_is_the_average(statsmodels_oaxaca):
    found = statsmodels_oaxaca.two_fold(two_fold_type="self_submitted", submitted_weight=0.5).params
    level, composition, _ = found
    assert towns_minus_rural(reference="average")[1:3] == pytest.approx([composition, level], abs=FIT)
