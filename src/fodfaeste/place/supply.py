"""Places that ask for more persons than may come to any of them, found as a cut in a network."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from fodfaeste.place.problem import Bools, Ints


def short_of_supply(need: Ints, persons: Ints, may: Bools) -> Ints:
    """Find places that together need more persons than may come to any of them; none if there are none.

    Persons flow from households to places; where less arrives than is needed, the places on the far side of a smallest
    cut are short (Ford & Fulkerson 1956). Places without which the others still are short are left out.

    Parameters
    ----------
    need : ndarray of int64, shape (places,)
    persons : ndarray of int64, shape (households,)
    may : ndarray of bool, shape (households, places)

    Returns
    -------
    ndarray of int64
        Positions of places.
    """
    households, places = may.shape
    household, place = np.nonzero(may)
    source, sink = places + households, places + households + 1
    start = np.concatenate([np.full(places, source), place, places + np.arange(households)])
    end = np.concatenate([np.arange(places), places + household, np.full(households, sink)])
    limit = np.concatenate([need, np.minimum(need[place], persons[household]), persons]).astype(np.int32)
    network = sparse.csr_array((limit, (start, end)), shape=(sink + 1, sink + 1))
    flow = csgraph.maximum_flow(network, source, sink)
    if flow.flow_value == need.sum():
        return np.zeros(0, np.int64)
    # What still has room to flow: edges that are not full, and edges backwards that carry something.
    left = sparse.csr_array(network - flow.flow)
    left.eliminate_zeros()
    reached = csgraph.breadth_first_order(left, source, return_predecessors=False)
    return _fewest(np.sort(reached[reached < places]).astype(np.int64), need, persons, may)


def _fewest(short: Ints, need: Ints, persons: Ints, may: Bools) -> Ints:
    """Leave places out, those that need least first, as long as the others need more than may come to any of them.

    A place that is needed among many may not be among few: it is looked at again whenever another has been left out.
    """
    ways = may[:, short].sum(axis=1)
    missing = int(need[short].sum() - persons[ways > 0].sum())
    kept = short[np.argsort(need[short], kind="stable")].tolist()
    looked_at = 0
    while looked_at < len(kept):
        place = kept[looked_at]
        only_here = may[:, place] & (ways == 1)
        without = missing - int(need[place]) + int(persons[only_here].sum())
        looked_at += 1
        if without > 0:
            missing, ways = without, ways - may[:, place]
            kept.remove(place)
            looked_at = 0
    return np.array(sorted(kept), np.int64)
