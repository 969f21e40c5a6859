"""Who may see which persons: whoever works in the municipality that is responsible for them today, and they themselves.

A newcomer sees of themselves only what a scope names: of this room their person, and who works with them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import ngettext

from fodfaeste.web.accounts.gate import never_two, scoped, visible
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.open_work import OpenWork, open_work
from fodfaeste.web.accounts.roles import CASEWORK, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people import models

never_two(models.Responsibility)


def of_own_municipality(viewer: Viewer, prefix: str = "") -> Q | None:
    """Say which rows belong to persons for whom the viewer's municipality is responsible today."""
    if not viewer.casework:
        return None
    today = timezone.localdate()
    at = f"{prefix}responsibilities__"
    # Who was merged into another is shown nowhere: what they had alike lies with their row, and would count twice.
    held = {f"{prefix}merged_into": None, f"{at}organisation__in": viewer.casework, f"{at}start__lte": today}
    return Q(**held) & (Q(**{f"{at}end": None}) | Q(**{f"{at}end__gt": today}))


def of_oneself(viewer: Viewer, prefix: str = "") -> Q | None:
    """Say which rows belong to the viewer themselves; None for whoever is no newcomer at their own things."""
    if viewer.person is None:
        return None
    return Q(**{f"{prefix}merged_into": None, f"{prefix}pk": viewer.person})


@scoped(models.Person)
def _persons(viewer: Viewer) -> Q | None:
    return of_own_municipality(viewer) if viewer.person is None else of_oneself(viewer)


def _of_a_person(viewer: Viewer) -> Q | None:
    return of_own_municipality(viewer, "person__")


scoped(models.HouseholdMember)(_of_a_person)


@dataclass(frozen=True)
class LookingBack(Viewer):
    """Somebody who reads what their offices have kept of persons who have moved on; of persons of today nothing."""

    @property
    def casework(self) -> frozenset[int]:
        """None: they look back."""
        return frozenset()

    @property
    def keepers(self) -> frozenset[int]:
        """The municipalities whose kept rows they read."""
        return self.organisations(CASEWORK)


def looking_back(viewer: Viewer) -> LookingBack:
    """Let somebody read what their offices have kept, and nothing else."""
    return LookingBack(viewer.user, viewer.roles)


def _kept_or_gone_along(viewer: Viewer) -> Q | None:
    """What goes along with a person, and what the viewer's own municipality once kept of them.

    What an office keeps is marked when the move is accepted, be the day still to come: until then it is responsible and
    sees it all, and from the day on whoever is responsible sees what is not marked.
    """
    if isinstance(viewer, LookingBack):
        return Q(kept_by__in=viewer.keepers) if viewer.keepers else None
    own = _of_a_person(viewer)
    return None if own is None else own & (Q(kept_by=None) | Q(kept_by__in=viewer.casework))


for _model in (
    models.ResidenceSpell,
    models.EmploymentSpell,
    models.LanguageSkill,
    models.Occupation,
    models.Wish,
    models.Need,
    models.Consent,
):
    scoped(_model)(_kept_or_gone_along)


@scoped(models.Responsibility)
def _responsibilities(viewer: Viewer) -> Q | None:
    """A newcomer may see who works with them today: it is whom they call."""
    own = of_oneself(viewer, "person__")
    if own is None:
        return _of_a_person(viewer)
    today = timezone.localdate()
    return own & Q(start__lte=today) & (Q(end=None) | Q(end__gt=today))


@scoped(models.Merge)
def _merges(viewer: Viewer) -> Q | None:
    return of_own_municipality(viewer, "kept__")


@scoped(models.Household)
def _households(viewer: Viewer) -> Q | None:
    return of_own_municipality(viewer, "members__person__")


@scoped(models.RegisterExport)
def _register_exports(viewer: Viewer) -> Q | None:
    """Who may take the register away, and the protection officer, see who has."""
    offices = viewer.organisations({Role.LEADER, Role.ANALYST, Role.PROTECTION})
    return Q(organisation__in=offices) if offices else None


@open_work
def _cases(user: User, organisation: Organisation | None) -> OpenWork:
    """Whoever works with persons keeps their account until a colleague has them."""
    today = timezone.localdate()
    here = Q(end=None) | Q(end__gt=today)
    # Persons of whom a case begins later are in nobody's sight: they are not joined.
    merged = models.Person.objects.exclude(merged_into=None)
    held = models.Responsibility.objects.filter(here, worker=user).exclude(person__in=merged)
    # Whoever closes accounts works with nobody: without this the wall would let them count none.
    with seeing(_offices_of(user) if organisation is None else [organisation.pk]):
        count = held.count() if organisation is None else held.filter(organisation=organisation).count()
    return OpenWork(count, ngettext("%(count)d åben sag", "%(count)d åbne sager", count))


def _offices_of(user: User) -> list[int]:
    return list(Membership.objects.filter(user=user).values_list("organisation", flat=True))


def changeable_households(viewer: Viewer) -> QuerySet[models.Household]:
    """Give the households to which somebody of the viewer's belongs, or will; one that they have left is only read."""
    members = visible(viewer, models.HouseholdMember).exclude(end__lte=timezone.localdate())
    return visible(viewer, models.Household).filter(pk__in=members.values("household"))


def changeable_household_or_404(viewer: Viewer, pk: int) -> models.Household:
    """Give a household that a viewer may change."""
    return get_object_or_404(changeable_households(viewer), pk=pk)


def changeable_or_404(viewer: Viewer, pk: int) -> models.Person:
    """Give a person whom a viewer works with; who may only look at them finds nobody to change."""
    rows = of_own_municipality(viewer)
    found = None if rows is None else models.Person.objects.filter(rows, pk=pk).first()
    if found is None:
        raise Http404
    return found
