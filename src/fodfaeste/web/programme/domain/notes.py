"""The journal: notes are added and corrected, and never overwritten; what is half written is kept for its writer."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import Draft, JournalNote
from fodfaeste.web.programme.permissions import refuse_strangers


@transaction.atomic
def add_note(
    person: Person,
    *,
    by: User,
    organisation: Organisation,
    day: date,
    text: str,
    kind: str = "note",
    present: str = "",
    with_interpreter: bool = False,
) -> JournalNote:
    """Add a note to the journal; the writer's draft of the person has served.

    Raises
    ------
    Refused
        If nothing is written, or the person is not the office's.
    """
    refuse_strangers(by, person)
    if not text.strip():
        raise Refused(_("Skriv, hvad der skal stå i notatet."))
    note = JournalNote.objects.create(
        person=person,
        organisation=organisation,
        kind=kind,
        day=day,
        text=text.strip(),
        present=present,
        with_interpreter=with_interpreter,
        author=by,
    )
    drop_draft(person, by=by)
    return note


@transaction.atomic
def correct_note(note: JournalNote, *, by: User, text: str) -> JournalNote:
    """Correct a note by a new one, which says what the note should have said; both stay.

    Raises
    ------
    Refused
        If it has been corrected already: then that correction is what there is to correct.
    """
    refuse_strangers(by, note.person)
    if not text.strip():
        raise Refused(_("Skriv, hvad der skal stå i stedet."))
    with in_words(_("Notatet er allerede rettet. Ret rettelsen i stedet.")):
        return JournalNote.objects.create(
            person=note.person,
            organisation=note.organisation,
            kind=note.kind,
            day=note.day,
            text=text.strip(),
            present=note.present,
            with_interpreter=note.with_interpreter,
            author=by,
            corrects=note,
        )


def keep_draft(person: Person, *, by: User, text: str) -> None:
    """Keep what somebody has written so far; nothing written is no draft."""
    refuse_strangers(by, person)
    if text.strip():
        Draft.objects.update_or_create(user=by, person=person, defaults={"text": text})
    else:
        drop_draft(person, by=by)


def drop_draft(person: Person, *, by: User) -> None:
    """Let go of somebody's draft of a person."""
    Draft.objects.filter(user=by, person=person).delete()
