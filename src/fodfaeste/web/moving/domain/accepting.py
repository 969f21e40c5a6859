"""Accepting a move: in one transaction the one office's file closes and the other's opens, on the day of the move."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.moving.domain.across import across
from fodfaeste.web.moving.domain.closing import close_file, running
from fodfaeste.web.moving.domain.needed import lacking, movers_of
from fodfaeste.web.moving.domain.preparing import works_in
from fodfaeste.web.moving.domain.programmes import take_over
from fodfaeste.web.moving.models import Move, Mover
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.models import Household, HouseholdMember, Person, ResidenceSpell, Responsibility

State = Move.State


def accept(move: Move, *, worker: User, by: User) -> Move:
    """Take over who moves: `worker` is responsible from the day of the move on.

    A day that is still to come changes nothing before it: every row carries the day, and whoever looks is shown what
    holds when they look.

    Raises
    ------
    Refused
        Where the move is not offered to the office of `by`, what it rested on holds no longer, or `worker` is not there
        on the day. Nothing is done then.
    """
    today = timezone.localdate()
    office = move.to_office
    if office is None or not works_in(by, office, today):
        raise Refused(_("Kun den kommune, der er tilbudt sagen, kan modtage den."))
    if not works_in(worker, office, max(move.day, today)):
        raise Refused(
            _("%(who)s arbejder ikke i %(office)s på flyttedagen. Vælg en anden.") % {"who": worker, "office": office}
        )
    with change(by), across([move.from_office_id, office.pk], move.movers.values_list("person", flat=True)):
        move = Move.objects.select_for_update(of=("self",)).select_related("from_office", "to_office").get(pk=move.pk)
        if move.state != State.OFFERED:
            raise Refused(_("Flytningen er allerede besvaret eller trukket tilbage."))
        movers = movers_of(move)
        missing = lacking(move, today, movers)
        if missing:
            raise Refused(" ".join([_("Flytningen kan ikke modtages længere."), *missing]))
        for mover in movers:
            _hand_over(move, mover, office, worker)
        split_household(move, movers)
        answered = {"state": State.ACCEPTED, "answered_by": by, "answered": timezone.now(), "worker": worker}
        move.movers.update(live=False)
        return save(move, move.version, answered)


def _hand_over(move: Move, mover: Mover, office: Organisation, worker: User) -> None:
    person = Person.objects.get(pk=mover.person_id)
    before = running(person, move.from_office, move.day)
    closed = close_file(person, move.from_office, day=move.day, why="moved", along=move.groups, move=move)
    if closed is None:
        raise Refused(
            _("%(who)s er ikke %(office)ss dagen før %(day)s.")
            % {"who": mover.name, "office": move.from_office, "day": date_format(move.day)}
        )
    Responsibility.objects.create(person=person, organisation=office, worker=worker, start=move.day)
    move_home(person, move)
    mover.old_programme = before[0] if before else None
    if before:
        mover.new_programme = take_over(before[0], office, day=move.day, groups=move.groups, by=worker)
    mover.save(update_fields=["old_programme", "new_programme"])


def move_home(person: Person, move: Move) -> None:
    """Let the stay in the old municipality end as a move to the new one, and one there begin; what is written stays."""
    spells = ResidenceSpell.objects.filter(person=person)
    last = spells.filter(municipality=move.from_office.code, start__lt=move.day).filter(
        Q(end=None) | Q(end__gt=move.day)
    )
    for spell in last:
        spell.end, spell.end_reason, spell.to = move.day, ResidenceSpell.EndReason.MOVED, move.to_code
        spell.version += 1
        spell.save(update_fields=["end", "end_reason", "to", "version"])
    there = spells.filter(Q(end=None) | Q(end__gt=move.day), kept_by=None)
    if move.to_code and move.to_office is not None and not there.exists():
        # As many rows together are made: what follows on a single one would keep it with the office that is left.
        ResidenceSpell.objects.bulk_create([ResidenceSpell(person=person, municipality=move.to_code, start=move.day)])


def split_household(move: Move, movers: list[Mover]) -> None:
    """Let those who move be a household of their own, where somebody of theirs stays behind."""
    people = {mover.person_id for mover in movers}
    here = Q(end=None) | Q(end__gt=move.day)
    homes = Household.objects.filter(members__person__in=people).distinct()
    for home in homes:
        members = list(home.members.filter(here, start__lt=move.day))
        going = [member for member in members if member.person_id in people]
        if not going or len(going) == len(members):
            continue
        new = Household.objects.create(name=home.name)
        for member in going:
            end_before = member.end
            member.end = move.day
            member.version += 1
            member.save(update_fields=["end", "version"])
            HouseholdMember.objects.create(
                household=new, person_id=member.person_id, relation=member.relation, start=move.day, end=end_before
            )


def takes_effect(move: Move, today: date) -> bool:
    """Say whether the day of an accepted move has come."""
    return move.state == State.ACCEPTED and move.day <= today
