"""The app of users, organisations and rights."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, organisations and rights."""

    name = "fodfaeste.web.accounts"
    label = "accounts"
