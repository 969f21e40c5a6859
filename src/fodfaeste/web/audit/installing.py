"""Keeps triggers on their tables through migrations, and says which tables are logged.

SQLite makes a table anew when it is altered, and its triggers are lost with the old one; a column that a trigger names
cannot be dropped at all. So before migrations that touch a table its triggers are taken off, and when all are done each
logged table gets them from the columns it has then. A data migration of a table that is altered in the same run is
therefore not logged on SQLite; on PostgreSQL triggers stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from fodfaeste.web.audit import triggers, wall
from fodfaeste.web.audit.operations import AppendOnly, Logged

LOG = ("audit", "change")
"""The log itself: every trigger names it, so SQLite lets nobody alter it while there is one."""


def applied(connection: Any, kind: type[Any]) -> list[Any]:
    """Give the steps of a kind in migrations that a database has had."""
    loader = MigrationLoader(connection)
    return [
        step
        for key in loader.applied_migrations
        if key in loader.disk_migrations
        for step in loader.disk_migrations[key].operations
        if isinstance(step, kind)
    ]


def logged(connection: Any) -> dict[str, triggers.Table]:
    """Give the tables that are logged, by name, as they are in the database now."""
    found = {}
    for step, meta in _of_models(applied(connection, Logged)):
        table = step.table(meta)
        found[table.name] = _as_it_is(connection, table) if connection.vendor == "sqlite" else table
    return found


def without_triggers(connection: Any) -> set[str]:
    """Name the logged tables whose changes nobody writes down; none, unless migrations stopped halfway."""
    statement = (
        f"SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{triggers.PREFIX}!_%' "
        "ESCAPE '!' GROUP BY 1"
        if connection.vendor == "sqlite"
        else f"SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname = '{triggers.PREFIX}' GROUP BY 1"
    )
    whole = len(triggers.OPERATIONS) if connection.vendor == "sqlite" else 1
    with connection.cursor() as cursor:
        cursor.execute(statement)
        there = {name for name, count in cursor.fetchall() if count == whole}
    return set(logged(connection)) - there


def before_migrating(using: str, plan: Iterable[tuple[Any, bool]], **_kwargs: Any) -> None:
    """Take triggers off the tables that migrations are about to touch."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    touched = {
        (migration.app_label, str(getattr(step, "model_name", None) or getattr(step, "name", "")).lower())
        for migration, _backwards in plan
        for step in migration.operations
    }
    for step, meta in _of_models(applied(connection, Logged)):
        if LOG in touched or (step.app, step.model.lower()) in touched:
            _run(connection, triggers.sqlite_no_log(meta.db_table))


def after_migrating(using: str, **_kwargs: Any) -> None:
    """Put triggers on, and let the application's role reach new tables."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        _put_on(connection)
    elif any(applied(connection, AppendOnly)):
        _run(connection, wall.grants(_logs(connection)))


@contextmanager
def logs_off(using: str = "default") -> Iterator[None]:
    """Take every trigger of the logs off for a block: whoever owns the tables can, and nobody else.

    For emptying a test database, and for taking away lines whose keeping time is over.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        tables = [*logged(connection), *_logs(connection)]
        if connection.vendor == "postgresql":
            # Foreign keys that are to be checked when the transaction ends keep a table from being altered.
            connection.check_constraints()
            _run(connection, [f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in tables])
            yield
            connection.check_constraints()
            _run(connection, [f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in tables])
            return
        for name in logged(connection):
            _run(connection, triggers.sqlite_no_log(name))
        for name in _logs(connection):
            _run(connection, triggers.no_refusals("sqlite", name))
        yield
        _put_on(connection)


def _put_on(connection: Any) -> None:
    for name in _logs(connection):
        _run(connection, [*triggers.no_refusals("sqlite", name), *triggers.refusals("sqlite", name)])
    for table in logged(connection).values():
        _run(connection, triggers.sqlite_log(table))


def _logs(connection: Any) -> list[str]:
    return [meta.db_table for _step, meta in _of_models(applied(connection, AppendOnly))]


def _of_models(steps: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Give steps with what their tables are now; a model that is gone has taken its triggers with it."""
    for step in steps:
        try:
            yield step, apps.get_model(step.app, step.model)._meta
        except LookupError:
            continue


def _as_it_is(connection: Any, table: triggers.Table) -> triggers.Table:
    with connection.cursor() as cursor:
        cursor.execute(f'PRAGMA table_info("{table.name}")')
        columns = [(name, kind.upper()) for _id, name, kind, *_rest in cursor.fetchall()]
    return replace(
        table,
        columns=[name for name, _kind in columns],
        blobs=frozenset(name for name, kind in columns if kind == "BLOB"),
    )


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
