"""A trained model: what it knows, what it may be asked, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.place.outcomes.attributes import RuleSet
from fodfaeste.place.outcomes.boosting import Trees
from fodfaeste.place.outcomes.encode import Encoder
from fodfaeste.place.outcomes.fitting import Kind, forecast
from fodfaeste.place.outcomes.frames import Outcome
from fodfaeste.place.outcomes.glm import Glm
from fodfaeste.place.outcomes.proxies import Proxy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FORMAT = 1
"""Of the folder; another one cannot be read."""

UNKNOWN_PLACE = -1


@dataclass(frozen=True, eq=False)
class OutcomeModel:
    """The model of one outcome.

    Attributes
    ----------
    outcome : Outcome
    kind : {"glm", "boosting"}
    fit : Glm or Trees
    refits : tuple of Trees
        Draws of boosted trees; a `Glm` keeps its draws itself.
    platt : (slope, intercept)
        Recalibration of the log-odds; (1, 0) where none helped on later years.
    told : mapping
        Persons, figures and choices, as plain values; see `training.train`.
    calibration : polars.DataFrame
        See `metrics.calibration_table`.
    """

    outcome: Outcome
    kind: Kind
    fit: Glm | Trees
    refits: tuple[Trees, ...]
    platt: tuple[float, float]
    told: Mapping[str, Any]
    calibration: pl.DataFrame

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return self.fit.beta_draws.shape[0] if isinstance(self.fit, Glm) else len(self.refits)

    def drawn(self, draw: int) -> OutcomeModel:
        """Give the model of one draw."""
        return self._with(self.fit.drawn(draw) if isinstance(self.fit, Glm) else self.refits[draw])

    def chances(self, x: Floats, z: Floats, place: Ints, pair: Floats | None, unknown: Floats | None = None) -> Floats:
        """Give each person's chance at each place.

        Parameters
        ----------
        x : ndarray, shape (n, person columns)
        z : ndarray, shape (m, place columns)
        place : ndarray of int, shape (m,)
            Number of each place; -1 for one that no training row had.
        pair : ndarray, shape (n, m, pair columns), or None
        unknown : ndarray, shape (m,), optional
            For draws: what to take for the effect of a place that nobody knows, in sds of places.

        Returns
        -------
        ndarray, shape (n, m)
        """
        new = place == UNKNOWN_PLACE
        if isinstance(self.fit, Glm):
            effect = self.fit.u[place]
            effect = np.where(new, 0.0 if unknown is None else unknown * self.fit.tau, effect)
        else:
            effect = np.where(new, self.fit.common, self.fit.place_level[place])
        return forecast(self.fit.log_odds(x, z, effect, pair), self.platt)

    def _with(self, fit: Glm | Trees) -> OutcomeModel:
        return OutcomeModel(self.outcome, self.kind, fit, (), self.platt, self.told, self.calibration)


@dataclass(frozen=True, eq=False)
class Model:
    """Models of all outcomes asked for, from one register.

    Attributes
    ----------
    outcomes : mapping of name to OutcomeModel
    rules : RuleSet
    encoder : Encoder
    person_features, place_features, pair_features : tuple of str
    place_codes : tuple of str
        Places of the training rows, in the order of their numbers.
    places : polars.DataFrame
        Features of each place when the register ended, by `place`.
    rule_from : date or None
        Who arrives from this day on is bound by the residence rule.
    reference : mapping
        The training rows' mix of features; see `drift`.
    audit : tuple of Proxy
    proxy_limit : float
    register : mapping
        Title, days and numbers of persons: the data sheet.
    version : str
        Of the software that trained it.
    seed : int
    """

    outcomes: Mapping[str, OutcomeModel]
    rules: RuleSet
    encoder: Encoder
    person_features: tuple[str, ...]
    place_features: tuple[str, ...]
    pair_features: tuple[str, ...]
    place_codes: tuple[str, ...]
    places: pl.DataFrame
    rule_from: date | None
    reference: Mapping[str, Mapping[str, Any]]
    audit: tuple[Proxy, ...]
    proxy_limit: float
    register: Mapping[str, Any]
    version: str
    seed: int

    def facts(self) -> dict[str, Any]:
        """Tell everything that a card says, as plain values: data sheet, features, rules, figures, proxy audit."""
        return {
            "format": FORMAT,
            "version": self.version,
            "seed": self.seed,
            "register": dict(self.register),
            "rule_set": {
                "name": self.rules.name,
                "title": self.rules.title,
                "source": self.rules.source,
                "sure": self.rules.sure,
                "forbidden": list(self.rules.forbidden),
                "allowed_as": {name: list(purposes) for name, purposes in self.rules.allowed_as.items()},
            },
            "features": {
                "person": list(self.person_features),
                "place": list(self.place_features),
                "pair": list(self.pair_features),
            },
            "places": len(self.place_codes),
            "outcomes": {name: {"kind": one.kind, **one.told} for name, one in self.outcomes.items()},
            "proxy_limit": self.proxy_limit,
            "proxies": [one.to_dict() for one in self.audit],
        }
