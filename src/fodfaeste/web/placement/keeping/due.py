"""When what is known of a household is deleted by rule, why then, and what holds it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from fodfaeste.rules import RuleSet, rule_book
from fodfaeste.web.placement.desk.domain.decisions import TOLD, with_objections
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.desk.statement import object_until
from fodfaeste.web.placement.forecasts.domain.reality import later
from fodfaeste.web.placement.keeping.models import Erasure, KeepingHold, Step

PACKAGE, RULES, TRACK = "fodfaeste.web.placement", "rules/denmark-keeping.toml", "keeping"
STEPS = (Step(Step.NEEDS), Step(Step.PERSONS))
"""In their order; the later one deletes what the earlier does as well."""
MONTHS: dict[Step, str] = dict(zip(STEPS, ("needs_months", "persons_months"), strict=True))
OBJECTION, HOLD = "objection", "hold"
"""What holds a deletion up."""


@dataclass(frozen=True)
class Keeping:
    """How long a household's data are kept.

    Attributes
    ----------
    settled : date or None
        The day from which months count; None as long as nothing is sent.
    months : mapping of step to int
    due : mapping of step to date
        The first day on which each step may be deleted; without those that are.
    held : str
        ``objection`` or ``hold``; empty where nothing holds it up.
    """

    settled: date | None
    months: dict[Step, int]
    due: dict[Step, date]
    held: str

    def is_due(self, step: Step, today: date) -> bool:
        """Say whether a step is to be deleted."""
        return not self.held and step in self.due and self.due[step] <= today

    @property
    def next(self) -> tuple[Step, date] | None:
        """The step that comes first, and its day."""
        return min(self.due.items(), key=lambda one: one[1], default=None)


def rules_on(day: date) -> RuleSet:
    """Give the rules of a day."""
    todo = "Write the rule of that day into the file."
    return rule_book(PACKAGE, RULES).in_force(day, TRACK, todo=todo)


def warned_until(today: date) -> date:
    """Give the last day whose deletions are on the page today."""
    return today + timedelta(days=int(rules_on(today)["warn_days"]))


def with_keeping(rows: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """Load households with what `keeping_of` needs to know of them."""
    done = Erasure.objects.using(rows.db).filter(arrival=OuterRef("pk"), step=Step.NEEDS)
    return with_objections(rows).annotate(
        last_at=Max("records__at"),
        sent_at=Max("records__at", filter=Q(records__act=PlacementRecord.Act.SENT)),
        on_hold=Exists(KeepingHold.objects.using(rows.db).filter(arrival=OuterRef("pk"), lifted=None)),
        without_needs=Exists(done),
    )


def keeping_of(arrival: Arrival, today: date) -> Keeping:
    """Say how long a household's data are kept, of one that `with_keeping` has loaded."""
    rules = rules_on(today)
    months = {step: int(rules[name]) for step, name in MONTHS.items()}
    held = OBJECTION if arrival.objects else HOLD if arrival.on_hold else ""
    if arrival.state not in TOLD or arrival.sent_at is None or arrival.erased:
        return Keeping(None, months, {}, held)
    settled = max(timezone.localdate(arrival.last_at), object_until(timezone.localdate(arrival.sent_at)))
    due = {step: later(settled, many) for step, many in months.items()}
    if arrival.without_needs:
        due.pop(STEPS[0])
    return Keeping(settled, months, due, held)
