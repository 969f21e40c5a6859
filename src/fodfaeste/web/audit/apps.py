"""The app of the logs."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from fodfaeste.web.audit.context import prepare


class AuditConfig(AppConfig):
    """Logs of changes and of reading."""

    name = "fodfaeste.web.audit"
    label = "audit"

    def ready(self) -> None:
        """Tell each connection who acts, and keep the triggers through changes of tables."""
        # Both need the apps: they read migrations, and say who may see the logs.
        import fodfaeste.web.audit.permissions  # noqa: F401 - registers the scopes
        from fodfaeste.web.audit.installing import after_migrating, before_migrating

        connection_created.connect(prepare, dispatch_uid="who acts")
        pre_migrate.connect(before_migrating, sender=self, dispatch_uid="take triggers off")
        post_migrate.connect(after_migrating, sender=self, dispatch_uid="put triggers on")
