"""Drafts of forms about a person: kept as they are typed, for their writer alone, and let go when they have served.

A draft is what one user has written in one form about one person and not saved. A script sends it every few seconds
(`base/drafts.js`). Two windows of the same user may write in the same form: the later wins, and what the other had is
kept beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import Draft
from fodfaeste.web.programme.permissions import refuse_strangers

DAYS = 30
"""So long a draft is kept that nobody has touched."""

LARGE = 200_000
"""Signs that a draft may have."""

Fields = tuple[tuple[str, str], ...]
"""What was typed: a name stands as often as it has values."""


@dataclass(frozen=True)
class Kept:
    """A draft as its window is told of it.

    Attributes
    ----------
    edits : int
        How often it has been written; a window that saves says which it knew.
    other : tuple of (name, value)
        What another window had written; empty where none had.
    """

    fields: Fields
    edits: int
    saved: datetime
    other: Fields = ()


@transaction.atomic
def keep_draft(person: Person, *, by: User, address: str, fields: Fields, window: str, seen: int = 0) -> Kept:
    """Keep what somebody has written in a form so far.

    Parameters
    ----------
    address : str
        Where the form is sent.
    window : str
        Which window of the browser it is written in.
    seen : int
        The draft's `edits` that this window knew.

    Raises
    ------
    Refused
        If the person is not the office's, or it is more than a form holds.
    """
    refuse_strangers(by, person)
    if sum(len(value) for _name, value in fields) > LARGE:
        raise Refused(_("Kladden er for lang til at blive gemt undervejs. Gem formularen."))
    text, now = _packed(fields), timezone.now()
    rows = Draft.objects.select_for_update()
    begun = {"fields": text, "window": window, "saved": now}
    row, _made = rows.get_or_create(user=by, person=person, address=address, defaults=begun)
    if row.window != window and row.edits != seen and row.fields != text:
        row.other = row.fields
    row.fields, row.window, row.edits, row.saved = text, window, row.edits + 1, now
    row.save()
    return _kept(row)


def draft_of(viewer: Viewer, person: Person, address: str) -> Kept | None:
    """Give what somebody has written in a form about a person and not saved."""
    rows = visible(viewer, Draft).filter(person=person, address=address, saved__gt=_oldest())
    row = rows.first()
    return None if row is None else _kept(row)


def drop_draft(person: Person, *, by: User, address: str = "") -> None:
    """Let go of somebody's draft of a form about a person, or of all that they have of the person."""
    rows = Draft.objects.filter(user=by, person=person)
    (rows.filter(address=address) if address else rows).delete()


def has_served(address: str, *, by: User) -> None:
    """Let go of the draft of a form that has been saved."""
    Draft.objects.filter(user=by, address=address).delete()


def forget_old() -> int:
    """Let go of all drafts that nobody has touched for long; give how many."""
    return Draft.objects.filter(saved__lte=_oldest()).delete()[0]


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=DAYS)


def _packed(fields: Iterable[tuple[str, str]]) -> str:
    return json.dumps(list(fields), ensure_ascii=False)


def _unpacked(text: str | None) -> Fields:
    return tuple((name, value) for name, value in json.loads(text)) if text else ()


def _kept(row: Draft) -> Kept:
    return Kept(_unpacked(row.fields), row.edits, row.saved, _unpacked(row.other))
