"""Handing a file to a municipality that does not use the system: the file closes, and leaves as a ZIP of tables."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.moving.domain.accepting import move_home, split_household
from fodfaeste.web.moving.domain.closing import close_file
from fodfaeste.web.moving.domain.needed import lacking, movers_of
from fodfaeste.web.moving.domain.preparing import works_in
from fodfaeste.web.moving.models import ClosedCase, Move
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.models import Person


def hand_over_as_file(move: Move, *, by: User) -> Move:
    """Close the file of who moves to a municipality that does not use the system; then its file can be fetched.

    Raises
    ------
    Refused
        Without consent or a legal ground, or where the municipality uses the system and is to accept by itself.
    """
    today = timezone.localdate()
    if not works_in(by, move.from_office, today):
        raise Refused(_("Kun den kommune, der har sagen, kan gøre det."))
    if move.to_office is not None:
        raise Refused(_("%(office)s bruger systemet og skal selv modtage sagen.") % {"office": move.to_office})
    with change(by):
        move = Move.objects.select_for_update(of=("self",)).select_related("from_office").get(pk=move.pk)
        if not move.is_live:
            raise Refused(_("Flytningen er allerede sendt eller afsluttet."))
        movers = movers_of(move)
        missing = lacking(move, today, movers)
        if missing:
            raise Refused(" ".join(missing))
        for mover in movers:
            person = Person.objects.get(pk=mover.person_id)
            move_home(person, move)
            # Nobody else is here to have it: all of it stays, and what goes along leaves as a copy.
            closed = close_file(person, move.from_office, day=move.day, why="moved", move=move)
            if closed is None:
                raise Refused(_("%(who)s er ikke jeres på flyttedagen.") % {"who": mover.name})
            ClosedCase.objects.filter(pk=closed.pk).update(gone_along=move.groups)
        split_household(move, movers)
        move.movers.update(live=False)
        return save(move, move.version, {"state": Move.State.HANDED, "sent_by": by, "sent": timezone.now()})
