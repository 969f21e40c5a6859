"""The smallest changes that would flip a proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from fodfaeste.place.evaluation.options import Option, outcome_sums, ruled_out_rows
from fodfaeste.place.evaluation.price import has_prices, wishes_come_first
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, WISHES, Ints, Wishes
from fodfaeste.place.solve import solve

FLIPS = {
    "kind": pl.String,
    "place": pl.String,
    "name": pl.String,
    "needed": pl.Float64,
    "enough": pl.Float64,
}


@dataclass(frozen=True)
class Flip:
    """A change after which another place would be proposed; columns as in `explain.Explanation.flips`."""

    kind: str
    place: str | None
    name: str | None
    needed: float | None
    enough: float | None


def flips_of(plan: Plan, rows: Ints, options: Sequence[Option], *, exact: bool) -> pl.DataFrame:
    """Tabulate what would have to change, the smallest change of each kind first.

    Notes
    -----
    Let V be the best value and V(j) the best with the household at j. Raising its score at j by less than V - V(j)
    changes no optimal plan; by more, every optimal plan sends it to j. `needed` and `enough` are bounds on that
    difference from the certificate and from the cost of making way.
    """
    found = [*_of_rules(plan, rows)]
    if (plan.problem.locks[rows] == NOWHERE).all():
        found += [
            *_of_scores(plan, rows, options),
            *_of_weights(plan, rows, options),
            *_of_capacity(plan, rows, options, exact=exact),
        ]
    frame = pl.DataFrame([vars(flip) for flip in found], schema=FLIPS)
    size = pl.coalesce("needed", "enough").abs()
    return frame.with_columns(size=size).sort("kind", "size", nulls_last=True, maintain_order=True).drop("size")


def _of_rules(plan: Plan, rows: Ints) -> Iterator[Flip]:
    problem, who = plan.problem, int(rows[0])
    if (problem.locks[rows] != NOWHERE).any():
        locked = int(rows[problem.locks[rows] != NOWHERE][0])
        yield Flip("unlock", None, problem.households[locked], None, None)
    elif rows.size > 1:
        yield Flip("untie", None, problem.households[who], None, None)
    for place, _, why in ruled_out_rows(plan, rows, 1).iter_rows():
        yield Flip("allow" if why == "not_allowed" else "capacity", place, None, None, None)


def _of_scores(plan: Plan, rows: Ints, options: Sequence[Option]) -> Iterator[Flip]:
    """Give the rise of the whole score, and of each part of it alone, that brings the household to a place."""
    doubt = max(0.0, plan.certificate.bound - plan.certificate.objective)
    weights = plan.goal.weights_for(plan.problem)
    first = wishes_come_first(plan.problem, plan.goal)
    for option in options:
        if option.chosen:
            continue
        place = plan.problem.places[option.position]
        needed = None if option.cost_at_least is None else max(0.0, option.cost_at_least)
        # Where wishes come first no rise of a score is sure to be enough.
        known = not first and option.cost_at_most is not None
        enough = max(0.0, option.cost_at_most or 0.0) + doubt if known else None
        yield Flip("score", place, None, needed, enough)
        for name, weight in weights.items():
            if weight > 0 and name != WISHES:
                share = (None if part is None else part / weight for part in (needed, enough))
                yield Flip("outcome", place, name, *share)
        yield from _of_wishes(plan, rows, option, (needed, enough))


def _of_wishes(plan: Plan, rows: Ints, option: Option, rise: tuple[float | None, float | None]) -> Iterator[Flip]:
    """Say how far a place would have to be the household's wish; nothing where no wish could bring it there.

    A wish can rise to the first, and count no more for the place proposed: if that is less than what is needed, wishes
    alone change nothing. That it rises to the first is enough where that alone makes up for the difference.
    """
    weight, wishes = plan.goal.weights_for(plan.problem).get(WISHES, 0.0), plan.problem.wishes
    if wishes is None or weight <= 0:
        return
    there, needed, enough = option.position, *(None if part is None else part / weight for part in rise)
    share, here = Wishes(wishes.rank[rows]).share(), int(plan.place[rows[0]])
    left = float((1 - share[:, there]).sum())
    gone = 0.0 if here == NOWHERE else float(share[:, here].sum())
    if left > 0 and (needed is not None or enough is not None) and (needed or 0.0) <= left + gone:
        within = None if enough is None or enough > left else enough
        yield Flip("wish", plan.problem.places[there], WISHES, needed, within)


def _of_weights(plan: Plan, rows: Ints, options: Sequence[Option]) -> Iterator[Flip]:
    """Give, for each outcome, the least change of its weight that lets an option overtake at the prices as they are."""
    if not options or not options[0].chosen or not has_prices(plan) or plan.goal.caution:
        return
    weights, mine = plan.goal.weights_for(plan.problem), outcome_sums(plan, rows, options[0].position)
    for name in mine:
        changes = []
        for option in options[1:]:
            ahead = outcome_sums(plan, rows, option.position)[name] - mine[name]
            change = option.behind / ahead if ahead else np.inf
            if np.isfinite(change) and option.behind >= 0 and weights[name] + change >= 0:
                changes.append((abs(change), change, plan.problem.places[option.position]))
        if changes:
            _, change, place = min(changes)
            yield Flip("weight", place, name, change, change)


def _of_capacity(plan: Plan, rows: Ints, options: Sequence[Option], *, exact: bool) -> Iterator[Flip]:
    """Name the room that better places are short of, and, if everything may be solved again, how much is enough."""
    here = options[0].score if options and options[0].chosen else 0.0
    for option in options:
        if option.chosen or option.short_of is None or option.score <= here:
            continue
        dimension = plan.problem.dimensions.index(option.short_of)
        enough = _enough_room(plan, rows, option.position, dimension, option.short) if exact else None
        yield Flip("capacity", plan.problem.places[option.position], option.short_of, enough, enough)


def _enough_room(plan: Plan, rows: Ints, place: int, dimension: int, short: int) -> float | None:
    """Find the least room that, added, brings the household there; none up to twice what is short brings None."""
    for more in range(1, 2 * short + 1):
        capacity = plan.problem.capacity.copy()
        capacity[place, dimension] += more
        again = solve(replace(plan.problem, capacity=capacity), plan.goal, gap=0.0, seed=plan.certificate.seed)
        if (again.place[rows] == place).all():
            return float(more)
    return None
