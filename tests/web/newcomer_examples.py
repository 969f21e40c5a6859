"""Access to one's own pages, and a browser in which it has been opened: examples for the tests of newcomers' pages."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fodfaeste.web.accounts.models import User
from fodfaeste.web.newcomer.domain.links import Given, give_access
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.follow_ups import AGREED
from fodfaeste.web.programme.models import FollowUp, Programme


def address(given: Given) -> str:
    """Where a link leads."""
    return reverse("newcomer:link", args=[given.token])


def came_by(given: Given) -> Client:
    """A browser in which a link has been opened with its code."""
    client = Client()
    answer = client.post(address(given), {"code": given.code})
    assert answer.status_code == 302, answer.text
    return client


def newcomer(person: Person, by: User, language: str = "da") -> Client:
    """A browser in which a person is at their own pages."""
    return came_by(give_access(person, by=by, language=language))


def appointment(programme: Programme, *, days: int = 3, hour: time | None = time(9, 30)) -> FollowUp:
    """Something agreed on with the person, some days from now."""
    day: date = timezone.localdate() + timedelta(days=days)
    words = {"da": "Møde om praktik på rådhuset", "en": "Meeting on the traineeship"}
    return FollowUp.objects.create(programme=programme, code=AGREED, words=words, due=day, held_from=day, hour=hour)
