"""What has to have happened by when, counted from the day on which the municipality took over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from fodfaeste.plan.days import add_months
from fodfaeste.plan.programme import Citation, ProgrammeRules
from fodfaeste.plan.text import Text, text


@dataclass(frozen=True)
class Deadline:
    """Something that has to have happened by a day.

    Attributes
    ----------
    code : str
        Stable, such as ``contract``.
    day : date
        The last day, as the rule counts it; it does not move for weekends and holidays, since it would be later then.
    words : Text
    rule : Citation
    """

    code: str
    day: date
    words: Text
    rule: Citation


def deadlines(rules: ProgrammeRules, takeover: date | None = None) -> tuple[Deadline, ...]:
    """List what a person's rules set a day for, the first day first.

    Parameters
    ----------
    rules : ProgrammeRules
    takeover : date, optional
        The day that months are counted from; the day that the rules were chosen by, unless given.

    Returns
    -------
    tuple of Deadline
        With the codes ``first_talk``, ``contract``, ``family_plan``, ``danish_start``, ``first_offer_wanted``,
        ``first_offer``, ``housing``, ``programme_end``, ``programme_longest``, ``what_now_talk`` and ``release``; those
        for which the rules set no day are left out.
    """
    begun = takeover or rules.takeover
    found = [
        Deadline(code, _counted(begun, rules, parameter), words(rules), rules.cite(parameter))
        for code, parameter, words in _DEADLINES
        if getattr(rules, parameter) is not None
    ]
    return tuple(sorted([*found, what_now_talk(rules, begun)], key=lambda one: one.day))


def what_now_talk(rules: ProgrammeRules, takeover: date) -> Deadline:
    """Give the talk on what comes now: some months before moving is free, for moves pile up just after that."""
    months = rules.residence_months - rules.talk_before_release_months
    words = text("deadline.what_now_talk", months=months)
    return Deadline("what_now_talk", add_months(takeover, months), words, rules.cite("talk_before_release_months"))


def _counted(begun: date, rules: ProgrammeRules, parameter: str) -> date:
    count = getattr(rules, parameter)
    return begun + timedelta(weeks=count) if parameter.endswith("_weeks") else add_months(begun, count)


def _contract(rules: ProgrammeRules) -> Text:
    name = rules.contract_name.capital
    if rules.declaration_name is None:
        return text("deadline.contract", name=name)
    return text("deadline.contract_declaration", name=name, declaration=rules.declaration_name)


def _housing(rules: ProgrammeRules) -> Text:
    return text("deadline.housing", duty=text(f"housing_duty.{rules.housing_duty}").capital)


def _programme(code: str, parameter: str) -> Callable[[ProgrammeRules], Text]:
    return lambda rules: text(f"deadline.{code}", name=rules.programme_name.capital, months=getattr(rules, parameter))


def _plain(code: str) -> Callable[[ProgrammeRules], Text]:
    return lambda _: text(f"deadline.{code}")


_DEADLINES: tuple[tuple[str, str, Callable[[ProgrammeRules], Text]], ...] = (
    ("first_talk", "start_months", _plain("first_talk")),
    ("contract", "contract_months", _contract),
    ("family_plan", "family_plan_months", _plain("family_plan")),
    ("danish_start", "danish_start_months", _plain("danish_start")),
    ("first_offer_wanted", "first_offer_weeks", _plain("first_offer_wanted")),
    ("first_offer", "first_offer_months", _plain("first_offer")),
    ("housing", "housing_months", _housing),
    ("programme_end", "programme_months", _programme("programme_end", "programme_months")),
    ("programme_longest", "extend_until_months", _programme("programme_longest", "extend_until_months")),
    ("release", "residence_months", lambda rules: text("deadline.release", months=rules.residence_months)),
)
"""Code, the parameter that sets the day, and the words."""
