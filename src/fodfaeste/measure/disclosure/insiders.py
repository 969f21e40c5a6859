"""Readers who know a part of the tables, because their own people are in them: a municipality, say.

An insider subtracts its own people from every cell. What is left are tables too, of all others, with the same sums: so
whoever protects those as well, with the same machinery, protects against the insider. Where nobody else is, as in the
insider's own cells, the insider is taken to know it. What is hidden only grows, and
hiding more never tells anybody more: so insiders can be taken one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Wrong
from fodfaeste.measure.disclosure.printed import Array, Flags, Label, PrintedTable, margins, read_tables
from fodfaeste.measure.disclosure.suppression import Problem, suppress
from fodfaeste.measure.disclosure.system import System
from fodfaeste.tables import Data


def own_counts(own: Mapping[str, Data], whole: Sequence[PrintedTable], system: System, count: str) -> Array:
    """Count an insider's own people in every cell of the system.

    Raises
    ------
    BadInput
        If a table has a name that is not among the printed ones, or the counts do not hang together as those do.
    """
    position = {table.name: k for k, table in enumerate(whole)}
    found = np.zeros(len(system.values))
    for table in read_tables(own, count):
        if table.name not in position:
            raise BadInput(Wrong(f"own counts of {table.name!r}", "names of printed tables", "Give only those."))
        for label, value in _with_all_totals(table, whole[position[table.name]]).items():
            cell = system.places.get((position[table.name], label))
            if cell is None:
                raise BadInput(
                    Wrong(f"own people in {label}", "cells of the printed table", "Count them there too.", table.name)
                )
            found[cell] = value
    if np.flatnonzero(system.sums @ found).size:
        raise BadInput(
            Wrong("own counts that contradict each other", "the sums of the printed tables", "Count the same people.")
        )
    return found


def _with_all_totals(own: PrintedTable, whole: PrintedTable) -> dict[Label, float]:
    order = [own.dimensions.index(name) for name in whole.dimensions]
    found: dict[Label, float] = {}
    for label, value in own.cells.items():
        inner = tuple(label[k] for k in order)
        for one in (inner, *margins(inner, range(len(inner)))):
            found[one] = found.get(one, 0) + (value or 0)
    return found


def hidden_from_insiders(
    problem: Problem,
    suppressed: Flags,
    known: Mapping[str, Array],
    small: tuple[int, bool],
    exact_up_to: int,
) -> tuple[Flags, int]:
    """Hide further cells until no insider can work a small count of the others out.

    Parameters
    ----------
    problem : Problem
        Of a reader who knows no count.
    suppressed : ndarray of bool
        What is hidden from that reader.
    known : mapping of name to ndarray of float, shape (cells,)
        Each insider's own counts.
    small : (threshold, zeros)
        Which counts are small.
    exact_up_to : int

    Returns
    -------
    ndarray of bool, int
        All that is hidden; how many small counts would have been found out without the further ones.
    """
    exposed = 0
    for name in sorted(known):
        rest = problem.true - known[name]
        if (rest < 0).any():
            raise BadInput(Wrong(f"more people of {name} than there are", "a part of the counts", "Count them again."))
        hidden = suppressed | problem.unprinted
        found = _exposed(problem, rest, hidden, known[name], small)
        if not found.any():
            continue
        exposed += int(found.sum())
        of_others = replace(
            problem,
            true=rest,
            small=found,
            candidates=~hidden & ~found & (rest > 0),
            hidden=suppressed & ~found & (rest > 0),
        )
        suppressed = suppressed | suppress(of_others, exact_up_to).suppressed
    return suppressed, exposed


def _exposed(problem: Problem, rest: Array, hidden: Flags, own: Array, small: tuple[int, bool]) -> Flags:
    """Mark the small counts of the others that an insider sees, or can narrow down too far."""
    threshold, zeros = small
    of_others = ~problem.unprinted & (rest < threshold) & ((rest > 0) | zeros)
    seen = of_others & ~hidden & (own > 0)
    # What the insider knows tells something of hidden counts only where these hang together with own ones.
    touched = _components(problem.sums, hidden)
    worth_asking = np.isin(touched, np.unique(touched[hidden & (own > 0)])) & hidden & of_others
    unknown = hidden & ~problem.unprinted & (rest > 0)
    attacker = replace(problem, true=rest, hidden=unknown).attacker(np.zeros_like(hidden))
    for cell in np.flatnonzero(worth_asking):
        seen[cell] = not attacker.apart(int(cell), problem.need)
    return seen


def _components(sums: sparse.csr_array, hidden: Flags) -> Array:
    """Number cells so that hidden ones that stand in one sum, or in sums that share a hidden one, are alike."""
    lines = sparse.csr_array(abs(sums))[:, np.flatnonzero(hidden)]
    _, label = sparse.csgraph.connected_components(lines.T @ lines, directed=False)
    found = np.full(hidden.size, -1)
    found[hidden] = label
    return found
