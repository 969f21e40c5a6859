"""Made-up placement problems of any size: the same for the same seed, written in parts where they are large.

Household i gets along at place j with a logistic probability: an effect of the household, one of the place, and how
well the two suit each other (a few factors). Households are of one to eight people. A place may lack a service that a
household needs, and a household may refuse a place, so that 10 to 20 % of the pairs are forbidden. There is room for
1.02 times the persons, spread unevenly. In low rank the score is linear in the same effects, so that it is given by
its factors, and all pairs are allowed: a table of what is forbidden would be what low rank is there to avoid.

Nothing here imports `fodfaeste.place` before a `Problem` is asked for: peers that cannot be loaded beside HiGHS read
the same arrays.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fodfaeste.place import Problem

OUTCOME = "work"
DIMENSIONS = ("persons", "school_children", "treatment_slots")
SIZE_SHARES = (0.46, 0.14, 0.11, 0.12, 0.08, 0.05, 0.025, 0.015)
"""Of households of one to eight people: mostly single, then families."""
ROOM = (1.02, 1.10, 1.25)
"""Room over need, in each dimension."""
UNEVEN = 0.6
"""Spread of the logarithm of places' room."""
SERVICES, NEEDED, LACKING, REFUSED = 5, 0.08, 0.25, 0.06
"""How many services there are, the share of households that need each, of places that lack it, and of pairs refused."""
MEAN, OF_HOUSEHOLD, OF_PLACE, OF_BOTH = -0.7, 0.9, 0.35, 0.5
"""Intercept and standard deviations of the logit."""
FACTORS = 8
ROWS_AT_A_TIME = 16_384


@dataclass(frozen=True)
class Size:
    """How large an instance is, and of which kind."""

    households: int
    places: int
    dimensions: int = 1
    unit: bool = False
    rank: int | None = None
    seed: int = 2002

    def __str__(self) -> str:
        kind = ", unit sizes" if self.unit else ""
        kind += f", {self.dimensions} dimensions" if self.dimensions > 1 else ""
        kind += f", rank {self.rank}" if self.rank else ""
        return f"{self.households:,} x {self.places:,}{kind}"


@dataclass(frozen=True, eq=False)
class Arrays:
    """An instance as plain arrays, in memory or mapped from files.

    scores : ndarray of float32, shape (households, places), or None in low rank
    factors : the two factors in low rank, shapes (households, rank) and (places, rank)
    allowed : ndarray of bool, shape (households, places), or None where everything is
    sizes, capacity : ndarray of int64, shapes (households, dimensions) and (places, dimensions)
    """

    sizes: NDArray[np.int64]
    capacity: NDArray[np.int64]
    scores: NDArray[np.float32] | None = None
    allowed: NDArray[np.bool_] | None = None
    factors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = field(default=None)

    @property
    def persons(self) -> NDArray[np.int64]:
        """How many people each household is."""
        return self.sizes[:, 0]


def instance(
    households: int,
    places: int,
    *,
    seed: int,
    dimensions: int = 1,
    unit: bool = False,
    rank: int | None = None,
    folder: Path | None = None,
) -> Problem:
    """Draw a problem; with a `folder` its tables are written there, some rows at a time, and mapped into memory.

    Parameters
    ----------
    dimensions : 1 or 3
        Persons alone, or school children and treatment slots besides.
    unit : bool
        Whether every household is one person.
    rank : int or None
        Give scores of this rank by their factors.
    """
    return problem_of(drawn(Size(households, places, dimensions, unit, rank, seed), folder))


def drawn(size: Size, folder: Path | None = None) -> Arrays:
    """Draw the arrays of an instance, into memory or into `folder`."""
    rng = np.random.Generator(np.random.PCG64(size.seed))
    sizes = _sizes(rng, size)
    capacity = _capacity(rng, sizes, size.places)
    if size.rank:
        arrays = Arrays(sizes, capacity, factors=_factors(rng, size))
        return arrays if folder is None else _written(arrays, size, folder)
    household, place = _effects(rng, size.households, OF_HOUSEHOLD), _effects(rng, size.places, OF_PLACE)
    needs = rng.random((size.households, SERVICES)) < NEEDED
    lacks = _lacking(rng, size.places)
    shape = size.households, size.places
    scores: NDArray[np.float32] = _table(folder, "scores", shape, np.float32)
    allowed: NDArray[np.bool_] = _table(folder, "allowed", shape, np.bool_)
    for start in range(0, size.households, ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        scores[rows] = _logistic(household, place, rows)
        refused = rng.random(scores[rows].shape, np.float32) < REFUSED
        allowed[rows] = _allowed(refused | _unserved(needs[rows], lacks))
    if folder is None:
        return Arrays(sizes, capacity, scores, allowed)
    return _written(Arrays(sizes, capacity), size, folder)


def opened(folder: Path) -> Arrays:
    """Map what was drawn into a folder."""
    tables = {file.stem: np.load(file, mmap_mode="r") for file in folder.glob("*.npy")}
    sizes, capacity = (np.array(tables[name]) for name in ("sizes", "capacity"))
    if "left" in tables:
        return Arrays(sizes, capacity, factors=(tables["left"], tables["right"]))
    return Arrays(sizes, capacity, tables["scores"], tables["allowed"])


def size_of(folder: Path) -> Size:
    """Say what was drawn into a folder."""
    return Size(**json.loads((folder / "size.json").read_text(encoding="utf-8")))


def rows_of(arrays: Arrays, rows: NDArray[np.int64]) -> Arrays:
    """Take some of the households, with the same room."""
    assert arrays.scores is not None
    assert arrays.allowed is not None
    return replace(arrays, sizes=arrays.sizes[rows], scores=arrays.scores[rows], allowed=arrays.allowed[rows])


def problem_of(arrays: Arrays) -> Problem:
    """Hand the arrays, as they are, to a `Problem`; that reads all scores once, to see that they are numbers."""
    from fodfaeste.place import LowRank, Problem

    scores = arrays.scores if arrays.factors is None else LowRank(*arrays.factors)
    assert scores is not None
    households, places = scores.shape
    return Problem(
        households=tuple(f"h{number}" for number in range(households)),
        places=tuple(f"p{number}" for number in range(places)),
        dimensions=DIMENSIONS[: arrays.sizes.shape[1]],
        sizes=arrays.sizes,
        capacity=arrays.capacity,
        outcomes={OUTCOME: scores},
        allowed=arrays.allowed,
    )


def _sizes(rng: np.random.Generator, size: Size) -> NDArray[np.int64]:
    """Draw what each household takes: children from the third person on, and few who need treatment."""
    persons = rng.choice(np.arange(1, 9), size.households, p=SIZE_SHARES)
    if size.unit:
        persons = np.ones_like(persons)
    children = rng.binomial(np.maximum(persons - 2, 0), 0.7)
    treated = rng.random(size.households) < 0.15
    return np.column_stack([persons, children, treated]).astype(np.int64)[:, : size.dimensions]


def _capacity(rng: np.random.Generator, sizes: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    """Spread the room over places; each can take the largest household if there is as much."""
    shares = rng.lognormal(0.0, UNEVEN, places)
    columns = []
    for dimension, over in zip(range(sizes.shape[1]), ROOM, strict=False):
        total = int(np.ceil(over * sizes[:, dimension].sum()))
        least = min(int(sizes[:, dimension].max(initial=0)), total // (2 * places))
        unlike = shares if dimension == 0 else shares * rng.lognormal(0.0, 0.2, places)
        columns.append(least + apportioned(unlike, total - least * places))
    return np.column_stack(columns)


def apportioned(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Share a whole number out by largest remainders."""
    exact = total * shares / shares.sum()
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def _effects(rng: np.random.Generator, many: int, sd: float) -> NDArray[np.float32]:
    """Draw an effect and the factors of each; shape (many, 1 + FACTORS)."""
    effects = rng.standard_normal((many, 1 + FACTORS), np.float32)
    effects[:, 0] *= sd
    # Of a product of two factors, summed over all: the standard deviation is OF_BOTH.
    effects[:, 1:] *= np.sqrt(OF_BOTH) / FACTORS**0.25
    return effects


def _logistic(household: NDArray[np.float32], place: NDArray[np.float32], rows: slice) -> NDArray[np.float32]:
    logit = household[rows, 1:] @ place[:, 1:].T
    logit += household[rows, :1] + np.float32(MEAN)
    logit += place[:, 0]
    np.exp(np.negative(logit, out=logit), out=logit)
    logit += 1
    return np.reciprocal(logit, out=logit)


def _lacking(rng: np.random.Generator, places: int) -> NDArray[np.bool_]:
    """Say which places lack which service: a quarter lacks each; shape (SERVICES, places)."""
    few = round(LACKING * places)
    return np.array([rng.permutation(places) < few for _ in range(SERVICES)])


def _unserved(needs: NDArray[np.bool_], lacks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say for which households a place lacks something they need."""
    return (needs.astype(np.float32) @ lacks.astype(np.float32)) > 0


def _allowed(forbidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Allow what is not forbidden, and to whom nothing would be left, everything."""
    allowed = ~forbidden
    allowed[~allowed.any(axis=1)] = True
    return allowed


def _factors(rng: np.random.Generator, size: Size) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw a linear score: a mean, an effect of the household, one of the place, and products of the other factors."""
    assert size.rank is not None
    more = size.rank - 2
    household = rng.standard_normal((size.households, 1 + more), np.float32)
    place = rng.standard_normal((size.places, 1 + more), np.float32)
    left = np.column_stack([0.35 + 0.12 * household[:, :1], np.ones_like(household[:, :1]), household[:, 1:]])
    right = np.column_stack([np.ones_like(place[:, :1]), 0.05 * place[:, :1], 0.08 / np.sqrt(more) * place[:, 1:]])
    return left.astype(np.float32), right.astype(np.float32)


def _table(folder: Path | None, name: str, shape: tuple[int, int], dtype: Any) -> Any:
    if folder is None:
        return np.empty(shape, dtype)
    return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=dtype, shape=shape)


def _written(arrays: Arrays, size: Size, folder: Path) -> Arrays:
    """Write what is small beside the tables, and map all of it."""
    np.save(folder / "sizes.npy", arrays.sizes)
    np.save(folder / "capacity.npy", arrays.capacity)
    if arrays.factors is not None:
        np.save(folder / "left.npy", arrays.factors[0])
        np.save(folder / "right.npy", arrays.factors[1])
    (folder / "size.json").write_text(json.dumps(asdict(size)), encoding="utf-8")
    return opened(folder)
