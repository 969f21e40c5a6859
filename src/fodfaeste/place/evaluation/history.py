"""Past arrivals: who they were, where they were placed, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.problem import Ints
from fodfaeste.tables import Data, as_frame, as_text, source_name

Floats = NDArray[np.float64]

MANY_VALUES = 30
"""A column of text with more different values than this is a name, not a feature."""


@dataclass(frozen=True, eq=False)
class History:
    """Past arrivals, a row a household, or a row a person with the household's name on each.

    Attributes
    ----------
    households : tuple of str, one a row
        Rows of one household are never parted between folds, and are drawn together.
    places : tuple of str
    place : ndarray of int64, shape (rows,)
        Where each was really placed, by position.
    outcome : ndarray of float64, shape (rows,)
        What was seen.
    features : ndarray of float64, shape (rows, features)
        What placing was decided by, as far as it is known, and what outcomes go with; known before placing.
    feature_names : tuple of str
    groups : tuple of str, one a row, or None
        What overlap and values are shown by.
    propensity : ndarray of float64, shape (rows, places), or None
        The chances with which each was placed, where they were logged (`break_ties`).

    Raises
    ------
    BadInput
        If shapes do not fit, something is no finite number, or logged chances are none.
    """

    households: tuple[str, ...]
    places: tuple[str, ...]
    place: Ints
    outcome: Floats
    features: Floats
    feature_names: tuple[str, ...]
    groups: tuple[str, ...] | None = None
    propensity: Floats | None = None

    def __post_init__(self) -> None:
        rows = len(self.households)
        shapes = {
            "place": (self.place, (rows,)),
            "outcome": (self.outcome, (rows,)),
            "features": (self.features, (rows, len(self.feature_names))),
            "propensity": (self.propensity, (rows, len(self.places))),
        }
        for name, (array, shape) in shapes.items():
            if array is not None and (array.shape != shape or not np.isfinite(array).all()):
                found = f"a table of shape {array.shape}, or with gaps"
                raise BadInput(Fault(found, f"finite numbers of shape {shape}", "Fill the gaps.", column=name))
        if self.place.size and (self.place.min() < 0 or self.place.max() >= len(self.places)):
            raise BadInput(Fault("a place that is not listed", "a position among the places", "List it."))
        if self.propensity is not None and (
            (self.propensity < 0).any() or (np.abs(self.propensity.sum(axis=1) - 1) > 1e-6).any()
        ):
            expected = "chances from 0 that add up to 1 in each row"
            raise BadInput(Fault("logged chances that are none", expected, "Correct the log.", column="propensity"))

    @property
    def clusters(self) -> Ints:
        """Number the households in order of their names; shape (rows,)."""
        return np.unique(np.array(self.households), return_inverse=True)[1].astype(np.int64)


def history_of(
    data: Data,
    *,
    household: str = "household",
    place: str = "place",
    outcome: str = "outcome",
    features: Sequence[str] | None = None,
    group: str | None = None,
    places: Iterable[str] = (),
) -> History:
    """Read past arrivals from a table.

    Parameters
    ----------
    data : frame, mapping of columns, or path to CSV or Parquet
        Rows without a place or an outcome are refused, not dropped.
    household, place, outcome : str
        Columns.
    features : sequence of str, optional
        Columns; those of text become one column of 0 and 1 for each value but the most frequent. The default takes all
        that are left, without chances.
    group : str, optional
        A column that overlap and values are shown by; it may be a feature as well. The default is the first of text
        among the features.
    places : iterable of str, optional
        More places than those that anybody was sent to.

    Notes
    -----
    Columns named ``p_<place>`` are logged chances, one for each place.
    """
    frame, file = as_frame(data), source_name(data)
    for name in (household, place, outcome, *(features or ()), *([group] if group else [])):
        if name not in frame.columns:
            raise UnknownName("the column", name, frame.columns, file=file)
    _refuse_gaps(frame, [household, place, outcome, *(features or ())], file)
    placed = as_text(frame[place])
    chances = [name for name in frame.columns if name.startswith("p_")]
    names_of_places = tuple(sorted({*placed.to_list(), *(name[2:] for name in chances), *places}))
    known = {household, place, outcome, *chances}
    chosen = list(features) if features is not None else [name for name in frame.columns if name not in known]
    _refuse_gaps(frame, chosen, file)
    columns, names = _coded(frame, chosen, file)
    if group is None:
        group = next((name for name in chosen if frame[name].dtype == pl.String), None)
    propensity = None
    if chances:
        logged = frame.select(
            pl.col(f"p_{name}").cast(pl.Float64) if f"p_{name}" in chances else pl.lit(0.0).alias(f"p_{name}")
            for name in names_of_places
        )
        propensity = logged.to_numpy()
    position = {name: k for k, name in enumerate(names_of_places)}
    try:
        seen = frame[outcome].cast(pl.Float64).to_numpy()
    except pl.exceptions.InvalidOperationError:
        found, todo = "something that is no number", "Code it as 0 and 1, or a number."
        raise BadInput(Fault(found, "numbers", todo, file, column=outcome)) from None
    return History(
        households=tuple(as_text(frame[household])),
        places=names_of_places,
        place=np.array([position[name] for name in placed], np.int64),
        outcome=np.asarray(seen, np.float64),
        features=columns,
        feature_names=names,
        groups=None if group is None else tuple(as_text(frame[group])),
        propensity=propensity,
    )


def _refuse_gaps(frame: pl.DataFrame, columns: Sequence[str], file: str | None) -> None:
    faults = []
    for name in columns:
        empty = frame[name].is_null()
        if frame[name].dtype.is_float():
            empty = empty | frame[name].is_nan().fill_null(True)
        if empty.any():
            row = int(np.flatnonzero(empty.to_numpy())[0]) + 2
            found = f"{int(empty.sum())} empty cells"
            todo = "Fill them in, or leave those rows or that column out, and say so."
            faults.append(Fault(found, "no gap", todo, file, row, name))
    if faults:
        raise BadInput(*faults)


def _coded(frame: pl.DataFrame, columns: Sequence[str], file: str | None) -> tuple[Floats, tuple[str, ...]]:
    coded, names = [], []
    for name in columns:
        column = frame[name]
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            coded.append(column.cast(pl.Float64).to_numpy())
            names.append(name)
            continue
        values = column.cast(pl.String)
        times = values.value_counts(name="times").sort(["times", name], descending=[True, False])
        if times.height > MANY_VALUES:
            found = f"{times.height} different values"
            expected = f"a feature of at most {MANY_VALUES} values, or a number"
            raise BadInput(Fault(found, expected, "Leave it out with --feature, or group it.", file, column=name))
        for value in times[name].to_list()[1:]:
            coded.append((values == value).cast(pl.Float64).to_numpy())
            names.append(f"{name}={value}")
    table = np.column_stack(coded) if coded else np.zeros((frame.height, 0))
    return np.asarray(table, np.float64), tuple(names)
