"""The app of users, organisations and rights."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, organisations and rights."""

    name = "fodfaeste.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register who may see which roles."""
        from fodfaeste.web.accounts import permissions  # noqa: F401
