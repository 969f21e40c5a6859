"""A model for Denmark without individual data: published place effects, with draws from their intervals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm

from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure.result import Note
from fodfaeste.place.gains import Around
from fodfaeste.place.scores import LowRank, Scores

Floats = NDArray[np.float64]

DRAWS = 200
WORK, STAYING = "work_24", "staying_48"
INSIDE = float(norm.ppf(0.95))
"""Standard deviations from the middle of a 90 % interval to its ends."""

LOWEST, HIGHEST = 0.02, 0.95
"""A linear model of a share must be kept from leaving it."""

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Parameter:
    """A published number: `value` with its interval, unit, first day, source and how sure we are of it."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    since: date
    source: str
    sure: str

    def drawn(self, rng: np.random.Generator) -> float:
        """Draw it: normal about the interval's middle, and never outside the sign that the interval has."""
        middle, sd = (self.low + self.high) / 2, (self.high - self.low) / (2 * INSIDE)
        value = middle + sd * rng.standard_normal()
        return float(max(value, 0.0) if self.low >= 0 else min(value, 0.0) if self.high <= 0 else value)


@cache
def parameters() -> Mapping[str, Parameter]:
    """Give every number of the default model."""
    told = tomllib.loads((files("fodfaeste.place.outcomes") / "denmark.toml").read_text(encoding="utf-8"))
    return {name: Parameter(name, **said) for name, said in told.items()}


@dataclass(frozen=True, eq=False)
class DefaultDraws:
    """Draws of the default model: its parameters from their published intervals.

    count : int
    around : "truth"
    """

    count: int
    around: Around
    seed: int
    left: Floats
    facts: _Facts

    def outcomes(self, draw: int) -> Mapping[str, Scores]:
        """Give every outcome of one draw, as factors."""
        rng = np.random.Generator(np.random.PCG64([self.seed, draw]))
        values = {name: one.drawn(rng) for name, one in parameters().items()}
        return _outcomes(values, self.facts, self.left)


@dataclass(frozen=True, eq=False)
class DefaultScores:
    """What the default model says.

    households, places : tuple of str
    outcomes, sds : mapping of outcome to LowRank or ndarray, shape (households, places)
        Sums over the adults. `LowRank`: one factor a network.
    draws : DefaultDraws
    notes : tuple of Note
    """

    households: tuple[str, ...]
    places: tuple[str, ...]
    outcomes: Mapping[str, Scores]
    sds: Mapping[str, Scores]
    draws: DefaultDraws
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class _Facts:
    """Local rates in pp from the mean (employment, or None), networks in sds; shapes (m,) and (networks, m)."""

    rate: Floats
    by_employment: bool
    weight: Floats
    apart_km: Floats
    stock: Floats
    recent: Floats


def default_denmark(
    places: pl.DataFrame, households: pl.DataFrame, *, draws: int = DRAWS, seed: int = 0
) -> DefaultScores:
    """Forecast work after 24 months and staying after 48 from published place effects alone.

        chance of an adult = base + e (local rate - mean) + n z(stock) + c z(recent)

    The local rate is the mean over places within commuting distance, weighted by population and exp(-km / decay).

    Parameters
    ----------
    places : polars.DataFrame
        `place`; `employment_rate` (share of 1) or else `unemployment_rate`; optionally `latitude` and `longitude` of
        the seat, `population` (the weight of each place's jobs), `stock_<network>` and `recent_<network>` (persons).
    households : polars.DataFrame
        A row a person: `household`, `adult` (1 or 0), optionally `network`.
    draws, seed : int

    Raises
    ------
    BadInput
        If a place has no rate, or a column is missing.
    """
    _check(places, households)
    names = tuple(households["household"].cast(pl.String).unique(maintain_order=True))
    number = {name: position for position, name in enumerate(names)}
    of = np.array([number[name] for name in households["household"].cast(pl.String)], np.int64)
    network = (
        households["network"].cast(pl.String).fill_null("")
        if "network" in households.columns
        else pl.Series([""] * households.height)
    )
    networks = sorted(set(network))
    group = np.array([networks.index(name) for name in network], np.int64)
    left = np.zeros((len(names), len(networks)))
    np.add.at(left, (of, group), households["adult"].cast(pl.Float64).to_numpy())
    facts, notes = _facts(places, networks)
    middle = {name: one.value for name, one in parameters().items()}
    drawn = DefaultDraws(draws, "truth", seed, left, facts)
    outcomes = _outcomes(middle, facts, left)
    return DefaultScores(names, tuple(places["place"].cast(pl.String)), outcomes, _sds(drawn), drawn, notes)


def commuting_rate(rate: Floats, weight: Floats, apart_km: Floats, decay_km: float, reach_km: float) -> Floats:
    """Average a rate over places within reach, the nearer ones counting more.

    Parameters
    ----------
    rate, weight : ndarray, shape (m,)
    apart_km : ndarray, shape (m, m)
        NaN where a place's position is not known: it then has its own rate alone.
    """
    near = np.where(apart_km <= reach_km, np.exp(-np.nan_to_num(apart_km) / decay_km), 0.0) * weight[None, :]
    return np.asarray((near @ rate) / near.sum(axis=1))


def distances_km(latitude: Floats, longitude: Floats) -> Floats:
    """Give distances along the earth's surface, shape (m, m); 0 from a place to itself, NaN where unknown."""
    north, east = np.radians(latitude), np.radians(longitude)
    half = np.sin((north[:, None] - north) / 2) ** 2
    half = half + np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    apart = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart)


def _outcomes(values: Mapping[str, float], facts: _Facts, left: Floats) -> dict[str, Scores]:
    local = commuting_rate(facts.rate, facts.weight, facts.apart_km, values["decay_km"], values["reach_km"])
    slope = values["employment" if facts.by_employment else "unemployment"]
    level = values["base"] + slope * (local - np.average(local, weights=facts.weight))
    chance = level + values["network"] * facts.stock + values["competition"] * facts.recent
    stay = np.full(chance.shape, np.clip(values["staying"], LOWEST, HIGHEST))
    return {WORK: LowRank(left, np.clip(chance, LOWEST, HIGHEST).T), STAYING: LowRank(left, stay.T)}


def _sds(draws: DefaultDraws) -> dict[str, Scores]:
    """Give sds over the draws. Households of one network differ by their adults alone: the sd is a factor too."""
    rights: dict[str, list[Floats]] = {}
    for draw in range(draws.count):
        for name, scores in draws.outcomes(draw).items():
            assert isinstance(scores, LowRank)
            rights.setdefault(name, []).append(np.asarray(scores.right))
    if (draws.left > 0).sum(axis=1).max(initial=0) <= 1:
        return {name: LowRank(draws.left, np.std(drawn, axis=0, ddof=1)) for name, drawn in rights.items()}
    return {name: np.std([draws.left @ right.T for right in drawn], axis=0, ddof=1) for name, drawn in rights.items()}


def _facts(places: pl.DataFrame, networks: list[str]) -> tuple[_Facts, tuple[Note, ...]]:
    notes = [
        Note(
            "default-model",
            "No individual data: published averages of Denmark 1986 to 2010, the same for every adult.",
            "warning",
        ),
        Note("staying-flat", "Nobody has published where in Denmark refugees stay: staying is the same everywhere."),
    ]
    by_employment = "employment_rate" in places.columns
    rate = places["employment_rate" if by_employment else "unemployment_rate"].cast(pl.Float64).to_numpy()
    weight = np.ones(places.height)
    if "population" in places.columns:
        weight = np.maximum(places["population"].cast(pl.Float64).fill_null(0).to_numpy(), 1.0)
    apart = np.where(np.eye(places.height, dtype=np.bool_), 0.0, np.nan)
    if {"latitude", "longitude"} <= set(places.columns):
        apart = distances_km(*(places[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")))
        if unknown := int(np.isnan(apart).sum(axis=1).max() > 0) and int(places["latitude"].null_count()):
            text = f"{unknown} places have no position: their own rate stands for their commuting area."
            notes.append(Note("no-position", text))
    else:
        notes.append(Note("no-position", "No place has a position: each place's own rate is its commuting area's."))
    stock, recent = (
        np.array([_spread(places, prefix + name) for name in networks]) for prefix in ("stock_", "recent_")
    )
    return _Facts(rate, by_employment, weight, apart, stock, recent), tuple(notes)


def _spread(places: pl.DataFrame, column: str) -> Floats:
    """Give log(1 + persons) in standard deviations from the mean over places; 0 where nobody says."""
    if column not in places.columns:
        return np.zeros(places.height)
    values = np.log1p(np.maximum(places[column].cast(pl.Float64).fill_null(0).to_numpy(), 0))
    sd = float(values.std())
    return np.asarray((values - values.mean()) / sd) if sd > 0 else np.zeros(places.height)


def _check(places: pl.DataFrame, households: pl.DataFrame) -> None:
    problems = [
        Problem(f"no column {name}", f"a column {name}", "Add it.", table, 1, name)
        for table, frame, names in (("places", places, ("place",)), ("households", households, ("household", "adult")))
        for name in names
        if name not in frame.columns
    ]
    rates = [name for name in ("employment_rate", "unemployment_rate") if name in places.columns]
    if not rates:
        todo = "Add employment_rate: the share of the working-age population in work, from 0 to 1."
        problems.append(Problem("no local rate", "employment_rate or unemployment_rate", todo, "places"))
    else:
        rate = places[rates[0]].cast(pl.Float64, strict=False)
        wrong = ~rate.is_between(0, 1).fill_null(False)
        if wrong.any():
            row = int(np.flatnonzero(wrong.to_numpy())[0])
            found = repr(places[rates[0]][row])
            problems.append(Problem(found, "a share from 0 to 1", "Fill it in.", "places", row + 2, rates[0]))
    if problems:
        raise BadInput(*problems)
