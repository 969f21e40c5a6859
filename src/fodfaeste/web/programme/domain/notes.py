"""The journal: notes are added with files and words to find them by, corrected by new ones, and never overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.files import CheckedFile
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import JournalNote, NoteFile, NoteTag
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
    tags: Iterable[str] = (),
    files: Iterable[CheckedFile] = (),
) -> JournalNote:
    """Add a note to the journal.

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
    NoteTag.objects.bulk_create(NoteTag(note=note, word=word) for word in dict.fromkeys(tags))
    for one in files:
        stored = ContentFile(one.content, name=one.name)
        NoteFile.objects.create(note=note, name=one.name, kind=one.kind, size=len(one.content), stored=stored)
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
