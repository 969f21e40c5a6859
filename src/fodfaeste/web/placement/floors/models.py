"""Who switched the floor of a way to group households off, and on: written once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.chain.chained import Chained


class FloorSwitch(Chained):
    """That a floor was asked to be switched off, switched off by a second person, or on. Where nobody did, it is on."""

    class Act(models.TextChoices):
        """What happened."""

        ASKED = "asked", _("bedt slået fra")
        OFF = "off", _("slået fra")
        WITHDRAWN = "withdrawn", _("trukket tilbage")
        ON = "on", _("slået til")

    class Column(models.TextChoices):
        """By what households are grouped."""

        LANGUAGE = "language", _("sprog")
        HOUSEHOLD = "household", _("en eller flere personer")

    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="floor_switches", db_constraint=False, verbose_name=_("af")
    )
    column = models.CharField(_("gulv efter"), max_length=20, choices=Column.choices)
    act = models.CharField(_("handling"), max_length=10, choices=Act.choices)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(User, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af"))
    by_name = models.CharField(_("navn"), max_length=200)
    reason = models.TextField(_("hvorfor"))

    class Meta:
        verbose_name = _("afbryder for gulve")
        verbose_name_plural = _("afbryder for gulve")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_column_display()}: {self.get_act_display()} {self.at:%d-%m-%Y}"
