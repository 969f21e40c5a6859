"""Two plans side by side: what differs, who changes and why, who gains and who loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from fodfaeste.errors import Refused
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.differences import differences_of
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.small import POOLED, SMALLEST, pooled
from fodfaeste.place.evaluation.wished import ranks_got
from fodfaeste.place.evaluation.worth import at_places, has_doubt, scores_of_rows
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Ints, Problem
from fodfaeste.place.scores import pairs

Floats = NDArray[np.float64]

Why = Literal[
    "newly_placed",
    "left_unplaced",
    "lock",
    "no_longer_allowed",
    "now_allowed",
    "less_room",
    "tie",
    "other_weights",
    "other_scores",
    "better_freed",
    "price_rose",
    "wish",
    "makes_way",
    "equal",
]
"""Why a household changes from plan a to plan b, the first that holds: it had no place; it has none now; it is locked
in b; its place of a is forbidden in b; its place of b was forbidden in a; its place of a has less room in b; one tied
to it changes for such a reason; the new place is worth more by the weights of b and not by those of a; likewise by the
scores; the new place is worth more to it; room at the old place has become dearer than at the new; it wished for the
new place more; it gets less, so that others get more; nothing of all this: both are worth the same."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plan b beside plan a, over the households that both have.

    Attributes
    ----------
    outcomes : polars.DataFrame
        `outcome` (last `score`, weighed as in b), `a`, `b` (sums over the placed), `difference` (b less a), `sd`,
        `lower`, `upper` (null without doubt given), `households` that changed.
    wishes : polars.DataFrame
        `plan` (`a`, `b`), `first` and `any` (households that got their first wish, any wish), `said` (that wished),
        `silent`.
    groups : polars.DataFrame
        `group`, `value`, `outcome`, `households`, `a`, `b`, `difference` (means a household; unplaced count 0),
        `lower`, `upper`, `gain`, `lose` (households). Values of fewer than ten households are pooled.
    places : polars.DataFrame
        `place`, `households_a`, `households_b`, `persons_a`, `persons_b`, `capacity_a`, `capacity_b` (persons).
    changes : polars.DataFrame
        One row a household whose place differs: `household`, `persons`, `from_place`, `to_place` (null: none), `why`
        (see `Why`), `difference` (score in b less in a, by the problem and weights of b), `lower`, `upper`, `clear`
        (the interval leaves 0 out; null without doubt given), `wish_from`, `wish_to`.
    gain, lose, same : int
        Households that get more, less, and the same by the scores and weights of b.
    problem_differences : polars.DataFrame
        `what`, `name`, `a`, `b`: how the problems and goals differ; empty where they are the same.
    level : float
    notes : tuple of Note
    """

    outcomes: pl.DataFrame
    wishes: pl.DataFrame
    groups: pl.DataFrame
    places: pl.DataFrame
    changes: pl.DataFrame
    gain: int
    lose: int
    same: int
    problem_differences: pl.DataFrame
    level: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


@dataclass(frozen=True, eq=False)
class _Both:
    """The households of both plans, and where each puts them, as places of b; places that b lacks are `NOWHERE`."""

    a: Plan
    b: Plan
    rows_a: Ints
    rows_b: Ints
    was: Ints
    now: Ints

    @property
    def moved(self) -> NDArray[np.bool_]:
        return np.asarray(self.was != self.now)


def compare(plan_a: Plan, plan_b: Plan, *, level: float = 0.95) -> Comparison:
    """Compare two plans, household by household, by the scores and weights of the second.

    Parameters
    ----------
    plan_a, plan_b : Plan
        Of one problem, or of two with households in common; how the problems differ is told.
    level : float
        Of intervals.

    Returns
    -------
    Comparison

    Raises
    ------
    Refused
        If the plans have no household in common.
    """
    both = _both(plan_a, plan_b)
    half = float(ndtri((1 + level) / 2))
    change, sd = _change(both), _change_sd(both)
    found = differences_of(plan_a, plan_b)
    return Comparison(
        outcomes=_outcomes(both, half),
        wishes=_wishes(both),
        groups=_groups(both, half),
        places=_places(both),
        changes=_changes(both, change, sd, half),
        gain=int((change > 1e-9).sum()),
        lose=int((change < -1e-9).sum()),
        same=int((np.abs(change) <= 1e-9).sum()),
        problem_differences=found,
        level=level,
        notes=tuple(_notes(both, found)),
    )


def _both(a: Plan, b: Plan) -> _Both:
    position = {name: row for row, name in enumerate(b.problem.households)}
    rows_a = np.array([row for row, name in enumerate(a.problem.households) if name in position], np.int64)
    if not rows_a.size:
        raise Refused(
            "The two plans have no household in common, so there is nothing to compare household by household."
        )
    rows_b = np.array([position[a.problem.households[row]] for row in rows_a], np.int64)
    place = {name: k for k, name in enumerate(b.problem.places)}
    to_b = np.array([*(place.get(name, NOWHERE) for name in a.problem.places), NOWHERE], np.int64)
    return _Both(a, b, rows_a, rows_b, to_b[a.place[rows_a]], b.place[rows_b])


def _at(both: _Both, place: Ints, name: str | None) -> Floats:
    """Give the outcome (None: the score) of the common households at places of b; 0 for the unplaced."""
    problem = both.b.problem
    if name is not None:
        full = np.full(len(problem.households), NOWHERE)
        full[both.rows_b] = place
        return at_places(problem.outcomes[name], full)[both.rows_b]
    scores = scores_of_rows(problem, both.b.goal, both.rows_b)
    return np.where(place == NOWHERE, 0.0, scores[np.arange(place.size), place])


def _change(both: _Both) -> Floats:
    return _at(both, both.now, None) - _at(both, both.was, None)


def _change_sd(both: _Both, name: str | None = None) -> Floats | None:
    """Give the standard deviation of each household's change; errors at two places are independent."""
    problem, weights = both.b.problem, both.b.goal.weights_for(both.b.problem)
    names = [name] if name else [one for one in problem.sds if weights.get(one)]
    if not set(names) & set(problem.sds):
        return None
    variance = np.zeros(both.now.size)
    for one in names:
        weight = 1.0 if name else weights[one]
        for place in (both.was, both.now):
            there = both.moved & (place != NOWHERE)
            variance[there] += (weight * pairs(problem.sds[one], both.rows_b[there], place[there])) ** 2
    return np.sqrt(variance)


def _limits(difference: float, sd: float | None, half: float) -> tuple[float | None, float | None]:
    return (None, None) if sd is None else (difference - half * sd, difference + half * sd)


def _outcomes(both: _Both, half: float) -> pl.DataFrame:
    rows = []
    for name in (*both.b.problem.outcomes, None):
        was, now = float(_at(both, both.was, name).sum()), float(_at(both, both.now, name).sum())
        sds = _change_sd(both, name)
        sd = None if sds is None else float(np.sqrt((sds**2).sum()))
        rows.append((name or "score", was, now, now - was, sd, *_limits(now - was, sd, half), int(both.moved.sum())))
    names = ("a", "b", "difference", "sd", "lower", "upper")
    schema = {"outcome": pl.String, **dict.fromkeys(names, pl.Float64), "households": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _wishes(both: _Both) -> pl.DataFrame:
    rows = []
    for which, plan in (("a", both.a), ("b", both.b)):
        got, wishes = ranks_got(plan.problem, plan.place), plan.problem.wishes
        said = 0 if wishes is None else int(wishes.said.sum())
        rows.append((which, int((got == 1).sum()), int((got > 0).sum()), said, got.size - said))
    schema = {"plan": pl.String, **dict.fromkeys(("first", "any", "said", "silent"), pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _groups(both: _Both, half: float) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    change = _change(both)
    for group, all_values in both.b.problem.groups.items():
        values = np.array([all_values[row] for row in both.rows_b], object)
        for value, who in pooled(values).items():
            up, down = int((change[who] > 1e-9).sum()), int((change[who] < -1e-9).sum())
            for name in (*both.b.problem.outcomes, None):
                was, now = _at(both, both.was, name)[who].mean(), _at(both, both.now, name)[who].mean()
                sds = _change_sd(both, name)
                sd = None if sds is None else float(np.sqrt((sds[who] ** 2).sum())) / who.size
                told = (float(was), float(now), float(now - was), *_limits(float(now - was), sd, half), up, down)
                rows.append((group, value, name or "score", who.size, *told))
    schema = {
        **dict.fromkeys(("group", "value", "outcome"), pl.String),
        "households": pl.Int64,
        **dict.fromkeys(("a", "b", "difference", "lower", "upper"), pl.Float64),
        **dict.fromkeys(("gain", "lose"), pl.Int64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _places(both: _Both) -> pl.DataFrame:
    names = dict.fromkeys((*both.a.problem.places, *both.b.problem.places))
    told = {name: [*_load(both.a, name), *_load(both.b, name)] for name in names}
    rows = [(name, ha, hb, pa, pb, ca, cb) for name, (ha, pa, ca, hb, pb, cb) in told.items()]
    columns = [f"{what}_{which}" for what in ("households", "persons", "capacity") for which in ("a", "b")]
    return pl.DataFrame(rows, schema={"place": pl.String, **dict.fromkeys(columns, pl.Int64)}, orient="row")


def _load(plan: Plan, name: str) -> tuple[int | None, int | None, int | None]:
    """Give the households and persons placed and the capacity for persons of a place; None where there is no such."""
    problem = plan.problem
    if name not in problem.places:
        return None, None, None
    place = problem.places.index(name)
    there = plan.place == place
    capacity = problem.capacity[place, problem.person_dimension]
    return int(there.sum()), int(problem.persons[there].sum()), int(capacity)


def _changes(both: _Both, change: Floats, sd: Floats | None, half: float) -> pl.DataFrame:
    problem_a, problem_b = both.a.problem, both.b.problem
    names_a, names_b = (*problem_a.places, None), (*problem_b.places, None)
    wish_a, wish_b = ranks_got(problem_a, both.a.place), ranks_got(problem_b, both.b.place)
    reasons = _reasons(both, change)
    rows = []
    for k in np.flatnonzero(both.moved).tolist():
        a, b = int(both.rows_a[k]), int(both.rows_b[k])
        low, high = _limits(float(change[k]), None if sd is None else float(sd[k]), half)
        rows.append(
            {
                "household": problem_b.households[b],
                "persons": int(problem_b.persons[b]),
                "from_place": names_a[both.a.place[a]],
                "to_place": names_b[both.b.place[b]],
                "why": reasons[k],
                "difference": float(change[k]),
                "lower": low,
                "upper": high,
                "clear": None if low is None or high is None else not low <= 0 <= high,
                "wish_from": int(wish_a[a]),
                "wish_to": int(wish_b[b]),
            }
        )
    return pl.DataFrame(rows, schema=CHANGES)


CHANGES = {
    "household": pl.String,
    "persons": pl.Int64,
    "from_place": pl.String,
    "to_place": pl.String,
    "why": pl.String,
    "difference": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "clear": pl.Boolean,
    "wish_from": pl.Int64,
    "wish_to": pl.Int64,
}


def _reasons(both: _Both, change: Floats) -> dict[int, Why]:
    """Say of each household that changes why; who is tied to one that had to change changes because of the tie."""
    moved = np.flatnonzero(both.moved).tolist()
    told = {k: _why(both, k, float(change[k])) for k in moved}
    forced = {"lock", "no_longer_allowed", "less_room", "now_allowed"}
    of_row = {int(row): k for k, row in enumerate(both.rows_b)}
    for tie in both.b.problem.ties:
        members = [of_row[one] for one in tie if of_row.get(one) in told]
        if any(told[one] in forced for one in members):
            told.update({one: "tie" for one in members if told[one] not in forced})
    return told


def _why(both: _Both, k: int, change: float) -> Why:
    a, b, row_a, row_b = both.a, both.b, int(both.rows_a[k]), int(both.rows_b[k])
    was_a, now = int(a.place[row_a]), int(both.now[k])
    was = int(both.was[k])
    if was_a == NOWHERE:
        return "newly_placed"
    if now == NOWHERE:
        return "left_unplaced"
    if b.problem.locks[row_b] != NOWHERE and a.problem.locks[row_a] != b.problem.locks[row_b]:
        return "lock"
    if was == NOWHERE or not b.problem.may(row_b)[was]:
        return "no_longer_allowed"
    now_a = a.problem.places.index(b.problem.places[now]) if b.problem.places[now] in a.problem.places else NOWHERE
    if now_a == NOWHERE or not a.problem.may(row_a)[now_a]:
        return "now_allowed"
    if _less_room(a.problem, b.problem, was_a, was):
        return "less_room"
    return _why_of_scores(both, k, change, (row_a, was_a, now_a))


def _why_of_scores(both: _Both, k: int, change: float, in_a: tuple[int, int, int]) -> Why:
    a, b, row_b, was, now = both.a, both.b, int(both.rows_b[k]), int(both.was[k]), int(both.now[k])
    row_a, was_a, now_a = in_a
    scores_a = scores_of_rows(a.problem, a.goal, np.array([row_a]))[0]
    before = float(scores_a[now_a] - scores_a[was_a])
    if change > 1e-9 and before <= 1e-9:
        same_weights = a.goal.weights_for(a.problem) == b.goal.weights_for(b.problem)
        return "other_scores" if same_weights else "other_weights"
    if change > 1e-9:
        return "better_freed"
    size = b.problem.sizes[row_b]
    dearer = float((b.certificate.prices[was] - b.certificate.prices[now]) @ size)
    dearer_before = float((a.certificate.prices[was_a] - a.certificate.prices[now_a]) @ a.problem.sizes[row_a])
    if dearer > dearer_before + 1e-9 and change + dearer >= -1e-9:
        return "price_rose"
    wishes = b.problem.wishes
    if wishes is not None and _wanted_more(int(wishes.rank[row_b, now]), int(wishes.rank[row_b, was])):
        return "wish"
    return "makes_way" if change < -1e-9 else "equal"


def _wanted_more(rank: int, other: int) -> bool:
    return rank > 0 and (other == 0 or rank < other)


def _less_room(a: Problem, b: Problem, was_a: int, was_b: int) -> bool:
    return a.dimensions == b.dimensions and bool((b.capacity[was_b] < a.capacity[was_a]).any())


def _notes(both: _Both, found: pl.DataFrame) -> list[Note]:
    notes = []
    if found.height:
        text = (
            "The problems or goals of the two plans differ; both plans are valued by the second's scores and weights."
        )
        notes.append(Note("different_problems", text, "warning"))
    if not has_doubt(both.b.problem, both.b.goal):
        text = "No uncertainty of the forecasts is known, so no difference has an interval."
        notes.append(Note("no_uncertainty", text, "warning"))
    else:
        text = "Intervals take the errors of the forecasts as independent between households, places and outcomes."
        notes.append(Note("independent_errors", text))
    if both.b.problem.groups:
        text = f"Groups of fewer than {SMALLEST} households are shown together as {POOLED}."
        notes.append(Note("small_groups_pooled", text))
    return notes
