"""Arriving households, what they need and wish, what municipalities have, and what was decided for whom by whom.

Nobody here is a `people.Person` yet: no municipality is responsible for them. The receiving municipality makes them
persons when it takes them in. The state of a household is what its last record says; records are written once.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Schooling, Sex, Versioned
from fodfaeste.web.placement.chain.chained import Chained

CIVIL_STATUS = [("married", _("gift")), ("unmarried", _("ikke gift"))]
"""As registers code it; a trained forecast may ask for it."""

LANGUAGES = [
    ("ar", _("arabisk")),
    ("uk", _("ukrainsk")),
    ("en", _("engelsk")),
    ("fa", _("persisk")),
    ("ti", _("tigrinya")),
    ("so", _("somali")),
    ("ku", _("kurdisk")),
    ("fr", _("fransk")),
    ("es", _("spansk")),
]
"""Languages that households speak; another is told as the nearest they read."""


def new_salt() -> str:
    """Draw what a record is salted with."""
    return secrets.token_hex(16)


_BY_ONE = Q(by__isnull=False, own_link=None) | Q(by=None, own_link__isnull=False)
"""A user did it, or the household itself by one of its links."""


class Arrival(Versioned):
    """A household that arrives and is to be placed. It is never divided."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("venter")
        DECIDED = "decided", _("afgjort")
        SENT = "sent", _("sendt til kommunen")
        RECEIVED = "received", _("modtaget af kommunen")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="arrivals", verbose_name=_("af"))
    reference = models.CharField(_("nummer"), max_length=20)
    name = models.CharField(_("betegnelse"), max_length=120)
    arrives = models.DateField(_("ankommer"))
    language = models.CharField(_("sprog"), max_length=5, choices=LANGUAGES)
    needs = EncryptedTextField(_("hensyn"), blank=True, null=True)
    together_with = models.ForeignKey(
        "self",
        models.SET_NULL,
        related_name="followed_by",
        null=True,
        blank=True,
        verbose_name=_("skal bo samme sted som"),
    )
    state = models.CharField(_("tilstand"), max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    place = models.CharField(_("kommune"), max_length=3, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(_("på kvoten for"), null=True, editable=False)
    receiver = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, editable=False, verbose_name=_("modtager")
    )
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    """Of what another system sent, to tell the same household sent again from another one; empty where nobody did."""
    erased = models.BooleanField(_("slettet efter reglen"), default=False, editable=False)
    """What is left then is the case without its people."""
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("oprettet af"))

    class Meta:
        verbose_name = _("ankommende husstand")
        verbose_name_plural = _("ankommende husstande")
        ordering: ClassVar[list[str]] = ["arrives", "reference"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="one_arrival_a_reference"),
            models.CheckConstraint(
                condition=Q(state="waiting", place="", year=None) | (~Q(state="waiting") & ~Q(place="")),
                name="a_decided_household_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        """Give its page at the desk."""
        return reverse("placement:arrival", args=[self.pk])


class ArrivingPerson(models.Model):
    """Somebody of an arriving household. No forecast reads their age, sex or citizenship (`desk.computing`)."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="members", verbose_name=_("husstand"))
    given_name = models.CharField(_("fornavn"), max_length=120)
    family_name = models.CharField(_("efternavn"), max_length=120, blank=True)
    birth_date = models.DateField(_("født"))
    sex = models.CharField(_("køn"), max_length=10, choices=Sex.choices)
    citizenship = models.CharField(_("statsborgerskab"), max_length=3)
    trade = models.CharField(_("arbejde før"), max_length=120, blank=True)
    schooling = models.CharField(_("skolegang"), max_length=10, blank=True, default="", choices=Schooling.choices)
    civil_status = models.CharField(_("civilstand"), max_length=10, blank=True, default="", choices=CIVIL_STATUS)
    case_number = models.CharField(_("sagsnummer hos kommunen"), max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("ankommende person")
        verbose_name_plural = _("ankommende personer")
        ordering: ClassVar[list[str]] = ["birth_date", "pk"]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class ArrivalWish(models.Model):
    """What a household wishes or needs of a place: by hard conditions a place falls away, by wishes it gains."""

    class Kind(models.TextChoices):
        """What it is about."""

        FAMILY = "family", _("nær familie")
        NETWORK = "network", _("nær venner eller landsmænd")
        WORK = "work", _("nær et arbejde eller et jobtilbud")
        SCHOOL = "school", _("nær en skole eller uddannelse")
        TREATMENT = "treatment", _("nær en behandling")
        SECTOR = "sector", _("et bestemt slags arbejde")
        AROUND = "around", _("omgivelserne")
        TOWN = "town", _("byens størrelse")
        AVOID = "avoid", _("ikke i denne kommune")

    class Size(models.TextChoices):
        """How large a municipality is, in inhabitants."""

        SMALL = "small", _("lille: under 30.000 indbyggere")
        MIDDLE = "middle", _("mellem: 30.000 til 80.000 indbyggere")
        LARGE = "large", _("stor: over 80.000 indbyggere")

    class Sector(models.TextChoices):
        """Kinds of work, in the words that people use of themselves."""

        FARM = "farm", _("landbrug og fiskeri")
        INDUSTRY = "industry", _("industri og fabrik")
        BUILDING = "building", _("byggeri og håndværk")
        TRANSPORT = "transport", _("transport og lager")
        SHOPS = "shops", _("butikker")
        HOTELS = "hotels", _("hotel og restaurant")
        CLEANING = "cleaning", _("rengøring")
        CARE = "care", _("pleje og sundhed")
        SCHOOL = "school", _("skole og dagtilbud")
        OFFICE = "office", _("it og kontor")

    class Around(models.TextChoices):
        """What is around a place. How each is judged says `words.JUDGED`; what is judged is measured (`wanted`)."""

        WATER = "water", _("ved vandet")
        COUNTRY = "country", _("på landet")
        NEAR_TOWN = "near_town", _("en større by i nærheden")
        LANGUAGE = "language", _("andre, der taler vores sprog")
        QUIET = "quiet", _("roligt, med få nytilkomne")
        CLUBS = "clubs", _("mange foreninger")

    class Origin(models.TextChoices):
        """Who wrote it down."""

        OFFICER = "officer", _("skrevet af en visitator")
        HOUSEHOLD = "household", _("skrevet af husstanden selv")

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="wishes", verbose_name=_("husstand"))
    kind = models.CharField(_("hvad"), max_length=10, choices=Kind.choices)
    code = models.CharField(_("kommune"), max_length=3, blank=True)
    km = models.PositiveSmallIntegerField(_("højst så mange km væk"), default=0)
    size = models.CharField(_("størrelse"), max_length=10, blank=True, choices=Size.choices)
    sector = models.CharField(_("slags arbejde"), max_length=10, blank=True, choices=Sector.choices)
    around = models.CharField(_("omgivelser"), max_length=10, blank=True, choices=Around.choices)
    hard = models.BooleanField(_("skal være opfyldt"), default=False)
    weight = models.PositiveSmallIntegerField(
        _("hvor vigtigt"),
        default=2,
        choices=[(1, _("lidt vigtigt")), (2, _("vigtigt")), (3, _("meget vigtigt"))],
    )
    origin = models.CharField(
        _("hvorfra"), max_length=10, choices=Origin.choices, default=Origin.OFFICER, editable=False
    )

    class Meta:
        verbose_name = _("ønske om sted")
        verbose_name_plural = _("ønsker om sted")
        ordering: ClassVar[list[str]] = ["-hard", "-weight", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(kind="town") & ~Q(size=""))
                | (Q(kind="sector") & ~Q(sector=""))
                | (Q(kind="around") & ~Q(around=""))
                | (~Q(kind__in=("town", "sector", "around")) & ~Q(code="")),
                name="a_wish_names_what_it_is_about",
            ),
        ]

    @property
    def is_soft(self) -> bool:
        """Say whether it is a wish, and no condition."""
        return not self.hard and self.kind != self.Kind.AVOID

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Asking(models.Model):
    """That a household was asked for its wishes, or answered: that it has some, or none. Written once; the last counts.

    A household with no such row was not asked, which is something else than having no wish.
    """

    class Act(models.TextChoices):
        """What happened."""

        ASKED = "asked", _("spurgt")
        ANSWERED = "answered", _("har svaret")
        NONE = "none", _("har svaret, at den ingen ønsker har")

    arrival = models.ForeignKey(
        Arrival, models.DO_NOTHING, related_name="askings", db_constraint=False, verbose_name=_("husstand")
    )
    act = models.CharField(_("handling"), max_length=10, choices=Act.choices)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_constraint=False, null=True, verbose_name=_("af")
    )
    own_link = models.PositiveBigIntegerField(_("af husstanden selv, med link nr."), null=True)

    class Meta:
        verbose_name = _("spørgsmål om ønsker")
        verbose_name_plural = _("spørgsmål om ønsker")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_BY_ONE, name="somebody_asked_or_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%d-%m-%Y}"


class RoomTaken(models.Model):
    """How many persons of a municipality's quota are decided on: the row that two officers wait for each other at."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rooms_taken", verbose_name=_("af"))
    year = models.PositiveSmallIntegerField(_("år"))
    code = models.CharField(_("kode"), max_length=3)
    quota = models.PositiveIntegerField(_("kvote"))
    persons = models.PositiveIntegerField(_("personer"), default=0)

    class Meta:
        verbose_name = _("brugt kvote")
        verbose_name_plural = _("brugte kvoter")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year", "code"], name="one_count_a_municipality_and_year"),
            models.CheckConstraint(condition=Q(persons__lte=F("quota")), name="nobody_is_placed_beyond_the_quota"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year}: {self.persons}/{self.quota}"


class PlacementRecord(Chained):
    """What was decided or done about a household: by whom, when, and every fact it rests on. Written once."""

    CHAIN_OF = "arrival__organisation"

    class Act(models.TextChoices):
        """What happened."""

        DECIDED = "decided", _("afgjort")
        UNDONE = "undone", _("fortrudt")
        SENT = "sent", _("sendt")
        RECEIVED = "received", _("modtaget")
        OBJECTED = "objected", _("klage modtaget")
        REOPENED = "reopened", _("genoptaget")
        UPHELD = "upheld", _("afgørelsen fastholdt")

    arrival = models.ForeignKey(
        Arrival, models.DO_NOTHING, related_name="records", db_constraint=False, verbose_name=_("husstand")
    )
    act = models.CharField(_("handling"), max_length=10, choices=Act.choices)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_constraint=False, null=True, verbose_name=_("af")
    )
    by_name = models.CharField(_("navn"), max_length=200)
    own_link = models.PositiveBigIntegerField(_("af husstanden selv, med link nr."), null=True)
    facts = models.JSONField(_("grundlag"))
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    """Hashed with the rest and deleted with the names: after that nobody can try names against the hash."""

    class Meta:
        verbose_name = _("optegnelse om boligplacering")
        verbose_name_plural = _("optegnelser om boligplacering")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_BY_ONE, name="somebody_did_it"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%d-%m-%Y}"


class ArrivalOpening(models.Model):
    """That somebody has opened the page of a household, or a system read about it: they are no persons here yet."""

    arrival = models.ForeignKey(
        Arrival, models.DO_NOTHING, related_name="openings", db_constraint=False, verbose_name=_("husstand")
    )
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_constraint=False, null=True, verbose_name=_("af")
    )
    own_link = models.PositiveBigIntegerField(_("af husstanden selv, med link nr."), null=True)
    words = models.CharField(_("af andre end brugere"), max_length=200, blank=True, default="")
    page = models.CharField(_("side"), max_length=60)

    class Meta:
        verbose_name = _("åbning af en ankommende husstand")
        verbose_name_plural = _("åbninger af ankommende husstande")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(words="") & _BY_ONE) | (~Q(words="") & Q(by=None, own_link=None)),
                name="somebody_or_a_system_opened_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.at:%d-%m-%Y}"


class Proposal(models.Model):
    """A proposal for all who arrive in a period: what an officer locked and forbade. Its plan is solved when shown."""

    class Protects(models.TextChoices):
        """Below what no household may get."""

        NOTHING = "", _("Ingen grænse: det, der samlet giver mest")
        CHANCE = "chance", _("Ingen får mindre, end lodtrækning i gennemsnit ville give den")
        TODAY = "today", _("Ingen får mindre, end reglen i dag ville give den")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="proposals", verbose_name=_("af"))
    name = models.CharField(_("navn"), max_length=120)
    first = models.DateField(_("ankommer fra"))
    last = models.DateField(_("ankommer til"))
    locks = models.JSONField(_("låst"), default=dict)
    forbids = models.JSONField(_("udelukket"), default=list)
    protects = models.CharField(_("grænse"), max_length=6, blank=True, default="", choices=Protects.choices)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("oprettet af"))

    class Meta:
        verbose_name = _("forslag")
        verbose_name_plural = _("forslag")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("placement:proposal", args=[self.pk])


class ForecastSwitch(Chained):
    """That the forecast was asked to be switched on, switched on by a second person, or switched off. Written once."""

    class Act(models.TextChoices):
        """What happened."""

        ASKED = "asked", _("bedt slået til")
        ON = "on", _("slået til")
        OFF = "off", _("slået fra")
        WITHDRAWN = "withdrawn", _("trukket tilbage")

    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="forecast_switches", db_constraint=False, verbose_name=_("af")
    )
    model = models.CharField(_("model"), max_length=60)
    version = models.CharField(_("version"), max_length=30, blank=True, default="")
    sha256 = models.CharField(_("modellens fingeraftryk"), max_length=64, blank=True, default="")
    trial = models.CharField(_("prøvens fingeraftryk"), max_length=64, blank=True, default="")
    act = models.CharField(_("handling"), max_length=10, choices=Act.choices)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    by = models.ForeignKey(User, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("af"))
    by_name = models.CharField(_("navn"), max_length=200)
    reason = models.TextField(_("hvorfor"))

    class Meta:
        verbose_name = _("prognosens afbryder")
        verbose_name_plural = _("prognosens afbryder")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%d-%m-%Y}"
