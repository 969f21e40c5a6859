"""What past arrivals would have got by another rule: doubly robust, with overlap shown, and refused where it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.bootstrap import check_bootstraps, percentile_limits, resampled
from fodfaeste.measure.result import Method, Note, provenance
from fodfaeste.place.evaluation.history import History, history_of
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

Policy = ArrayLike | Callable[[Known], ArrayLike]
"""Where a rule would send each row: positions of places, shape (rows,), or chances, shape (rows, places); or a function
of what may be known. Arrays must not have been made from the outcomes that they are judged by."""

METHOD = Method(
    "Doubly robust value of a policy (AIPW), cross-fitted by household, weights bounded; household bootstrap",
    "Robins, Rotnitzky, Zhao (1994), JASA 89, 846-866; Chernozhukov et al. (2018), Econometrics Journal 21, C1-C68; "
    "bound: Gruber et al. (2022), Am. J. Epidemiol. 191, 1640-1651",
)

LEAST_EFFECTIVE = 30.0
"""Below this effective number of rows a policy is refused."""

TOLERATED = 0.05
"""Above this share of a policy's placements where people like them were hardly ever placed, it is refused."""


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
        `policy`, `value`, `rows`, `estimate`, `lower`, `upper`; small groups pooled; empty without groups.
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


@dataclass(frozen=True, eq=False)
class _Judged:
    """One policy, row by row."""

    name: str
    chances: Floats
    psi: Floats
    direct: Floats
    weight: Floats
    unsupported: Floats
    effective: float
    refused: str | None


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
    judged, fitted = _judged(history, policies, propensities, outcome_fit, (folds, bound, seed))
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


def refusal(history: History, policy: str, effective: float, unsupported: Floats) -> str:
    """Say in words why nothing can be said of a policy: where it would send people whose like never went there."""
    share = float(unsupported.sum()) / len(history.households)
    worst = np.argsort(-unsupported.sum(axis=0), kind="stable")
    places = [history.places[place] for place in worst if unsupported[:, place].sum() >= 0.5][:5]
    told = f"Policy {policy} is refused: what was really done bears on only {effective:.0f} rows of it"
    if share > TOLERATED:
        told += f", and {share:.0%} of it would go where people like them were hardly ever placed"
    if places:
        told += f" (most of all {', '.join(places)})"
    if history.groups is not None and share > TOLERATED:
        of = np.array(history.groups, object)
        sums = {value: float(unsupported[who].sum()) / who.size for value, who in pooled(of).items()}
        told += "; by group: " + ", ".join(f"{value} {part:.0%}" for value, part in sums.items() if part >= 0.01)
    return told + ". Weighting cannot tell what would have become of them; try it on a small part by lot first."


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


def _judged(
    history: History,
    policies: Mapping[str, Policy],
    propensities: Propensities,
    outcome_fit: OutcomeFit,
    settings: tuple[int, float | None, int],
) -> tuple[list[_Judged], float]:
    """Fit both models and judge each policy; give them with the least chance that is believed."""
    folds, bound, seed = settings
    rows, clusters = len(history.households), history.clusters
    households = int(clusters.max()) + 1 if rows else 0
    if folds < 2 or households < 2 * folds:
        found, expected = f"{households} households for {folds} folds", "at least two folds and two households in each"
        raise NotEnoughPeople(Fault(found, expected, "Take a longer history, or fewer folds."))
    if not policies:
        raise BadInput(Fault("no policy", "at least one", "Name what to compare with what was done."))
    rng = np.random.Generator(np.random.PCG64(seed))
    fold = (rng.permutation(households) % folds)[clusters]
    mu, chance = _cross_fitted(history, fold, propensities, outcome_fit)
    least = float(5 / (np.sqrt(rows) * np.log(rows))) if bound is None else bound
    known = Known(history, mu, fold)
    return [_judge(known, name, policy, chance, least) for name, policy in policies.items()], least


def _cross_fitted(
    history: History, fold: Ints, propensities: Propensities, outcome_fit: OutcomeFit
) -> tuple[Floats, Floats]:
    """Fit both models to the other folds; give outcomes and chances, each of shape (rows, places)."""
    places = len(history.places)
    mu = np.zeros((fold.size, places))
    chance = np.zeros((fold.size, places)) if history.propensity is None else history.propensity
    for one in range(int(fold.max()) + 1):
        test, train = fold == one, fold != one
        features, place = history.features[train], history.place[train]
        mu[test] = outcome_fit(features, place, history.outcome[train], places)(history.features[test])
        if history.propensity is None:
            chance[test] = propensities(features, place, places)(history.features[test])
    return mu, chance


def _chances(known: Known, name: str, policy: Policy) -> Floats:
    """Bring a policy into chances, shape (rows, places)."""
    rows, places = len(known.history.households), len(known.history.places)
    given = np.asarray(policy(known) if callable(policy) else policy)
    if given.shape == (rows,) and given.size and given.min() >= 0 and given.max() < places:
        told = np.zeros((rows, places))
        told[np.arange(rows), given.astype(np.int64)] = 1.0
        return told
    if given.shape == (rows, places) and (given >= 0).all() and np.allclose(given.sum(axis=1), 1, atol=1e-6):
        return given.astype(np.float64)
    expected = f"a place for each of {rows} rows, or chances that add up to 1 over {places} places"
    todo = "Say where the policy sends each of the households of the history."
    raise BadInput(Fault(f"the policy {name} of shape {given.shape}", expected, todo))


def _judge(known: Known, name: str, policy: Policy, chance: Floats, least: float) -> _Judged:
    history = known.history
    chances = _chances(known, name, policy)
    there = np.arange(history.place.size), history.place
    if (chances[there] == 1).all():
        # What was done has no need of models: its value is what was seen.
        ones, none = np.ones(history.place.size), np.zeros_like(chances)
        return _Judged(name, chances, history.outcome, history.outcome, ones, none, float(ones.size), None)
    weight = chances[there] / np.maximum(chance[there], least)
    direct = (chances * known.forecasts).sum(axis=1)
    psi = direct + weight * (history.outcome - known.forecasts[there])
    unsupported = chances * (chance < least)
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
    refused = "few_alike" if effective < LEAST_EFFECTIVE else None
    if unsupported.sum() > TOLERATED * history.place.size:
        refused = "no_support"
    return _Judged(name, chances, psi, direct, weight, unsupported, effective, refused)


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


def _row(history: History, one: _Judged, drawn: _Bootstrap) -> dict[str, Any]:
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


def _groups(history: History, judged: list[_Judged], drawn: _Bootstrap) -> pl.DataFrame:
    schema = {
        "policy": pl.String,
        "value": pl.String,
        "rows": pl.Int64,
        **dict.fromkeys(("estimate", "lower", "upper"), pl.Float64),
    }
    if history.groups is None:
        return pl.DataFrame(schema=schema)
    rows = [
        (one.name, value, who.size, float(one.psi[who].mean()), *drawn.limits(one.psi, who))
        for one in judged
        if not one.refused
        for value, who in pooled(np.array(history.groups, object)).items()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _overlap(history: History, judged: list[_Judged]) -> pl.DataFrame:
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


def _notes(history: History, judged: list[_Judged]) -> list[Note]:
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
