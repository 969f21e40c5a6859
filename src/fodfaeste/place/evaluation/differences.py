"""How the problems and goals of two plans differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Problem
from fodfaeste.place.scores import LowRank, Scores

Difference = tuple[str, str | None, str | None, str | None]
"""What differs, the name of the thing, and how it is in a and in b."""


def differences_of(plan_a: Plan, plan_b: Plan) -> pl.DataFrame:
    """Tabulate `what`, `name`, `a`, `b`; no row where problems and goals are the same.

    `what` is `household`, `place`, `capacity`, `size`, `allowed`, `lock`, `tie`, `minimum`, `wishes`, `outcome`,
    `scores` or `goal`; of many of a kind one row says how many.
    """
    a, b = plan_a.problem, plan_b.problem
    found: list[Difference] = []
    if a is not b:
        found += [*_names("household", a.households, b.households), *_names("place", a.places, b.places)]
        if not found and a.dimensions == b.dimensions:
            found += _facts(a, b)
        found += _names("outcome", tuple(a.outcomes), tuple(b.outcomes))
        if not found or (a.households == b.households and a.places == b.places):
            found += _scores(a, b)
    for field in vars(plan_a.goal):
        one, other = getattr(plan_a.goal, field), getattr(plan_b.goal, field)
        if one != other:
            found.append(("goal", field, str(one), str(other)))
    schema = dict.fromkeys(("what", "name", "a", "b"), pl.String)
    return pl.DataFrame(found, schema=schema, orient="row")


def _names(what: str, a: tuple[str, ...], b: tuple[str, ...]) -> Iterator[Difference]:
    gone, come = [name for name in a if name not in set(b)], [name for name in b if name not in set(a)]
    if gone or come:
        yield what, ", ".join([*gone, *come][:10]), f"{len(gone)} only here", f"{len(come)} only here"


def _facts(a: Problem, b: Problem) -> Iterator[Difference]:
    for place, dimension in np.argwhere(a.capacity != b.capacity).tolist():
        name = f"{a.places[place]}: {a.dimensions[dimension]}"
        yield "capacity", name, str(a.capacity[place, dimension]), str(b.capacity[place, dimension])
    for place in np.flatnonzero(a.minimum != b.minimum).tolist():
        yield "minimum", a.places[place], str(a.minimum[place]), str(b.minimum[place])
    for household in np.flatnonzero(a.locks != b.locks).tolist():
        yield "lock", a.households[household], _place(a, household), _place(b, household)
    if (changed := int((a.sizes != b.sizes).any(axis=1).sum())) > 0:
        yield "size", f"{changed} households", None, None
    may = [np.ones(one.shape, np.bool_) if one.allowed is None else one.allowed for one in (a, b)]
    for household in np.flatnonzero((may[0] != may[1]).any(axis=1)).tolist():
        yield "allowed", a.households[household], str(int(may[0][household].sum())), str(int(may[1][household].sum()))
    if set(map(frozenset, a.ties)) != set(map(frozenset, b.ties)):
        yield "tie", None, f"{len(a.ties)} ties", f"{len(b.ties)} ties"
    if (a.wishes is None) != (b.wishes is None) or (
        a.wishes is not None and b.wishes is not None and (a.wishes.rank != b.wishes.rank).any()
    ):
        said = [str(0 if one.wishes is None else int(one.wishes.said.sum())) for one in (a, b)]
        yield "wishes", None, said[0], said[1]


def _place(problem: Problem, household: int) -> str | None:
    place = int(problem.locks[household])
    return None if place == NOWHERE else problem.places[place]


def _scores(a: Problem, b: Problem) -> Iterator[Difference]:
    for name in a.outcomes:
        if name in b.outcomes and not _same(a.outcomes[name], b.outcomes[name]):
            yield "scores", name, None, None


def _same(a: Scores, b: Scores) -> bool:
    if a is b:
        return True
    parts: list[tuple[Any, Any]] = [(a, b)]
    if isinstance(a, LowRank) or isinstance(b, LowRank):
        if not (isinstance(a, LowRank) and isinstance(b, LowRank)):
            return False
        parts = [(a.left, b.left), (a.right, b.right)]
    return all(np.array_equal(one, other, equal_nan=True) for one, other in parts)
