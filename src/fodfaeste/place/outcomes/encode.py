"""From columns to numbers: levels to indicators, figures to standard deviations from their mean, gaps to the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem

Floats = NDArray[np.float64]

FEWEST_OF_A_LEVEL = 20
"""A level of fewer persons is read as the most frequent one: nothing can be learnt of it."""

REACH = 6.0
"""Standard deviations at which a figure is cut off, so that one odd place or household cannot run away."""


@dataclass(frozen=True)
class Coding:
    """How one column becomes numbers.

    Attributes
    ----------
    name : str
    levels : tuple of str
        For text: the levels with an indicator; the most frequent has none. Empty for numbers.
    base : str
        The most frequent level.
    mean, sd : float
        For numbers: of the training rows.
    """

    name: str
    levels: tuple[str, ...] = ()
    base: str = ""
    mean: float = 0.0
    sd: float = 0.0

    @property
    def is_text(self) -> bool:
        """Whether the column holds levels."""
        return bool(self.base)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of numbers that it becomes."""
        return tuple(f"{self.name}={level}" for level in self.levels) if self.is_text else (self.name,)

    def encode(self, values: pl.Series) -> Floats:
        """Give the numbers, shape (rows, columns).

        Raises
        ------
        BadInput
            If numbers were wanted and there is text.
        """
        if self.is_text:
            text = values.cast(pl.String).fill_null("").to_numpy()
            return np.asarray(text[:, None] == np.array(self.levels, object)[None, :], np.float64)
        numbers = values.cast(pl.Float64, strict=False)
        if (bad := values.filter(numbers.is_null() & values.is_not_null())).len():
            raise BadInput(Problem(repr(bad[0]), "a number", "Correct it, or leave it empty.", None, None, self.name))
        filled = numbers.fill_null(self.mean).fill_nan(self.mean).to_numpy()
        return np.clip((filled - self.mean) / (self.sd or 1.0), -REACH, REACH)[:, None]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"name": self.name, "levels": list(self.levels), "base": self.base, "mean": self.mean, "sd": self.sd}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Coding:
        """Make it from what `to_dict` returned."""
        return cls(said["name"], tuple(said["levels"]), said["base"], float(said["mean"]), float(said["sd"]))


def coding(values: pl.Series) -> Coding:
    """Learn how a column becomes numbers."""
    if not values.dtype.is_numeric() and values.dtype != pl.Boolean:
        counts = (
            values.cast(pl.String).drop_nulls().value_counts().sort(["count", values.name], descending=[True, False])
        )
        names = counts.filter(pl.col("count") >= FEWEST_OF_A_LEVEL)[values.name].to_list()
        base = names[0] if names else "unknown"
        return Coding(values.name, tuple(sorted(names[1:])), base)
    numbers = values.cast(pl.Float64).fill_nan(None)
    return Coding(values.name, mean=float(numbers.mean() or 0.0), sd=float(numbers.std() or 0.0))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Encoder:
    """How persons, places and pairs become rows of numbers.

    person, place, pair : tuple of Coding
    """

    person: tuple[Coding, ...]
    place: tuple[Coding, ...]
    pair: tuple[Coding, ...]

    @property
    def person_columns(self) -> tuple[str, ...]:
        """Names of a person's numbers."""
        return tuple(name for one in self.person for name in one.columns)

    @property
    def place_columns(self) -> tuple[str, ...]:
        """Names of a place's numbers."""
        return tuple(name for one in self.place for name in one.columns)

    @property
    def pair_columns(self) -> tuple[str, ...]:
        """Names of a pair's numbers."""
        return tuple(name for one in self.pair for name in one.columns)

    def persons(self, frame: pl.DataFrame) -> Floats:
        """Encode persons, shape (rows, person columns)."""
        return encode(self.person, frame)

    def places(self, frame: pl.DataFrame) -> Floats:
        """Encode places, shape (rows, place columns)."""
        return encode(self.place, frame)

    def pairs(self, frame: pl.DataFrame) -> Floats:
        """Encode pairs, shape (rows, pair columns)."""
        return encode(self.pair, frame)


def encoder(frame: pl.DataFrame, person: Sequence[str], place: Sequence[str], pair: Sequence[str]) -> Encoder:
    """Learn from training rows how columns become numbers."""
    return Encoder(*(tuple(coding(frame[name]) for name in names) for names in (person, place, pair)))


def encode(codings: Sequence[Coding], frame: pl.DataFrame) -> Floats:
    """Put the numbers of several columns side by side."""
    parts = [one.encode(frame[one.name]) for one in codings]
    return np.hstack(parts) if parts else np.zeros((frame.height, 0))
