"""A household answers what it wishes: page by page as a draft, and then for good, as long as nothing is sent to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.placement.desk.domain.decisions import TOLD
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish, Asking
from fodfaeste.web.placement.door.models import WishDraft

Answers = dict[str, list[dict[str, Any]]]
"""What was answered, by page, a row each."""
MOST = 40
"""Wishes of one household."""


def draft_of(viewer: Viewer) -> Answers | None:
    """Give what a household has answered and not sent; None where it has not begun."""
    kept = visible(viewer, WishDraft).filter(arrival=viewer.arrival).first()
    return None if kept is None else json.loads(kept.pages)


@transaction.atomic
def keep(viewer: Viewer, answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Keep answers that are not sent yet.

    Raises
    ------
    Refused
        If the decision is sent.
    """
    arrival = _own(viewer)
    WishDraft.objects.update_or_create(arrival=arrival, defaults={"pages": json.dumps(answers)})


@transaction.atomic
def answer(viewer: Viewer, *, link: int, wishes: Sequence[Mapping[str, Any]]) -> Asking:
    """Let a household say its wishes, or without any that it has none; what it said before is replaced.

    What an officer has written down, such as where a treatment is to be had, stays.

    Parameters
    ----------
    viewer : Viewer
        The household, as the gate knows it.
    link : int
        The number of the link that it came by.

    Raises
    ------
    Refused
        If the decision is sent, or there are too many wishes.
    """
    arrival = _own(viewer)
    if len(wishes) > MOST:
        raise Refused(_("Det er for mange ønsker på én gang. Vælg de vigtigste."))
    arrival.wishes.filter(origin=ArrivalWish.Origin.HOUSEHOLD).delete()
    ArrivalWish.objects.bulk_create(
        ArrivalWish(arrival=arrival, origin=ArrivalWish.Origin.HOUSEHOLD, **one) for one in wishes
    )
    arrival.version += 1
    arrival.save(update_fields=["version"])
    WishDraft.objects.filter(arrival=arrival).delete()
    act = Asking.Act.ANSWERED if wishes else Asking.Act.NONE
    return Asking.objects.create(arrival=arrival, act=act, own_link=link)


def _own(viewer: Viewer) -> Arrival:
    """Take the household that somebody is, for a change of its wishes."""
    found = visible(viewer, Arrival).filter(pk=viewer.arrival).select_for_update(of=("self",)).first()
    if viewer.arrival is None or found is None:
        raise Refused(_("Husstanden er ikke jeres."))
    if found.state in TOLD:
        raise Refused(
            _("Afgørelsen er sendt, så ønskerne kan ikke ændres mere. Er I uenige, så skriv det under afgørelsen.")
        )
    return found
