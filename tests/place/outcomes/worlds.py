"""Registers of a few thousand invented persons in which the true chances are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from fodfaeste.place.outcomes import Frames

Floats = NDArray[np.float64]
SCHOOLING = ("none", "primary", "secondary", "tertiary")
EFFECT = np.array([-0.5, 0.0, 0.2, 0.8])
FIRST, LAST, UNTIL = date(2000, 1, 1), date(2003, 12, 31), date(2010, 12, 31)


@dataclass(frozen=True, eq=False)
class World:
    """A register and its truth: `place_effect` (log-odds of work) of each of `codes`, and each household's luck."""

    frames: Frames
    codes: tuple[str, ...]
    place_effect: Floats
    household_effect: Floats

    def chances(self, schooling: Floats) -> Floats:
        """True chance of work by schooling (position) and place, the household's own luck averaged out."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(21)
        eta = -0.8 + EFFECT[schooling][:, None] + self.place_effect[None, :]
        spread = HOUSEHOLD_SD * nodes
        return np.asarray((expit(eta[..., None] + spread) * weights).sum(-1) / weights.sum())


HOUSEHOLD_SD = 0.6


def world(
    seed: int = 0,
    *,
    households: int = 1500,
    places: int = 20,
    place_sd: float = 0.5,
    left_share: float = 0.0,
    proxy: bool = False,
    rule_from: date | None = None,
) -> World:
    """Invent a register: one or two adults a household, sent to places at random, moving away by place.

    `left_share` emigrate at a random time; with `proxy` a column `shoe_size` gives sex away.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    codes = tuple(f"{one:03d}" for one in range(100, 100 + places))
    effect = place_sd * rng.standard_normal(places)
    room = rng.dirichlet(np.full(places, 3.0))
    two = rng.random(households) < 0.4
    of = np.repeat(np.arange(households), 1 + two)
    n = of.size
    place = rng.choice(places, households, p=room)
    days = (LAST - FIRST).days
    came = rng.integers(0, days, households)
    schooling = rng.choice(4, n, p=[0.3, 0.3, 0.25, 0.15])
    woman = rng.random(n) < 0.5
    luck = HOUSEHOLD_SD * rng.standard_normal(households)
    works = rng.random(n) < expit(-0.8 + EFFECT[schooling] + effect[place[of]] + luck[of])
    start = [FIRST + timedelta(days=int(one)) for one in came[of]]
    # A move and an emigration compete; each takes some months, and the whole household goes.
    move_in = rng.exponential(60 * np.exp(-0.8 * effect[place]), households)[of]
    leave_in = np.where(rng.random(n) < left_share, rng.uniform(0, 48, n), np.inf)
    ends, reasons, to = [], [], []
    for person in range(n):
        months = min(move_in[person], leave_in[person])
        end = start[person] + timedelta(days=1 + int(months * 30.44)) if months < 1000 else None
        if end is not None and end > UNTIL:
            end = None
        moved = end is not None and move_in[person] <= leave_in[person]
        ends.append(end)
        reasons.append("open" if end is None else "moved" if moved else "emigrated")
        to.append(codes[(place[of[person]] + 1) % places] if moved else None)
    numbers = np.arange(1, n + 1)
    persons = pl.DataFrame(
        {
            "person": numbers,
            "household": of + 1,
            "sex": np.where(woman, "female", "male"),
            "birth_date": [FIRST - timedelta(days=int(one)) for one in rng.integers(20 * 365, 55 * 365, n)],
            "citizenship": rng.choice(["AAA", "BBB", "CCC"], n),
            "civil_status": np.where(two[of], "married", "unmarried"),
            "arrival_date": start,
            "permit": "refugee",
            "schooling": np.array(SCHOOLING)[schooling],
        }
    )
    if proxy:
        persons = persons.with_columns(pl.Series("shoe_size", np.where(woman, 38, 43) + rng.integers(-3, 4, n)))
    residence = pl.DataFrame(
        {
            "person": numbers,
            "municipality": np.array(codes)[place[of]],
            "start": start,
            "end": ends,
            "end_reason": reasons,
            "to": to,
        },
        schema_overrides={"end": pl.Date, "to": pl.String},
    )
    employment = pl.DataFrame(
        {
            "person": numbers[works],
            "start": [one + timedelta(days=300) for one, does in zip(start, works, strict=True) if does],
            "end": None,
            "kind": "employee",
        },
        schema_overrides={"end": pl.Date},
    )
    municipalities = pl.DataFrame({"code": codes, "name": codes, "kind": "town"})
    frames = Frames(
        persons, residence, employment, municipalities, UNTIL, rule_from=rule_from, watched_from=FIRST, title="Invented"
    )
    return World(frames, codes, effect, luck)


def people_of(schooling: list[str], households: list[str] | None = None, **more: list[object]) -> pl.DataFrame:
    """Arriving adults, each a household unless said otherwise."""
    names = households or [f"h{one}" for one in range(len(schooling))]
    frame = {"household": names, "adult": [1] * len(names), "schooling": schooling}
    return pl.DataFrame({**frame, "civil_status": ["unmarried"] * len(names), **more})
