"""The app of the demonstration country."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """The demonstration country."""

    name = "fodfaeste.web.demonstration"
    label = "demonstration"
