"""Who comes now beside whom the model learnt from: how far the mix has moved, and who lies outside what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

MOVED, FAR = 0.1, 0.25
"""Population stability index from which a mix has moved, and from which it is another (Siddiqi 2006, Credit Risk
Scorecards, 137)."""

OUTSIDE = 0.05
"""Share of persons outside what was seen from which a warning is given."""

TENTHS = np.linspace(0.1, 0.9, 9)
UNSEEN = "(never seen)"


@dataclass(frozen=True)
class Drift:
    """One feature's mix now, beside the training years'.

    Attributes
    ----------
    feature : str
    psi : float
        Population stability index: sum over classes of (now - then) log(now / then).
    outside : float
        Share of persons of a level never seen, or beyond the smallest and largest figure of the training rows.
    """

    feature: str
    psi: float
    outside: float

    @property
    def verdict(self) -> str:
        """`same`, `moved`, `another` or `outside`."""
        if self.outside > OUTSIDE:
            return "outside"
        return "another" if self.psi > FAR else "moved" if self.psi > MOVED else "same"


def reference(frame: pl.DataFrame, features: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Describe the mix of the training rows: shares of levels, or of the classes between tenths."""
    return {name: _described(frame[name]) for name in features}


def drift(then: Mapping[str, Mapping[str, Any]], frame: pl.DataFrame) -> tuple[Drift, ...]:
    """Compare the mix of new rows with a reference; features that the rows lack are left out."""
    return tuple(
        _compared(name, of, frame[name]) for name, of in then.items() if name in frame.columns and not frame.is_empty()
    )


def _described(values: pl.Series) -> dict[str, Any]:
    if not values.dtype.is_numeric() and values.dtype != pl.Boolean:
        counts = values.cast(pl.String).fill_null("").value_counts().sort(values.name)
        return {"levels": dict(zip(counts[values.name], (counts["count"] / values.len()).to_list(), strict=True))}
    numbers = values.cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
    if numbers.size == 0:
        return {"limits": [], "shares": [1.0], "low": 0.0, "high": 0.0}
    limits = np.unique(np.quantile(numbers, TENTHS))
    return {
        "limits": limits.tolist(),
        "shares": _shares(numbers, limits).tolist(),
        "low": float(numbers.min()),
        "high": float(numbers.max()),
    }


def _compared(name: str, of: Mapping[str, Any], values: pl.Series) -> Drift:
    if "levels" in of:
        text = values.cast(pl.String).fill_null("")
        then = np.array([*of["levels"].values(), 0.0])
        now = np.array([float((text == level).mean() or 0.0) for level in of["levels"]])
        unseen = max(0.0, 1 - float(now.sum()))
        return Drift(name, _psi(then, np.append(now, unseen)), unseen)
    numbers = values.cast(pl.Float64, strict=False).drop_nulls().drop_nans().to_numpy()
    if numbers.size == 0:
        return Drift(name, 0.0, 0.0)
    beyond = float(np.mean((numbers < of["low"]) | (numbers > of["high"])))
    return Drift(name, _psi(np.array(of["shares"]), _shares(numbers, np.array(of["limits"]))), beyond)


def _shares(numbers: Any, limits: Any) -> Any:
    return np.bincount(np.searchsorted(limits, numbers), minlength=len(limits) + 1) / numbers.size


def _psi(then: Any, now: Any) -> float:
    then, now = (np.maximum(shares, 1e-4) for shares in (then, now))
    return float(np.sum((now - then) * np.log(now / then)))
