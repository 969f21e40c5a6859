"""Models of placement, each beside the rules that it is for."""

from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.models import (
    Arrival,
    ArrivalOpening,
    ArrivalWish,
    ArrivingPerson,
    ForecastSwitch,
    PlacementRecord,
    Proposal,
    RoomTaken,
)
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastTrial
from fodfaeste.web.placement.prices.models import PriceList
from fodfaeste.web.placement.rounds.models import (
    AgreedQuota,
    QuotaAgreement,
    QuotaDecision,
    QuotaLine,
    QuotaRound,
    QuotaUpload,
)

__all__ = [
    "AgreedQuota",
    "Arrival",
    "ArrivalOpening",
    "ArrivalWish",
    "ArrivingPerson",
    "ForecastModel",
    "ForecastSwitch",
    "ForecastTrial",
    "PlaceFigure",
    "PlacementRecord",
    "PriceList",
    "Proposal",
    "QuotaAgreement",
    "QuotaDecision",
    "QuotaLine",
    "QuotaRound",
    "QuotaUpload",
    "RoomTaken",
]
