"""Prices of room in several dimensions: the dual values of a linear programme over a future."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fodfaeste.place.online.decide import Arrivals
from fodfaeste.place.problem import Ints

Floats = NDArray[np.float64]


def dual_prices(future: Arrivals, room: Ints, bonus: float) -> Floats:
    """Compute what a unit of room is worth at each place in each dimension.

    Households may be divided in the programme, but those that no longer fit whole at a place are not placed there.

    Parameters
    ----------
    future : Arrivals
        All who are to share the room.
    room : ndarray of int64, shape (places, dimensions)
    bonus : float
        Worth of placing a person.

    Returns
    -------
    ndarray of float64, shape (places, dimensions)
        Zero or more.
    """
    fits = future.may & (future.sizes[:, None, :] <= room[None]).all(axis=2)
    unit, place = np.nonzero(fits)
    if unit.size == 0:
        return np.zeros(room.shape)
    units, (places, dimensions) = future.persons.size, room.shape
    columns = np.arange(unit.size)
    rows = [sparse.csr_array((np.ones(unit.size), (unit, columns)), shape=(units, unit.size))]
    for dimension in range(dimensions):
        taken = future.sizes[unit, dimension].astype(float)
        rows.append(sparse.csr_array((taken, (place, columns)), shape=(places, unit.size)))
    matrix = sparse.vstack(rows, format="csr")
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.row_lower_ = np.full(matrix.shape[0], -np.inf)
    model.row_upper_ = np.concatenate([np.ones(units), room.T.ravel().astype(float)])
    model.col_lower_, model.col_upper_ = np.zeros(unit.size), np.full(unit.size, np.inf)
    model.col_cost_ = future.scores[unit, place] + bonus * future.persons[unit]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1)):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    dual = np.asarray(solver.getSolution().row_dual)[units:]
    return np.asarray(np.maximum(0.0, dual.reshape(dimensions, places).T))
