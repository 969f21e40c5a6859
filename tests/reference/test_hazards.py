"""What survival and cmprsk answered to two inputs: months with ties, and times that all differ.

Both are asked for the cause "moved", from the start and with late entry. Where they do not define a figure as Fodfæste
does, the figure they do define is put together here from the parts of the fit.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.hazards import cox_cause, finegray
from fodfaeste.measure.hazards_fit import clustered, score_residuals

HERE = Path(__file__).parent
INPUTS = {"months": "hazards", "continuous": "hazards_continuous"}
COVARIATES = ["sex", "age", "kind"]
PEOPLE = {"sex": ["female", "male", "male"], "age": [20, 35, 60], "kind": ["rural", "big_city", "small_town"]}
TIMES = [6, 24, 48]
CONVERGED = 1e-10  # coxph stops when the likelihood changes by less than 1e-12 of itself

EACH = pytest.mark.parametrize("name", list(INPUTS))
LATE = pytest.mark.parametrize("late", [False, True], ids=["from the start", "late entry"])


@pytest.fixture(scope="module")
def answers():
    return json.loads((HERE / "answers" / "hazards.json").read_text(encoding="utf-8"))


def asked(measure, name, late=False, **options):
    path = HERE / "inputs" / f"{INPUTS[name]}.csv"
    entry = "entry" if late else None
    return measure(path, "time", "event", COVARIATES, entry=entry, allow_nonproportional=True, **options)


def same_terms(found, rows, *, se=True):
    said = pl.DataFrame(rows)
    assert [name.replace("=", "") for name in found["term"]] == said["term"].to_list()
    assert found["estimate"].to_numpy() == pytest.approx(said["estimate"].to_numpy(), abs=CONVERGED)
    if se:
        assert found["se"].to_numpy() == pytest.approx(said["se"].to_numpy(), rel=CONVERGED)


def same_changes(found, said):
    expected = pl.DataFrame(said["trend"] + said["change"])
    assert found["df"].to_list() == expected["df"].to_list()
    assert found["chi2"].to_numpy() == pytest.approx(expected["chi2"].to_numpy(), rel=1e-8)
    assert found["p_value"].to_numpy() == pytest.approx(expected["p"].to_numpy(), rel=1e-8)


def shares(model):
    return model.predict_cif(PEOPLE, TIMES)["cif"].to_numpy().reshape(3, 3).T


def weights_taken_as_known(model, clusters=None):
    """The robust errors of `coxph` on the rows of `survival::finegray`: ours without the part of the weights."""
    study, at = model._study, model._at
    residuals = score_residuals(study.cells, study.table("moved"), study.x, at, study.code("moved"))
    return np.sqrt(np.diag(clustered(residuals, study.cells.persons, at.information, clusters)))


def test_the_software_is_named(answers):
    assert set(answers["software"]) == {"R", "survival", "cmprsk"}


# coxph, ties="breslow"


@EACH
@LATE
def test_cause_specific_coefficients_and_errors(answers, name, late):
    said = answers[name]["cox_late" if late else "cox"]
    found = asked(cox_cause, name, late)
    same_terms(found.table, said["terms"])
    assert [found.summary["log_likelihood_null"], found.summary["log_likelihood"]] == pytest.approx(said["loglik"])


@EACH
@LATE
def test_cause_specific_errors_by_municipality(answers, name, late):
    same_terms(
        asked(cox_cause, name, late, robust="municipality").table,
        answers[name]["cox_late" if late else "cox"]["clustered"],
    )


@EACH
@LATE
def test_cumulative_hazard_of_a_person(answers, name, late):
    found = asked(cox_cause, name, late)
    person = found._study.design.matrix(pl.DataFrame(PEOPLE)[:1]) - found._study.design.centre
    ratio = np.exp(person @ found.table["estimate"].to_numpy())[0]
    said = pl.DataFrame(answers[name]["cox_late" if late else "cox"]["cumulative"]).cast(pl.Float64)
    said = said.filter(said["time"].is_in(found.baseline["time"].implode()))
    assert found.baseline["cumulative"].to_numpy() * ratio == pytest.approx(said["hazard"].to_numpy(), rel=1e-9)


@EACH
def test_incidence_from_the_hazards_of_all_causes(answers, name):
    assert shares(asked(cox_cause, name)) == pytest.approx(np.array(answers[name]["incidence"]), abs=1e-10)


# cox.zph


@EACH
@LATE
@pytest.mark.parametrize(("measure", "part"), [(cox_cause, "cox"), (finegray, "finegray")])
def test_proportionality(answers, name, late, measure, part):
    same_changes(asked(measure, name, late).proportionality, answers[name][f"{part}_late" if late else part]["changes"])


# finegray and coxph; crr


@EACH
@LATE
def test_fine_gray_coefficients(answers, name, late):
    said = answers[name]["finegray_late" if late else "finegray"]
    found = asked(finegray, name, late)
    same_terms(found.table, said["terms"], se=False)
    se = [row["se"] for row in said["terms"]]
    assert weights_taken_as_known(found) == pytest.approx(se, rel=CONVERGED)
    # That the weights are estimated moves the errors by less than a thousandth here.
    assert found.table["se"].to_numpy() == pytest.approx(se, rel=1e-3)


@EACH
@LATE
def test_fine_gray_errors_by_municipality(answers, name, late):
    said = answers[name]["finegray_late" if late else "finegray"]["clustered"]
    found = asked(finegray, name, late, robust="municipality")
    se = [row["se"] for row in said]
    assert weights_taken_as_known(found, found._study.clusters) == pytest.approx(se, rel=CONVERGED)


@EACH
@LATE
def test_fine_gray_incidence(answers, name, late):
    said = answers[name]["finegray_late" if late else "finegray"]["incidence"]
    assert shares(asked(finegray, name, late)) == pytest.approx(np.array(said), abs=1e-10)


def test_fine_gray_errors_with_estimated_weights(answers):
    """crr divides by those who could have been censored, Fodfæste by those who then were not: 1 in n apart."""
    said = answers["continuous"]["crr"]
    found = asked(finegray, "continuous")
    same_terms(found.table, said, se=False)
    assert found.table["se"].to_numpy() == pytest.approx([row["se"] for row in said], rel=2e-5)
