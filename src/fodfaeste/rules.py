"""Rules as dated data: what was in force on a day, with the source and the certainty of every value.

A room's rules lie in TOML files of its own, so that who knows the law can read, date and correct them without reading
code. Here is how such a file is read; what its parameters mean, the room says.
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


@dataclass(frozen=True)
class Value:
    """What a parameter is, from `since` until its next value begins.

    Attributes
    ----------
    value : str, int, bool, date, tuple of str or mapping of language to str
        Days of the year are ``month-day``.
    since : date
    source : str
        Where it stands, as short as lawyers name it; empty where no text was read.
    note : mapping of language to str
        What has to be known of the source, in Danish and English; empty where nothing has to.
    certainty : {"A", "B", "C", "S"}
    unit, description : str
        Of the parameter.
    running : bool
        Whether it reaches cases that were running on its first day. Others keep the value that they began with.
    """

    value: Any
    since: date
    source: str
    note: Mapping[str, str]
    certainty: Certainty
    unit: str
    description: str
    running: bool = False


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


@dataclass(frozen=True, eq=False)
class RuleBook:
    """A file of rule sets and parameters; see `rule_book`."""

    sets: tuple[Mapping[str, Any], ...]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all sets, oldest first."""
        return tuple(raw["id"] for raw in self.sets)

    def named(self, name: str) -> RuleSet:
        """Give a set on its first day.

        Raises
        ------
        UnknownName
            If there is no set of that id.
        """
        for raw in self.sets:
            if raw["id"] == name:
                return self._set(raw, raw["since"], raw["since"])
        raise UnknownName("the rule set", name, self.ids)

    def in_force(self, day: date, track: str, *, todo: str, asked: date | None = None) -> RuleSet:
        """Give the set of a track that began last on or before a day.

        Parameters
        ----------
        day : date
        track : str
            Sets of one track follow each other.
        todo : str
            What to do about a day that no set reaches.
        asked : date, optional
            A later day, to which a case that began on `day` has run: values that reach running cases count up to it.

        Raises
        ------
        BadInput
            If the day lies before the first set, whose rules nobody has written down.
        """
        sets = [raw for raw in self.sets if raw["track"] == track]
        begun = [raw for raw in sets if raw["since"] <= day]
        if not begun:
            raise BadInput(Problem(f"the day {day}", f"a day from {sets[0]['since']} on", todo))
        return self._set(begun[-1], day, max(day, asked or day))

    def _set(self, raw: Mapping[str, Any], day: date, asked: date) -> RuleSet:
        tracks = [track for track in (raw.get("builds_on"), raw["track"]) if track]
        values = {
            parameter["name"]: begun[-1]
            for track in tracks
            for parameter in self.parameters
            if parameter["track"] == track and (begun := _begun(parameter, day, asked))
        }
        return RuleSet(raw["id"], raw["since"], day, raw["title"], raw["source"], raw["certainty"], values)


def _begun(parameter: Mapping[str, Any], day: date, asked: date) -> list[Value]:
    return [
        Value(
            tuple(raw["value"]) if isinstance(raw["value"], list) else raw["value"],
            raw["since"],
            raw["source"],
            raw.get("note", {}),
            raw["certainty"],
            parameter["unit"],
            parameter["description"],
            raw.get("running", False),
        )
        for raw in parameter["values"]
        if raw["since"] <= (asked if raw.get("running") else day)
    ]


@cache
def rule_book(package: str, path: str) -> RuleBook:
    """Read a file of rules that lies in a package.

    It has ``[[rule_set]]`` tables with id, since, track, title, source and certainty, and ``[[parameter]]`` tables with
    name, track, unit, description and values, oldest first. A set has the parameters of its own track, and those of
    the track that it ``builds_on`` where its own has none of that name.
    """
    raw = tomllib.loads(files(package).joinpath(path).read_text("utf-8"))
    return RuleBook(tuple(sorted(raw["rule_set"], key=lambda one: one["since"])), tuple(raw["parameter"]))
