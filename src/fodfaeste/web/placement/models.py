"""Models of placement, each beside the rules that it is for."""

from fodfaeste.web.placement.rounds.models import (
    AgreedQuota,
    QuotaAgreement,
    QuotaDecision,
    QuotaLine,
    QuotaRound,
    QuotaUpload,
)

__all__ = ["AgreedQuota", "QuotaAgreement", "QuotaDecision", "QuotaLine", "QuotaRound", "QuotaUpload"]
