"""Links that open newcomers' own pages. Facts and constraints only: what makes and opens them is in `domain.links`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.links.models import GivenLink
from fodfaeste.web.people.models import Person


class Access(GivenLink):
    """A link to somebody's own pages, with a code that is told apart from it. Neither is kept: only their digests.

    Whose pages they are, a model that is made of this one says.
    """

    code = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("sprog"), max_length=5, choices=settings.LANGUAGES)
    tries = models.PositiveSmallIntegerField(_("forkerte koder"), default=0)
    opened = models.DateTimeField(_("åbnet første gang"), null=True, blank=True)

    class Meta:
        abstract = True


class Link(Access):
    """A link to a person's own pages. It holds as long as the municipality that gave it is responsible for them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))

    class Meta:
        verbose_name = _("adgang til egen side")
        verbose_name_plural = _("adgange til egne sider")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(secret="") & ~Q(code=""), name="a_link_has_a_secret_and_a_code"),
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="a_link_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.made:%Y-%m-%d}"
