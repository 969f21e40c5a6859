"""The app of the interface for other systems."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The interface for other systems."""

    name = "fodfaeste.web.api"
    label = "api"
