"""The app of persons and households."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons and households."""

    name = "fodfaeste.web.people"
    label = "people"

    def ready(self) -> None:
        """Say who may see what of persons."""
        from fodfaeste.web.people import permissions  # noqa: F401 - registers the scopes
