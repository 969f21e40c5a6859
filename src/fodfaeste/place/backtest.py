"""What past arrivals would have got by another rule: doubly robust, with overlap shown, and refused where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.bootstrap import check_bootstraps, percentile_limits, resampled
from fodfaeste.measure.result import Method, Note, provenance
from fodfaeste.place.evaluation.history import History, history_of
from fodfaeste.place.evaluation.judging import Judged, Policy, judged_by, refusal
from fodfaeste.place.evaluation.outcome_fit import OutcomeFit, shrunken_places
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.policies import Known, greedy, random, solved, status_quo
from fodfaeste.place.evaluation.propensity import Propensities, by_kind, multinomial
from fodfaeste.place.evaluation.small import pooled
from fodfaeste.place.problem import Ints

__all__ = [
    "Backtest",
    "History",
    "Known",
    "Policy",
    "backtest",
    "by_kind",
    "greedy",
    "history_of",
    "multinomial",
    "random",
    "replay",
    "shrunken_places",
    "solved",
    "status_quo",
]

Floats = NDArray[np.float64]

METHOD = Method(
    "Doubly robust value of a policy (AIPW), cross-fitted by household, weights bounded; household bootstrap",
    "Robins, Rotnitzky, Zhao (1994), JASA 89, 846-866; Chernozhukov et al. (2018), Econometrics Journal 21, C1-C68; "
    "bound: Gruber et al. (2022), Am. J. Epidemiol. 191, 1640-1651",
)


@dataclass(frozen=True, eq=False)
class Backtest:
    """What policies would have been worth to past arrivals.

    Attributes
    ----------
    table : polars.DataFrame
        One row a policy: `policy`, `rows`, `households`; `estimate` with `lower`, `upper` (mean outcome a row);
        `difference` from what was seen, with `difference_lower`, `difference_upper`; `direct` (the outcome model
        alone) and `weighted` (weights alone) for comparison, not for use; `matched` (share of the policy's placements
        that really happened), `effective` (rows that the weights are worth), `largest_weight`, `unsupported` (share of
        the policy's placements with a chance below the bound); `refused` (null, or `few_alike`, `no_support`). The
        estimates of a refused policy are null.
    groups : polars.DataFrame
        `policy`, `value`, `rows`, `estimate`, `lower`, `upper`, and `difference` from what was seen in the group, with
        `difference_lower`, `difference_upper`; small groups pooled; empty without groups.
    overlap : polars.DataFrame
        `policy`, `value` (group), `place`, `sent` (rows that the policy would send there, expected), `seen` (rows of
        the group that were really placed there), `unsupported` (expected rows with a chance below the bound): where
        `unsupported` is above 0, the most first.
    observed : float
        Mean outcome seen.
    bound : float
        The least chance that is believed.
    propensities : {"logged", "estimated"}
    level : float
    method : Method
    notes : tuple of Note
    params : dict
        Every setting, the version, and the fingerprint of the history: a protocol can be frozen before it is run.
    chances : mapping of policy to ndarray of float64, shape (rows, places)
        Where each policy sends each row.
    """

    table: pl.DataFrame
    groups: pl.DataFrame
    overlap: pl.DataFrame
    observed: float
    bound: float
    propensities: Literal["logged", "estimated"]
    level: float
    method: Method
    notes: tuple[Note, ...]
    params: Mapping[str, Any]
    chances: Mapping[str, Floats]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the chances as plain Python values."""
        told: dict[str, Any] = plain({name: value for name, value in vars(self).items() if name != "chances"})
        return told


def backtest(
    history: History,
    policies: Mapping[str, Policy],
    *,
    propensities: Propensities = multinomial,
    outcome_fit: OutcomeFit = shrunken_places,
    folds: int = 5,
    bound: float | None = None,
    level: float = 0.95,
    bootstraps: int = 1000,
    seed: int = 0,
) -> Backtest:
    """Estimate what past arrivals would have got by other rules.

    Parameters
    ----------
    history : History
    policies : mapping of name to policy
        See `Policy`.
    propensities : callable
        How chances are estimated where they were not logged: `multinomial` or `by_kind`, or your own.
    outcome_fit : callable
        The outcome model.
    folds : int
        Both models are fitted to other households than they are used for.
    bound : float, optional
        Chances below it are raised to it, and placements there count as unsupported. The default is
        ``5 / (sqrt(n) * log(n))`` of n rows.
    level : float
    bootstraps : int
        Households drawn again; the models are not fitted again, because the estimate does not depend on them to first
        order (Neyman orthogonality).
    seed : int

    Returns
    -------
    Backtest

    Raises
    ------
    Refused
        If overlap fails for every policy; the text says which, where, and for whom.
    NotEnoughPeople
        If there are fewer households than twice the folds.

    Notes
    -----
    The value of a policy with chances pi is the mean over rows of ``sum_j pi_ij mu_j(x_i) + pi_iA / e_A(x_i) * (y_i -
    mu_A(x_i))``, A being where the row was placed. It is right if the chances e or the outcomes mu are right, given
    that everything that decided both placing and outcome is among the features. No table can show that it is.
    """
    judged, fitted = judged_by(history, policies, propensities, outcome_fit, (folds, bound, seed))
    check_bootstraps(bootstraps, level)
    if all(one.refused for one in judged):
        raise Refused("\n".join(refusal(history, one.name, one.effective, one.unsupported) for one in judged))
    drawn = _Bootstrap(history.clusters, bootstraps, level, np.random.Generator(np.random.PCG64([seed, 1])))
    return Backtest(
        table=pl.DataFrame([_row(history, one, drawn) for one in judged], schema=TABLE),
        groups=_groups(history, judged, drawn),
        overlap=_overlap(history, judged),
        observed=float(history.outcome.mean()),
        bound=fitted,
        propensities="estimated" if history.propensity is None else "logged",
        level=level,
        method=METHOD,
        notes=tuple(_notes(history, judged)),
        params=provenance(
            _table(history),
            folds=folds,
            bootstraps=bootstraps,
            seed=seed,
            level=level,
            bound=fitted,
            policies=[*policies],
        ),
        chances={one.name: one.chances for one in judged},
    )


def replay(found: Backtest, truth: ArrayLike) -> pl.DataFrame:
    """Set what a back-test says beside the truth, where that is known: on simulated registers.

    Parameters
    ----------
    found : Backtest
    truth : array-like of float, shape (rows, places)
        The expected outcome of each row at each place.

    Returns
    -------
    polars.DataFrame
        `policy`, `estimate`, `lower`, `upper`, `direct`, `weighted`, `truth`, `covered`.
    """
    true = np.asarray(truth, np.float64)
    for chances in found.chances.values():
        if true.shape != chances.shape:
            expected = " by ".join(map(str, chances.shape))
            raise BadInput(Fault(f"a truth of shape {true.shape}", expected, "Give one for each row and place."))
    values = [float((chances * true).sum(axis=1).mean()) for chances in found.chances.values()]
    kept = found.table.select("policy", "estimate", "lower", "upper", "direct", "weighted")
    return kept.with_columns(truth=pl.Series(values, dtype=pl.Float64)).with_columns(
        covered=(pl.col("lower") <= pl.col("truth")) & (pl.col("truth") <= pl.col("upper"))
    )


TABLE = {
    "policy": pl.String,
    "rows": pl.Int64,
    "households": pl.Int64,
    **dict.fromkeys(
        (
            "estimate",
            "lower",
            "upper",
            "difference",
            "difference_lower",
            "difference_upper",
            "direct",
            "weighted",
            "matched",
            "effective",
            "largest_weight",
            "unsupported",
        ),
        pl.Float64,
    ),
    "refused": pl.String,
}


def _table(history: History) -> pl.DataFrame:
    """Set a history out as a table, to take its fingerprint: what a protocol was frozen on."""
    frame = pl.DataFrame(history.features, schema=[f"feature {name}" for name in history.feature_names], orient="row")
    return frame.with_columns(
        household=pl.Series(history.households), place=pl.Series(history.place), outcome=pl.Series(history.outcome)
    )


class _Bootstrap:
    """Households drawn again, the same for every policy, so that policies are compared on the same draws."""

    def __init__(self, clusters: Ints, draws: int, level: float, rng: np.random.Generator) -> None:
        self.clusters, self.households, self.level = clusters, int(clusters.max()) + 1, level
        self._times = np.concatenate(list(resampled(self.households, draws, rng)))

    def limits(self, values: Floats, who: Ints | None = None) -> tuple[float, float]:
        """Give the limits of the mean of the values of some rows (None: all)."""
        clusters = self.clusters if who is None else self.clusters[who]
        values = values if who is None else values[who]
        sums = np.bincount(clusters, values, minlength=self.households)
        sizes = np.bincount(clusters, minlength=self.households)
        drawn = (self._times @ sums) / np.maximum(self._times @ sizes, 1)
        low, high = percentile_limits(drawn[:, None], self.level)[:, 0]
        return float(low), float(high)


def _row(history: History, one: Judged, drawn: _Bootstrap) -> dict[str, Any]:
    row: dict[str, Any] = {
        "policy": one.name,
        "rows": one.psi.size,
        "households": drawn.households,
        "matched": float(one.chances[np.arange(one.psi.size), history.place].mean()),
        "effective": one.effective,
        "largest_weight": float(one.weight.max()),
        "unsupported": float(one.unsupported.sum() / one.psi.size),
        "refused": one.refused,
    }
    if one.refused:
        return row
    difference = one.psi - history.outcome
    low, high = drawn.limits(one.psi)
    less, more = drawn.limits(difference)
    return {
        **row,
        "estimate": float(one.psi.mean()),
        "lower": low,
        "upper": high,
        "difference": float(difference.mean()),
        "difference_lower": less,
        "difference_upper": more,
        "direct": float(one.direct.mean()),
        "weighted": float((one.weight * history.outcome).sum() / one.weight.sum()),
    }


def _groups(history: History, judged: list[Judged], drawn: _Bootstrap) -> pl.DataFrame:
    schema = {
        "policy": pl.String,
        "value": pl.String,
        "rows": pl.Int64,
        **dict.fromkeys(
            ("estimate", "lower", "upper", "difference", "difference_lower", "difference_upper"), pl.Float64
        ),
    }
    if history.groups is None:
        return pl.DataFrame(schema=schema)
    rows = [
        (
            one.name,
            value,
            who.size,
            float(one.psi[who].mean()),
            *drawn.limits(one.psi, who),
            float((one.psi - history.outcome)[who].mean()),
            *drawn.limits(one.psi - history.outcome, who),
        )
        for one in judged
        if not one.refused
        for value, who in pooled(np.array(history.groups, object)).items()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _overlap(history: History, judged: list[Judged]) -> pl.DataFrame:
    groups = np.array(history.groups or ("all",) * history.place.size, object)
    rows = []
    for one in judged:
        for value, who in pooled(groups).items():
            lacking = one.unsupported[who].sum(axis=0)
            for place in np.flatnonzero(lacking > 1e-9).tolist():
                sent, seen = float(one.chances[who, place].sum()), int((history.place[who] == place).sum())
                rows.append((one.name, value, history.places[place], sent, seen, float(lacking[place])))
    schema = {
        **dict.fromkeys(("policy", "value", "place"), pl.String),
        "sent": pl.Float64,
        "seen": pl.Int64,
        "unsupported": pl.Float64,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("policy", "unsupported", descending=[False, True], maintain_order=True)


def _notes(history: History, judged: list[Judged]) -> list[Note]:
    text = "Right only if everything that decided both placing and outcome is among the features."
    notes = [Note("no_hidden_reasons", text)]
    if history.propensity is None:
        notes.append(Note("estimated_chances", "The chances of being placed somewhere were not logged, but estimated."))
    for one in judged:
        if one.refused:
            text = refusal(history, one.name, one.effective, one.unsupported)
            notes.append(Note("no_overlap", text, "warning"))
        elif one.unsupported.any():
            text = (
                f"Of policy {one.name}, {one.unsupported.sum() / one.psi.size:.1%} goes where people like them were "
                "hardly ever placed; there the outcome model speaks alone."
            )
            notes.append(Note("thin_overlap", text))
    return notes
