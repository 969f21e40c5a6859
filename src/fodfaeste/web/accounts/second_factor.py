"""Who sees persons proves twice who they are: with an app's codes or a passkey, before anything else opens."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.permissions import SEES_PERSONS
from fodfaeste.web.accounts.viewer import Viewer

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def missing(viewer: Viewer) -> bool:
    """Say whether a viewer has to set up a second factor before anything else."""
    if viewer.user is None or not settings.SECOND_FACTOR_REQUIRED or not viewer.has(*SEES_PERSONS):
        return False
    return not has_one(viewer.user)


def asked_for(request: HttpRequest) -> bool:
    """Say whether whoever sends a request has to set up a second factor first; looked up once a request."""
    if not hasattr(request, "second_factor_missing"):
        request.second_factor_missing = missing(request.viewer)
    return bool(request.second_factor_missing)


def has_one(user: User) -> bool:
    """Say whether a user has an app or a passkey; codes on paper alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
