"""What the columns of a package mean: `role` and `checks` of a datapackage.json read into rules for printed tables.

The vocabulary is described, with an example, in docs/reference/audit-roles.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from fodfaeste.checks import (
    Base,
    Between,
    BetweenGroups,
    Cells,
    Check,
    Each,
    Expression,
    Follows,
    Formula,
    Hundred,
    NamedBy,
    Order,
    Parts,
    Portion,
    PrintedTable,
    Rate,
    Rest,
    Taken,
    WeightedGroups,
    Where,
    WholePersons,
)
from fodfaeste.data.package import DESCRIPTOR, Package, Schema
from fodfaeste.errors import BadInput, Problem, UnknownName

_CELLS = re.compile(r"(?:(?P<table>[^.\[\]]+)\.)?(?P<column>[^.\[\]]+)(?:\[(?P<where>.*)\])?")
_CONDITION = re.compile(r"(?P<bar>\|?)(?P<column>[^=!<>|]+)(?P=bar)(?P<is>!=|=|<|>)(?P<values>.*)")
_TAKEN = ("sum", "min", "max", "rows")
_FORMULAS = {"plus": None, "times": None, "minus": 2, "over": 2, "percent": 2}


def of(package: Package) -> tuple[tuple[PrintedTable, ...], tuple[Check, ...]]:
    """Read the tables of a package and the rules that its descriptor declares for them.

    Raises
    ------
    BadInput
        If a table does not fulfil its schema, or a role or check is not of the vocabulary: every one is named.
    """
    package.check()
    reader = _Reader(package)
    checks: list[Check] = []
    problems: list[Problem] = []
    for place, table, declared in _declared(package):
        try:
            checks.append(_Declaration(reader, place, table).check(declared))
        except BadInput as error:
            problems += error.problems
    try:
        printed = tuple(_printed(package, resource) for resource in package.descriptor["resources"])
    except BadInput as error:
        problems += error.problems
    if problems:
        raise BadInput(*problems)
    return printed, tuple(checks)


def _declared(package: Package) -> Iterator[tuple[str, str | None, object]]:
    for resource in package.descriptor["resources"]:
        name = resource["name"]
        for field in resource["schema"]["fields"]:
            role = field.get("role", [])
            for one in role if isinstance(role, list) else [role]:
                if isinstance(one, dict):
                    yield f"the role of {name}.{field['name']}", name, {"figure": field["name"], **one}
        for position, one in enumerate(resource.get("checks", ()), 1):
            yield f"check {position} of {name}", name, one
    for position, one in enumerate(package.descriptor.get("checks", ()), 1):
        yield f"check {position} of the package", None, one


def _printed(package: Package, resource: Mapping[str, Any]) -> PrintedTable:
    table = package.table(resource["name"])
    labels, qualifiers = [], []
    for field in resource["schema"]["fields"]:
        role = field.get("role", [])
        for one in role if isinstance(role, list) else [role]:
            if one == "label":
                labels.append(field["name"])
            elif one == "qualifier":
                qualifiers.append(field["name"])
            elif not isinstance(one, dict):
                raise UnknownName(
                    f"the role of {table.name}.{field['name']}", str(one), ["label", "qualifier"], file=DESCRIPTOR
                )
    printed_as = resource.get("printedAs", "table")
    if printed_as not in ("table", "text"):
        raise UnknownName(f"{table.name}: printedAs", str(printed_as), ["table", "text"], file=DESCRIPTOR)
    return PrintedTable(
        table.name,
        table.text,
        table.frame.select(table.text.header),
        tuple(labels) or table.schema.primary_key or table.schema.names[:1],
        qualifiers[0] if qualifiers else None,
        printed_as == "text",
    )


@dataclass(frozen=True, eq=False)
class _Reader:
    """The names that a declaration may use."""

    package: Package

    def schema(self, name: str, place: str) -> Schema:
        if name not in self.package.names:
            raise UnknownName(f"{place}: no table", name, self.package.names, file=DESCRIPTOR)
        return self.package.table(name).schema

    @property
    def bases(self) -> Mapping[str, object]:
        said = self.package.descriptor.get("bases", {})
        return said if isinstance(said, dict) else {}

    def base(self, name: str, place: str) -> object:
        if name not in self.bases:
            raise UnknownName(f"{place}: no base", name, self.bases, file=DESCRIPTOR)
        return self.bases[name]


@dataclass(frozen=True, eq=False)
class _Declaration:
    """One declaration being read: `place` says which in messages, `table` is what a bare column belongs to."""

    reader: _Reader
    place: str
    table: str | None

    def check(self, declared: object) -> Check:
        if not isinstance(declared, dict):
            raise self._wrong(repr(declared), "an object with rule and figure", "Write it as in the reference.")
        rule = str(declared.get("rule", ""))
        if rule not in _RULES:
            raise UnknownName(f"{self.place}: the rule", rule, _RULES, file=DESCRIPTOR)
        needed, allowed, make = _RULES[rule]
        for key in declared:
            if key not in ("rule", "figure", *needed, *allowed):
                raise UnknownName(f"{self.place}: {rule} with", key, ["figure", *needed, *allowed], file=DESCRIPTOR)
        for key in ("figure", *needed):
            if key not in declared:
                raise self._wrong(f"{rule} without {key}", ", ".join(("figure", *needed)), f"Say its {key}.")
        return make(self, declared)

    def _wrong(self, found: str, expected: str, todo: str) -> BadInput:
        return BadInput(Problem(f"{self.place}: {found}", expected, todo, DESCRIPTOR))

    # Cells

    def cells(self, said: object, *, rows: bool = False) -> Cells:
        match = _CELLS.fullmatch(said) if isinstance(said, str) else None
        if match is None:
            raise self._wrong(repr(said), "[table.]column[condition, ...]", "Write it as in the reference.")
        first, last = match["table"], match["column"].strip()
        if rows and first:
            raise self._wrong(repr(said), "a table[condition, ...] whose rows are counted", "Leave the column out.")
        table = last if rows else (first or self.table)
        if table is None:
            raise self._wrong(f"{said!r} without its table", "table.column", "A check of the package names the table.")
        schema = self.reader.schema(table, self.place)
        if not rows:
            self.columns([last], schema, table)
        return Cells(table, None if rows else last, self.conditions(match["where"] or "", table))

    def columns(self, said: object, schema: Schema, table: str) -> tuple[str, ...]:
        names = [said] if isinstance(said, str) else said
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or not names:
            raise self._wrong(repr(said), "names of columns", "List one or more.")
        for name in names:
            if name not in schema.names:
                raise UnknownName(f"{self.place}: {table} has no column", name, schema.names, file=DESCRIPTOR)
        return tuple(names)

    def conditions(self, said: object, table: str) -> tuple[Where, ...]:
        parts = [part.strip() for part in said.split(",")] if isinstance(said, str) and said.strip() else []
        return tuple(self._condition(part, table) for part in parts)

    def _condition(self, said: str, table: str) -> Where:
        match = _CONDITION.fullmatch(said)
        if match is None:
            raise self._wrong(f"the condition {said!r}", "column=value, !=, < or >", "Write it as in the reference.")
        (column,) = self.columns([match["column"].strip()], self.reader.schema(table, self.place), table)
        is_ = cast(Literal["=", "!=", ">", "<"], match["is"])
        values = tuple(value.strip() for value in match["values"].split("|"))
        if is_ in ("<", ">"):
            try:
                float(values[0])
            except ValueError:
                raise self._wrong(f"the condition {said!r}", "a number to compare with", "Write one.") from None
        return Where(column, is_, values, match["bar"] == "|")

    def each(self, said: object, table: str) -> Each:
        if said == "row":
            key = self.reader.schema(table, self.place).primary_key
            if not key:
                raise self._wrong('each "row"', f"a primaryKey of {table}", "Say which columns tell its rows apart.")
            return tuple((name,) for name in key)
        listed = said if isinstance(said, list) else [said]
        names = [one if isinstance(one, list) else [one] for one in listed]
        if not all(isinstance(name, str) for synonyms in names for name in synonyms):
            raise self._wrong(f"each {said!r}", '"row" or names of columns', "List them.")
        return tuple(tuple(synonyms) for synonyms in names)

    # Arithmetic

    def expression(self, said: object) -> Expression:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return float(said)
        if isinstance(said, str):
            return self.cells(said)
        ((how, of),) = said.items() if isinstance(said, dict) and len(said) == 1 else (("", None),)
        if how in _TAKEN:
            return Taken(cast(Literal["sum", "min", "max", "rows"], how), self.cells(of, rows=how == "rows"))
        if how not in _FORMULAS:
            raise UnknownName(
                f"{self.place}: the arithmetic", how or repr(said), [*_TAKEN, *_FORMULAS], file=DESCRIPTOR
            )
        if not isinstance(of, list) or len(of) < 2 or len(of) != (_FORMULAS[how] or len(of)):
            raise self._wrong(
                f"{how} of {of!r}", "a list of two figures" if _FORMULAS[how] else "a list", "Give it so."
            )
        parts = tuple(self.expression(one) for one in of)
        return Formula(cast(Literal["plus", "minus", "times", "over", "percent"], how), parts)

    # Persons

    def base(self, said: object, seen: tuple[str, ...] = ()) -> Base:
        if isinstance(said, int) and not isinstance(said, bool):
            return said
        if isinstance(said, str):
            if said in seen:
                raise self._wrong(f"the base {said!r} made of itself", "another group", "Begin from a printed number.")
            return self.base(self.reader.base(said, self.place), (*seen, said))
        match said:
            case {"figure": figure, **rest} if not rest:
                return self.cells(figure)
            case {"percent": figure, "of": of, **rest} if not rest:
                return Portion(self.cells(figure), self.base(of, seen))
            case {"rest_of": of, "without": [*without], **rest} if not rest:
                return Rest(self.base(of, seen), tuple(self.base(one, seen) for one in without))
            case {"between": [int() as low, int() as high], **rest} if not rest and 0 < low <= high:
                return Between(low, high)
            case {"named_by": named, **rest} if not rest and self.table is not None:
                columns = self.columns(named, self.reader.schema(self.table, self.place), self.table)
                return NamedBy(columns, tuple((name, self.base(name, seen)) for name in self.reader.bases))
        raise self._wrong(
            f"the base {said!r}",
            "a number, the name of a base, or an object with figure, percent and of, rest_of and without, between, "
            "or named_by",
            "Write it as in the reference.",
        )


# Rules: what each needs, may have besides, and how it is made

Said = Mapping[str, Any]


def _rate(self: _Declaration, said: Said) -> Rate:
    figure = self.cells(said["figure"])
    schema = self.reader.schema(figure.table, self.place)
    events, of = (self.columns(said[key], schema, figure.table) for key in ("events", "of"))
    return Rate(figure, events, of)


def _parts(self: _Declaration, said: Said) -> Parts:
    figure = self.cells(said["figure"])
    schema = self.reader.schema(figure.table, self.place)
    within = self.columns(said["within"], schema, figure.table) if "within" in said else ()
    (share,) = self.columns(said["share"], schema, figure.table) if "share" in said else (None,)
    return Parts(figure, self.conditions(said["total"], figure.table), within, share)


def _hundred(self: _Declaration, said: Said) -> Hundred:
    others = said.get("with", [])
    figures = tuple(self.cells(one) for one in [said["figure"], *(others if isinstance(others, list) else [others])])
    return Hundred(figures, self.each(said.get("each", []), figures[0].table), said.get("rest", False) is True)


def _whole_persons(self: _Declaration, said: Said) -> WholePersons:
    return WholePersons(self.cells(said["figure"]), self.base(said["base"]))


def _follows(self: _Declaration, said: Said) -> Follows:
    figure = self.expression(said["figure"])
    if isinstance(figure, Taken) and "each" not in said:
        return Follows(figure, self.expression(said["from"]))
    if not isinstance(figure, Cells):
        raise self._wrong(f"the figure {said['figure']!r}", "cells, or one list without each", "Name them.")
    return Follows(figure, self.expression(said["from"]), self.each(said.get("each", []), figure.table))


def _between_groups(self: _Declaration, said: Said) -> BetweenGroups:
    figure = self.cells(said["figure"])
    return BetweenGroups(figure, self.cells(said["groups"]), self.each(said.get("each", []), figure.table))


def _weighted_groups(self: _Declaration, said: Said) -> WeightedGroups:
    listed = said["groups"]
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and {*one} == {"figure", "base"} for one in listed
    ):
        raise self._wrong(f"the groups {listed!r}", "a list of objects with figure and base", "Write each group so.")
    groups = tuple((self.cells(one["figure"]), self.base(one["base"])) for one in listed)
    return WeightedGroups(self.cells(said["figure"]), self.base(said["base"]), groups)


def _order(self: _Declaration, said: Said) -> Order:
    figure, direction = self.cells(said["figure"]), said["direction"]
    if direction not in ("falling", "rising"):
        raise UnknownName(f"{self.place}: the direction", str(direction), ["falling", "rising"], file=DESCRIPTOR)
    return Order(figure, direction == "falling", self.each(said.get("each", []), figure.table))


_RULES: Mapping[str, tuple[Sequence[str], Sequence[str], Callable[[_Declaration, Said], Check]]] = {
    "rate": (("events", "of"), (), _rate),
    "parts": (("total",), ("within", "share"), _parts),
    "hundred": ((), ("with", "each", "rest"), _hundred),
    "whole_persons": (("base",), (), _whole_persons),
    "follows": (("from",), ("each",), _follows),
    "between_groups": (("groups",), ("each",), _between_groups),
    "weighted_groups": (("base", "groups"), (), _weighted_groups),
    "order": (("direction",), ("each",), _order),
}
