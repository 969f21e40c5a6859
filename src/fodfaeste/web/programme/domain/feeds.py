"""A worker's follow-ups as a calendar, at an address that can be withdrawn and tells nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.programme.domain.day import kind_words, open_follow_ups
from fodfaeste.web.programme.models import Feed, FollowUp
from fodfaeste.web.programme.words import said

SALT = "programme.feed"
HALF_AN_HOUR = timedelta(minutes=30)


@transaction.atomic
def make_feed(*, by: User) -> Feed:
    """Make an address; the one before no longer answers."""
    withdraw_feed(by=by)
    return Feed.objects.create(user=by)


def withdraw_feed(*, by: User) -> None:
    """Let the address of somebody's calendar no longer answer."""
    Feed.objects.filter(user=by, withdrawn=None).update(withdrawn=timezone.now())


def signed(feed: Feed) -> str:
    """Give the part of the address that nobody else can make."""
    return Signer(salt=SALT).sign(feed.key.hex)


def feed_of(address: str) -> Feed | None:
    """Find the calendar of an address; None where it was never one, was withdrawn, or its user works here no more."""
    try:
        key = Signer(salt=SALT).unsign(address)
    except BadSignature:
        return None
    return Feed.objects.filter(key=key, withdrawn=None, user__is_active=True).select_related("user").first()


def calendar(feed: Feed, *, today: date) -> bytes:
    """Write the calendar: what is not held yet of the user's own caseload, as kind and initials of the office alone."""
    found = Calendar()
    found.add("prodid", "-//Fodfæste//opfølgninger//DA")
    found.add("version", "2.0")
    found.add("x-wr-calname", "Fodfæste")
    viewer = viewer_of(feed.user, today)
    for event in _events(open_follow_ups(viewer, own=True, today=today), feed):
        found.add_component(event)
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _events(rows: Iterable[FollowUp], feed: Feed) -> Iterable[Event]:
    for row in rows:
        event = Event()
        # By the address, so that two calendars do not tell together which of their events are one person's.
        event.add("uid", f"{feed.key.hex[:12]}-{row.pk}@fodfaeste")
        event.add("dtstamp", feed.made)
        event.add("summary", _summary(row))
        if row.hour is None:
            event.add("dtstart", row.due)
        else:
            begins = datetime.combine(row.due, row.hour, tzinfo=timezone.get_default_timezone())
            event.add("dtstart", begins)
            event.add("dtend", begins + HALF_AN_HOUR)
        event.add("class", "PRIVATE")
        yield event


def _summary(row: FollowUp) -> str:
    """Say what it is, in which office, and for which colleague where the user stands in."""
    summary = f"{said(kind_words(row.code))} ({initials(row.programme.organisation)})"
    whom = getattr(row, "for_whom", None)
    return _("%(what)s – for %(colleague)s") % {"what": summary, "colleague": whom} if whom else summary


def initials(organisation: Organisation) -> str:
    """Give the first letters of an office's name."""
    return "".join(word[0].upper() for word in organisation.name.split() if word[0].isalpha())
