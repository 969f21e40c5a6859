"""What stepwise selection finds, and what it would find in noise: `stepwise_audit`. Nothing else here selects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure import bootstrap
from fodfaeste.measure.regression_data import Units, read_units
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.measure.ridge import Ridge, ridge
from fodfaeste.measure.shrink import check_share
from fodfaeste.tables import Data

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

METHOD = Method(
    "Audit of forward stepwise least squares (F tests)",
    "Efroymson 1960; Freedman 1983, Am. Stat. 37, 152-155; Altman, Andersen 1989, Stat. Med. 8, 771-783",
)
# A predictor with less than this share of its variance left beside those selected is not told apart from them.
TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, kw_only=True)
class StepwiseAudit(Result):
    """What stepwise selection made of a table, and what it makes of resampled, permuted and left-out rows.

    Attributes
    ----------
    path : polars.DataFrame
        One row a step: step, action ("enter" or "remove"), term, f, p_value, r2 (after the step).
    permuted : polars.DataFrame
        One row a permutation of the outcome: r2 (that selection found), selected (number of predictors).
    ridge : polars.DataFrame
        One row a penalty tried for ridge on all predictors: penalty, loo_r2.
    """

    path: pl.DataFrame
    permuted: pl.DataFrame
    ridge: pl.DataFrame


Step = tuple[NDArray[np.int64], Floats, Floats, Floats]


@dataclass(frozen=True, eq=False)
class _Selected:
    """Where stepwise selection ended, for many tables at once.

    Attributes
    ----------
    chosen : ndarray of bool, shape (tables, predictors)
    coefficients : ndarray of float, shape (tables, predictors)
        0 where not chosen.
    r2 : ndarray of float, shape (tables,)
    p_value : ndarray of float, shape (tables, predictors)
        Of the F test for leaving a chosen predictor out; NaN elsewhere.
    steps : list of (move, f, p_value, r2), each of shape (tables,)
        A move is j + 1 where predictor j entered, -(j + 1) where it was removed, 0 where selection had ended.
    """

    chosen: Marks
    coefficients: Floats
    r2: Floats
    p_value: Floats
    steps: list[Step]


@dataclass(frozen=True, eq=False)
class _Selections:
    """Selection in the table as it is, in bootstraps, in permutations, and without each unit in turn."""

    here: _Selected
    drawn: _Selected
    noise: _Selected
    without: _Selected


def stepwise_audit(
    data: Data,
    outcome: str | None = None,
    predictors: Sequence[str] = (),
    *,
    events: str | None = None,
    n: str | None = None,
    unit: str | None = None,
    enter: float = 0.05,
    remove: float = 0.10,
    bootstraps: int = 1000,
    permutations: int = 1000,
    seed: int,
) -> StepwiseAudit:
    """Show what stepwise regression selects from a table, how often it would again, and what it selects from noise.

    The selection is the one that the report of 2002 and the statistics programs of its time made: least squares,
    at each step the predictor with the smallest p value enters if that is below `enter`, and any with a p value above
    `remove` leaves.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    outcome : str, optional
        Column with the outcome.
    predictors : sequence of str
        Columns of numbers to select from.
    events, n : str, optional
        Instead of `outcome`: counts, whose share events / n is the outcome (each unit counts the same).
    unit : str, optional
        Column of names; each may occur once. Without it the rows are numbered from 1.
    enter, remove : float
        p values of the F tests, `enter` below `remove`.
    bootstraps : int
        Draws of units with replacement, each with a selection of its own.
    permutations : int
        Shuffles of the outcome over the units, each with a selection of its own: what is found there is noise.
    seed : int
        Of draws and shuffles.

    Returns
    -------
    StepwiseAudit
        `table`: one row a predictor with term, selected, estimate and p_naive (as selection prints them; empty if not
        selected), inclusion (share of bootstraps that select it), inclusion_permuted (share of permutations),
        ridge (coefficient with all predictors in and the penalty that predicts left-out units best).
        `summary`: n, k, units_given, selected, r2, adjusted_r2 (as printed after a selection), loo_r2_naive (of the
        selected predictors, as if they had been chosen beforehand), loo_r2 (the whole selection made again without
        each unit), permuted_r2_mean, permuted_r2_95 (95 per cent quantile), permuted_share_any (share of permutations
        in which anything is selected), p_value (share of permutations, the table itself counted in, with an R2 as
        large), same_selection (share of bootstraps that select just these), selections (different ones among the
        bootstraps), ridge_penalty, ridge_degrees, ridge_loo_r2, all_r2 and all_loo_r2 (all predictors, no penalty).

    Raises
    ------
    UnknownName, BadInput, Refused
        As `regress`; and if `enter` is not below `remove`.

    References
    ----------
    Efroymson (1960), in Ralston, Wilf, Mathematical Methods for Digital Computers, 191-203; Freedman (1983), Am. Stat.
    37, 152-155 (what selection finds in noise); Altman, Andersen (1989), Stat. Med. 8, 771-783 (inclusion over
    bootstraps); Goodnight (1979), Am. Stat. 33, 149-158 (sweep operator); ridge: Hoerl, Kennard (1970), Technometrics
    12, 55-67.
    """
    _check_options(enter, remove, bootstraps, permutations)
    units = read_units(data, outcome, predictors, events=events, n=n, unit=unit)
    x, y = units.predictors, units.outcome
    many, limits = y.size, (enter, remove)
    rng = np.random.default_rng(seed)
    found = _Selections(
        here=_select(_products(x, y, [np.ones((1, many))]), many - 1, limits),
        drawn=_select(_products(x, y, bootstrap.resampled(many, bootstraps, rng)), many - 1, limits),
        noise=_select(_permuted_products(x, y, permutations, rng), many - 1, limits),
        without=_select(_products(x, y, bootstrap.left_out(many)), many - 2, limits),
    )
    all_in = ridge(x, y)
    summary = _summary(units, found, all_in)
    return StepwiseAudit(
        table=_table(units, found, all_in),
        summary=summary,
        notes=(*units.notes, *_notes(summary, bootstraps, permutations)),
        method=METHOD,
        params=provenance(
            units.data,
            outcome=outcome,
            predictors=list(predictors),
            events=events,
            n=n,
            unit=unit,
            enter=enter,
            remove=remove,
            bootstraps=bootstraps,
            permutations=permutations,
            seed=seed,
        ),
        path=_path(units, found.here),
        permuted=pl.DataFrame({"r2": found.noise.r2, "selected": found.noise.chosen.sum(axis=1)}),
        ridge=pl.DataFrame({"penalty": all_in.penalties, "loo_r2": all_in.loo_r2s}),
    )


def _check_options(enter: float, remove: float, bootstraps: int, permutations: int) -> None:
    check_share("enter", enter)
    check_share("remove", remove)
    if enter >= remove:
        found = f"enter={enter:g} and remove={remove:g}"
        raise BadInput(Problem(found, "enter below remove", "Otherwise a predictor can enter and leave for ever."))
    for name, draws in (("bootstraps", bootstraps), ("permutations", permutations)):
        if draws < 1:
            raise BadInput(Problem(f"{name}={draws}", "at least 1, better 1000", "Draw more."))


def _products(x: Floats, y: Floats, blocks: Iterable[Floats]) -> Floats:
    """Give centred cross-products of predictors and outcome for reweighted units, shape (tables, k + 1, k + 1)."""
    z = _standard(np.column_stack([x, y]))
    columns = z.shape[1]
    squares = (z[:, :, None] * z[:, None, :]).reshape(-1, columns**2)

    def one(cases: Floats) -> Floats:
        sums = cases @ z
        means = sums / cases.sum(axis=1, keepdims=True)
        raw = (cases @ squares).reshape(-1, columns, columns)
        return np.asarray(raw - sums[:, :, None] * means[:, None, :])

    return np.concatenate([one(cases) for cases in blocks])


def _permuted_products(x: Floats, y: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    products = np.repeat(_products(x, y, [np.ones((1, y.size))]), permutations, axis=0)
    standard, apart = _standard(x), _standard(y)
    for table in products:
        table[-1, :-1] = table[:-1, -1] = rng.permutation(apart) @ standard
    return products


def _select(products: Floats, total_degrees: int, limits: tuple[float, float]) -> _Selected:
    """Select stepwise in many tables at once.

    1. In every table the F test of each predictor is made: of those in, for leaving; of those out, for entering.
    2. If one that is in has a p value above the limit, the one with the largest leaves.
    3. Otherwise, if one that is out has a p value below the limit, the one with the smallest enters.
    4. It ends when no table has a move left.

    Parameters
    ----------
    products : ndarray of float, shape (tables, k + 1, k + 1)
        Centred cross-products, the outcome last.
    total_degrees : int
        Units - 1.
    limits : tuple of float
        p value to enter, p value to be removed.
    """
    swept = products.copy()
    tables, k = products.shape[0], products.shape[1] - 1
    # A column that a draw happens to make constant has nothing left but rounding.
    own = np.maximum(np.diagonal(products, axis1=1, axis2=2), 1e-6 * (total_degrees + 1))
    chosen = np.zeros((tables, k), dtype=bool)
    steps: list[Step] = []
    moving = np.ones(tables, dtype=bool)
    # The limits of the F tests leave no way round in a circle except with next to no degrees of freedom.
    while moving.any() and len(steps) < 10 * k:
        f, p_value = _f_tests(swept, own, chosen, total_degrees)
        move = np.where(moving, _moves(p_value, f, chosen, limits), 0)
        moving = move != 0
        at = np.flatnonzero(moving)
        pivot = np.abs(move[at]) - 1
        swept[at] = _sweep(swept[at], pivot)
        chosen[at, pivot] = ~chosen[at, pivot]
        one = np.arange(tables), np.maximum(np.abs(move) - 1, 0)
        steps.append((move, f[one], p_value[one], 1 - swept[:, -1, -1] / own[:, -1]))
    _, p_value = _f_tests(swept, own, chosen, total_degrees)
    return _Selected(
        chosen,
        np.where(chosen, swept[:, :-1, -1], 0.0),
        np.where(chosen.any(axis=1), 1 - swept[:, -1, -1] / own[:, -1], 0.0),
        np.where(chosen, p_value, np.nan),
        steps,
    )


def _f_tests(swept: Floats, own: Floats, chosen: Marks, total_degrees: int) -> tuple[Floats, Floats]:
    """Give F and its p value for each predictor, shape (tables, k); F is 0 for one that the others give."""
    rest = np.maximum(swept[:, -1, -1], 1e-12 * own[:, -1])[:, None]
    diagonal = np.diagonal(swept, axis1=1, axis2=2)[:, :-1]
    usable = chosen | (diagonal > TOLERANCE * own[:, :-1])
    gain = np.where(usable, swept[:, :-1, -1] ** 2 / np.where(usable, diagonal, 1), 0)
    degrees = total_degrees - chosen.sum(axis=1, keepdims=True) - ~chosen
    left = np.where(chosen, rest, np.maximum(rest - gain, 1e-12 * own[:, -1:]))
    f = gain * degrees / left
    return f, special.fdtrc(1, degrees, f)


def _moves(p_value: Floats, f: Floats, chosen: Marks, limits: tuple[float, float]) -> NDArray[np.int64]:
    enter, remove = limits
    rows = np.arange(len(chosen))
    # By F, not by p: p values of strong predictors all round to 0.
    worst = np.argmin(np.where(chosen, f, np.inf), axis=1)
    best = np.argmax(np.where(chosen, -1.0, f), axis=1)
    leaves = chosen[rows, worst] & (p_value[rows, worst] > remove)
    enters = ~chosen[rows, best] & (p_value[rows, best] < enter)
    return np.where(leaves, -(worst + 1), np.where(enters, best + 1, 0))


def _sweep(tables: Floats, pivot: NDArray[np.int64]) -> Floats:
    """Sweep each table on its pivot; a second sweep undoes the first (Goodnight 1979)."""
    rows = np.arange(len(tables))
    over = tables[rows, pivot, pivot][:, None]
    row = tables[rows, pivot, :] / over
    column = tables[rows, :, pivot]
    swept = tables - column[:, :, None] * row[:, None, :]
    swept[rows, pivot, :] = row
    swept[rows, :, pivot] = -column / over
    swept[rows, pivot, pivot] = 1 / over[:, 0]
    return swept


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _basis(x: Floats) -> Floats:
    return np.linalg.qr(np.column_stack([np.ones(len(x)), _standard(x)]))[0]


def _press_r2(x: Floats, y: Floats) -> float:
    """Give 1 - PRESS/SST of least squares on some predictors, shape (units, any number)."""
    basis = _basis(x)
    left = (y - basis @ (basis.T @ y)) / (1 - np.sum(basis**2, axis=1))
    apart = y - y.mean()
    return 1 - float(left @ left / (apart @ apart))


def _selection_r2(x: Floats, y: Floats, without: _Selected) -> float:
    """Give 1 - PRESS/SST where each unit is told by the selection made without it."""
    z, apart, many = _standard(x), _standard(y), y.size
    # Mean of the others: with mean 0 over all, what is left out goes missing from the sum.
    told = -apart / (many - 1) + np.sum(without.coefficients * (z + z / (many - 1)), axis=1)
    return 1 - float(np.sum((apart - told) ** 2) / (apart @ apart))


def _table(units: Units, found: _Selections, all_in: Ridge) -> pl.DataFrame:
    here, chosen = found.here, found.here.chosen[0]
    scale = units.outcome.std() / units.predictors.std(axis=0)
    return pl.DataFrame(
        {
            "term": list(units.terms),
            "selected": chosen,
            "estimate": np.where(chosen, here.coefficients[0] * scale, np.nan),
            "p_naive": here.p_value[0],
            "inclusion": found.drawn.chosen.mean(axis=0),
            "inclusion_permuted": found.noise.chosen.mean(axis=0),
            "ridge": all_in.coefficients,
        }
    ).fill_nan(None)


def _path(units: Units, here: _Selected) -> pl.DataFrame:
    rows = [
        {
            "step": step,
            "action": "enter" if move[0] > 0 else "remove",
            "term": units.terms[abs(int(move[0])) - 1],
            "f": float(f[0]),
            "p_value": float(p_value[0]),
            "r2": float(r2[0]),
        }
        for step, (move, f, p_value, r2) in enumerate(here.steps, start=1)
        if move[0]
    ]
    columns = {"step": pl.Int64, "action": pl.String, "term": pl.String}
    return pl.DataFrame(rows, schema={**columns, "f": pl.Float64, "p_value": pl.Float64, "r2": pl.Float64})


def _summary(units: Units, found: _Selections, all_in: Ridge) -> dict[str, Any]:
    x, y = units.predictors, units.outcome
    here, drawn, noise = found.here, found.drawn, found.noise
    chosen, r2, many = here.chosen[0], float(here.r2[0]), y.size
    taken = int(chosen.sum())
    # A permutation may find the very same R2 and differ in the last digits.
    as_large = int(np.sum(noise.r2 >= r2 - 1e-12))
    return {
        "n": many,
        "k": len(units.terms),
        "units_given": units.given,
        "selected": taken,
        "r2": r2,
        "adjusted_r2": 1 - (1 - r2) * (many - 1) / (many - 1 - taken),
        "loo_r2_naive": _press_r2(x[:, chosen], y),
        "loo_r2": _selection_r2(x, y, found.without),
        "permuted_r2_mean": float(noise.r2.mean()),
        "permuted_r2_95": float(np.quantile(noise.r2, 0.95)),
        "permuted_share_any": float(noise.chosen.any(axis=1).mean()),
        "p_value": (1 + as_large) / (1 + noise.r2.size),
        "same_selection": float((drawn.chosen == chosen).all(axis=1).mean()),
        "selections": len(np.unique(drawn.chosen, axis=0)),
        "ridge_penalty": all_in.penalty,
        "ridge_degrees": all_in.degrees,
        "ridge_loo_r2": all_in.loo_r2,
        "all_r2": _r2(x, y),
        "all_loo_r2": _press_r2(x, y),
    }


def _r2(x: Floats, y: Floats) -> float:
    apart = y - y.mean()
    return float(np.sum((_basis(x).T @ apart) ** 2) / (apart @ apart))


def _notes(summary: dict[str, Any], bootstraps: int, permutations: int) -> list[Note]:
    notes = [
        Note(
            "selected-on-the-outcome",
            "p_naive, r2 and adjusted_r2 are computed as if these predictors had been chosen beforehand. They were "
            "chosen by the outcome, so they say more than there is: read loo_r2, inclusion and the permutations. "
            "Instead of selecting, take a block chosen beforehand (regress), or all with ridge.",
            "warning",
        ),
        Note(
            "found-in-noise",
            f"In outcomes shuffled over the units, selection finds something in "
            f"{summary['permuted_share_any']:.0%} and an R2 of {summary['permuted_r2_mean']:.2f} on average "
            f"({summary['permuted_r2_95']:.2f} or more in 1 of 20). Here it found {summary['r2']:.2f}.",
        ),
        Note(
            "monte-carlo-error",
            f"With {bootstraps} bootstraps and {permutations} permutations, shares have standard errors up to "
            f"{0.5 / np.sqrt(min(bootstraps, permutations)):.2g}.",
        ),
    ]
    if summary["selected"] == 0:
        notes.append(Note("nothing-selected", "No predictor meets the limit to enter.", "info"))
    if summary["loo_r2"] <= 0:
        text = f"Leave-one-out R2 of the whole selection is {summary['loo_r2']:.2f}: the mean tells as much of a unit."
        notes.append(Note("tells-nothing-new", text, "warning"))
    return notes
