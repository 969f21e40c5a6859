"""Case mix with everything that follows from it for each municipality, beside mixed models in R."""

from __future__ import annotations

from benchmarks.people import MUNICIPALITIES, PERSON, cells_for_r, people
from benchmarks.r import in_r
from benchmarks.timing import Task, alone
from fodfaeste.measure import casemix

SEED, ROWS = 2002, 1_000_000


def case_mix() -> Task:
    cells = cells_for_r(ROWS, ("municipality", *PERSON))
    with cells.open() as lines:
        number = sum(1 for _ in lines) - 1
    says = f"{number:,} cells handed over; the model alone"
    return Task(
        f"case mix of {MUNICIPALITIES} municipalities, 13 coefficients, {ROWS:,} rows, with all results",
        alone("casemix", ours, people(ROWS), says="Parquet read; table, O/E, P/E of 1,000 draws, direct, parts"),
        (
            in_r("lme4::glmer, nAGQ = 0", "mixed.R", cells, "glmer0", says=f"{says}, coefficients not by Laplace"),
            in_r("lme4::glmer, nAGQ = 1", "mixed.R", cells, "glmer1", says=f"{says}, Laplace as ours"),
            in_r("glmmTMB", "mixed.R", cells, "glmmTMB", says=f"{says}, Laplace as ours"),
        ),
        target=2.0,
    )


def model_alone() -> Task:
    return Task(
        f"the model of the case mix alone, {ROWS:,} rows",
        alone("casemix", fitted, people(ROWS), says="Parquet read; model, table and notes"),
        says="To compare with the mixed models above",
    )


def fitted(path: str) -> object:
    return casemix(path, "employed", unit="municipality", person=list(PERSON))


def ours(path: str) -> object:
    model = casemix(path, "employed", unit="municipality", person=list(PERSON))
    return model.table, model.oe(), model.pe(seed=SEED), model.direct(), model.decompose()
