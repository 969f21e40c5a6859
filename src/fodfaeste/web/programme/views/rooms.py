"""How a page of a person's programme is entered: to read, by whoever may open the file; to act, by the office's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.access import open_person
from fodfaeste.web.audit.reads import opened
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.models import Programme

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Room:
    """What a page is about.

    Attributes
    ----------
    reader : Viewer
        Whom to ask the gate as for what the page shows.
    programme : Programme or None
        The one that runs, or the last.
    may_act : bool
        Whether whoever looks may change anything here.
    """

    person: Person
    reader: Viewer
    programme: Programme | None
    may_act: bool

    @property
    def running(self) -> Programme:
        """The programme, for pages that there are not without one."""
        if self.programme is None:
            raise Http404
        return self.programme


def reads(view: View) -> View:
    """Let whoever may open the person's file read a page; it is written down."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        found = open_person(request, Person, pk)
        if isinstance(found, HttpResponse):
            return found
        may_act = found.reader is request.viewer
        return view(request, Room(found.person, found.reader, _programme(found.reader, found.person), may_act), **more)

    return entered


def acts(view: View) -> View:
    """Let whoever works with the person act; to everybody else there is no such page."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        person = visible(request.viewer, Person).filter(pk=pk).first()
        if person is None:
            raise Http404
        opened(request, person)
        return view(request, Room(person, request.viewer, _programme(request.viewer, person), True), **more)

    return entered


def _programme(reader: Viewer, person: Person) -> Programme | None:
    rows = visible(reader, Programme).filter(person=person).select_related("person", "organisation")
    return rows.order_by("-start").first()


def office_of(viewer: Viewer, person: Person) -> Organisation:
    """Give the municipality that is responsible for a person today."""
    today = timezone.localdate()
    held = visible(viewer, Responsibility).filter(person=person, start__lte=today).exclude(end__lte=today)
    return held.select_related("organisation").get().organisation


def done(request: HttpRequest, act: Callable[[], object], words: str, form: forms.Form | None = None) -> bool:
    """Do something; say that it is done, or, at the form where there is one, why it is not."""
    try:
        act()
    except (Refused, BadInput) as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    messages.success(request, words)
    return True
