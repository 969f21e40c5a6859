"""Proxy audit: how well what may not enter can be guessed from what does, and from the forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.outcomes.attributes import RuleSet
from fodfaeste.place.outcomes.boosting import folds_of
from fodfaeste.place.outcomes.encode import coding
from fodfaeste.place.outcomes.metrics import Told, auc, auc_with_interval
from fodfaeste.place.outcomes.rows import Rows

Floats = NDArray[np.float64]

LIMIT = 0.75
"""AUC from which features give an attribute away. By this much one of two persons, one with and one without, is told
apart three times in four; our own choice, to be set lower where it can be."""

FEWEST_SHARE = 0.05
PERSONS = 12_000
FOLDS = 3


@dataclass(frozen=True)
class Proxy:
    """How well one attribute can be guessed.

    Attributes
    ----------
    attribute, value : str
        `sex`, `female`; `age`, `over 30`; `citizenship`, `SOM` ...
    persons : int
        Persons looked at.
    auc, low, high : float
        Of a guess from the features, cross-fitted by household, with the interval of households drawn again.
    from_forecast : mapping of outcome to AUC
        Of a guess from the forecast alone, whichever way round it is better.
    features : tuple of str
        What the guess was made from.
    exempt : tuple of str
        Features that the rule set allows to be made from this attribute; they were not used.
    """

    attribute: str
    value: str
    persons: int
    auc: float
    low: float
    high: float
    from_forecast: Mapping[str, float]
    features: tuple[str, ...]
    exempt: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = ("attribute", "value", "persons", "auc", "low", "high")
        told = {name: getattr(self, name) for name in names}
        return {
            **told,
            "from_forecast": dict(self.from_forecast),
            "features": list(self.features),
            "exempt": list(self.exempt),
        }


def proxy_audit(rows: Rows, rules: RuleSet, *, seed: int) -> tuple[Proxy, ...]:
    """Try to predict each forbidden attribute that the register has from the features of persons and pairs."""
    chosen = _chosen(rows, seed)
    frame, audit, household = rows.frame[chosen], rows.audit[chosen], rows.household[chosen]
    found = []
    for attribute, value, has in _targets(audit, rules):
        own = rows.pair_features if attribute == "citizenship" else ()
        features = tuple(one for one in (*rows.person_features, *rows.pair_features) if one not in own)
        guess = _guessed(frame, features, has, household, seed)
        estimate = auc_with_interval(Told(guess, has, np.ones(has.size), household), seed)
        auc_and_limits = (estimate.value, estimate.low, estimate.high)
        found.append(Proxy(attribute, value, has.size, *auc_and_limits, {}, features, own))
    return tuple(found)


def with_forecasts(
    audit: Sequence[Proxy], rows: Rows, forecasts: Mapping[str, Floats], *, seed: int
) -> tuple[Proxy, ...]:
    """Add how well each attribute can be guessed from the forecasts alone.

    Parameters
    ----------
    audit : sequence of Proxy
    rows : Rows
    forecasts : mapping of outcome to ndarray, shape (rows,)
        Cross-fitted; NaN where there is none.
    seed : int
        That of the audit, so that the same persons are looked at.
    """
    chosen = _chosen(rows, seed)
    told = []
    for one in audit:
        has = _has(rows.audit[chosen], one.attribute, one.value)
        found = {name: _either_way(values[chosen], has) for name, values in forecasts.items()}
        told.append(replace(one, from_forecast=found))
    return tuple(told)


def _chosen(rows: Rows, seed: int) -> NDArray[np.int64]:
    rng = np.random.Generator(np.random.PCG64(seed))
    return np.sort(rng.permutation(rows.frame.height)[:PERSONS])


def refuse_proxies(rows: Rows, audit: Sequence[Proxy], limit: float, *, seed: int) -> None:
    """Stop where an attribute can be guessed above the limit, and name the feature that gives it away.

    Raises
    ------
    Refused
    """
    above = [one for one in audit if one.auc > limit]
    if not above:
        return
    worst = max(above, key=lambda one: one.auc)
    chosen = _chosen(rows, seed)
    frame, household = rows.frame[chosen], rows.household[chosen]
    has = _has(rows.audit[chosen], worst.attribute, worst.value)
    alone = {
        one: auc_with_interval(
            Told(_guessed(frame, (one,), has, household, seed), has, np.ones(has.size), household), seed
        ).value
        for one in worst.features
    }
    feature = max(alone, key=lambda one: alone[one])
    others = ", ".join(f"{one.attribute} {one.value} ({one.auc:.2f})" for one in above if one is not worst)
    raise Refused(
        f"The features give {worst.attribute} away: {worst.value} is guessed with an AUC of {worst.auc:.2f} "
        f"({worst.low:.2f} to {worst.high:.2f}), and the limit is {limit:g}. Most of it comes from {feature!r} (alone "
        f"{alone[feature]:.2f}). Leave that feature out, or make it coarser."
        + (f" Also above the limit: {others}." if others else "")
    )


def _targets(audit: pl.DataFrame, rules: RuleSet) -> list[tuple[str, str, Floats]]:
    targets = []
    for attribute in audit.columns:
        if attribute not in rules.forbidden:
            continue
        for value in _values(audit[attribute], attribute):
            has = _has(audit, attribute, value)
            if 0 < has.sum() < has.size:
                targets.append((attribute, value, has))
    return targets


def _values(column: pl.Series, attribute: str) -> list[str]:
    if attribute == "age":
        return [f"over {int(column.median())}"]  # type: ignore[arg-type]
    counts = column.drop_nulls().value_counts().sort(["count", attribute], descending=[True, False])
    common = counts.filter(pl.col("count") >= FEWEST_SHARE * column.len())[attribute].cast(pl.String).to_list()
    return common[1:] if attribute == "sex" else common


def _has(audit: pl.DataFrame, attribute: str, value: str) -> Floats:
    column = audit[attribute]
    if attribute == "age":
        return (column > int(value.removeprefix("over "))).fill_null(False).to_numpy().astype(np.float64)
    return (column.cast(pl.String) == value).fill_null(False).to_numpy().astype(np.float64)


def _guessed(
    frame: pl.DataFrame, features: Sequence[str], has: Floats, household: NDArray[np.int64], seed: int
) -> Floats:
    """Guess by boosted trees, each household by trees grown on the others."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = np.hstack([coding(frame[name]).encode(frame[name]) for name in features])
    dealt, guess = folds_of(household, FOLDS, seed), np.full(has.size, has.mean())
    for fold in range(FOLDS):
        out = dealt == fold
        if np.unique(has[~out]).size == 2:
            model = HistGradientBoostingClassifier(
                max_iter=40, max_leaf_nodes=12, min_samples_leaf=20, early_stopping=False, random_state=seed
            )
            guess[out] = model.fit(x[~out], has[~out]).predict_proba(x[out])[:, 1]
    return guess


def _either_way(forecast: Floats, has: Floats) -> float:
    known = np.isfinite(forecast)
    found = auc(forecast[known], has[known], np.ones(int(known.sum())))
    return max(found, 1 - found)
