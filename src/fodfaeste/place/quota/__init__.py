"""Quotas: how many refugees each municipality is to receive in a year, with every step of the computation."""

from fodfaeste.place.quota.agreements import Answer, Change, Remark, answers, check_agreement, must_change
from fodfaeste.place.quota.calendar import Step, calendar
from fodfaeste.place.quota.compute import Quotas, Rule, quota
from fodfaeste.place.quota.formula import Reduction
from fodfaeste.place.quota.what_if import Difference, differences

__all__ = [
    "Answer",
    "Change",
    "Difference",
    "Quotas",
    "Reduction",
    "Remark",
    "Rule",
    "Step",
    "answers",
    "calendar",
    "check_agreement",
    "differences",
    "must_change",
    "quota",
]
