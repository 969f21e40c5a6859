"""Agreements with workplaces, what the three sides answered, and the links by which workplaces come.

An agreement is about one activity of a plan, known by its number, which is the same in all versions. What it says of
the week is the plan's; the database refuses to change any of it while it is laid before the three (`locks`).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.links.models import GivenLink
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import Programme


class Agreement(models.Model):
    """What is agreed with a workplace. `end` is the first day without it."""

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", _("kladde")
        SENT = "sent", _("venter på godkendelse")
        READY = "ready", _("klar")
        OFF = "off", _("bortfaldet")

    LAID_BEFORE = (State.SENT, State.READY)

    person = models.ForeignKey(Person, models.PROTECT, related_name="work_agreements", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="work_agreements", verbose_name=_("program"))
    activity = models.PositiveSmallIntegerField(_("aktivitetens nummer i planen"))
    state = models.CharField(_("stand"), max_length=5, choices=State.choices, default=State.DRAFT)
    text_hash = models.CharField(_("tekstens fingeraftryk"), max_length=64, blank=True)
    sent = models.DateTimeField(_("sendt"), null=True, blank=True)
    ready = models.DateTimeField(_("klar"), null=True, blank=True)
    # What the plan says of it.
    name = models.CharField(_("aktivitet"), max_length=120)
    place = models.CharField(_("sted"), max_length=120)
    hours_a_week = models.DecimalField(_("timer om ugen"), max_digits=4, decimal_places=1)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"))
    week = models.JSONField(_("tider i ugen"), default=list)
    # What is agreed besides.
    employer = models.CharField(_("arbejdsplads"), max_length=120)
    cvr = models.CharField(_("CVR-nummer"), max_length=8)
    contact = models.CharField(_("kontaktperson"), max_length=120)
    mentor = models.CharField(_("mentor"), max_length=120)
    called = models.CharField(_("kaldes på arbejdspladsen"), max_length=60)
    tasks = models.TextField(_("opgaver"))
    goal = models.TextField(_("sprogligt mål"))
    # How the contact is reached: no part of what is approved.
    contact_phone = models.CharField(_("kontaktpersonens telefon"), max_length=20, blank=True)
    contact_email = models.EmailField(_("kontaktpersonens e-mail"), blank=True)

    class Meta:
        verbose_name = _("aftale med arbejdsplads")
        verbose_name_plural = _("aftaler med arbejdspladser")
        ordering: ClassVar[list[str]] = ["start", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "activity"], condition=~Q(state="off"), name="one_agreement_an_activity"
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="an_agreement_lasts"),
            models.CheckConstraint(
                condition=~Q(state__in=("sent", "ready")) | (~Q(text_hash="") & Q(sent__isnull=False)),
                name="what_is_laid_before_them_has_a_fingerprint",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready__isnull=False), name="what_is_ready_says_since_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer}: {self.name}"

    @property
    def laid_before(self) -> bool:
        """Whether the three have it before them."""
        return self.state in self.LAID_BEFORE


class Answer(models.Model):
    """What one side said of an agreement: yes with a typed name, or what does not fit.

    A user took it, or it came by a link, known by its number: the newcomer's to their own page, or the workplace's.
    What a change or a new answer has lifted is kept, with the time at which it was.
    """

    class Side(models.TextChoices):
        """Whose it is."""

        PERSON = "person", _("den nytilkomne")
        WORKPLACE = "workplace", _("arbejdspladsen")
        OFFICE = "office", _("kommunen")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="answers", verbose_name=_("aftale"))
    side = models.CharField(_("på vegne af"), max_length=10, choices=Side.choices)
    approves = models.BooleanField(_("godkender"))
    name = models.CharField(_("navn, som det blev skrevet"), max_length=200, blank=True)
    words = models.TextField(_("hvad der ikke passer"), blank=True)
    present = models.CharField(_("til stede"), max_length=300, blank=True)
    at = models.DateTimeField(_("svaret"))
    text_hash = models.CharField(_("tekstens fingeraftryk"), max_length=64)
    taken_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("modtaget af")
    )
    link = models.PositiveBigIntegerField(_("givet ved link nr."), null=True, blank=True)
    lifted = models.DateTimeField(_("bortfaldet"), null=True, blank=True)

    class Meta:
        verbose_name = _("svar på aftale med arbejdsplads")
        verbose_name_plural = _("svar på aftaler med arbejdspladser")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["agreement", "side"], condition=Q(lifted=None), name="one_answer_a_side_that_holds"
            ),
            models.CheckConstraint(
                condition=(Q(approves=True) & ~Q(name="")) | (Q(approves=False) & ~Q(words="")),
                name="yes_has_a_name_and_no_says_what",
            ),
            models.CheckConstraint(
                condition=Q(side="workplace", taken_by=None, link__isnull=False)
                | Q(side="office", taken_by__isnull=False, link=None)
                | Q(side="person", taken_by__isnull=False, link=None)
                | Q(side="person", taken_by=None, link__isnull=False),
                name="by_which_way_an_answer_came_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.name or self.words}"


class WorkplaceLink(GivenLink):
    """A link to one agreement, for the workplace. It opens as long as the agreement is the office's and not over."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="links", verbose_name=_("aftale"))
    opened = models.DateTimeField(_("åbnet første gang"), null=True, blank=True)

    class Meta:
        verbose_name = _("link til arbejdsplads")
        verbose_name_plural = _("links til arbejdspladser")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(secret=""), name="a_workplace_link_has_a_secret"),
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="a_workplace_link_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.made:%Y-%m-%d}"
