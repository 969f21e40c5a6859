"""A trial's past: the model as it could have been made on a day, and who came since as problems of their years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import NotEnoughPeople, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.evaluation.baselines import greedy_placement
from fodfaeste.place.outcomes.arrivals import CAPACITY
from fodfaeste.place.outcomes.arriving import arriving, places_for
from fodfaeste.place.outcomes.attributes import AUDIT_PREFIX
from fodfaeste.place.outcomes.encode import encoder
from fodfaeste.place.outcomes.fitting import FEWEST_EACH_SIDE, data_of, fit, time_split
from fodfaeste.place.outcomes.frames import Frames
from fodfaeste.place.outcomes.model import Model, OutcomeModel
from fodfaeste.place.outcomes.places import place_table
from fodfaeste.place.outcomes.rows import Rows
from fodfaeste.place.outcomes.score import expected
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.solve import solve

MODEL, GREEDY, RANDOM = "model", "greedy", "random"
"""Policies that are compared with what was decided then."""

BELIEVED = 2.0
"""Places are tried that got at least so many times the least chance that the back-test believes."""

FEWEST_PLACES = 2


@dataclass(frozen=True, eq=False)
class Window:
    """Who came in one year, as the problem of that year; `went` is where they really were placed."""

    people: pl.DataFrame
    places: pl.DataFrame
    problem: Problem
    went: Ints

    @property
    def goal(self) -> Goal:
        """Every outcome counts alike, as at the desk."""
        return Goal(weights=dict.fromkeys(self.problem.outcomes, 1.0))

    def solved(self, problem: Problem) -> Plan:
        """Make the plan of a problem of these households."""
        return solve(problem, self.goal, gap=1e-3, method="prices")

    def built_from(self, model: Model) -> Problem:
        """Make the problem again from another model's forecasts."""
        return replace(self.problem, outcomes=expected(model, self.people, self.places)[1])

    def sent(self, policy: str) -> list[tuple[Any, str]]:
        """Say where a policy sends each person; who finds no room stays where there was room for them."""
        place = greedy_placement(self.problem, self.goal) if policy == GREEDY else self.solved(self.problem).place
        place = np.where(place == NOWHERE, self.went, place)
        there = {name: self.problem.places[where] for name, where in zip(self.problem.households, place, strict=True)}
        return [(person, there[home]) for person, home in self.people.select("person", "household").iter_rows()]


def day_of(rows: Rows, model: Model) -> date:
    """Choose the day: late enough that something was known of every outcome, and early enough to be judged."""
    days = []
    for name in model.outcomes:
        split = time_split(data_of(rows, name, model.encoder, _codes(rows)))
        if split is None:
            found = f"no later years in which {name} is known"
            todo = "Take a longer register, or an outcome of fewer months."
            raise Refused(str(Fault(found, "a past to learn from and later years to be judged by", todo)))
        days.append(split[0])
    day: date = max(days).astype(object)
    for name in model.outcomes:
        known, later = (counts(rows, name, day, part).sum() for part in ("known", "later"))
        if min(known, later) < FEWEST_EACH_SIDE:
            found = f"{int(known)} adults known of on {day} and {int(later)} since, of {name}"
            todo = "Take a longer register, or outcomes of like months."
            raise NotEnoughPeople(Fault(found, f"at least {FEWEST_EACH_SIDE} of each", todo, "residence_spells"))
    return day


def counts(rows: Rows, name: str, day: date, part: str) -> NDArray[np.bool_]:
    """Say of whom an outcome counts: known on the day, or of those who came later."""
    seen, on = rows.seen[name], np.datetime64(day)
    there = seen.closes < on if part == "known" else rows.frame["start"].to_numpy() >= on
    return np.asarray((seen.weight > 0) & there)


def known_on(rows: Rows, day: date) -> Rows:
    """Leave of each outcome what was known on the day."""
    seen = {
        name: replace(one, weight=np.where(counts(rows, name, day, "known"), one.weight, 0.0))
        for name, one in rows.seen.items()
    }
    return replace(rows, seen=seen)


def _codes(rows: Rows) -> tuple[str, ...]:
    return tuple(sorted(rows.frame["place"].unique().to_list()))


def made_again(known: Rows, model: Model, day: date) -> Model:
    """Fit the model's kinds to what was known; nothing that came later, its recalibration neither, is in it."""
    before = known.frame.filter(pl.col("start") < day)
    encode = encoder(before, known.person_features, known.place_features, known.pair_features)
    codes = _codes(known)
    outcomes = {
        name: OutcomeModel(
            one.outcome,
            one.kind,
            fit(one.kind, data_of(known, name, encode, codes), seed=model.seed),
            (),
            (1.0, 0.0),
            {},
            one.calibration,
        )
        for name, one in model.outcomes.items()
    }
    return replace(model, outcomes=outcomes, encoder=encode, place_codes=codes, places=known.places)


def places_tried(rows: Rows, names: Sequence[str], day: date) -> tuple[tuple[str, ...], float]:
    """Take the places that got enough people for the past to speak of them, and the share of adults placed there."""
    least = min(names, key=lambda name: int(counts(rows, name, day, "later").sum()))
    where = rows.frame["place"].filter(pl.Series(counts(rows, least, day, "later")))
    kept = where
    while True:
        n = kept.len()
        bound = 5 / (np.sqrt(n) * np.log(n)) if n > 1 else 1.0
        times = kept.value_counts()
        enough = times.filter(pl.col("count") >= BELIEVED * bound * n)["place"]
        if enough.len() == times.height:
            break
        kept = kept.filter(kept.is_in(enough.implode()))
    places = tuple(sorted(kept.unique().to_list()))
    if len(places) < FEWEST_PLACES:
        found = f"{len(places)} municipalities that got enough of {where.len()} adults since {day}"
        todo = "Take a longer register: of places that hardly anybody was sent to, the past cannot speak."
        raise NotEnoughPeople(Fault(found, f"at least {FEWEST_PLACES}", todo, "residence_spells"))
    return places, kept.len() / where.len()


def last_day(rows: Rows, names: Sequence[str], day: date, kept: Sequence[str]) -> date:
    """Give the last arrival of whom some outcome is known."""
    inside = rows.frame["place"].is_in(list(kept)).to_numpy()
    start = rows.frame["start"].to_numpy()
    newest: date = max(start[counts(rows, name, day, "later") & inside].max() for name in names).item()
    return newest


def windows_of(frames: Frames, past: Model, day: date, last: date, kept: Sequence[str]) -> list[Window]:
    """Make a problem of each year: households as they came, and as much room as was really used."""
    found = []
    for year in range(day.year, last.year + 1):
        people = arriving(frames, past, max(day, date(year, 1, 1)), min(last, date(year, 12, 31)))
        people = people.filter(pl.col("observed").is_in(list(kept)))
        if people.is_empty():
            continue
        places = places_for(frames, people).join(place_table(frames, [year]).drop("year"), on="place", how="left")
        households, outcomes = expected(past, people, places)
        codes = tuple(places["place"])
        at = {code: position for position, code in enumerate(codes)}
        went = dict(people.select("household", "observed").unique("household", keep="first").iter_rows())
        size = dict(people.group_by("household").len().iter_rows())
        sizes = np.array([size[name] for name in households])
        # Members of one household may have been parted; then there is room where the first of them went.
        room = np.bincount([at[went[name]] for name in households], weights=sizes, minlength=len(codes))
        capacity = np.maximum(places[f"{CAPACITY}persons"].to_numpy(), room.astype(np.int64))
        problem = Problem(households, codes, sizes, capacity, outcomes=outcomes, groups=_declared(people, households))
        found.append(Window(people, places, problem, np.array([at[went[name]] for name in households], np.int64)))
    return found


def _declared(people: pl.DataFrame, households: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give each household's kind, and the citizenship of its first adult, to compare groups by."""
    first = people.sort("adult", descending=True, maintain_order=True).unique(
        "household", keep="first", maintain_order=True
    )
    counted = people.group_by("household").agg(adults=pl.col("adult").sum(), children=(1 - pl.col("adult")).sum())
    told = pl.DataFrame({"household": list(households)}).join(
        counted, on="household", how="left", maintain_order="left"
    )
    groups = {"household": tuple(household_kinds(told))}
    if f"{AUDIT_PREFIX}citizenship" in people.columns:
        of = dict(first.select("household", f"{AUDIT_PREFIX}citizenship").iter_rows())
        groups["citizenship"] = tuple(of[name] or "unknown" for name in households)
    return groups


def household_kinds(frame: pl.DataFrame) -> pl.Series:
    """Say what kind each household is, by its `adults` and `children`."""
    alone, children = pl.col("adults") <= 1, pl.col("children") > 0
    return frame.select(
        pl.when(alone & ~children)
        .then(pl.lit("single"))
        .when(~children)
        .then(pl.lit("couple"))
        .when(alone)
        .then(pl.lit("single_parent"))
        .otherwise(pl.lit("family"))
    ).to_series()
