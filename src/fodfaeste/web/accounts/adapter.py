"""What sign-in does differently here: nobody makes themselves an account, and an office vouches for addresses alone."""

from __future__ import annotations

import base64
import secrets
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.sealed import seal, unseal
from fodfaeste.web.accounts.second_factor import has_one

SECOND_FACTOR = "second factor"


class Adapter(DefaultAccountAdapter):
    """Accounts are made by an office's administrator."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Say that nobody signs themselves up."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password once more, but not of who has just given it and has no second factor to protect yet."""
        user = self.request.user
        if app == "allauth.mfa" and not has_one(user) and self._seconds_since_sign_in() < REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def _seconds_since_sign_in(self) -> float:
        records = get_authentication_records(self.request, self.request.user)
        return time.time() - max((record["at"] for record in records), default=0.0)


class OfficeAdapter(DefaultSocialAccountAdapter):
    """An office's own sign-in (OIDC) leads to the account with the verified address that it names, and to no other."""

    def is_open_for_signup(self, _request: HttpRequest, _login: SocialLogin) -> bool:
        """Say that nobody gets an account by signing in elsewhere."""
        return False

    def pre_social_login(self, _request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse to tie an account to another's word for good: the address decides anew each time."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            messages.error(self.request, _("Konti kobles ikke sammen her: e-mailadressen afgør det ved hvert log ind."))
            raise ImmediateHttpResponse(redirect("mfa_index"))

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Find the account with an address that the office's sign-in says is verified."""
        for address in sociallogin.email_addresses:
            user = User.objects.filter(email=address.email.lower()).first() if address.verified else None
            if user is not None:
                return user, address.email
        return None


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of apps and codes on paper lie encrypted."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        return seal(text, SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        """Give a secret back; one that nobody knows if the field key is not the one that it was sealed with."""
        text = unseal(encrypted_text, SECOND_FACTOR)
        return base64.b32encode(secrets.token_bytes(20)).decode("ascii") if text is None else text
