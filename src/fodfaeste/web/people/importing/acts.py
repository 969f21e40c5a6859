"""What can be done to a list that is read in: begin, mend a row, decide, save, undo, throw away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.base.sheets import LONGEST_CELL
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.importing.columns import BY_NAME
from fodfaeste.web.people.importing.looking import Preview, look_through
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.importing.sheet import read_sheet
from fodfaeste.web.people.importing.things import in_the_way, remember, remove
from fodfaeste.web.people.importing.writing import write_household
from fodfaeste.web.people.models import Person

State, Verdict = ImportedList.State, ImportedRow.Verdict
WHO = ("given_name", "family_name", "birth_date", "cpr")
"""Columns that say who somebody is: a decision on the person falls when one of them changes."""


def begin_import(*, organisation: Organisation, file_name: str, content: bytes, by: User) -> ImportedList:
    """Read a file into a list that can be looked through; nothing of people is written.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    sheet = read_sheet(file_name, content)
    with transaction.atomic():
        imported = ImportedList.objects.create(
            organisation=organisation, owner=by, file_name=file_name[-200:], left_out=", ".join(sheet.unread)
        )
        rows = [ImportedRow(imported=imported, number=row.number) for row in sheet.rows]
        for kept, row in zip(rows, sheet.rows, strict=True):
            kept.cells = row.cells
        ImportedRow.objects.bulk_create(rows)
    return imported


def mend_row(row: ImportedRow, cells: Mapping[str, str], *, by: User) -> None:
    """Write other cells into a row; those that are not named stay as they are."""
    mended = {name: " ".join(cell.split())[:LONGEST_CELL] for name, cell in cells.items() if name in BY_NAME}
    with change(by):
        imported = _opened(row.imported_id)
        row = imported.rows.select_for_update().get(pk=row.pk)
        if any(name in mended and mended[name] != getattr(row.cells, name) for name in WHO):
            row.decision, row.person = Verdict.NONE, None
        row.cells = replace(row.cells, **mended)
        row.save()


def decide(row: ImportedRow, decision: str, *, person: Person | None = None, by: User) -> None:
    """Say of a row that it is a known person, another one, or to be left out; or take that back.

    Raises
    ------
    Refused
        If it is said to be somebody who is not suggested.
    """
    with change(by):
        imported = _opened(row.imported_id)
        row = imported.rows.select_for_update().get(pk=row.pk)
        row.decision, row.person = Verdict.NONE, None
        if decision == "same":
            row.save()
            (looked,) = (one for one in look_through(imported, by=by).rows if one.row.pk == row.pk)
            if person is None or person not in looked.suggested:
                raise Refused(_("Den person er ikke foreslået til rækken."))
            row.person = person
        row.decision = Verdict(decision)
        row.save()


def save_import(imported: ImportedList, *, by: User) -> ImportedList:
    """Make everybody on the list, with their households: all or nothing, and once.

    Raises
    ------
    Refused
        If it has been saved already, or something on it has still to be looked at.
    """
    with change(by):
        imported = _opened(imported.pk)
        preview = look_through(imported, by=by)
        _refuse_unready(preview)
        mails = {one.candidate.worker for one in preview.ready if one.candidate and one.candidate.worker}
        workers = {user.email: user for user in User.objects.filter(email__in=mails)}
        office = imported.organisation
        homes = preview.households.values()
        remember(imported, [row for home in homes for row in write_household(home, office, workers=workers, by=by)])
        for one in preview.rows:
            # What was sent is in the files of those it is about now; a second copy would outlive them.
            one.row.text = None
        ImportedRow.objects.bulk_update([one.row for one in preview.rows], ["text", "person"])
        imported.state, imported.saved, imported.saved_by = State.SAVED, timezone.now(), by
        imported.save()
    return imported


def undo_import(imported: ImportedList, *, by: User) -> ImportedList:
    """Take away exactly what saving made.

    Raises
    ------
    Refused
        If the list is not saved, or something that it made has been changed or built on since; says what.
    """
    with change(by):
        imported = ImportedList.objects.select_for_update().get(pk=imported.pk)
        if imported.state != State.SAVED:
            raise Refused(_("Listen er ikke gemt, så der er intet at fortryde."))
        if words := in_the_way(imported):
            raise Refused(_("Listen kan ikke fortrydes mere: %(what)s.") % {"what": "; ".join(words)})
        remove(imported)
        imported.state, imported.undone, imported.undone_by = State.UNDONE, timezone.now(), by
        imported.save()
    return imported


def discard_import(imported: ImportedList, *, by: User) -> None:
    """Throw a list away that has not been saved."""
    with change(by):
        _opened(imported.pk).delete()


def _opened(key: int) -> ImportedList:
    """Lock a list that is not saved yet."""
    imported = ImportedList.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key)
    if imported.state != State.OPEN:
        raise Refused(_("Listen er allerede gemt. Intet er gemt to gange."))
    return imported


def _refuse_unready(preview: Preview) -> None:
    if preview.faulty:
        numbers = ", ".join(str(one.row.number) for one in preview.faulty[:10])
        raise Refused(
            _("Intet er gemt. %(n)d rækker skal rettes eller besluttes først: række %(numbers)s.")
            % {"n": len(preview.faulty), "numbers": numbers}
        )
    if not preview.ready:
        raise Refused(_("Alle rækker er udeladt, så der er intet at gemme."))
