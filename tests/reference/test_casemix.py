"""What lme4's glmer and R's glm answered to `inputs/casemix.csv`; `make_casemix.R` asked them."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.casemix import casemix

HERE = Path(__file__).parent
PERSON = ["age", "sex", "schooling"]
BOBYQA = 1e-5  # where glmer's search stops; the likelihood is the same to 1e-9


@pytest.fixture(scope="module")
def theirs():
    return json.loads((HERE / "answers" / "casemix.json").read_text(encoding="utf-8"))


def ours(**options):
    path = HERE / "inputs" / "casemix.csv"
    return casemix(path, "employed", unit="municipality", person=PERSON, count="persons", **options)


@pytest.fixture(scope="module")
def laplace():
    return ours(context=["unemployment"])


@pytest.fixture(scope="module")
def models(laplace):
    return {"laplace": laplace, "agq": ours(engine="agq"), "context": laplace.context}


def column(rows, name):
    return np.array([row[name] for row in rows])


def plain(term):
    """R writes sexmale and (Intercept)."""
    return term.replace("=", "").lower()


def test_the_answers_name_the_software_and_its_version(theirs):
    assert set(theirs["software"]) == {"R", "lme4"}
    assert all(version[0].isdigit() for version in theirs["software"].values())


def test_the_input_has_units_of_all_sizes_so_that_the_engines_differ(theirs):
    sizes = column(theirs["glm"]["units"], "n")
    assert (sizes.min(), sizes.size) == (3, 24)
    assert sizes.max() > 80
    assert abs(theirs["laplace"]["sigma"] - theirs["agq"]["sigma"]) > 10 * BOBYQA


@pytest.mark.parametrize("model", ["laplace", "agq", "context"])
def test_coefficients_errors_and_spread_are_those_of_glmer(models, theirs, model):
    found, answer = models[model], theirs[model]
    rows = answer["coefficients"]
    assert [plain(term) for term in found.table["term"]] == [plain(row["term"]) for row in rows]
    assert found.table["estimate"].to_numpy() == pytest.approx(column(rows, "estimate"), abs=BOBYQA)
    assert found.table["se"].to_numpy() == pytest.approx(column(rows, "se"), rel=BOBYQA)
    assert found.sigma == pytest.approx(answer["sigma"], abs=BOBYQA)
    # glmer's own search cannot end above the top.
    assert found.summary["log_likelihood"] == pytest.approx(answer["log_likelihood"], abs=1e-8)


@pytest.mark.parametrize("model", ["laplace", "agq", "context"])
def test_the_intercepts_of_units_are_the_conditional_modes_of_glmer(models, theirs, model):
    units, rows = models[model].units, theirs[model]["units"]
    assert units["unit"].to_list() == [row["unit"] for row in rows]
    assert units["u"].to_numpy() == pytest.approx(column(rows, "u"), abs=BOBYQA)
    assert units["u_se"].to_numpy() == pytest.approx(column(rows, "u_se"), abs=BOBYQA)


def test_the_regression_without_units_is_that_of_glm(theirs):
    found, answer = ours(random=False), theirs["glm"]
    assert found.table["estimate"].to_numpy() == pytest.approx(column(answer["coefficients"], "estimate"), abs=1e-10)
    assert found.table["se"].to_numpy() == pytest.approx(column(answer["coefficients"], "se"), rel=1e-9)
    assert found.summary["log_likelihood"] == pytest.approx(answer["log_likelihood"], rel=1e-12)
    assert found.summary["c_statistic"] == pytest.approx(answer["c_statistic"], abs=1e-12)


def test_observed_over_expected_comes_from_the_fitted_values_of_glm(laplace, theirs):
    table, rows = laplace.oe().table, theirs["glm"]["units"]
    z = (column(rows, "events") - column(rows, "expected")) / np.sqrt(column(rows, "variance"))
    assert table["n"].to_list() == column(rows, "n").tolist()
    assert table["events"].to_list() == column(rows, "events").tolist()
    assert table["expected"].to_numpy() == pytest.approx(column(rows, "expected"), rel=1e-10)
    assert table["z"].to_numpy() == pytest.approx(z, abs=1e-9)


def test_rows_and_cells_are_the_same_question(laplace):
    cells = pl.read_csv(HERE / "inputs" / "casemix.csv")
    rows = cells.select(pl.all().exclude("persons").repeat_by("persons").list.explode())
    again = casemix(rows, "employed", unit="municipality", person=PERSON)
    assert again.table.equals(laplace.table)
