"""Scoring: what each arriving household may expect at each place, how unsure that is, and the problem made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.result import Note
from fodfaeste.place.gains import Around
from fodfaeste.place.outcomes.arrivals import CAPACITY, Arrivals, days, first_adults, read_arrivals, sizes
from fodfaeste.place.outcomes.attributes import AUDIT_PREFIX
from fodfaeste.place.outcomes.drift import Drift, drift
from fodfaeste.place.outcomes.frames import What
from fodfaeste.place.outcomes.model import UNKNOWN_PLACE, Model, OutcomeModel
from fodfaeste.place.outcomes.places import COMPATRIOTS, RECENT
from fodfaeste.place.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Aggregate = Literal["sum", "mean", "any"]
"""How adults make a household: their sum (each counts 1), their mean, or the chance of at least one."""

AGGREGATES: tuple[Aggregate, ...] = ("sum", "mean", "any")
STOCKS = {COMPATRIOTS: "stock_", RECENT: "recent_"}
"""Columns of places with persons of a network: those who live there, and those who came in the last two years."""

PATTERNS_AT_A_TIME = 512


@dataclass(frozen=True, eq=False)
class _Ready:
    """Arrivals and places as numbers: equal adults are one pattern."""

    x: Floats
    pair: Floats | None
    z: Floats
    place: Ints
    pattern: Ints
    of: Ints
    counted: Mapping[What, NDArray[np.bool_]]
    households: int

    def household_scores(self, one: OutcomeModel, aggregate: Aggregate, unknown: Floats | None = None) -> Floats:
        """Give each household's outcome at each place, shape (households, places)."""
        parts = [
            one.chances(self.x[rows], self.z, self.place, None if self.pair is None else self.pair[rows], unknown)
            for rows in _slices(self.x.shape[0])
        ]
        chances = np.concatenate(parts)
        counted = self.counted[one.outcome.what]
        shape = (self.households, chances.shape[0])
        counts = sparse.csr_array((np.ones(int(counted.sum())), (self.of[counted], self.pattern[counted])), shape=shape)
        if aggregate == "any":
            return np.asarray(-np.expm1(counts @ np.log1p(-np.minimum(chances, 1 - 1e-12))))
        total = np.asarray(counts @ chances)
        return total if aggregate == "sum" else total / np.maximum(counts.sum(axis=1), 1)[:, None]


@dataclass(frozen=True, eq=False)
class ModelDraws:
    """Draws of a model, scored one at a time: only the drawn coefficients are kept.

    count : int
    around : {"truth", "estimate"}
        `truth` for the regression, whose draws are of its posterior; `estimate` for boosted trees, grown again.
    """

    count: int
    around: Around
    model: Model
    aggregate: Aggregate
    ready: _Ready = field(repr=False)

    def outcomes(self, draw: int) -> Mapping[str, Floats]:
        """Give every outcome of one draw, shape (households, places)."""
        rng = np.random.Generator(np.random.PCG64([self.model.seed, draw]))
        unknown = rng.standard_normal(self.ready.place.size)
        return {
            name: self.ready.household_scores(one.drawn(draw), self.aggregate, unknown)
            for name, one in self.model.outcomes.items()
        }


@dataclass(frozen=True, eq=False)
class Scored:
    """What a model says of households at places.

    Attributes
    ----------
    households, places : tuple of str
    outcomes, sds : mapping of outcome to ndarray of float64, shape (households, places)
        Forecasts, and their standard deviations over the draws: how unsure the model is of the expected outcome, not
        how lives will scatter around it.
    draws : ModelDraws
    drift : tuple of Drift
    notes : tuple of Note
    """

    households: tuple[str, ...]
    places: tuple[str, ...]
    outcomes: Mapping[str, Floats]
    sds: Mapping[str, Floats]
    draws: ModelDraws
    drift: tuple[Drift, ...]
    notes: tuple[Note, ...]


def score(
    model: Model,
    people: pl.DataFrame,
    places: pl.DataFrame,
    *,
    aggregate: Aggregate = "sum",
    file: str | None = None,
) -> Scored:
    """Forecast every outcome of every household at every place.

    Parameters
    ----------
    model : Model
    people : polars.DataFrame
        A row a person: `household`; `adult` (1 or 0); the person features that the model was trained on; optionally
        `to_work` (who is to work; by default the adults), `network` (the word under which `places` counts
        compatriots), `arrival` (a day), and `group_...` columns for audit, which no model reads.
    places : polars.DataFrame
        A row a place: `place`; optionally place features, which replace those the model remembers, and
        `stock_<network>` and `recent_<network>` with persons.
    aggregate : {"sum", "mean", "any"}
        See `Aggregate`. With `sum` and `mean` every adult counts; `any` hides all but the likeliest.
    file : str, optional
        Name of the people's file, for messages.

    Raises
    ------
    BadInput
        If a column carries a forbidden attribute, a feature is missing, or a name stands twice.
    """
    if aggregate not in AGGREGATES:
        raise UnknownName("the aggregate", aggregate, AGGREGATES)
    arrivals = read_arrivals(model, people, file)
    table, place_notes = _place_features(model, places)
    ready, pair_notes = _ready(model, arrivals, table, places)
    outcomes = {name: ready.household_scores(one, aggregate) for name, one in model.outcomes.items()}
    boosted = any(one.kind == "boosting" for one in model.outcomes.values())
    count = min(one.draws for one in model.outcomes.values())
    draws = ModelDraws(count, "estimate" if boosted else "truth", model, aggregate, ready)
    adults = arrivals.people.filter(pl.col("adult"))
    moved = (*drift(model.reference, adults), *drift(model.reference, table))
    notes = (*place_notes, *pair_notes, *_drift_notes(moved), *_adult_notes(arrivals))
    return Scored(
        arrivals.households, tuple(places["place"].cast(pl.String)), outcomes, _sds(draws), draws, moved, notes
    )


def expected(
    model: Model, people: pl.DataFrame, places: pl.DataFrame, *, aggregate: Aggregate = "sum"
) -> tuple[tuple[str, ...], dict[str, Floats]]:
    """Forecast as `score` does, without saying how unsure that is: for models that were fitted without draws.

    Returns
    -------
    households : tuple of str
    outcomes : dict of outcome to ndarray of float64, shape (households, places)
    """
    arrivals = read_arrivals(model, people)
    table, _ = _place_features(model, places)
    ready, _ = _ready(model, arrivals, table, places)
    return arrivals.households, {name: ready.household_scores(one, aggregate) for name, one in model.outcomes.items()}


def problem_from(
    model: Model,
    people: pl.DataFrame,
    places: pl.DataFrame,
    *,
    aggregate: Aggregate = "sum",
    scored: Scored | None = None,
) -> Problem:
    """Make the placement problem of arriving households.

    Parameters
    ----------
    model, people, places, aggregate
        As for `score`; `places` has at least one column `capacity_<dimension>`, and `people` may have a column of
        numbers for every dimension other than `persons`, summed up by household.
    scored : Scored, optional
        What `score` said of the same people and places.

    Returns
    -------
    Problem
        With outcomes, their sds, sizes, capacities, and the `group_...` columns of the first adult as groups.
    """
    told = score(model, people, places, aggregate=aggregate) if scored is None else scored
    arrivals = read_arrivals(model, people)
    dimensions = tuple(name.removeprefix(CAPACITY) for name in places.columns if name.startswith(CAPACITY))
    if not dimensions:
        todo = f"Add {CAPACITY}persons: how many persons each place takes."
        raise BadInput(Fault("no capacity", f"a column {CAPACITY}persons", todo, "places"))
    minimum = places["minimum"].to_numpy() if "minimum" in places.columns else np.zeros(0, np.int64)
    first = first_adults(arrivals)
    groups = {
        name.removeprefix(AUDIT_PREFIX): tuple(people[name].cast(pl.String).fill_null("unknown").gather(first))
        for name in people.columns
        if name.startswith(AUDIT_PREFIX)
    }
    arrival = None
    if "arrival" in people.columns:
        arrival = days(people, None).gather(first).to_numpy().astype("datetime64[D]")
    return Problem(
        households=arrivals.households,
        places=told.places,
        sizes=np.column_stack([sizes(arrivals, people, one) for one in dimensions]),
        capacity=np.column_stack([places[CAPACITY + one].to_numpy() for one in dimensions]),
        outcomes=told.outcomes,
        sds=told.sds,
        dimensions=dimensions,
        minimum=minimum,
        groups=groups,
        arrival=arrival,
    )


def _place_features(model: Model, places: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Take features from the table given, else from what the model remembers of the place."""
    if "place" not in places.columns:
        raise BadInput(Fault("no column place", "a column place", "Add it.", "places", 1, "place"))
    given = places.with_columns(pl.col("place").cast(pl.String))
    if twice := given["place"].filter(given["place"].is_duplicated()).unique().sort().to_list():
        raise BadInput(Fault(f"the place {twice[0]!r} twice", "each once", "Take one out.", "places", None, "place"))
    known = given.select("place").join(model.places, on="place", how="left", maintain_order="left")
    columns = []
    for name in model.place_features:
        if name in given.columns:
            columns.append(pl.coalesce(given[name].cast(known[name].dtype, strict=False), known[name]).alias(name))
        else:
            columns.append(pl.col(name))
    new = [one for one in given["place"] if one not in set(model.place_codes)]
    notes = []
    if new:
        text = f"{len(new)} places have no training row ({', '.join(new[:5])}): forecast from their features alone."
        notes.append(Note("new-place", text, "warning"))
    return known.with_columns(columns), tuple(notes)


def _ready(
    model: Model, arrivals: Arrivals, table: pl.DataFrame, places: pl.DataFrame
) -> tuple[_Ready, tuple[Note, ...]]:
    people = arrivals.people
    x = model.encoder.persons(people)
    uses = bool(model.pair_features) and "network" in people.columns
    network = people["network"].cast(pl.String).fill_null("") if uses else pl.Series([""] * people.height)
    names = sorted(set(network))
    position = {name: number for number, name in enumerate(names)}
    group = np.array([position[name] for name in network], np.int64)
    unique, pattern = np.unique(np.column_stack([x, group]), axis=0, return_inverse=True)
    pair: Floats | None = None
    notes: tuple[Note, ...] = ()
    if model.pair_features:
        by_network, notes = _pairs(model, names, places)
        pair = by_network[unique[:, -1].astype(np.int64)]
    number = {code: at for at, code in enumerate(model.place_codes)}
    place = np.array([number.get(code, UNKNOWN_PLACE) for code in table["place"]], np.int64)
    adult, working = people["adult"].to_numpy(), people["to_work"].to_numpy()
    counted = {one.outcome.what: adult if one.outcome.what == "staying" else working for one in model.outcomes.values()}
    ready = _Ready(
        np.ascontiguousarray(unique[:, :-1]),
        pair,
        model.encoder.places(table),
        place,
        pattern.ravel(),
        arrivals.of,
        counted,
        len(arrivals.households),
    )
    return ready, notes


def _pairs(model: Model, networks: Sequence[str], places: pl.DataFrame) -> tuple[Floats, tuple[Note, ...]]:
    """Encode compatriots for each network and place, shape (networks, places, pair columns); gaps are the mean."""
    missing = set()
    encoded = np.zeros((len(networks), places.height, len(model.encoder.pair_columns)))
    for position, network in enumerate(networks):
        columns: dict[str, Any] = {}
        for name in model.pair_features:
            column = STOCKS[name] + network
            if network and column in places.columns:
                columns[name] = places[column].cast(pl.Float64).log1p()
            else:
                columns[name] = pl.Series(name, [None] * places.height, dtype=pl.Float64)
                missing.add(network or "(none said)")
        encoded[position] = model.encoder.pairs(pl.DataFrame(columns))
    if not missing:
        return encoded, ()
    text = f"Nobody says how many of {', '.join(sorted(missing))} live where: compatriots count the same everywhere."
    return encoded, (Note("network-unknown", text),)


def _sds(draws: ModelDraws) -> dict[str, Floats]:
    sums: dict[str, Floats] = {}
    squares: dict[str, Floats] = {}
    first = draws.outcomes(0)
    for draw in range(draws.count):
        for name, values in (first if draw == 0 else draws.outcomes(draw)).items():
            # Around the first draw, so that small differences of large squares lose no digits.
            apart = values - first[name]
            sums[name] = sums.get(name, 0.0) + apart
            squares[name] = squares.get(name, 0.0) + apart**2
    n = draws.count
    return {name: np.sqrt(np.maximum(squares[name] - sums[name] ** 2 / n, 0) / (n - 1)) for name in sums}


def _drift_notes(moved: Sequence[Drift]) -> list[Note]:
    notes = []
    for one in moved:
        if one.verdict == "outside":
            text = f"{one.outside:.0%} have a {one.feature} that the model never saw: forecasts for them are guesses."
            notes.append(Note("outside-support", text, "warning"))
        elif one.verdict == "another":
            text = f"{one.feature} is another mix than in the training years (stability index {one.psi:.2f})."
            notes.append(Note("drift", text, "warning"))
    return notes


def _adult_notes(arrivals: Arrivals) -> list[Note]:
    adults = np.bincount(arrivals.of[arrivals.people["adult"].to_numpy()], minlength=len(arrivals.households))
    if (alone := int((adults == 0).sum())) == 0:
        return []
    return [Note("no-adult", f"{alone} households have no adult; their outcome is 0 everywhere.", "warning")]


def _slices(rows: int) -> list[slice]:
    return [slice(first, first + PATTERNS_AT_A_TIME) for first in range(0, max(rows, 1), PATTERNS_AT_A_TIME)]
