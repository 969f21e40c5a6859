"""The days by which a year's quotas are announced, agreed on and fixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fodfaeste.errors import BadInput, Problem
from fodfaeste.place.rule_sets import RuleSet, Value
from fodfaeste.place.rule_sets import rule_set as rules_in_force

DEADLINES = ("national_deadline", "region_deadline", "region_fix_date", "agreement_deadline", "fix_date")
"""Parameters that are days by which something is done, in the order of the year."""

COUNTS = ("population_day", "population_counted_on")
"""Parameters that are days on which people are counted."""


@dataclass(frozen=True)
class Step:
    """A day of a round.

    Attributes
    ----------
    code : str
        The parameter of the rule set that it comes from, one of `DEADLINES` or `COUNTS`.
    day : date
        As the rule has it; that an office is closed on it moves nothing here.
    rule : Value
        With source and certainty.
    """

    code: str
    day: date
    rule: Value

    @property
    def is_deadline(self) -> bool:
        """Whether something has to be done by then."""
        return self.code in DEADLINES


def calendar(year: int, rules: RuleSet | date | str) -> tuple[Step, ...]:
    """Give the days of the round for a calendar year, the earliest first.

    Days of the year fall in the year before, in which the quotas are announced. Stages that the rule set does not have
    are not there.

    Parameters
    ----------
    year : int
        The year that the quotas are for.
    rules : RuleSet, date or str
        See `place.rule_set`.

    Raises
    ------
    BadInput
        If the year is none.
    """
    if not 1 < year <= date.max.year:
        raise BadInput(Problem(f"the year {year}", "a calendar year", "Correct it.", column="year"))
    found = rules_in_force(rules)
    steps = (
        Step(code, _day(found[code], year - 1), found.at(code))
        for code in (*COUNTS, *DEADLINES)
        if code in found.values and found[code]
    )
    return tuple(sorted(steps, key=lambda step: step.day))


def _day(value: Any, year: int) -> date:
    if isinstance(value, date):
        return value
    month, day = value.split("-")
    return date(year, int(month), int(day))
