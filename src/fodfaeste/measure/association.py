"""Ordinal association: Goodman and Kruskal's gamma with both standard errors, one pair, many, or published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import special

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, UnknownName
from fodfaeste.measure import _kernels
from fodfaeste.measure.counts import one_level
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame, number, source_name
from fodfaeste.values import Good

DENSE_CELLS = 4_000_000
"""Up to so many cells (distinct x times distinct y) a full table is summed; above, a tree is swept along x."""

EXACT_UP_TO = 9
"""Up to so many observations all orders of y are tried: 9! = 362 880."""

GAMMA = Method(
    "gamma",
    "Goodman, Kruskal (1954), J. Am. Stat. Assoc. 49, 732-764; errors: Goodman, Kruskal (1963), J. Am. Stat. Assoc. "
    "58, 310-364; Brown, Benedetti (1977), J. Am. Stat. Assoc. 72, 309-315",
)
PUBLISHED = Method(
    "published gammas",
    "null variance without ties: Kendall (1938), Biometrika 30, 81-93; Holm (1979); Benjamini, Hochberg (1995)",
)

Counted = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Cells:
    """The non-empty cells of a table: `weight[k]` observations at ranks `x[k]`, `y[k]`, sorted by x and then y."""

    x: Counted
    y: Counted
    weight: Counted

    @property
    def n(self) -> int:
        return int(self.weight.sum())

    @property
    def rows(self) -> Counted:
        return _sums(self.x, self.weight)

    @property
    def columns(self) -> Counted:
        return _sums(self.y, self.weight)


@dataclass(frozen=True)
class Association:
    """Everything that concordant and discordant pairs tell about two ordinal variables.

    Attributes
    ----------
    n : int
        Observations.
    gamma : float or None
        (C - D) / (C + D), -1 to 1; None without an untied pair.
    se, se0 : float or None
        Asymptotic standard error for the interval (ASE1), and the one that holds when gamma is 0 (ASE0), for the test.
    z, p_value : float or None
        gamma / se0 and its two-sided normal p; None where se0 is 0.
    p_exact : float or None
        Two-sided permutation p of |C - D|, for at most nine observations.
    lower, upper : float or None
        gamma -+ z se, cut at -1 and 1.
    concordant, discordant : int
        Pairs ordered alike (C) and opposite (D).
    tied_x_only, tied_y_only, tied_both : int
        The other pairs.
    tau_b : float or None
        Kendall's tau-b.
    somers_d_yx, somers_d_xy : float or None
        Somers' d with y, and with x, as the dependent variable.
    """

    n: int
    gamma: float | None
    se: float | None
    se0: float | None
    z: float | None
    p_value: float | None
    p_exact: float | None
    lower: float | None
    upper: float | None
    concordant: int
    discordant: int
    tied_x_only: int
    tied_y_only: int
    tied_both: int
    tau_b: float | None
    somers_d_yx: float | None
    somers_d_xy: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class GammaResult(Result):
    """A gamma with its errors; `association` holds every figure, the commonest are here by name."""

    association: Association

    @property
    def gamma(self) -> float | None:
        """Gamma, or None without an untied pair."""
        return self.association.gamma

    @property
    def se(self) -> float | None:
        """ASE1, for intervals."""
        return self.association.se

    @property
    def se0(self) -> float | None:
        """ASE0, for tests."""
        return self.association.se0


def gamma(
    x: ArrayLike | pl.Series | None = None,
    y: ArrayLike | pl.Series | None = None,
    table: ArrayLike | None = None,
    level: float = 0.95,
) -> GammaResult:
    """Measure whether one ordinal variable goes up with another.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Ordered values of the same observations: numbers, dates, booleans or a Polars Enum. Pairs with an empty value
        or NaN are left out and counted in a note.
    table : array_like of int, shape (rows, columns)
        Instead of `x` and `y`: counts of observations, rows in the order of x and columns in the order of y.
    level : float, default 0.95
        Two-sided level of the interval.

    Returns
    -------
    GammaResult
        `table`: one row with unit, n, gamma, lower, upper, level, se (ASE1), se0 (ASE0), z, p_value, p_exact,
        concordant, discordant, tied_x_only, tied_y_only, tied_both, tau_b, somers_d_yx, somers_d_xy, method, note.
        `summary`: gamma, n, limits, p values and `direction`, what a positive sign means.

    Raises
    ------
    BadInput
        If neither or both of (`x`, `y`) and `table` are given, lengths differ, values have no order (text), or counts
        are negative, not whole, or more than 2**53 in all.
    NotEnoughPeople
        If there is no observation.

    Notes
    -----
    With A and D the observations concordant and discordant with a cell of n, P = sum n A and Q = sum n D:
    ASE1 = 4 / (P + Q)^2 sqrt(sum n (Q A - P D)^2) and ASE0 = 2 / (P + Q) sqrt(sum n (A - D)^2 - (P - Q)^2 / n).
    A, D, P and Q are whole numbers and exact at any size. O(cells) with up to 4 million possible cells, otherwise
    O(n log n).

    References
    ----------
    Goodman, Kruskal (1954, 1963), J. Am. Stat. Assoc. 49, 732-764 and 58, 310-364; Brown, Benedetti (1977), J. Am.
    Stat. Assoc. 72, 309-315.
    """
    level = one_level(level)
    if table is not None and x is None and y is None:
        cells, kept, left_out = _tabled(table)
        direction = "positive: later rows go with later columns"
    elif table is None and x is not None and y is not None:
        cells, kept, left_out = _paired(_ordered(x, "x"), _ordered(y, "y"))
        direction = "positive: a larger x goes with a larger y"
    else:
        raise BadInput(
            Problem("not one kind of data", "either x and y, or table", "Give observations or counts, not both.")
        )
    found = _association(cells, level)
    notes = (*_left_out("y by x", left_out), *_limits("y by x", found))
    row = {"unit": "y by x", **vars(found), "level": level, "method": GAMMA.name, "note": _said(notes)}
    summary = {name: row[name] for name in ("gamma", "n", "lower", "upper", "p_value", "p_exact", "tau_b")}
    return GammaResult(
        table=_frame([row]),
        summary={**summary, "direction": direction},
        notes=notes,
        method=GAMMA,
        params=provenance(kept, level=level),
        association=found,
    )


def gamma_matrix(
    data: Data, outcome: str, variables: Sequence[str], good: Good, level: float = 0.95, *, selected: bool = False
) -> Result:
    """Measure the gamma of one outcome with several variables, judged together.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    outcome : str
        Column that is good or bad, such as a share that moved away.
    variables : sequence of str
        Columns to compare it with, each once.
    good : {"low", "high"}
        Which way the outcome is good. The sign is turned so that a positive gamma always means: the larger the
        variable, the better the outcome.
    level : float, default 0.95
        Two-sided level of the intervals; 1 - level bounds the family-wise error behind `flag`.
    selected : bool, default False
        Say that the rows were chosen by their outcome (a top and a bottom list): the result then carries that limit.

    Returns
    -------
    Result
        `table`: one row a variable with the columns of `gamma` and p_holm, q_bh, flag ("distinguishable" or "not
        distinguishable" from 0 by Holm, "undefined"). The p values adjusted are p_exact where there is one, else
        p_value, over all tests of the call. `summary`: tests, distinguishable, `direction`.

    Raises
    ------
    UnknownName
        If a column is not there, or `good` is not one of the two.
    BadInput
        If a cell is no number, no variable or the same one twice is asked for, or a variable is the outcome.
    NotEnoughPeople
        If a variable has no row together with the outcome.

    References
    ----------
    As `gamma`; Holm (1979), Scand. J. Stat. 6, 65-70; Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.
    """
    level = one_level(level)
    if good not in ("low", "high"):
        raise UnknownName("good =", good, ("low", "high"))
    frame, file = as_frame(data), source_name(data)
    asked = [outcome, *variables]
    for name in asked:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    if not variables or len(set(asked)) < len(asked):
        raise BadInput(
            Problem(
                f"the variables {', '.join(variables) or '(none)'} for the outcome {outcome}",
                "one or more other columns, each once",
                "A test asked twice counts twice in Holm's correction.",
                file,
            )
        )
    problems: list[Problem] = []
    numeric = {name: _numbers(frame[name], name, file, problems) for name in asked}
    if problems:
        raise BadInput(*problems)

    found, notes = [], []
    for name in variables:
        cells, _, left_out = _paired(numeric[name], numeric[outcome], name)
        one = _association(cells, level, turned=good == "low")
        found.append(one)
        notes.append((*_left_out(name, left_out), *_limits(name, one)))
    tested = _missing_as_nan([one.p_exact if one.p_exact is not None else one.p_value for one in found])
    p_holm, q_bh = holm(tested), benjamini_hochberg(tested)
    rows = [
        {
            "unit": name,
            **vars(one),
            "level": level,
            "p_holm": p_holm[k],
            "q_bh": q_bh[k],
            "method": GAMMA.name,
            "flag": _verdict(p_holm[k], 1 - level),
            "note": _said(notes[k]),
        }
        for k, (name, one) in enumerate(zip(variables, found, strict=True))
    ]
    turned = "less" if good == "low" else "more"
    return Result(
        table=_frame(rows),
        summary={
            "tests": int(np.isfinite(tested).sum()),
            "distinguishable": int((p_holm < 1 - level).sum()),
            "smallest_p_holm": float(np.nanmin(p_holm)) if np.isfinite(p_holm).any() else None,
            "direction": f"positive: more of the variable goes with {turned} of {outcome}",
        },
        notes=tuple(note for one in notes for note in one) + (_SELECTED if selected else ()),
        method=GAMMA,
        params=provenance(
            frame.select(asked), outcome=outcome, variables=list(variables), good=good, level=level, selected=selected
        ),
    )


def gamma_from_published(
    gammas: Mapping[str, float] | Sequence[float] | Data,
    n: int,
    column: str = "gamma",
    *,
    unit: str | Sequence[str] | None = None,
    level: float = 0.95,
    threshold: float | None = None,
    direction: str | None = None,
) -> Result:
    """Judge gammas that were published without their data.

    Parameters
    ----------
    gammas : mapping of name to gamma, sequence of float, or table
        The gammas as printed, -1 to 1; a table (frame or path) has them in `column`.
    n : int
        Observations behind each gamma, 2 or more.
    column : str, default "gamma"
        Column of a table that holds the gammas.
    unit : str or sequence of str, optional
        Column or columns of a table that together name a gamma; without them they are numbered from 1.
    level : float, default 0.95
        1 - level bounds the family-wise error behind `flag`.
    threshold : float, optional
        A rule of thumb the source itself used, such as |gamma| > 0.3. It decides no flag; the summary counts how many
        pass it and how many of those can be told from 0.
    direction : str, optional
        What the source says a positive gamma means. Without it a note says that the sign cannot be read.

    Returns
    -------
    Result
        `table`: one row a gamma with unit, n, gamma, se0, z, p_value, p_holm, q_bh, flag, method. `summary`: tests,
        distinguishable (Holm), distinguishable_bh, p_value_below (single tests), expected_by_chance,
        smallest_distinguishable (|gamma| that a single test tells from 0), direction, and with a threshold
        above_threshold and above_threshold_distinguishable.

    Raises
    ------
    UnknownName
        If a column is not there.
    BadInput
        If a gamma is no number from -1 to 1, or the threshold is none from 0 to 1.
    NotEnoughPeople
        If n is below 2, or there is no gamma.

    Notes
    -----
    z = gamma / sqrt(2 (2 n + 5) / (9 n (n - 1))). This variance is Kendall's for tau, with no association and no ties;
    without ties tau is gamma. With ties the standard error of gamma is larger, so that z is then too large.

    References
    ----------
    Kendall (1938), Biometrika 30, 81-93; Holm (1979); Benjamini, Hochberg (1995).
    """
    level = one_level(level)
    if threshold is not None and not 0 <= threshold <= 1:
        raise BadInput(Problem(f"the threshold {threshold:g}", "a size of gamma from 0 to 1", "Give it without sign."))
    if n != int(n) or n < 2:
        raise NotEnoughPeople(Problem(f"n = {n!r}", "2 observations or more", "Give the number behind each gamma."))
    names, values, source = _published(gammas, column, unit)
    se0 = math.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1)))
    z = values / se0
    p_value = 2 * special.ndtr(-np.abs(z))
    p_holm, q_bh = holm(p_value), benjamini_hochberg(p_value)
    distinguishable = p_holm < 1 - level
    table = pl.DataFrame(
        {
            "unit": names,
            "n": [int(n)] * len(names),
            "gamma": values,
            "se0": [se0] * len(names),
            "z": z,
            "p_value": p_value,
            "p_holm": p_holm,
            "q_bh": q_bh,
            "flag": [_verdict(p, 1 - level) for p in p_holm],
            "method": [PUBLISHED.name] * len(names),
        }
    )
    summary: dict[str, Any] = {
        "tests": len(names),
        "distinguishable": int(distinguishable.sum()),
        "distinguishable_bh": int((q_bh < 1 - level).sum()),
        "p_value_below": int((p_value < 1 - level).sum()),
        "expected_by_chance": len(names) * (1 - level),
        "smallest_distinguishable": float(special.ndtri((1 + level) / 2) * se0),
        "direction": direction,
    }
    if threshold is not None:
        above = np.abs(values) > threshold
        summary["above_threshold"] = int(above.sum())
        summary["above_threshold_distinguishable"] = int((above & distinguishable).sum())
    unsaid = (
        Note("direction-unknown", "What a positive gamma means was not given, so signs cannot be read.", "warning"),
    )
    return Result(
        table=table,
        summary=summary,
        notes=(_TIES, *(unsaid if direction is None else ())),
        method=PUBLISHED,
        params=provenance(source, n=int(n), level=level, threshold=threshold, direction=direction),
    )


_TIES = Note(
    "ties-unknown",
    "The standard error is Kendall's without ties. Ties make it approximate: the true one is then larger.",
    "warning",
)
_SELECTED = (
    Note(
        "selected",
        "The rows were chosen by their outcome, so these gammas are no estimates for all units.",
        "warning",
    ),
)


def _association(cells: _Cells, level: float, *, turned: bool = False) -> Association:
    """Compute every figure from the cells; `turned` counts pairs as if y ran the other way."""
    weight, n = cells.weight, cells.n
    concordant, discordant = _both_ways(cells)
    if turned:
        concordant, discordant = discordant, concordant
    P, Q = _product(weight, concordant), _product(weight, discordant)
    tied_x, tied_y, tied_both = _pairs(cells.rows), _pairs(cells.columns), _pairs(weight)
    pairs = n * (n - 1) // 2
    untied = P + Q
    value = se = se0 = z = p_value = lower = upper = None
    if untied:
        value = (P - Q) / untied
        a, d, w = concordant.astype(np.float64), discordant.astype(np.float64), weight.astype(np.float64)
        # Divided by P + Q before squaring: the paper's sums run to n^7 and would lose their last digits.
        se = 4 / untied * math.sqrt(float(np.sum(w * (Q / untied * a - P / untied * d) ** 2)))
        # The paper's sum of squares less the square of the sum, centred first so that nothing cancels.
        se0 = 2 / untied * math.sqrt(float(np.sum(w * (a - d - (P - Q) / n) ** 2)))
        reach = float(special.ndtri((1 + level) / 2)) * se
        lower, upper = max(value - reach, -1.0), min(value + reach, 1.0)
        if se0 > 0:
            z = value / se0
            p_value = float(2 * special.ndtr(-abs(z)))
    return Association(
        n=n,
        gamma=value,
        se=se,
        se0=se0,
        z=z,
        p_value=p_value,
        p_exact=_permutation_p(cells, abs(P - Q) // 2) if untied and n <= EXACT_UP_TO else None,
        lower=lower,
        upper=upper,
        concordant=P // 2,
        discordant=Q // 2,
        tied_x_only=tied_x - tied_both,
        tied_y_only=tied_y - tied_both,
        tied_both=tied_both,
        tau_b=(P - Q) / 2 / math.sqrt((pairs - tied_x) * (pairs - tied_y)) if untied else None,
        somers_d_yx=(P - Q) / (2 * (pairs - tied_x)) if untied else None,
        somers_d_xy=(P - Q) / (2 * (pairs - tied_y)) if untied else None,
    )


def _both_ways(cells: _Cells) -> tuple[Counted, Counted]:
    ranks_x, ranks_y = int(cells.x[-1]) + 1, int(cells.y.max()) + 1
    if ranks_x * ranks_y <= DENSE_CELLS:
        return _by_cumulative_sums(cells, ranks_x, ranks_y)
    below = np.concatenate(([0], np.cumsum(cells.columns)))
    return _kernels.concordance_sweep(cells.x, cells.y, cells.weight, below)


def _by_cumulative_sums(cells: _Cells, ranks_x: int, ranks_y: int) -> tuple[Counted, Counted]:
    # before[i, j]: observations with x rank below i and y rank below j.
    before = np.zeros((ranks_x + 1, ranks_y + 1), np.int64)
    before[cells.x + 1, cells.y + 1] = cells.weight
    np.cumsum(before, axis=0, out=before)
    np.cumsum(before, axis=1, out=before)
    i, j = cells.x, cells.y
    smaller_x, smaller_y = before[i, -1], before[-1, j]
    up_to_x, up_to_y = before[i + 1, -1], before[-1, j + 1]
    concordant = before[i, j] + (before[-1, -1] - up_to_x - up_to_y + before[i + 1, j + 1])
    discordant = (smaller_x - before[i, j + 1]) + (smaller_y - before[i + 1, j])
    return concordant, discordant


def _permutation_p(cells: _Cells, observed: int) -> float:
    x, y = np.repeat(cells.x, cells.weight), np.repeat(cells.y, cells.weight)
    orders = y.astype(np.int8)[_orders(x.size)]
    statistic = np.zeros(orders.shape[0], np.int8)
    for i in range(x.size):
        for j in range(i):
            statistic += np.sign(x[i] - x[j]).astype(np.int8) * np.sign(orders[:, i] - orders[:, j])
    return float(np.mean(np.abs(statistic) >= observed))


@cache
def _orders(n: int) -> NDArray[np.int8]:
    """List all orders of 0..n-1, a row each."""
    orders = np.zeros((1, 0), np.int8)
    for value in range(n):
        orders = np.concatenate([np.insert(orders, place, value, axis=1) for place in range(value + 1)])
    return orders


def _product(weight: Counted, others: Counted) -> int:
    if int(weight.sum()) ** 2 < 2**63:
        return int(weight @ others)
    return int(np.dot(weight.astype(object), others.astype(object)))


def _pairs(sizes: Counted) -> int:
    return (_product(sizes, sizes) - int(sizes.sum())) // 2


def _sums(ranks: Counted, weight: Counted) -> Counted:
    return np.bincount(ranks, weights=weight).astype(np.int64)


def _tabled(table: ArrayLike) -> tuple[_Cells, pl.DataFrame, int]:
    counted = np.asarray(table)
    if counted.ndim != 2 or not np.issubdtype(counted.dtype, np.number):
        raise BadInput(
            Problem(
                f"an array of {counted.ndim} dimensions and type {counted.dtype}",
                "counts in rows and columns",
                "Give only the counts, without names and totals.",
            )
        )
    wrong = ~(np.isfinite(counted) & (counted >= 0) & (counted == np.floor(counted)))
    if wrong.any():
        i, j = (int(place[0]) for place in np.nonzero(wrong))
        raise BadInput(
            Problem(
                f"{counted[i, j]} in row {i + 1}, column {j + 1} of the table",
                "a whole number of observations",
                "Give counts, not shares.",
            )
        )
    total = math.fsum(counted.ravel().tolist())
    if total > 2**53:
        raise BadInput(Problem(f"{total:g} observations", "at most 2**53", "Check the unit of the counts."))
    if total == 0:
        raise NotEnoughPeople(Problem("a table without observations", "at least one", "Check the filter before."))
    # Empty rows and columns are no ranks: nobody is tied or untied there.
    x, y = np.nonzero(counted)
    cells = _Cells(_ranks(x), _ranks(y), counted[x, y].astype(np.int64))
    return cells, pl.DataFrame({"x": x, "y": y, "n": cells.weight}), 0


def _ranks(values: NDArray[np.int64]) -> Counted:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _paired(x: pl.Series, y: pl.Series, name: str = "x and y") -> tuple[_Cells, pl.DataFrame, int]:
    if len(x) != len(y):
        raise BadInput(
            Problem(f"{len(x)} values of x and {len(y)} of y", "one of each an observation", "Pair them first.")
        )
    both = pl.DataFrame({"x": x, "y": y})
    kept = both.drop_nulls()
    if kept.height == 0:
        raise NotEnoughPeople(
            Problem(f"no row where both are known ({name})", "at least one", "Check for empty columns.")
        )
    cells = kept.group_by("x", "y").len("n").sort("x", "y")
    ranked = cells.select(pl.col("x", "y").rank("dense").cast(pl.Int64) - 1, pl.col("n").cast(pl.Int64))
    x_rank, y_rank, weight = (ranked[column].to_numpy() for column in ("x", "y", "n"))
    return _Cells(x_rank, y_rank, weight), cells, both.height - kept.height


def _ordered(values: ArrayLike | pl.Series, name: str) -> pl.Series:
    try:
        series = values if isinstance(values, pl.Series) else pl.Series(_listed(values))
    except (TypeError, ValueError):
        series = pl.Series([None], dtype=pl.Object)
    kind = series.dtype
    if kind.is_float():
        return series.fill_nan(None)
    if kind.is_numeric() or kind.is_temporal() or kind in (pl.Boolean, pl.Enum, pl.Null):
        return series
    raise BadInput(
        Problem(
            f"{name} of type {kind}",
            "numbers, dates or a Polars Enum, one an observation",
            "Text has no order of its own: replace each category by its rank.",
        )
    )


def _listed(values: Any) -> Any:
    # NumPy would turn a None among numbers into objects without order.
    return list(values) if isinstance(values, Sequence) else np.asarray(values)


def _numbers(column: pl.Series, name: str, file: str | None, problems: list[Problem]) -> pl.Series:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return _ordered(column, name)
    read = [None if cell is None or not str(cell).strip() else number(str(cell)) for cell in column]
    problems += [
        Problem(value, "a number", "Replace each category by its rank.", file, k + 2, name)
        for k, value in enumerate(read)
        if isinstance(value, str)
    ]
    return pl.Series([None if isinstance(value, str) else value for value in read], dtype=pl.Float64)


def _published(
    gammas: Any, column: str, unit: str | Sequence[str] | None
) -> tuple[list[str], NDArray[np.float64], pl.DataFrame]:
    if isinstance(gammas, Mapping) and all(np.isscalar(value) for value in gammas.values()):
        frame, file, keys = pl.DataFrame({"unit": list(gammas), column: list(gammas.values())}), None, ["unit"]
    elif isinstance(gammas, Sequence | np.ndarray) and not isinstance(gammas, str):
        frame, file, keys = pl.DataFrame({column: list(gammas)}), None, []
    else:
        frame, file = as_frame(gammas), source_name(gammas)
        keys = [unit] if isinstance(unit, str) else list(unit or ())
    for name in [column, *keys]:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    if frame.height == 0:
        raise NotEnoughPeople(Problem("no gamma", "at least one", "Give the printed gammas.", file))
    problems: list[Problem] = []
    values = _numbers(frame[column], column, file, problems).cast(pl.Float64).to_numpy()
    if not problems:
        problems = [
            Problem(
                f"the gamma {values[k]:g}",
                "a gamma from -1 to 1",
                "Check it against the print.",
                file,
                int(k) + 2,
                column,
            )
            for k in np.flatnonzero(~(np.abs(values) <= 1))
        ]
    if problems:
        raise BadInput(*problems)
    names = [", ".join(str(part) for part in row) for row in frame.select(keys).iter_rows()] if keys else []
    return names or [str(k + 1) for k in range(frame.height)], values, frame.select([*keys, column])


def _left_out(unit: str, rows: int) -> tuple[Note, ...]:
    if rows == 0:
        return ()
    return (Note("row-left-out", f"{unit}: {rows} rows have an empty value and are left out.", "warning"),)


def _limits(unit: str, found: Association) -> tuple[Note, ...]:
    if found.gamma is None:
        text = f"{unit}: every pair is tied, so gamma is not defined."
        return (Note("no-untied-pair", text, "warning"),)
    notes = []
    if found.se == 0:
        text = f"{unit}: no untied pair disagrees in direction, so the interval has no width; that is no certainty."
        notes.append(Note("perfect-association", text, "warning"))
    if found.se0 == 0:
        text = f"{unit}: the standard error for the test is 0 in this table, so there is no z."
        notes.append(Note("no-test", text, "warning"))
    if found.p_exact is not None:
        text = f"{unit}: with {found.n} observations read p_exact, over all orders; the errors are for many more."
        notes.append(Note("few-observations", text, "warning"))
    return tuple(notes)


def _said(notes: Sequence[Note]) -> str:
    return " ".join(note.text for note in notes)


def _verdict(p_holm: float, alpha: float) -> str:
    if not np.isfinite(p_holm):
        return "undefined"
    return "distinguishable" if p_holm < alpha else "not distinguishable"


def _missing_as_nan(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


_COLUMNS = (
    ("unit", pl.String),
    ("n", pl.Int64),
    ("gamma", pl.Float64),
    ("lower", pl.Float64),
    ("upper", pl.Float64),
    ("level", pl.Float64),
    ("se", pl.Float64),
    ("se0", pl.Float64),
    ("z", pl.Float64),
    ("p_value", pl.Float64),
    ("p_exact", pl.Float64),
    ("p_holm", pl.Float64),
    ("q_bh", pl.Float64),
    ("concordant", pl.Int128),
    ("discordant", pl.Int128),
    ("tied_x_only", pl.Int128),
    ("tied_y_only", pl.Int128),
    ("tied_both", pl.Int128),
    ("tau_b", pl.Float64),
    ("somers_d_yx", pl.Float64),
    ("somers_d_xy", pl.Float64),
    ("method", pl.String),
    ("flag", pl.String),
    ("note", pl.String),
)


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    given = {name: kind for name, kind in _COLUMNS if name in rows[0]}
    frame = pl.DataFrame([{name: row[name] for name in given} for row in rows], schema=given)
    return frame.with_columns(pl.selectors.float().fill_nan(None))
