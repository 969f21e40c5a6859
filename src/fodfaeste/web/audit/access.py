"""Opening a person's file without working with them: with a reason, which is written down and shown to others.

A leader and the protection officer of the responsible municipality may. What they then see is what a worker of that
municipality sees: the gate decides both, so there is one rule alone. A page of a person begins so:

    found = access.open_person(request, Person, pk)
    if isinstance(found, HttpResponse):
        return found                                  # asks for the reason
    needs = visible(found.reader, Need).filter(person=found.person)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import WITH_A_REASON, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import also_see, current, telling
from fodfaeste.web.audit.reads import opened

REASONS = "reasons"
"""Where a session keeps the reasons that were given in it, by person. It ends with the session."""


@dataclass(frozen=True)
class Opened:
    """A person whose file is open.

    Attributes
    ----------
    person : Person
    reader : Viewer
        Whom to ask the gate as for what the page shows. It reads; whoever changes something asks as `request.viewer`.
    reason : str
        The reason that it took; empty where it took none.
    """

    person: Any
    reader: Viewer
    reason: str = ""


def person_model() -> type[models.Model]:
    """Give the model of persons, which this app does not import."""
    return apps.get_model(settings.AUDIT_PERSON_MODEL)


def as_worker(user: Any, offices: Iterable[int]) -> Viewer:
    """Give somebody who sees what the workers of some municipalities see."""
    return Viewer(user, frozenset((office, Role.WORKER) for office in offices))


def persons_watched(viewer: Viewer, offices: Iterable[int]) -> Any:
    """Give the numbers of the persons that some municipalities are responsible for today, as a subquery."""
    return visible(as_worker(viewer.user, offices), person_model()).values("pk")


def responsible_among(offices: Iterable[int], person: Any) -> int | None:
    """Say which of some municipalities is responsible for a person today."""
    for office in sorted(offices):
        if visible(as_worker(None, [office]), type(person)).filter(pk=person.pk).exists():
            return office
    return None


def needs_reason(viewer: Viewer, person: Any) -> bool:
    """Say whether somebody may open a person's file with a reason alone."""
    if visible(viewer, type(person)).filter(pk=person.pk).exists():
        return False
    return _watched(viewer, type(person), person.pk) is not None


def open_person(request: HttpRequest, model: type[models.Model], pk: int) -> Opened | HttpResponse:
    """Open a person's file, and write it down.

    Returns
    -------
    Opened or HttpResponse
        A response leads to the page that asks for the reason, and from there back here.

    Raises
    ------
    Http404
        To whoever may not open it, with a reason or without.
    """
    viewer = request.viewer
    person = visible(viewer, model).filter(pk=pk).first()
    if person is not None:
        opened(request, person)
        return Opened(person, viewer)
    person = _watched(viewer, model, pk)
    if person is None:
        raise Http404
    reason = request.session.get(REASONS, {}).get(str(pk), "")
    if not reason:
        back = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('audit:reason', args=[pk])}?{back}")
    also_see(pk)
    opened(request, person, reason=reason)
    return Opened(person, as_worker(viewer.user, viewer.organisations(WITH_A_REASON)), reason)


def give_reason(request: HttpRequest, pk: int, reason: str) -> None:
    """Remember, as long as the session lasts, why somebody opens a person's file."""
    request.session[REASONS] = {**request.session.get(REASONS, {}), str(pk): reason}


def watched_or_404(viewer: Viewer, pk: int, offices: Iterable[int]) -> Any:
    """Give a person that some municipalities are responsible for today."""
    person = _of_offices(viewer, person_model(), pk, frozenset(offices))
    if person is None:
        raise Http404
    return person


def _watched(viewer: Viewer, model: type[models.Model], pk: int) -> Any:
    return _of_offices(viewer, model, pk, viewer.organisations(WITH_A_REASON))


def _of_offices(viewer: Viewer, model: type[models.Model], pk: int, offices: frozenset[int]) -> Any:
    if not offices:
        return None
    now = current()
    with telling(replace(now, organisations=now.organisations | offices)):
        return visible(as_worker(viewer.user, offices), model).filter(pk=pk).first()
