"""Who may see schooling: whoever works with the person in the municipality that enrolled them, and their school.

A school sees enrolments that have not ended, what hangs on them, and its learners, while the municipality that enrolled
them is responsible. Of a person it sees no more than the columns of `Learner` and `Lesson`.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.learning import models
from fodfaeste.web.people.permissions import of_own_municipality


def _lasting(prefix: str, end: str = "end") -> Q:
    today = timezone.localdate()
    return Q(**{f"{prefix}{end}": None}) | Q(**{f"{prefix}{end}__gt": today})


def _enrolments(viewer: Viewer, prefix: str = "") -> Q | None:
    found = []
    own = of_own_municipality(viewer, f"{prefix}person__")
    if own is not None:
        found.append(own & Q(**{f"{prefix}organisation__in": viewer.casework}))
    if viewer.schools:
        found.append(Q(**{f"{prefix}school__in": viewer.schools}) & _lasting(prefix))
    return reduce(or_, found) if found else None


scoped(models.Enrolment)(_enrolments)
scoped(models.Step)(partial(_enrolments, prefix="enrolment__"))
scoped(models.Attendance)(partial(_enrolments, prefix="enrolment__"))


def _shown(viewer: Viewer, end: str) -> Q | None:
    """Say which rows of a view are of learners of today: a view has one for each colleague whose case it has been."""
    if not viewer.schools:
        return None
    here = Q(school__in=viewer.schools, held_start__lte=timezone.localdate())
    return here & _lasting("", end) & _lasting("", "held_end")


scoped(models.Learner)(partial(_shown, end="end"))
scoped(models.Lesson)(partial(_shown, end="until"))


def must_teach(by: User, school: Organisation | int) -> None:
    """Refuse whoever neither plans nor teaches at a school today.

    Raises
    ------
    Refused
    """
    number = school if isinstance(school, int) else school.pk
    if not by.is_active or number not in viewer_of(by, timezone.localdate()).schools:
        raise Refused(_("Kun skolens planlægger og lærere kan gøre det."))
