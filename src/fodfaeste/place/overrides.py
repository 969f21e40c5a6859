"""Decisions as data: overrides kept apart, and how often proposals were overridden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.errors import Problem as Fault
from fodfaeste.measure.intervals import proportion
from fodfaeste.measure.result import Result
from fodfaeste.place.decide import Decision
from fodfaeste.place.evaluation.small import pooled

DECISIONS = {
    "household": pl.String,
    "persons": pl.Int64,
    "proposed": pl.String,
    "decision": pl.String,
    "place": pl.String,
    "by": pl.String,
    "reason_code": pl.String,
    "text": pl.String,
    "parts_from": pl.String,
}


def decision_table(decisions: Sequence[Decision]) -> pl.DataFrame:
    """Tabulate decisions: one row each, a column for each group column."""
    groups = list(dict.fromkeys(name for one in decisions for name in one.groups))
    schema = {**DECISIONS, **{name: pl.String for name in groups if name not in DECISIONS}}
    rows = [
        {
            **{name: one.groups.get(name) for name in groups},
            **{name: getattr(one, name) for name in DECISIONS if name not in ("decision", "parts_from")},
            "decision": one.kind,
            "parts_from": ", ".join(one.parts_from),
        }
        for one in decisions
    ]
    return pl.DataFrame(rows, schema=schema)


def overrides(decisions: Sequence[Decision]) -> pl.DataFrame:
    """Tabulate the overrides alone.

    They tell more than the rest: a model trained on accepted proposals would only learn what it proposed itself.
    """
    return decision_table([one for one in decisions if one.override])


def override_rates(decisions: Sequence[Decision], *, by: str) -> Result:
    """Say how often proposals were overridden, with intervals.

    Parameters
    ----------
    by : str
        `officer` (who decided), `place` (that was proposed), or the name of a group column.

    Returns
    -------
    Result
        As `measure.proportion` at a level of 95 %: `unit`, `n` decisions, `events` overridden, `rate`, `lower`,
        `upper`. Officers, places and groups with fewer than ten decisions stand together as `other`, or with the next
        larger where they are fewer than ten even together.

    Raises
    ------
    NotEnoughPeople
        If there are fewer than ten decisions in all.
    UnknownName
        If no decision has such a group.
    """
    units = np.array(_units(decisions, by), object)
    overridden = np.array([one.override for one in decisions], np.bool_)
    groups = pooled(units)
    if not groups:
        found, todo = f"{len(decisions)} decisions", "Wait until there are more."
        raise NotEnoughPeople(Fault(found, "at least ten, which say no more about one household than another", todo))
    table = {
        by: list(groups),
        "n": [who.size for who in groups.values()],
        "overridden": [int(overridden[who].sum()) for who in groups.values()],
    }
    return proportion(table, "overridden", "n", by, level=0.95, min_n=10)


def _units(decisions: Sequence[Decision], by: str) -> list[str]:
    if by == "officer":
        return [one.by for one in decisions]
    if by == "place":
        return [one.proposed or "" for one in decisions]
    known = {name for one in decisions for name in one.groups}
    if by not in known:
        raise UnknownName("decisions by", by, ["officer", "place", *known])
    return [one.groups.get(by, "") for one in decisions]


def decision_of(facts: Mapping[str, object]) -> Decision:
    """Make a decision of what the audit log keeps of it.

    Raises
    ------
    BadInput
        If something is missing.
    """
    try:
        told = {**facts, "parts_from": tuple(facts["parts_from"])}  # type: ignore[arg-type]
        return Decision(**told)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        todo = "Verify the log; its lines are not to be changed by hand."
        raise BadInput(Fault(f"no decision ({error})", "a decision as it was recorded", todo)) from None
