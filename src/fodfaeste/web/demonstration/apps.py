"""The app of the demonstration country."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """The demonstration country."""

    name = "fodfaeste.web.demonstration"
    label = "demonstration"

    def ready(self) -> None:
        """Let offices try things with made-up persons, and go on without them."""
        from fodfaeste.web.accounts import made_up
        from fodfaeste.web.demonstration import office, permissions  # noqa: F401 - registers the scope

        made_up.offer(made_up.MadeUpPersons(make=office.make, remove=office.remove, count=office.count))
