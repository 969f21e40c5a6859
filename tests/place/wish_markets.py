"""Small markets of households and places, and plain checkers of what mechanisms promise, sharing no code with them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fodfaeste.place import Problem, Wishes

NOWHERE = -1

Lists = list[list[int]]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Who wants to go where: `lists[i]` are all places in the order in which household i wants them."""

    problem: Problem
    lists: Lists
    priority: NDArray[np.float64]

    def saying(self, household: int, lie: Sequence[int]) -> Drawn:
        """The same market, with one household saying another order."""
        lists = [list(lie) if one == household else said for one, said in enumerate(self.lists)]
        problem = replace(self.problem, wishes=Wishes(ranks(lists, len(self.problem.places))))
        return replace(self, problem=problem, lists=lists)

    def liking(self, household: int, place: int) -> int:
        """How many places a household wants more; being nowhere comes last."""
        return self.lists[household].index(place) if place != NOWHERE else len(self.problem.places)

    def first_to_last(self, place: int) -> list[int]:
        """Households in the order of their priority at a place."""
        at = self.priority[:, place]
        return sorted(range(at.size), key=lambda one: -at[one])


def ranks(lists: Lists, places: int) -> NDArray[np.int64]:
    rank = np.zeros((len(lists), places), np.int64)
    for household, said in enumerate(lists):
        rank[household, said] = np.arange(1, len(said) + 1)
    return rank


def draw(
    rng: np.random.Generator, households: int = 6, places: int = 3, dimensions: int = 1, largest: int = 3
) -> Drawn:
    """A market with too little room, so that somebody is turned down."""
    sizes = rng.integers(0, largest, (households, dimensions))
    sizes[:, 0] = rng.choice([1, 1, 2, largest], households)
    capacity = rng.integers(1, 6, (places, dimensions))
    lists = [rng.permutation(places).tolist() for _ in range(households)]
    priority = np.array([rng.permutation(households) for _ in range(places)], float).T
    problem = Problem(
        households=tuple(f"h{one}" for one in range(households)),
        places=tuple(f"p{one}" for one in range(places)),
        sizes=sizes,
        capacity=capacity,
        dimensions=("persons", "beds", "desks")[:dimensions],
        wishes=Wishes(ranks(lists, places)),
    )
    return Drawn(problem, lists, priority)


def fits_empty(problem: Problem, household: int, place: int) -> bool:
    return bool((problem.sizes[household] <= problem.capacity[place]).all())


def weakly_beside(problem: Problem, household: int, others: Sequence[int], place: int) -> bool:
    """Whether there is room beside others in what the household needs; what it does not need may be over."""
    needs = problem.sizes[household] > 0
    together = problem.sizes[household] + problem.sizes[list(others)].sum(axis=0)
    return bool((together <= problem.capacity[place])[needs].all())


def enviers(market: Drawn, where: Sequence[int]) -> list[tuple[int, int]]:
    """Households placed, with the place, that do not fit beside all of higher priority who would (also) be there."""
    found = []
    for household, place in enumerate(where):
        if place == NOWHERE:
            continue
        order = market.first_to_last(place)
        before = order[: order.index(household)]
        want = [
            one
            for one in before
            if fits_empty(market.problem, one, place) and market.liking(one, place) <= market.liking(one, where[one])
        ]
        if not weakly_beside(market.problem, household, want, place):
            found.append((household, place))
    return found


def blocking_pairs(market: Drawn, where: Sequence[int]) -> list[tuple[int, int]]:
    """Household and place that would both rather have each other: there is room, or somebody lower is there."""
    problem, pairs = market.problem, []
    for household, place in itertools.product(range(len(where)), range(len(problem.places))):
        if market.liking(household, place) >= market.liking(household, where[household]):
            continue
        lower = [one for one in range(len(where)) if where[one] == place]
        stay = [one for one in lower if market.priority[one, place] > market.priority[household, place]]
        if (problem.sizes[[*stay, household]].sum(axis=0) <= problem.capacity[place]).all():
            pairs.append((household, place))
    return pairs


def placements(problem: Problem) -> Iterator[list[int]]:
    """Every placement within the capacities, being nowhere included."""
    choices = [
        [NOWHERE, *(place for place in range(len(problem.places)) if fits_empty(problem, household, place))]
        for household in range(len(problem.households))
    ]
    for where in itertools.product(*choices):
        used = np.zeros_like(problem.capacity)
        for household, place in enumerate(where):
            if place != NOWHERE:
                used[place] += problem.sizes[household]
        if (used <= problem.capacity).all():
            yield list(where)


def better_for_all(market: Drawn, where: Sequence[int]) -> list[int] | None:
    """A placement that is better for one household and worse for none, if there is any."""
    now = [market.liking(household, place) for household, place in enumerate(where)]
    for other in placements(market.problem):
        then = [market.liking(household, place) for household, place in enumerate(other)]
        if then != now and all(a <= b for a, b in zip(then, now, strict=True)):
            return other
    return None


def lies(market: Drawn) -> Iterator[tuple[int, Drawn]]:
    """Each household with each other order it could say."""
    for household, said in enumerate(market.lists):
        for lie in itertools.permutations(range(len(market.problem.places))):
            if list(lie) != said:
                yield household, market.saying(household, lie)
