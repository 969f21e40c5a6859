"""Attributes that may never enter a prediction: named by rule set, refused by name wherever a feature is asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from fodfaeste.errors import BadInput, Problem, UnknownName

AUDIT_PREFIX = "group_"
"""Columns of this prefix are what households are compared by; no model reads them."""


@dataclass(frozen=True)
class RuleSet:
    """What may not enter.

    Attributes
    ----------
    name, title : str
    since : date
        First day of the rule.
    source, sure : str
        Where it stands, and how sure we are of it (A read in the law to S our own choice).
    forbidden : tuple of str
        Attributes.
    names : mapping of attribute to tuple of str
        The words by which a column is known to carry it.
    allowed_as : mapping of attribute to tuple of str
        Purposes for which a feature may be computed from it.
    """

    name: str
    title: str
    since: date
    source: str
    sure: str
    forbidden: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    allowed_as: Mapping[str, tuple[str, ...]]

    def carries(self, column: str) -> str | None:
        """Name the forbidden attribute that a column carries by its name, if it does.

        A name is read in words: `age_band` carries age, `language` does not.
        """
        words = set(re.split(r"[^a-zæøå]+", column.casefold()))
        return next((one for one in self.forbidden if words & set(self.names[one])), None)

    def permits(self, attribute: str, purpose: str) -> bool:
        """Say whether a feature may be computed from an attribute for a purpose."""
        return attribute not in self.forbidden or purpose in self.allowed_as.get(attribute, ())


def rule_set(name: str) -> RuleSet:
    """Look a rule set up.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    known = _told()
    if name not in known["rule_sets"]:
        raise UnknownName("the rule set", name, known["rule_sets"])
    said = known["rule_sets"][name]
    return RuleSet(
        name=name,
        title=said["title"],
        since=said["since"],
        source=said["source"],
        sure=said["sure"],
        forbidden=tuple(said["forbidden"]),
        names={attribute: tuple(of["names"]) for attribute, of in known["attributes"].items()},
        allowed_as={attribute: tuple(purposes) for attribute, purposes in said["allowed_as"].items()},
    )


def rule_sets() -> tuple[str, ...]:
    """Name all rule sets."""
    return tuple(_told()["rule_sets"])


def refuse_forbidden(columns: Iterable[str], rules: RuleSet, *, file: str | None = None) -> None:
    """Stop at columns that carry a forbidden attribute; those for audit alone (`group_...`) pass.

    Raises
    ------
    BadInput
        Naming every such column, its attribute and the rule set.
    """
    carried = [(column, rules.carries(column)) for column in columns if not column.startswith(AUDIT_PREFIX)]
    problems: Sequence[Problem] = [
        Problem(
            f"a column that carries {attribute}",
            f"no attribute that the rule set {rules.name!r} forbids ({rules.source})",
            f"Take it out; to compare groups by it and never predict from it, name it {AUDIT_PREFIX}{column}.",
            file,
            None,
            column,
        )
        for column, attribute in carried
        if attribute is not None
    ]
    if problems:
        raise BadInput(*problems)


@cache
def _told() -> dict[str, dict[str, dict[str, Any]]]:
    text = (files("fodfaeste.place.outcomes") / "attributes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
