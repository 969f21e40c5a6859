"""The app of what every room shares."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from fodfaeste.web.base.danish import compare


def _prepare(connection: Any, **_kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_collation("danish", compare)


class BaseConfig(AppConfig):
    """What every room shares."""

    name = "fodfaeste.web.base"
    label = "base"

    def ready(self) -> None:
        """Teach each connection Danish order."""
        connection_created.connect(_prepare, dispatch_uid="danish order")
