"""What stays of a record once names are deleted: what was decided, on which grounds, by whom, and no word of a person.

What stays is listed; whatever else a record comes to hold goes with the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Facts = dict[str, Any]

OF_CASE = (
    "round",
    "prices",
    "version",
    "problem",
    "waiting",
    "gap",
    "proposed",
    "decided_by",
    "unplaced",
    "floors",
    "lot",
)
OF_HOUSEHOLD = ("persons", "adults", "children", "asked")
OF_FORECAST = ("model", "version", "sha256", "months", "rule_set", "since", "source", "forbidden")
OF_OPTION = (
    *("code", "name", "chosen", "equal", "fits", "short_of", "quota", "left", "rate_known", "work", "staying"),
    *("price", "net", "later", "losers"),
)
OF_DECISION = ("persons", "proposed", "kind", "place", "place_name", "by", "override", "reason_code", "groups")


def without_names(facts: Mapping[str, Any], reference: str) -> Facts:
    """Give what stays of a record's facts.

    Parameters
    ----------
    reference : str
        What the household is called from now on.
    """
    if "decision" in facts:
        return _decided(facts, reference)
    kept: Facts = {}
    if "receiver" in facts:
        kept["receiver"] = facts["receiver"]
    if "persons" in facts:
        kept["persons"] = len(facts["persons"])
    return kept


def _decided(facts: Mapping[str, Any], reference: str) -> Facts:
    decision = facts["decision"]
    wishes = [one for one in decision.get("wishes", ()) if not one["hard"] and one["kind"] != "avoid"]
    return {
        **_of(facts, OF_CASE),
        "household": {"reference": reference, **_of(facts["household"], OF_HOUSEHOLD)},
        "forecast": _of(facts["forecast"], OF_FORECAST) if facts.get("forecast") else None,
        "options": [_of(one, OF_OPTION) for one in facts["options"]],
        "ruled_out": [_of(one, ("code", "name")) for one in facts.get("ruled_out", ())],
        "decision": {
            **_of(decision, OF_DECISION),
            "household": reference,
            "text": "",
            "wishes": {"asked": len(wishes), "met": sum(bool(one["met"]) for one in wishes)},
        },
    }


def _of(facts: Mapping[str, Any], names: tuple[str, ...]) -> Facts:
    return {name: facts[name] for name in names if name in facts}
