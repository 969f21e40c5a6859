"""People who vanish from the register: what a rate can be at least and at most, and which comparisons survive it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.counts import counts, filled_numbers, one_level, whole
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame, fingerprint, number, source_name

BOUNDS = Method(
    "worst-case bounds",
    "Manski (1989), J. Hum. Resour. 24, 343-360; Manski (2003), Partial Identification of Probability Distributions; "
    "interval: Imbens, Manski (2004), Econometrica 72, 1845-1857",
)
FEW = 5
"""Below so many events or non-events the normal interval at that end is poor, and the unit is flagged."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class BoundsResult(Result):
    """Rates with what they can be when the missing are counted either way.

    Attributes
    ----------
    unit : tuple of str
        Names, in the order of the table.
    events, known, missing : ndarray of float, shape (units,)
        X who moved, N whose status is known, M whose is not (fractions of persons where a share was given).
    """

    unit: tuple[str, ...]
    events: Array
    known: Array
    missing: Array

    @property
    def lower_bound(self) -> Array:
        """Rate if nobody of the missing moved."""
        return self.events / (self.known + self.missing)

    @property
    def upper_bound(self) -> Array:
        """Rate if all of the missing moved."""
        return (self.events + self.missing) / (self.known + self.missing)

    def slider(self, d: float | Sequence[float]) -> Result:
        """Compute the rate if a share of the missing moved: (X + d M) / T.

        Parameters
        ----------
        d : float or sequence of float
            Share of the missing that moved, 0 to 1. 0 and 1 are the bounds; d = X/N of a unit is missing at random.

        Returns
        -------
        Result
            `table`: one row a unit and d with unit, n (known), events, missing_share, d, d_at_random (X/N), rate.

        Raises
        ------
        BadInput
            If a d is not a share from 0 to 1.
        """
        shares = np.atleast_1d(np.asarray(d, dtype=np.float64))
        for share in shares[~((shares >= 0) & (shares <= 1))]:
            raise BadInput(Problem(f"d = {share:g}", "a share from 0 to 1", "Write a quarter as 0.25."))
        everybody = self.known + self.missing
        table = pl.concat(
            pl.DataFrame(
                {
                    "unit": self.unit,
                    "n": whole(self.known),
                    "events": whole(self.events),
                    "missing_share": self.missing / everybody,
                    "d": np.full(len(self.unit), share),
                    "d_at_random": self.events / self.known,
                    "rate": (self.events + share * self.missing) / everybody,
                }
            )
            for share in shares
        )
        note = Note("assumed", "The share d of the missing who moved is assumed, not observed.", "warning")
        return Result(table, {"d": shares.tolist()}, (note,), BOUNDS, {**self.params, "d": shares.tolist()})

    def breakdown(self, a: str, b: str) -> Breakdown:
        """Find how many may be missing before the order of two units is lost.

        Parameters
        ----------
        a, b : str
            Two units.

        Returns
        -------
        Breakdown
            With equal missing shares the order of the known rates p1 > p2 holds while m < (p1 - p2) / (1 + p1 - p2).
            `table`, for unequal ones: for each missing_share of the higher unit the missing share of the lower one
            below which the order still holds (breakdown_missing_share). `summary`: higher, lower, difference of
            the known rates, difference_lower_bound, difference_upper_bound, breakdown_share, identified.

        Raises
        ------
        UnknownName
            If a unit is not there.
        BadInput
            If both are the same.
        """
        for name in (a, b):
            if name not in self.unit:
                raise UnknownName("no unit", name, self.unit)
        if a == b:
            raise BadInput(Problem(f"{a!r} twice", "two units", "Name another one."))
        rate = self.events / self.known
        high, low = self.unit.index(a), self.unit.index(b)
        if rate[low] > rate[high]:
            high, low = low, high
        p1, p2 = float(rate[high]), float(rate[low])
        bottom, top = self.lower_bound, self.upper_bound
        share = (p1 - p2) / (1 + p1 - p2)
        identified = bool(bottom[high] > top[low])
        # With more missing among the higher than this the order is lost even if nobody of the lower is missing.
        of_high = np.linspace(0, 1 - p2 / p1, 101) if p1 > p2 else np.zeros(1)
        of_low = np.clip((p1 * (1 - of_high) - p2) / (1 - p2), 0, 1) if p1 > p2 else np.zeros(1)
        summary = {
            "higher": self.unit[high],
            "lower": self.unit[low],
            "difference": p1 - p2,
            "difference_lower_bound": float(bottom[high] - top[low]),
            "difference_upper_bound": float(top[high] - bottom[low]),
            "breakdown_share": share,
            "identified": identified,
        }
        return Breakdown(
            table=pl.DataFrame({"missing_share": of_high, "breakdown_missing_share": of_low}),
            summary=summary,
            notes=(_NOT_CHANCE,),
            method=BOUNDS,
            params={**self.params, "a": a, "b": b},
            breakdown_share=share,
            identified=identified,
        )

    def orderings(self) -> Result:
        """Count the pairs of units whose order is the same wherever the missing are.

        Returns
        -------
        Result
            `table`: one row a unit with unit, n, rate, lower_bound, upper_bound, higher_than and lower_than (units
            that its bounds lie wholly above or below), undecided. `summary`: pairs, ordered, share_ordered (None with
            one unit).
        """
        bottom, top = self.lower_bound, self.upper_bound
        higher_than = np.searchsorted(np.sort(top), bottom, side="left")
        lower_than = len(self.unit) - np.searchsorted(np.sort(bottom), top, side="right")
        pairs = len(self.unit) * (len(self.unit) - 1) // 2
        ordered = int(higher_than.sum())
        table = pl.DataFrame(
            {
                "unit": self.unit,
                "n": whole(self.known),
                "rate": self.events / self.known,
                "lower_bound": bottom,
                "upper_bound": top,
                "higher_than": higher_than,
                "lower_than": lower_than,
                "undecided": len(self.unit) - 1 - higher_than - lower_than,
            }
        )
        summary = {"pairs": pairs, "ordered": ordered, "share_ordered": ordered / pairs if pairs else None}
        return Result(table, summary, (_NOT_CHANCE,), BOUNDS, self.params)


@dataclass(frozen=True, eq=False, kw_only=True)
class Breakdown(Result):
    """How many may be missing before the order of two units is lost.

    Attributes
    ----------
    breakdown_share : float
        The equal missing share from which on the order is open.
    identified : bool
        Whether the order holds at the missing shares of the data.
    """

    breakdown_share: float
    identified: bool


def bounds(
    data: Data,
    events: str,
    known: str,
    missing: str | None = None,
    missing_share: float | str | None = None,
    *,
    unit: str | None = None,
    level: float = 0.95,
    dead_share: float | None = None,
) -> BoundsResult:
    """Bound rates whose denominators lack people of unknown status.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    events, known : str
        Columns of whole persons: X who moved, among N whose status is known.
    missing : str, optional
        Column of whole persons M whose status is unknown. Exactly one of `missing` and `missing_share` is given.
    missing_share : float or str, optional
        M as a share of all T = N + M, 0 to below 1: one figure for all units, or a column.
    unit : str, optional
        Column of names.
    level : float, default 0.95
        Two-sided level of the interval for the rate itself.
    dead_share : float, optional
        Share q of the missing who died, 0 to 1. Adds rate_without_dead = (X + (1 - q) M) / (T - q M): the dead are
        left out, and the emigrated and those without address count as moved.

    Returns
    -------
    BoundsResult
        `table`: one row a unit with unit, n (known), events, rate (X/N, missing at random), missing_share,
        lower_bound, upper_bound, lower, upper (interval), level, with `dead_share` also rate_without_dead; method, flag
        ("few"), note. `summary`: the widest and narrowest bounds and missing shares.
        Methods: `slider`, `breakdown`, `orderings`.

    Raises
    ------
    BadInput
        If neither or both of `missing` and `missing_share` are given, or a figure is not what it has to be. An empty
        cell counts as one: nobody missing is written 0.
    UnknownName
        If a column is not there.

    Notes
    -----
    Bounds X/T and (X + M)/T, their width is the missing share. The interval [l - c s_l, u + c s_u] covers the rate
    (not the whole range) with probability `level`: c solves Phi(c + (u - l) / max(s_l, s_u)) - Phi(-c) = level, s from
    binomials with T. It is normal and too short near 0 and 1; an end whose standard error is 0 is left empty where it
    would deny what cannot be excluded.

    References
    ----------
    Manski (1989), J. Hum. Resour. 24, 343-360; Imbens, Manski (2004), Econometrica 72, 1845-1857.
    """
    level = one_level(level)
    if (missing is None) == (missing_share is None):
        raise BadInput(
            Problem("both" if missing else "neither", "one of missing and missing_share", "Give the one you know.")
        )
    if dead_share is not None and not 0 <= dead_share <= 1:
        raise BadInput(Problem(f"dead_share = {dead_share:g}", "a share from 0 to 1", "Write 20 % as 0.2."))
    frame, file = as_frame(data), source_name(data)
    checked = counts(data, events, known, unit)
    column = missing if missing is not None else missing_share if isinstance(missing_share, str) else None
    if column is not None and column not in frame.columns:
        raise UnknownName("no column", column, frame.columns, file=file)
    row_of = {str(name): k for k, name in enumerate(frame[unit])} if unit else {}
    used = [row_of[name] if unit else int(name) - 1 for name in checked.unit]
    X, N = checked.events, checked.n
    if missing is not None:
        problems: list[Problem] = []
        M = filled_numbers(frame[missing], file, used, "Write 0 if nobody is missing.", problems)
        if problems:
            raise BadInput(*problems)
    else:
        m = _missing_shares(frame, missing_share, file, used)
        M = N * m / (1 - m)

    T = N + M
    bottom, top = X / T, (X + M) / T
    lower, upper = _imbens_manski(bottom, top, T, level)
    few = np.minimum(X, N - X) < FEW
    table = pl.DataFrame(
        {
            **checked.columns(),
            "missing_share": M / T,
            "lower_bound": bottom,
            "upper_bound": top,
            "lower": lower,
            "upper": upper,
            "level": np.full(X.size, level),
            **({} if dead_share is None else {"rate_without_dead": (X + (1 - dead_share) * M) / (T - dead_share * M)}),
            "method": [BOUNDS.name] * X.size,
            "flag": np.where(few, "few", ""),
            "note": np.where(few, _FEW_TEXT, ""),
        }
    ).with_columns(pl.col("lower", "upper").fill_nan(None))
    return BoundsResult(
        table=table,
        summary={
            "units": X.size,
            "missing_share": float(M.sum() / T.sum()),
            "lower_bound": float(X.sum() / T.sum()),
            "rate": float(X.sum() / N.sum()),
            "upper_bound": float((X + M).sum() / T.sum()),
        },
        notes=(*checked.notes, *_notes(few, M)),
        method=BOUNDS,
        params=provenance(
            fingerprint(frame.select([name for name in (unit, events, known, column) if name])),
            events=events,
            known=known,
            missing=missing,
            missing_share=missing_share,
            unit=unit,
            level=level,
            dead_share=dead_share,
        ),
        unit=checked.unit,
        events=X,
        known=N,
        missing=M,
    )


_NOT_CHANCE = Note("bounds-only", "Bounds speak of the missing only; chance comes on top of them.")
_FEW_TEXT = f"Fewer than {FEW} moved or stayed, so the normal interval is too short."


def _missing_shares(frame: pl.DataFrame, given: float | str | None, file: str | None, used: list[int]) -> Array:
    cells = list(frame[given]) if isinstance(given, str) else [given] * frame.height
    column = given if isinstance(given, str) else None
    values, problems = [], []
    for k in used:
        read = number("" if cells[k] is None else str(cells[k]))
        if isinstance(read, str) or not 0 <= read < 1:
            found = f"the missing share {read:g}" if isinstance(read, float) else read
            row = k + 2 if column else None
            problems.append(
                Problem(found, "a share from 0 to below 1 of all", "Divide per cent by 100.", file, row, column)
            )
            if column is None:
                break
        else:
            values.append(read)
    if problems:
        raise BadInput(*problems)
    return np.array(values)


def _imbens_manski(bottom: Array, top: Array, T: Array, level: float) -> tuple[Array, Array]:
    s_bottom, s_top = np.sqrt(bottom * (1 - bottom) / T), np.sqrt(top * (1 - top) / T)
    widest = np.maximum(s_bottom, s_top)
    gap = np.divide(top - bottom, widest, out=np.full(T.shape, np.inf), where=widest > 0)
    # c lies between the one-sided quantile (bounds far apart) and the two-sided one (bounds equal).
    small, large = np.full(T.shape, special.ndtri(level)), np.full(T.shape, special.ndtri((1 + level) / 2))
    for _ in range(60):
        c = (small + large) / 2
        covered = special.ndtr(c + gap) - special.ndtr(-c)
        small, large = np.where(covered < level, c, small), np.where(covered < level, large, c)
    lower, upper = np.maximum(bottom - large * s_bottom, 0), np.minimum(top + large * s_top, 1)
    return np.where(bottom == 1, np.nan, lower), np.where(top == 0, np.nan, upper)


def _notes(few: NDArray[np.bool_], M: Array) -> tuple[Note, ...]:
    notes = []
    if few.any():
        text = (
            f"In {int(few.sum())} of {few.size} units fewer than {FEW} moved or stayed: their intervals are too short."
        )
        notes.append(Note("few", text, "warning"))
    if not M.any():
        notes.append(Note("nobody-missing", "Nobody is missing, so both bounds are the rate."))
    return tuple(notes)
