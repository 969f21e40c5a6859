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
