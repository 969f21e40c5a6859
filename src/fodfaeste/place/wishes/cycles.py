"""Top trading cycles with sizes: households exchange the right to places, from nothing or from a default plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fodfaeste.errors import BadInput, Refused
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.plan import Plan, used_room
from fodfaeste.place.problem import NOWHERE, Goal, Ints, Problem
from fodfaeste.place.wishes.kernels import Int32s, Market
from fodfaeste.place.wishes.market import Wishing, plan_of, ranks, wishing
from fodfaeste.place.wishes.trading_kernels import trade, trade_endowments


def trading_cycles(
    problem: Problem,
    goal: Goal | None = None,
    *,
    endowment: Plan | Ints | None = None,
    priority: ArrayLike | None = None,
    seed: int = 0,
) -> Plan:
    """Place households by letting them trade the right to places.

    1. Each household without a place for good points at the place it wants most of those that can still take it; each
       place points at the first of these households in its order.
    2. Whoever is on a cycle gets the place that it points at. From a default plan only if every place of the cycle
       can do so: beside all who are there, but for the one that it points at.
    3. From a default plan, where no cycle can be carried out, households that are pointed at give up, in an order that
       their wishes have no part in, the places that they cannot get now, until one loses the place it points at.

    Parameters
    ----------
    problem : Problem
        With wishes. Behind the places that a household named come the others that it may have, best forecast first.
        Tied households trade together; ties, locks, rules and capacities always hold.
    goal : Goal, optional
        What forecasts are weighed by, in the order of places not named and in the certificate.
    endowment : Plan or ndarray of int64, shape (households,), optional
        A default plan: nobody ends up with a place it wants less. None: they start from nothing.
    priority : array_like of float, shape (households,) or (households, places), optional
        In which order places point; larger numbers first. It says who trades, and is no right to be respected. None:
        by lot; from a default plan the larger household first and then by lot, since in its place more can move in.
    seed : int
        Of the lot.

    Returns
    -------
    Plan
        With `method` ``trading_cycles`` or ``trading_cycles_endowment``.

    Raises
    ------
    Refused
        If there are no wishes, or the problem or goal has minimums, floors, a balance or a network; it says who keeps
        them. Also if the default plan breaks a rule or a tie, moves somebody locked, or is over capacity.
    BadInput
        If there is no place or `NOWHERE` for each household in the default plan.

    Notes
    -----
    *Guaranteed* from nothing: no plan at all, with whatever exchange, is better for one household and worse for none
    (Pareto-efficient); asking in the order in which one wants places is never worse than any other order
    (strategy-proof); in any number of dimensions. *Not guaranteed*: priorities (households may well be envied with
    reason) and the number of persons placed.

    *Guaranteed* from a default plan: nobody has a place that it wants less than its default (individually rational),
    and the truth pays. *Not guaranteed*: that every exchange to everybody's good is found. No mechanism in which the
    truth pays can find them all where households differ in size.

    "The truth pays" is about the order of places a household wants, with the last part of it, those not named, as it
    is filled in here.

    References
    ----------
    Delacrétaz, Kominers, Teytelboym (2023), Matching mechanisms for refugee resettlement, Am. Econ. Rev. 113,
    2689-2717: multidimensional top trading cycles, with and without endowments. Shapley, Scarf (1974), J. Math. Econ.
    1, 23-37. Jones, Teytelboym (2016), Forced Migr. Rev. 51, 80-82, on why both sides should be asked.
    """
    wants = wishing(problem, goal, "Trading cycles", seed)
    sizes = np.array(wants.units.sizes, order="C")
    capacity = np.array(wants.units.capacity, order="C")
    if endowment is None:
        at, rank = ranks(wants, priority)
        place, _ = trade(Market(wants.order, rank, at, sizes, capacity))
        return plan_of(wants, place, "trading_cycles")
    at, rank = ranks(wants, problem.persons if priority is None else priority)
    default = _default(wants, endowment.place if isinstance(endowment, Plan) else endowment)
    turn = np.random.Generator(np.random.PCG64(seed)).permutation(sizes.shape[0])
    market = Market(wants.order, rank, _own_first(at, default), sizes, capacity)
    place, _ = trade_endowments(market, default, turn)
    return plan_of(wants, place, "trading_cycles_endowment")


def _own_first(at: Int32s, default: Ints) -> Int32s:
    """Let each place point first at those whom the default plan sends there, and then go on in its order."""
    own = np.array([default[row] == place for place, row in enumerate(at)])
    return np.take_along_axis(at, np.argsort(~own, axis=1, kind="stable"), axis=1)


def _default(wants: Wishing, place: Ints) -> Ints:
    """Give each unit's place in the default plan, after checking that it is one.

    Raises
    ------
    BadInput, Refused
        As `trading_cycles` says.
    """
    problem, units = wants.problem, wants.units
    given = np.asarray(place)
    if given.shape != (len(problem.households),) or given.min() < NOWHERE or given.max() >= len(problem.places):
        expected = f"a position below {len(problem.places)}, or {NOWHERE}, for each of {len(problem.households)}"
        raise BadInput(Fault("another default plan", expected, "Give a plan of this problem.", column="endowment"))
    default = np.full(units.shape[0], NOWHERE, np.int64)
    free = units.unit_of != NOWHERE
    default[units.unit_of[free]] = given[free]
    moved = units.spread(default) != given
    if moved.any():
        one = problem.households[int(np.flatnonzero(moved)[0])]
        raise Refused(f"The default plan sends {one} elsewhere than its tie or lock does. Mend the plan.")
    for household in np.flatnonzero(given != NOWHERE).tolist():
        if not problem.may(household)[given[household]]:
            one, there = problem.households[household], problem.places[given[household]]
            raise Refused(f"The default plan sends {one} to {there}, where it is not allowed. Mend the plan.")
    over = used_room(problem, given) > problem.capacity
    if over.any():
        there = problem.places[int(np.flatnonzero(over.any(axis=1))[0])]
        raise Refused(f"The default plan is over the capacity of {there}. Mend the plan.")
    return default
