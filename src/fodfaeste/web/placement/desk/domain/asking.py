"""Whether a household was asked what it wishes, and what it answered: not asked, no answer yet, wishes, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.domain.arrivals import still_waiting
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish, Asking

Act = Asking.Act
NOT_ASKED, KNOWN = "not_asked", "known"
"""States without a row: nobody has asked, or wishes were written down before anybody noted who said them when."""


@dataclass(frozen=True)
class Asked:
    """How far a household has come with its wishes.

    Attributes
    ----------
    state : {"not_asked", "known", "asked", "answered", "none"}
    at : datetime or None
    oneself : bool
        Whether the household answered on its own page.
    """

    state: str = NOT_ASKED
    at: datetime | None = None
    oneself: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it has answered."""
        return self.state in {Act.ANSWERED, Act.NONE, KNOWN}


def asked_of(arrival: Arrival) -> Asked:
    """Say how far a household has come with its wishes; `askings` and `wishes` may be loaded."""
    rows = list(arrival.askings.all())
    if not rows:
        return Asked(KNOWN if list(arrival.wishes.all()) else NOT_ASKED)
    return Asked(rows[-1].act, rows[-1].at, rows[-1].by_id is None)


def note_asked(arrival: Arrival, *, by: User) -> None:
    """Write down that a household was asked; what it has answered stays."""
    if not asked_of(arrival).is_answer:
        Asking.objects.create(arrival=arrival, act=Act.ASKED, by=by)


def note_spoken(arrival: Arrival, *, act: Any, by: User) -> Asking:
    """Write down that an officer has asked a household by word of mouth, or that it has told them it has no wish.

    Raises
    ------
    Refused
        If it does not wait any more, has answered already, or has wishes.
    """
    with change(by), seeing([arrival.organisation_id]):
        found = still_waiting(arrival, by)
        if act == Act.ASKED and asked_of(found).is_answer:
            raise Refused(_("Husstanden har svaret."))
        said = found.wishes.exclude(kind=ArrivalWish.Kind.TREATMENT)
        if act == Act.NONE and said.exists():
            raise Refused(_("Husstanden har ønsker. Fjern dem først, hvis den ikke har dem mere."))
        return Asking.objects.create(arrival=found, act=act, by=by)
