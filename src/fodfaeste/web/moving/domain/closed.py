"""What an office reads in a file that it has closed: what it kept, its plans, its follow-ups and its notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.moving.models import ClosedCase
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    LanguageSkill,
    Need,
    Occupation,
    ResidenceSpell,
    Wish,
)
from fodfaeste.web.people.permissions import looking_back
from fodfaeste.web.programme.domain.text import PlanText, text_of
from fodfaeste.web.programme.models import FollowUp, JournalNote, Plan, Programme

NOTES = 500
"""Notes that a page shows, the newest."""


@dataclass(frozen=True)
class ClosedFile:
    """A closed file as its page shows it.

    Attributes
    ----------
    plans : tuple of (Plan, PlanText)
        The versions that hold or held, the newest first.
    """

    residence: tuple[ResidenceSpell, ...]
    work: tuple[EmploymentSpell, ...]
    languages: tuple[LanguageSkill, ...]
    occupations: tuple[Occupation, ...]
    wishes: tuple[Wish, ...]
    needs: tuple[Need, ...]
    consents: tuple[Consent, ...]
    programmes: tuple[Programme, ...]
    plans: tuple[tuple[Plan, PlanText], ...]
    follow_ups: tuple[FollowUp, ...]
    notes: tuple[JournalNote, ...]


def file_of(closed: ClosedCase, viewer: Viewer) -> ClosedFile:
    """Read a closed file: what stayed with the office, and nothing that was written elsewhere."""
    office, person = closed.organisation_id, closed.person_id
    back = looking_back(Viewer(viewer.user, frozenset({(office, Role.WORKER)})))

    def kept(model: Any, *order: str) -> tuple[Any, ...]:
        return tuple(visible(back, model).filter(person=person).order_by(*order, "pk"))

    plans = visible(back, Plan).filter(programme__person=person).exclude(state=Plan.State.DRAFT)
    held = visible(back, FollowUp).filter(programme__person=person).select_related("held_by")
    notes = visible(back, JournalNote).filter(person=person, corrects=None).select_related("author", "corrected_by")
    return ClosedFile(
        residence=kept(ResidenceSpell, "-start"),
        work=kept(EmploymentSpell, "-start"),
        languages=kept(LanguageSkill, "language"),
        occupations=kept(Occupation, "-last_year"),
        wishes=kept(Wish, "-said"),
        needs=kept(Need, "-noted"),
        consents=kept(Consent, "-given"),
        programmes=kept(Programme, "-start"),
        plans=tuple((plan, text_of(plan)) for plan in plans.order_by("-programme__start", "-number")[:VERSIONS]),
        follow_ups=tuple(held.order_by("due", "pk")),
        notes=tuple(notes[:NOTES]),
    )


VERSIONS = 3
"""Versions of the plan that a page shows, the newest: each is read with its own questions to the database."""
