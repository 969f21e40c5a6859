"""Tests that commit empty their database afterwards, logs too, although nobody may."""

from __future__ import annotations

import pytest
from django.db import connection

from fodfaeste.web.audit.installing import without_triggers
from fodfaeste.web.audit.models import Change, Opening


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_finds_nothing_of_the_one_before(turn: int) -> None:
    assert not Opening.objects.exists()
    assert not Change.objects.exists()
    assert without_triggers(connection) == set()
    Opening.objects.create(person=1, page="people:person")
