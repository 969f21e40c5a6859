"""Wishes first: mechanisms in which what households want decides, within rules, ties, locks and capacities."""

from fodfaeste.place.wishes.acceptance import deferred_acceptance
from fodfaeste.place.wishes.cycles import trading_cycles
from fodfaeste.place.wishes.dial import wishes_dial
from fodfaeste.place.wishes.priority import constrained_priority
from fodfaeste.place.wishes.summary import wish_summary

__all__ = ["constrained_priority", "deferred_acceptance", "trading_cycles", "wish_summary", "wishes_dial"]
