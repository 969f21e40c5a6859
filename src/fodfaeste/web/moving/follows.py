"""What follows on others' acts: who leaves the country or dies has a file that closes; what is written between the
acceptance of a move and its day goes along or stays as was decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone

from fodfaeste.web.accounts.models import User
from fodfaeste.web.moving.domain.across import across
from fodfaeste.web.moving.domain.closing import close_file
from fodfaeste.web.moving.domain.programmes import ask_again
from fodfaeste.web.moving.groups import GROUP_OF, Group
from fodfaeste.web.moving.models import ClosedCase, Mover
from fodfaeste.web.people.domain.leaving import on_leaving
from fodfaeste.web.people.models import Kept, Person, Responsibility
from fodfaeste.web.programme.models import FollowUp


@on_leaving
def _close(person: Person, *, day: date, reason: str, **_by: User) -> None:
    """Close the file of whoever left the country or died: no other office takes over, and all of it stays."""
    held = (
        Responsibility.objects.filter(person=person, start__lt=day).exclude(end__lte=day).select_related("organisation")
    )
    for one in held:
        close_file(person, one.organisation, day=day, why=reason)


def _upcoming(person: int) -> ClosedCase | None:
    """Give the file of somebody that is to close on a day still to come."""
    rows = ClosedCase.objects.filter(person=person, day__gt=timezone.localdate(), reopened=None)
    return rows.order_by("day").first()


@receiver(pre_save)
def _stays(sender: type[Any], instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """Keep what is written of somebody who is about to go, in a group that does not go along."""
    if raw or sender not in GROUP_OF or not isinstance(instance, Kept) or instance.pk or instance.kept_by_id:
        return
    closing = _upcoming(instance.person_id)
    if closing is not None and GROUP_OF[sender] not in closing.gone_along:
        instance.kept_by_id = closing.organisation_id


@receiver(post_save, sender=FollowUp)
def _follow_ups(instance: FollowUp, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Ask the new office for what is agreed meanwhile, and no longer for what is held meanwhile."""
    if raw:
        return
    rows = Mover.objects.filter(old_programme=instance.programme_id, move__day__gt=timezone.localdate())
    mover = rows.exclude(new_programme=None).select_related("move", "new_programme").first()
    if mover is None or Group.FOLLOW_UPS not in mover.move.groups or mover.new_programme is None:
        return
    with across([mover.move.to_office_id]):
        if instance.held is not None:
            due = max(instance.due, mover.new_programme.start)
            mover.new_programme.follow_ups.filter(code=instance.code, due=due, held=None).delete()
        elif created:
            ask_again([instance], mover.new_programme)
