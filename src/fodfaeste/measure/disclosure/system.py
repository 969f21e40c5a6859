"""Printed tables as one system: which cells they share, and which of them add up to which.

A cell is known by its categories, so that tables of one report that print the same people print the same cell. A total
is a cell too; it is the sum over the categories of one dimension, and these sums are all that an attacker has besides
the printed figures and that nobody counts below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.measure.disclosure.printed import Array, Flags, Key, Label, PrintedTable, Relation, margins, said

APART = "Check for misprints; tables of other people need a column that says of whom, such as population."


@dataclass(frozen=True, eq=False)
class System:
    """All cells of linked tables and their sums.

    Attributes
    ----------
    labels : tuple of (int, Label)
        Where each cell occurs first: position of the table, and label.
    values : ndarray of float, shape (cells,)
        NaN where the cell is suppressed or not printed.
    printed, total : ndarray of bool, shape (cells,)
        Whether a cell has a place in a table, and whether it is the sum of others.
    sums : sparse array, shape (relations, cells)
        1 at a total, -1 at its parts; each row adds to 0.
    places : mapping of (int, Label) to int
        The cell of each place, printed or not.
    """

    labels: tuple[tuple[int, Label], ...]
    values: Array
    printed: Flags
    total: Flags
    sums: sparse.csr_array
    places: Mapping[tuple[int, Label], int]


def linear_system(tables: Sequence[PrintedTable], relations: Sequence[Relation] = ()) -> System:
    """Link tables over the cells they share.

    Raises
    ------
    BadInput
        If two tables print the same cell differently, or a relation names a cell that no table has.
    """
    every: dict[str, set[str]] = {}
    for table in tables:
        for name, found in _categories(table).items():
            every.setdefault(name, set()).update(found)
    index: dict[Key, int] = {}
    places: dict[tuple[int, Label], int] = {}
    lines: list[tuple[int, list[int]]] = []
    for position, table in enumerate(tables):
        keys = _keys(table, every)
        parts = _parts(table)
        for label in (*table.cells, *(upper for upper, _ in parts)):
            places[position, label] = index.setdefault(keys(label), len(index))
        lines += [
            (places[position, upper], [places[position, label] for label in below])
            for (upper, _), below in parts.items()
        ]
    for total, added in relations:
        lines.append((_named(total, every, index), [_named(part, every, index) for part in added]))
    return _assembled(tables, places, lines, len(index))


def _categories(table: PrintedTable) -> dict[str, frozenset[str]]:
    inner = [label for label in table.cells if None not in label]
    return {name: frozenset(str(label[k]) for label in inner) for k, name in enumerate(table.dimensions)}


def _keys(table: PrintedTable, every: Mapping[str, set[str]]) -> Callable[[Label], Key]:
    own = _categories(table)

    def key(label: Label) -> Key:
        pairs = zip(table.dimensions, label, strict=True)
        # A table that leaves a category out has totals of its own, which must not pass for those of everybody.
        summed = ((name, own[name] if category is None else frozenset([category])) for name, category in pairs)
        return frozenset((name, some) for name, some in summed if some != every[name])

    return key


def _parts(table: PrintedTable) -> dict[tuple[Label, int], tuple[Label, ...]]:
    """List for each total, and each dimension it is summed over, the cells one step finer."""
    found: dict[tuple[Label, int], dict[Label, None]] = {}
    over = range(len(table.dimensions))
    for inner in (label for label in table.cells if None not in label):
        for label in (inner, *margins(inner, over)):
            for k in over:
                if label[k] is not None:
                    found.setdefault(((*label[:k], None, *label[k + 1 :]), k), {})[label] = None
    return {upper: tuple(below) for upper, below in found.items()}


def _named(cell: Mapping[str, str], every: Mapping[str, set[str]], index: Mapping[Key, int]) -> int:
    for name, category in cell.items():
        if name not in every:
            raise UnknownName("no dimension", name, every)
        if category not in every[name]:
            raise UnknownName(f"no {name}", category, every[name])
    key = frozenset((name, frozenset([category])) for name, category in cell.items() if {category} != every[name])
    if key not in index:
        raise BadInput(
            Problem(f"a relation with {dict(cell)}", "cells that are printed", "Add the table that prints it.")
        )
    return index[key]


def _assembled(
    tables: Sequence[PrintedTable],
    places: Mapping[tuple[int, Label], int],
    lines: Sequence[tuple[int, Sequence[int]]],
    cells: int,
) -> System:
    # A total of one part is that part: where only one municipality of a kind has people, both are one figure.
    alike = [(total, parts[0]) for total, parts in lines if len(parts) == 1]
    left, right = (np.array(side, dtype=np.int64) for side in (zip(*alike, strict=True) if alike else ((), ())))
    graph = sparse.coo_array((np.ones(len(alike)), (left, right)), shape=(cells, cells))
    kinds, same = sparse.csgraph.connected_components(graph, directed=False)
    proper = {(int(same[total]), frozenset(same[list(parts)].tolist())) for total, parts in lines if len(parts) > 1}
    values = np.full(kinds, np.nan)
    printed, total = np.zeros(kinds, dtype=np.bool_), np.zeros(kinds, dtype=np.bool_)
    at = {place: int(same[number]) for place, number in places.items()}
    first: dict[int, tuple[int, Label]] = {}
    for (position, label), cell in at.items():
        first.setdefault(cell, (position, label))
        table = tables[position]
        if label not in table.cells:
            continue
        value = table.cells[label]
        printed[cell] = True
        if value is not None:
            _check_agrees(values[cell], value, table.name, label)
            values[cell] = value
    rows, columns, signs = [], [], []
    for row, (upper, below) in enumerate(sorted(proper, key=lambda line: (line[0], sorted(line[1])))):
        total[upper] = True
        rows += [row] * (len(below) + 1)
        columns += [upper, *sorted(below)]
        signs += [1.0] + [-1.0] * len(below)
    sums = sparse.csr_array((signs, (rows, columns)), shape=(len(proper), kinds))
    return System(tuple(first[cell] for cell in range(kinds)), values, printed, total, sums, at)


def _check_agrees(known: float, value: int, table: str, label: Label) -> None:
    if not np.isnan(known) and known != value:
        raise BadInput(
            Problem(
                f"{value} for {said(label)}",
                f"{known:g}, as printed elsewhere",
                APART,
                table,
            )
        )


def completed(system: System) -> Array:
    """Fill in the totals that are not printed; sums between tables that do not hold are an error."""
    true = system.values.copy()
    parts = sparse.csr_array(system.sums.minimum(0))
    totals = sparse.csr_array(system.sums.maximum(0)).indices
    while np.isnan(true).any():
        ready = np.isnan(true[totals]) & (abs(parts) @ np.isnan(true).astype(np.float64) == 0)
        true[totals[ready]] = -(parts @ np.nan_to_num(true))[ready]
    wrong = np.flatnonzero(system.sums @ true)
    if wrong.size:
        total = totals[wrong[0]]
        added = -(parts @ true)[wrong[0]]
        raise BadInput(
            Problem(f"{true[total]:g} for {said(system.labels[total][1])}", f"{added:g}, the sum of its cells", APART)
        )
    return true
