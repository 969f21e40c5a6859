"""Who is taught Danish at which school, the steps of their level, and who came. What schools may see of it are views.

An enrolment is the municipality's: it alone writes it. A school reads it, and adds steps and attendance below it. Who
its learners are, by name, level, times and whom to call, a school reads in two views of the database (`Learner`,
`Lesson`): the persons themselves, their programmes and plans are out of its sight.

Days are half open: `start` is the first day, `end` the first day no longer so, and empty while it lasts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.learning.levels import MODULES, Track, level_name, next_module
from fodfaeste.web.people.models import Person, Versioned, spell_constraints
from fodfaeste.web.programme.models import Absence


class Enrolment(Versioned):
    """That a municipality has somebody taught at a language school, and what the school is told of it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kommune"))
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("sprogskole"))
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)
    days = models.JSONField(_("mulige dage"), default=list, blank=True)
    called = models.CharField(_("kaldes på skolen"), max_length=60, blank=True)
    activity = models.PositiveSmallIntegerField(_("aktivitetens nummer i planen"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("indskrevet af"))
    made = models.DateTimeField(_("indskrevet"), auto_now_add=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("afsluttet af")
    )

    class Meta:
        verbose_name = _("indskrivning på sprogskole")
        verbose_name_plural = _("indskrivninger på sprogskoler")
        ordering: ClassVar[list[str]] = ["-start", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = spell_constraints("enrolment")

    def __str__(self) -> str:
        return f"{self.person}: {self.school}"


class Step(models.Model):
    """A step on the way through Danish: at which level somebody is taught from a day on, or a module test passed."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="steps", verbose_name=_("indskrivning"))
    track = models.CharField(_("uddannelse"), max_length=3, choices=Track.choices)
    module = models.PositiveSmallIntegerField(_("modul"), null=True, blank=True)
    passed = models.BooleanField(_("modultest bestået"), default=False)
    day = models.DateField(_("dag"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet af"))
    at = models.DateTimeField(_("skrevet"), auto_now_add=True)

    class Meta:
        verbose_name = _("trin i dansk")
        verbose_name_plural = _("trin i dansk")
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(module=None) | Q(module__gte=1, module__lte=MODULES), name="a_module_that_there_is"
            ),
            models.CheckConstraint(condition=Q(passed=False) | Q(module__isnull=False), name="a_test_is_of_a_module"),
            models.UniqueConstraint(
                fields=["enrolment", "track", "module"], condition=Q(passed=True), name="a_test_is_passed_once"
            ),
        ]

    def __str__(self) -> str:
        return level_name(self.track, self.module)

    @property
    def leads_to(self) -> str:
        """The level that somebody is at with it."""
        return level_name(self.track, next_module(self.module) if self.passed and self.module else self.module)


class Attendance(models.Model):
    """Whether a learner came on a day, as the school tells it, and which day of absence of the programme says so too.

    It lists facts. Whether an absence is lawful is the municipality's to judge, and stands with the programme.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attendance", verbose_name=_("indskrivning"))
    day = models.DateField(_("dag"))
    present = models.BooleanField(_("til stede"))
    reason = models.CharField(_("oplyst grund"), max_length=10, choices=Absence.Reason.choices, blank=True)
    words = models.CharField(_("hvad der blev sagt"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("noteret af"))
    noted = models.DateTimeField(_("noteret"))
    absence = models.OneToOneField(
        Absence, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("fravær i programmet")
    )

    class Meta:
        verbose_name = _("fremmøde på sprogskole")
        verbose_name_plural = _("fremmøde på sprogskole")
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "day"], name="one_attendance_a_day"),
            models.CheckConstraint(
                condition=Q(present=True, reason="") | (Q(present=False) & ~Q(reason="")),
                name="who_was_away_has_a_reason_or_none_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.get_reason_display() or _('til stede')}"


def _shown(to: Any, **more: Any) -> models.ForeignKey:
    """Lead from a view to a row that it names."""
    return models.ForeignKey(to, models.DO_NOTHING, related_name=more.pop("name", "+"), db_constraint=False, **more)


class Learner(models.Model):
    """A learner as their school sees them: a view of an enrolment, while the municipality is responsible.

    `name` is what they chose to be called at the school, or else their name; nothing where that is protected.
    """

    person = models.BigIntegerField()
    school = _shown(Organisation)
    organisation = _shown(Organisation)
    worker = _shown(User)
    name = models.CharField(_("navn"), max_length=250)
    track = models.CharField(_("uddannelse"), max_length=3, choices=Track.choices)
    module = models.PositiveSmallIntegerField(_("modul"), null=True)
    days = models.JSONField(_("mulige dage"))
    activity = models.PositiveSmallIntegerField(null=True)
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True)
    held_start = models.DateField()
    held_end = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "learning_learner"
        verbose_name = _("kursist")
        verbose_name_plural = _("kursister")

    def __str__(self) -> str:
        return self.name or str(_("Beskyttet navn"))

    @property
    def level(self) -> str:
        """Their level as schools write it."""
        return level_name(self.track, self.module)


class Lesson(models.Model):
    """A time of the week at which a learner is taught Danish, by the plan that holds: a view of it for their school."""

    id = models.CharField(max_length=40, primary_key=True)
    learner = _shown(Learner, name="lessons")
    school = _shown(Organisation)
    until = models.DateField(_("første dag uden skolen"), null=True)
    held_start = models.DateField()
    held_end = models.DateField(null=True)
    weekday = models.PositiveSmallIntegerField(_("ugedag"))
    begins = models.TimeField(_("fra klokken"))
    ends = models.TimeField(_("til klokken"))
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"))

    class Meta:
        managed = False
        db_table = "learning_lesson"
        verbose_name = _("undervisningstid")
        verbose_name_plural = _("undervisningstider")
        ordering: ClassVar[list[str]] = ["weekday", "begins"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins:%H:%M}"
