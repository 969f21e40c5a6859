"""Editions of figures: the own figures of a night, and the comparison that is published once a year."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.models import Person


class Edition(models.Model):
    """Figures that were made together. Of a failed one only the reason is kept."""

    class Kind(models.TextChoices):
        """Whom it is for."""

        OWN = "own", _("egne tal")
        PUBLISHED = "published", _("sammenligning")

    kind = models.CharField(_("art"), max_length=9, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(_("år"))
    day = models.DateField(_("opgjort den"))
    made = models.DateTimeField(_("lavet"))
    version = models.CharField(_("programmets version"), max_length=30)
    good = models.BooleanField(_("lykkedes"))
    words = models.TextField(_("hvorfor ikke"), blank=True)
    persons = models.PositiveIntegerField(_("personer"), default=0)
    left_out = models.PositiveIntegerField(_("udeladt, fordi de er beskyttet"), default=0)
    first_year = models.PositiveSmallIntegerField(_("ankommet fra"), default=0)
    last_year = models.PositiveSmallIntegerField(_("ankommet til"), default=0)

    class Meta:
        verbose_name = _("udgave")
        verbose_name_plural = _("udgaver")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["year"], condition=Q(kind="published", good=True), name="one_comparison_a_year"
            ),
            models.CheckConstraint(
                condition=Q(good=True, words="") | (Q(good=False) & ~Q(words="")), name="failed_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"


class Figure(models.Model):
    """A count of something, out of so many.

    Rows with an `organisation` are its own figures, whole. Others are published: of a municipality, or of a kind of
    municipality where `code` is empty; what is hidden there is empty.

    `more` holds what was computed from the counts: limits, funnel, ranks, the ratio to what was expected.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="figures", verbose_name=_("udgave"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("kommune")
    )
    measure = models.CharField(_("mål"), max_length=20)
    part = models.CharField(_("del"), max_length=30, blank=True)
    code = models.CharField(_("kommunekode"), max_length=3, blank=True)
    name = models.CharField(_("navn"), max_length=100, blank=True)
    kind = models.CharField(_("kommunetype"), max_length=40, blank=True)
    n = models.PositiveIntegerField(_("ud af"), null=True, blank=True)
    events = models.PositiveIntegerField(_("antal"), null=True, blank=True)
    more: Any = models.JSONField(_("beregnet"), default=dict)

    class Meta:
        verbose_name = _("tal")
        verbose_name_plural = _("tal")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["edition", "organisation", "measure"], name="figures_of_an_office"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.name}: {self.events}/{self.n}"


class Counted(models.Model):
    """A person behind a figure of their municipality: how often they were counted, and how often with yes."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="counted", verbose_name=_("udgave"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("kommune"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))
    measure = models.CharField(_("mål"), max_length=20)
    n = models.PositiveSmallIntegerField(_("talt med"))
    events = models.PositiveSmallIntegerField(_("heraf ja"))

    class Meta:
        verbose_name = _("person bag et tal")
        verbose_name_plural = _("personer bag et tal")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["edition", "organisation", "measure", "person"], name="a_person_stands_once_behind_a_figure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.events}/{self.n}"


class Picture(models.Model):
    """A chart of an edition, drawn once; an own one, or one for everybody. `rows` is the table beside it, in words."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="pictures", verbose_name=_("udgave"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("kommune")
    )
    name = models.CharField(_("navn"), max_length=20)
    language = models.CharField(_("sprog"), max_length=2)
    title = models.CharField(_("fundet"), max_length=200)
    svg = models.TextField(_("tegning"))
    rows: Any = models.JSONField(_("tabellen"), default=list)

    class Meta:
        verbose_name = _("diagram")
        verbose_name_plural = _("diagrammer")

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
