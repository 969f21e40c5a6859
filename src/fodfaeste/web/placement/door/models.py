"""Links that open an arriving household's own pages, and what it has written there and not sent yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from fodfaeste.web.newcomer.models import Access
from fodfaeste.web.placement.desk.models import Arrival


class ArrivalLink(Access):
    """A link to a household's own pages."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="+", verbose_name=_("husstand"))

    class Meta:
        verbose_name = _("husstandens adgang til egen side")
        verbose_name_plural = _("husstandes adgange til egne sider")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(secret="") & ~Q(code=""), name="a_household_link_has_a_secret"),
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="a_household_link_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.arrival}: {self.made:%Y-%m-%d}"


class WishDraft(models.Model):
    """What a household has answered, page by page, and not sent: seen by nobody else, encrypted where it lies."""

    arrival = models.OneToOneField(Arrival, models.CASCADE, related_name="wish_draft", verbose_name=_("husstand"))
    pages = EncryptedTextField(_("det svarede"))
    saved = models.DateTimeField(_("gemt"), auto_now=True)

    class Meta:
        verbose_name = _("kladde til ønsker")
        verbose_name_plural = _("kladder til ønsker")

    def __str__(self) -> str:
        return f"{self.arrival}: {self.saved:%Y-%m-%d}"
