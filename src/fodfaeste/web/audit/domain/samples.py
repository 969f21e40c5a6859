"""The monthly check of a sample: some openings are drawn, and a leader says of each whether it was needed, and why."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.audit.models import Opening, Sample, SampleLine
from fodfaeste.web.audit.permissions import asked_of, protected_by

SIZE = 20
"""Openings in a sample."""

DAYS_TO_ANSWER = 14


def drawn(openings: Iterable[int], *, seed: str, size: int = SIZE) -> list[int]:
    """Draw openings so that whoever knows the seed draws the same, in whichever order they come.

    Each opening has a number made of the seed and its own; the smallest are drawn. So each has the same chance.
    """
    return sorted(openings, key=lambda opening: sha256(f"{seed}:{opening}".encode()).digest())[:size]


def openings_of(organisation: Organisation, month: date) -> Iterable[int]:
    """Give the openings of files by an office's people in a month; lists are not asked about."""
    return Opening.objects.filter(
        organisation=organisation, in_list=False, at__gte=midnight(month), at__lt=midnight(month_after(month))
    ).values_list("pk", flat=True)


@transaction.atomic
def draw_sample(*, organisation: Organisation, month: date, by: User | None, seed: str = "") -> Sample:
    """Draw the sample of a month, once.

    Parameters
    ----------
    organisation : Organisation
    month : date
        Any day of it.
    by : User or None
        The protection officer who draws; None for the command that draws every month.
    seed : str
        What the draw can be repeated by; made up without it, so that nobody knows before who will be asked about.

    Raises
    ------
    Refused
        While the month lasts, when it has been drawn, when nobody opened anything, and to whoever is not the office's
        protection officer.
    """
    month = month.replace(day=1)
    words = {"office": organisation, "month": f"{month:%m-%Y}"}
    if by is not None and organisation.pk not in protected_by(_today(by)):
        raise Refused(_("Kun databeskyttelsesrådgiveren i %(office)s trækker stikprøver.") % words)
    if month_after(month) > timezone.localdate():
        raise Refused(_("%(month)s er ikke forbi. Træk stikprøven, når den er.") % words)
    # Lock the office, not the sample: there is none yet, and two may draw at once.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if Sample.objects.filter(organisation=organisation, month=month).exists():
        raise Refused(_("Stikprøven for %(month)s i %(office)s er trukket.") % words)
    found = drawn(openings_of(organisation, month), seed=(seed := seed or secrets.token_hex(8)))
    if not found:
        raise Refused(_("Ingen i %(office)s åbnede en persons side i %(month)s.") % words)
    sample = Sample.objects.create(organisation=organisation, month=month, seed=seed, made=timezone.now())
    SampleLine.objects.bulk_create(SampleLine(sample=sample, opening_id=opening) for opening in found)
    return sample


@transaction.atomic
def answer_line(*, line: SampleLine, needed: bool, why: str, by: User) -> SampleLine:
    """Say whether an opening was needed, and why.

    Raises
    ------
    Refused
        Of one's own opening, of one that has its answer, and to whoever is not asked in that municipality.
    """
    line = SampleLine.objects.select_for_update(of=("self",)).select_related("opening", "sample").get(pk=line.pk)
    if line.sample.organisation_id not in asked_of(_today(by)):
        raise Refused(_("Kun ledere og databeskyttelsesrådgiveren i kommunen vurderer opslag."))
    if line.opening.user_id == by.pk:
        raise Refused(_("Det er dit eget opslag: en anden skal vurdere det."))
    if line.at is not None:
        raise Refused(_("%(by)s har vurderet opslaget imens.") % {"by": line.by})
    line.needed, line.why, line.by, line.at = needed, why, by, timezone.now()
    line.save()
    return line


def _today(user: User) -> Viewer:
    return viewer_of(user, timezone.localdate())


def overdue_before() -> datetime:
    """Give the moment before which a sample must have been drawn for its open questions to be late."""
    return timezone.now() - timedelta(days=DAYS_TO_ANSWER)


def month_after(month: date) -> date:
    """Give the first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def midnight(day: date) -> datetime:
    """Give when a day begins."""
    return timezone.make_aware(datetime.combine(day, time()))
