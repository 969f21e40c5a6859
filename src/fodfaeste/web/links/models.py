"""What is kept of every link."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import User


class GivenLink(models.Model):
    """A link that somebody of an office gave: until when it opens, and the digest of its secret."""

    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("givet af"))
    made = models.DateTimeField(_("givet"), auto_now_add=True)
    expires = models.DateTimeField(_("gælder til"))
    secret = models.CharField(max_length=64, unique=True, editable=False)
    withdrawn = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def not_ended() -> Q:
        """Say which links neither time nor the office has closed."""
        return Q(withdrawn=None, expires__gt=timezone.now())

    def close(self) -> None:
        """Close it, once; the row is to be locked by whoever calls."""
        if self.withdrawn is None:
            self.withdrawn = timezone.now()
            self.save(update_fields=["withdrawn"])
