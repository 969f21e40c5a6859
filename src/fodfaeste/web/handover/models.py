"""Handovers, the cases in them, and stand-ins. Facts and constraints only: acts are in `handover.domain`.

Whose a case is stands with `people.Responsibility` alone. A handover says what is told, who is asked and what they
answered; that it was answered with yes is what moves the responsibility.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.people.models import Person, spell_constraints


class Handover(models.Model):
    """A worker's caseload in an office on its way to others. `leaves` is the first day without the worker."""

    worker = models.ForeignKey(User, models.PROTECT, related_name="handovers", verbose_name=_("medarbejder"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    leaves = models.DateField(_("første dag uden medarbejderen"))
    begun = models.DateTimeField(_("begyndt"), auto_now_add=True)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("begyndt af"))
    closed = models.DateTimeField(_("afsluttet"), null=True, blank=True)

    class Meta:
        verbose_name = _("overdragelse")
        verbose_name_plural = _("overdragelser")
        ordering: ClassVar[list[str]] = ["leaves", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["worker", "organisation"], condition=Q(closed=None), name="one_handover_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker}, {self.organisation}"


class HandedCase(models.Model):
    """A case in a handover: what the leaving worker tells of it, who was asked to take it, and the answer."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("ikke tilbudt")
        OFFERED = "offered", _("tilbudt")
        ACCEPTED = "accepted", _("modtaget")
        RETURNED = "returned", _("givet tilbage")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="cases", verbose_name=_("overdragelse"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="handed", verbose_name=_("person"))
    told = models.TextField(_("det vil jeg fortælle dig"), blank=True)
    matters = models.TextField(_("hvem der betyder noget"), blank=True)
    state = models.CharField(_("stand"), max_length=10, choices=State.choices, default=State.WAITING)
    receiver = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("modtager")
    )
    answered = models.DateTimeField(_("besvaret"), null=True, blank=True)
    reason = models.CharField(_("hvorfor den blev givet tilbage"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("sag i overdragelse")
        verbose_name_plural = _("sager i overdragelse")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["handover", "person"], name="a_case_once_a_handover"),
            models.CheckConstraint(
                condition=Q(state="waiting", receiver=None) | (~Q(state="waiting") & Q(receiver__isnull=False)),
                name="what_is_offered_has_a_receiver",
            ),
            models.CheckConstraint(condition=Q(state="waiting") | ~Q(told=""), name="what_is_offered_is_told_of"),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reason=""), name="what_comes_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.person.case_number}: {self.get_state_display()}"


class StandIn(models.Model):
    """Somebody looks after an absent colleague's cases from a day on; `end` is the first day without them.

    The cases stay the absent colleague's. `membership` is the role that was given for this, where one was.
    """

    absent = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("fraværende"))
    stand_in = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("vikar"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"))
    urgent = models.CharField(_("det, der haster"), max_length=500)
    membership = models.ForeignKey(
        Membership, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("rolle, der fulgte med")
    )
    made = models.DateTimeField(_("aftalt"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("aftalt af"))

    class Meta:
        verbose_name = _("vikariat")
        verbose_name_plural = _("vikariater")
        ordering: ClassVar[list[str]] = ["start", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *spell_constraints("a_stand_in"),
            models.CheckConstraint(condition=~Q(absent=F("stand_in")), name="nobody_stands_in_for_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in}: {self.absent}"
