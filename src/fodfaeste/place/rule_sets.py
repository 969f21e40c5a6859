"""Rules as dated data: what was in force on a day, with the source and the certainty of every value.

The rules lie in ``rules/*.toml`` so that who knows the law can read, date and correct them without reading code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from fodfaeste.errors import BadInput, Problem, UnknownName

Certainty = Literal["A", "B", "C", "S"]
"""A: read in the act or order. B: on an official page. C: general knowledge, to be confirmed. S: suggested here."""

QUOTA = "quota"
"""The track of rule sets that a day alone chooses; others, such as that for the displaced from Ukraine, go by id."""


@dataclass(frozen=True)
class Value:
    """What a parameter is, from `since` until its next value begins.

    Attributes
    ----------
    value : str, int, bool, date or tuple of str
        Days of the year are ``month-day``.
    since : date
    source : str
        Where it stands, as short as lawyers name it; empty where no text was read.
    note : mapping of language to str
        What has to be known of the source, in Danish and English; empty where nothing has to.
    certainty : {"A", "B", "C", "S"}
    unit, description : str
        Of the parameter.
    """

    value: Any
    since: date
    source: str
    note: Mapping[str, str]
    certainty: Certainty
    unit: str
    description: str


@dataclass(frozen=True)
class RuleSet:
    """The rules in force on a day.

    Attributes
    ----------
    id : str
    since : date
        Its first day.
    on : date
        The day asked for; the first day, where the set was asked for by id.
    title : mapping of language to str
    source : str
    certainty : {"A", "B", "C", "S"}
        How sure it is that the set existed from that day; each value has its own.
    values : mapping of parameter to Value
    """

    id: str
    since: date
    on: date
    title: Mapping[str, str]
    source: str
    certainty: Certainty
    values: Mapping[str, Value]

    def __getitem__(self, parameter: str) -> Any:
        """Give the value of a parameter."""
        return self.at(parameter).value

    def at(self, parameter: str) -> Value:
        """Give the value of a parameter with its source and certainty.

        Raises
        ------
        UnknownName
            If the set has no such parameter.
        """
        if parameter not in self.values:
            raise UnknownName("the parameter", parameter, self.values)
        return self.values[parameter]


def rule_sets() -> tuple[str, ...]:
    """Name the rule sets for quotas, oldest first."""
    return tuple(raw["id"] for raw in sorted(_raw()["rule_set"], key=lambda raw: raw["since"]))


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
    sets = _raw()["rule_set"]
    if isinstance(which, str):
        found = [raw for raw in sets if raw["id"] == which]
        if not found:
            raise UnknownName("the rule set", which, rule_sets())
        return _in_force(found[0], found[0]["since"])
    begun = [raw for raw in sets if raw["track"] == QUOTA and raw["since"] <= which]
    if not begun:
        first = min(raw["since"] for raw in sets if raw["track"] == QUOTA)
        todo = "Before that no municipality had a quota by law: choose a later day, or a rule set by id."
        raise BadInput(Problem(f"the day {which}", f"a day from {first} on", todo))
    return _in_force(max(begun, key=lambda raw: raw["since"]), which)


def _in_force(raw: Mapping[str, Any], day: date) -> RuleSet:
    values = {}
    for parameter in _raw()["parameter"]:
        begun = [value for value in parameter["values"] if value["since"] <= day]
        if parameter["track"] == raw["track"] and begun:
            latest = max(begun, key=lambda value: value["since"])
            value = tuple(latest["value"]) if isinstance(latest["value"], list) else latest["value"]
            values[parameter["name"]] = Value(
                value,
                latest["since"],
                latest["source"],
                latest.get("note", {}),
                latest["certainty"],
                parameter["unit"],
                parameter["description"],
            )
    return RuleSet(raw["id"], raw["since"], day, raw["title"], raw["source"], raw["certainty"], values)


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("fodfaeste.place").joinpath("rules/denmark-quota.toml").read_text("utf-8"))
