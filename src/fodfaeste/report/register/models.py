"""Who moves sooner: cause-specific hazards and cumulative incidence by who people are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.measure.hazards import HazardModel
from fodfaeste.measure.histories import Value
from fodfaeste.report.document import Block, Cell, Table, Text
from fodfaeste.report.register.mix import term_name
from fodfaeste.report.register.shared import LEVEL, base, columns, listing
from fodfaeste.report.register.tables import PERSON, RegisterTables
from fodfaeste.report.words import Words

_CAUSES: Mapping[Value, str] = {"moved": "moved", "emigrated": "emigrated", "dead": "dead"}


@dataclass(frozen=True, eq=False)
class Models:
    """Two readings of the same histories: the rate among those still there, and the share that has moved in the end."""

    hazard: HazardModel
    incidence: HazardModel
    n: int

    @property
    def results(self) -> tuple[HazardModel, ...]:
        """What was computed, for the list of methods."""
        return self.hazard, self.incidence


def find(tables: RegisterTables) -> Models | None:
    """Fit both models to the first cohort; nothing in the edition to be published."""
    if tables.published:
        return None
    histories = tables.histories.with_columns(pl.col("cohort").fill_null("all"))
    cohorts = set(histories["cohort"])
    mine = histories.filter(pl.col("cohort") == ("free" if "free" in cohorts else min(cohorts)))
    covariates = [name for name in PERSON if mine[name].n_unique() > 1]
    cells = mine.select("months", "event", *covariates, "persons")
    return Models(
        measure.cox_cause(cells, "months", "event", covariates, causes=_CAUSES, count="persons", level=LEVEL),
        measure.finegray(cells, "months", "event", covariates, causes=_CAUSES, count="persons", level=LEVEL),
        int(mine["persons"].sum()),
    )


def tell(found: Models | None, w: Words) -> tuple[Block, ...]:
    """Show both models side by side."""
    if found is None:
        return (Text(w("mix.none")),)
    return Text(w("models.intro")), _table(found, w), Text(_proportional(found, w))


def _table(found: Models, w: Words) -> Table:
    other = found.incidence.table.select("term", sub_ratio="ratio", sub_lower="ratio_lower", sub_upper="ratio_upper")
    frame = found.hazard.table.join(other, on="term")
    names = ("ratio", "ratio_lower", "ratio_upper", "p_holm", "sub_ratio", "sub_lower", "sub_upper")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (term_name(row["term"], w), *(row[name] for name in names)) for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "group",
        ("hazard_ratio", "number", 2),
        ("ratio_low", "number", 2),
        ("ratio_high", "number", 2),
        ("p_holm", "p_value"),
        ("sub_ratio", "number", 2),
        ("ratio_low", "number", 2),
        ("ratio_high", "number", 2),
    )
    return Table("hazards", w("models.title"), heads, rows, base(found.n, w), w("models.note"))


def _proportional(found: Models, w: Words) -> str:
    table = found.hazard.proportionality
    changing = table.filter(pl.col("p_holm") < 1 - LEVEL)["covariate"].unique(maintain_order=True)
    if changing.is_empty():
        return w("models.proportional")
    return w("models.changing", covariates=listing((w(f"dimension.{name}") for name in changing), w))
