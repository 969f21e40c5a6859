"""What a plan says, as values: read from a version, written into one, compared, and given a fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.programme.models import CHILDCARE, Activity, Alternative, Goal, Plan, Slot

ENOUGH = 2
"""So many real alternatives are a choice."""


@dataclass(frozen=True)
class GoalText:
    """A goal; its number is the same in all versions, 0 while it has none."""

    words: str
    language: str = "da"
    own_words: bool = False
    danish: str = ""
    number: int = 0


@dataclass(frozen=True)
class Offer:
    """An alternative that the person was offered, and whether it could really have been had."""

    words: str
    real: bool = True


@dataclass(frozen=True)
class Time:
    """A stretch of a weekday (1 is Monday), in the weeks from `start` until before `end` where they are given."""

    weekday: int
    begins: time
    ends: time
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class ActivityText:
    """An activity with what was offered, and what the person chose and wished.

    Attributes
    ----------
    end : date
        The first day without it.
    chosen : int or None
        The position among `offers` of what the person chose.
    why_no_choice : str
        Why there were fewer than two real alternatives, where there were.
    """

    kind: str
    name: str
    place: str
    hours_a_week: Decimal
    start: date
    end: date
    offers: tuple[Offer, ...] = ()
    chosen: int | None = None
    wish: str = ""
    chosen_on: date | None = None
    with_interpreter: bool = False
    why_no_choice: str = ""
    times: tuple[Time, ...] = ()
    number: int = 0

    @property
    def asks_for_choice(self) -> bool:
        """Whether it is something that the person does, and so has a say in."""
        return self.kind != CHILDCARE

    @property
    def has_choice(self) -> bool:
        """Whether the person had a real choice and said what they want."""
        said = self.chosen is not None or bool(self.wish.strip())
        return said and sum(offer.real for offer in self.offers) >= ENOUGH

    def what_is_missing(self) -> str:
        """Say what an agreement on it still needs; nothing, if it has all."""
        if not self.asks_for_choice:
            return ""
        if len(self.offers) < ENOUGH:
            return _("%(name)s: der skal være tilbudt mindst to muligheder.") % {"name": self.name}
        if sum(offer.real for offer in self.offers) < ENOUGH and not self.why_no_choice.strip():
            return _("%(name)s: færre end to muligheder var reelle; skriv hvorfor.") % {"name": self.name}
        if self.chosen is None and not self.wish.strip():
            return _("%(name)s: personens valg eller eget ønske mangler.") % {"name": self.name}
        if self.chosen_on is None:
            return _("%(name)s: dagen for personens valg mangler.") % {"name": self.name}
        return ""


@dataclass(frozen=True)
class PlanText:
    """All that a version of a plan says."""

    goals: tuple[GoalText, ...] = ()
    activities: tuple[ActivityText, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash that is the same for the same text, and another for any other."""
        said = json.dumps(asdict(self), default=_written, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def with_goal(self, goal: GoalText) -> PlanText:
        """Give the text with a goal added, or written anew where its number is there."""
        return replace(self, goals=_with(self.goals, goal))

    def with_activity(self, activity: ActivityText) -> PlanText:
        """Give the text with an activity added, or written anew where its number is there."""
        return replace(self, activities=_with(self.activities, activity))

    def without_goal(self, number: int) -> PlanText:
        """Give the text without a goal."""
        return replace(self, goals=tuple(one for one in self.goals if one.number != number))

    def without_activity(self, number: int) -> PlanText:
        """Give the text without an activity."""
        return replace(self, activities=tuple(one for one in self.activities if one.number != number))


def _with(parts: tuple[Any, ...], part: Any) -> tuple[Any, ...]:
    if not part.number:
        return (*parts, replace(part, number=max((one.number for one in parts), default=0) + 1))
    if not any(one.number == part.number for one in parts):
        raise Refused(_("Den del af planen er der ikke mere."))
    return tuple(part if one.number == part.number else one for one in parts)


def _written(value: Any) -> str:
    # 30 and 30.0 hours are the same hours.
    return f"{value:.1f}" if isinstance(value, Decimal) else value.isoformat()


def text_of(plan: Plan) -> PlanText:
    """Read a version of a plan; four queries."""
    activities = plan.activities.prefetch_related("alternatives", "slots")
    return PlanText(tuple(_goal(row) for row in plan.goals.all()), tuple(_activity(row) for row in activities))


def _goal(row: Goal) -> GoalText:
    return GoalText(row.words, row.language, row.own_words, row.danish, row.number)


def _activity(row: Activity) -> ActivityText:
    offered = list(row.alternatives.all())
    chosen = next((position for position, one in enumerate(offered) if one.chosen), None)
    times = tuple(Time(one.weekday, one.begins, one.ends, one.start, one.end) for one in row.slots.all())
    return ActivityText(
        kind=row.kind,
        name=row.name,
        place=row.place,
        hours_a_week=row.hours_a_week,
        start=row.start,
        end=row.end,
        offers=tuple(Offer(one.words, one.real) for one in offered),
        chosen=chosen,
        wish=row.wish,
        chosen_on=row.chosen_on,
        with_interpreter=row.with_interpreter,
        why_no_choice=row.why_no_choice,
        times=in_order(times),
        number=row.number,
    )


def in_order(times: Iterable[Time]) -> tuple[Time, ...]:
    """Sort the times of an activity, those without dates first."""
    return tuple(sorted(times, key=lambda one: (one.start or date.min, one.weekday, one.begins)))


def store(plan: Plan, text: PlanText) -> None:
    """Put a text in the place of what a version said. Whoever calls makes sure that it may change."""
    plan.goals.all().delete()
    plan.activities.all().delete()
    Goal.objects.bulk_create(Goal(plan=plan, **asdict(goal)) for goal in text.goals)
    rows = Activity.objects.bulk_create(_row(plan, one) for one in text.activities)
    stored = list(zip(rows, text.activities, strict=True))
    Alternative.objects.bulk_create(
        Alternative(activity=row, number=position, words=offer.words, real=offer.real, chosen=position == one.chosen)
        for row, one in stored
        for position, offer in enumerate(one.offers)
    )
    Slot.objects.bulk_create(Slot(activity=row, **asdict(when)) for row, one in stored for when in one.times)


_OWN_TABLES = {"offers", "chosen", "times"}
_COLUMNS = tuple(one.name for one in fields(ActivityText) if one.name not in _OWN_TABLES)


def _row(plan: Plan, one: ActivityText) -> Activity:
    return Activity(plan=plan, **{name: getattr(one, name) for name in _COLUMNS})


@dataclass(frozen=True)
class Difference:
    """A goal or an activity in two versions; None where the version does not have it."""

    before: GoalText | ActivityText | None
    after: GoalText | ActivityText | None

    @property
    def kind(self) -> str:
        """Say what happened to it: ``new``, ``gone``, ``changed`` or ``same``."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        return "same" if self.before == self.after else "changed"


def compare(before: PlanText, after: PlanText) -> tuple[Difference, ...]:
    """Compare two versions part by part: goals first, then activities, each in the order of its number."""
    return (*_compared(before.goals, after.goals), *_compared(before.activities, after.activities))


def _compared(before: Iterable[Any], after: Iterable[Any]) -> Iterable[Difference]:
    old, new = ({one.number: one for one in parts} for parts in (before, after))
    return (Difference(old.get(number), new.get(number)) for number in sorted({*old, *new}))
