"""The app of users, organisations and rights."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, organisations and rights."""

    name = "fodfaeste.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Say who may see which roles, and put the office's administration into the menu."""
        from fodfaeste.web.accounts.permissions import administered
        from fodfaeste.web.base.menu import offer

        offer(_("Kontoret"), "accounts:offices", place=85, for_whom=lambda viewer: bool(administered(viewer)))
