"""Models of placement, each beside the rules that it is for."""

from fodfaeste.web.placement.chain.models import ChainCheck, ChainEntry, ChainHead
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.models import (
    Arrival,
    ArrivalOpening,
    ArrivalWish,
    ArrivingPerson,
    Asking,
    ForecastSwitch,
    PlacementRecord,
    Proposal,
    RoomTaken,
)
from fodfaeste.web.placement.door.models import ArrivalLink, WishDraft
from fodfaeste.web.placement.floors.models import FloorSwitch
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastOutcome, ForecastTrial
from fodfaeste.web.placement.keeping.models import Erasure, KeepingHold
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
    "ArrivalLink",
    "ArrivalOpening",
    "ArrivalWish",
    "ArrivingPerson",
    "Asking",
    "ChainCheck",
    "ChainEntry",
    "ChainHead",
    "Erasure",
    "FloorSwitch",
    "ForecastModel",
    "ForecastOutcome",
    "ForecastSwitch",
    "ForecastTrial",
    "KeepingHold",
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
    "WishDraft",
]
