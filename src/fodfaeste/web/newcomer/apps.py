"""The app of newcomers' own pages."""

from django.apps import AppConfig


class NewcomerConfig(AppConfig):
    """Links that open a newcomer's own pages, and those pages."""

    name = "fodfaeste.web.newcomer"
    label = "newcomer"

    def ready(self) -> None:
        """Say who may see which links."""
        from fodfaeste.web.newcomer import permissions  # noqa: F401 - registers the scope
