"""Quotas: how many refugees each municipality is to receive in a year, with every step of the computation."""

from fodfaeste.place.quota.agreements import Change, Remark, check_agreement, must_change
from fodfaeste.place.quota.compute import Quotas, Rule, quota
from fodfaeste.place.quota.formula import Reduction

__all__ = ["Change", "Quotas", "Reduction", "Remark", "Rule", "check_agreement", "must_change", "quota"]
