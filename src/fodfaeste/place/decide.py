"""From a proposal to a placement: only a named person decides, household by household, and an override has a reason.

A plan is a proposal and nothing else. `decide` is the one function that makes a placement; there is none that accepts
a plan as a whole, only `decide_all` for a list that somebody was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from fodfaeste.errors import Refused, UnknownName
from fodfaeste.place.plan import Plan, used_room
from fodfaeste.place.problem import NOWHERE, Ints

Kind = Literal["accept", "other_place", "postpone"]

ReasonCode = Literal[
    "wish",
    "family_near",
    "health_or_treatment",
    "housing",
    "school_or_childcare",
    "work_or_education",
    "language_or_network",
    "safety",
    "data_wrong",
    "place_refuses",
    "household_refuses",
    "other",
]
"""Why a person decides otherwise than proposed; the words beside it say more."""

REASON_CODES: tuple[str, ...] = get_args(ReasonCode)


@dataclass(frozen=True)
class Decision:
    """What a person decided about one household.

    Attributes
    ----------
    household : str
    persons : int
    proposed : str or None
        The place that the plan proposed; None where it proposed none.
    kind : {"accept", "other_place", "postpone"}
    place : str or None
        Where the household is placed; None when postponed.
    by : str
        The id of the person who decided.
    reason_code, text : str
        Of an override; empty when accepted.
    parts_from : tuple of str
        Tied households that, as things stand, go elsewhere.
    groups : mapping of group column to value
        The household's, so that overrides can be compared between groups.

    Raises
    ------
    Refused
        If nobody is named, or an override has no reason.
    """

    household: str
    persons: int
    proposed: str | None
    kind: Kind
    place: str | None
    by: str
    reason_code: str = ""
    text: str = ""
    parts_from: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise Refused("Nobody decides: a placement is made by a person. Give the id of whoever decides.")
        if self.kind not in get_args(Kind):
            raise UnknownName("the decision", self.kind, get_args(Kind))
        if self.kind == "accept":
            return
        if self.reason_code not in REASON_CODES:
            raise UnknownName("the reason code", self.reason_code, REASON_CODES)
        if not self.text.strip():
            raise Refused(
                f"The decision on {self.household} is another than was proposed and says nothing beside its code "
                f"{self.reason_code}. Write the reason in words."
            )

    @property
    def override(self) -> bool:
        """Whether it is another decision than was proposed."""
        return self.kind != "accept"


def decide(
    proposal: Plan,
    household: str,
    *,
    by: str,
    decision: Kind = "accept",
    place: str | None = None,
    reason_code: str = "",
    text: str = "",
    earlier: Sequence[Decision] = (),
) -> Decision:
    """Decide about one household.

    Parameters
    ----------
    proposal : Plan
    household : str
    by : str
        The id of the person who decides.
    decision : {"accept", "other_place", "postpone"}
        `accept` takes the proposed place.
    place : str, optional
        The other place.
    reason_code, text : str
        Why it is decided otherwise; both are needed then. See `ReasonCode`.
    earlier : sequence of Decision
        What was decided before; of those decided the places decided count, of the others those proposed.

    Returns
    -------
    Decision

    Raises
    ------
    UnknownName
        If there is no such household, place or reason.
    Refused
        If nobody is named; if an override has no reason; if there is no proposal to accept; if a hard rule forbids the
        other place, or it has no room as things stand; if the household is decided already.
    """
    problem = proposal.problem
    if household not in problem.households:
        raise UnknownName("the household", household, problem.households)
    if any(one.household == household for one in earlier):
        raise Refused(f"Household {household} is decided already. Take that decision back before another is made.")
    who = problem.households.index(household)
    proposed = proposal.where()[household]
    standing = _standing(proposal, earlier)
    chosen = _chosen(proposal, who, decision, place, standing)
    standing[who] = NOWHERE if chosen is None else problem.places.index(chosen)
    return Decision(
        household=household,
        persons=int(problem.persons[who]),
        proposed=proposed,
        kind=decision,
        place=chosen,
        by=by,
        reason_code=reason_code,
        text=text,
        parts_from=tuple(
            problem.households[other] for other in _tied(proposal, who) if standing[other] != standing[who]
        ),
        groups={name: values[who] for name, values in problem.groups.items()},
    )


def decide_all(
    proposal: Plan, *, by: str, shown: Mapping[str, str | None], earlier: Sequence[Decision] = ()
) -> tuple[Decision, ...]:
    """Accept the proposals of a list that the person was shown, and no others.

    Parameters
    ----------
    shown : mapping of household to place
        What stood on the list, as it stood there.

    Raises
    ------
    Refused
        If the list is empty, or what it showed is not what is proposed: the plan has changed since.
    UnknownName
        If a household of the list is not in the plan.
    """
    if not shown:
        raise Refused("No list was shown. Show each household with its proposed place, then accept those on the list.")
    where = proposal.where()
    for household, place in shown.items():
        if household not in where:
            raise UnknownName("the household", household, where)
        if place is None or where[household] != place:
            raise Refused(
                f"The list showed {place or 'no place'} for household {household}, and "
                f"{where[household] or 'no place'} is proposed. Show the list again, without those who have no place."
            )
    made: list[Decision] = []
    for household in shown:
        made.append(decide(proposal, household, by=by, earlier=(*earlier, *made)))
    return tuple(made)


def placements(decisions: Sequence[Decision]) -> dict[str, str]:
    """Give the place of each household that was placed."""
    return {one.household: one.place for one in decisions if one.place is not None}


def _standing(proposal: Plan, earlier: Sequence[Decision]) -> Ints:
    """Give everybody's place as things stand: as decided, else as proposed; shape (households,)."""
    problem = proposal.problem
    standing = proposal.place.copy()
    for one in earlier:
        where = NOWHERE if one.place is None else problem.places.index(one.place)
        standing[problem.households.index(one.household)] = where
    return standing


def _chosen(proposal: Plan, who: int, decision: str, place: str | None, standing: Ints) -> str | None:
    problem = proposal.problem
    household = problem.households[who]
    if decision == "postpone":
        return None
    if decision == "accept":
        if proposal.place[who] == NOWHERE:
            raise Refused(f"No place is proposed for household {household}. Choose one, or postpone.")
        place = problem.places[proposal.place[who]]
    if place not in problem.places:
        raise UnknownName("the place", place or "", problem.places)
    where = problem.places.index(place)
    if not problem.may(who)[where]:
        raise Refused(
            f"A rule forbids {place} for household {household}. If the rule is wrong, correct it in the problem first."
        )
    others = standing.copy()
    others[who] = NOWHERE
    room = problem.capacity[where] - used_room(problem, others)[where]
    short = np.flatnonzero(problem.sizes[who] > room)
    if short.size:
        what = problem.dimensions[short[0]]
        raise Refused(
            f"{place} has room for {max(0, room[short[0]])} {what} as things stand and household {household} needs "
            f"{problem.sizes[who, short[0]]}. Lock the household to {place} and solve again, to see who makes way."
        )
    return place


def _tied(proposal: Plan, who: int) -> list[int]:
    return [other for tie in proposal.problem.ties if who in tie for other in tie if other != who]
