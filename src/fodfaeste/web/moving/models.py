"""Moves between municipalities, who agreed to what, and the files that offices have closed: facts and constraints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Consent, Person, Versioned
from fodfaeste.web.programme.models import Programme


class Move(Versioned):
    """Persons of a household move from one municipality to another on a day, with what of their file goes along.

    A municipality that does not use the system has no organisation here: `to_name` and `to_code` say which it is.
    """

    class State(models.TextChoices):
        """How far it has come. That it is agreed follows from consents and legal ground, and is stored nowhere."""

        PREPARED = "prepared", _("forberedt")
        OFFERED = "offered", _("tilbudt")
        ACCEPTED = "accepted", _("modtaget")
        HANDED = "handed", _("afleveret som fil")
        RETURNED = "returned", _("sendt tilbage")
        WITHDRAWN = "withdrawn", _("trukket tilbage")

    LIVE = (State.PREPARED, State.OFFERED, State.RETURNED)
    """States in which it may still come about."""

    from_office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("fra"))
    to_office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("til")
    )
    to_code = models.CharField(_("kommunekode"), max_length=3, blank=True)
    to_name = models.CharField(_("kommune"), max_length=200)
    day = models.DateField(_("første dag i den nye kommune"))
    groups = models.JSONField(_("det, der går med"), default=list, blank=True)
    ground = models.CharField(_("hjemmel"), max_length=40, blank=True)
    ground_words = models.TextField(_("hvorfor hjemlen er opfyldt"), blank=True)
    state = models.CharField(_("stand"), max_length=10, choices=State.choices, default=State.PREPARED)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("forberedt af"))
    made = models.DateTimeField(_("forberedt"), auto_now_add=True)
    sent_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("sendt af")
    )
    sent = models.DateTimeField(_("sendt"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("besvaret af")
    )
    answered = models.DateTimeField(_("besvaret"), null=True, blank=True)
    worker = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("ny medarbejder")
    )
    why = models.TextField(_("begrundelse"), blank=True)

    class Meta:
        verbose_name = _("flytning")
        verbose_name_plural = _("flytninger")
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(to_office=None) | ~Q(to_office=F("from_office")), name="a_move_leads_elsewhere"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(worker__isnull=False, answered_by__isnull=False),
                name="who_accepted_a_move_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ground="") | ~Q(ground_words=""), name="a_legal_ground_says_why_it_holds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_office} → {self.to_name}, {self.day}"

    @property
    def is_live(self) -> bool:
        """Whether it may still come about."""
        return self.state in self.LIVE


class Mover(models.Model):
    """Somebody who moves. The name is that of the day on which the move was prepared, for who may not see them yet."""

    move = models.ForeignKey(Move, models.CASCADE, related_name="movers", verbose_name=_("flytning"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="moves", verbose_name=_("person"))
    name = models.CharField(_("navn"), max_length=241, db_collation="danish")
    case_number = models.CharField(_("sagsnummer"), max_length=20)
    birth_date = models.DateField(_("født"))
    live = models.BooleanField(default=True, editable=False)
    old_programme = models.ForeignKey(
        Programme, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("program før")
    )
    new_programme = models.ForeignKey(
        Programme, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("program efter")
    )

    class Meta:
        verbose_name = _("person, der flytter")
        verbose_name_plural = _("personer, der flytter")
        ordering: ClassVar[list[str]] = ["birth_date", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person"], condition=Q(live=True), name="one_move_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """That somebody agreed to what goes along: a typed name, when, who was there, the fingerprint of what they read.

    The consent itself stands among the person's consents, where it can be withdrawn.
    """

    mover = models.ForeignKey(Mover, models.CASCADE, related_name="agreements", verbose_name=_("person, der flytter"))
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="+", verbose_name=_("samtykke"))
    name = models.CharField(_("navn, som det blev skrevet"), max_length=200)
    present = models.CharField(_("til stede"), max_length=300, blank=True)
    with_interpreter = models.BooleanField(_("med tolk"), default=False)
    language = models.CharField(_("læst på"), max_length=8)
    text_hash = models.CharField(_("tekstens fingeraftryk"), max_length=64)
    at = models.DateTimeField(_("skrevet"), auto_now_add=True)
    taken_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("modtaget af")
    )

    class Meta:
        verbose_name = _("samtykke til flytning")
        verbose_name_plural = _("samtykker til flytning")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="who_agrees_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClosedCase(models.Model):
    """The file of somebody for whom an office is responsible no longer: what it kept is read here, and nowhere else.

    Names are those of the last day. What happened since is another office's, and does not come here.
    """

    class Why(models.TextChoices):
        """Why the office's responsibility ended."""

        MOVED = "moved", _("flyttet")
        EMIGRATED = "emigrated", _("udrejst")
        DIED = "died", _("død")

    person = models.ForeignKey(Person, models.PROTECT, related_name="closed_cases", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    worker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sidste medarbejder"))
    day = models.DateField(_("første dag uden"))
    why = models.CharField(_("hvorfor"), max_length=10, choices=Why.choices)
    gone_along = models.JSONField(_("det, der gik med"), default=list, blank=True)
    move = models.ForeignKey(
        Move, models.PROTECT, related_name="closed", null=True, blank=True, verbose_name=_("flytning")
    )
    name = models.CharField(_("navn"), max_length=241, db_collation="danish")
    case_number = models.CharField(_("sagsnummer"), max_length=20)
    birth_date = models.DateField(_("født"))
    closed = models.DateTimeField(_("afsluttet"), auto_now_add=True)
    reopened = models.DateField(_("genåbnet"), null=True, blank=True)

    class Meta:
        verbose_name = _("afsluttet sag")
        verbose_name_plural = _("afsluttede sager")
        ordering: ClassVar[list[str]] = ["-day", "name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "day"], name="closed_cases_by_day"),
        ]

    def __str__(self) -> str:
        return self.case_number
