"""The day from which a municipality is responsible for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fodfaeste.errors import BadInput, Problem
from fodfaeste.plan.days import A_DAY, add_months, after_working_days, end_of_month, working_day
from fodfaeste.plan.programme import INTEGRATION, Citation, programme_rules
from fodfaeste.plan.text import Text, text

Kind = Literal["refugee", "quota_refugee", "reunified_family"]


@dataclass(frozen=True)
class Takeover:
    """When a municipality took over, and by which rule.

    Attributes
    ----------
    day : date
        The first day on which it is responsible: the rule set is chosen by it, and deadlines count from it.
    month_end : date, optional
        The end of the first whole month after the decision, where that is what the rule counts: 30 April for a decision
        of 12 March. `day` is the day after, or later where that is a weekend or holiday.
    why : Text
        How the day was found, in a sentence or two.
    rule : Citation
    """

    day: date
    month_end: date | None
    why: Text
    rule: Citation


def takeover(
    decision: date,
    *,
    track: str = INTEGRATION,
    kind: Kind = "refugee",
    registered: date | None = None,
    agreed: date | None = None,
) -> Takeover:
    """Work out when a municipality takes over, from the day of the decision on who is placed where.

    Parameters
    ----------
    decision : date
        The day of the Immigration Service's decision.
    track : {"integration", "ukraine"}
    kind : {"refugee", "quota_refugee", "reunified_family"}
        For quota refugees (Aliens Act § 8) and reunified family the day of registration counts.
    registered : date, optional
        The day on which the person was registered in the population register as moved to the municipality.
    agreed : date, optional
        An earlier day on which the municipality takes over with the person's consent.

    Raises
    ------
    BadInput
        If a quota refugee or reunified family has no day of registration, or the agreed day is not between the decision
        and the day that the rule gives.

    References
    ----------
    IL § 4(2)-(3); act 324/2022 § 30(2).
    """
    if kind != "refugee":
        return _at_registration(decision, registered, track)
    by_rule = _by_rule(decision, track)
    if agreed is None:
        return by_rule
    if not decision <= agreed <= by_rule.day:
        expected = f"a day from {decision}, the decision, to {by_rule.day}, when the municipality takes over anyway"
        raise BadInput(Problem(f"the agreed day {agreed}", expected, "Correct the day, or leave it out."))
    return Takeover(agreed, None, text("takeover.agreed", decision=decision, day=agreed), by_rule.rule)


def _by_rule(decision: date, track: str) -> Takeover:
    rules = programme_rules(decision, track=track)
    rule = rules.cite("takeover_rule")
    if rules.takeover_working_days is not None:
        day = after_working_days(decision, rules.takeover_working_days)
        why = text("takeover.working_days", decision=decision, days=rules.takeover_working_days, day=day)
        return Takeover(day, None, why, rules.cite("takeover_working_days"))
    month_end = end_of_month(add_months(decision, 1))
    first = month_end + A_DAY
    moved = working_day(first) if programme_rules(month_end, track=track).takeover_moves else None
    words = {"decision": decision, "month_end": month_end}
    if moved is None or moved.why is None:
        return Takeover(first, month_end, text("takeover.month_end", **words, day=first), rule)
    why = text("takeover.month_end_moved", **words, why=moved.why, day=moved.day)
    return Takeover(moved.day, month_end, why, rule)


def _at_registration(decision: date, registered: date | None, track: str) -> Takeover:
    if registered is None:
        todo = "Give the day on which the person was registered as moved to the municipality."
        raise BadInput(Problem("no day of registration", "one for a quota refugee or reunified family", todo))
    rule = programme_rules(decision, track=track).cite("takeover_rule")
    return Takeover(registered, None, text("takeover.registered", day=registered), rule)
