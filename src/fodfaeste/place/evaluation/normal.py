"""Draws for forecasts that come with standard deviations and nothing more: as if each pair's error were its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fodfaeste.place.problem import Problem
from fodfaeste.place.scores import Scores, block


@dataclass(frozen=True, eq=False)
class NormalDraws:
    """Other forecasts of the same problem: normal around the given ones, with their standard deviations.

    They scatter around the estimate (`place.gains.Around`), and errors that places share are not in them: whoever has
    the draws of a model takes those.

    Attributes
    ----------
    problem : Problem
        Every outcome with standard deviations is drawn.
    count : int
    seed : int
        The same seed gives the same draws.
    """

    problem: Problem
    count: int
    seed: int = 0

    def outcomes(self, draw: int) -> Mapping[str, Scores]:
        """Give every outcome of one draw, each of shape (households, places)."""
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(draw,))))
        everybody = slice(0, len(self.problem.households))
        return {
            name: block(self.problem.outcomes[name], everybody)
            + block(sd, everybody) * rng.standard_normal(self.problem.shape)
            for name, sd in self.problem.sds.items()
        }
