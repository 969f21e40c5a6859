"""Agreeing to what goes along: at the desk by a typed name, or on the newcomer's own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.moving.domain.needed import agreement_of, consent_words, fingerprint, movers_of, signs_alone
from fodfaeste.web.moving.domain.preparing import works_in
from fodfaeste.web.moving.models import Agreement, Move, Mover
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.models import Consent

LONGEST = 200
"""Letters that a consent has room for."""


def agree_at_desk(
    move: Move,
    movers: Sequence[Mover],
    *,
    name: str,
    present: str,
    with_interpreter: bool,
    language: str,
    seen: str,
    by: User,
    day: date | None = None,
) -> list[Agreement]:
    """Write down that somebody agreed in the office, for themselves and for children who do not sign yet.

    Parameters
    ----------
    name : str
        As whoever agrees typed it.
    present : str
        Who was in the room.
    language : str
        In which language they read what goes along, beside Danish.
    seen : str
        `text_seen` of the move as it was shown.
    day : date, optional
        The day on which it was given; today without it.

    Raises
    ------
    Refused
    """
    today = timezone.localdate()
    given = day or today
    if not works_in(by, move.from_office, today):
        raise Refused(_("Kun den kommune, der har sagen, kan gøre det."))
    if not name.strip() or not present.strip():
        raise Refused(_("Skriv navnet på den, der giver samtykke, og hvem der var til stede."))
    if given > today:
        raise Refused(_("Samtykket kan ikke være givet i fremtiden."))
    with change(by):
        move = Move.objects.select_for_update(of=("self",)).get(pk=move.pk)
        chosen = {mover.pk for mover in movers}
        signing = [mover for mover in movers_of(move) if mover.pk in chosen]
        _check(move, signing, seen, today)
        return [
            _agreed(
                one,
                name=name.strip(),
                present=present.strip(),
                with_interpreter=with_interpreter,
                language=language,
                given=given,
                taken_by=by,
            )
            for one in signing
        ]


def _check(move: Move, movers: Sequence[Mover], seen: str, today: date) -> None:
    if not move.is_live:
        raise Refused(_("Flytningen er afsluttet; der er intet at give samtykke til."))
    if seen != text_seen(move):
        raise Refused(_("Flytningen er ændret, siden den blev vist. Læs den igen, før der gives samtykke."))
    if not movers:
        raise Refused(_("Vælg, hvem samtykket gælder for."))
    grown = [one for one in movers if signs_alone(one, today)]
    if len(grown) > 1:
        raise Refused(
            _("Hver skriver selv under: %(names)s. Skriv ét samtykke ad gangen.")
            % {"names": ", ".join(one.name for one in grown)}
        )
    again = [one.name for one in movers if agreement_of(one, today) is not None]
    if again:
        raise Refused(_("Der er allerede samtykke fra: %(names)s.") % {"names": ", ".join(again)})


def text_seen(move: Move) -> str:
    """Give the fingerprint of all that a form of agreement shows."""
    return ".".join(fingerprint(one)[:16] for one in movers_of(move))


def _agreed(mover: Mover, *, given: date, **signed: object) -> Agreement:
    move = mover.move
    consent = Consent.objects.create(
        person_id=mover.person_id, to_what=consent_words(move)[:LONGEST], to_whom=move.to_name[:LONGEST], given=given
    )
    return Agreement.objects.create(mover=mover, consent=consent, text_hash=fingerprint(mover), **signed)


def agree_oneself(mover: Mover, *, name: str, language: str, seen: str) -> Agreement:
    """Agree on one's own page; whoever calls has made sure that it is the newcomer themselves.

    Raises
    ------
    Refused
    """
    today = timezone.localdate()
    if not name.strip():
        raise Refused(_("Skriv dit navn."))
    if not signs_alone(mover, today):
        raise Refused(_("For børn under 15 år giver en voksen i familien samtykke hos kommunen."))
    with transaction.atomic():
        # The move first: whoever changes it meanwhile is waited for, and what is agreed to is what it is then.
        move = Move.objects.select_for_update(of=("self",)).get(pk=mover.move_id)
        mover = Mover.objects.select_for_update(of=("self",)).get(pk=mover.pk)
        mover.move = move
        if not move.is_live:
            raise Refused(_("Flytningen er afsluttet; der er intet at give samtykke til."))
        if seen != fingerprint(mover):
            raise Refused(_("Flytningen er ændret, siden den blev vist. Læs den igen, før der gives samtykke."))
        held = agreement_of(mover, today)
        return held or _agreed(mover, given=today, name=name.strip(), language=language)
