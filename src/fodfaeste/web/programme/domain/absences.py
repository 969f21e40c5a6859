"""Days on which somebody did not come. They are listed; nothing is reduced by them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.programme.models import Absence, Programme
from fodfaeste.web.programme.permissions import refuse_strangers


@transaction.atomic
def mark_absent(
    programme: Programme, *, by: User, day: date, reason: str, words: str = "", lawful: bool | None = None
) -> Absence:
    """Note a day of absence; noted again it is the same day, with what is known now.

    Raises
    ------
    Refused
        If the day lies outside the programme.
    """
    refuse_strangers(by, programme.person)
    if day < programme.start or (programme.end is not None and day >= programme.end):
        raise Refused(_("Den dag var personen ikke i programmet."))
    known = {"reason": reason, "words": words, "lawful": lawful, "noted_by": by}
    return Absence.objects.update_or_create(programme=programme, day=day, defaults=known)[0]


@transaction.atomic
def tell_absent(
    programme: Programme, *, by: User, day: date, reason: str, words: str, told: Absence | None, told_by: int | None
) -> Absence | None:
    """Note a day of absence as somebody tells it who does not judge it, such as a school; who may, they have asked.

    What the municipality has noted or judged itself stays as it is.

    Parameters
    ----------
    told : Absence or None
        What was told of the day before.
    told_by : int or None
        The user who told it: whoever has written in it since has made it theirs.

    Returns
    -------
    Absence or None
        The row that says what was told; None where the municipality's own stands in its place.
    """
    there = Absence.objects.select_for_update(of=("self",)).filter(programme=programme, day=day).first()
    known = {"reason": reason, "words": words, "noted_by": by}
    if there is None:
        return Absence.objects.create(programme=programme, day=day, **known)
    if told is None or there.pk != told.pk or is_judged(there, told_by):
        return None
    for name, value in known.items():
        setattr(there, name, value)
    there.save(update_fields=[*known])
    return there


def take_back(told: Absence, *, told_by: int | None) -> bool:
    """Take back a day of absence that was told by mistake, unless the municipality has judged it; say whether it is."""
    there = Absence.objects.select_for_update(of=("self",)).filter(pk=told.pk).first()
    if there is None or is_judged(there, told_by):
        return False
    there.delete()
    return True


def is_judged(absence: Absence, told_by: int | None) -> bool:
    """Say whether the municipality has written in a day of absence since somebody told it."""
    return absence.lawful is not None or absence.noted_by_id != told_by
