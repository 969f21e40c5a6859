"""What municipalities are like: regression with its diagnostics, gammas, and what selection finds in noise."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.errors import FodfaesteError
from fodfaeste.measure import Result
from fodfaeste.measure.regression import Regression
from fodfaeste.measure.stepwise import StepwiseAudit
from fodfaeste.report.document import Block, Cell, Points, Table, Text
from fodfaeste.report.register.shared import SEED, base, columns
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.report.words import Words

LEAST_UNITS = 20
"""Fewer municipalities than this say nothing about their surroundings."""


@dataclass(frozen=True, eq=False)
class Context:
    """The share moved away against the municipalities' indicators; `spread` has each one's term and sd."""

    regression: Regression
    gammas: Result
    stepwise: StepwiseAudit | None
    spread: pl.DataFrame
    units: int
    n: int

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        found = (self.regression, self.gammas, self.stepwise)
        return tuple(result for result in found if result is not None)


@dataclass(frozen=True)
class NoContext:
    """Why there is no regression: the figures could not be used, and what to do about it."""

    why: str
    results: tuple[Result, ...] = ()


def find(tables: RegisterTables) -> Context | NoContext | None:
    """Relate the share moved away to the indicators; nothing without indicators, or with few municipalities."""
    predictors = [name for name in tables.indicators.columns if tables.indicators[name].dtype.is_numeric()]
    if tables.published or not predictors or tables.indicators.height < LEAST_UNITS:
        return None
    counted = tables.status_by("unit").join(tables.indicators, on="unit").drop_nulls(predictors)
    counted = counted.filter(pl.col("known") > 0).with_columns(rate=pl.col("moved") / pl.col("known"))
    try:
        regression = measure.regress(counted, None, predictors, events="moved", n="known", unit="unit", seed=SEED)
    except FodfaesteError as problem:
        return NoContext(str(problem))
    stepwise = measure.stepwise_audit(counted, "rate", predictors, seed=SEED) if len(predictors) > 1 else None
    gammas = measure.gamma_matrix(counted, "rate", predictors, good="low")
    spread = pl.DataFrame(
        {"term": predictors, "sd": [float(counted[name].cast(pl.Float64).to_numpy().std()) for name in predictors]}
    )
    return Context(regression, gammas, stepwise, spread, counted.height, int(counted["known"].sum()))


def tell(found: Context | NoContext | None, w: Words) -> tuple[Block, ...]:
    """Show the regression with its diagnostics, the gammas and the audit of selection."""
    if found is None:
        return (Text(w("context.none")),)
    if isinstance(found, NoContext):
        return (Text(w("context.refused", why=found.why)),)
    told = found.regression.summary
    said = [
        w(
            "context.fit",
            r2=w.percent(told["r2"], 0),
            loo=w.percent(told["loo_r2"], 0),
            dispersion=w.number(told["dispersion"]),
        )
    ]
    if found.stepwise is not None:
        audit = found.stepwise.summary
        said.append(
            w(
                "context.stepwise",
                r2=w.percent(audit["r2"], 0),
                noise=w.percent(audit["permuted_r2_95"], 0),
                loo=w.percent(audit["loo_r2"], 0),
            )
        )
    notes = tuple(note.text for note in found.regression.notes if note.severity == "warning")
    warned = (Text(w("context.warnings", warnings=" ".join(notes))),) if notes and w.lang == "en" else ()
    return Text(w("context.intro")), Points(tuple(said)), _table(found, w), *warned, _gammas(found, w)


def _people(found: Context, w: Words) -> str:
    return base(found.n, w, units=w.count(found.units))


def _table(found: Context, w: Words) -> Table:
    """Show odds ratios per standard deviation: indicators come in units that cannot be compared."""
    frame = found.regression.table.join(found.spread, on="term")
    limits = ("estimate", "lower", "upper", "loo_min", "loo_max")
    frame = frame.with_columns((pl.col(limits) * pl.col("sd")).exp())
    names = ("estimate", "lower", "upper", "p_holm", "vif", "loo_min", "loo_max")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(row["term"]).replace("_", " "), *(row[name] for name in names)) for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "indicator",
        ("per_sd", "number", 2),
        ("ratio_low", "number", 2),
        ("ratio_high", "number", 2),
        ("p_holm", "p_value"),
        ("vif", "number"),
        ("loo_min", "number", 2),
        ("loo_max", "number", 2),
    )
    return Table("regression", w("context.title"), heads, rows, _people(found, w), w("context.note"))


def _gammas(found: Context, w: Words) -> Table:
    names = ("gamma", "lower", "upper", "p_holm")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(row["unit"]).replace("_", " "), *(row[name] for name in names))
        for row in found.gammas.table.iter_rows(named=True)
    )
    heads = columns(
        w,
        "indicator",
        ("gamma", "number", 2),
        ("gamma_low", "number", 2),
        ("gamma_high", "number", 2),
        ("p_holm", "p_value"),
    )
    return Table("gammas", w("context.gammas"), heads, rows, _people(found, w), w("context.gammas_note"))
