"""How many activities came about by a real choice."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.text import ENOUGH
from fodfaeste.web.programme.models import CHILDCARE, Activity, Alternative, Plan


@dataclass(frozen=True)
class ChoiceShare:
    """So many activities of plans that hold came about by a real choice, of so many.

    A real choice is: at least two alternatives that could be had, and the person's own choice among them or wish.
    """

    chosen: int
    of: int

    @property
    def per_cent(self) -> int | None:
        """The share; None where there is nothing to have a share of."""
        return round(100 * self.chosen / self.of) if self.of else None


def choice_share(viewer: Viewer) -> ChoiceShare:
    """Count over all plans that hold and that somebody may see; one query."""
    held = visible(viewer, Activity).filter(plan__state=Plan.State.APPROVED).exclude(kind=CHILDCARE)
    offered = Alternative.objects.filter(activity=OuterRef("pk"))
    said = ~Q(wish="") | Exists(offered.filter(chosen=True))
    # The gate's rows are distinct by joins of their own; counting alternatives beside them would count them over.
    rows = Activity.objects.filter(pk__in=held.values("pk")).annotate(
        real=Count("alternatives", filter=Q(alternatives__real=True))
    )
    found = rows.annotate(by_choice=Q(real__gte=ENOUGH) & said).values_list("by_choice", flat=True)
    kept = list(found)
    return ChoiceShare(sum(map(bool, kept)), len(kept))
