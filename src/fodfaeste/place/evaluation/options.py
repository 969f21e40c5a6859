"""The places that a household might have got, with what each is worth, costs, and asks of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from fodfaeste.place.evaluation.instead import Instead, make_way, solve_instead
from fodfaeste.place.evaluation.part import may_at_all
from fodfaeste.place.evaluation.price import (
    besides_scores,
    has_prices,
    room_price,
    slack_of,
    summed_scores,
    wishes_come_first,
)
from fodfaeste.place.evaluation.worth import difference_sd, has_doubt, parts_of_score, score_sd, scores_of_rows, weighed
from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import NOWHERE, Ints
from fodfaeste.place.scores import Draws, pairs

Floats = NDArray[np.float64]

TRIED = 8
"""Of how many places of the highest score it is worked out who would make way, where there are no prices."""


@dataclass(frozen=True, eq=False)
class Option:
    """One place for households that go together; columns as in `explain.Explanation.options`."""

    position: int
    chosen: bool
    score: float
    score_sd: float | None
    besides: float
    price: float
    net: float
    behind: float
    behind_lower: float | None
    behind_upper: float | None
    equal: bool
    fits: bool
    short: int
    short_of: str | None
    needed_by: int
    losers: int
    others_lose: float
    cost_at_least: float | None
    cost_at_most: float | None
    displaced: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Setting:
    """What is the same for all options of a household."""

    plan: Plan
    rows: Ints
    here: int
    score: Floats
    price: Floats
    may: NDArray[np.bool_]
    level: float
    within: float
    draws: Draws | None
    exact: bool


def options_of(
    plan: Plan, rows: Ints, *, others: int, level: float, within: float, draws: Draws | None, exact: bool
) -> list[Option]:
    """Give the proposed place, if there is one, and the next best, best first."""
    setting = _Setting(
        plan=plan,
        rows=rows,
        here=int(plan.place[rows[0]]),
        score=summed_scores(plan.problem, plan.goal, rows),
        price=room_price(plan, rows),
        may=may_at_all(plan.problem, rows),
        level=level,
        within=within,
        draws=draws,
        exact=exact,
    )
    priced = has_prices(plan)
    open_ = np.flatnonzero(setting.may)
    order = open_[np.argsort(-(setting.score - setting.price)[open_], kind="stable")]
    rest = order[order != setting.here][: others if priced else max(others, TRIED)]
    ways = {int(place): make_way(plan, rows, int(place)) for place in rest}
    tried = (_option(setting, place, way, priced=priced) for place, way in ways.items())
    found = sorted((option for option in tried if option is not None), key=lambda option: option.behind)[:others]
    chosen = [] if setting.here == NOWHERE else [_chosen(setting)]
    return [*chosen, *found]


def _chosen(setting: _Setting) -> Option:
    here, sd = setting.here, _score_sd(setting, setting.here)
    score, price, besides = float(setting.score[here]), float(setting.price[here]), _besides(setting, here)
    return Option(
        position=here,
        chosen=True,
        score=score,
        score_sd=sd,
        besides=besides,
        price=price,
        net=score + besides - price,
        behind=0.0,
        behind_lower=None,
        behind_upper=None,
        equal=False,
        fits=True,
        short=0,
        short_of=None,
        needed_by=0,
        losers=0,
        others_lose=0.0,
        cost_at_least=0.0,
        cost_at_most=0.0,
        displaced=_displaced(setting.plan, setting.rows, here, None),
    )


def _option(setting: _Setting, place: int, way: Instead | None, *, priced: bool) -> Option | None:
    plan, rows = setting.plan, setting.rows
    if way is None and not priced:
        return None
    others = np.ones(plan.place.size, np.bool_)
    others[rows] = False
    lost = 0.0 if way is None else -float(way.change[others].sum())
    losers = 0 if way is None else int((way.change[others] < -1e-9).sum())
    score, price = float(setting.score[place]), float(setting.price[place]) if priced else lost
    besides = _besides(setting, place)
    behind = _net_here(setting) - (score + besides - price)
    sd = _difference_sd(setting, place)
    half = None if sd is None else sd * float(ndtri((1 + setting.level) / 2))
    least, most = _cost(setting, place, way)
    short = plan.problem.sizes[rows].sum(axis=0) - (plan.problem.capacity[place] - plan.used()[place])
    fits = way is not None and bool((way.place[others] == plan.place[others]).all())
    return Option(
        position=place,
        chosen=False,
        score=score,
        score_sd=_score_sd(setting, place),
        besides=besides,
        price=price,
        net=score + besides - price,
        behind=behind,
        behind_lower=None if half is None else behind - half,
        behind_upper=None if half is None else behind + half,
        equal=sd is not None and abs(behind) <= setting.within * sd,
        fits=fits,
        short=max(0, int(short.max())),
        short_of=plan.problem.dimensions[int(short.argmax())] if short.max() > 0 else None,
        needed_by=0 if fits else _needed_by(setting, place),
        losers=losers,
        others_lose=lost,
        cost_at_least=least,
        cost_at_most=most,
        displaced=_displaced(plan, rows, place, way),
    )


def _besides(setting: _Setting, place: int) -> float:
    return sum(besides_scores(setting.plan, setting.rows, place).values())


def _net_here(setting: _Setting) -> float:
    """Give the net of the proposed place; staying unplaced is worth 0."""
    here = setting.here
    return 0.0 if here == NOWHERE else float(setting.score[here] - setting.price[here]) + _besides(setting, here)


def _cost(setting: _Setting, place: int, way: Instead | None) -> tuple[float | None, float | None]:
    """Bound what the objective loses if the household goes to a place.

    The lower bound is the certificate's: no plan with the household at a place is worth more than what the prices
    prove less what it is behind there. Where wishes come first the objective is not what was maximised first, and for
    the locked there is no price, so that there is none.
    """
    plan, rows = setting.plan, setting.rows
    bounded = not wishes_come_first(plan.problem, plan.goal) and not (plan.problem.locks[rows] != NOWHERE).any()
    if setting.exact:
        best = solve_instead(plan, rows, place, gap=0.0)
        if best is None or _fewer_placed(plan, best):
            return None, None
        return (best.cost if bounded else None), best.cost
    # Who makes way was chosen by scores; that floors still hold is not known.
    known = way is not None and not _fewer_placed(plan, way) and not plan.goal.floors
    most = way.cost if way is not None and known else None
    if not bounded or not has_prices(plan) or setting.here == NOWHERE:
        return None, most
    net = setting.score - setting.price
    return max(0.0, float(net[setting.may].max() - net[place]) - slack_of(plan)), most


def _fewer_placed(plan: Plan, way: Instead) -> bool:
    persons = plan.problem.persons
    return bool(persons[way.place != NOWHERE].sum() < persons[plan.placed].sum())


def _needed_by(setting: _Setting, place: int) -> int:
    """Count the households placed there that gain more a person by it than this one would."""
    plan, rows = setting.plan, setting.rows
    problem, prices = plan.problem, plan.certificate.prices
    there = np.setdiff1d(np.flatnonzero(plan.place == place), rows)
    if not there.size:
        return 0
    scores = scores_of_rows(problem, plan.goal, there)
    sizes = problem.sizes[there]
    net = np.where(np.array([problem.may(row) for row in there]), scores - sizes @ prices.T, -np.inf)
    net[:, place] = -np.inf
    instead = np.where(np.isfinite(net.max(axis=1)), net.max(axis=1), 0.0)
    gain = (scores[:, place] - instead) / np.maximum(problem.persons[there], 1)
    other = np.where(setting.may, setting.score - setting.price, -np.inf)
    other[place] = -np.inf
    best = float(other.max()) if np.isfinite(other.max()) else 0.0
    own = (float(setting.score[place]) - best) / max(int(problem.persons[rows].sum()), 1)
    return int((gain > own).sum())


def _score_sd(setting: _Setting, place: int) -> float | None:
    plan, rows = setting.plan, setting.rows
    if not has_doubt(plan.problem, plan.goal):
        return None
    return float(np.sqrt((score_sd(plan.problem, plan.goal, rows, np.full(rows.size, place)) ** 2).sum()))


def _difference_sd(setting: _Setting, place: int) -> float | None:
    plan, rows = setting.plan, setting.rows
    if setting.here == NOWHERE or (setting.draws is None and not has_doubt(plan.problem, plan.goal)):
        return None
    between = np.full(rows.size, setting.here), np.full(rows.size, place)
    return float(np.sqrt((difference_sd(plan.problem, plan.goal, rows, between, setting.draws) ** 2).sum()))


DISPLACED = {
    "place": pl.String,
    "household": pl.String,
    "from_place": pl.String,
    "to_place": pl.String,
    "persons": pl.Int64,
    "change": pl.Float64,
}


def _displaced(plan: Plan, rows: Ints, place: int, way: Instead | None) -> pl.DataFrame:
    moved = [] if way is None else np.setdiff1d(np.flatnonzero(way.place != plan.place), rows).tolist()
    names = (*plan.problem.places, None)
    told = [
        {
            "place": names[place],
            "household": plan.problem.households[one],
            "from_place": names[plan.place[one]],
            "to_place": names[way.place[one]],
            "persons": int(plan.problem.persons[one]),
            "change": float(way.change[one]),
        }
        for one in moved
        if way is not None
    ]
    return pl.DataFrame(told, schema=DISPLACED).sort("change", maintain_order=True)


FORECASTS = {
    "place": pl.String,
    "outcome": pl.String,
    "weight": pl.Float64,
    "forecast": pl.Float64,
    "sd": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
}


def forecast_rows(plan: Plan, who: int, places: Ints, level: float, draws: Draws | None) -> pl.DataFrame:
    """Tabulate the forecast of every outcome for one household at some places, with intervals where doubt is known."""
    problem, weights = plan.problem, plan.goal.weights_for(plan.problem)
    told: list[dict[str, Any]] = []
    households = np.full(places.size, who)
    half = float(ndtri((1 + level) / 2))
    for name, scores in problem.outcomes.items():
        forecast = pairs(scores, households, places)
        sd = lower = upper = None
        if draws is not None:
            drawn = np.array([pairs(draws.outcomes(k)[name], households, places) for k in range(draws.count)])
            sd = drawn.std(axis=0, ddof=1)
            lower, upper = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
        elif name in problem.sds:
            sd = pairs(problem.sds[name], households, places)
            lower, upper = forecast - half * sd, forecast + half * sd
        for k, place in enumerate(places):
            doubt = {"sd": sd, "lower": lower, "upper": upper}
            told.append(
                {
                    "place": problem.places[place],
                    "outcome": name,
                    "weight": float(weights.get(name, 0.0)),
                    "forecast": float(forecast[k]),
                    **{what: None if value is None else float(value[k]) for what, value in doubt.items()},
                }
            )
    return pl.DataFrame(told, schema=FORECASTS)


def term_rows(plan: Plan, rows: Ints, options: list[Option]) -> pl.DataFrame:
    """Tabulate what the net of each option adds up from."""
    problem = plan.problem
    told: list[tuple[str, str, str | None, float]] = []
    for option in options:
        name, there = problem.places[option.position], np.full(rows.size, option.position)
        for term, amounts in parts_of_score(problem, plan.goal, rows, there).items():
            told.append((name, term, None, float(amounts.sum())))
        besides = besides_scores(plan, rows, option.position)
        told += [(name, term, None, amount) for term, amount in besides.items()]
        if not has_prices(plan):
            told.append((name, "price", None, -option.price))
            continue
        sizes = problem.sizes[rows].sum(axis=0)
        for dimension, price in enumerate(plan.certificate.prices[option.position] * sizes):
            told.append((name, "price", problem.dimensions[dimension], -float(price)))
    schema = {"place": pl.String, "term": pl.String, "dimension": pl.String, "amount": pl.Float64}
    return pl.DataFrame(told, schema=schema, orient="row")


def ruled_out_rows(plan: Plan, rows: Ints, most: int) -> pl.DataFrame:
    """Tabulate places of a higher score than the proposed one that a rule or their size rules out."""
    problem, here = plan.problem, int(plan.place[rows[0]])
    score = summed_scores(problem, plan.goal, rows)
    mine = float(score[here]) if here != NOWHERE else 0.0
    allowed = np.all([problem.may(row) for row in rows.tolist()], axis=0)
    out = np.flatnonzero(~may_at_all(problem, rows) & np.isfinite(score) & (score > mine))
    best = out[np.argsort(-score[out], kind="stable")][:most]
    told = [
        (problem.places[place], float(score[place]), "too_large" if allowed[place] else "not_allowed") for place in best
    ]
    return pl.DataFrame(told, schema={"place": pl.String, "score": pl.Float64, "why": pl.String}, orient="row")


def outcome_sums(plan: Plan, rows: Ints, place: int) -> dict[str, float]:
    """Sum each outcome that has a weight over households that go together."""
    weights = weighed(plan.problem, plan.goal)
    parts = parts_of_score(plan.problem, plan.goal, rows, np.full(rows.size, place))
    return {name: float(parts[name].sum()) / weight for name, weight in weights.items()}
