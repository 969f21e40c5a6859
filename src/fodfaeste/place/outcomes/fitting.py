"""One outcome's rows as numbers, the two kinds of model, and forecasts of rows that a model has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from fodfaeste.place.outcomes.boosting import Trees, folds_of, grow
from fodfaeste.place.outcomes.encode import Encoder
from fodfaeste.place.outcomes.glm import Glm, design, fit_glm
from fodfaeste.place.outcomes.kernels import sum_of_trees
from fodfaeste.place.outcomes.rows import Rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Kind = Literal["glm", "boosting"]
KINDS: tuple[Kind, ...] = ("glm", "boosting")
FEWEST_EACH_SIDE = 200


@dataclass(frozen=True, eq=False)
class Data:
    """The adults of whom an outcome is known, as numbers.

    Attributes
    ----------
    x, z, pair : ndarray, shape (rows, ...)
        A person's, the place's and the pair's numbers.
    place, household : ndarray of int, shape (rows,)
    places : int
    y, weight : ndarray, shape (rows,)
    start, closes : ndarray of datetime64[D], shape (rows,)
    row : ndarray of int, shape (rows,)
        Position among all training rows.
    """

    x: Floats
    z: Floats
    pair: Floats
    place: Ints
    places: int
    y: Floats
    weight: Floats
    household: Ints
    start: NDArray[np.datetime64]
    closes: NDArray[np.datetime64]
    row: Ints

    @property
    def size(self) -> int:
        """Rows."""
        return self.y.size

    def part(self, which: Bools) -> Data:
        """Take some rows."""
        names = ("x", "z", "pair", "place", "y", "weight", "household", "start", "closes", "row")
        return replace(self, **{name: getattr(self, name)[which] for name in names})

    def without_places(self) -> Data:
        """Take everything out that tells places apart."""
        none = np.zeros((self.size, 0))
        return replace(self, z=none, pair=none, place=np.zeros(self.size, np.int64), places=1)


def data_of(rows: Rows, name: str, encoder: Encoder, codes: tuple[str, ...]) -> Data:
    """Encode the rows of one outcome; `codes` numbers the places."""
    seen = rows.seen[name]
    number = {code: position for position, code in enumerate(codes)}
    place = np.array([number[code] for code in rows.frame["place"].to_list()], np.int64)
    everybody = Data(
        x=encoder.persons(rows.frame),
        z=encoder.places(rows.frame),
        pair=encoder.pairs(rows.frame),
        place=place,
        places=len(codes),
        y=seen.y,
        weight=seen.weight,
        household=rows.household,
        start=rows.frame["start"].to_numpy(),
        closes=seen.closes,
        row=np.arange(rows.frame.height),
    )
    return everybody.part(seen.weight > 0)


def fit(kind: Kind, data: Data, *, seed: int, draws: int = 0) -> Glm | Trees:
    """Fit one model to all rows given."""
    if kind == "glm":
        rows = design(data.x, data.z, data.pair, data.place, data.places)
        return fit_glm(rows, data.y, data.weight, household=data.household, draws=draws, seed=seed)
    return grow(**_arguments(data), seed=seed)


def refit(data: Data, *, seed: int, draw: int) -> Trees:
    """Grow trees again, for one draw of a household bootstrap."""
    return grow(**_arguments(data), seed=seed, draw=draw)


def row_log_odds(model: Glm | Trees, data: Data) -> Floats:
    """Forecast each row at its own place, as log-odds."""
    if isinstance(model, Glm):
        p, q, beta = model.persons, model.features, model.beta
        cross = beta[1 + p + q : 1 + p + q + p * q].reshape(p, q)
        eta = beta[0] + data.x @ beta[1 : 1 + p] + data.z @ beta[1 + p : 1 + p + q] + model.u[data.place]
        return np.asarray(eta + np.sum((data.x @ cross) * data.z, axis=1) + data.pair @ beta[1 + p + q + p * q :])
    numbers = np.ascontiguousarray(np.column_stack([data.x, data.z, model.place_level[data.place], data.pair]))
    none = np.zeros((1, 0))
    nodes = (model.root, model.feature, model.threshold, model.left, model.right, model.value)
    total: Floats = sum_of_trees(numbers, none, np.zeros((data.size, 1, 0)), *nodes)
    return model.base + total[:, 0]


def cross_fitted(kind: Kind, data: Data, *, folds: int, seed: int) -> Floats:
    """Forecast each row by a model fitted to other households; log-odds, shape (rows,)."""
    dealt = folds_of(data.household, folds, seed)
    eta = np.zeros(data.size)
    for fold in range(folds):
        out = dealt == fold
        eta[out] = row_log_odds(fit(kind, data.part(~out), seed=seed), data.part(out))
    return eta


def forecast(eta: Floats, platt: tuple[float, float]) -> Floats:
    """Turn log-odds into chances, recalibrated."""
    return np.asarray(expit(platt[0] * eta + platt[1]))


def time_split(data: Data) -> tuple[np.datetime64, Bools, Bools] | None:
    """Choose a day on which a model could have been made, and used from then on.

    The past are rows whose outcome was known on that day, the later ones who arrived since. The day is the first of a
    month for which the smaller of the two parts is largest; None where that is fewer than 200 rows or of one outcome.
    """
    months = np.arange(data.start.min().astype("M8[M]"), data.start.max().astype("M8[M]") + 1).astype("M8[D]")
    closed, started = np.sort(data.closes), np.sort(data.start)
    before, since = np.searchsorted(closed, months), data.size - np.searchsorted(started, months)
    best = months[int(np.argmax(np.minimum(before, since)))]
    past, later = data.closes < best, data.start >= best
    for part in (past, later):
        if part.sum() < FEWEST_EACH_SIDE or np.unique(data.y[part]).size < 2:
            return None
    return best, past, later


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep scikit-learn and BLAS to one thread.

    At these sizes threads wait for each other longer than they work, and sums keep one order.
    """
    # Loaded first: only libraries that are in memory are held to it.
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        yield


def _arguments(data: Data) -> dict[str, Any]:
    return {name: getattr(data, name) for name in ("x", "z", "pair", "place", "places", "y", "weight", "household")}
