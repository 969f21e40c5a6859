"""Templates of notes: an office has those that the software brings, until it writes its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import NoteTemplate

MAY_WRITE = (Role.LEADER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Template:
    """What a note begins with."""

    name: str
    kind: str
    text: str


def templates_of(organisation: Organisation) -> tuple[Template, ...]:
    """Give the templates of an office by name: its own, or those that are brought."""
    own = NoteTemplate.objects.filter(organisation=organisation).order_by("name")
    return tuple(Template(row.name, row.kind, row.text) for row in own) or brought()


@cache
def brought() -> tuple[Template, ...]:
    """Give the templates that the software brings."""
    path = files("fodfaeste.web.programme").joinpath("templates/programme/notes.toml")
    raw = tomllib.loads(path.read_text("utf-8"))
    return tuple(Template(one["name"], one["kind"], one["text"].strip()) for one in raw["template"])


@transaction.atomic
def write_template(organisation: Organisation, template: Template, *, by: User, instead_of: str = "") -> None:
    """Write a template of an office; from the first on, those that were brought are its own too.

    Parameters
    ----------
    instead_of : str
        The name of the one that it replaces; a new one without it.

    Raises
    ------
    Refused
        If they are neither leader nor administrator there, or the office has another of that name.
    """
    _refuse_others(organisation, by)
    _own(organisation)
    rows = NoteTemplate.objects.filter(organisation=organisation)
    values = {"name": template.name, "kind": template.kind, "text": template.text}
    with in_words(_("Kontoret har allerede en skabelon med det navn.")):
        if instead_of:
            rows.filter(name=instead_of).update(**values)
        else:
            NoteTemplate.objects.create(organisation=organisation, **values)


@transaction.atomic
def remove_template(organisation: Organisation, name: str, *, by: User) -> None:
    """Take a template away; an office that has taken all away has those that are brought.

    Raises
    ------
    Refused
        If they are neither leader nor administrator there.
    """
    _refuse_others(organisation, by)
    _own(organisation)
    NoteTemplate.objects.filter(organisation=organisation, name=name).delete()


def offices_written_by(viewer: Viewer) -> frozenset[int]:
    """Give the offices whose templates somebody may write."""
    return viewer.organisations(MAY_WRITE)


def _own(organisation: Organisation) -> None:
    if not NoteTemplate.objects.filter(organisation=organisation).exists():
        NoteTemplate.objects.bulk_create(
            NoteTemplate(organisation=organisation, name=one.name, kind=one.kind, text=one.text) for one in brought()
        )


def _refuse_others(organisation: Organisation, by: User) -> None:
    if organisation.pk not in offices_written_by(viewer_of(by, timezone.localdate())):
        raise Refused(_("Skabeloner skrives af kontorets leder eller administrator."))
