"""Price lists: what room was worth on a day. Written once, so that a decision can name the list it was made by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User


class PriceList(models.Model):
    """What room for a person is worth to those who come later, by municipality, beyond where it is worth least.

    `prices` maps codes to amounts: adults in work, adults who stay and wishes, added up as a proposal does. `model` is
    what forecast them: empty where nothing did, null in lists from before that was written down, which hold no longer.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="price_lists", verbose_name=_("af"))
    year = models.PositiveSmallIntegerField(_("år"))
    day = models.DateField(_("dag"))
    prices = models.JSONField(_("priser"))
    waiting = models.PositiveIntegerField(_("personer, der venter"))
    to_come = models.FloatField(_("personer, der ventes"))
    known = models.PositiveIntegerField(_("husstande, der er trukket af"))
    samples = models.PositiveSmallIntegerField(_("tænkte forløb"))
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    model = models.CharField(_("regnet med modellen"), max_length=60, null=True, editable=False)
    version = models.CharField(_("modellens version"), max_length=30, blank=True, default="", editable=False)
    sha256 = models.CharField(_("modellens fingeraftryk"), max_length=64, blank=True, default="", editable=False)
    by = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_constraint=False, null=True, verbose_name=_("af")
    )

    class Meta:
        verbose_name = _("prisliste for pladser")
        verbose_name_plural = _("prislister for pladser")
        ordering: ClassVar[list[str]] = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.year}: {self.day:%d-%m-%Y}"
