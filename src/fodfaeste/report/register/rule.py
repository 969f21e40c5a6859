"""What happens when the residence rule ends: release, shape and catch-up, with their placebos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from fodfaeste import measure
from fodfaeste.errors import Refused
from fodfaeste.measure.histories import Value
from fodfaeste.measure.release import Release
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Block, Cell, Figure, Points, Table, Text
from fodfaeste.report.register.shared import LEVEL, SEED, base, columns, kind_name, said
from fodfaeste.report.register.tables import About, RegisterTables
from fodfaeste.report.words import Words

COHORTS = ("free", "bound")
SHOWN_MONTHS = 84
_CAUSES: Mapping[Value, str] = {"moved": "moved", "emigrated": "emigrated", "dead": "dead"}


@dataclass(frozen=True, eq=False)
class Rule:
    """The release test, or why there is none: `refused` says from when it is possible."""

    about: About
    test: Release | None
    refused: str

    @property
    def results(self) -> tuple[Release, ...]:
        """What was computed, for the list of methods."""
        return (self.test,) if self.test else ()


def find(tables: RegisterTables) -> Rule | None:
    """Test what happens when the rule ends; nothing without a rule, or where only intervals are published."""
    moves = tables.moves
    if tables.published or not set(COHORTS) <= set(moves["cohort"].unique()):
        return None
    try:
        test = measure.release_test(
            moves,
            "months",
            "event",
            "cohort",
            bound="bound",
            free="free",
            rule=tables.about.rule_months,
            unit="unit",
            by="kind",
            causes=_CAUSES,
            count="persons",
            level=LEVEL,
            seed=SEED,
            observed_until=tables.about.observed_until,
        )
    except Refused as refusal:
        return Rule(tables.about, None, str(refusal))
    return Rule(tables.about, test, "")


def point(found: Rule | None, w: Words) -> str:
    """Say the main point: whether moves pile up."""
    return _release(found.test, w) if found and found.test else ""


def tell(found: Rule | None, w: Words) -> tuple[Block, ...]:
    """Show the three answers, the chart and what speaks against them."""
    if found is None:
        return (Text(w("rule.none")),)
    if found.test is None:
        return (Text(w("rule.refused", why=found.refused)),)
    test = found.test
    return (
        Text(w("rule.intro", months=found.about.rule_months)),
        Points((_release(test, w), _shape(test, w), *_catch_up(test, w))),
        _chart(found, test, w),
        _windows(test, w),
        _checks(test, w),
        *_kinds(test, w),
        Text(w("rule.limits")),
    )


def _release(test: Release, w: Words) -> str:
    told = test.summary["release"]
    first = test.release.filter(pl.col("deciding_p").is_not_null())
    row = first.filter(pl.col("unit") == test.table["unit"][0]).row(0, named=True)
    key = "pile_up" if told["flag"] == "pile-up" else "no_pile_up"
    counts = {"observed": w.count(row["events"]), "expected": w.number(row["expected"], 0)}
    return w(f"rule.{key}", window=window_name(row["unit"]), **counts, **_estimate(told, w, 2))


def _shape(test: Release, w: Words) -> str:
    told = test.summary["shape"]
    key = {"fades": "fades", "undefined": "shape_undefined"}.get(str(told["flag"]), "not_fading")
    return w(f"rule.{key}", **(_estimate(told, w, 2) if key != "shape_undefined" else _nothing()))


def window_name(window: str) -> str:
    """Write the months of a window: (36, 42] is 37-42."""
    first, last = window.strip("(]").split(", ")
    return f"{int(first) + 1}–{last}"


def _catch_up(test: Release, w: Words) -> tuple[str, ...]:
    rows = [row for row in test.catch_up.iter_rows(named=True) if row["estimate"] is not None]
    if not rows:
        return (w("rule.catch_up_undefined"),)
    last = rows[-1]
    shown = {"estimate": w.percent(last["estimate"], 0), "interval": w.interval(last["lower"], last["upper"], 0)}
    return (w("rule.catch_up", month=last["month"], **shown),)


def _estimate(told: Mapping[str, Any], w: Words, decimals: int) -> dict[str, str]:
    numbers = {name: w.number(told[name], decimals) for name in ("estimate", "lower", "upper")}
    return {"estimate": numbers["estimate"], "interval": f"{numbers['lower']}–{numbers['upper']}"}


def _nothing() -> dict[str, str]:
    return {"estimate": "", "interval": ""}


def _chart(found: Rule, test: Release, w: Words) -> Figure:
    names = {cohort: said("cohort", cohort, w) for cohort in COHORTS}
    rows = [
        {
            "time": row["month"],
            "rate": row["rate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "group": names[row["cohort"]],
        }
        for row in test.curve.filter(pl.col("month") <= SHOWN_MONTHS, pl.col("n") > 0).iter_rows(named=True)
    ]
    months = found.about.rule_months
    chart = charts.curves(
        rows,
        x_title=w("axis.month"),
        y_title=w("rule.axis"),
        groups=list(names.values()),
        mark=Line(months, w("time.rule_mark", months=months)),
        step=False,
    )
    bound, free = (w.count(test.summary[f"persons_{name}"]) for name in ("bound", "free"))
    return Figure("rule", _title(test, w), chart, w("rule.alt"), w("rule.base", bound=bound, free=free), w("rule.note"))


def _title(test: Release, w: Words) -> str:
    return w("rule.title_pile_up" if test.summary["release"]["flag"] == "pile-up" else "rule.title_no_pile_up")


def _windows(test: Release, w: Words) -> Table:
    compared = test.release.filter(pl.col("deciding_p").is_not_null())
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (window_name(row["unit"]), *_counted(row)) for row in compared.iter_rows(named=True)
    )
    heads = columns(w, "window", *_COUNTED)
    return Table("rule_windows", w("rule.windows"), heads, rows, _persons(test, w), w("rule.windows_note"))


_COUNTED: tuple[tuple[str, str] | tuple[str, str, int], ...] = (
    ("at_risk", "count"),
    ("events", "count"),
    ("expected_moves", "number"),
    ("ratio_observed", "number", 2),
    ("ratio_low", "number", 2),
    ("ratio_high", "number", 2),
    ("p", "p_value"),
)


def _counted(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    limits = (row["deciding_lower"], row["deciding_upper"], row["deciding_p"])
    return row["n"], row["events"], row["expected"], row["ratio"], *limits


def _checks(test: Release, w: Words) -> Table:
    """Put the bunching estimate beside those of windows where no rule ends."""
    frame = pl.concat([test.bunching, test.placebo], how="diagonal")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            window_name(row["unit"]),
            said("cohort", row["cohort"], w),
            w("rule.real" if position == 0 else "rule.placebo"),
            row["events"],
            row["expected"],
            row["estimate"],
            row["lower"],
            row["upper"],
        )
        for position, row in enumerate(frame.iter_rows(named=True))
    )
    heads = columns(
        w,
        "window",
        "cohort",
        "what",
        ("events", "count"),
        ("expected_moves", "number"),
        ("excess", "number", 2),
        ("excess_low", "number", 2),
        ("excess_high", "number", 2),
    )
    return Table("rule_placebo", w("rule.checks"), heads, rows, _persons(test, w), w("rule.checks_note"))


def _kinds(test: Release, w: Words) -> tuple[Table, ...]:
    if test.heterogeneity.height == 0:
        return ()
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (kind_name(row["unit"], w), *_counted(row)) for row in test.heterogeneity.iter_rows(named=True)
    )
    heads = columns(w, "kind", *_COUNTED)
    return (Table("rule_kinds", w("rule.kinds"), heads, rows, _persons(test, w)),)


def _persons(test: Release, w: Words) -> str:
    return base(test.summary["persons_bound"] + test.summary["persons_free"], w)
