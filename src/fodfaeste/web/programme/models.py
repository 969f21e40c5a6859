"""Programmes, their plans in versions, the week, follow-ups, absence and the journal. Facts and constraints only.

Days are half open: `start` is the first day, `end` the first day no longer so, and empty while it lasts. What an
approved plan says is locked by the database itself (`locks`), and so is every note of the journal.
"""

from __future__ import annotations

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from fodfaeste.plan.week.values import TRAVEL_LIMIT
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.models import Person, spell_constraints


class Programme(models.Model):
    """A person's programme in a municipality. Its rule set is the one of the takeover, chosen once and kept by name."""

    class Track(models.TextChoices):
        """By which act."""

        INTEGRATION = "integration", _("integrationsloven")
        UKRAINE = "ukraine", _("særloven om fordrevne fra Ukraine")

    person = models.ForeignKey(Person, models.PROTECT, related_name="programmes", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    track = models.CharField(_("efter"), max_length=20, choices=Track.choices, default=Track.INTEGRATION)
    rule_set = models.CharField(_("regelsæt"), max_length=20)
    takeover = models.DateField(_("overtaget af kommunen"))
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)
    agreed_hours = models.DecimalField(
        _("aftalte timer om ugen"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("kun hvor færre er aftalt, fx af hensyn til helbred"),
    )
    home = models.CharField(_("bopæl i rejsetabellen"), max_length=120, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("højst minutters rejse om dagen"), default=TRAVEL_LIMIT)
    school_days_in_row = models.PositiveSmallIntegerField(_("højst skoledage i træk"), null=True, blank=True)
    needs_childcare = models.BooleanField(_("har børn, der skal passes"), default=False)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programmer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *spell_constraints("programme"),
            models.UniqueConstraint(fields=["person"], condition=Q(end=None), name="one_open_programme_a_person"),
            models.CheckConstraint(condition=Q(start__gte=F("takeover")), name="programme_begins_after_takeover"),
            models.CheckConstraint(
                condition=Q(school_days_in_row=None) | Q(school_days_in_row__gt=0), name="a_break_after_a_school_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.rule_set}"


class Plan(models.Model):
    """A version of the plan. What is approved holds until the next version is."""

    class State(models.TextChoices):
        """How far a version has come."""

        DRAFT = "draft", _("kladde")
        PROPOSED = "proposed", _("foreslået")
        APPROVED = "approved", _("godkendt")
        SUPERSEDED = "superseded", _("afløst")

    LOCKED = (State.APPROVED, State.SUPERSEDED)
    OPEN = (State.DRAFT, State.PROPOSED)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="plans", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("stand"), max_length=10, choices=State.choices, default=State.DRAFT)
    text_hash = models.CharField(_("tekstens fingeraftryk"), max_length=64, blank=True)
    approved_on = models.DateField(_("godkendt"), null=True, blank=True)
    edits = models.PositiveIntegerField(default=0, editable=False)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("oprettet af"))

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("planer")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "number"], name="one_plan_a_version"),
            models.UniqueConstraint(fields=["programme"], condition=Q(state="approved"), name="one_plan_that_holds"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state__in=("draft", "proposed")), name="one_plan_in_the_making"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(text_hash=""), name="what_is_proposed_has_a_fingerprint"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "proposed"), approved_on=None)
                | Q(state__in=("approved", "superseded"), approved_on__isnull=False),
                name="what_is_approved_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.person}: {self.number}"

    @property
    def locked(self) -> bool:
        """Whether its text can no longer change."""
        return self.state in self.LOCKED


class Goal(models.Model):
    """A goal of a plan, in the person's own words or the office's. Its number is the same in all versions."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    words = models.TextField(_("mål"))
    language = models.CharField(_("sprog"), max_length=8, default="da")
    own_words = models.BooleanField(_("personens egne ord"), default=False)
    danish = models.TextField(_("på dansk"), blank=True)

    class Meta:
        verbose_name = _("mål")
        verbose_name_plural = _("mål")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_goal_a_number"),
        ]

    def __str__(self) -> str:
        return self.words[:60]


CHILDCARE = "childcare"
"""Not done by the person: it is when and where the child is looked after."""


class ActivityKind(models.TextChoices):
    """What an activity is; the kinds of `fodfaeste.plan.week`."""

    DANISH = "danish", _("danskundervisning")
    SOCIAL = "social_understanding", _("samfundsforståelse")
    EDUCATION = "education", _("uddannelse")
    TRAINEESHIP = "traineeship", _("praktik")
    JOB = "job", _("job")
    GUIDANCE = "guidance", _("vejledning og afklaring")
    APPOINTMENT = "appointment", _("faste aftaler")
    CHILDCARE = CHILDCARE, _("børnepasning")


class Activity(models.Model):
    """An activity of a plan, with what the person was offered instead, and chose."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="activities", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    kind = models.CharField(_("art"), max_length=20, choices=ActivityKind.choices)
    name = models.CharField(_("aktivitet"), max_length=120)
    place = models.CharField(_("sted"), max_length=120)
    hours_a_week = models.DecimalField(_("timer om ugen"), max_digits=4, decimal_places=1)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"))
    wish = models.TextField(_("personens eget ønske"), blank=True)
    chosen_on = models.DateField(_("valgt"), null=True, blank=True)
    with_interpreter = models.BooleanField(_("med tolk"), default=False)
    why_no_choice = models.TextField(_("hvorfor der ikke var to reelle muligheder"), blank=True)

    class Meta:
        verbose_name = _("aktivitet")
        verbose_name_plural = _("aktiviteter")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_activity_a_number"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="activity_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(hours_a_week__gte=0, hours_a_week__lte=60), name="hours_that_a_week_can_have"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Alternative(models.Model):
    """Something that the person was offered. `real` says whether it could have been had."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="alternatives", verbose_name=_("aktivitet"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    words = models.CharField(_("mulighed"), max_length=200)
    real = models.BooleanField(_("reel: kunne vælges"), default=True)
    chosen = models.BooleanField(_("valgt af personen"), default=False)

    class Meta:
        verbose_name = _("mulighed")
        verbose_name_plural = _("muligheder")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["activity", "number"], name="one_alternative_a_number"),
            models.UniqueConstraint(fields=["activity"], condition=Q(chosen=True), name="one_choice_an_activity"),
            models.CheckConstraint(condition=Q(chosen=False) | Q(real=True), name="only_what_is_real_is_chosen"),
        ]

    def __str__(self) -> str:
        return self.words


class Slot(models.Model):
    """A stretch of a weekday that an activity takes, every week, or those from `start` until before `end`."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="slots", verbose_name=_("aktivitet"))
    weekday = models.PositiveSmallIntegerField(_("ugedag"))
    begins = models.TimeField(_("fra klokken"))
    ends = models.TimeField(_("til klokken"))
    start = models.DateField(_("fra"), null=True, blank=True)
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    class Meta:
        verbose_name = _("tid i ugen")
        verbose_name_plural = _("tider i ugen")
        ordering: ClassVar[list[str]] = ["start", "weekday", "begins"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="slot_is_on_a_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="slot_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(start=None) | Q(end__gt=F("start")), name="slot_lasts_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins:%H:%M}"


class Approval(models.Model):
    """What one side signed: a typed name, the time, the fingerprint of the text, and who was in the room.

    A user took it, or the person gave it on their own page: then the link that they came by is known by its number.
    An approval that an edit has lifted is kept, with the time at which it was.
    """

    class Side(models.TextChoices):
        """Whose it is."""

        PERSON = "person", _("personen")
        MUNICIPALITY = "municipality", _("kommunen")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="approvals", verbose_name=_("plan"))
    side = models.CharField(_("på vegne af"), max_length=15, choices=Side.choices)
    name = models.CharField(_("navn, som det blev skrevet"), max_length=200)
    at = models.DateTimeField(_("godkendt"))
    text_hash = models.CharField(_("tekstens fingeraftryk"), max_length=64)
    present = models.CharField(_("til stede"), max_length=300)
    taken_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("modtaget af")
    )
    own_link = models.PositiveBigIntegerField(_("givet på egen side, med link nr."), null=True, blank=True)
    lifted = models.DateTimeField(_("bortfaldet"), null=True, blank=True)

    class Meta:
        verbose_name = _("godkendelse")
        verbose_name_plural = _("godkendelser")
        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "side"], condition=Q(lifted=None), name="one_approval_a_side"),
            models.CheckConstraint(condition=~Q(name=""), name="an_approval_has_a_name"),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=False, own_link=None)
                | Q(taken_by=None, own_link__isnull=False, side="person"),
                name="who_took_an_approval_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.name}"


class FollowUp(models.Model):
    """A follow-up that the rules ask for, or that somebody set. Words and rule are those of the day it was made."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="follow_ups", verbose_name=_("program"))
    code = models.CharField(_("art"), max_length=30)
    words = models.JSONField(_("hvad"))
    rule = models.JSONField(_("regel"), null=True, blank=True)
    due = models.DateField(_("dag"))
    moved_from = models.DateField(_("flyttet fra"), null=True, blank=True)
    moved_why = models.JSONField(_("hvorfor"), null=True, blank=True)
    held_from = models.DateField(_("kan tidligst holdes"))
    held = models.DateField(_("holdt"), null=True, blank=True)
    held_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("holdt af")
    )
    note = models.TextField(_("hvad der kom ud af det"), blank=True)
    hour = models.TimeField(_("klokken"), null=True, blank=True)

    class Meta:
        verbose_name = _("opfølgning")
        verbose_name_plural = _("opfølgninger")
        ordering: ClassVar[list[str]] = ["due", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due"], condition=Q(held=None), name="follow_ups_not_held"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "code", "due"], name="one_follow_up_of_a_kind_a_day"),
            models.CheckConstraint(condition=Q(held=None) | Q(held__gte=F("held_from")), name="not_held_too_early"),
            models.CheckConstraint(condition=Q(held_from__lte=F("due")), name="can_be_held_on_its_day"),
            models.CheckConstraint(
                condition=Q(held=None, held_by=None) | Q(held__isnull=False, held_by__isnull=False),
                name="who_held_it_is_known",
            ),
            models.CheckConstraint(
                condition=Q(moved_from=None, moved_why=None) | Q(moved_from__isnull=False, moved_why__isnull=False),
                name="what_moved_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words['da']} ({self.due})"


class Reply(models.Model):
    """What the person answers to an appointment on their own page. The last answer counts; the log has those before."""

    class Coming(models.TextChoices):
        """Whether they come."""

        YES = "yes", _("Jeg kommer")
        NO = "no", _("Jeg kan ikke komme")

    follow_up = models.OneToOneField(
        FollowUp, models.CASCADE, related_name="reply", primary_key=True, verbose_name=_("opfølgning")
    )
    coming = models.CharField(_("kommer"), max_length=3, choices=Coming.choices)
    interpreter = models.BooleanField(_("ønsker tolk"), default=False)
    words = models.CharField(_("egne ord"), max_length=500, blank=True)
    language = models.CharField(_("sprog"), max_length=8)
    own_link = models.PositiveBigIntegerField(_("givet på egen side, med link nr."))
    at = models.DateTimeField(_("svaret"))

    class Meta:
        verbose_name = _("svar fra personen")
        verbose_name_plural = _("svar fra personer")

    def __str__(self) -> str:
        return f"{self.follow_up}: {self.get_coming_display()}"


class CountedFollowUp(FollowUp):
    """A follow-up as leaders have it: to be counted, never shown."""

    class Meta:
        proxy = True


class Absence(models.Model):
    """A day on which somebody did not come. It lists facts: nothing is reduced by it."""

    class Reason(models.TextChoices):
        """Why."""

        ILLNESS = "illness", _("sygdom")
        CHILD = "child", _("barns sygdom")
        INTERVIEW = "interview", _("samtale eller aftale hos en myndighed")
        WORK = "work", _("arbejde")
        OTHER = "other", _("andet")
        NONE = "none", _("ingen oplyst")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="absences", verbose_name=_("program"))
    day = models.DateField(_("dag"))
    reason = models.CharField(_("grund"), max_length=10, choices=Reason.choices)
    words = models.CharField(_("uddybning"), max_length=200, blank=True)
    lawful = models.BooleanField(_("lovligt"), null=True, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("noteret af"))
    noted = models.DateTimeField(_("noteret"), auto_now_add=True)

    class Meta:
        verbose_name = _("fravær")
        verbose_name_plural = _("fravær")
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "day"], name="one_absence_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.get_reason_display()}"


class JournalNote(models.Model):
    """A note of the journal. It is never overwritten: another note corrects it, and both stand."""

    class Kind(models.TextChoices):
        """What it notes."""

        TALK = "talk", _("samtale")
        PHONE = "phone", _("telefonsamtale")
        LETTER = "letter", _("brev eller besked")
        NOTE = "note", _("notat")

    person = models.ForeignKey(Person, models.PROTECT, related_name="notes", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    kind = models.CharField(_("art"), max_length=10, choices=Kind.choices, default=Kind.NOTE)
    day = models.DateField(_("dag"))
    text = models.TextField(_("notat"))
    present = models.CharField(_("til stede"), max_length=300, blank=True)
    with_interpreter = models.BooleanField(_("med tolk"), default=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet af"))
    at = models.DateTimeField(_("skrevet"), auto_now_add=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, related_name="corrected_by", null=True, blank=True, verbose_name=_("retter")
    )

    class Meta:
        verbose_name = _("journalnotat")
        verbose_name_plural = _("journalnotater")
        ordering: ClassVar[list[str]] = ["-day", "-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.text[:60]}"


def random_name(_row: NoteFile, _name: str) -> str:
    """Give a name that says nothing of what lies under it, and that nobody can guess."""
    key = uuid.uuid4().hex
    return f"noter/{key[:2]}/{key}"


class NoteFile(models.Model):
    """A file that was put beside a note. It is given out by a page alone, never changed, and never taken away."""

    note = models.ForeignKey(JournalNote, models.PROTECT, related_name="files", verbose_name=_("notat"))
    name = models.CharField(_("navn"), max_length=150)
    kind = models.CharField(_("art"), max_length=100)
    size = models.PositiveIntegerField(_("størrelse i byte"))
    stored = models.FileField(_("fil"), upload_to=random_name)

    class Meta:
        verbose_name = _("bilag")
        verbose_name_plural = _("bilag")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="a_file_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class NoteTag(models.Model):
    """A word by which a note is found again."""

    note = models.ForeignKey(JournalNote, models.CASCADE, related_name="tags", verbose_name=_("notat"))
    word = models.CharField(_("emneord"), max_length=40)

    class Meta:
        verbose_name = _("emneord")
        verbose_name_plural = _("emneord")
        ordering: ClassVar[list[str]] = ["word"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["note", "word"], name="one_tag_a_word"),
        ]

    def __str__(self) -> str:
        return self.word


class NoteTemplate(models.Model):
    """What notes of a kind begin with in an office. An office without its own has those that the software brings."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="note_templates", verbose_name=_("kommune")
    )
    name = models.CharField(_("navn"), max_length=80)
    kind = models.CharField(_("art"), max_length=10, choices=JournalNote.Kind.choices, default=JournalNote.Kind.NOTE)
    text = models.TextField(_("tekst"))

    class Meta:
        verbose_name = _("notatskabelon")
        verbose_name_plural = _("notatskabeloner")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_template_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class GoalEvaluation(models.Model):
    """How far a goal of the plan was reached, as it was said at a follow-up. It is written once."""

    class Outcome(models.TextChoices):
        """How far."""

        REACHED = "reached", _("nået")
        PARTLY = "partly", _("delvist nået")
        NOT = "not", _("ikke nået")

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="evaluations", verbose_name=_("opfølgning"))
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="evaluations", verbose_name=_("mål"))
    outcome = models.CharField(_("resultat"), max_length=10, choices=Outcome.choices)
    words = models.TextField(_("med ord"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet af"))
    at = models.DateTimeField(_("skrevet"), auto_now_add=True)

    class Meta:
        verbose_name = _("evaluering af et mål")
        verbose_name_plural = _("evalueringer af mål")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["follow_up", "goal"], name="one_evaluation_of_a_goal_a_talk"),
        ]

    def __str__(self) -> str:
        return f"{self.goal}: {self.get_outcome_display()}"


class ChoiceCount(models.Model):
    """How many activities of the plan that holds came about by a real choice: what a leader counts without the plan."""

    programme = models.OneToOneField(
        Programme, models.CASCADE, related_name="choices_counted", verbose_name=_("program")
    )
    chosen = models.PositiveSmallIntegerField(_("med reelt valg"))
    of = models.PositiveSmallIntegerField(_("aktiviteter"))

    class Meta:
        verbose_name = _("reelle valg i en plan")
        verbose_name_plural = _("reelle valg i planer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(chosen__lte=F("of")), name="no_more_choices_than_activities"),
        ]

    def __str__(self) -> str:
        return f"{self.chosen}/{self.of}"


class Draft(models.Model):
    """A form about a person that somebody has written in and not saved: theirs alone, encrypted where it lies.

    `address` is where the form is sent. `other` keeps what another window of the same user had written when this one
    was written over it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("bruger"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))
    address = models.CharField(_("formular"), max_length=200)
    window = models.CharField(_("vindue"), max_length=40)
    edits = models.PositiveIntegerField(default=0)
    fields = EncryptedTextField(_("det skrevne"))
    other = EncryptedTextField(_("skrevet i et andet vindue"), blank=True, null=True)
    saved = models.DateTimeField(_("gemt"))

    class Meta:
        verbose_name = _("kladde")
        verbose_name_plural = _("kladder")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "person", "address"], name="one_draft_a_form"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.address}"

    @property
    def text(self) -> str:
        """The longest of what was written, to know the draft by."""
        return max((value for _name, value in json.loads(self.fields)), key=len, default="")


class Feed(models.Model):
    """The address at which a calendar fetches somebody's follow-ups, until it is withdrawn."""

    user = models.ForeignKey(User, models.CASCADE, related_name="feeds", verbose_name=_("bruger"))
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made = models.DateTimeField(_("oprettet"), auto_now_add=True)
    withdrawn = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(withdrawn=None), name="one_feed_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.made}"


class TravelTimes(models.Model):
    """A municipality's travel table and coordinates of places, as they were brought in: two CSV files."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="travel_times", verbose_name=_("kommune")
    )
    connections = models.TextField(_("rejsetabel (CSV)"))
    places = models.TextField(_("steder med koordinater (CSV)"), blank=True)
    read = models.DateTimeField(_("indlæst"), auto_now=True)

    class Meta:
        verbose_name = _("rejsetider")
        verbose_name_plural = _("rejsetider")

    def __str__(self) -> str:
        return str(self.organisation)
