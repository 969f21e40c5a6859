"""A bonus for compatriots at a place: concave, so that steps are taken in their order without being whole."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fodfaeste.place.bounds import locked_places
from fodfaeste.place.exact.model import Pairs, Part
from fodfaeste.place.objective import compatriots, network_bonus, slopes
from fodfaeste.place.problem import NOWHERE, Ints, Network
from fodfaeste.place.units import Units


def network_of(units: Units, pairs: Pairs, network: Network) -> Part:
    """Count compatriots by place and network, in steps that are worth ever less.

    One row a place and network: the persons who come equal the sum of the steps they fill. Who lives there already,
    and who is locked there, has filled the first.
    """
    problem = units.problem
    of = compatriots(problem, network)
    names = sorted({name for name in of if name})
    number = {name: position for position, name in enumerate(names)}
    persons = _persons_by_network(units, of, number)
    locked = locked_places(units)
    places = units.shape[1]
    there = np.array([[network.stock.get((place, name), 0) for name in names] for place in problem.places], np.int64)
    there = there.reshape(places, len(names))
    for household in np.flatnonzero(locked != NOWHERE).tolist():
        if of[household]:
            there[locked[household], number[of[household]]] += problem.persons[household]
    slope = slopes(network)
    starts = np.arange(slope.size) * network.step
    widths = np.append(np.full(slope.size - 1, float(network.step)), np.inf)
    filled = np.clip(there.ravel()[:, None] - starts, 0, widths)
    rows = places * len(names)
    return Part(
        pairs=_coming(pairs, persons, places),
        own=sparse.csr_array(-sparse.kron(sparse.eye_array(rows), np.ones((1, slope.size)), format="csr")),
        low=np.zeros(rows),
        high=np.zeros(rows),
        gain=np.tile(slope, rows),
        upper=(widths - np.where(np.isinf(widths), 0.0, filled)).ravel(),
        constant=network_bonus(problem, network, locked),
    )


def _persons_by_network(units: Units, of: tuple[str, ...], number: dict[str, int]) -> Ints:
    """Count the persons of each network in each unit; shape (units, networks)."""
    persons = np.zeros((units.shape[0], len(number)), np.int64)
    for household, unit in enumerate(units.unit_of.tolist()):
        if unit != NOWHERE and of[household]:
            persons[unit, number[of[household]]] += units.problem.persons[household]
    return persons


def _coming(pairs: Pairs, persons: Ints, places: int) -> sparse.csr_array:
    """Count who comes by place and network; shape (places x networks, pairs)."""
    networks = persons.shape[1]
    came = persons[pairs.unit]
    column, network = np.nonzero(came)
    row = pairs.place[column] * networks + network
    shape = places * networks, pairs.unit.size
    return sparse.csr_array((came[column, network].astype(float), (row, column)), shape=shape)
