"""An agreement of the demonstration country that waits for its workplace: the office has approved, a link is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from fodfaeste.plan.week import WORK
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.demonstration.own_page import worker_of
from fodfaeste.web.programme.domain.plans import latest
from fodfaeste.web.programme.models import Activity, Plan, Programme
from fodfaeste.web.workplace.domain.agreements import current, send, write
from fodfaeste.web.workplace.domain.answers import approve
from fodfaeste.web.workplace.domain.links import give_link
from fodfaeste.web.workplace.domain.text import Facts
from fodfaeste.web.workplace.models import Agreement, Answer

CVR = "99999993"
"""Nobody's, and yet one that can be a CVR number."""


def open_agreement(offices: Iterable[Organisation], *, today: date) -> str | None:
    """Lay an agreement of some municipalities before the three, and give the path that its workplace comes by.

    There is one where somebody's plan has days at a workplace; asked again, it is another link to the same one.
    """
    waiting = Agreement.objects.filter(organisation__in=list(offices), state=Agreement.State.SENT).first()
    if waiting is None:
        found = _chosen(offices, today)
        if found is None:
            return None
        waiting = _sent(found.plan.programme, found.number, worker_of(found.plan.programme))
    given = give_link(waiting, by=worker_of(waiting.programme))
    return reverse("by-link:agreement", args=[given.token])


def _chosen(offices: Iterable[Organisation], today: date) -> Activity | None:
    """Choose the work that goes on longest, in the latest version of a plan that is running."""
    rows = Activity.objects.filter(kind__in=WORK, plan__programme__organisation__in=list(offices), end__gt=today)
    rows = rows.filter(plan__programme__end=None, plan__state__in=[*Plan.OPEN, Plan.State.APPROVED])
    rows = rows.filter(plan__programme__person__protected=False, slots__isnull=False).distinct()
    found = rows.select_related("plan__programme__person").order_by("-end", "pk")
    return next((one for one in found if latest(one.plan.programme) == one.plan), None)


def _sent(programme: Programme, activity: int, by: User) -> Agreement:
    facts = Facts(
        employer="Værkstedet (opdigtet)",
        cvr=CVR,
        contact="Kim Kontakt (opdigtet)",
        mentor="Mona Mentor (opdigtet)",
        called=programme.person.given_name,
        tasks="Slibe, male og pakke. Rydde op sammen med de andre efter frokost. (opdigtet)",
        goal="Kende værktøjernes navne og kunne spørge om hjælp på dansk. (opdigtet)",
    )
    row = current(programme, activity) or write(programme, activity, facts, by=by)
    row = send(row, by=by)
    return approve(row, by=by, side=str(Answer.Side.OFFICE), name=by.name, seen=row.text_hash)
