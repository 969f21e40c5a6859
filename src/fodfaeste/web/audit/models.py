"""The logs, and the monthly check of a sample. Lines of the logs are never changed or taken away: triggers see to it.

A line names who and what by number, without a foreign key that anybody could follow to change it or be kept by.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User


def loose(to: type[models.Model], name: Any, **more: Any) -> Any:
    """Give a column that points at a row without holding on to it."""
    return models.ForeignKey(
        to, models.DO_NOTHING, verbose_name=name, db_constraint=False, related_name="+", null=True, **more
    )


class Change(models.Model):
    """A row that was made, changed or taken away. Written by triggers alone."""

    class Operation(models.TextChoices):
        """What was done to the row."""

        INSERT = "insert", _("oprettet")
        UPDATE = "update", _("ændret")
        DELETE = "delete", _("slettet")

    at = models.DateTimeField(_("hvornår"))
    user = loose(User, _("bruger"))
    words = models.CharField(_("uden bruger"), max_length=200, blank=True)
    request = models.CharField(max_length=32, blank=True)
    table = models.CharField(_("tabel"), max_length=100)
    row = models.CharField(_("række"), max_length=64)
    operation = models.CharField(_("hvad"), max_length=6, choices=Operation.choices)
    person = models.BigIntegerField(_("person"), null=True, blank=True)
    before = models.JSONField(_("før"), null=True, blank=True)
    after = models.JSONField(_("efter"), null=True, blank=True)

    class Meta:
        verbose_name = _("ændring")
        verbose_name_plural = _("ændringer")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["table", "row"], name="changes_by_row"),
            models.Index(fields=["person", "at"], name="changes_by_person"),
            models.Index(fields=["at"], name="changes_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.get_operation_display()}"


class Opening(models.Model):
    """Somebody was shown a person: on a page of their own, or in full in a list or a file."""

    at = models.DateTimeField(_("hvornår"), db_default=Now())
    user = loose(User, _("bruger"))
    words = models.CharField(_("uden bruger"), max_length=200, blank=True, default="")
    person = models.BigIntegerField(_("person"))
    page = models.CharField(_("side"), max_length=100)
    organisation = loose(Organisation, _("organisation"))
    in_list = models.BooleanField(_("i en liste"), default=False)
    reason = models.CharField(_("begrundelse"), max_length=500, blank=True)
    request = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("opslag")
        verbose_name_plural = _("opslag")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "at"], name="openings_by_person"),
            models.Index(fields=["organisation", "at"], name="openings_by_organisation"),
            models.Index(fields=["organisation", "at"], condition=~Q(reason=""), name="openings_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.page}"


class Sample(models.Model):
    """Openings of one month in one municipality that its leaders are asked about."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    month = models.DateField(_("måned"), help_text=_("den første i måneden"))
    seed = models.CharField(_("frø"), max_length=40)
    made = models.DateTimeField(_("trukket"))

    class Meta:
        verbose_name = _("stikprøve")
        verbose_name_plural = _("stikprøver")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "month"], name="one_sample_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_sample_is_of_a_whole_month"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.month:%Y-%m}"


class SampleLine(models.Model):
    """One opening in a sample, and what a leader says of it: needed or not, and why."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="lines", verbose_name=_("stikprøve"))
    opening = models.ForeignKey(Opening, models.PROTECT, related_name="+", verbose_name=_("opslag"))
    needed = models.BooleanField(_("nødvendigt"), null=True, blank=True)
    why = models.CharField(_("hvorfor"), max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("vurderet af"))
    at = models.DateTimeField(_("vurderet"), null=True, blank=True)

    class Meta:
        verbose_name = _("opslag i stikprøve")
        verbose_name_plural = _("opslag i stikprøver")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sample", "opening"], name="an_opening_once_a_sample"),
            models.CheckConstraint(
                condition=Q(needed=None, why="", by=None, at=None)
                | (Q(needed__isnull=False, by__isnull=False, at__isnull=False) & ~Q(why="")),
                name="an_answer_says_why_and_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}: {self.opening_id}"
