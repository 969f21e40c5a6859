"""Behind PostgreSQL's own wall the programme works as before it, and a leader counts without seeing whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection  # noqa: F401 - asked by the mark
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.programme.domain.day import missed
from fodfaeste.web.programme.domain.plans import holding
from fodfaeste.web.programme.domain.programmes import rules_of
from fodfaeste.web.programme.domain.week import surroundings
from fodfaeste.web.programme.models import Alternative, FollowUp, Goal, Plan, Programme

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


def test_a_leader_counts_what_was_missed_and_sees_no_plan(country: Country) -> None:
    opened(country)
    today = timezone.localdate()
    FollowUp.objects.update(due=today - timedelta(days=8), held_from=today - timedelta(days=8))
    leader = country.users[Role.LEADER]
    with audit.acting(leader), as_the_application():
        assert [(one.overdue, one.climbed) for one in missed(viewer_of(leader, today), today=today)] == [(1, 1)]
        assert not Plan.objects.exists()
