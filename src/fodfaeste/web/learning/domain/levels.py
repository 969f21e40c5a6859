"""The level of a learner: said by the municipality or the school, and raised by module tests."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.learning.levels import LEVELS
from fodfaeste.web.learning.models import Enrolment, Step
from fodfaeste.web.programme.domain.refusals import in_words

KNOWN = dict(LEVELS)


@transaction.atomic
def set_level(enrolment: Enrolment, *, level: str, day: date, by: User) -> Step:
    """Say at which level somebody is taught from a day on.

    Parameters
    ----------
    level : str
        Such as ``du2-3``, as in `LEVELS`.

    Raises
    ------
    Refused
        If `by` neither works with the person nor teaches at the school, or there is no such level.
    """
    _may_say(enrolment, by)
    track, module = _read(level)
    return Step.objects.create(enrolment=enrolment, track=track, module=module, day=day, by=by)


@transaction.atomic
def pass_test(enrolment: Enrolment, *, level: str, day: date, by: User) -> Step:
    """Write down a module test that was passed; from then on they are taught in the next module.

    Raises
    ------
    Refused
        If `by` neither works with the person nor teaches at the school, the day lies ahead or before the enrolment, or
        the test is written down already.
    """
    _may_say(enrolment, by)
    track, module = _read(level)
    if day > timezone.localdate():
        raise Refused(_("En prøve kan først skrives ned, når den er bestået."))
    if day < enrolment.start:
        raise Refused(_("Den dag gik personen ikke på skolen."))
    with in_words(_("Den modultest er allerede skrevet ned.")):
        return Step.objects.create(enrolment=enrolment, track=track, module=module, passed=True, day=day, by=by)


@transaction.atomic
def take_back_step(step: Step, *, by: User) -> None:
    """Take back a step that was written down by mistake; the log keeps it.

    Raises
    ------
    Refused
        If `by` neither works with the person nor teaches at the school.
    """
    _may_say(step.enrolment, by)
    step.delete()


def _may_say(enrolment: Enrolment, by: User) -> None:
    viewer = viewer_of(by, timezone.localdate())
    if enrolment.school_id not in viewer.schools and enrolment.organisation_id not in viewer.casework:
        raise Refused(_("Kun skolen og den kommune, der har indskrevet personen, kan gøre det."))


def _read(level: str) -> tuple[str, int]:
    if level not in KNOWN:
        raise Refused(_("Vælg et niveau fra listen."))
    track, _dash, module = level.partition("-")
    return track, int(module)
