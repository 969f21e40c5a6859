"""What the logs need around migrations: the application's role, and a way past their triggers for who owns the tables.

Their triggers stay on tables as all do (`base.kept`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged
from fodfaeste.web.audit.owning import owner_of_tables
from fodfaeste.web.base.kept import POSTGRESQL, put_on, take_off, wanted


def logged(connection: Any) -> set[str]:
    """Name the tables that are logged."""
    return {one.table for one in wanted(connection, Logged)}


def grant(using: str, **_kwargs: Any) -> None:
    """Let the application's role reach new tables, when all migrations are done; only who owns them can."""
    connection = connections[using]
    logs = _logs(connection)
    if logs and owner_of_tables(connection):
        _run(connection, wall.grants(logs))


@contextmanager
def logs_off(using: str = "default", *, only: Iterable[str] = ()) -> Iterator[None]:
    """Take every trigger of the logs off for a block: whoever owns the tables can, and nobody else.

    For emptying a test database, and for taking away what the time for keeping is over of.

    Parameters
    ----------
    only : iterable of str, optional
        Tables whose triggers are taken off; all that have any without it.
    """
    named = set(only)
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == POSTGRESQL:
            known = logged(connection) | set(_logs(connection))
            tables = sorted(known & named if named else known)
            # Foreign keys that are to be checked when the transaction ends keep a table from being altered.
            connection.check_constraints()
            _run(connection, [f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in tables])
            yield
            connection.check_constraints()
            _run(connection, [f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in tables])
            return
        off = wanted(connection, (Logged, AppendOnly))
        take_off(connection, [one for one in off if not named or one.table in named])
        yield
        put_on(connection)


def _logs(connection: Any) -> list[str]:
    return sorted({one.table for one in wanted(connection, AppendOnly)})


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
