"""What a move still needs before it can be sent: consents that hold, or a ground that carries all that goes along."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste.plan import add_months
from fodfaeste.web.moving.grounds import ground, own_consent_age
from fodfaeste.web.moving.groups import named
from fodfaeste.web.moving.models import Agreement, Move, Mover
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.words import name_in_lists


def fingerprint(mover: Mover) -> str:
    """Give the fingerprint of what somebody agrees to: who, from where, to where, when and what."""
    move = mover.move
    said = [mover.person_id, move.from_office_id, move.to_office_id, move.to_code, move.day, sorted(move.groups)]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def agreement_of(mover: Mover, today: date) -> Agreement | None:
    """Give the agreement of somebody that holds today for what the move is now; None where there is none."""
    wanted = fingerprint(mover)
    return next(
        (one for one in mover.agreements.all() if one.text_hash == wanted and _holds(one, today)),
        None,
    )


def _holds(agreement: Agreement, today: date) -> bool:
    consent = agreement.consent
    return consent.withdrawn is None and (consent.until is None or consent.until > today)


def movers_of(move: Move) -> list[Mover]:
    """Give who moves, each with what they agreed to; three queries.

    They are called what a list may call them: whoever is protected, as far as the wall lets it be known, by number.
    """
    movers = list(move.movers.prefetch_related("agreements__consent"))
    people = Person.objects.filter(protected=True).in_bulk([mover.person_id for mover in movers])
    for mover in movers:
        mover.move = move
        if mover.person_id in people:
            mover.name = name_in_lists(people[mover.person_id])
    return movers


def lacking(move: Move, today: date, movers: list[Mover] | None = None) -> list[str]:
    """Say what a move still needs before it can be sent; nothing, if it needs nothing."""
    basis = ground(move.ground, today) if move.ground else None
    uncarried = None if basis is None else basis.lacks(move.groups)
    if uncarried == []:
        return []
    missing = [one.name for one in movers or movers_of(move) if agreement_of(one, today) is None]
    if not missing:
        return []
    names = ", ".join(missing)
    if uncarried is None:
        return [_("Samtykke mangler fra: %(names)s. Uden samtykke skal der være en hjemmel.") % {"names": names}]
    groups = ", ".join(named(uncarried))
    return [
        _("Hjemlen bærer ikke: %(groups)s. Tag det fra, eller få samtykke fra: %(names)s.")
        % {"groups": groups, "names": names}
    ]


def signs_alone(mover: Mover, day: date) -> bool:
    """Say whether somebody is old enough to agree themselves."""
    return add_months(mover.birth_date, 12 * own_consent_age(day)) <= day


def consent_words(move: Move) -> str:
    """Give what a consent to a move says that it is to."""
    groups = ", ".join(named(move.groups)) or _("kun stamoplysninger")
    return _("Sagen flytter %(day)s: %(groups)s") % {"day": date_format(move.day, "j.n.Y"), "groups": groups}
