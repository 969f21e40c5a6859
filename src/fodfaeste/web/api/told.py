"""What is told of a row: of who has a protected name and address neither, and nobody who was in the room."""

from __future__ import annotations

from datetime import date
from typing import Any

from fodfaeste.web.api.schemas import PersonOut
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import Activity, Approval, FollowUp, Plan

PARTS = ("goals", "approvals", "activities__alternatives", "activities__slots")
"""What is read with plans: a query each, however many there are."""


def told_person(person: Person) -> dict[str, Any]:
    """Tell of a person."""
    told = _fields(person, *(name for name in PersonOut.model_fields if name != "id"))
    if person.protected:
        told |= {"given_name": None, "family_name": None}
    return {"id": person.pk, **told}


def told_plan(plan: Plan) -> dict[str, Any]:
    """Tell what a version of a plan says; `PARTS` were read with it."""
    programme, protected = plan.programme, plan.programme.person.protected
    return {
        "id": plan.pk,
        "person": programme.person_id,
        "programme": programme.pk,
        "rule_set": programme.rule_set,
        "version": plan.number,
        **_fields(plan, "state", "approved_on"),
        "goals": [_fields(one, "number", "words", "language", "own_words", "danish") for one in plan.goals.all()],
        "activities": [_activity(one, protected) for one in plan.activities.all()],
        "approvals": [_approval(one, protected) for one in plan.approvals.all()],
    }


def _activity(activity: Activity, protected: bool) -> dict[str, Any]:
    said = ("number", "kind", "name", "hours_a_week", "start", "end", "wish", "why_no_choice", "chosen_on")
    return {
        **_fields(activity, *said),
        "place": None if protected else activity.place,
        "alternatives": [_fields(one, "words", "real", "chosen") for one in activity.alternatives.all()],
        "slots": [
            {
                **_fields(one, "weekday", "start", "end"),
                "begins": f"{one.begins:%H:%M}",
                "ends": f"{one.ends:%H:%M}",
            }
            for one in activity.slots.all()
        ],
    }


def _approval(approval: Approval, protected: bool) -> dict[str, Any]:
    hidden = protected and approval.side == Approval.Side.PERSON
    return {**_fields(approval, "side", "at", "lifted"), "name": None if hidden else approval.name}


def told_follow_up(follow_up: FollowUp, *, today: date) -> dict[str, Any]:
    """Tell of a follow-up; what came of it stays in the journal."""
    programme = follow_up.programme
    return {
        "id": follow_up.pk,
        "person": programme.person_id,
        "programme": programme.pk,
        **_fields(follow_up, "code", "words", "due", "moved_from", "held"),
        "overdue": follow_up.held is None and follow_up.due < today and programme.end is None,
    }


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
