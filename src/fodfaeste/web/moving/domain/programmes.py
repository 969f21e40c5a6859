"""The programme goes on in the new municipality: by the same rules, from the day of the move."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.moving.groups import Group
from fodfaeste.web.programme.domain.plans import holding
from fodfaeste.web.programme.domain.text import store, text_of
from fodfaeste.web.programme.models import FollowUp, Plan, Programme

MOVED_ALONG = {"da": "Fulgte med fra den tidligere kommune.", "en": "Came along from the previous municipality."}


def take_over(before: Programme, office: Organisation, *, day: date, groups: Collection[str], by: User) -> Programme:
    """Open an office's programme in the place of another's: the takeover, and so the rule set, are the same.

    The plan that holds becomes version 1, a draft to be read anew, where it goes along; without it the draft is empty.
    Hours that were agreed for reasons of health go along with needs alone.
    """
    with_plan, with_needs = Group.PLAN in groups, Group.NEEDS in groups
    programme = Programme.objects.create(
        person_id=before.person_id,
        organisation=office,
        track=before.track,
        rule_set=before.rule_set,
        takeover=before.takeover,
        start=day,
        agreed_hours=before.agreed_hours if with_needs else None,
        school_days_in_row=before.school_days_in_row if with_needs else None,
        needs_childcare=before.needs_childcare if with_plan else False,
    )
    plan = Plan.objects.create(programme=programme, number=1, made_by=by)
    held = holding(before) if with_plan else None
    if held is not None:
        store(plan, text_of(held))
    if Group.FOLLOW_UPS in groups:
        ask_again(before.follow_ups.filter(held=None), programme)
    return programme


def ask_again(open_ones: Iterable[FollowUp], programme: Programme) -> None:
    """Make follow-ups anew that nobody has held.

    What was due before the new office had the case is due on its first day.
    """
    there = set(programme.follow_ups.values_list("code", "due"))
    for one in open_ones:
        due = max(one.due, programme.start)
        if (one.code, due) in there:
            continue
        there.add((one.code, due))
        late = due != one.due
        FollowUp.objects.create(
            programme=programme,
            code=one.code,
            words=one.words,
            rule=one.rule,
            due=due,
            moved_from=one.due if late else one.moved_from,
            moved_why=MOVED_ALONG if late else one.moved_why,
            held_from=max(min(one.held_from, due), programme.start) if late else one.held_from,
            hour=None if late else one.hour,
        )
