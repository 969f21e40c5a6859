"""The app of the interface for other systems."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The interface for other systems."""

    name = "fodfaeste.web.api"
    label = "api"

    def ready(self) -> None:
        """Say who may see which tokens."""
        from fodfaeste.web.api import permissions  # noqa: F401 - registers the scope
