"""Whether PostgreSQL has a wall for the application: for who owns the tables, or stands above them, there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import checks
from django.db import connections

from fodfaeste.web.audit.wall import ROLE
from fodfaeste.web.base.kept import POSTGRESQL

HOW = "docs/how-to/postgresql.md"

ABOVE = """
SELECT current_user FROM pg_roles AS me
WHERE me.rolname = current_user AND (me.rolsuper OR me.rolbypassrls OR EXISTS (
  SELECT FROM pg_class AS one WHERE one.relname = 'people_person' AND one.relnamespace = 'public'::regnamespace
    AND pg_has_role(current_user, one.relowner, 'USAGE')))
"""


def owner_of_tables(connection: Any) -> str:
    """Name whom PostgreSQL takes a connection for, if they own the tables or stand above them."""
    if connection.vendor != POSTGRESQL:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE)
        found = cursor.fetchone()
    return "" if found is None else str(found[0])


def without_wall(connection: Any) -> str:
    """Say why there is no wall for a connection; nothing where there is one, or none could be (SQLite)."""
    if not (name := owner_of_tables(connection)):
        return ""
    return (
        f"The application reaches PostgreSQL as {name}, which owns its tables or stands above them: there is no "
        f"wall between municipalities, and the logs can be changed. Let it be a member of {ROLE} alone ({HOW})."
    )


@checks.register("database")
def the_wall_stands(databases: Iterable[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in ``manage check --database default`` of a role that the wall does not hold."""
    if "default" not in (databases or ()):
        return []
    why = without_wall(connections["default"])
    return [checks.Warning(why, id="fodfaeste.W002")] if why else []
