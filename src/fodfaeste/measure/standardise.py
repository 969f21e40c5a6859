"""Rates as they would be with one common composition: direct standardisation of counts by stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure.counts import Counts, counts, one_level, whole
from fodfaeste.measure.intervals import few_note, interval
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]

DIRECT = Method(
    "Direct standardisation, binomial standard error, scaled Wilson interval",
    "Breslow, Day 1987, Statistical Methods in Cancer Research II, 52-61; Dobson et al. 1991, Stat. Med. 10, 457-462",
)
SHOWN_STRATA = 10


@dataclass(frozen=True, eq=False)
class Standardised(Result):
    """A table of units in which `lower` and `upper` belong to `standardised`, the rate with composition allowed for."""

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw each unit's standardised rate with its interval."""
        table = self.table.drop("rate").rename({"standardised": "rate"})
        return Result(table, self.summary, self.notes, self.method, self.params).plot()


def standardise(
    data: Data,
    events: str,
    n: str,
    *,
    unit: str,
    stratum: str,
    weights: Mapping[str, float] | None = None,
    collapse: Mapping[str, str] | None = None,
    level: float = 0.95,
    min_n: int = 5,
) -> Standardised:
    """Give each unit the rate that it would have if its people were composed like a standard.

    A unit's standardised rate is sum W x/n over the strata, W the standard's share of persons in the stratum.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit and stratum.
    events, n : str
        Columns of whole numbers of persons, 0 <= events <= n.
    unit, stratum : str
        Columns of names.
    weights : mapping of stratum to number, optional
        The standard: persons (or shares) in each stratum after `collapse`; by default the persons of all units.
    collapse : mapping of stratum to stratum, optional
        Strata to be merged, in all units, before anything is computed: ``{"65-74": "65+", "75+": "65+"}``.
    level : float, default 0.95
        Two-sided level.
    min_n : int, default 5
        Units of fewer persons are flagged "few".

    Returns
    -------
    Standardised
        `table`: unit, n, events, rate, standardised, se, lower, upper, level, method, flag, note. Rates are shares
        of 1; where every stratum of a unit has the event for all or for none, se is 0 and says nothing, and lower and
        upper are empty unless nobody or everybody in the unit has it.
        `summary`: units, strata, persons, events, rate, and the standard (`weights`, shares of 1).

    Raises
    ------
    Refused
        If a unit has nobody in a stratum: its rate there is unknown. They are listed; merge strata with `collapse`.
    UnknownName
        If a column, or a stratum in `weights` or `collapse`, is not there.
    BadInput
        If counts or weights are not what they have to be, or a unit has a stratum twice.

    Notes
    -----
    The interval is Wilson's of the unit's crude rate, moved to the standardised rate and widened by the ratio of the
    standard errors (Dobson et al. 1991); where no event, or no non-event, happened, by the limit of that ratio.
    """
    one_level(level)
    columns = {"events": events, "n": n, "unit": stratum, "by": unit}
    people = counts(_collapsed(as_frame(data), collapse or {}, columns), **columns)
    units, strata = list(dict.fromkeys(people.group)), sorted(set(people.unit))
    x, persons = _laid_out(people, units, strata)
    _refuse_empty(persons, units, strata)
    w = _shares(weights, strata, persons)

    x_unit, n_unit = x.sum(axis=1), persons.sum(axis=1)
    rate = x / persons
    standardised, se = rate @ w, np.sqrt((rate * (1 - rate) / persons) @ w**2)
    alike = np.sqrt(n_unit * ((1 / persons) @ w**2))
    lower, upper = _limits(x_unit, n_unit, standardised, _ratio(x_unit, n_unit, se, alike), level)
    few, unsure = n_unit < min_n, np.isnan(lower)
    table = pl.DataFrame(
        {
            "unit": units,
            "n": whole(n_unit),
            "events": whole(x_unit),
            "rate": x_unit / n_unit,
            "standardised": standardised,
            "se": se,
            "lower": lower,
            "upper": upper,
            "level": np.full(n_unit.size, level),
            "method": ["direct"] * n_unit.size,
            "flag": np.where(few, "few", ""),
            "note": np.where(unsure, "all or none in every stratum", np.where(few, f"n is below {min_n}", "")),
        }
    ).with_columns(pl.col("lower", "upper").fill_nan(None))
    return Standardised(
        table=table,
        summary={
            "units": len(units),
            "strata": len(strata),
            "persons": int(n_unit.sum()),
            "events": int(x_unit.sum()),
            "rate": float(x_unit.sum() / n_unit.sum()),
            "weights": dict(zip(strata, w.tolist(), strict=True)),
        },
        notes=(*people.notes, *_merged_note(collapse), *few_note(few, min_n)),
        method=DIRECT,
        params=provenance(
            people.data,
            events=events,
            n=n,
            unit=unit,
            stratum=stratum,
            weights=dict(weights) if weights is not None else None,
            collapse=dict(collapse or {}),
            level=level,
            min_n=min_n,
        ),
    )


def _collapsed(frame: pl.DataFrame, collapse: Mapping[str, str], columns: Mapping[str, str]) -> pl.DataFrame:
    """Merge strata; `columns` names the columns as `counts` calls them."""
    for name in columns.values():
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns)
    if not collapse:
        return frame
    stratum = columns["unit"]
    named = frame.with_columns(pl.col(stratum).cast(pl.String))
    for name in collapse:
        if name not in (known := named[stratum].drop_nulls().unique().to_list()):
            raise UnknownName("no stratum", name, known)
    # Checked before it is summed: a sum would hide a text, or an empty cell, among the numbers.
    counts(named, **columns)
    merged = named.with_columns(pl.col(stratum).replace(dict(collapse)))
    summed = pl.col(columns["events"], columns["n"]).cast(pl.Float64).sum()
    return merged.group_by(columns["by"], stratum, maintain_order=True).agg(summed)


def _laid_out(people: Counts, units: list[str], strata: list[str]) -> tuple[Floats, Floats]:
    row = {name: k for k, name in enumerate(units)}
    column = {name: k for k, name in enumerate(strata)}
    at = [row[name] for name in people.group], [column[name] for name in people.unit]
    x, persons = np.zeros((len(units), len(strata))), np.zeros((len(units), len(strata)))
    x[at], persons[at] = people.events, people.n
    return x, persons


def _refuse_empty(persons: Floats, units: list[str], strata: list[str]) -> None:
    empty = [f"{strata[k]} in {units[i]}" for i, k in np.argwhere(persons == 0)]
    if empty:
        more = f" and {len(empty) - SHOWN_STRATA} more" if len(empty) > SHOWN_STRATA else ""
        raise Refused(
            f"Nobody in these strata, so their rates are unknown: {', '.join(empty[:SHOWN_STRATA])}{more}. "
            "Merge strata with collapse={'this': 'merged', 'that': 'merged'}, or use casemix()."
        )


def _shares(weights: Mapping[str, float] | None, strata: list[str], persons: Floats) -> Floats:
    if weights is None:
        return np.asarray(persons.sum(axis=0) / persons.sum())
    for name in weights:
        if name not in strata:
            raise UnknownName("no stratum", name, strata)
    absent = [name for name in strata if name not in weights]
    if absent:
        raise BadInput(Problem(f"no weight for {', '.join(absent)}", "a weight for each stratum", "Write 0 for none."))
    values = np.array([float(weights[name]) for name in strata])
    if not (np.all(values >= 0) and np.isfinite(values).all() and values.sum() > 0):
        found = f"the weights {', '.join(f'{value:g}' for value in values)}"
        raise BadInput(Problem(found, "numbers of 0 or more, not all 0", "Give the standard's persons, or shares."))
    return np.asarray(values / values.sum())


def _ratio(x: Floats, n: Floats, se: Floats, alike: Floats) -> Floats:
    """Give the standardised rate's standard error over the crude one's; `alike` is that if all strata had one rate."""
    crude = np.sqrt(x * (n - x) / n) / n
    ratio = np.divide(se, crude, out=alike.copy(), where=crude > 0)
    # All or none in every stratum, but not one and the same in all: no chance is left to scale.
    return np.where(ratio > 0, ratio, np.nan)


def _limits(x: Floats, n: Floats, standardised: Floats, ratio: Floats, level: float) -> tuple[Floats, Floats]:
    lower, upper = interval(x, n, "wilson", level)
    below, above = standardised - ratio * (x / n - lower), standardised + ratio * (upper - x / n)
    return np.maximum(below, 0.0), np.minimum(above, 1.0)


def _merged_note(collapse: Mapping[str, str] | None) -> tuple[Note, ...]:
    if not collapse:
        return ()
    merged: dict[str, list[str]] = {}
    for old, new in collapse.items():
        merged.setdefault(new, []).append(old)
    text = "; ".join(f"{' and '.join(old)} as {new}" for new, old in merged.items())
    return (Note("strata-merged", f"Merged in all units: {text}."),)
