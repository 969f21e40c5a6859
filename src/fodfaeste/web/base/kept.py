"""Triggers that a table keeps through migrations: of the logs, of spells, of approved plans, of the search index.
And views, which SQLite does not let stand while a table that they name is made anew.

SQLite makes a table anew when it is altered, and its triggers are lost with the old one; a table that a trigger names
cannot be altered at all. So there no migration makes a trigger. Before migrations that touch a table, the triggers that
stand on it or name it are taken off, and when all are done every step that a database has had puts its own on, for the
columns that its table has then. A data migration of a table that is altered in the same run is therefore neither logged
nor refused on SQLite. PostgreSQL keeps triggers by itself; there a step makes them at once.

A step of a migration that makes triggers is a `Keeps`:

    class Refuse(Keeps):
        def triggers(self, app, models, connection):
            return [Trigger("no_two", "housing_offer", "CREATE TRIGGER no_two …")]

`missing` names what is not there, for the health page and for ``manage check --database default``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.apps import apps
from django.core import checks
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder

POSTGRESQL = "postgresql"

Kinds = type[Any] | tuple[type[Any], ...]


@dataclass(frozen=True)
class Trigger:
    """A trigger, or on PostgreSQL a constraint that does its work.

    Attributes
    ----------
    name, table : str
    make : str or function
        The statement that makes it on SQLite, or what gives it once it is needed.
    """

    name: str
    table: str
    make: str | Callable[[], str] = ""
    kind: ClassVar[str] = "TRIGGER"

    @property
    def statement(self) -> str:
        """The statement that makes it on SQLite."""
        return self.make if isinstance(self.make, str) else self.make()


class View(Trigger):
    """A view; it stands on itself."""

    kind = "VIEW"


class Keeps(Operation):
    """A step of a migration that changes no model and makes triggers."""

    reversible = True
    reduces_to_sql = True

    def triggers(self, app_label: str, models: Any, connection: Any) -> list[Trigger]:
        """Give the triggers for tables as they are now.

        Parameters
        ----------
        app_label : str
            The app whose migration has the step.
        models : Apps
            Models as they are, or as they were at a step.
        connection : DatabaseWrapper
        """
        raise NotImplementedError

    def on_postgresql(self, app_label: str, models: Any) -> list[str]:
        """Give the statements that make them on PostgreSQL."""
        raise NotImplementedError

    def off_postgresql(self, app_label: str, models: Any) -> list[str]:
        """Give the statements that take them away on PostgreSQL."""
        raise NotImplementedError

    def when_put_on(self) -> list[str]:
        """Give the statements to run on SQLite when triggers that were off are on again."""
        return []

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that models know of."""

    def database_forwards(self, app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make them on PostgreSQL; on SQLite they follow when all migrations are done."""
        if schema_editor.connection.vendor == POSTGRESQL:
            for statement in self.on_postgresql(app_label, to_state.apps):
                schema_editor.execute(statement, None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take them away again."""
        if schema_editor.connection.vendor == POSTGRESQL:
            for statement in self.off_postgresql(app_label, from_state.apps):
                schema_editor.execute(statement, None)
        else:
            take_off(schema_editor.connection, self.triggers(app_label, from_state.apps, schema_editor.connection))


def steps(connection: Any, kind: Kinds = Keeps) -> list[tuple[str, Any]]:
    """Give the steps of a kind in migrations that a database has had, each with the app that it stands in."""
    had = MigrationRecorder(connection).applied_migrations()
    return [
        (app_label, step)
        for (app_label, name), migration in _migrations()
        if (app_label, name) in had
        for step in migration.operations
        if isinstance(step, kind)
    ]


def wanted(connection: Any, kind: Kinds = Keeps) -> list[Trigger]:
    """Give the triggers that a database should have."""
    return [one for _step, triggers in _by_step(connection, kind) for one in triggers]


def missing(connection: Any) -> list[str]:
    """Name the triggers that are not there, each with its table; none, unless migrations stopped halfway."""
    there = set(_there(connection))
    return sorted(f"{one.name} ({one.table})" for one in wanted(connection) if (one.table, one.name) not in there)


def take_off(connection: Any, triggers: Iterable[Trigger]) -> None:
    """Take triggers off their tables, and views away, on SQLite."""
    _run(connection, [f'DROP {one.kind} IF EXISTS "{one.name}"' for one in triggers])


def put_on(connection: Any) -> None:
    """Put on every trigger that is not there as it should be, on SQLite."""
    there = _there(connection)
    for step, triggers in _by_step(connection, Keeps):
        off = [one for one in triggers if there.get((one.table, one.name)) != one.statement]
        if off:
            take_off(connection, off)
            _run(connection, [*(one.statement for one in off), *step.when_put_on()])


def before_migrating(using: str, plan: Iterable[tuple[Any, bool]], **_kwargs: Any) -> None:
    """Take off the triggers that stand on tables which migrations are about to touch, or name them."""
    connection = connections[using]
    if connection.vendor == POSTGRESQL:
        return
    names = "|".join(re.escape(name) for name in _touched(plan))
    if names:
        touching = re.compile(rf"\b({names})\b")
        take_off(
            connection,
            [
                (View if make.startswith("CREATE VIEW") else Trigger)(name, table)
                for (table, name), make in _there(connection).items()
                if touching.search(make)
            ],
        )


def after_migrating(using: str, **_kwargs: Any) -> None:
    """Put triggers on again."""
    if connections[using].vendor != POSTGRESQL:
        put_on(connections[using])


@checks.register("database")
def all_triggers_are_there(databases: Iterable[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Name the triggers that are missing, in ``manage check --database default``."""
    return [
        checks.Warning(f"The trigger {name} is missing.", hint="Run `fodfaeste web migrate`.", id="fodfaeste.W001")
        for using in databases or ()
        for name in missing(connections[using])
    ]


@lru_cache(maxsize=1)
def _migrations() -> list[tuple[tuple[str, str], Any]]:
    """Give the migrations of the code, in each app by their number: who comes later has the last word."""
    return sorted(MigrationLoader(None).disk_migrations.items(), key=lambda item: item[0])


def _by_step(connection: Any, kind: Kinds) -> Iterator[tuple[Any, list[Trigger]]]:
    """Give steps with their triggers, each trigger with its last step alone."""
    found = []
    for app_label, step in steps(connection, kind):
        try:
            found.append((step, step.triggers(app_label, apps, connection)))
        except LookupError:  # a model that is gone has taken its triggers with it
            continue
    last = {(one.table, one.name): step for step, triggers in found for one in triggers}
    for step, triggers in found:
        yield step, [one for one in triggers if last[one.table, one.name] is step]


def _there(connection: Any) -> dict[tuple[str, str], str]:
    statement = (
        "SELECT tgrelid::regclass::text, tgname, '' FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
        "SELECT conrelid::regclass::text, conname, '' FROM pg_constraint WHERE contype = 'x' UNION ALL "
        "SELECT relname, relname, '' FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
        if connection.vendor == POSTGRESQL
        else "SELECT tbl_name, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {(table, name): make for table, name, make in cursor.fetchall()}


def _touched(plan: Iterable[tuple[Any, bool]]) -> set[str]:
    """Name the tables of the models that migrations name."""
    found = set()
    for migration, _backwards in plan:
        for step in migration.operations:
            app_label = getattr(step, "app", migration.app_label)
            for told in ("model_name", "model", "name", "old_name", "new_name"):
                model = getattr(step, told, None)
                if isinstance(model, str):
                    found.add(_table(app_label, model))
    return found


def _table(app_label: str, model: str) -> str:
    try:
        return str(apps.get_model(app_label, model)._meta.db_table)
    except LookupError:
        return f"{app_label}_{model}".lower()


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
