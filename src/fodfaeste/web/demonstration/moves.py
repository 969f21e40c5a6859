"""Moves of the demonstration country: one is prepared and waits for consent, one the neighbour is offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q

from fodfaeste.plan import add_months
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.moving.domain.agreeing import agree_at_desk, text_seen
from fodfaeste.web.moving.domain.needed import movers_of
from fodfaeste.web.moving.domain.preparing import Terms, offer, prepare
from fodfaeste.web.moving.groups import BY_DEFAULT
from fodfaeste.web.people.models import Responsibility

IN = timedelta(days=20)
"""So long from now they move."""

GROWN_UP = 18


def move_some(offices: Iterable[Organisation], *, today: date) -> None:
    """Prepare two moves from the first municipality to the second, and send one of them."""
    old, new, *_others = offices
    cases = list(_cases(old, today))[:2]
    for number, held in enumerate(cases):
        terms = Terms(to_office=new, day=today + IN, groups=tuple(group.value for group in BY_DEFAULT))
        move = prepare([held.person], terms, from_office=old, by=held.worker)
        if number == 0:
            continue
        agree_at_desk(
            move,
            movers_of(move),
            name=str(held.person),
            present=f"{held.worker.name}, tolk (opdigtet)",
            with_interpreter=True,
            language="ar",
            seen=text_seen(move),
            by=held.worker,
        )
        offer(move, by=held.worker)


def _cases(office: Organisation, today: date) -> Iterator[Responsibility]:
    """Give cases of grown-ups with a programme that runs."""
    rows = Responsibility.objects.filter(organisation=office, end=None, start__lte=today)
    rows = rows.filter(Q(person__programmes__end=None), person__programmes__organisation=office)
    for held in rows.select_related("person", "worker").order_by("pk"):
        if add_months(held.person.birth_date, 12 * GROWN_UP) <= today:
            yield held
