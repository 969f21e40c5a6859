"""Deferred acceptance with sizes: households ask for places in the order of their wishes, places keep by priority."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fodfaeste.place.plan import Plan
from fodfaeste.place.problem import Goal, Ints, Problem
from fodfaeste.place.wishes.kernels import Kinds, Market, accept_by_threshold, accept_cumulatively
from fodfaeste.place.wishes.market import plan_of, ranks, wishing


def deferred_acceptance(
    problem: Problem, priority: ArrayLike, goal: Goal | None = None, *, truthful: bool = False, seed: int = 0
) -> Plan:
    """Place households by their wishes, and by the priorities of places where these have no room for all.

    1. Each household without a place asks the next place on its list.
    2. A place turns down whom it cannot take, in what it needs, beside all of higher priority who ask or ever asked.
    3. It ends when nobody is turned down any more. Who has nobody left to ask is left without a place.

    Parameters
    ----------
    problem : Problem
        With wishes. Behind the places that a household named come the others that it may have, best forecast first.
        Tied households ask together; ties, locks, rules and capacities always hold.
    priority : array_like of float, shape (households,) or (households, places)
        Larger numbers come first; equal ones by one lot for all places. Tied households have the highest among them.
    goal : Goal, optional
        What forecasts are weighed by, in the order of places not named and in the certificate.
    truthful : bool
        Take a household only if thresholds say that whoever else might ask could not push it out (see Notes).
    seed : int
        Of the lot.

    Returns
    -------
    Plan
        With `method` ``deferred_acceptance`` or ``deferred_acceptance_truthful``. `reasons` has ``kept_for_others``
        for a household that would fit where the mechanism left room.

    Raises
    ------
    Refused
        If there are no wishes, or the problem or goal has minimums, floors, a balance or a network; it says who keeps
        them.
    BadInput
        If there is no finite priority for each household.

    Notes
    -----
    *Guaranteed* is that the plan is weakly free of envy: no household is at a place that could not take it, in what it
    needs, beside all households of higher priority there who would rather be there than where they are. So a smaller
    household goes past a larger one of higher priority only where both would have fitted. Of all such plans each
    household has the best it can have. Where every household is of size 1 this is stability: no household and place
    would both rather have each other.

    *Not guaranteed* is that every room is filled (with sizes, plans that are stable in the usual sense need not exist,
    and whether one does is NP-complete), and that the truth pays: a household may do better by not asking a place
    that will turn it down, since its asking counts against those behind it.

    With `truthful` the plan is still weakly free of envy, and asking for places in the order in which one wants them
    is never worse than any other order; it leaves more rooms empty.

    References
    ----------
    Delacrétaz, Kominers, Teytelboym (2023), Matching mechanisms for refugee resettlement, Am. Econ. Rev. 113,
    2689-2717: the multidimensional deferred acceptance algorithms with cumulative offers and with thresholds. Gale,
    Shapley (1962), Am. Math. Mon. 69, 9-15. Andersson, Ehlers (2020), Scand. J. Econ. 122, 937-965, have the case of
    one household a place, where stability and the largest number placed go together.
    """
    name = "Deferred acceptance"
    wants = wishing(problem, goal, name, seed)
    at, rank = ranks(wants, priority)
    sizes = np.array(wants.units.sizes, order="C")
    market = Market(wants.order, rank, at, sizes, np.array(wants.units.capacity, order="C"))
    if truthful:
        place, _ = accept_by_threshold(market, kinds_of(sizes))
        return plan_of(wants, place, "deferred_acceptance_truthful")
    place, _ = accept_cumulatively(market)
    return plan_of(wants, place, "deferred_acceptance")


def kinds_of(sizes: Ints) -> Kinds:
    """Collect the sizes that occur in each dimension."""
    found = [np.unique(sizes[:, dimension], return_inverse=True) for dimension in range(sizes.shape[1])]
    values = np.zeros((len(found), max((some.size for some, _ in found), default=0)), np.int64)
    for dimension, (some, _) in enumerate(found):
        values[dimension, : some.size] = some
    of = np.stack([of.astype(np.int64) for _, of in found], axis=1)
    return Kinds(values, of, bool((sizes > 0).any(axis=1).all()))
