"""Places kept near their share over time."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fodfaeste.place.bounds import locked_places
from fodfaeste.place.exact.model import Pairs, Part, persons_rows
from fodfaeste.place.objective import earlier, persons_at, shares
from fodfaeste.place.problem import Balance
from fodfaeste.place.units import Units


def balance_of(units: Units, pairs: Pairs, balance: Balance) -> Part:
    """Count persons above and below each place's share of all persons placed, the locked and the earlier among them.

    One row a place: what it gets, less its share of what all get, less above, plus below, equals its share of those
    there before, less those it had. Both columns cost the weight, so that one of them is always 0.
    """
    problem = units.problem
    there = earlier(problem, balance) + persons_at(problem, locked_places(units))
    share = shares(problem, balance)
    places = share.size
    everybody = sparse.csr_array(units.persons[pairs.unit][None].astype(float))
    over = persons_rows(units, pairs) - sparse.csr_array(share[:, None]) @ everybody
    one = sparse.eye_array(places, format="csr")
    level = share * there.sum() - there
    return Part(
        pairs=sparse.csr_array(over),
        own=sparse.csr_array(sparse.hstack([-one, one], format="csr")),
        low=level,
        high=level,
        gain=np.full(2 * places, -balance.weight),
        upper=np.full(2 * places, np.inf),
    )
