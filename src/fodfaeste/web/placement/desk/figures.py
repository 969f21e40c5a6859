"""What somebody has said of a municipality as a place to live: a row a figure, with the day it is of and who said it.

The agency writes figures down, and the municipality its own. Of one topic the newest counts, and of two of one day the
municipality's own (`municipalities`). No row names a person.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User

ROOMS = [
    ("1", _("1 værelse")),
    ("2", _("2 værelser")),
    ("3", _("3 værelser")),
    ("4", _("4 værelser")),
    ("5", _("5 værelser")),
    ("6", _("6 værelser eller flere")),
]
"""Sizes of dwellings: rooms to live in, kitchen and bath not counted."""
BANDS = {"0-5": range(6), "6-9": range(6, 10), "10-12": range(10, 13), "13-16": range(13, 17)}
"""Ages of children, in whole years: day care, and school in three parts."""
BAND_NAMES = [
    ("0-5", _("dagtilbud, 0-5 år")),
    ("6-9", _("skole, 6-9 år")),
    ("10-12", _("skole, 10-12 år")),
    ("13-16", _("skole, 13-16 år")),
]


class Topic(StrEnum):
    """What is counted."""

    WORK = "work"
    SECTOR = "sector"
    SPEAKERS = "speakers"
    CLUBS = "clubs"
    DWELLING = "dwelling"
    SCHOOL = "school"
    CLASS = "class"
    TREATMENT = "treatment"


TOPICS = {
    Topic.WORK: _("andel i arbejde"),
    Topic.SECTOR: _("andel af jobbene"),
    Topic.SPEAKERS: _("taler sproget"),
    Topic.CLUBS: _("foreninger"),
    Topic.DWELLING: _("ledige boliger"),
    Topic.SCHOOL: _("ledige pladser i skole og dagtilbud"),
    Topic.CLASS: _("ledige pladser på sprogskole"),
    Topic.TREATMENT: _("ledige behandlingspladser"),
}
"""What each is called."""
SHARES = (Topic.WORK, Topic.SECTOR)
"""Topics that are shares of one."""
FREE = (Topic.DWELLING, Topic.SCHOOL, Topic.CLASS, Topic.TREATMENT)
"""Topics of what is free, from a day on."""


class PlaceFigure(models.Model):
    """A figure of a municipality. What is free is so from a day on; the others hold as they are."""

    said_by = models.ForeignKey(Organisation, models.CASCADE, related_name="place_figures", verbose_name=_("oplyst af"))
    code = models.CharField(_("kommune"), max_length=3)
    topic = models.CharField(_("hvad"), max_length=10, choices=[(topic.value, name) for topic, name in TOPICS.items()])
    key = models.CharField(_("nærmere"), max_length=10, blank=True)
    value = models.FloatField(_("tal"))
    free_from = models.DateField(_("ledig fra"), null=True, blank=True)
    of = models.DateField(_("opgjort"), null=True, blank=True)
    at = models.DateTimeField(_("skrevet"), auto_now_add=True)
    by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True, verbose_name=_("skrevet af"))

    class Meta:
        verbose_name = _("tal for en kommune")
        verbose_name_plural = _("tal for kommuner")
        ordering: ClassVar[list[str]] = ["code", "topic", "key", "free_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["said_by", "code", "topic", "key"],
                condition=Q(free_from=None),
                name="one_figure_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["said_by", "code", "topic", "key", "free_from"], name="one_figure_of_a_kind_and_day"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(topic__in=("work", "sector")) | Q(value__lte=1)),
                name="a_share_of_a_place_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(free_from=None) | Q(topic__in=("dwelling", "school", "class", "treatment")),
                name="only_what_is_free_has_a_day_from_which_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_topic_display()}"
