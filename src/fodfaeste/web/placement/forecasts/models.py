"""Forecast models that an agency has, and what the past says of each. Rows are written once; the desk only reads them.

The model itself lies as a folder in the data folder (`forecasts.store`), under the checksum that its row names.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.chain.chained import Chained


class ForecastModel(Chained):
    """A trained model that was brought in. `facts` is what the library tells of it (`Model.facts`)."""

    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="forecast_models", db_constraint=False, verbose_name=_("af")
    )
    name = models.CharField(_("navn"), max_length=50)
    version = models.PositiveSmallIntegerField(_("version"))
    sha256 = models.CharField(_("fingeraftryk"), max_length=64)
    software = models.CharField(_("trænet med version"), max_length=30)
    first_arrival = models.DateField(_("ankommet fra"))
    last_arrival = models.DateField(_("ankommet til"))
    observed_until = models.DateField(_("registeret slutter"))
    adults = models.PositiveIntegerField(_("voksne"))
    source = models.TextField(_("hvor data kommer fra"))
    facts: Any = models.JSONField(_("datablad"))
    calibration: Any = models.JSONField(_("kalibrering"), default=list)
    pictures: Any = models.JSONField(_("diagrammer"), default=list)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(User, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af"))
    by_name = models.CharField(_("navn"), max_length=200)

    class Meta:
        verbose_name = _("prognosemodel")
        verbose_name_plural = _("prognosemodeller")
        ordering: ClassVar[list[str]] = ["name", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "name", "version"], name="one_model_a_name_and_version"),
            models.UniqueConstraint(fields=["organisation", "sha256"], name="a_model_is_brought_in_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("placement:forecast-model", args=[self.pk])


class ForecastTrial(Chained):
    """What the past says of a model (`place.outcomes.trial`), computed by a command and kept as it came out."""

    CHAIN_OF = "model__organisation"

    model = models.ForeignKey(
        ForecastModel, models.DO_NOTHING, related_name="trials", db_constraint=False, verbose_name=_("model")
    )
    sha256 = models.CharField(_("fingeraftryk"), max_length=64)
    passed = models.BooleanField(_("bestået"))
    told: Any = models.JSONField(_("resultat"))
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by_name = models.CharField(_("af"), max_length=200)

    class Meta:
        verbose_name = _("prøve på fortiden")
        verbose_name_plural = _("prøver på fortiden")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.at:%d-%m-%Y}"


class ForecastOutcome(models.Model):
    """What came of a model's forecasts in a year that is over, beside what was forecast: of groups, counted once."""

    class Kind(models.TextChoices):
        """Which outcome."""

        WORK = "work", _("i arbejde")
        STAYING = "staying", _("bliver boende")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="forecast_outcomes", verbose_name=_("af")
    )
    year = models.PositiveSmallIntegerField(_("år"))
    day = models.DateField(_("opgjort den"))
    model = models.CharField(_("model"), max_length=100)
    kind = models.CharField(_("udfald"), max_length=10, choices=Kind.choices)
    by = models.CharField(_("efter"), max_length=20)
    value = models.CharField(_("gruppe"), max_length=20)
    households = models.PositiveIntegerField(_("husstande"))
    adults = models.PositiveIntegerField(_("voksne"))
    expected = models.FloatField(_("forudsagt"))
    came = models.PositiveIntegerField(_("skete"))

    class Meta:
        verbose_name = _("det, der kom af prognosen")
        verbose_name_plural = _("det, der kom af prognoserne")
        ordering: ClassVar[list[str]] = ["model", "kind", "-year", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "year", "model", "kind", "by", "value"],
                name="a_years_outcomes_are_counted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.year}, {self.get_kind_display()}: {self.came}/{self.adults}"
