"""Legal grounds on which a file may go to another municipality without consent: dated data, each with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from fodfaeste.rules import Certainty, RuleSet, rule_book
from fodfaeste.web.moving.groups import Group

TRACK, AGE = "moves", "own_consent_age"


@dataclass(frozen=True)
class Ground:
    """A legal ground.

    Attributes
    ----------
    id : str
    words : str
        What it is, and what has to be true for it, in the reader's language.
    source : str
    certainty : {"A", "B", "C", "S"}
    since : date
    carries : frozenset of Group
        What may go along on it, beside the basic facts.
    """

    id: str
    words: str
    source: str
    certainty: Certainty
    since: date
    carries: frozenset[Group]

    def lacks(self, groups: Iterable[str]) -> list[Group]:
        """Give the groups that it does not carry, in their order."""
        chosen = set(groups)
        return [group for group in Group if group in chosen and group not in self.carries]


def grounds(day: date) -> list[Ground]:
    """Give the grounds in force on a day."""
    rules = _rules(day)
    return [_ground(name, rules) for name in rules.values if name != AGE]


def ground(name: str, day: date) -> Ground | None:
    """Give a ground by its id; None for one that is not in force on a day."""
    return next((one for one in grounds(day) if one.id == name), None)


def own_consent_age(day: date) -> int:
    """Give the age from which somebody agrees themselves."""
    return int(_rules(day)[AGE])


def _rules(day: date) -> RuleSet:
    book = rule_book("fodfaeste.web.moving", "rules/denmark-moves.toml")
    return book.in_force(day, TRACK, todo="Moves are known here from 1999 on.")


def _ground(name: str, rules: RuleSet) -> Ground:
    value = rules.at(name)
    words = value.note["en" if get_language() == "en" else "da"]
    return Ground(name, words, value.source, value.certainty, value.since, frozenset(map(Group, value.value)))
