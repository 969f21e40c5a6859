"""A municipality's register is handed out; to whom, when, of how many, and which file it was, is written down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.base.packages import Made
from fodfaeste.web.people.models import RegisterExport
from fodfaeste.web.people.register import offices_of, packed, register_tables


@dataclass(frozen=True)
class HandedOut:
    """A register as a ZIP file, with what was written down of it, and whose rows are in it."""

    export: RegisterExport
    content: bytes
    persons: tuple[int, ...]


@transaction.atomic
def hand_out(organisation: Organisation, *, by: User, day: date) -> HandedOut:
    """Hand out the register of a municipality as it was known on a day.

    Raises
    ------
    Refused
        If `by` is neither leader nor analyst there.
    """
    if organisation.pk not in offices_of(viewer_of(by, timezone.localdate())):
        raise Refused(_("Kun ledere og analytikere i kommunen kan hente dens register."))
    register = register_tables(organisation, day=day)
    content = packed(register, Made(str(by), (organisation.name,), timezone.localtime()))
    export = RegisterExport.objects.create(
        organisation=organisation,
        by=by,
        day=day,
        persons=len(register.persons),
        left_out=register.left_out,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return HandedOut(export, content, register.persons)
