"""Rounds of quotas: their figures and what follows from them, agreements, uploads, and what was decided by whom.

A round is a version of a year's quotas: announced with the national number, fixed after agreements, changed in the
year. What is published is locked by the database itself (`rounds.locks`); decisions are written once.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fodfaeste.place.rule_sets import QUOTA, UKRAINE
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.chain.chained import Chained


class QuotaRound(models.Model):
    """A version of the quotas for a calendar year, by the rules of a day."""

    class Track(models.TextChoices):
        """By which act."""

        QUOTA = QUOTA, _("integrationsloven")
        UKRAINE = UKRAINE, _("særloven om fordrevne fra Ukraine")

    class Stage(models.TextChoices):
        """What the version is for."""

        ANNOUNCEMENT = "announcement", _("udmelding af landstallet")
        FIXING = "fixing", _("fastsættelse efter aftaler")
        REVISION = "revision", _("ændring i året")
        TRANCHE = "tranche", _("de næste personer")

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", _("kladde")
        PUBLISHED = "published", _("offentliggjort")
        REVISED = "revised", _("afløst")
        CLOSED = "closed", _("afsluttet")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="quota_rounds", verbose_name=_("af"))
    year = models.PositiveSmallIntegerField(_("for året"))
    track = models.CharField(_("efter"), max_length=10, choices=Track.choices, default=Track.QUOTA)
    number = models.PositiveSmallIntegerField(_("nummer"), default=1)
    stage = models.CharField(_("trin"), max_length=15, choices=Stage.choices, default=Stage.ANNOUNCEMENT)
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.DRAFT)
    rule_set = models.CharField(_("regelsæt"), max_length=20)
    rules_on = models.DateField(_("regler, der gælder den"))
    national = models.PositiveIntegerField(_("landstal"))
    follows = models.ForeignKey(
        "self", models.PROTECT, related_name="followed_by", null=True, blank=True, verbose_name=_("følger efter")
    )
    reason = models.TextField(_("hvorfor"), blank=True)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("oprettet af"))
    published = models.DateTimeField(_("offentliggjort"), null=True, blank=True)

    class Meta:
        verbose_name = _("kvoterunde")
        verbose_name_plural = _("kvoterunder")
        ordering: ClassVar[list[str]] = ["-year", "track", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year", "track", "number"], name="one_round_a_number"),
            models.UniqueConstraint(
                fields=["organisation", "year", "track"], condition=Q(state="draft"), name="one_round_in_the_making"
            ),
            models.UniqueConstraint(
                fields=["organisation", "year"],
                condition=Q(state="published", track=QUOTA),
                name="one_round_that_holds",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published=None) | (~Q(state="draft") & Q(published__isnull=False)),
                name="a_published_round_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} ({self.number})"

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("placement:round", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether it can still change."""
        return self.state == self.State.DRAFT

    @property
    def announced_in(self) -> int:
        """The year in which the quotas are announced and agreed on."""
        return self.year - 1

    @property
    def municipalities_on(self) -> date:
        """The day whose municipalities the round is for."""
        return date(self.year, 1, 1)


class QuotaLine(models.Model):
    """A municipality of a round: its figures, every step of the computation, and its quota.

    What the formula of the round does not use is empty. The steps are called as in `place.quota.Quotas`.
    """

    round = models.ForeignKey(QuotaRound, models.CASCADE, related_name="lines", verbose_name=_("runde"))
    code = models.CharField(_("kode"), max_length=3)
    name = models.CharField(_("kommune"), max_length=120)
    region = models.CharField(_("region"), max_length=60)
    population = models.PositiveIntegerField(_("indbyggere"))
    immigrants_refugees = models.PositiveIntegerField(_("indvandrere og flygtninge"), null=True)
    family_reunified = models.PositiveIntegerField(_("familiesammenførte"), null=True)
    p = models.FloatField(_("andel af indbyggere"))
    m = models.FloatField(_("andel af indvandrere og flygtninge"), null=True)
    s = models.FloatField(_("fordelingsandel"))
    calculated = models.FloatField(_("beregnet tal"))
    provisional = models.FloatField(_("foreløbigt tal"))
    exact = models.FloatField(_("nedsat tal"))
    calculated_quota = models.PositiveIntegerField(_("beregnet kvote"))
    quota = models.PositiveIntegerField(_("kvote"))
    one_more = models.BooleanField(_("én mere for en stor brøk"), default=False)
    why = models.CharField(_("hvorfor"), max_length=20)

    class Meta:
        verbose_name = _("kommunekvote")
        verbose_name_plural = _("kommunekvoter")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "code"], name="one_line_a_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.quota}"

    @property
    def is_agreed(self) -> bool:
        """Whether the quota was agreed on."""
        return self.why == "agreed"


class QuotaAgreement(models.Model):
    """What the municipalities of a region agreed on; `counts` where it holds every condition."""

    round = models.ForeignKey(QuotaRound, models.CASCADE, related_name="agreements", verbose_name=_("runde"))
    region = models.CharField(_("region"), max_length=60)
    file_name = models.CharField(_("fil"), max_length=200)
    received = models.DateField(_("modtaget"))
    written = models.BooleanField(_("aftalen er skriftlig"))
    says_how_to_change = models.BooleanField(_("aftalen siger, hvordan en ændring af landstallet fordeles"))
    told_beforehand = models.BooleanField(_("det er meddelt, før landstallet blev ændret"))
    counts = models.BooleanField(_("gælder"), default=False)
    made = models.DateTimeField(_("indlæst"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("indlæst af"))

    class Meta:
        verbose_name = _("aftale om kvoter")
        verbose_name_plural = _("aftaler om kvoter")
        ordering: ClassVar[list[str]] = ["region"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "region"], name="one_agreement_a_region"),
        ]

    def __str__(self) -> str:
        return self.region


class AgreedQuota(models.Model):
    """The number that was agreed on for a municipality, and whether its council has signed."""

    agreement = models.ForeignKey(QuotaAgreement, models.CASCADE, related_name="numbers", verbose_name=_("aftale"))
    code = models.CharField(_("kode"), max_length=3)
    name = models.CharField(_("kommune"), max_length=120)
    quota = models.PositiveIntegerField(_("aftalt kvote"), null=True)
    signed = models.BooleanField(_("underskrevet"))

    class Meta:
        verbose_name = _("aftalt kvote")
        verbose_name_plural = _("aftalte kvoter")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agreement", "code"], name="one_agreed_quota_a_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.quota}"


class QuotaUpload(models.Model):
    """A table on its way into a round: its cells as they were sent, typed or mended. It names no person."""

    class Kind(models.TextChoices):
        """What it has."""

        FIGURES = "figures", _("tal")
        AGREEMENT = "agreement", _("aftale")

    round = models.ForeignKey(QuotaRound, models.CASCADE, related_name="uploads", verbose_name=_("runde"))
    kind = models.CharField(_("art"), max_length=10, choices=Kind.choices)
    file_name = models.CharField(_("fil"), max_length=200)
    rows = models.JSONField(_("rækker"))
    unread = models.CharField(_("kolonner, der ikke læses"), max_length=2000, blank=True)
    about = models.JSONField(_("om aftalen"), default=dict)
    made = models.DateTimeField(_("indlæst"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("indlæst af"))

    class Meta:
        verbose_name = _("indlæst tabel")
        verbose_name_plural = _("indlæste tabeller")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class QuotaDecision(Chained):
    """A decision on a round: what, by whom, when, and the facts it rests on. Written once, and kept longest."""

    CHAIN_OF = "round__organisation"

    class Act(models.TextChoices):
        """What was decided."""

        PUBLISHED = "published", _("offentliggjort")
        REVISED = "revised", _("afløst af en ny runde")
        CLOSED = "closed", _("afsluttet")

    round = models.ForeignKey(
        QuotaRound, models.DO_NOTHING, related_name="decisions", db_constraint=False, verbose_name=_("runde")
    )
    act = models.CharField(_("afgørelse"), max_length=10, choices=Act.choices)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(User, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af"))
    by_name = models.CharField(_("navn"), max_length=200)
    facts = models.JSONField(_("grundlag"))

    class Meta:
        verbose_name = _("afgørelse om kvoter")
        verbose_name_plural = _("afgørelser om kvoter")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%d-%m-%Y}"
