"""Follow-ups: made by the rules, held by a person, never forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste import plan
from fodfaeste.errors import Refused
from fodfaeste.plan import ProgrammeRules, programme_rules
from fodfaeste.web.accounts.models import User
from fodfaeste.web.people.models import EmploymentSpell
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import ActivityKind, FollowUp, Plan, Programme
from fodfaeste.web.programme.permissions import refuse_strangers
from fodfaeste.web.programme.words import Both, kept, rule_kept, said

EARLY = timedelta(days=7)
"""How long before its day a follow-up can be held: a talk held earlier is another talk."""

FIRST_TALK, AGREED = "first_talk", "agreed"
"""The talk that opens the programme, and what was agreed by the two in the room."""


def ask_for_first_talk(programme: Programme, rules: ProgrammeRules) -> None:
    """Put the first talk on the list; it can be held from the day that the programme began."""
    wanted = next(one for one in plan.deadlines(rules) if one.code == FIRST_TALK)
    FollowUp.objects.create(
        programme=programme,
        code=FIRST_TALK,
        words=kept(wanted.words),
        rule=rule_kept(wanted.rule),
        due=wanted.day,
        held_from=min(programme.start, wanted.day),
    )


@transaction.atomic
def refresh(programme: Programme, *, today: date) -> None:
    """Make the follow-ups that the rules ask for now; those still to come that they no longer ask for go away.

    What was held stays, and so does what is overdue: it has to be answered.
    """
    rules = programme_rules(programme.takeover, track=programme.track, rule_set=programme.rule_set)
    asked = {(one.code, one.day): one for one in _asked(programme, rules, today)}
    there = {(one.code, one.due): one for one in programme.follow_ups.exclude(code__in=(FIRST_TALK, AGREED))}
    gone = [one.pk for key, one in there.items() if key not in asked and one.held is None and one.due > today]
    FollowUp.objects.filter(pk__in=gone).delete()
    FollowUp.objects.bulk_create(_row(programme, one) for key, one in asked.items() if key not in there)


def _asked(programme: Programme, rules: ProgrammeRules, today: date) -> Iterable[plan.FollowUp]:
    agreed = programme.plans.filter(state__in=Plan.LOCKED).order_by("number").values_list("approved_on", flat=True)
    holding = programme.plans.filter(state=Plan.State.APPROVED).first()
    starts = (
        []
        if holding is None
        else holding.activities.filter(kind=ActivityKind.TRAINEESHIP).values_list("start", flat=True).distinct()
    )
    found = plan.follow_ups(
        rules,
        programme.takeover,
        plan_agreed=agreed.first(),
        in_work=_in_work(programme, today),
        traineeships=sorted(set(starts)),
    )
    # A programme that came from elsewhere does not owe what was due before it began.
    return (one for one in found if one.day >= programme.start)


def _in_work(programme: Programme, today: date) -> bool:
    kinds = (EmploymentSpell.Kind.ORDINARY, EmploymentSpell.Kind.EDUCATION)
    running = EmploymentSpell.objects.filter(person=programme.person_id, kind__in=kinds, start__lte=today)
    return running.exclude(end__lte=today).exists()


def _row(programme: Programme, one: plan.FollowUp) -> FollowUp:
    return FollowUp(
        programme=programme,
        code=one.code,
        words=kept(one.words),
        rule=rule_kept(one.rule),
        due=one.day,
        moved_from=one.wanted if one.why else None,
        moved_why=kept(one.why),
        held_from=one.day - EARLY,
    )


@transaction.atomic
def agree_follow_up(programme: Programme, *, by: User, day: date, words: Both, hour: time | None = None) -> FollowUp:
    """Put on the list what was agreed for a day; a day on which the office is closed moves, and says why.

    Raises
    ------
    Refused
        If there is an agreed one on that day.
    """
    refuse_strangers(by, programme.person)
    on = plan.working_day(day, plan.office_days())
    with in_words(_("Der er allerede en aftalt opfølgning den dag.")):
        return FollowUp.objects.create(
            programme=programme,
            code=AGREED,
            words=words,
            due=on.day,
            moved_from=day if on.why else None,
            moved_why=kept(on.why),
            held_from=on.day - EARLY,
            hour=hour,
        )


@transaction.atomic
def record_follow_up(
    follow_up: FollowUp,
    *,
    by: User,
    held: date,
    note: str,
    today: date,
    present: str = "",
    with_interpreter: bool = False,
) -> FollowUp:
    """Write down that a follow-up was held, and in the journal what came of it.

    Raises
    ------
    Refused
        If it was held already, would be held in the future or too early, or nothing was written.
    """
    refuse_strangers(by, follow_up.programme.person)
    row = FollowUp.objects.select_for_update().select_related("programme__person").get(pk=follow_up.pk)
    if row.held is not None:
        raise Refused(_("%(what)s er allerede holdt %(day)s.") % _named(row, row.held))
    if held > today:
        raise Refused(
            _("En samtale kan først noteres som holdt, når den er holdt; %(day)s er ikke kommet.") % _named(row, held)
        )
    if held < row.held_from:
        raise Refused(
            _("%(what)s er tidligst fra %(day)s; en samtale før den dag er et notat.") % _named(row, row.held_from)
        )
    add_note(
        row.programme.person,
        by=by,
        organisation=row.programme.organisation,
        day=held,
        text=note,
        kind="talk",
        present=present,
        with_interpreter=with_interpreter,
    )
    row.held, row.held_by, row.note = held, by, note.strip()
    row.save(update_fields=["held", "held_by", "note"])
    return row


def _named(row: FollowUp, day: date) -> dict[str, str]:
    return {"what": said(row.words), "day": date_format(day)}
