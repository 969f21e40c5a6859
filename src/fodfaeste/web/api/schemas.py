"""What answers look like."""

from __future__ import annotations

from datetime import date

from ninja import Schema


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


class Fault(Schema):
    """What is wrong, in words."""

    detail: str


class Invalid(Schema):
    """What is wrong with what was asked: where, and why."""

    detail: list[dict[str, object]]
