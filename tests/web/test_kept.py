"""Triggers stay on their tables, whatever migrations do to the tables."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, migrations, models
from django.test import Client

from fodfaeste.web.accounts.models import Organisation, RuleSetUse
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.operations import AppendOnly, Logged
from fodfaeste.web.base import kept
from fodfaeste.web.base.overlap import NoOverlap
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.people.names import search_text
from fodfaeste.web.people.search import find

from .conftest import TAKEOVER, made_person, made_user


def tables() -> list[str]:
    return sorted({one.table for one in kept.wanted(connection) if one.kind == "TRIGGER"})


def model_of(table: str) -> type[models.Model]:
    by_table: dict[str, type[models.Model]] = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy
    }
    return by_table[table]


def altered(model: type[models.Model]) -> None:
    """Give a table a column and take it away again, as a migration does: SQLite makes the table anew."""
    extra = models.CharField(max_length=10, default="", db_default="")
    extra.set_attributes_from_name("extra_of_a_test")
    extra.model = model
    step = migrations.AddField(model._meta.model_name, "extra_of_a_test", extra)
    kept.before_migrating("default", [(SimpleNamespace(app_label=model._meta.app_label, operations=[step]), False)])
    with connection.schema_editor() as editor:
        editor.add_field(model, extra)
        editor.remove_field(model, extra)
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor._remake_table(model)
    kept.after_migrating("default")


@pytest.mark.django_db(transaction=True)
def test_every_table_has_its_triggers_after_it_was_altered() -> None:
    before = sorted((one.table, one.name) for one in kept.wanted(connection))
    assert len(tables()) > 40
    for table in tables():
        altered(model_of(table))
        assert kept.missing(connection) == [], table
    assert sorted((one.table, one.name) for one in kept.wanted(connection)) == before


@pytest.mark.django_db(transaction=True)
def test_a_table_made_anew_without_a_word_loses_them_and_migrating_puts_them_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps them")
    with connection.schema_editor() as editor:
        editor._remake_table(RuleSetUse)
    lost = kept.missing(connection)
    assert "one_rule_set_a_track_insert (accounts_rulesetuse)" in lost
    answer = Client().get("/sundhed/")
    assert (answer.status_code, answer.json()) == (503, {"database": "up", "missing triggers": lost})
    said = StringIO()
    call_command("check", databases=["default"], stderr=said)
    assert "The trigger one_rule_set_a_track_insert (accounts_rulesetuse) is missing." in said.getvalue()
    call_command("migrate", verbosity=0, stderr=StringIO())
    assert kept.missing(connection) == []
    assert Client().get("/sundhed/").json() == {"database": "up"}


@pytest.mark.django_db(transaction=True)
def test_an_altered_table_refuses_and_finds_as_before() -> None:
    own = Organisation.objects.create(kind="municipality", name="Egenby", code="901")
    worker = made_user("worker", own, Role.WORKER)
    person = made_person("Zahra", worker, own)
    altered(Person)
    altered(Responsibility)
    with pytest.raises(IntegrityError, match="one_municipality_responsible"):
        Responsibility.objects.create(person=person, organisation=own, worker=worker, start=TAKEOVER)
    Person.objects.update(given_name="Amal", search=search_text(["Amal", "Eksempel"]))
    person.refresh_from_db()
    assert [find(Person.objects.all(), name, today=TAKEOVER).persons for name in ("Amal", "Zahra")] == [[person], []]


@pytest.mark.django_db
def test_each_kind_of_trigger_is_among_those_that_are_looked_for() -> None:
    wanted = {kind: {one.name for one in kept.wanted(connection, kind)} for kind in (Logged, AppendOnly, NoOverlap)}
    assert all(wanted.values())
    names = {one.name for one in kept.wanted(connection)}
    assert any(name.startswith("approved_plan_is_locked_plan") for name in names)
    assert any(name.startswith("a_note_is_corrected_by_a_new_one") for name in names)
    assert ("people_words_update" in names) == (connection.vendor == "sqlite")
