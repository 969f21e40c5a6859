"""The smallest set of rules that cannot hold together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count


def smallest_conflict(kept: Callable[[Collection[int]], frozenset[int] | None], many: int) -> tuple[int, ...]:
    """Find the fewest rules that cannot hold together, where not all can.

    Whatever set of rules can hold, every conflict has one that is not in it. So a set that meets all such complements
    found so far, and is as small as possible, is the smallest conflict once it cannot hold; until then it gives the
    next complement.

    Parameters
    ----------
    kept : function of positions
        As many rules as can hold beside those; None if those cannot hold together.
    many : int
        How many rules there are.

    Returns
    -------
    tuple of int
        Positions; without any one of them the others can hold.

    References
    ----------
    Ignatiev, Previti, Liffiton and Marques-Silva (2015), Smallest MUS extraction with minimal hitting set dualization,
    CP 2015, 173-182.
    """
    given_up: list[frozenset[int]] = []
    while True:
        tried = _smallest_meeting(given_up)
        held = kept(tried)
        if held is None:
            return tuple(sorted(tried))
        given_up.append(frozenset(range(many)) - held)


def _smallest_meeting(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """Give the fewest numbers of which every set has one."""
    return next(found for size in count() if (found := _meeting(sets, size, frozenset())) is not None)


def _meeting(sets: Sequence[frozenset[int]], left: int, chosen: frozenset[int]) -> frozenset[int] | None:
    missed = next((one for one in sets if not one & chosen), None)
    if missed is None:
        return chosen
    if not left:
        return None
    tries = (_meeting(sets, left - 1, chosen | {number}) for number in sorted(missed))
    return next((found for found in tries if found is not None), None)
