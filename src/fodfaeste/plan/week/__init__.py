"""A person's weekly timetable: what clashes in it, patterns and ramps, and the week that is proposed."""

from fodfaeste.plan.week.clash import Clash
from fodfaeste.plan.week.clashes import clashes, travel_minutes
from fodfaeste.plan.week.models import (
    FIVE_HALF_DAYS,
    MODELS,
    THREE_AND_TWO,
    TWO_AND_THREE,
    Model,
    Step,
    model_of,
    ramp,
)
from fodfaeste.plan.week.propose import Conflict, Proposal, propose_week
from fodfaeste.plan.week.reasons import Reason
from fodfaeste.plan.week.request import DayWish, WeekRequest, Weights
from fodfaeste.plan.week.rules import Rule
from fodfaeste.plan.week.times import Slot, clock, minute, slot
from fodfaeste.plan.week.travel import Connection, TravelTable
from fodfaeste.plan.week.travel_csv import read_travel
from fodfaeste.plan.week.values import SCHOOL, WORK, Activity, HoursAsked, Kind, Limits, Opening, Week, weeks

__all__ = [
    "FIVE_HALF_DAYS",
    "MODELS",
    "SCHOOL",
    "THREE_AND_TWO",
    "TWO_AND_THREE",
    "WORK",
    "Activity",
    "Clash",
    "Conflict",
    "Connection",
    "DayWish",
    "HoursAsked",
    "Kind",
    "Limits",
    "Model",
    "Opening",
    "Proposal",
    "Reason",
    "Rule",
    "Slot",
    "Step",
    "TravelTable",
    "Week",
    "WeekRequest",
    "Weights",
    "clashes",
    "clock",
    "minute",
    "model_of",
    "propose_week",
    "ramp",
    "read_travel",
    "slot",
    "travel_minutes",
    "weeks",
]
