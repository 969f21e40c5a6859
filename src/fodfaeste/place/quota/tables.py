"""What a computation of quotas hands over: tables, sums, and what the reader has to know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from fodfaeste.place.quota.agreements import Remark
from fodfaeste.place.quota.figures import COUNTS, Figures
from fodfaeste.place.quota.formula import Reduction, Steps
from fodfaeste.place.rule_sets import RuleSet

SUGGESTED = ("C", "S")
"""Certainties of what was not read in a rule."""


def table_of(
    figures: Figures, steps: Steps, numbers: Sequence[int], one_more: Collection[int], why: Sequence[str]
) -> pl.DataFrame:
    """Put the figures and every step beside each other; what the rule does not use is empty."""
    places = range(len(numbers))
    used = COUNTS if steps.m else COUNTS[:1]
    whole = {name: getattr(figures, name) if name in used else [None for _ in places] for name in COUNTS}
    parts = {
        "p": steps.p,
        "m": steps.m,
        "s": steps.s,
        "calculated": steps.B,
        "provisional": steps.V,
        "exact": steps.reduced,
    }
    floats = {name: [float(x) for x in part] if part else [None for _ in places] for name, part in parts.items()}
    texts = {"municipality": figures.municipalities, "code": figures.codes, "region": figures.regions}
    return pl.DataFrame(
        {
            **{name: pl.Series(values, dtype=pl.String) for name, values in texts.items()},
            **{name: pl.Series(values, dtype=pl.Int64) for name, values in whole.items()},
            **{name: pl.Series(values, dtype=pl.Float64) for name, values in floats.items()},
            "quota": pl.Series(numbers, dtype=pl.Int64),
            "one_more": pl.Series([place in one_more for place in places], dtype=pl.Boolean),
            "why": pl.Series(why, dtype=pl.String),
        }
    )


def regions_of(table: pl.DataFrame, by: Mapping[str, str]) -> pl.DataFrame:
    """Add the quotas of each region up: that is what a regional quota is (BO § 4(1))."""
    regions = table.group_by("region", maintain_order=True).agg(
        municipalities=pl.len().cast(pl.Int64), population=pl.col("population").sum(), quota=pl.col("quota").sum()
    )
    return regions.with_columns(by=pl.Series([by[region] for region in regions["region"]], dtype=pl.String))


def sums_of(
    figures: Figures, steps: Steps, numbers: Sequence[int], national: int, reduction: Reduction
) -> dict[str, Any]:
    """Add up what the reader would add up to check."""
    above = _above_zero(steps)
    proportional = bool(steps.m) and reduction == "proportional" and above
    return {
        "municipalities": len(numbers),
        "zero_municipalities": sum(number == 0 for number in numbers),
        "L": national,
        "F": sum(figures.family_reunified) if steps.m else 0,
        "above_zero": float(above),
        "factor": float(national / above) if proportional else None,
        "quota": sum(numbers),
    }


def notes_of(steps: Steps, national: int, reduction: Reduction, base: str, rules: RuleSet) -> list[Remark]:
    """Say what the reader has to know."""
    notes = []
    if national == 0:
        notes.append(Remark("nobody_expected", "The national number is 0: nobody is to be received."))
    elif any(value < 0 for value in steps.V):
        notes.append(_below_zero(steps, national, reduction))
    if base != rules["formula"]:
        text = f"The rule set {rules.id} computes by {rules['formula']}; {base} was asked for."
        notes.append(Remark("other_formula", text, {"id": rules.id, "formula": rules["formula"], "asked": base}))
    at_a_time = rules.values.get("persons_at_a_time")
    if at_a_time and national != at_a_time.value:
        text = f"The order fixes numbers for {at_a_time.value} persons at a time ({at_a_time.source})."
        notes.append(Remark("at_a_time", text, {"persons": at_a_time.value, "source": at_a_time.source}))
    used = ("formula", "reduction", "rounding") if steps.m else ("formula", "rounding")
    unsure = [name for name in used if rules.at(name).certainty in SUGGESTED]
    if unsure:
        text = f"Not read in a rule, but usual or suggested: {', '.join(unsure)}."
        notes.append(Remark("unsure", text, {"parameters": unsure}))
    return notes


def _below_zero(steps: Steps, national: int, reduction: Reduction) -> Remark:
    negative, excess = sum(value < 0 for value in steps.V), float(_above_zero(steps) - national)
    values = {"negative": negative, "excess": excess}
    found = f"With a figure below 0, so a quota of 0: {negative}. The others together have {excess:.1f} too many"
    if reduction == "none":
        return Remark("excess_kept", f"{found}, which are left: the quotas add up to more than was announced.", values)
    return Remark("excess_taken_off", f"{found}, which are taken off.", values)


def _above_zero(steps: Steps) -> Fraction:
    return sum((value for value in steps.V if value > 0), Fraction(0))
