"""Placing week by week: households are placed as they come, with an eye to who may still come."""

from fodfaeste.place.online.arrivals import ArrivalModel
from fodfaeste.place.online.later import Later, needed_later
from fodfaeste.place.online.plan import Batch, CapacityChange, OnlinePlan
from fodfaeste.place.online.run import place_online

__all__ = ["ArrivalModel", "Batch", "CapacityChange", "Later", "OnlinePlan", "needed_later", "place_online"]
