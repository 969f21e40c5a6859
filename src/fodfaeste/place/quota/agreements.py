"""Agreements between the municipalities of a region, and when the national number has to be changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.place.rule_sets import RuleSet
from fodfaeste.place.rule_sets import rule_set as rules_in_force

TODAY = "IL-2022"
"""The rule set that is meant unless another is named."""


@dataclass(frozen=True)
class Remark:
    """Something the reader has to know: `code` is stable, `values` are what the sentence speaks of."""

    code: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Whether an agreement holds a condition.

    Attributes
    ----------
    condition : str
        ``written_and_signed``, ``number_each``, ``sum`` or ``lapse``; see `agreement_conditions` of the rule set.
    failed : Remark or None
        What fails; None where the condition is held.
    """

    condition: str
    failed: Remark | None

    @property
    def holds(self) -> bool:
        """Whether it is held."""
        return self.failed is None


def check_agreement(
    numbers: Mapping[str, int | None],
    municipalities: Collection[str],
    regional_quota: int,
    *,
    rule_set: RuleSet | date | str = TODAY,
    **told: Any,
) -> tuple[Remark, ...]:
    """Say which conditions an agreement on a region's quotas fails; where it fails any, the figures are calculated.

    Parameters
    ----------
    numbers, municipalities, regional_quota, rule_set, **told
        As `answers` takes them.

    Returns
    -------
    tuple of Remark
        One for each condition that fails; none if it is valid.
    """
    given = answers(numbers, municipalities, regional_quota, rule_set=rule_set, **told)
    return tuple(answer.failed for answer in given if answer.failed is not None)


def answers(
    numbers: Mapping[str, int | None],
    municipalities: Collection[str],
    regional_quota: int,
    *,
    written: bool = True,
    signed: Collection[str] | None = None,
    national_changed: bool = False,
    says_how_to_change: bool = False,
    told_beforehand: bool = False,
    rule_set: RuleSet | date | str = TODAY,
) -> tuple[Answer, ...]:
    """Answer each condition that an agreement on a region's quotas has to hold, in the rule set's order.

    Parameters
    ----------
    numbers : mapping of municipality to persons
        What was agreed; None or nothing where no number was given.
    municipalities : collection of str
        All of the region.
    regional_quota : int
        What the numbers have to add up to.
    written : bool
    signed : collection of str, optional
        The municipalities whose councils have signed, or for whom somebody signed; all, unless given.
    national_changed : bool
        Whether the national number was changed after the agreement. It lapses then, unless it says how a change is to
        be shared (`says_how_to_change`) and the Immigration Service was told beforehand (`told_beforehand`).
    rule_set : RuleSet, date or str
        The conditions that hold; see `place.rule_sets`.

    Raises
    ------
    UnknownName
        If a number or a signature is for no municipality of the region.

    References
    ----------
    BO 1290 of 31 August 2020 § 6; the same structure later.
    """
    for name in (*numbers, *(signed or ())):
        if name not in municipalities:
            raise UnknownName("the municipality", name, municipalities)
    unsigned = [] if signed is None else [name for name in municipalities if name not in signed]
    without = [name for name in municipalities if _number(numbers.get(name)) is None]
    total = sum(_number(number) or 0 for number in numbers.values())
    failed = {
        "written_and_signed": _unwritten(written, unsigned),
        "number_each": _no_number(without),
        "sum": _other_sum(total, regional_quota),
        "lapse": _lapsed(national_changed and not (says_how_to_change and told_beforehand)),
    }
    return tuple(Answer(name, failed[name]) for name in rules_in_force(rule_set)["agreement_conditions"])


def _number(value: int | None) -> int | None:
    return value if value is not None and value >= 0 else None


def _unwritten(written: bool, unsigned: Collection[str]) -> Remark | None:
    if not written:
        return Remark("not_written", "The agreement is not in writing.")
    if not unsigned:
        return None
    names = ", ".join(unsigned)
    return Remark("not_signed", f"It is not signed for {names}.", {"names": names})


def _no_number(without: Collection[str]) -> Remark | None:
    if not without:
        return None
    names = ", ".join(without)
    return Remark("no_number", f"It has no number of persons from 0 for {names}.", {"names": names})


def _other_sum(total: int, quota: int) -> Remark | None:
    if total == quota:
        return None
    text = f"Its numbers add up to {total}, and the regional quota is {quota}."
    return Remark("other_sum", text, {"total": total, "quota": quota})


def _lapsed(lapsed: bool) -> Remark | None:
    if not lapsed:
        return None
    text = (
        "The national number was changed, and the agreement does not say how a change is shared, or the Immigration "
        "Service was not told of that beforehand."
    )
    return Remark("lapsed", text)


@dataclass(frozen=True)
class Change:
    """Whether the national number has to be changed.

    Attributes
    ----------
    must : bool
    moved : float or None
        By how many per cent the expected number differs; None where the national number is 0.
    threshold : int
        Per cent that it may move by.
    source : str
    """

    must: bool
    moved: float | None
    threshold: int
    source: str


def must_change(national: int, expected: int, rule_set: RuleSet | date | str = TODAY) -> Change:
    """Say whether the national number must be changed because another number is expected by now.

    Parameters
    ----------
    national, expected : int
        Refugees as announced, and as expected now.
    rule_set : RuleSet, date or str
        See `place.rule_set`.

    Raises
    ------
    BadInput
        If a number is negative, or the rules know no threshold (the numbers for the displaced from Ukraine).
    """
    found = rules_in_force(rule_set)
    for name, number in (("national", national), ("expected", expected)):
        if number < 0:
            raise BadInput(Problem(f"{number}", "a number of persons from 0", "Correct it.", column=name))
    if "revise_size_limit" not in found.values:
        todo = "Numbers there are fixed for so many persons at a time, and none is changed in the year."
        raise BadInput(Problem(f"the rule set {found.id}", "one with a threshold of change", todo))
    size = "small" if national <= found["revise_size_limit"] else "large"
    threshold = found.at(f"revise_threshold_{size}")
    moved = abs(expected - national)
    per_cent = 100 * moved / national if national else None
    return Change(100 * moved > threshold.value * national, per_cent, threshold.value, threshold.source)
