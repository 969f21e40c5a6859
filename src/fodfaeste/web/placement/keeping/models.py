"""What holds a deletion up, and the log of what was deleted by rule: it names no household and no person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.chain.chained import Chained, Facts
from fodfaeste.web.placement.desk.models import Arrival


class Step(models.TextChoices):
    """What is deleted together, by a time of its own."""

    NEEDS = "needs", _("hensyn, ønsker og adgange")
    PERSONS = "persons", _("navne og alt andet om personerne")


class KeepingHold(models.Model):
    """That a household's data are not deleted for now, because of a case elsewhere; somebody answers for it."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="holds", verbose_name=_("husstand"))
    reason = models.CharField(_("hvorfor"), max_length=500)
    at = models.DateTimeField(_("sat"), auto_now_add=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sat af"))
    lifted = models.DateTimeField(_("ophævet"), null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("ophævet af"))

    class Meta:
        verbose_name = _("udsat sletning")
        verbose_name_plural = _("udsatte sletninger")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["arrival"], condition=Q(lifted=None), name="one_hold_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted=None, lifted_by=None) | Q(lifted__isnull=False, lifted_by__isnull=False),
                name="a_hold_is_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y}"


class Erasure(Chained):
    """What was deleted by rule: of which case, how much, by which rule, and what the archive's file is called."""

    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af")
    )
    arrival = models.PositiveBigIntegerField(_("sag"))
    step = models.CharField(_("hvad"), max_length=10, choices=Step.choices)
    rule_set = models.CharField(_("regelsæt"), max_length=20)
    months = models.PositiveSmallIntegerField(_("måneder"))
    settled = models.DateField(_("afsluttet"))
    due = models.DateField(_("forfalden"))
    counts: Any = models.JSONField(_("antal"))
    archive = models.CharField(_("arkivets fil"), max_length=100)
    sha256 = models.CharField(_("fingeraftryk af arkivets linje"), max_length=64)
    now: Any = models.JSONField(_("optegnelser, som de er nu"), default=list)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by_name = models.CharField(_("af"), max_length=200)

    class Meta:
        verbose_name = _("sletning efter reglen")
        verbose_name_plural = _("sletninger efter reglen")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["arrival", "step"], name="deleted_once_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.at:%d-%m-%Y}"

    def more_facts(self) -> Facts:
        """Tell the chain what records of the case hash to from now on."""
        return {"now": self.now}
