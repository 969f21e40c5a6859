"""Who gains by a plan: groups beside chance and beside themselves alone, envy, wishes, burden, own best places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from fodfaeste.errors import Refused, UnknownName
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.baselines import Chance, chances_of
from fodfaeste.place.evaluation.envy import envied
from fodfaeste.place.evaluation.own_best import own_best
from fodfaeste.place.evaluation.part import part_of
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.small import POOLED, SMALLEST, pooled
from fodfaeste.place.evaluation.wished import ranks_got
from fodfaeste.place.evaluation.worth import at_places, has_doubt, score_sd
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Floor, Ints
from fodfaeste.place.scores import Scores, pairs
from fodfaeste.place.solve import Method, solve
from fodfaeste.place.units import household_scores

Floats = NDArray[np.float64]

SCORE = "score"
"""The name of the weighed sum among the outcomes."""


@dataclass(frozen=True, eq=False)
class Fairness:
    """What a plan does for the groups of a column, and for each household.

    Groups of fewer than ten households are pooled (`other`); figures are means a household, the unplaced counting 0.

    Attributes
    ----------
    group : str
        The column.
    groups : polars.DataFrame
        `value`, `outcome` (`score` is the goal's), `households`, `persons`, `achieved`, `random` (mean over random
        feasible placements), `alone` (if only this group were placed), `before` (null unless given), `gain`
        (achieved less random), `gain_lower`, `gain_upper` (null without doubt given), `share_of_possible` (gain over
        what the group could gain alone; null where that is not above 0), `below_random` (share of its households whose
        score is below their own mean by chance).
    wishes : polars.DataFrame
        `value`, `households`, `said`, `first`, `any` (households), `share_first`, `share_any` (of those who said; null
        where nobody did), `silent`.
    envy : polars.DataFrame
        `value`, `households`, `envious` (who would rather be where somebody else is and fit there), `share`, `envied`
        (mean number of others a household envies).
    places : polars.DataFrame
        `place`, `households`, `persons`, `capacity` (persons), `filled` (persons over capacity; null without any),
        `share` (of all persons placed), `share_expected` (the goal's balance, or in proportion to capacity), `over`
        (persons above that share).
    households : polars.DataFrame
        For the officer, not for publication: `household`, `value`, `persons`, `place`, `best_place` (its own best that
        is allowed and large enough), `score`, `best_score`, `difference`, `sd` of it, `held_by` and `held_gain` (how
        many others hold room there whose own best it is, and what they gain by it over their next best: who profits),
        `random_score`, `below_random`.
    below_random : float
        Share of all households whose score is below their own mean over random placements.
    random_draws, seed : int
    level : float
    notes : tuple of Note
    """

    group: str
    groups: pl.DataFrame
    wishes: pl.DataFrame
    envy: pl.DataFrame
    places: pl.DataFrame
    households: pl.DataFrame
    below_random: float
    random_draws: int
    seed: int
    level: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


@dataclass(frozen=True, eq=False)
class FloorPrice:
    """What a floor for groups costs.

    Attributes
    ----------
    floor : Floor
    value_without, value_with : float
        The plan's value, solved without and with the floor.
    price : float
        Their difference; `share` is it as a share of the value without.
    share : float
    groups : polars.DataFrame
        `value`, `households`, `random`, `without`, `with_floor`: mean scores a household.
    moved : int
        Households that are elsewhere with the floor.
    plan : Plan
        With the floor.
    """

    floor: Floor
    value_without: float
    value_with: float
    price: float
    share: float
    groups: pl.DataFrame
    moved: int
    plan: Plan


def fairness(
    plan: Plan,
    group: str,
    *,
    random_draws: int = 500,
    seed: int = 0,
    before: Plan | Ints | None = None,
    level: float = 0.95,
    gap: float = 1e-3,
    method: Method = "auto",
    chances: Mapping[str, Chance] | None = None,
) -> Fairness:
    """Compare what groups get with what they would get by chance and alone.

    Parameters
    ----------
    plan : Plan
    group : str
        A group column of the problem.
    random_draws : int
        Random feasible placements, with chances in proportion to the room left.
    seed : int
    before : Plan or ndarray of int64, shape (households,), optional
        What was really done, or the plan before a change.
    level : float
        Of intervals.
    gap : float
        Of the plans made for each group alone.
    method : {"auto", "exact", "prices"}
        How they are solved, as in `solve`.
    chances : mapping of outcome to Chance, optional
        Of every outcome and the score, as `chances_of` gave them for these draws and this seed; else they are drawn.

    Returns
    -------
    Fairness

    Raises
    ------
    UnknownName
        If there is no such column.
    Refused
        If there are fewer than ten households.
    """
    problem = plan.problem
    values = _values(plan, group)
    who = pooled(np.array(values, object))
    if not who:
        raise Refused(f"There are {len(values)} households, fewer than {SMALLEST}: no group of them can be shown.")
    scores: dict[str, Scores] = {**problem.outcomes, SCORE: household_scores(problem, plan.goal)}
    chances = chances or chances_of(problem, scores, random_draws, seed)
    given = {name: (of, chances[name].mean) for name, of in scores.items()}
    households = own_best(plan, values, chances[SCORE].mean)
    return Fairness(
        group=group,
        groups=_groups(
            plan, who, given, before=_placement(before), half=float(ndtri((1 + level) / 2)), solving=(gap, method)
        ),
        wishes=_wishes(plan, who),
        envy=_envy(plan, who),
        places=_burden(plan),
        households=households,
        below_random=float(households["below_random"].mean()),  # type: ignore[arg-type]
        random_draws=random_draws,
        seed=seed,
        level=level,
        notes=tuple(_notes(plan, who, chances[SCORE])),
    )


def floor_price(plan: Plan, floor: Floor, *, gap: float = 1e-3, random_draws: int = 500, seed: int = 0) -> FloorPrice:
    """Solve with a floor for groups and without, and say what the floor costs and whom it helps.

    Raises
    ------
    Refused
        If no plan keeps the floor.
    """
    problem = plan.problem
    values = np.array(_values(plan, floor.group), object)
    goal = replace(plan.goal, floors=tuple(one for one in plan.goal.floors if one.group != floor.group))
    without = solve(problem, goal, gap=gap, seed=seed)
    with_floor = solve(problem, replace(goal, floors=(*goal.floors, floor)), gap=gap, seed=seed)
    scores = household_scores(problem, goal)
    chance = chances_of(problem, {SCORE: scores}, random_draws, seed)[SCORE].mean
    rows = [
        (value, who.size, *(float(got[who].mean()) for got in (chance, *_got(scores, without, with_floor))))
        for value, who in pooled(values).items()
    ]
    schema = {
        "value": pl.String,
        "households": pl.Int64,
        **dict.fromkeys(("random", "without", "with_floor"), pl.Float64),
    }
    price = without.certificate.value - with_floor.certificate.value
    return FloorPrice(
        floor=floor,
        value_without=without.certificate.value,
        value_with=with_floor.certificate.value,
        price=price,
        share=price / max(abs(without.certificate.value), 1e-9),
        groups=pl.DataFrame(rows, schema=schema, orient="row"),
        moved=int((without.place != with_floor.place).sum()),
        plan=with_floor,
    )


def _got(scores: Scores, *plans: Plan) -> list[Floats]:
    return [at_places(scores, plan.place) for plan in plans]


def _values(plan: Plan, group: str) -> tuple[str, ...]:
    if group not in plan.problem.groups:
        raise UnknownName("the group column", group, plan.problem.groups)
    return plan.problem.groups[group]


def _placement(before: Plan | Ints | None) -> Ints | None:
    if before is None:
        return None
    return before.place if isinstance(before, Plan) else np.asarray(before, np.int64)


def _groups(
    plan: Plan,
    who: dict[str, Ints],
    given: dict[str, tuple[Scores, Floats]],
    *,
    before: Ints | None,
    half: float,
    solving: tuple[float, Method],
) -> pl.DataFrame:
    """Tabulate groups by outcome; `given` holds the scores of each and their means over random placements."""
    problem, rows = plan.problem, []
    got = {name: at_places(of, plan.place) for name, (of, _) in given.items()}
    below = got[SCORE] < given[SCORE][1] - 1e-9
    for value, members in who.items():
        alone = _alone(plan, members, *solving)
        for name, (of, chance) in given.items():
            achieved, random = float(got[name][members].mean()), float(chance[members].mean())
            possible = float(at_places(of, alone)[members].mean())
            sd = _mean_sd(plan, name, members)
            rows.append(
                {
                    "value": value,
                    "outcome": name,
                    "households": members.size,
                    "persons": int(problem.persons[members].sum()),
                    "achieved": achieved,
                    "random": random,
                    "alone": possible,
                    "before": None if before is None else float(at_places(of, before)[members].mean()),
                    "gain": achieved - random,
                    "gain_lower": None if sd is None else achieved - random - half * sd,
                    "gain_upper": None if sd is None else achieved - random + half * sd,
                    "share_of_possible": (achieved - random) / (possible - random) if possible > random else None,
                    "below_random": float(below[members].mean()),
                }
            )
    floats = ("achieved", "random", "alone", "before", "gain", "gain_lower", "gain_upper")
    schema = {
        "value": pl.String,
        "outcome": pl.String,
        "households": pl.Int64,
        "persons": pl.Int64,
        **dict.fromkeys((*floats, "share_of_possible", "below_random"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema)


def _alone(plan: Plan, members: Ints, gap: float, method: Method) -> Ints:
    """Place one group as if nobody else came, by the goal's scores alone."""
    part = part_of(plan.problem, members)
    part = replace(part, minimum=np.zeros(len(part.places), np.int64))
    goal = replace(plan.goal, floors=(), balance=None, network=None, wish_tolerance=None)
    place = np.full(plan.place.size, NOWHERE)
    place[members] = solve(part, goal, gap=gap, seed=plan.certificate.seed, method=method).place
    return place


def _mean_sd(plan: Plan, name: str, members: Ints) -> float | None:
    """Give the standard deviation of a group's mean at its places; errors of households are independent."""
    problem, many = plan.problem, members.size
    members = members[plan.placed[members]]
    if name == SCORE:
        if not has_doubt(problem, plan.goal):
            return None
        sd = score_sd(problem, plan.goal, members, plan.place[members])
    elif name in problem.sds:
        sd = pairs(problem.sds[name], members, plan.place[members])
    else:
        return None
    return float(np.sqrt((sd**2).sum())) / many


def _wishes(plan: Plan, who: dict[str, Ints]) -> pl.DataFrame:
    wishes, got = plan.problem.wishes, ranks_got(plan.problem, plan.place)
    said = np.zeros(got.size, np.bool_) if wishes is None else wishes.said
    rows = []
    for value, members in who.items():
        asked, first, any_ = (int(one[members].sum()) for one in (said, got == 1, got > 0))
        shares = (first / asked, any_ / asked) if asked else (None, None)
        rows.append((value, members.size, asked, first, any_, *shares, members.size - asked))
    schema = {
        "value": pl.String,
        **dict.fromkeys(("households", "said", "first", "any"), pl.Int64),
        **dict.fromkeys(("share_first", "share_any"), pl.Float64),
        "silent": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _envy(plan: Plan, who: dict[str, Ints]) -> pl.DataFrame:
    times = envied(plan)
    rows = [
        (
            value,
            members.size,
            int((times[members] > 0).sum()),
            float((times[members] > 0).mean()),
            times[members].mean(),
        )
        for value, members in who.items()
    ]
    schema = {
        "value": pl.String,
        **dict.fromkeys(("households", "envious"), pl.Int64),
        **dict.fromkeys(("share", "envied"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _burden(plan: Plan) -> pl.DataFrame:
    problem, person = plan.problem, plan.problem.person_dimension
    persons, capacity = plan.used()[:, person], problem.capacity[:, person]
    all_persons = int(persons.sum())
    balance = plan.goal.balance
    expected = capacity if balance is None or balance.share is None else np.array(balance.share)
    share = expected / expected.sum() if expected.sum() else np.zeros(persons.size)
    return pl.DataFrame(
        {
            "place": list(problem.places),
            "households": np.bincount(plan.place[plan.placed], minlength=persons.size),
            "persons": persons,
            "capacity": capacity,
            "filled": [int(n) / int(room) if room else None for n, room in zip(persons, capacity, strict=True)],
            "share": persons / max(1, all_persons),
            "share_expected": share,
            "over": persons - share * all_persons,
        }
    )


def _notes(plan: Plan, who: dict[str, Ints], chance: Chance) -> list[Note]:
    notes = []
    if POOLED in who:
        text = f"Groups of fewer than {SMALLEST} households are shown together as {POOLED}."
        notes.append(Note("small_groups_pooled", text))
    if not has_doubt(plan.problem, plan.goal):
        text = "No uncertainty of the forecasts is known, so gains have no interval."
        notes.append(Note("no_uncertainty", text, "warning"))
    else:
        text = "Intervals of gains hold the error of the forecasts at the proposed places, independent by household."
        notes.append(Note("independent_errors", text))
    if (never := int((chance.placed == 0).sum())) > 0:
        notes.append(Note("never_placed", f"{never} households found no room in any random placement.", "warning"))
    if any(0 < share < 1 for share in chance.placed.tolist()):
        text = "Some random placements left households without room; their means are over the others."
        notes.append(Note("sometimes_unplaced", text))
    return notes
