"""What an association sees of newcomers who have agreed to be in touch with it: three views of the database.

Whose consent ends, is withdrawn, or stays with an office that is responsible no longer, is in none of them any more.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User


def _shown(to: Any, **more: Any) -> models.ForeignKey:
    """Lead from a view to a row that it names."""
    return models.ForeignKey(to, models.DO_NOTHING, related_name=more.pop("name", "+"), db_constraint=False, **more)


class OfConsent(models.Model):
    """A row that is shown because somebody has agreed: to which association, from when until when, whose case it is."""

    association = _shown(Organisation)
    start = models.DateField(_("givet"))
    end = models.DateField(_("gælder til"), null=True)
    held_start = models.DateField()
    held_end = models.DateField(null=True)

    class Meta:
        abstract = True


class Contact(OfConsent):
    """A newcomer who has agreed to be in touch with an association: a view of a consent that holds.

    `name` is what they chose to be called there, or else their given name; nothing where their name is protected.
    """

    person = models.BigIntegerField()
    organisation = _shown(Organisation)
    worker = _shown(User)
    name = models.CharField(_("navn"), max_length=120)
    protected = models.BooleanField()
    to_what = models.CharField(_("til hvad"), max_length=200)

    class Meta:
        managed = False
        db_table = "community_contact"
        verbose_name = _("kontakt")
        verbose_name_plural = _("kontakter")

    def __str__(self) -> str:
        return self.name or str(_("Beskyttet navn"))


class SpokenLanguage(OfConsent):
    """A language that somebody speaks who has agreed to be in touch."""

    id = models.CharField(max_length=40, primary_key=True)
    contact = _shown(Contact, name="languages")
    language = models.CharField(_("sprog"), max_length=8)
    mother_tongue = models.BooleanField(_("modersmål"))

    class Meta:
        managed = False
        db_table = "community_language"
        verbose_name = _("sprog")
        verbose_name_plural = _("sprog")

    def __str__(self) -> str:
        return self.language


class LeisureWish(OfConsent):
    """What somebody who has agreed to be in touch wishes for their leisure, in their own words."""

    id = models.CharField(max_length=40, primary_key=True)
    contact = _shown(Contact, name="wishes")
    words = models.TextField(_("egne ord"))
    said = models.DateField(_("sagt"))

    class Meta:
        managed = False
        db_table = "community_wish"
        verbose_name = _("ønske")
        verbose_name_plural = _("ønsker")
        ordering: ClassVar[list[str]] = ["-said"]

    def __str__(self) -> str:
        return self.words[:60]
