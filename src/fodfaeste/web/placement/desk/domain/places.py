"""Writing down what a municipality has: by an officer of an agency, or by the municipality itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.figures import PlaceFigure
from fodfaeste.web.placement.desk.permissions import may_say


@dataclass(frozen=True)
class Figure:
    """A figure as it is said: of what, how many or which share, the day it is of, and from when it is free."""

    topic: str
    key: str
    value: float
    of: date | None
    free_from: date | None = None

    @property
    def about(self) -> tuple[str, str, date | None]:
        """What it is about: of that there is one."""
        return self.topic, self.key, self.free_from


def say_figures(office: Organisation, code: str, figures: Iterable[Figure], *, topics: Iterable[str], by: User) -> None:
    """Write down what an office says of a municipality: all it says of some topics, in place of what it said before.

    What it said before and says again keeps who wrote it and when.

    Raises
    ------
    Refused
        If whoever writes may not speak of the municipality for the office, or a figure is of a day that is not yet.
    """
    told = list(figures)
    today = timezone.localdate()
    if any(one.of is not None and one.of > today for one in told):
        raise Refused(_("Tallene kan ikke være opgjort på en dag, der ikke er kommet endnu. Ret datoen."))
    if len({one.about for one in told}) < len(told):
        raise Refused(_("Det samme står to gange. Skriv det ét sted, eller ret, fra hvornår det er ledigt."))
    with change(by):
        must_say(by, office, code)
        before = list(PlaceFigure.objects.filter(said_by=office, code=code, topic__in=list(topics)))
        kept = {_as_said(one): one.pk for one in before if _as_said(one) in told}
        PlaceFigure.objects.filter(pk__in=[one.pk for one in before if one.pk not in kept.values()]).delete()
        PlaceFigure.objects.bulk_create(
            PlaceFigure(
                said_by=office,
                code=code,
                topic=one.topic,
                key=one.key,
                value=one.value,
                of=one.of,
                free_from=one.free_from,
                by=by,
            )
            for one in told
            if one not in kept
        )


def must_say(by: User, office: Organisation, code: str) -> None:
    """Refuse whoever may not speak of a municipality for an office today.

    Raises
    ------
    Refused
    """
    if not by.is_active or not may_say(viewer_of(by, timezone.localdate()), office, code):
        raise Refused(_("Det kan kun en visitator i styrelsen, eller en leder eller medarbejder i kommunen selv."))


def _as_said(row: PlaceFigure) -> Figure:
    return Figure(row.topic, row.key, row.value, row.of, row.free_from)
