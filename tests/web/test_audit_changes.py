"""The log of changes: whoever changes a row, and however, there is a line with who, before and after."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fodfaeste.web import audit
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.context import command_name, current
from fodfaeste.web.audit.installing import logged
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.audit.triggers import HIDDEN
from fodfaeste.web.base.kept import missing as missing_triggers
from fodfaeste.web.people.models import Need, Person, Responsibility, Wish

from .conftest import Country

# Tables that are not logged, by app or by table, each with its reason.
NOT_LOGGED = {
    "audit_change": "is the log",
    "audit_opening": "is the log of reading",
    "programme_draft": "what somebody is writing right now, theirs alone; what they save is logged",
    "insight": "figures that are made anew each night, from what is logged",
    "auth": "Django's own groups, which nobody here has",
    "contenttypes": "names of models",
    "sessions": "who is signed in right now",
    "axes": "is itself a log, of wrong passwords",
    "account": "e-mail addresses of users, which are on the user",
    "mfa": "secrets of second factors",
    "socialaccount": "what an office's own sign-in says, renewed by each",
}


def last() -> Change:
    return Change.objects.latest("pk")


def fields(change: Change) -> dict[str, tuple[Any, Any]]:
    """What changed, before and after."""
    before, after = change.before or {}, change.after or {}
    return {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }


def test_what_is_saved_has_a_line_with_who_before_and_after(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker):
        country.person.phone = "12 34 56 78"
        country.person.save()
    line = last()
    assert (line.user, line.words, line.table, line.row) == (worker, "", "people_person", str(country.person.pk))
    assert (line.operation, line.person) == ("update", country.person.pk)
    assert fields(line)["phone"] == ("", "12 34 56 78")
    assert abs((timezone.now() - line.at).total_seconds()) < 60


def test_queries_bulk_and_raw_statements_are_seen_too(country: Country) -> None:
    begun = Change.objects.count()
    Person.objects.update(phone="1")
    Wish.objects.bulk_create(
        [Wish(person=country.person, about="work", words=words, said=date(2026, 1, 1)) for words in ("bager", "smed")]
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_wish SET words = 'bager igen' WHERE words = 'bager'")
        cursor.execute("DELETE FROM people_wish WHERE words = 'smed'")
    lines = [(line.table, line.operation) for line in Change.objects.order_by("pk")[begun:]]
    assert lines == [
        ("people_person", "update"),
        ("people_person", "update"),
        ("people_wish", "insert"),
        ("people_wish", "insert"),
        ("people_wish", "update"),
        ("people_wish", "delete"),
    ]
    assert last().before["words"] == "smed"
    assert last().after is None


def test_a_row_that_stays_as_it_was_has_no_line(country: Country) -> None:
    begun = Change.objects.count()
    country.person.save()
    assert Change.objects.count() == begun


def test_what_is_encrypted_is_logged_as_it_lies(country: Country) -> None:
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=date(2026, 1, 1))
    assert "løfte" not in json.dumps(last().after, ensure_ascii=False)
    assert last().after["words"].startswith("gAAAA")


def test_a_password_stays_out_of_the_log_but_that_it_changed_does_not(country: Country) -> None:
    user = country.users[Role.LEADER]
    user.set_password("another long secret")
    user.save()
    assert last().table == "accounts_user"
    assert (last().before["password"], last().after["password"]) == (HIDDEN, HIDDEN)


def test_who_cooperates_with_whom_is_logged(country: Country) -> None:
    country.own.partners.add(country.other)
    assert last().table == "accounts_organisation_partners"


def test_without_anybody_it_is_the_system_by_its_command(country: Country) -> None:
    country.person.phone = "2"
    country.person.save()
    assert last().user is None
    assert last().words == command_name(sys.argv)
    assert last().words.startswith("system: ")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["/usr/bin/django-admin", "migrate", "--noinput"], "system: django-admin migrate"),
        (["/usr/bin/fodfaeste", "web", "secret"], "system: fodfaeste web"),
        (["gunicorn", "--bind=127.0.0.1"], "system: gunicorn"),
        ([], "system: python"),
    ],
)
def test_a_command_is_named_by_its_programme_and_first_word(arguments: list[str], name: str) -> None:
    assert command_name(arguments) == name


def test_blocks_nest_and_end(country: Country) -> None:
    worker, leader = country.users[Role.WORKER], country.users[Role.LEADER]
    with audit.acting(worker):
        with audit.acting(leader):
            Person.objects.filter(pk=country.person.pk).update(phone="3")
        Person.objects.filter(pk=country.person.pk).update(phone="4")
    Person.objects.filter(pk=country.person.pk).update(phone="5")
    said = Change.objects.filter(table="people_person", operation="update").order_by("pk")
    assert [line.user for line in said] == [leader, worker, None]
    assert current().user is None


def test_a_transaction_that_is_rolled_back_takes_nobody_elses_name(country: Country) -> None:
    worker, leader = country.users[Role.WORKER], country.users[Role.LEADER]
    with audit.acting(worker):
        with transaction.atomic(), audit.acting(leader):
            Person.objects.filter(pk=country.person.pk).update(phone="6")
            transaction.set_rollback(True)
        with pytest.raises(DatabaseError), transaction.atomic(), audit.acting(leader):
            Person.objects.filter(pk=country.person.pk).update(birth_date=None)
        Person.objects.filter(pk=country.person.pk).update(phone="7")
    assert last().user == worker
    assert not Change.objects.filter(user=leader).exists()


@pytest.mark.parametrize("log", [Change, Opening])
def test_nobody_changes_or_takes_away_a_line(country: Country, log: type[Change] | type[Opening]) -> None:
    Opening.objects.create(person=country.person.pk, page="people:person")
    assert log.objects.exists()
    with pytest.raises(DatabaseError, match="the_log_is_not_changed"), transaction.atomic():
        log.objects.update(request="mended")
    with pytest.raises(DatabaseError, match="the_log_is_not_changed"), transaction.atomic():
        log.objects.all().delete()
    empty = "TRUNCATE {} CASCADE" if connection.vendor == "postgresql" else "DELETE FROM {}"
    with pytest.raises(DatabaseError, match="the_log_is_not_changed"), transaction.atomic(), connection.cursor() as raw:
        raw.execute(empty.format(log._meta.db_table))


def test_every_table_is_logged_or_has_a_reason_not_to_be(db: None) -> None:
    known = logged(connection)
    missing = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.db_table not in known
        and model._meta.db_table not in NOT_LOGGED
        and model._meta.app_label not in NOT_LOGGED
    }
    assert not missing, "Add Logged(app, model) to a migration of its app, or a reason to NOT_LOGGED."


def test_triggers_are_in_place(db: None) -> None:
    assert missing_triggers(connection) == []


def test_lines_hold_every_column_of_their_table(country: Country) -> None:
    for model in (Person, Responsibility, User, Organisation, Membership):
        with connection.cursor() as cursor:
            columns = {
                column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
            }
        assert set(Change.objects.filter(table=model._meta.db_table).latest("pk").after) == columns


def test_other_programs_cannot_write_past_the_log_on_sqlite(country: Country) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL they are named in the log")
    with closing(sqlite3.connect(":memory:")) as other:
        other.deserialize(connection.connection.serialize())
        with pytest.raises(sqlite3.OperationalError, match="no such function: fodfaeste_context"):
            other.execute("UPDATE accounts_organisation SET name = 'Nabo'")


class AnyWords(TestCase):
    """A row's image in the log is the row."""

    @settings(max_examples=40, deadline=None)
    @given(words=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40))
    def test_words_are_in_the_log_as_they_were_written(self, words: str) -> None:
        organisation = Organisation.objects.create(kind="association", name=words)
        assert Change.objects.latest("pk").after["name"] == words
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_organisation WHERE id = %s", [organisation.pk])
        assert Change.objects.latest("pk").before["name"] == words
