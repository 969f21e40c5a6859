"""Choosing one after another: outcomes set the limits, and within them wishes decide."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.bounds import certified_bound, locked_places
from fodfaeste.place.objective import worth
from fodfaeste.place.plan import Certificate, Plan, relative_gap
from fodfaeste.place.problem import NOWHERE, WISHES, Goal, Ints, Problem
from fodfaeste.place.scores import block
from fodfaeste.place.solve import solve
from fodfaeste.place.units import Units, units_of
from fodfaeste.place.wishes.completion import Rest, nearby

Floats = NDArray[np.float64]
Order = Literal["lot", "arrival"] | Sequence[int]
"""Who chooses first: by lot, by who came first (and then by lot), or households by position."""


def constrained_priority(
    problem: Problem,
    plan: Plan,
    order: Order = "lot",
    *,
    threshold: float = 0.97,
    gap: float = 1e-3,
    seed: int = 0,
) -> Plan:
    """Let households choose one after another, as long as the others can still be placed well enough.

    1. The threshold is a share of what the plan is worth to its goal, wishes left out.
    2. Each household in turn takes the first place on its list such that the rest can be completed: every rule kept,
       as many persons placed as by the plan, and the whole worth no less than the threshold.
    3. A household whose list has no such place, or that named none, is left to the end. Those are placed where the
       whole is worth most.

    Parameters
    ----------
    problem : Problem
        With wishes. Tied households choose together, in the turn of the first of them.
    plan : Plan
        A plan of this problem, as `place.solve` makes it. That the truth pays holds only if it was made without a look
        at wishes: ``solve(problem, replace(goal, wish_tolerance=None))``.
    order : {"lot", "arrival"} or sequence of int
    threshold : float
        Share of 1.
    gap : float
        How closely it is decided whether the rest can be completed, as a share of the threshold. Where no completion
        is found and that there is none is not proven, the household gets its next wish, and a note counts it.
    seed : int
        Of the lot, and of the solver.

    Returns
    -------
    Plan
        With `method` ``constrained_priority``, the plan's goal without wishes, and the bound that the plan's prices
        prove.

    Raises
    ------
    Refused
        If there are no wishes, or the plan is worth nothing, of which there is no share.
    BadInput
        If the threshold is not a share, the order is not one of all households, or the plan is of another problem.

    Notes
    -----
    *Guaranteed*, as far as the solver decides every case (no note says otherwise): the whole is worth at least the
    threshold; naming places in the order in which one wants them, from the first on, is never worse than any other
    list; and no other plan above the threshold is better for one household and worse for none, by the lists (a
    household counts all places that it did not name as equal). *Not guaranteed*: equal chances but by the lot, and
    group floors in the sense of the whole: those are reckoned anew each time, for what is still open.

    References
    ----------
    Acharya, Bansak, Hainmueller (2022), Combining outcome-based and preference-based matching: a constrained priority
    mechanism, Polit. Anal. 30, 89-112. There every family is of one size and has a seat; here the solver answers
    whether the rest can be completed.
    """
    began = time.perf_counter()
    if problem.wishes is None:
        raise Refused("Constrained priority lets households choose, and the problem has no wishes. Ask for them.")
    if plan.place.shape != (len(problem.households),) or not 0 <= threshold <= 1:
        found = f"a plan of {plan.place.size} households and the threshold {threshold}"
        raise BadInput(Fault(found, f"one of {len(problem.households)}, and a share of 1", "Correct them."))
    goal = _without_wishes(plan.goal, problem)
    units = units_of(problem, goal)
    state = _State(_rest(problem, plan, goal, units, threshold), plan, gap, seed)
    chosen = _choose(state, _turns(problem, units, order, seed))
    return _plan(state, chosen, time.perf_counter() - began)


def _without_wishes(goal: Goal, problem: Problem) -> Goal:
    """Leave what the plan was made for but the wishes: whoever says them must not move the threshold."""
    weights = {name: weight for name, weight in goal.weights_for(problem).items() if name != WISHES}
    return replace(goal, weights=weights, wish_tolerance=None)


def _rest(problem: Problem, plan: Plan, goal: Goal, units: Units, threshold: float) -> Rest:
    """Say what has to hold for a completion to do.

    Raises
    ------
    Refused
        If the plan is not worth anything.
    """
    objective = worth(units, goal, plan.place).objective
    if objective <= 0:
        raise Refused(
            f"The plan is worth {objective:g} to its goal without wishes, and there is no share of that to keep. Weigh "
            "an outcome, or place by wishes alone with place.deferred_acceptance or place.trading_cycles."
        )
    persons = int(problem.persons[plan.place != NOWHERE].sum())
    # What is summed in another order may differ in the last digits.
    return Rest(problem, goal, units, threshold * objective * (1 - 1e-12), persons)


def _turns(problem: Problem, units: Units, order: Order, seed: int) -> list[int]:
    """Put units in the order in which they choose.

    Raises
    ------
    BadInput
        If the order does not name every household once, or goes by days of arrival that are not there.
    """
    many = len(problem.households)
    lot = np.random.Generator(np.random.PCG64(seed)).permutation(many)
    if isinstance(order, str) and order == "arrival" and problem.arrival is not None:
        households = np.lexsort((lot, problem.arrival)).tolist()
    elif isinstance(order, str) and order == "lot":
        households = np.argsort(lot).tolist()
    else:
        households = list(order)
    if sorted(map(str, households)) != sorted(map(str, range(many))):
        expected = f"lot, arrival with the days of arrival, or each of {many} households once"
        raise BadInput(Fault("another order", expected, "Correct the order.", column="order"))
    of = units.unit_of[np.asarray(households, np.int64)]
    return list(dict.fromkeys(of[of != NOWHERE].tolist()))


@dataclass(frozen=True, eq=False)
class _State:
    """What stays the same while households choose."""

    rest: Rest
    plan: Plan
    gap: float
    seed: int

    def members(self, unit: int) -> Ints:
        """Households of a unit, by position."""
        return np.flatnonzero(self.rest.units.unit_of == unit)

    def wishes(self, unit: int) -> list[int]:
        """Places that a unit named and may have, in its order."""
        assert self.rest.problem.wishes is not None
        share = self.rest.problem.wishes.share()[self.members(unit)].sum(axis=0)
        may = self.rest.units.may(np.array([unit]))[0]
        return [place for place in np.argsort(-share, kind="stable").tolist() if share[place] > 0 and may[place]]


@dataclass(frozen=True, eq=False)
class _Chosen:
    """What came of it: a place for each household, and how it was found."""

    place: Ints
    wished: int
    left_to_the_end: int
    undecided: int
    solved: int


def _choose(state: _State, turns: Sequence[int]) -> _Chosen:
    """Let units choose in turn; `place` always completes what has been chosen."""
    rest = state.rest
    place, locks, settled = state.plan.place, locked_places(rest.units), dict[int, int]()
    terms = _terms(rest, state.plan.certificate, settled)
    solved = undecided = 0
    for unit in turns:
        members = state.members(unit)
        for wish in state.wishes(unit):
            found = nearby(rest, place, locks, unit, wish)
            trial = locks.copy()
            trial[members] = wish
            most = terms.settle(unit, wish).bound
            if found is None and most < rest.objective * (1 + state.gap):
                undecided += most >= rest.objective
            elif found is None and (told := _solved(state, trial)):
                solved += 1
                found = told.place if told.reached else None
                undecided += told.undecided
                terms = min(terms, _terms(rest, told.plan.certificate, settled), key=lambda one: one.bound)
            if found is not None:
                place, locks, settled[unit] = found, trial, wish
                terms = terms.settle(unit, wish)
                break
    wished = sum(state.members(unit).size for unit in settled)
    return _Chosen(_best_completion(state, place, locks), wished, int((locks == NOWHERE).sum()), undecided, solved + 1)


@dataclass(frozen=True, eq=False)
class _Told:
    """What the solver says of the rest."""

    plan: Plan
    reached: bool
    undecided: bool

    @property
    def place(self) -> Ints:
        """The completion that is worth most."""
        return self.plan.place


def _solved(state: _State, locks: Ints) -> _Told | None:
    """Ask the solver for a completion; None where rules leave none."""
    rest = state.rest
    if (locks != NOWHERE).all() and not rest.goal.floors:
        # The choices themselves are the only completion, and `nearby` has looked at it.
        return None
    try:
        best = solve(replace(rest.problem, locks=locks), rest.goal, gap=state.gap, seed=state.seed)
    except Refused:
        return None
    told = best.certificate
    reached = told.persons_placed >= rest.persons and told.objective >= rest.objective
    # Where placing comes first, the bound says nothing of plans that place fewer.
    bounded = rest.goal.unplaced != "first" or told.persons_placed <= rest.persons
    decided = told.persons_bound < rest.persons or (bounded and told.bound < rest.objective)
    return _Told(best, reached, not reached and not decided)


def _best_completion(state: _State, place: Ints, locks: Ints) -> Ints:
    """Place those left to the end where the whole is worth most; what is known already is never made worse."""
    told = _solved(state, locks)
    candidates = [place, told.place] if told and told.reached else [place]
    return max(candidates, key=lambda one: worth(state.rest.units, state.rest.goal, one).objective)


@dataclass(frozen=True, eq=False)
class _Terms:
    """The bound that prices prove, unit by unit: what has been chosen takes its place in it.

    Where it lies below the threshold no completion can do, and where it lies above by less than the gap the solver
    could not tell: there it need not be asked.
    """

    bound: float
    at: Floats
    best: Floats

    def settle(self, unit: int, place: int) -> _Terms:
        """Put a unit at a place for good."""
        return replace(self, bound=self.bound + float(self.at[unit, place] - self.best[unit]))


def _terms(rest: Rest, certificate: Certificate, settled: Mapping[int, int]) -> _Terms:
    """Read the terms of the bound off prices; see `place.bounds`."""
    units, prices, left = rest.units, certificate.prices, certificate.unplaced_price
    bound = certified_bound(units, rest.goal, prices, left, rest.persons)
    if rest.goal.short_price is not None:
        prices = np.maximum(prices, -rest.goal.short_price)
    every = slice(0, units.shape[0])
    at = np.asarray(block(units.scores, every), np.float64) - units.sizes @ prices.T
    may = units.may(every)
    free = (units.persons == 0) | (~may.any(axis=1) & np.isinf(left))
    unplaced = np.where(free, 0.0, -left * np.maximum(units.persons, 1))
    best = np.maximum(np.where(may, at, -np.inf).max(axis=1, initial=-np.inf), unplaced)
    terms = _Terms(bound, at, best)
    for unit, place in settled.items():
        terms = terms.settle(unit, place)
    return terms


def _plan(state: _State, chosen: _Chosen, seconds: float) -> Plan:
    problem, goal, units = state.rest.problem, state.rest.goal, state.rest.units
    prices, unplaced_price = state.plan.certificate.prices, state.plan.certificate.unplaced_price
    of = worth(units, goal, chosen.place)
    placed = int(problem.persons[chosen.place != NOWHERE].sum())
    bound = max(certified_bound(units, goal, prices, unplaced_price, placed), of.objective)
    certificate = Certificate(
        value=of.value,
        objective=of.objective,
        bound=bound,
        gap=relative_gap(bound, of.objective),
        prices=prices,
        unplaced_price=unplaced_price,
        persons=int(problem.persons.sum()),
        persons_placed=placed,
        persons_bound=max(placed, state.plan.certificate.persons_bound),
        proof="prices",
        stopped="no_better_found",
        method="constrained_priority",
        seconds=seconds,
        reads=float(chosen.solved),
        seed=state.seed,
    )
    return Plan(problem, goal, chosen.place, units.reasons(chosen.place), certificate, tuple(_notes(chosen)))


def _notes(chosen: _Chosen) -> Iterator[str]:
    yield (
        f"{chosen.wished} households took a place that they had named; {chosen.left_to_the_end} were left to the end, "
        "where the whole is worth most."
    )
    if chosen.undecided:
        yield (
            f"{chosen.undecided} times it was too close to say whether the rest could be completed, and the next wish "
            "was tried. Lower the gap to decide them."
        )
