"""The app of the logs."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Logs of changes and of reading."""

    name = "fodfaeste.web.audit"
    label = "audit"
