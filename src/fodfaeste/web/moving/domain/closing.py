"""Closing an office's file of a person: responsibility and programme end, what does not go along stays with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.learning.domain.enrolments import end_all
from fodfaeste.web.moving.domain.preparing import works_in
from fodfaeste.web.moving.groups import Group, rows_of
from fodfaeste.web.moving.models import ClosedCase, Move
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.models import Kept, Person, Responsibility
from fodfaeste.web.programme.models import Programme


def close_file(
    person: Person,
    office: Organisation,
    *,
    day: date,
    why: str,
    along: Iterable[str] = (),
    move: Move | None = None,
) -> ClosedCase | None:
    """Close an office's file of a person on a day; to be called inside `change`, by whom the wall lets see the office.

    Parameters
    ----------
    day : date
        The first day on which the office is responsible no longer. Where it lies ahead, all that follows is written
        with that day, and comes about by itself.
    along : iterable of str
        The groups that go along with the person; everything else is kept.

    Returns
    -------
    ClosedCase or None
        None where the office is not responsible on the day before.

    Raises
    ------
    Refused
        Where something of the file begins only on that day or later.
    """
    held = Responsibility.objects.select_for_update(of=("self",)).filter(person=person, organisation=office)
    held = held.filter(Q(end=None) | Q(end__gt=day))
    last = held.filter(start__lt=day).first()
    if last is None:
        return None
    # A colleague who was to take the case over later takes over nothing.
    held.filter(start__gte=day).delete()
    last.end = day
    last.save(update_fields=["end"])
    _end_programmes(person, office, day)
    end_all(person, office, day)
    keep(person, office, along)
    return ClosedCase.objects.create(
        person=person,
        organisation=office,
        worker=last.worker,
        day=day,
        why=why,
        gone_along=[group.value for group in Group if group in set(along)],
        move=move,
        name=str(person),
        case_number=person.case_number,
        birth_date=person.birth_date,
    )


def _end_programmes(person: Person, office: Organisation, day: date) -> None:
    for programme in running(person, office, day):
        if programme.start >= day:
            raise Refused(
                _("%(who)s har et program hos jer, der først begynder %(day)s. Afslut det, før sagen lukkes.")
                % {"who": person, "day": date_format(programme.start)}
            )
        programme.end = day
        programme.save(update_fields=["end"])


def running(person: Person, office: Organisation, day: date) -> list[Programme]:
    """Give the programmes of an office that have not ended before a day: one at most, unless one is still to begin."""
    rows = Programme.objects.filter(person=person, organisation=office).filter(Q(end=None) | Q(end__gt=day))
    return list(rows.order_by("start"))


def keep(person: Person, office: Organisation, along: Iterable[str]) -> None:
    """Mark what stays with an office; what it had kept before of a group that goes along goes along now."""
    going = set(along)
    for group in Group:
        for rows in rows_of(group, person):
            if group in going:
                _let_go(rows.filter(kept_by=office))
            else:
                rows.filter(kept_by=None).update(kept_by=office)


def _let_go(rows: Iterable[Kept]) -> None:
    for row in rows:
        row.kept_by = None
        try:
            with transaction.atomic():
                row.save(update_fields=["kept_by"])
        except IntegrityError:
            # The same has been written since, and goes along in its place.
            continue


def reopen(closed: ClosedCase, *, by: User) -> Responsibility:
    """Take a file up again that was closed because somebody left the country or died, where that was wrong or is over.

    Raises
    ------
    Refused
        Where the person has moved to another municipality, or one is responsible for them.
    """
    today = timezone.localdate()
    if not works_in(by, closed.organisation, today):
        raise Refused(_("Kun den kommune, der lukkede sagen, kan genåbne den."))
    if closed.why == ClosedCase.Why.MOVED:
        raise Refused(_("Personen er flyttet til en anden kommune. Den har sagen nu og kan sende den tilbage."))
    with change(by):
        row = ClosedCase.objects.select_for_update(of=("self",)).get(pk=closed.pk)
        if row.reopened is not None:
            raise Refused(_("Sagen er allerede genåbnet."))
        made = Responsibility.objects.create(
            person_id=row.person_id, organisation=row.organisation, worker=by, start=max(row.day, today)
        )
        row.reopened = made.start
        row.save(update_fields=["reopened"])
    return made
