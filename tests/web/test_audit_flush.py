"""What becomes of the logs when tables are emptied, altered and migrated: for tests that commit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.base.kept import after_migrating, before_migrating, missing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_finds_nothing_of_the_one_before(turn: int) -> None:
    assert not Opening.objects.exists()
    assert not Change.objects.exists()
    assert missing(connection) == []
    Opening.objects.create(person=1, page="people:person")


def alter(model: type[models.Model], name: str, longer: int) -> None:
    """Change the length of a column, as a migration does."""
    old = model._meta.get_field(name)
    new = models.CharField(max_length=old.max_length + longer, blank=old.blank)
    new.set_attributes_from_name(name)
    new.model = model
    step = migrations.AlterField(model._meta.model_name, name, new)
    before_migrating("default", [(SimpleNamespace(app_label=model._meta.app_label, operations=[step]), False)])
    with connection.schema_editor() as editor:
        editor.alter_field(model, *((old, new) if longer > 0 else (new, old)))
    after_migrating("default")


@pytest.mark.parametrize(("model", "name"), [(Organisation, "name"), (Change, "words"), (Opening, "page")])
def test_an_altered_table_is_logged_and_kept_as_before(model: type[models.Model], name: str) -> None:
    alter(model, name, 10)
    try:
        assert missing(connection) == []
        Organisation.objects.create(kind="association", name="Foreningen")
        Opening.objects.create(person=1, page="people:person")
        assert Change.objects.get().after["name"] == "Foreningen"
        for log in (Change, Opening):
            with pytest.raises(DatabaseError, match="the_log_is_not_changed"):
                log.objects.update(request="mended")
    finally:
        alter(model, name, -10)


def test_migrations_of_the_logs_are_taken_back_and_made_again() -> None:
    call_command("migrate", "audit", "0001", verbosity=0)
    try:
        Organisation.objects.create(kind="association", name="Foreningen")
        assert not Change.objects.exists()
        assert Change.objects.update(request="mended") == 0
    finally:
        call_command("migrate", verbosity=0)
    assert missing(connection) == []
    Organisation.objects.update(name="Den anden forening")
    assert Change.objects.get().before["name"] == "Foreningen"
