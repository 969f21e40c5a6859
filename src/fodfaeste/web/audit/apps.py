"""The app of the logs."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.audit.context import prepare
from fodfaeste.web.base.kept import after_migrating, before_migrating
from fodfaeste.web.base.menu import offer


class AuditConfig(AppConfig):
    """Logs of changes and of reading."""

    name = "fodfaeste.web.audit"
    label = "audit"

    def ready(self) -> None:
        """Tell each connection who acts, keep the triggers through changes of tables, and offer the pages."""
        # All need the apps: they read migrations, and say who may see the logs.
        from fodfaeste.web.audit import owning  # noqa: F401 - registers a check
        from fodfaeste.web.audit.installing import grant
        from fodfaeste.web.audit.permissions import asked_of, protected_by

        offer(_("Log"), "audit:search", place=90, for_whom=lambda viewer: bool(protected_by(viewer)))
        offer(_("Stikprøver"), "audit:samples", place=91, for_whom=lambda viewer: bool(asked_of(viewer)))
        connection_created.connect(prepare, dispatch_uid="who acts")
        pre_migrate.connect(before_migrating, sender=self, dispatch_uid="take triggers off")
        post_migrate.connect(after_migrating, sender=self, dispatch_uid="put triggers on")
        post_migrate.connect(grant, sender=self, dispatch_uid="let the application reach new tables")
