"""The plan: written, proposed, approved by both sides, and changed by a next version."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.domain.choices import count_choices
from fodfaeste.web.programme.domain.follow_ups import refresh
from fodfaeste.web.programme.domain.text import PlanText, store, text_of
from fodfaeste.web.programme.following import follow
from fodfaeste.web.programme.models import Approval, Plan, Programme
from fodfaeste.web.programme.permissions import refuse_strangers

State = Plan.State


def latest(programme: Programme) -> Plan:
    """Give the newest version, whatever its state."""
    return programme.plans.order_by("-number")[0]


def holding(programme: Programme) -> Plan | None:
    """Give the version that holds, if one does."""
    return programme.plans.filter(state=State.APPROVED).first()


@transaction.atomic
def change(programme: Programme, *, by: User) -> Plan:
    """Give the version that may be written in, making it where there is none.

    A proposed one becomes a draft again and its approvals fall; an approved one stays as it is and holds until the next
    version, a copy without approvals, is approved in its place.

    Raises
    ------
    Refused
        If the programme is over, or the person is not the office's.
    """
    refuse_strangers(by, programme.person)
    # One after the other: two who change at once would each make a version.
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if programme.end is not None:
        raise Refused(_("Programmet er afsluttet; planen kan kun læses."))
    plan = latest(programme)
    if plan.state == State.PROPOSED:
        plan.approvals.filter(lifted=None).update(lifted=timezone.now())
        plan.state, plan.text_hash = State.DRAFT, ""
        plan.save(update_fields=["state", "text_hash"])
    elif plan.locked:
        text = text_of(plan)
        plan = Plan.objects.create(programme=programme, number=plan.number + 1, made_by=by)
        store(plan, text)
    return plan


@transaction.atomic
def write_plan(programme: Programme, text: PlanText, *, by: User, seen: int | None = None) -> Plan:
    """Write what the plan shall say; it is then a draft without approvals.

    Parameters
    ----------
    seen : int, optional
        `Plan.edits` of the version that the writer had before them.

    Raises
    ------
    Refused
        If somebody else has written in it since; nothing is changed then.
    """
    refuse_strangers(by, programme.person)
    before = latest(programme)
    if seen is not None and before.edits != seen:
        raise Refused(_("En anden har ændret planen imens. Se, hvad der står nu, og skriv dit igen."))
    if text_of(before) == text:
        return before
    plan = change(programme, by=by)
    store(plan, text)
    plan.edits = before.edits + 1
    plan.save(update_fields=["edits"])
    follow(programme, text)
    return plan


@transaction.atomic
def propose(programme: Programme, *, by: User) -> Plan:
    """Lay the draft before both sides, with the fingerprint of its text.

    Raises
    ------
    Refused
        Naming all that it still lacks: a goal, an activity, alternatives, the person's choice.
    """
    refuse_strangers(by, programme.person)
    plan = Plan.objects.select_for_update().get(pk=latest(programme).pk)
    if plan.state != State.DRAFT:
        raise Refused(_("Der er ingen kladde at foreslå; version %(number)d er %(state)s.") % _named(plan))
    text = text_of(plan)
    missing = what_is_missing(text)
    if missing:
        raise Refused(" ".join(missing))
    plan.state, plan.text_hash = State.PROPOSED, text.fingerprint
    plan.save(update_fields=["state", "text_hash"])
    return plan


def what_is_missing(text: PlanText) -> list[str]:
    """List what a plan still needs before it can be agreed on."""
    missing = [] if text.goals else [_("Planen har intet mål.")]
    if not text.activities:
        missing.append(_("Planen har ingen aktivitet."))
    return [*missing, *filter(None, (one.what_is_missing() for one in text.activities))]


@transaction.atomic
def approve(plan: Plan, *, by: User, side: str, name: str, present: str, seen: str) -> Plan:
    """Sign for one side. With the second signature the plan holds, and the one before is superseded.

    Parameters
    ----------
    side : {"person", "municipality"}
    name : str
        As the one who approves typed it.
    present : str
        Who was in the room.
    seen : str
        The fingerprint of the text that they had before them.

    Raises
    ------
    Refused
        If the plan is not proposed, its text is another than the one seen, or the side has signed.
    """
    refuse_strangers(by, plan.programme.person)
    plan = _to_be_signed(plan, seen)
    if not name.strip() or not present.strip():
        raise Refused(_("Skriv navnet på den, der godkender, og hvem der var til stede."))
    return _sign(plan, side=side, name=name, present=present, taken_by=by)


@transaction.atomic
def approve_oneself(plan: Plan, *, viewer: Viewer, link: int, name: str, seen: str) -> Plan:
    """Sign as the person that the plan is for, alone at their own page.

    Parameters
    ----------
    viewer : Viewer
        The person, as the gate knows them.
    link : int
        The number of the link that they came by.
    name : str
        As they typed it.
    seen : str
        The fingerprint of the text that they had before them.

    Raises
    ------
    Refused
        If the plan is not theirs or not proposed, its text is another than the one seen, or they have signed.
    """
    own = visible(viewer, Plan).filter(pk=plan.pk, programme__person=viewer.person)
    if viewer.person is None or not own.exists():
        raise Refused(_("Planen er ikke din."))
    plan = _to_be_signed(plan, seen)
    if not name.strip():
        raise Refused(_("Skriv dit navn."))
    return _sign(plan, side=str(Approval.Side.PERSON), name=name, own_link=link)


def _to_be_signed(plan: Plan, seen: str) -> Plan:
    """Hold on to a plan that is to be signed, one after the other; refuse where it is another than was shown."""
    Programme.objects.select_for_update(of=("self",)).get(pk=plan.programme_id)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.state != State.PROPOSED:
        raise Refused(_("Version %(number)d er %(state)s; kun en foreslået plan kan godkendes.") % _named(plan))
    if seen != plan.text_hash:
        raise Refused(_("Planen er ændret, siden den blev vist. Læs den igen, før den godkendes."))
    return plan


def _sign(plan: Plan, *, side: str, name: str, present: str = "", **taken: Any) -> Plan:
    if plan.approvals.filter(side=side, lifted=None).exists():
        raise Refused(_("Den side har allerede godkendt."))
    Approval.objects.create(
        plan=plan,
        side=side,
        name=name.strip(),
        at=timezone.now(),
        text_hash=plan.text_hash,
        present=present.strip(),
        **taken,
    )
    if plan.approvals.filter(lifted=None).count() == len(Approval.Side):
        _let_it_hold(plan)
    return plan


def _let_it_hold(plan: Plan) -> None:
    today = timezone.localdate()
    plan.programme.plans.filter(state=State.APPROVED).update(state=State.SUPERSEDED)
    plan.state, plan.approved_on = State.APPROVED, today
    plan.save(update_fields=["state", "approved_on"])
    count_choices(plan.programme, text_of(plan))
    refresh(plan.programme, today=today)


def _named(plan: Plan) -> dict[str, object]:
    return {"number": plan.number, "state": plan.get_state_display()}
