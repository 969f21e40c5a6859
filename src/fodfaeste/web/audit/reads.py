"""Writes down whose file was opened: collected while a request is answered, written in one insert after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from fodfaeste.web.audit.context import current

AT_A_TIME = 5000
"""Lines that are written together."""


@dataclass(frozen=True)
class Line:
    """One opening of one person."""

    person: int
    organisation: int | None
    in_list: bool = False
    reason: str = ""


@dataclass
class Openings:
    """What a request has opened so far; each person once, and a page of their own counts before a list."""

    lines: dict[int, Line] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Take note of a person."""
        known = self.lines.get(line.person)
        if known is None or (known.in_list and not line.in_list) or (line.reason and not known.reason):
            self.lines[line.person] = line


def opened(request: HttpRequest, person: Any, reason: str = "") -> None:
    """Write down that a page shows a person; `reason` where it took one."""
    _openings(request).add(Line(person.pk, office_of(request.viewer, person), reason=reason))


def listed(request: HttpRequest, persons: Iterable[Any]) -> None:
    """Write down that a list or a file shows persons in full, one line a person."""
    openings = _openings(request)
    for person in persons:
        openings.add(Line(person.pk, office_of(request.viewer, person), in_list=True))


def handed_out(request: HttpRequest, rows: Any, person: str = "pk") -> None:
    """Write down that a file holds the persons that a queryset gives, or that its rows are of, by the path to them."""
    # Models cannot be loaded while the apps are, and this module is.
    from fodfaeste.web.audit.access import person_model

    keys = rows.order_by().exclude(**{person: None}).values_list(person, flat=True).distinct()
    listed(request, (person_model()(pk=key) for key in keys))


def taken_away(request: HttpRequest, persons: Iterable[int], organisation: Any) -> None:
    """Write down that a file holds persons of a municipality, by their keys, one line a person."""
    openings = _openings(request)
    for person in persons:
        openings.add(Line(person, organisation.pk, in_list=True))


def office_of(viewer: Any, person: Any) -> int | None:
    """Say in which organisation somebody looks at a person: the responsible one where they have several."""
    mine = viewer.casework or frozenset(organisation for organisation, _role in viewer.roles) or current().organisations
    if len(mine) <= 1:
        return next(iter(mine), None)
    # Models cannot be loaded while the apps are, and this module is.
    from fodfaeste.web.audit.access import responsible_among

    return responsible_among(mine, person) or min(mine)


def write(request: HttpRequest) -> None:
    """Write what was opened, in one insert; a page that cannot be written down is not shown."""
    lines = _openings(request).lines.values()
    if not lines:
        return
    # Models cannot be loaded while the apps are, and this module is.
    from fodfaeste.web.audit.models import Opening

    context, match = current(), request.resolver_match
    rows = (
        Opening(
            user_id=context.user,
            words=context.words,
            person=line.person,
            page=match.view_name if match else "",
            organisation_id=line.organisation,
            in_list=line.in_list,
            reason=line.reason,
            request=context.request,
        )
        for line in lines
    )
    Opening.objects.bulk_create(rows, batch_size=AT_A_TIME)


def _openings(request: HttpRequest) -> Openings:
    found = getattr(request, "openings", None)
    if found is None:
        raise LookupError("Nobody would write down who was opened: audit.middleware.AuditMiddleware is not in place.")
    return found
