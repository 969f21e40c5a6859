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

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_organisation_a_code"),
            models.CheckConstraint(condition=Q(code="") | Q(kind="municipality"), name="codes_are_for_municipalities"),
        ]

    def __str__(self) -> str:
        return self.name


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
