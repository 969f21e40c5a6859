"""What follows when a plan says something else: a room above says so.

@follows
def _agreements(programme: Programme, text: PlanText) -> None:
    ...
"""

from __future__ import annotations

from collections.abc import Callable

from fodfaeste.web.programme.domain.text import PlanText
from fodfaeste.web.programme.models import Programme

Follows = Callable[[Programme, PlanText], None]

_FOLLOWS: list[Follows] = []


def follows(found: Follows) -> Follows:
    """Let a room act, in the same transaction, on what a plan says from now on."""
    if found not in _FOLLOWS:
        _FOLLOWS.append(found)
    return found


def follow(programme: Programme, text: PlanText) -> None:
    """Let every room act on it."""
    for found in _FOLLOWS:
        found(programme, text)
