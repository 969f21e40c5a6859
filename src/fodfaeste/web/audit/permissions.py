"""Who may read the logs: the protection officer those of their municipality, a leader the sample that asks them."""

from __future__ import annotations

from django.db.models import DateField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.models import Membership
from fodfaeste.web.accounts.roles import WITH_A_REASON, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit import models
from fodfaeste.web.audit.access import person_model, persons_watched
from fodfaeste.web.audit.context import ONESELF


def protected_by(viewer: Viewer) -> frozenset[int]:
    """Give the municipalities whose protection officer somebody is."""
    return viewer.organisations({Role.PROTECTION})


def asked_of(viewer: Viewer) -> frozenset[int]:
    """Give the municipalities in which samples are put before somebody."""
    return viewer.organisations(WITH_A_REASON)


@scoped(models.Opening)
def _openings(viewer: Viewer) -> Q | None:
    """Openings by the office's own people, and openings by anybody of persons that it is responsible for now.

    A newcomer may see when others have opened theirs; pages and lists show them no names (`lists.OWN`).
    """
    if viewer.person is not None:
        return Q(person=viewer.person) & ~Q(words=ONESELF)
    offices = protected_by(viewer)
    return (Q(organisation__in=offices) | Q(person__in=persons_watched(viewer, offices))) if offices else None


@scoped(models.Change)
def _changes(viewer: Viewer) -> Q | None:
    """Changes of persons that the office is responsible for now, by its own people, and by no user since it is.

    What another office wrote before it handed a person on is that office's, in the log too; also where somebody wrote
    it who has a role here as well, such as a stand-in.
    """
    offices = protected_by(viewer)
    if not offices:
        return None
    own = Membership.objects.filter(organisation__in=offices).values("user")
    held = person_model()._meta.get_field("responsibilities").related_model._default_manager
    day = Cast(OuterRef("at"), DateField())
    since = held.filter(person=OuterRef("person"), organisation__in=offices, start__lte=day)
    # The day on which it ends is counted in: that morning it was still theirs.
    elsewhere = held.filter(Q(end=None) | Q(end__gte=day), person=OuterRef("person"), start__lte=day).filter(
        Q(organisation__memberships__end=None) | Q(organisation__memberships__end__gt=day),
        organisation__memberships__user=OuterRef("user"),
        organisation__memberships__start__lte=day,
    )
    here = Q(~Exists(elsewhere.exclude(organisation__in=offices)), user__in=own) | Q(Exists(since), user=None)
    return Q(person__in=persons_watched(viewer, offices)) & here


@scoped(models.Sample)
def _samples(viewer: Viewer) -> Q | None:
    offices = asked_of(viewer)
    return Q(organisation__in=offices) if offices else None


@scoped(models.SampleLine)
def _sample_lines(viewer: Viewer) -> Q | None:
    offices = asked_of(viewer)
    return Q(sample__organisation__in=offices) if offices else None
