"""Ending what somebody has open in browsers."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from fodfaeste.web.accounts.models import User


def sign_out_everywhere(user: User) -> None:
    """End every session in which a user is signed in."""
    running = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [session.pk for session in running.iterator() if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
