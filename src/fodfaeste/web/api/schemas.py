"""What answers look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Field, Schema

Clock = Field(pattern=r"^\d{2}:\d{2}$", examples=["08:30"])
"""A time of day as clocks here show it."""


class PersonOut(Schema):
    """A person. Of who has a protected name and address neither is given."""

    id: int
    case_number: str
    given_name: str | None
    family_name: str | None
    protected: bool
    birth_date: date
    sex: str
    citizenship: str
    permit: str
    arrival_date: date
    takeover_date: date


class Page(Schema):
    """Some persons of all: `next` is the `after` to ask for the next page with, null on the last."""

    persons: list[PersonOut]
    next: int | None


class Words(Schema):
    """A sentence in Danish and in English."""

    da: str
    en: str


class GoalOut(Schema):
    """A goal. Its number is the same in all versions; `danish` is what it says in Danish, where it is in another."""

    number: int
    words: str
    language: str
    own_words: bool = Field(description="Whether the words are the person's own.")
    danish: str


class SlotOut(Schema):
    """A stretch of a weekday, every week, or in those from `start` until before `end`."""

    weekday: int = Field(ge=1, le=7, description="By ISO 8601: 1 is Monday, 7 Sunday.")
    begins: str = Clock
    ends: str = Clock
    start: date | None
    end: date | None


class AlternativeOut(Schema):
    """What the person was offered; `real` says whether it could have been had."""

    words: str
    real: bool
    chosen: bool


class ActivityOut(Schema):
    """An activity. `end` is the first day without it; the place is not given where name and address are protected."""

    number: int
    kind: str
    name: str
    place: str | None
    hours_a_week: float
    start: date
    end: date
    wish: str = Field(description="What the person wished instead, in their own words.")
    why_no_choice: str
    chosen_on: date | None
    alternatives: list[AlternativeOut]
    slots: list[SlotOut]


class ApprovalOut(Schema):
    """That one side signed; an edit lifts it. The person's name is not given where it is protected."""

    side: Literal["person", "municipality"]
    name: str | None
    at: datetime
    lifted: datetime | None


class PlanOut(Schema):
    """A version of a plan. One that is approved holds until the next version is; then it is superseded."""

    id: int
    person: int
    programme: int
    rule_set: str
    version: int
    state: Literal["draft", "proposed", "approved", "superseded"]
    approved_on: date | None
    goals: list[GoalOut]
    activities: list[ActivityOut]
    approvals: list[ApprovalOut]


class PlanPage(Schema):
    """Some plans of all: `next` is the `after` to ask for the next page with, null on the last."""

    plans: list[PlanOut]
    next: int | None


class FollowUpOut(Schema):
    """A follow-up. It is overdue where its day has passed, it was not held, and the programme runs."""

    id: int
    person: int
    programme: int
    code: str
    words: Words
    due: date
    moved_from: date | None = Field(description="The day that it was moved from, as by a holiday.")
    held: date | None
    overdue: bool


class FollowUpPage(Schema):
    """Some follow-ups of all: `next` is the `after` to ask for the next page with, null on the last."""

    follow_ups: list[FollowUpOut]
    next: int | None


class InsightFigure(Schema):
    """How many of how many, in a municipality; in all of a kind where `code` is empty. Both are null where hidden."""

    measure: str
    kind: str
    code: str
    name: str
    n: int | None
    events: int | None


class InsightOut(Schema):
    """The comparison that holds for a year. Without one there are no figures, and the year is null."""

    year: int | None
    day: date | None
    version: str | None
    figures: list[InsightFigure]


class Fault(Schema):
    """What is wrong, in words."""

    detail: str


class Invalid(Schema):
    """What is wrong with what was asked: where, and why."""

    detail: list[dict[str, object]]
