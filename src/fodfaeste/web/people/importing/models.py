"""A list that is being read in: its rows as text until it is saved, and afterwards what it made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.importing.columns import Cells
from fodfaeste.web.people.models import Person


class ImportedList(models.Model):
    """A list that somebody sent to a municipality. Nothing of people is written before it is saved."""

    class State(models.TextChoices):
        """How far it has come."""

        OPEN = "open", _("ikke gemt")
        SAVED = "saved", _("gemt")
        UNDONE = "undone", _("fortrudt")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("indlæst af"))
    file_name = models.CharField(_("fil"), max_length=200)
    left_out = models.TextField(_("kolonner, der ikke læses"), blank=True)
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.OPEN)
    made = models.DateTimeField(_("indlæst"), auto_now_add=True)
    saved = models.DateTimeField(_("gemt"), null=True, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("gemt af"))
    undone = models.DateTimeField(_("fortrudt"), null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("fortrudt af"))

    class Meta:
        verbose_name = _("indlæst liste")
        verbose_name_plural = _("indlæste lister")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="open", saved=None) | Q(state__in=["saved", "undone"], saved__isnull=False),
                name="a_saved_list_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """A row of a list: its cells as they were sent or mended, encrypted, and emptied once the list is saved."""

    class Verdict(models.TextChoices):
        """What somebody has said of the row."""

        NONE = "", _("ikke besluttet")
        SAME = "same", _("samme person")
        NEW = "new", _("en anden person")
        OUT = "out", _("udeladt")

    imported = models.ForeignKey(ImportedList, models.CASCADE, related_name="rows", verbose_name=_("liste"))
    number = models.PositiveIntegerField(_("række"))
    text = EncryptedTextField(_("celler"), blank=True, null=True)
    decision = models.CharField(_("beslutning"), max_length=10, blank=True, choices=Verdict.choices)
    person = models.ForeignKey(
        Person, models.SET_NULL, related_name="imported_rows", null=True, blank=True, verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("række på indlæst liste")
        verbose_name_plural = _("rækker på indlæste lister")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["imported", "number"], name="one_row_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.imported}, {self.number}"

    @property
    def cells(self) -> Cells:
        """The row as text."""
        return Cells(**json.loads(self.text)) if self.text else Cells()

    @cells.setter
    def cells(self, cells: Cells) -> None:
        self.text = json.dumps({name: cell for name, cell in asdict(cells).items() if cell}, ensure_ascii=False)


class ImportedThing(models.Model):
    """Something that saving a list made, and what it looked like then, so that it can be undone while it still does."""

    imported = models.ForeignKey(ImportedList, models.CASCADE, related_name="things", verbose_name=_("liste"))
    kind = models.CharField(_("hvad"), max_length=60)
    key = models.BigIntegerField(_("nøgle"))
    fingerprint = models.CharField(_("fingeraftryk"), max_length=64)

    class Meta:
        verbose_name = _("oprettet af indlæst liste")
        verbose_name_plural = _("oprettet af indlæste lister")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["imported", "kind", "key"], name="a_thing_is_made_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
