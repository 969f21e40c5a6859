"""How many activities came about by a real choice: counted when a plan begins to hold, shown with an interval."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from fodfaeste.measure.intervals import interval
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.text import PlanText
from fodfaeste.web.programme.models import ChoiceCount, Programme


@dataclass(frozen=True)
class ChoiceShare:
    """So many activities came about by a real choice, of so many.

    A real choice is: at least two alternatives that could be had, and the person's own choice among them or wish.
    """

    chosen: int
    of: int

    @property
    def per_cent(self) -> int | None:
        """The share; None where there is nothing to have a share of."""
        return round(100 * self.chosen / self.of) if self.of else None

    @property
    def between(self) -> tuple[int, int] | None:
        """The 95 % interval of the share in per cent (Wilson); None where there is no share."""
        if not self.of:
            return None
        low, high = interval(self.chosen, self.of)
        return round(100 * float(low)), round(100 * float(high))


def choices_in(text: PlanText) -> ChoiceShare:
    """Count in a plan."""
    asked = [one for one in text.activities if one.asks_for_choice]
    return ChoiceShare(sum(one.has_choice for one in asked), len(asked))


def count_choices(programme: Programme, text: PlanText) -> None:
    """Write down the count of the plan that holds from now on."""
    found = choices_in(text)
    ChoiceCount.objects.update_or_create(programme=programme, defaults={"chosen": found.chosen, "of": found.of})


def choice_share(viewer: Viewer) -> ChoiceShare:
    """Count over all plans that hold, of the municipality that somebody works in or leads; one query."""
    rows = visible(viewer, ChoiceCount)
    if viewer.has(Role.LEADER):
        # What leaders count does not ask who is responsible today, and so finds a row once for each who has been.
        rows = ChoiceCount.objects.filter(pk__in=rows.values("pk"))
    found = rows.aggregate(chosen=Sum("chosen"), of=Sum("of"))
    return ChoiceShare(found["chosen"] or 0, found["of"] or 0)
