"""Persons, households, and what is known of them. Facts and constraints only: acts are in `people.domain`.

Days are half open, as in the register: `start` is the first day, `end` the first day no longer so, and empty while it
lasts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from fodfaeste.web.accounts.models import Organisation, User

LEVELS = [("", "–"), *((level, level) for level in ("A0", "A1", "A2", "B1", "B2", "C1", "C2"))]
"""Levels of a language by the common European framework; A0 is none yet."""


class Sex(models.TextChoices):
    """As the register has it."""

    FEMALE = "female", _("kvinde")
    MALE = "male", _("mand")


class Permit(models.TextChoices):
    """Why somebody may stay."""

    REFUGEE = "refugee", _("flygtning")
    FAMILY = "family", _("familiesammenført")
    OTHER = "other", _("andet")


class Schooling(models.TextChoices):
    """The highest schooling before arrival."""

    NONE = "none", _("ingen")
    PRIMARY = "primary", _("grundskole")
    SECONDARY = "secondary", _("ungdomsuddannelse")
    TERTIARY = "tertiary", _("videregående uddannelse")
    UNKNOWN = "unknown", _("ukendt")


def spell_constraints(name: str) -> list[models.BaseConstraint]:
    """Let a spell end after it begins."""
    return [models.CheckConstraint(condition=Q(end=None) | Q(end__gt=F("start")), name=f"{name}_ends_after_it_begins")]


class Versioned(models.Model):
    """A row that two people may have open at once: who saves second, with an old version, is shown both texts."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Kept(Versioned):
    """A row that stays with an office when the person moves on: it alone sees it then, and nobody changes it.

    Without `kept_by` a row goes along with the person, from office to office.
    """

    kept_by = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("bliver hos"),
    )

    class Meta:
        abstract = True


class Household(Versioned):
    """People who belong together and are housed together."""

    name = models.CharField(_("betegnelse"), max_length=120)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)

    class Meta:
        verbose_name = _("husstand")
        verbose_name_plural = _("husstande")

    def __str__(self) -> str:
        return self.name


class Person(Versioned):
    """A newcomer. The case number says nothing of who it is; the CPR number is encrypted, and found whole or not."""

    case_number = models.CharField(_("sagsnummer"), max_length=20, unique=True)
    family_name = models.CharField(_("efternavn"), max_length=120, blank=True, db_collation="danish")
    given_name = models.CharField(_("fornavn"), max_length=120, db_collation="danish")
    own_script = models.CharField(_("navn i egen skrift"), max_length=240, blank=True)
    birth_date = models.DateField(_("født"))
    birth_date_by_decree = models.BooleanField(_("fødselsdato fastsat af myndighed"), default=False)
    sex = models.CharField(_("køn"), max_length=10, choices=Sex.choices)
    citizenship = models.CharField(_("statsborgerskab"), max_length=3, help_text=_("tre bogstaver, ISO 3166-1"))
    permit = models.CharField(_("opholdsgrundlag"), max_length=10, choices=Permit.choices, default=Permit.REFUGEE)
    civil_status = models.CharField(
        _("civilstand ved ankomst"),
        max_length=10,
        blank=True,
        choices=[("married", _("gift")), ("unmarried", _("ugift"))],
    )
    schooling = models.CharField(_("skolegang"), max_length=10, choices=Schooling.choices, default=Schooling.UNKNOWN)
    schooling_years = models.PositiveSmallIntegerField(_("års skolegang"), null=True, blank=True)
    arrival_date = models.DateField(_("første dag i en dansk kommune"))
    takeover_date = models.DateField(_("overtaget af kommunen"))
    cpr = EncryptedCharField(_("CPR-nummer"), max_length=11, blank=True, null=True)
    cpr_hash = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    phone = models.CharField(_("telefon"), max_length=30, blank=True)
    language = models.CharField(_("breve på"), max_length=5, default="da")
    drives = models.BooleanField(_("kørekort"), default=False)
    has_car = models.BooleanField(_("bil"), default=False)
    protected = models.BooleanField(_("beskyttet navn og adresse"), default=False)
    search = models.TextField(editable=False, blank=True)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("lagt ind i"),
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")
        ordering: ClassVar[list[str]] = ["family_name", "given_name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["family_name", "given_name"], name="persons_by_name"),
            models.Index(fields=["birth_date"], name="persons_by_birth"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cpr_hash"], condition=~Q(cpr_hash=""), name="one_person_a_cpr_number"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="nobody_is_merged_into_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class HouseholdMember(Versioned):
    """Somebody in a household, for as long as it lasts. Who is expected has a `start` still to come."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name=_("husstand"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="households", verbose_name=_("person"))
    relation = models.CharField(_("forhold"), max_length=60, blank=True)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    class Meta:
        verbose_name = _("medlem af husstand")
        verbose_name_plural = _("medlemmer af husstande")
        constraints = spell_constraints("membership_of_a_household")

    def __str__(self) -> str:
        return f"{self.person}, {self.household}"


class Responsibility(models.Model):
    """Which municipality is responsible for a person, and who of its people works with them. Never two at once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="responsibilities", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    worker = models.ForeignKey(User, models.PROTECT, related_name="caseload", verbose_name=_("medarbejder"))
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    class Meta:
        verbose_name = _("ansvar")
        verbose_name_plural = _("ansvar")
        constraints = spell_constraints("responsibility")
        # All that the gate and the wall ask of a row: they ask it for each person, in every query.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "organisation", "start", "end"], name="who_is_responsible")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.organisation}"


class ResidenceSpell(Kept):
    """A stay in a municipality. Moves within it are no new spell."""

    class EndReason(models.TextChoices):
        """Why a stay ended."""

        MOVED = "moved", _("flyttet")
        EMIGRATED = "emigrated", _("udrejst")
        DIED = "died", _("død")
        UNKNOWN = "unknown", _("ukendt")

    person = models.ForeignKey(Person, models.PROTECT, related_name="residence_spells", verbose_name=_("person"))
    municipality = models.CharField(_("kommunekode"), max_length=3)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)
    end_reason = models.CharField(_("hvorfor"), max_length=10, blank=True, choices=EndReason.choices)
    to = models.CharField(_("flyttet til kommune"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("ophold")
        verbose_name_plural = _("ophold")
        ordering: ClassVar[list[str]] = ["start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *spell_constraints("residence"),
            models.CheckConstraint(condition=Q(to="") | Q(end_reason="moved"), name="residence_to_only_when_moved"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.municipality}"


class EmploymentSpell(Kept):
    """A time in one kind of work or education. Spells of different kinds may overlap."""

    class Kind(models.TextChoices):
        """Kinds of work, as the register has them."""

        ORDINARY = "ordinary", _("ordinært arbejde")
        SUBSIDISED = "subsidised", _("løntilskud")
        TRAINEESHIP = "traineeship", _("praktik")
        EDUCATION = "education", _("uddannelse")
        UNEMPLOYED = "unemployed", _("ledig")

    person = models.ForeignKey(Person, models.PROTECT, related_name="employment_spells", verbose_name=_("person"))
    kind = models.CharField(_("art"), max_length=20, choices=Kind.choices)
    employer = models.CharField(_("arbejdssted"), max_length=200, blank=True)
    hours_a_week = models.DecimalField(_("timer om ugen"), max_digits=4, decimal_places=1, null=True, blank=True)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    class Meta:
        verbose_name = _("beskæftigelse")
        verbose_name_plural = _("beskæftigelse")
        ordering: ClassVar[list[str]] = ["start"]
        constraints = spell_constraints("employment")

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"


class LanguageSkill(Kept):
    """A language that somebody speaks, writes or reads."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="languages", verbose_name=_("person"))
    language = models.CharField(_("sprog"), max_length=8, help_text=_("kode efter ISO 639, fx ar, ti eller uk"))
    spoken = models.CharField(_("talt"), max_length=2, blank=True, choices=LEVELS)
    written = models.CharField(_("skrevet"), max_length=2, blank=True, choices=LEVELS)
    reads_script = models.BooleanField(_("læser skriften"), default=False)
    mother_tongue = models.BooleanField(_("modersmål"), default=False)

    class Meta:
        verbose_name = _("sprog")
        verbose_name_plural = _("sprog")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # What an office has kept does not keep the next one from writing what it is told.
            models.UniqueConstraint(
                fields=["person", "language"], condition=Q(kept_by=None), name="one_row_a_language"
            ),
        ]

    def __str__(self) -> str:
        return self.language


class Occupation(Kept):
    """What somebody has worked with before, for how long and how long ago."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="occupations", verbose_name=_("person"))
    name = models.CharField(_("arbejde"), max_length=120)
    years = models.PositiveSmallIntegerField(_("år"), default=0)
    last_year = models.PositiveSmallIntegerField(_("sidste år"), null=True, blank=True)
    wanted = models.BooleanField(_("vil gerne igen"), default=True)

    class Meta:
        verbose_name = _("erfaring")
        verbose_name_plural = _("erfaring")

    def __str__(self) -> str:
        return self.name


class Wish(Kept):
    """What somebody wishes, in their own words."""

    class About(models.TextChoices):
        """What a wish is about."""

        WORK = "work", _("arbejde")
        PLACE = "place", _("sted at bo")
        SCHOOLING = "schooling", _("uddannelse")
        LEISURE = "leisure", _("fritid")

    person = models.ForeignKey(Person, models.CASCADE, related_name="wishes", verbose_name=_("person"))
    about = models.CharField(_("om"), max_length=10, choices=About.choices)
    words = models.TextField(_("egne ord"))
    said = models.DateField(_("sagt"))
    with_interpreter = models.BooleanField(_("med tolk"), default=False)

    class Meta:
        verbose_name = _("ønske")
        verbose_name_plural = _("ønsker")

    def __str__(self) -> str:
        return self.words[:60]


class Need(Kept):
    """A health need that the plan has to respect. Encrypted, and seen by whoever works with the person alone."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="needs", verbose_name=_("person"))
    words = EncryptedTextField(_("hensyn"))
    noted = models.DateField(_("noteret"))

    class Meta:
        verbose_name = _("hensyn")
        verbose_name_plural = _("hensyn")

    def __str__(self) -> str:
        return str(_("hensyn"))


class Consent(Kept):
    """What a person has agreed to, with whom, until when; withdrawn is written down and not taken away.

    With an `organisation`, an association, it is to be in touch with it: it may see them by the name they chose.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name=_("person"))
    to_what = models.CharField(_("til hvad"), max_length=200)
    to_whom = models.CharField(_("til hvem"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("forening")
    )
    called = models.CharField(_("kaldes i foreningen"), max_length=60, blank=True)
    given = models.DateField(_("givet"))
    until = models.DateField(_("gælder til"), null=True, blank=True)
    withdrawn = models.DateField(_("trukket tilbage"), null=True, blank=True)

    class Meta:
        verbose_name = _("samtykke")
        verbose_name_plural = _("samtykker")

    def __str__(self) -> str:
        return f"{self.to_what} – {self.to_whom}"


class Merge(models.Model):
    """That two persons turned out to be one: what was moved and what was changed, so that it can be undone.

    The row of who was merged stays, with its case number, and with what both had alike; it is shown nowhere.
    """

    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges", verbose_name=_("beholdt"))
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("lagt ind"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("af"))
    made = models.DateTimeField(_("lagt sammen"), auto_now_add=True)
    record = models.JSONField(_("hvad der blev gjort"))
    undone = models.DateTimeField(_("fortrudt"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("fortrudt af")
    )

    class Meta:
        verbose_name = _("sammenlægning")
        verbose_name_plural = _("sammenlægninger")
        ordering: ClassVar[list[str]] = ["-made", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone=None), name="merged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gone.case_number} → {self.kept.case_number}"


class RegisterExport(models.Model):
    """That a register was handed out: written once, and never changed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("hentet af"))
    at = models.DateTimeField(_("hentet"), auto_now_add=True)
    day = models.DateField(_("kendt til og med"))
    persons = models.PositiveIntegerField(_("personer"))
    left_out = models.PositiveIntegerField(_("beskyttede, der ikke er med"))
    sha256 = models.CharField(_("filens fingeraftryk"), max_length=64)

    class Meta:
        verbose_name = _("hentet register")
        verbose_name_plural = _("hentede registre")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.day}"
