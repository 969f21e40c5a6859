"""An agreement is written, laid before the three, changed, and called off; and it follows the plan."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.plan.week import WORK
from fodfaeste.web.accounts.models import User
from fodfaeste.web.programme.domain.plans import latest
from fodfaeste.web.programme.domain.text import ActivityText, PlanText
from fodfaeste.web.programme.domain.text import text_of as plan_text_of
from fodfaeste.web.programme.following import follows
from fodfaeste.web.programme.models import Programme
from fodfaeste.web.programme.permissions import refuse_strangers
from fodfaeste.web.workplace.domain.text import AgreementText, Facts, is_cvr, tells_too_much, text_of
from fodfaeste.web.workplace.models import Agreement

State = Agreement.State


def work_in(text: PlanText) -> tuple[ActivityText, ...]:
    """Give the activities of a plan that are at a workplace."""
    return tuple(one for one in text.activities if one.kind in WORK)


def current(programme: Programme, activity: int) -> Agreement | None:
    """Give the agreement on an activity that has not been called off."""
    return programme.work_agreements.filter(activity=activity).exclude(state=State.OFF).first()


@transaction.atomic
def write(
    programme: Programme,
    activity: int,
    facts: Facts,
    *,
    by: User,
    contact_phone: str = "",
    contact_email: str = "",
    seen: str = "",
) -> Agreement:
    """Write what is agreed on an activity of the plan's latest version. Another text lifts all approvals.

    Parameters
    ----------
    seen : str
        The fingerprint of the agreement that the writer had before them; empty where there was none.

    Raises
    ------
    Refused
        If the person is not the office's, the programme is over, the activity is at no workplace, the CVR number is
        none, a workplace would read what it may not, or somebody else has changed the agreement meanwhile.
    """
    refuse_strangers(by, programme.person)
    # One after the other: two who write at once would each make one.
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if programme.end is not None:
        raise Refused(_("Programmet er afsluttet; planen kan kun læses."))
    one = next((each for each in work_in(plan_text_of(latest(programme))) if each.number == activity), None)
    if one is None:
        raise Refused(_("Planen har ingen praktik og intet job med det nummer."))
    if facts.cvr and not is_cvr(facts.cvr):
        raise Refused(
            _("%(cvr)s er ikke et CVR-nummer. Se efter på virk.dk, eller spørg arbejdspladsen.") % {"cvr": facts.cvr}
        )
    if too_much := tells_too_much(facts, programme.person):
        raise Refused(" ".join(too_much))
    row = current(programme, activity)
    if seen != ("" if row is None else text_of(row).fingerprint):
        raise Refused(_("En anden har ændret aftalen imens. Se, hvad der står nu, og skriv dit igen."))
    row = row or Agreement(
        person=programme.person, organisation=programme.organisation, programme=programme, activity=activity
    )
    row.contact_phone, row.contact_email = contact_phone.strip(), contact_email.strip()
    return _put(row, AgreementText.of(one, facts))


def _put(row: Agreement, text: AgreementText) -> Agreement:
    """Let a row say a text. Where it said another and the three had it before them, what they answered is lifted."""
    if row.pk is not None and text_of(row) == text:
        row.save(update_fields=["contact_phone", "contact_email"])
        return row
    for name, value in text.columns().items():
        setattr(row, name, value)
    row.state, row.text_hash, row.sent, row.ready = State.DRAFT, "", None, None
    row.save()
    row.answers.filter(lifted=None).update(lifted=timezone.now())
    return row


@transaction.atomic
def send(agreement: Agreement, *, by: User) -> Agreement:
    """Lay a draft before the three, with the fingerprint of its text.

    Raises
    ------
    Refused
        Naming all that it still lacks, or saying that it has been sent.
    """
    refuse_strangers(by, agreement.person)
    row = locked(agreement)
    if row.state != State.DRAFT:
        raise Refused(_("Aftalen er %(state)s; kun en kladde kan sendes.") % {"state": row.get_state_display()})
    text = text_of(row)
    if lacking := text.what_is_missing():
        raise Refused(_("Aftalen mangler %(what)s.") % {"what": get_text_list(lacking, _("og"))})
    row.state, row.text_hash, row.sent = State.SENT, text.fingerprint, timezone.now()
    row.save(update_fields=["state", "text_hash", "sent"])
    return row


@transaction.atomic
def call_off(agreement: Agreement, *, by: User) -> Agreement:
    """Let an agreement hold no longer: the workplace's link opens no more, and another can be written in its place.

    Raises
    ------
    Refused
        If the person is not the office's.
    """
    refuse_strangers(by, agreement.person)
    return _off(locked(agreement))


def _off(row: Agreement) -> Agreement:
    if row.state != State.OFF:
        row.state = State.OFF
        row.save(update_fields=["state"])
        row.answers.filter(lifted=None).update(lifted=timezone.now())
    return row


def locked(agreement: Agreement) -> Agreement:
    """Take an agreement so that its acts come one after the other."""
    return Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)


@follows
def _plan_changed(programme: Programme, text: PlanText) -> None:
    """Let agreements say what the plan says now; one on an activity that is gone is called off."""
    there = {one.number: one for one in work_in(text)}
    for row in programme.work_agreements.exclude(state=State.OFF).select_for_update(of=("self",)):
        one = there.get(row.activity)
        if one is None:
            _off(row)
        else:
            _put(row, AgreementText.of(one, text_of(row).facts))
