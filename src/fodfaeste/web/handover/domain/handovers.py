"""Handing a caseload on: told of, offered, accepted or returned. A case stays whose it is until it is accepted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.handover.domain.cases import held_by, later_of, move
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.handover.permissions import drafts_of, has_role, must_be_own_or_run, must_run
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.refusals import in_words

State: Any = HandedCase.State

NAMED = 5
"""How many cases a refusal names."""


@transaction.atomic
def begin_handover(worker: User, organisation: Organisation, *, leaves: date, by: User) -> Handover:
    """Begin to hand a worker's caseload on; `leaves` is the first day without the worker.

    Raises
    ------
    Refused
        If somebody else begins it who does not run the office, the day has gone, the worker has no case here, or it
        has been begun.
    """
    must_be_own_or_run(by, worker, organisation)
    today = timezone.localdate()
    if leaves <= today:
        raise Refused(_("Den første dag uden medarbejderen skal være efter i dag."))
    with seeing([organisation.pk]):
        if not _holds_any(worker, organisation, today):
            raise Refused(_("%(worker)s har ingen sager i %(office)s at overdrage.") % _named(worker, organisation))
        with in_words(_("%(worker)s er allerede ved at overdrage sine sager.") % _named(worker, organisation)):
            return Handover.objects.create(worker=worker, organisation=organisation, leaves=leaves, begun_by=by)


@transaction.atomic
def tell(handover: Handover, person: Person, *, told: str, matters: str = "", by: User) -> HandedCase:
    """Write what the leaving worker would tell of a case, and who matters in it.

    Raises
    ------
    Refused
        If it is not the worker's own case and handover, or nothing is written.
    """
    handover = opened_again(handover)
    if by != handover.worker:
        raise Refused(_("Kun %(worker)s kan skrive linjen om sine sager.") % {"worker": handover.worker})
    case = _case(handover, person)
    if not told.strip():
        raise Refused(_("Skriv en linje om sagen."))
    case.told, case.matters = told.strip(), matters.strip()
    case.save(update_fields=["told", "matters"])
    return case


@transaction.atomic
def offer(handover: Handover, persons: Iterable[Person], *, receiver: User, by: User) -> int:
    """Offer cases to a colleague; one offered to somebody else before is then offered to this one alone.

    Raises
    ------
    Refused
        If a case has no line yet (naming it), is not the worker's, or the receiver does not work in the office.
    """
    handover = opened_again(handover)
    if by != handover.worker:
        raise Refused(_("Kun %(worker)s kan tilbyde sine sager her.") % {"worker": handover.worker})
    return offer_told(handover, [_case(handover, person) for person in persons], receiver)


@transaction.atomic
def offer_rest(handover: Handover, *, receiver: User, told: str, by: User) -> int:
    """Offer, for a worker who cannot, every case that nobody has been asked about; `told` stands where no line does.

    Raises
    ------
    Refused
        If somebody else does it than who runs the office, or no line is written.
    """
    must_run(by, handover.organisation)
    with seeing([handover.organisation_id]):
        handover = opened_again(handover)
        waiting = [case for case in _all_cases(handover) if case.state in {State.WAITING, State.RETURNED}]
        for case in waiting:
            if not case.told:
                case.told = told.strip()
                case.save(update_fields=["told"])
        return offer_told(handover, waiting, receiver)


def offer_told(handover: Handover, cases: list[HandedCase], receiver: User) -> int:
    """Offer cases, each with its line, to somebody who works in the office."""
    if not cases:
        raise Refused(_("Vælg mindst én sag at tilbyde."))
    if receiver == handover.worker:
        raise Refused(_("En sag tilbydes en kollega, ikke en selv."))
    if not has_role(receiver, handover.organisation, CASEWORK):
        raise Refused(
            _("%(worker)s arbejder ikke med sager i %(office)s i dag. En administrator kan give rollen.")
            % _named(receiver, handover.organisation)
        )
    untold = [case.person.case_number for case in cases if not case.told]
    if untold:
        cases_named = get_text_list(untold[:NAMED], _("og")) + (" …" if len(untold) > NAMED else "")
        raise Refused(_("Skriv først en linje om %(cases)s.") % {"cases": cases_named})
    for case in cases:
        case.state, case.receiver, case.answered, case.reason = State.OFFERED, receiver, None, ""
        case.save(update_fields=["state", "receiver", "answered", "reason"])
    return len(cases)


@transaction.atomic
def accept(case: HandedCase, *, by: User) -> HandedCase:
    """Take a case over: from today on it is the receiver's, with all its follow-ups. The last one ends the handover.

    A case whose responsibility begins later is theirs from that day on.

    Raises
    ------
    Refused
        If it is not offered to who accepts, they no longer work in the office, or it is no longer the worker's.
    """
    case = _offered(case, by)
    handover = case.handover
    today = timezone.localdate()
    if not has_role(by, handover.organisation, CASEWORK):
        raise Refused(_("Du arbejder ikke med sager i %(office)s i dag.") % {"office": handover.organisation})
    held = held_by(handover.worker, handover.organisation, today).select_for_update(of=("self",))
    later = later_of(handover.worker, handover.organisation, today).select_for_update(of=("self",))
    row = held.filter(person=case.person_id).first() or later.filter(person=case.person_id).first()
    if row is None:
        raise Refused(_("Sagen er ikke længere hos %(worker)s.") % {"worker": handover.worker})
    move(row, by, today)
    _answer(case, State.ACCEPTED)
    if not _holds_any(handover.worker, handover.organisation, today):
        handover.closed = timezone.now()
        handover.save(update_fields=["closed"])
    return case


@transaction.atomic
def give_back(case: HandedCase, *, reason: str, by: User) -> HandedCase:
    """Return an offered case, saying why; it is still whose it was.

    Raises
    ------
    Refused
        If it is not offered to who returns it, or no reason is written.
    """
    case = _offered(case, by)
    if not reason.strip():
        raise Refused(_("Skriv, hvorfor du giver sagen tilbage."))
    case.reason = reason.strip()
    _answer(case, State.RETURNED)
    return case


def _answer(case: HandedCase, state: str) -> None:
    case.state, case.answered = state, timezone.now()
    case.save(update_fields=["state", "answered", "reason"])


@transaction.atomic
def cancel_handover(handover: Handover, *, by: User) -> Handover:
    """Stop handing on: what is offered is withdrawn, what was accepted stays with whoever has it.

    Raises
    ------
    Refused
        If somebody else does it than the worker, or who runs the office.
    """
    must_be_own_or_run(by, handover.worker, handover.organisation)
    with seeing([handover.organisation_id]):
        handover = opened_again(handover)
        handover.cases.filter(state=State.OFFERED).update(state=State.WAITING, receiver=None)
        handover.closed = timezone.now()
        handover.save(update_fields=["closed"])
    return handover


@transaction.atomic
def discard_drafts(handover: Handover, *, by: User) -> int:
    """Discard, unread, what a worker who cannot do it themselves has not saved; gives how many there were.

    Raises
    ------
    Refused
        If somebody else does it than who runs the office.
    """
    must_run(by, handover.organisation)
    with seeing([handover.organisation_id]):
        handover = opened_again(handover)
        found = list(drafts_of([handover.worker], handover.organisation))
        for draft in found:
            draft.delete()
    return len(found)


def opened_again(handover: Handover) -> Handover:
    """Take a handover so that its acts come one after the other; one that is over is not changed."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("worker", "organisation")
    found = rows.get(pk=handover.pk)
    if found.closed is not None:
        raise Refused(_("Overdragelsen er afsluttet."))
    return found


def _offered(case: HandedCase, by: User) -> HandedCase:
    opened_again(case.handover)
    rows = HandedCase.objects.select_for_update(of=("self",))
    found = rows.select_related("handover__worker", "handover__organisation").get(pk=case.pk)
    if found.state != State.OFFERED or found.receiver_id != by.pk:
        raise Refused(_("Sagen er ikke tilbudt dig."))
    return found


def _case(handover: Handover, person: Person) -> HandedCase:
    """Give a case that is still the worker's, making its row where there is none."""
    today = timezone.localdate()
    if not held_by(handover.worker, handover.organisation, today).filter(person=person.pk).exists():
        raise Refused(_("Sagen er ikke længere hos %(worker)s.") % {"worker": handover.worker})
    found, _made = HandedCase.objects.get_or_create(handover=handover, person=person)
    if found.state == State.ACCEPTED:  # taken over, and then come back by another way
        found.state, found.receiver, found.answered = State.WAITING, None, None
        found.save(update_fields=["state", "receiver", "answered"])
    return found


def _holds_any(worker: User, organisation: Organisation, today: date) -> bool:
    return held_by(worker, organisation, today).exists() or later_of(worker, organisation, today).exists()


def _all_cases(handover: Handover) -> list[HandedCase]:
    held = held_by(handover.worker, handover.organisation, timezone.localdate()).select_related("person")
    return [_case(handover, row.person) for row in held]


def _named(worker: User, organisation: Organisation) -> dict[str, object]:
    return {"worker": worker, "office": organisation}
