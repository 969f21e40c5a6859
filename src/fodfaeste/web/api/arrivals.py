"""Arriving households that another system writes down: checked as a whole, written whole, and once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.api.arrival_schemas import ArrivalIn, MemberOut, WishOut
from fodfaeste.web.placement.models import Arrival

ABOUT = {"code": "", "km": 0, "size": "", "sector": "", "around": ""}
"""What a wish says of itself where it is about something else."""


def digest_of(sent: ArrivalIn) -> str:
    """Give what is kept of what was sent, to tell a household that is sent again from another one."""
    told = json.dumps(sent.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def disagreements(sent: ArrivalIn, organisation: Organisation) -> Iterator[dict[str, Any]]:
    """Say what does not agree with itself, or with what is there."""
    for number, member in enumerate(sent.members):
        if member.birth_date > sent.arrives:
            msg = (
                f"Born on {member.birth_date}, after the household arrives on {sent.arrives}. Correct one of the days."
            )
            yield {"loc": ["body", "sent", "members", number, "birth_date"], "msg": msg}
    if sent.together_with is not None and _named(organisation, sent.together_with) is None:
        msg = f"There is no household {sent.together_with}. Send that one first, or leave the field out."
        yield {"loc": ["body", "sent", "together_with"], "msg": msg}


def facts_of(sent: ArrivalIn, organisation: Organisation) -> dict[str, Any]:
    """Give the household, its people and its wishes as the desk writes them down."""
    told = sent.model_dump()
    members, wishes = told.pop("members"), told.pop("wishes")
    other = None if sent.together_with is None else _named(organisation, sent.together_with)
    return {
        "household": {**told, "needs": sent.needs or None, "together_with": other},
        "members": members,
        "wishes": [{**ABOUT, **one} for one in wishes],
    }


def told_arrival(arrival: Arrival) -> dict[str, Any]:
    """Tell of a household; its people, wishes and the household it goes with were read with it."""
    names = ("reference", "name", "arrives", "language", "state", "place", "made")
    return {
        "id": arrival.pk,
        **{name: getattr(arrival, name) for name in names},
        "needs": arrival.needs or "",
        "together_with": None if arrival.together_with is None else arrival.together_with.reference,
        "members": [{name: getattr(one, name) for name in MemberOut.model_fields} for one in arrival.members.all()],
        "wishes": [{name: getattr(one, name) for name in WishOut.model_fields} for one in arrival.wishes.all()],
    }


def _named(organisation: Organisation, reference: str) -> Arrival | None:
    return Arrival.objects.filter(organisation=organisation, reference=reference).first()
