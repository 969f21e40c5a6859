"""A municipality has somebody taught at a school: enrolled, told the school what it may know, and ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.learning.domain.levels import set_level
from fodfaeste.web.learning.models import Enrolment
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.permissions import refuse_strangers

WEEKDAYS = frozenset(range(1, 8))


def enrol(
    person: Person,
    *,
    school: Organisation,
    organisation: Organisation,
    start: date,
    end: date | None = None,
    level: str = "",
    days: Collection[int] = (),
    called: str = "",
    activity: int | None = None,
    by: User,
) -> Enrolment:
    """Enrol somebody at a language school from a day on.

    Parameters
    ----------
    organisation : Organisation
        The municipality that has them taught: their school sees them as long as it is responsible.
    end : date, optional
        The first day no longer there, where it is known.
    level : str
        Where they begin, as in `levels.LEVELS`; empty where nobody knows yet.
    days : collection of int
        Days of the week on which they can be taught (1 is Monday); none where any suits.
    called : str
        What they are called at the school, where that is not their name.
    activity : int or None
        The number of the plan's activity of Danish that is taught there; any of them without it.

    Raises
    ------
    Refused
        If the person is not the office's, it is no school, or they are enrolled there at the time already.
    """
    refuse_strangers(by, person)
    if school.kind != Kind.SCHOOL:
        raise Refused(_("%(school)s er ikke en sprogskole.") % {"school": school})
    if end is not None and end <= start:
        raise Refused(_("Den første dag uden skolen skal være efter den første dag på den."))
    there = _("Personen er allerede indskrevet på %(school)s i perioden. Afslut det først, eller ret datoerne.")
    with change(by), in_words(there % {"school": school}):
        row = Enrolment.objects.create(
            person=person,
            organisation=organisation,
            school=school,
            start=start,
            end=end,
            days=_known(days),
            called=called.strip(),
            activity=activity,
            made_by=by,
        )
        if level:
            set_level(row, level=level, day=start, by=by)
    return row


def change_enrolment(
    row: Enrolment,
    *,
    days: Collection[int],
    called: str,
    activity: int | None = None,
    version: int,
    by: User,
) -> Enrolment:
    """Tell the school something else: other possible days, another name, another activity of the plan.

    Raises
    ------
    Refused
        If the person is not the office's; `Clash` where somebody else has saved it meanwhile.
    """
    refuse_strangers(by, row.person)
    with change(by):
        return save(row, version, {"days": _known(days), "called": called.strip(), "activity": activity})


def end_enrolment(row: Enrolment, *, end: date, version: int, by: User) -> Enrolment:
    """End an enrolment on a day, the first on which they are no longer at the school.

    Raises
    ------
    Refused
        If the person is not the office's, or the day is not after the first; `Clash` where it was saved meanwhile.
    """
    refuse_strangers(by, row.person)
    if end <= row.start:
        raise Refused(_("Den første dag uden skolen skal være efter den første dag på den."))
    there = _("Personen er indskrevet igen på %(school)s, før det slutter.")
    with change(by), in_words(there % {"school": row.school}):
        return save(row, version, {"end": end, "ended_by": by})


def end_all(person: Person, office: Organisation, day: date) -> None:
    """End what an office arranged for somebody who is not its own from a day on; what was to begin then is gone.

    To be called inside `change`, by whoever closes the file.
    """
    rows = Enrolment.objects.filter(Q(end=None) | Q(end__gt=day), person=person, organisation=office)
    for row in rows.filter(start__gte=day):
        row.attendance.all().delete()
        row.steps.all().delete()
        row.delete()
    for row in rows.filter(start__lt=day):
        row.end = day
        row.version += 1
        row.save(update_fields=["end", "version"])


def _known(days: Collection[int]) -> list[int]:
    found = sorted({*map(int, days)})
    if not WEEKDAYS.issuperset(found):
        raise Refused(_("Ugens dage er 1 til 7."))
    return found
