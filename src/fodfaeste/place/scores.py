"""What each household would gain at each place: as an array, a memory-mapped file, or factors that are never formed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem

Floats = NDArray[np.floating]

BLOCK_BYTES = 64 * 2**20
"""How much of a score matrix is formed at a time."""


@dataclass(frozen=True, eq=False)
class LowRank:
    """Scores as factors: household i at place j scores ``left[i] @ right[j]``.

    left : ndarray of float32 or float64, shape (households, rank)
    right : ndarray of the same kind, shape (places, rank)
    """

    left: Floats
    right: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Households and places."""
        return self.left.shape[0], self.right.shape[0]

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The kind of number that blocks are formed in."""
        return np.result_type(self.left, self.right)


Scores = Floats | LowRank
"""An array of shape (households, places), possibly memory-mapped, or `LowRank` factors."""


class Draws(Protocol):
    """Values that uncertain scores may truly have: bootstrap or posterior draws, formed one at a time."""

    @property
    def count(self) -> int:
        """How many draws there are."""

    def outcomes(self, draw: int) -> Mapping[str, Scores]:
        """Give every outcome of one draw, with scores of shape (households, places)."""


def block(scores: Scores, rows: slice | NDArray[np.int64]) -> Floats:
    """Give the scores of some households at all places, as an array."""
    if isinstance(scores, LowRank):
        return np.asarray(scores.left[rows] @ scores.right.T)
    return np.asarray(scores[rows])


def pairs(scores: Scores, households: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the scores of single pairs of household and place, in double precision."""
    if isinstance(scores, LowRank):
        left, right = scores.left[households], scores.right[places]
        return np.asarray(np.einsum("ir,ir->i", left, right, dtype=np.float64))
    return np.asarray(scores[households, places], np.float64)


def blocks(scores: Scores) -> Iterator[tuple[slice, Floats]]:
    """Go through the scores some households at a time; factors are formed only for those."""
    households, places = scores.shape
    step = max(1, BLOCK_BYTES // max(1, places * scores.dtype.itemsize))
    for start in range(0, households, step):
        rows = slice(start, min(start + step, households))
        yield rows, block(scores, rows)


def weighted(parts: Mapping[str, Scores], weights: Mapping[str, float], shape: tuple[int, int]) -> Scores:
    """Add outcomes up: the sum over k of ``weights[k] * parts[k]``; those without a weight do not count.

    One outcome of weight 1 is given back as it is, unread. Factors stay factors where all are.
    """
    used = {name: parts[name] for name, weight in weights.items() if weight != 0}
    if not used:
        return np.zeros(shape, np.float64)
    if len(used) == 1 and weights[next(iter(used))] == 1:
        return next(iter(used.values()))
    factors = [(name, part) for name, part in used.items() if isinstance(part, LowRank)]
    if len(factors) == len(used):
        left = np.hstack([weights[name] * part.left for name, part in factors])
        return LowRank(left.astype(factors[0][1].dtype), np.hstack([part.right for _, part in factors]))
    total = np.zeros(shape, np.result_type(*(part.dtype for part in used.values())))
    for name, part in used.items():
        for rows, values in blocks(part):
            total[rows] += (weights[name] * values).astype(total.dtype)
    return total


def check_scores(name: str, scores: Scores, shape: tuple[int, int], allowed: NDArray[np.bool_] | None) -> None:
    """Refuse scores of another shape, or that are no finite number where the pair is allowed.

    Raises
    ------
    BadInput
        Naming the first household and place, by position, at fault.
    """
    if scores.shape != shape:
        found = f"scores of shape {scores.shape}"
        expected = f"{shape[0]} households by {shape[1]} places"
        raise BadInput(Problem(found, expected, "Give a score for every household at every place.", column=name))
    parts: tuple[tuple[int, Floats], ...]
    if isinstance(scores, LowRank):
        # Factors that are finite give finite scores, short of overflow; so the scores need not be formed.
        parts = ((0, scores.left), (1, scores.right))
        for which, factor in parts:
            if not np.isfinite(factor).all():
                first = int(np.flatnonzero(~np.isfinite(factor).all(axis=1))[0])
                found = f"a factor of {('household', 'place')[which]} {first} that is not finite"
                raise BadInput(Problem(found, "finite numbers", "Leave no gap in the factors.", column=name))
        return
    for rows, values in blocks(scores):
        wrong = ~np.isfinite(values)
        if not wrong.any():
            continue
        if allowed is not None:
            wrong &= allowed[rows]
        if wrong.any():
            i, j = (int(position[0]) for position in np.nonzero(wrong))
            found = f"the score {values[i, j]} of household {rows.start + i} at place {j} (counted from 0)"
            todo = "Fill the score in, or say that the pair is not allowed."
            raise BadInput(Problem(found, "a finite number", todo, column=name))
