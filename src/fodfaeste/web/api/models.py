"""Tokens: which system may read what of which organisation, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User


class Token(models.Model):
    """A token of an organisation. What is kept of it is a digest: it is shown once, when it is made."""

    name = models.CharField(_("til hvilket system"), max_length=120)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="tokens", verbose_name=_("organisation")
    )
    scopes = models.JSONField(_("må læse"), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lavet af"))
    made = models.DateTimeField(_("lavet"))
    expires = models.DateTimeField(_("udløber"))
    revoked = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)
    used = models.DateField(_("sidst brugt"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("adgangsnøgle")
        verbose_name_plural = _("adgangsnøgler")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="a_token_expires_after_it_is_made"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date:
        """The last day on which it works; it expires when that is over."""
        return timezone.localdate(self.expires - timedelta(microseconds=1))
