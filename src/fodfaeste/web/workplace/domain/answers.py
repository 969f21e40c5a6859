"""The three sides answer: each approves by a typed name, or says what does not fit. With the third yes it is ready."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.programme.permissions import refuse_strangers
from fodfaeste.web.workplace.domain.agreements import locked
from fodfaeste.web.workplace.models import Agreement, Answer

State = Agreement.State
PERSON, WORKPLACE = str(Answer.Side.PERSON), str(Answer.Side.WORKPLACE)


@transaction.atomic
def approve(
    agreement: Agreement, *, by: User, side: str, name: str, seen: str, present: str = "", at: datetime | None = None
) -> Agreement:
    """Approve for the office, or take the newcomer's approval in the room.

    Parameters
    ----------
    side : {"office", "person"}
    name : str
        As the one who approves typed it.
    present : str
        Who was in the room; asked for where it is the newcomer.
    seen : str
        The fingerprint of the text that they had before them.
    at : datetime, optional
        When it was; now without it.

    Raises
    ------
    Refused
        If the person is not the office's, the agreement is not laid before the three or says something else by now,
        the side has approved, or it is the workplace's, which answers by its own link.
    """
    refuse_strangers(by, agreement.person)
    if side == WORKPLACE:
        raise Refused(_("Arbejdspladsen svarer selv ved sit link."))
    if side == PERSON and not present.strip():
        raise Refused(_("Skriv, hvem der var til stede."))
    return _answer(agreement, side, seen, name=name, present=present.strip(), taken_by=by, at=at)


@transaction.atomic
def answer_oneself(
    agreement: Agreement, *, viewer: Viewer, link: int, seen: str, name: str = "", words: str = ""
) -> Agreement:
    """Approve as the newcomer that it is about, at their own page; or, with `words`, say what does not fit.

    Raises
    ------
    Refused
        If it is not theirs, and as `approve` does.
    """
    own = visible(viewer, Agreement).filter(pk=agreement.pk, person=viewer.person)
    if viewer.person is None or not own.exists():
        raise Refused(_("Aftalen er ikke din."))
    return _answer(agreement, PERSON, seen, name=name, words=words, link=link)


@transaction.atomic
def answer_as_workplace(
    agreement: Agreement,
    *,
    viewer: Viewer,
    link: int,
    seen: str,
    name: str = "",
    words: str = "",
    at: datetime | None = None,
) -> Agreement:
    """Approve as the workplace, by its link; or, with `words`, say what does not fit.

    Raises
    ------
    Refused
        If it is not the agreement that they came for, and as `approve` does.
    """
    if viewer.agreement != agreement.pk:
        raise Refused(_("Aftalen er ikke din."))
    return _answer(agreement, WORKPLACE, seen, name=name, words=words, link=link, at=at)


def _answer(
    agreement: Agreement,
    side: str,
    seen: str,
    *,
    name: str = "",
    words: str = "",
    at: datetime | None = None,
    **came: Any,
) -> Agreement:
    row, name, words = locked(agreement), name.strip(), words.strip()
    if row.state == State.READY:
        raise Refused(_("Alle tre har godkendt aftalen."))
    if row.state != State.SENT:
        raise Refused(_("Aftalen er ved at blive ændret. Den kommer igen, når den er færdig."))
    if seen != row.text_hash:
        raise Refused(_("Aftalen er ændret, siden den blev vist. Læs den igen, før du svarer."))
    if not name and not words:
        raise Refused(_("Skriv dit navn, eller skriv, hvad der ikke passer."))
    before = row.answers.filter(side=side, lifted=None)
    if not words and before.filter(approves=True).exists():
        raise Refused(_("Den side har allerede godkendt."))
    now = timezone.now()
    before.update(lifted=now)
    Answer.objects.create(
        agreement=row,
        side=side,
        approves=not words,
        name=name,
        words=words,
        at=at or now,
        text_hash=row.text_hash,
        **came,
    )
    if all(_approved(row).values()):
        row.state, row.ready = State.READY, at or now
        row.save(update_fields=["state", "ready"])
    return row


def _approved(row: Agreement) -> dict[str, bool]:
    """Say of each side whether it has approved what the agreement says now; also to whom the wall shows one side."""
    with seeing(persons=[row.person_id]):
        signed = set(
            row.answers.filter(lifted=None, approves=True, text_hash=row.text_hash).values_list("side", flat=True)
        )
    return {side: side in signed for side in Answer.Side.values}


def sides(row: Agreement) -> list[tuple[str, str, bool]]:
    """Give each side, what it is called, and whether it has approved: all that one side is told of the others."""
    approved = _approved(row) if row.laid_before else dict.fromkeys(Answer.Side.values, False)
    return [(side, str(Answer.Side(side).label), done) for side, done in approved.items()]
