"""Rules for quotas as dated data: what was in force on a day, with the source and the certainty of every value.

The rules lie in ``rules/*.toml`` so that who knows the law can read, date and correct them without reading code.
"""

from __future__ import annotations

from datetime import date

from fodfaeste.errors import UnknownName
from fodfaeste.rules import Certainty, RuleBook, RuleSet, Value, rule_book

__all__ = ["QUOTA", "UKRAINE", "Certainty", "RuleSet", "Value", "rule_set", "rule_set_of_track", "rule_sets"]

QUOTA = "quota"
"""The track of rule sets that a day alone chooses; others, such as that for the displaced from Ukraine, go by id."""

UKRAINE = "ukraine"
"""The track of the proportional municipal numbers for the displaced from Ukraine."""


def rule_sets() -> tuple[str, ...]:
    """Name the rule sets for quotas, oldest first."""
    return _book().ids


def rule_set(which: date | str | RuleSet) -> RuleSet:
    """Give the rules for quotas by id, or those in force on a day.

    Parameters
    ----------
    which : date or str
        A day gives the rules of the Integration Act on that day; an id of `rule_sets` gives that set on its first day,
        and an id is the only way to the rules for the displaced from Ukraine. A rule set is given back as it is.

    Raises
    ------
    UnknownName
        If there is no set of that id.
    BadInput
        If the day lies before the first set, whose rules nobody has written down here.
    """
    if isinstance(which, RuleSet):
        return which
    if isinstance(which, str):
        return _book().named(which)
    todo = "Before that no municipality had a quota by law: choose a later day, or a rule set by id."
    return _book().in_force(which, QUOTA, todo=todo)


def rule_set_of_track(day: date, track: str) -> RuleSet:
    """Give the rules of a track in force on a day: `QUOTA`, or `UKRAINE` with the population day of its year.

    Raises
    ------
    UnknownName
        If there is no such track.
    BadInput
        If the day lies before the track's first set.
    """
    if track not in (QUOTA, UKRAINE):
        raise UnknownName("the track", track, (QUOTA, UKRAINE))
    return rule_set(day) if track == QUOTA else _book().in_force(day, track, todo="Choose a later day.")


def _book() -> RuleBook:
    return rule_book("fodfaeste.place", "rules/denmark-quota.toml")
