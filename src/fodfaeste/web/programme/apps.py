"""The app of the programme."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Plans, the week, follow-ups, absence and the journal."""

    name = "fodfaeste.web.programme"
    label = "programme"

    def ready(self) -> None:
        """Say who may see what of a programme."""
        from fodfaeste.web.programme import permissions  # noqa: F401 - registers the scopes
