"""What a trial's policies would have been worth: the past is asked, doubly robust, for all and group by group."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.place.backtest import Backtest, Policy, backtest, history_of, multinomial, random, shrunken_places
from fodfaeste.place.evaluation.small import POOLED
from fodfaeste.place.outcomes.frames import age_groups
from fodfaeste.place.outcomes.rows import Rows
from fodfaeste.place.outcomes.trial_past import GREEDY, MODEL, RANDOM, counts, household_kinds
from fodfaeste.place.problem import Ints

LEVEL = 0.95
RARE = 30
"""Citizenships of fewer adults count as one when the chances of being placed somewhere are estimated."""

GROUPS = ("household", "sex", "age", "citizenship")


def judged_by_the_past(
    rows: Rows,
    name: str,
    day: date,
    *,
    kept: Sequence[str],
    sent: Mapping[str, Mapping[Any, str]],
    bootstraps: int,
    seed: int,
) -> dict[str, Any]:
    """Ask the past what each policy would have been worth, for one outcome."""
    person = rows.frame["person"].to_list()
    placed = np.array([one in sent[MODEL] for one in person])
    inside = rows.frame["place"].is_in(list(kept)).to_numpy() & placed & counts(rows, name, day, "later")
    seen, frame = rows.seen[name], rows.frame.filter(pl.Series(inside))
    weight = seen.weight[inside]
    told = pl.DataFrame(
        {
            "household": frame["household"].cast(pl.String),
            "place": frame["place"],
            # Who died or left stands no longer: those who remain stand for them, by the weights of training.
            "outcome": seen.y[inside] * weight / weight.mean(),
        }
    )
    features = frame.select(*rows.person_features, year=pl.col("year").cast(pl.Float64)).with_columns(
        pl.col(pl.String).fill_null("unknown"), pl.col(pl.Int8, pl.Int64, pl.Float64).cast(pl.Float64).fill_null(0.0)
    )
    groups = _groups(rows, frame, inside)
    if "citizenship" in groups:
        # Officers knew it, so the chances are estimated with it; the forecasts never saw it.
        features = features.with_columns(_common(groups["citizenship"]).alias("known_citizenship"))
    policies: dict[str, Policy] = {
        RANDOM: random,
        **{one: _positions(sent[one], frame["person"].to_list(), told["place"]) for one in (GREEDY, MODEL)},
    }
    multinomial_once, shrunken_once = _Once(multinomial), _Once(shrunken_places)
    found: Backtest | None = None
    by_group: list[dict[str, Any]] = []
    for by, values in groups.items():
        history = history_of(
            told.hstack(features).with_columns(values.alias("by")), features=features.columns, group="by"
        )
        found = backtest(
            history,
            policies,
            propensities=multinomial_once,
            outcome_fit=shrunken_once,
            level=LEVEL,
            bootstraps=bootstraps,
            seed=seed,
        )
        by_group += [{"by": by, **row} for row in found.groups.iter_rows(named=True)]
    assert found is not None
    said = found.to_dict()
    return {
        "adults": told.height,
        "policies": said["table"],
        "groups": by_group,
        "overlap": said["overlap"],
        "observed": found.observed,
        "bound": found.bound,
        "notes": said["notes"],
        "params": said["params"],
    }


def _positions(sent: Mapping[Any, str], persons: Sequence[Any], where: pl.Series) -> Ints:
    at = {place: position for position, place in enumerate(sorted(where.unique().to_list()))}
    # A place that nobody of known outcome was sent to in these years is left out of the history: they stay.
    told = [at.get(sent[one], at[own]) for one, own in zip(persons, where.to_list(), strict=True)]
    return np.array(told, np.int64)


def _groups(rows: Rows, frame: pl.DataFrame, inside: NDArray[np.bool_]) -> dict[str, pl.Series]:
    audit = rows.audit.filter(pl.Series(inside))
    told = {"household": household_kinds(frame)}
    for name in ("sex", "citizenship"):
        if name in audit.columns:
            told[name] = audit[name].cast(pl.String).fill_null("unknown")
    if "age" in audit.columns:
        told["age"] = age_groups(audit["age"])
    return {name: told[name] for name in GROUPS if name in told}


def _common(values: pl.Series) -> pl.Series:
    counts = values.value_counts(sort=True, name="times")
    most = counts.filter(pl.col("times") >= RARE)[values.name].head(RARE - 1)
    return pl.select(pl.when(values.is_in(most.implode())).then(values).otherwise(pl.lit(POOLED))).to_series()


class _Once:
    """Fits each fold once, however many groupings the same people are shown by."""

    def __init__(self, fitting: Callable[..., Any]) -> None:
        self.fitting, self.fitted = fitting, dict[str, Any]()

    def __call__(self, *arrays: Any) -> Any:
        key = hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in arrays)).hexdigest()
        if key not in self.fitted:
            self.fitted[key] = self.fitting(*arrays)
        return self.fitted[key]
