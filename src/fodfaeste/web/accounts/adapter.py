"""What sign-in does differently here: nobody makes themselves an account."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """Accounts are made by an office's administrator."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Say that nobody signs themselves up."""
        return False
