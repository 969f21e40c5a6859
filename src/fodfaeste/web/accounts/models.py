"""Users, organisations, who cooperates with whom, and who has which role where and when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.roles import KINDS, OF_KIND, ROLES, Kind, Role

WEEKDAYS = {
    0: _("mandag"),
    1: _("tirsdag"),
    2: _("onsdag"),
    3: _("torsdag"),
    4: _("fredag"),
    5: _("lørdag"),
    6: _("søndag"),
}
"""Days of the week as Python counts them."""


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """Make a user; without a password they sign in by another way."""
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by address, whichever case it is written in."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do hangs on their roles, never on the user alone."""

    email = models.EmailField(_("e-mailadresse"), unique=True)
    name = models.CharField(_("navn"), max_length=200)
    language = models.CharField(_("sprog"), max_length=5, default="da")
    phone = models.CharField(_("arbejdstelefon"), max_length=20, blank=True)
    is_active = models.BooleanField(_("aktiv"), default=True)
    joined = models.DateTimeField(_("oprettet"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")

    def __str__(self) -> str:
        return self.name or self.email

    # Django and rules ask these of a user; nobody here stands above the gate.
    is_staff = False
    is_superuser = False

    def has_perm(self, permission: str, of: object = None) -> bool:
        """Say whether a predicate of `rules` allows it."""
        import rules

        return self.is_active and rules.has_perm(permission, self, of)

    def has_module_perms(self, _app: str) -> bool:
        """Nobody has a whole app."""
        return False


class Organisation(models.Model):
    """A municipality, a language school, an association, an agency, or an employer that comes by link."""

    kind = models.CharField(_("art"), max_length=20, choices=[(kind.value, name) for kind, name in KINDS.items()])
    name = models.CharField(_("navn"), max_length=200)
    code = models.CharField(_("kommunekode"), max_length=3, blank=True)
    partners = models.ManyToManyField("self", verbose_name=_("samarbejder med"), blank=True)
    languages = models.JSONField(_("skriver på"), default=list, blank=True)
    filled_roles = models.JSONField(_("roller, der bruges"), default=list, blank=True)
    logo = models.FileField(_("logo"), upload_to="logos", blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_organisation_a_code"),
            models.CheckConstraint(condition=Q(code="") | Q(kind="municipality"), name="codes_are_for_municipalities"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def possible_roles(self) -> frozenset[Role]:
        """The roles that can be given here: those that the office fills, or all of its kind until it has said which."""
        of_kind = OF_KIND[Kind(self.kind)]
        return of_kind & {*map(Role, self.filled_roles), Role.ADMINISTRATOR} if self.filled_roles else of_kind


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Roles, and those of a day."""

    def on(self, day: date) -> MembershipQuerySet:
        """Give the roles that hold on a day."""
        return self.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


class Membership(models.Model):
    """A role of a user in an organisation. `end` is the first day without it, as in every spell here."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("bruger"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("rolle"), max_length=20, choices=[(role.value, name) for role, name in ROLES.items()])
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    objects: ClassVar[models.Manager[Membership]] = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("rolle")
        verbose_name_plural = _("roller")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gt=F("start")), name="a_role_ends_after_it_begins"),
            models.UniqueConstraint(fields=["user", "organisation", "role", "start"], name="one_role_a_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        """Refuse a role that the kind of organisation does not have."""
        if Role(self.role) not in OF_KIND[Kind(self.organisation.kind)]:
            raise ValidationError(
                {
                    "role": _("%(role)s findes ikke i en %(kind)s.")
                    % {"role": self.get_role_display(), "kind": self.organisation.get_kind_display().lower()}
                }
            )


class Invitation(models.Model):
    """A role that an office offers to somebody whose account another made; it begins when they have said yes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name=_("bruger"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    role = models.CharField(_("rolle"), max_length=20, choices=[(role.value, name) for role, name in ROLES.items()])
    start = models.DateField(_("fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("tilbudt af"))
    made = models.DateTimeField(_("tilbudt"), auto_now_add=True)
    answered = models.DateTimeField(_("besvaret"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitationer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(answered=None), name="one_open_invitation"
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="an_invitation_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"


class CooperationOffer(models.Model):
    """A municipality offers another to cooperate; they do once the other has accepted, and the offer is gone."""

    sender = models.ForeignKey(Organisation, models.PROTECT, related_name="offers_sent", verbose_name=_("fra"))
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="offers_received", verbose_name=_("til"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("tilbudt af"))
    made = models.DateTimeField(_("tilbudt"), auto_now_add=True)

    class Meta:
        verbose_name = _("tilbud om samarbejde")
        verbose_name_plural = _("tilbud om samarbejde")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sender", "receiver"], name="one_offer_a_pair"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="nobody_cooperates_alone"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}, {self.receiver}"


class OfficeHours(models.Model):
    """When an office is open on a weekday; a day without a row is closed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="hours", verbose_name=_("organisation"))
    weekday = models.PositiveSmallIntegerField(_("ugedag"), choices=list(WEEKDAYS.items()))
    opens = models.TimeField(_("åbner"))
    closes = models.TimeField(_("lukker"))

    class Meta:
        verbose_name = _("åbningstid")
        verbose_name_plural = _("åbningstider")
        ordering: ClassVar[list[str]] = ["weekday"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "weekday"], name="one_opening_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class RuleSetUse(models.Model):
    """Which rule set an office uses for whom it took over from when to when; never two of one track on one day."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="rule_sets", verbose_name=_("organisation")
    )
    rule_set = models.CharField(_("regelsæt"), max_length=40)
    track = models.CharField(_("spor"), max_length=40)
    start = models.DateField(_("overtaget fra"))
    end = models.DateField(_("første dag uden"), null=True, blank=True)

    class Meta:
        verbose_name = _("brug af regelsæt")
        verbose_name_plural = _("brug af regelsæt")
        ordering: ClassVar[list[str]] = ["track", "start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="a_rule_set_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.rule_set


class SetUp(models.Model):
    """How far an office has come with starting; what its steps found out stands where it is used."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="set_up", verbose_name=_("organisation")
    )
    done = models.JSONField(_("klaret"), default=list)
    made_up_data = models.BooleanField(_("opdigtede data"), null=True)
    finished = models.DateTimeField(_("færdig"), null=True, blank=True)

    class Meta:
        verbose_name = _("opsætning")
        verbose_name_plural = _("opsætninger")

    def __str__(self) -> str:
        return str(self.organisation)
