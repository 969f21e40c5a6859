"""The weight of caseloads: how many cases each colleague has, what they weigh, what of it is late. Nobody is named."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Count, F, Q

from fodfaeste.web.accounts.models import Membership, Organisation
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.cases import cases_of
from fodfaeste.web.programme.domain.follow_ups import AGREED
from fodfaeste.web.programme.models import FollowUp, JournalNote

PARTS = ("case", "new", "interpreter", "overdue")


@dataclass(frozen=True)
class Part:
    """One thing that a case weighs for.

    Attributes
    ----------
    adds : Decimal
    days : int
        How long it counts, where it does so for a time; 0 elsewhere.
    words : mapping
        Why, in Danish and English.
    """

    adds: Decimal
    days: int
    words: Mapping[str, str]


@dataclass(frozen=True)
class Weights:
    """What cases weigh from a day on, and whence the weights are."""

    since: date
    source: Mapping[str, str]
    parts: Mapping[str, Part]

    def of(self, *, new: bool, interpreter: bool, overdue: bool) -> Decimal:
        """Weigh a case."""
        counts = {"case": True, "new": new, "interpreter": interpreter, "overdue": overdue}
        return sum((self.parts[name].adds for name in PARTS if counts[name]), Decimal(0))


def weights_on(day: date) -> Weights:
    """Give the weights that hold on a day: the last that have begun, and before the first the first."""
    begun = [one for one in _all() if one.since <= day]
    return begun[-1] if begun else _all()[0]


@cache
def _all() -> tuple[Weights, ...]:
    text = files("fodfaeste.web.handover").joinpath("weights.toml").read_text("utf-8")
    found = [_weights(raw) for raw in tomllib.loads(text, parse_float=Decimal)["weights"]]
    return tuple(sorted(found, key=lambda one: one.since))


def _weights(raw: dict[str, Any]) -> Weights:
    parts = {name: Part(raw[name]["adds"], raw[name].get("days", 0), _both(raw[name])) for name in PARTS}
    return Weights(raw["since"], _both(raw["source"]), parts)


def _both(raw: Mapping[str, Any]) -> dict[str, str]:
    return {"da": raw["da"], "en": raw["en"]}


@dataclass(frozen=True)
class Colleague:
    """The caseload of one who works in an office, as numbers.

    Attributes
    ----------
    new, interpreter, late : int
        How many of the cases are in their first months, had a talk with an interpreter, have something overdue.
    promises, open, overdue : int
        Follow-ups that were agreed, all that are not held, and those of them that are overdue.
    until : date or None
        The first day without a role here; None while it has no end. Today or before: they have none any more.
    """

    pk: int
    name: str
    cases: int
    weight: Decimal
    new: int
    interpreter: int
    late: int
    promises: int
    open: int
    overdue: int
    until: date | None
    has_role: bool


def caseloads(organisation: Organisation, *, today: date) -> tuple[Colleague, ...]:
    """Weigh the caseload of everybody who works in an office or has a case there, the heaviest first; four queries."""
    with seeing([organisation.pk]):
        held = list(_held(organisation, today))
        follow_ups = {row["person"]: row for row in _follow_ups(organisation, today)}
        weights = weights_on(today)
        talked = set(_with_interpreter(organisation, today - timedelta(days=weights.parts["interpreter"].days)))
    names, cases = dict[int, str](), dict[int, list[tuple[int, date]]]()
    for person, takeover, worker, name in held:
        names[worker] = name
        cases.setdefault(worker, []).append((person, takeover))
    ends = _roles(organisation, today, names)
    new_from = today - timedelta(days=weights.parts["new"].days)
    found = []
    for worker, name in names.items():
        count: Counter[str] = Counter()
        weight = Decimal(0)
        for person, takeover in cases.get(worker, []):
            row = follow_ups.get(person, {"agreed": 0, "open": 0, "overdue": 0})
            marks = {"new": takeover > new_from, "interpreter": person in talked, "overdue": row["overdue"] > 0}
            weight += weights.of(**marks)
            count.update({"cases": 1, "new": marks["new"], "interpreter": marks["interpreter"]})
            count.update({"late": marks["overdue"], "agreed": row["agreed"], "open": row["open"]})
            count.update({"overdue": row["overdue"]})
        found.append(
            Colleague(
                worker,
                name,
                count["cases"],
                weight,
                count["new"],
                count["interpreter"],
                count["late"],
                count["agreed"],
                count["open"],
                count["overdue"],
                ends.get(worker),
                worker in ends,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.weight, one.name)))


def _held(organisation: Organisation, today: date) -> Iterable[tuple[int, date, int, str]]:
    rows = cases_of(organisation, today).order_by("pk")
    return rows.values_list("person", "person__takeover_date", "worker", "worker__name")


def _follow_ups(organisation: Organisation, today: date) -> Iterable[dict[str, int]]:
    rows = FollowUp.objects.filter(programme__organisation=organisation, programme__end=None, held=None)
    return (
        rows.order_by()
        .values(person=F("programme__person"))
        .annotate(
            open=Count("pk"),
            agreed=Count("pk", filter=Q(code=AGREED)),
            overdue=Count("pk", filter=Q(due__lt=today)),
        )
    )


def _with_interpreter(organisation: Organisation, since: date) -> Iterable[int]:
    rows = JournalNote.objects.filter(organisation=organisation, with_interpreter=True, day__gte=since)
    return rows.order_by().values_list("person", flat=True).distinct()


def _roles(organisation: Organisation, today: date, names: dict[int, str]) -> dict[int, date | None]:
    """Say until when each works here, adding those without a case to the names; who has no role today is not there."""
    rows = Membership.objects.on(today).filter(organisation=organisation, role__in=CASEWORK, user__is_active=True)
    ends: dict[int, date | None] = {}
    for worker, name, end in rows.values_list("user", "user__name", "end"):
        names.setdefault(worker, name)
        last = ends.get(worker, end)
        ends[worker] = None if end is None or last is None else max(end, last)
    return ends
