"""The day's work: what is overdue, today's, this week's; and what of it a leader counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from fodfaeste.plan import ESCALATE_DAYS
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.covering import covered_by
from fodfaeste.web.programme.models import CountedFollowUp, FollowUp

A_PAGE = 200
"""Follow-ups that the day's page shows of each list; how many more there are, it says."""

SUNDAY = 6


@dataclass(frozen=True)
class Part:
    """One of the lists of a day, and how many it has in all."""

    rows: tuple[FollowUp, ...]
    count: int

    @property
    def more(self) -> int:
        """How many it does not show."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Day:
    """What there is to do: overdue, due today, and due on the later days of the week."""

    overdue: Part
    today: Part
    week: Part


@dataclass(frozen=True)
class Cases:
    """A caseload, looked up once for all that a page shows of it.

    Attributes
    ----------
    held : QuerySet of Responsibility
    persons : tuple of int
        Their numbers: asked within another query, PostgreSQL goes through a whole office for them.
    """

    held: QuerySet
    persons: tuple[int, ...]


def cases_of(viewer: Viewer, today: date) -> Cases:
    """Look up the own caseload; at most two queries."""
    held = caseload(viewer, today)
    return Cases(held, tuple(persons_in(held)))


def open_follow_ups(viewer: Viewer, *, own: bool, today: date, cases: Cases | None = None) -> QuerySet:
    """Give the follow-ups that nobody has held yet of programmes that run: of the viewer's own caseload, or of all.

    Rows of the own caseload have `for_whom`: the colleague for whom the viewer stands in, None where it is their own.
    Who has looked the caseload up already gives it as `cases`.
    """
    rows = visible(viewer, FollowUp).filter(held=None, programme__end=None)
    if own:
        cases = cases or cases_of(viewer, today)
        others = cases.held.exclude(worker=viewer.user).filter(person=OuterRef("programme__person"))
        rows = rows.filter(programme__person__in=cases.persons)
        rows = rows.annotate(for_whom=Subquery(others.values("worker__name")[:1]))
    return rows.select_related("programme__person", "programme__organisation", "reply").order_by("due", "hour", "pk")


def caseload(viewer: Viewer, today: date) -> QuerySet:
    """Give the responsibilities that somebody holds today themselves, or for a colleague for whom they stand in."""
    whose = Q(worker=viewer.user)
    for one in covered_by(viewer, today):
        whose |= Q(worker=one.worker, organisation=one.organisation)
    held = visible(viewer, Responsibility).filter(whose, start__lte=today)
    return held.filter(Q(end=None) | Q(end__gt=today))


def persons_in(held: QuerySet) -> list[int]:
    """List the persons of a caseload."""
    return list(held.order_by().values_list("person", flat=True))


def day_of(viewer: Viewer, *, own: bool, today: date, cases: Cases | None = None) -> Day:
    """Put together a day: one query where all of it has room on the page, at most seven, beside those of a caseload."""
    rows = open_follow_ups(viewer, own=own, today=today, cases=cases)
    sunday = today + timedelta(days=SUNDAY - today.weekday())
    if len(few := tuple(rows.filter(due__lte=sunday)[: A_PAGE + 1])) <= A_PAGE:
        return Day(
            _whole(one for one in few if one.due < today),
            _whole(one for one in few if one.due == today),
            _whole(one for one in few if one.due > today),
        )
    return Day(
        _part(rows.filter(due__lt=today)),
        _part(rows.filter(due=today)),
        _part(rows.filter(due__gt=today, due__lte=sunday)),
    )


def _whole(rows: Iterable[FollowUp]) -> Part:
    shown = tuple(rows)
    return Part(shown, len(shown))


def _part(rows: QuerySet) -> Part:
    shown = tuple(rows[:A_PAGE])
    return Part(shown, len(shown) if len(shown) < A_PAGE else rows.count())


@dataclass(frozen=True)
class Weight:
    """The caseload of a colleague: persons, and what is overdue among their follow-ups."""

    name: str
    persons: int
    overdue: int


def weights(viewer: Viewer, *, today: date) -> tuple[Weight, ...]:
    """Give the caseload of each colleague, the heaviest first; two queries."""
    held = visible(viewer, Responsibility).filter(start__lte=today).filter(Q(end=None) | Q(end__gt=today))
    overdue = visible(viewer, FollowUp).filter(held=None, programme__end=None, due__lt=today)
    late = dict(
        _counted(overdue.values_list("programme__person"))  # by person: whose they are stands with the responsibility
    )
    by_worker: dict[tuple[int, str], list[int]] = {}
    for worker, name, person in held.values_list("worker", "worker__name", "person"):
        by_worker.setdefault((worker, name), []).append(person)
    found = [
        Weight(name, len(persons), sum(late.get(person, 0) for person in persons))
        for (_worker, name), persons in by_worker.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.persons, one.name)))


def _counted(rows: QuerySet) -> Any:
    return rows.order_by().annotate(count=Count("pk", distinct=True))


@dataclass(frozen=True)
class Missed:
    """What a leader is told of one kind of follow-up: how many are overdue, and how many for a week or more."""

    words: Mapping[str, str]
    overdue: int
    climbed: int


def missed(viewer: Viewer, *, today: date) -> tuple[Missed, ...]:
    """Count what was missed in the municipalities that somebody leads, by kind; one query, no person in it."""
    late = visible(viewer, CountedFollowUp).filter(held=None, programme__end=None, due__lt=today)
    climbed = Q(due__lte=today - timedelta(days=ESCALATE_DAYS))
    rows = (
        late.order_by()
        .values("code")
        .annotate(overdue=Count("pk", distinct=True), climbed=Count("pk", filter=climbed, distinct=True))
    )
    return tuple(Missed(kind_words(row["code"]), row["overdue"], row["climbed"]) for row in rows.order_by("code"))


def kind_words(code: str) -> Mapping[str, str]:
    """Say what kind of follow-up a code is, in a few words that name nobody."""
    return KINDS.get(code, {"da": "Opfølgning", "en": "Follow-up"})


KINDS: Mapping[str, Mapping[str, str]] = {
    "first_talk": {"da": "Første samtale", "en": "First talk"},
    "plan_talk": {"da": "Samtale om planen", "en": "Talk on the plan"},
    "plan_evaluation": {"da": "Evaluering af planen", "en": "Evaluation of the plan"},
    "traineeship_first": {"da": "Opfølgning på praktik, 14 dage", "en": "Follow-up of a traineeship, 14 days"},
    "traineeship_second": {"da": "Opfølgning på praktik, 3 måneder", "en": "Follow-up of a traineeship, 3 months"},
    "what_now_talk": {"da": "Samtale om, hvad der nu skal ske", "en": "Talk on what comes now"},
    "agreed": {"da": "Aftalt opfølgning", "en": "Agreed follow-up"},
}
"""Kinds of follow-ups in a few words."""
