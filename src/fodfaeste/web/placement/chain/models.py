"""The chain of an agency's records: an entry for each record, with the hash of the entry before. Written once.

An entry is what `place.audit_chain` calls one, so the library's own check reads a chain that was handed out. Of a
record it holds the hash and nothing else: whoever reads the chain learns of no household.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.place.audit_chain import FIRST, Entry
from fodfaeste.web.accounts.models import Organisation


def _office(name: str) -> Any:
    return models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name=name, db_constraint=False, verbose_name=_("af")
    )


class ChainHead(models.Model):
    """How an agency's chain ends: the row that two who write at once wait for each other at."""

    organisation = models.OneToOneField(
        Organisation, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af")
    )
    lines = models.PositiveBigIntegerField(_("led"), default=0)
    hash = models.CharField(_("sidste fingeraftryk"), max_length=64, default=FIRST)

    class Meta:
        verbose_name = _("kædens ende")
        verbose_name_plural = _("kæders ender")

    def __str__(self) -> str:
        return f"{self.lines}: {self.hash[:12]}"


class ChainEntry(models.Model):
    """An entry of the chain. `facts` names the record by table and number, and the hash of its columns."""

    organisation = _office("+")
    number = models.PositiveBigIntegerField(_("led"))
    at = models.CharField(_("tidspunkt"), max_length=40)
    by: Any = models.JSONField(_("af"))
    event = models.CharField(_("slags"), max_length=10)
    facts: Any = models.JSONField(_("optegnelse"))
    before = models.CharField(_("fingeraftryk af leddet før"), max_length=64)
    hash = models.CharField(_("fingeraftryk"), max_length=64)

    class Meta:
        verbose_name = _("led i kæden")
        verbose_name_plural = _("led i kæden")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_entry_a_number"),
            models.UniqueConstraint(fields=["organisation", "before"], name="one_entry_behind_another"),
            models.CheckConstraint(condition=Q(number__gte=1), name="entries_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.hash[:12]}"

    def entry(self) -> Entry:
        """Give it as the library reads it."""
        return Entry(
            number=self.number,
            at=self.at,
            by=tuple(self.by),
            event=self.event,
            facts=self.facts,
            before=self.before,
            hash=self.hash,
        )


class ChainCheck(models.Model):
    """What a check of the chain found, and how the chain ended then. Written once: later chains must hold that end."""

    organisation = _office("+")
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    lines = models.PositiveBigIntegerField(_("led"))
    hash = models.CharField(_("sidste fingeraftryk"), max_length=64)
    found: Any = models.JSONField(_("fundet"), default=list)
    more = models.PositiveIntegerField(_("flere fund"), default=0)

    class Meta:
        verbose_name = _("kontrol af kæden")
        verbose_name_plural = _("kontroller af kæden")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y}: {len(self.found)}"
