"""Invented registers whose truth is known: two cohorts, a rule that holds one back, and a release, or none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MONTHS = 96
EMIGRATED, DEAD = 0.0010, 0.0004


@dataclass(frozen=True)
class World:
    """What is true of both cohorts.

    Attributes
    ----------
    bound, free : int
        Persons.
    release : float
        Times the free cohort's hazard that the bound cohort's is in the window after the rule; 1 is no pile-up.
    held : float
        The same while the rule binds.
    later : float
        The same after the window.
    rule, window : int
        Months.
    watched : tuple of int
        Follow-up is spread evenly between these months.
    units : int
        Municipalities, equally large.
    spread : float
        Standard deviation of a municipality's own factor on moves after the rule, drawn for each cohort apart; its
        mean is 1, so that the release stays what it is.
    """

    bound: int = 2500
    free: int = 2500
    release: float = 1.0
    held: float = 0.5
    later: float = 1.0
    rule: int = 36
    window: int = 6
    watched: tuple[int, int] = (84, 96)
    units: int = 40
    spread: float = 0.0

    def hazards(self) -> tuple[Floats, Floats]:
        """Probability of moving in each month for those still there: of the bound and of the free cohort."""
        month = np.arange(1, MONTHS + 1)
        free = 0.006 + 0.014 * np.exp(-month / 30)
        after = month > self.rule
        window = after & (month <= self.rule + self.window)
        return free * np.where(window, self.release, np.where(after, self.later, self.held)), free

    def catch_up(self, month: int) -> float:
        """The true catch-up share."""
        gap = np.subtract(*(_incidence(hazard) for hazard in reversed(self.hazards())))
        return float(1 - gap[month - 1] / gap[self.rule - 1])

    def persons(self, seed: int) -> pl.DataFrame:
        """Draw a register: month, event, cohort, municipality, permit, age, employed_36, a row a person."""
        rng = np.random.default_rng(seed)
        frames = [
            self._cohort(name, persons, hazard, rng)
            for name, persons, hazard in zip(("bound", "free"), (self.bound, self.free), self.hazards(), strict=True)
        ]
        return pl.concat(frames)

    def _cohort(self, name: str, persons: int, move: Floats, rng: np.random.Generator) -> pl.DataFrame:
        unit = rng.integers(self.units, size=persons)
        factor = rng.gamma(1 / self.spread**2, self.spread**2, self.units) if self.spread else np.ones(self.units)
        month, moved, other = np.full(persons, MONTHS + 1), np.zeros(persons, bool), np.zeros(persons, bool)
        draw = rng.exponential(size=persons)
        for k in range(self.units) if self.spread else [slice(None)]:
            mine = unit == k if self.spread else np.ones(persons, bool)
            hazard = move * np.where(np.arange(MONTHS) >= self.rule, factor[k].max(), 1.0)
            any_exit = hazard + EMIGRATED + DEAD
            # -log(1 - h) summed over months reaches an exponential draw in month t with probability h(t).
            at = np.searchsorted(np.cumsum(-np.log1p(-any_exit)), draw[mine])
            left = at < MONTHS
            share = (hazard / any_exit)[np.minimum(at, MONTHS - 1)]
            month[mine], moved[mine] = at + 1, left & (rng.random(at.size) < share)
            other[mine] = left & ~moved[mine]
        end = rng.integers(self.watched[0], self.watched[1] + 1, size=persons)
        seen = month <= end
        why = np.where(rng.random(persons) < DEAD / (EMIGRATED + DEAD), "dead", "emigrated")
        event = np.where(seen & moved, "moved", np.where(seen & other, why, "censored"))
        time = np.where(seen, month, end)
        still = time >= self.rule
        return pl.DataFrame(
            {
                "month": time,
                "event": event,
                "cohort": [name] * persons,
                "municipality": np.char.add("M", unit.astype(str)),
                "permit": rng.choice(["refugee", "family", "other"], persons, p=[0.6, 0.3, 0.1]),
                "age": rng.integers(16, 67, persons),
                "employed_36": pl.Series(rng.integers(0, 2, persons)).set(pl.Series(~still), None),
            }
        )


def _incidence(move: Floats) -> Floats:
    leave = move + EMIGRATED + DEAD
    there = np.concatenate(([1.0], np.cumprod(1 - leave)[:-1]))
    return np.cumsum(there * move)
