"""Draws lots for a share of near-ties in a proposal, by `fodfaeste.place`: the same ones whenever it is looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fodfaeste.place import Plan
from fodfaeste.place.evaluation.worth import has_doubt
from fodfaeste.place.lots import draw_lots
from fodfaeste.rules import rule_book
from fodfaeste.web.placement.desk.computing import Desk

PACKAGE, RULES, TRACK, SHARE = "fodfaeste.web.placement", "rules/denmark-lots.toml", "lots", "share_pct"
ROUNDED = 6
SEED_BITS = 32


@dataclass(frozen=True)
class Lot:
    """The two places that a household had a chance of, each with its chance, and whether a lot was drawn for it."""

    drawn: bool
    chosen: str
    chances: Mapping[str, float]

    @property
    def other(self) -> str:
        """The place that it did not get."""
        return next(name for name in self.chances if name != self.chosen)


@dataclass(frozen=True)
class Lots:
    """The lots of a plan, by household; a household that had no second chance has none."""

    share: float = 0.0
    seed: int = 0
    of: Mapping[str, Lot] = field(default_factory=dict)

    def without(self, moved: tuple[str, ...]) -> Lots:
        """Leave out who was moved afterwards: the chances that they had are not known."""
        return Lots(self.share, self.seed, {name: lot for name, lot in self.of.items() if name not in moved})

    @property
    def drawn(self) -> tuple[str, ...]:
        """The households that a lot was drawn for."""
        return tuple(name for name, lot in self.of.items() if lot.drawn)

    def facts(self, household: str) -> dict[str, Any] | None:
        """Tell a household's chances as values that its record keeps; None where it had but one."""
        lot = self.of.get(household)
        if lot is None:
            return None
        chances = [{"name": name, "chance": round(chance, ROUNDED)} for name, chance in lot.chances.items()]
        told = {"drawn": lot.drawn, "chosen": lot.chosen, "other": lot.other}
        return {**told, "chances": chances, "share": self.share, "seed": self.seed}


def with_lots(desk: Desk, plan: Plan) -> tuple[Plan, Lots]:
    """Let lots decide for a share of those for whom two places are equal and nothing else decides.

    Where no forecast says how unsure it is, nothing is known to be equal, and no lot is drawn. Who is drawn for hangs
    on the household, the year of the quotas and the model alone: nobody draws again by opening the page again.
    """
    share = share_on(min(one.arrives for one in desk.arrivals))
    if not share or not has_doubt(plan.problem, plan.goal) or not plan.placed.any():
        return plan, Lots()
    seed = seed_of(desk)
    found = draw_lots(plan, seed=seed, share=share)
    rows = found.log.rows(named=True)
    of: dict[str, dict[str, Any]] = {}
    for row in rows:
        told = of.setdefault(row["household"], {"chances": {}})
        told["chances"][row["place"]] = row["probability"]
        if row["chosen"]:
            told |= {"chosen": row["place"], "drawn": row["by"] == "lot"}
    return found.plan, Lots(share, seed, {name: Lot(**told) for name, told in of.items() if len(told["chances"]) > 1})


def share_on(day: date) -> float:
    """Give the share of near-ties that is decided by lot, by the rule of a day; none before there was one."""
    book = rule_book(PACKAGE, RULES)
    if day < min(one["since"] for one in book.sets):
        return 0.0
    return float(book.in_force(day, TRACK, todo="Write the rule of that day into the file.")[SHARE]) / 100


def seed_of(desk: Desk) -> int:
    """Make the seed of a year's lots at an agency, with a model."""
    model = "" if desk.model is None else desk.model.sha256 or desk.model.name
    told = f"{desk.round.organisation_id}|{desk.round.year}|{model}"
    return int(hashlib.sha256(told.encode()).hexdigest(), 16) % 2**SEED_BITS
