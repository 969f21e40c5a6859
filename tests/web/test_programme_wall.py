"""Behind PostgreSQL's own wall the programme works as before it, and a leader counts without seeing whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection  # noqa: F401 - asked by the mark
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.programme.domain.choices import ChoiceShare, choice_share
from fodfaeste.web.programme.domain.day import missed
from fodfaeste.web.programme.domain.drafts import keep_draft
from fodfaeste.web.programme.domain.evaluations import EVALUATION, Judged, evaluate
from fodfaeste.web.programme.domain.files import CheckedFile
from fodfaeste.web.programme.domain.lists import cases
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.plans import holding
from fodfaeste.web.programme.domain.programmes import rules_of
from fodfaeste.web.programme.domain.week import surroundings
from fodfaeste.web.programme.models import (
    Alternative,
    ChoiceCount,
    Draft,
    FollowUp,
    Goal,
    GoalEvaluation,
    NoteFile,
    NoteTag,
    Plan,
    Programme,
)

from .conftest import Country
from .programme_examples import PLAN, agreed, longer, opened
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")


def test_a_programme_is_opened_planned_and_changed_behind_the_wall(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker), as_the_application():
        programme = opened(country)
        agreed(programme, worker)
        plan = agreed(programme, worker, longer(PLAN, 12))
        assert holding(programme) == plan
        assert surroundings(programme, rules_of(programme), PLAN).unknown
        assert Alternative.objects.exists()


def test_others_have_nothing_in_sight(country: Country) -> None:
    agreed(opened(country), country.users[Role.WORKER])
    for user in (country.stranger, country.users[Role.ADMINISTRATOR]):
        with audit.acting(user), as_the_application():
            for model in (Programme, Plan, Goal, FollowUp, Alternative):
                assert not model.objects.exists()


def test_notes_files_drafts_and_evaluations_are_written_behind_the_wall_and_choices_counted(country: Country) -> None:
    worker, leader, today = country.users[Role.WORKER], country.users[Role.LEADER], timezone.localdate()
    with audit.acting(worker), as_the_application():
        programme = opened(country)
        agreed(programme, worker)
        files = [CheckedFile("brev.txt", "text/plain", b"Et brev")]
        about = {"by": worker, "organisation": country.own, "day": today, "text": "Et notat"}
        add_note(country.person, **about, tags=["bus"], files=files)
        keep_draft(country.person, by=worker, address="/a/", fields=(("text", "Halvt"),), window="et")
        row = programme.follow_ups.filter(code=EVALUATION).order_by("due")[0]
        evaluate(row, [Judged(number, "reached") for number in (1, 2, 3)], by=worker)
        assert list(cases(viewer_of(worker, today), today).values_list("plan_state", flat=True)) == ["approved"]
    below = (NoteFile, NoteTag, Draft, GoalEvaluation)
    with audit.acting(leader), as_the_application():
        assert choice_share(viewer_of(leader, today)) == ChoiceShare(2, 2)
        assert not any(model.objects.exists() for model in below)
    with audit.acting(country.stranger), as_the_application():
        assert not any(model.objects.exists() for model in (*below, ChoiceCount))


def test_a_leader_counts_what_was_missed_and_sees_no_plan(country: Country) -> None:
    opened(country)
    today = timezone.localdate()
    FollowUp.objects.update(due=today - timedelta(days=8), held_from=today - timedelta(days=8))
    leader = country.users[Role.LEADER]
    with audit.acting(leader), as_the_application():
        assert [(one.overdue, one.climbed) for one in missed(viewer_of(leader, today), today=today)] == [(1, 1)]
        assert not Plan.objects.exists()
