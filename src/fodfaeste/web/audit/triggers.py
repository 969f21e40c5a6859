"""Statements that make the logs: triggers that write changes down, and triggers that refuse changes of the logs.

Everything here gives SQL and changes nothing. A table's triggers have names of their own, so that they can be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fodfaeste.web.base.kept import POSTGRESQL, Trigger

PREFIX = "fodfaeste_log"
HIDDEN = "•••"
"""What the log has instead of a value that does not belong in it, such as a password's hash."""

OPERATIONS = ("insert", "update", "delete")

_COLUMNS = 'at, user_id, words, request, "table", "row", operation, person, before, after'

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  hidden text;
BEGIN
  IF old_row = new_row THEN
    RETURN NULL;
  END IF;
  FOREACH hidden IN ARRAY string_to_array(TG_ARGV[2], ',') LOOP
    old_row := jsonb_set(old_row, ARRAY[hidden], '"{HIDDEN}"', false);
    new_row := jsonb_set(new_row, ARRAY[hidden], '"{HIDDEN}"', false);
  END LOOP;
  INSERT INTO audit_change ({_COLUMNS}) VALUES (
    clock_timestamp(),
    NULLIF(current_setting('fodfaeste.user', true), '')::bigint,
    CASE WHEN current_setting('fodfaeste.user', true) <> '' THEN ''
         ELSE COALESCE(NULLIF(current_setting('fodfaeste.words', true), ''), 'database: ' || session_user) END,
    COALESCE(current_setting('fodfaeste.request', true), ''),
    TG_TABLE_NAME,
    COALESCE(new_row, old_row) ->> TG_ARGV[0],
    lower(TG_OP),
    (COALESCE(new_row, old_row) ->> TG_ARGV[1])::bigint,
    old_row,
    new_row
  );
  RETURN NULL;
END
$$
"""
"""Writes one line a row; arguments: the key's column, the person's column or nothing, and hidden columns by commas."""

POSTGRES_REFUSAL = """
CREATE OR REPLACE FUNCTION fodfaeste_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the_log_is_not_changed: lines of % are written once', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


@dataclass(frozen=True)
class Table:
    """A table as its triggers need to know it.

    Attributes
    ----------
    name : str
    key : str
        The primary key's column.
    columns : sequence of str
    blobs : frozenset of str
        Columns of bytes, which JSON cannot hold: they are written in hexadecimal.
    person : str
        The column that says whom a row is about; empty without one.
    hidden : frozenset of str
        Columns whose values stay out of the log. That they changed is still seen.
    """

    name: str
    key: str
    columns: Sequence[str] = ()
    blobs: frozenset[str] = frozenset()
    person: str = ""
    hidden: frozenset[str] = frozenset()


def postgres_log(table: Table) -> list[str]:
    """Make the trigger of a table on PostgreSQL; it follows when columns are added or renamed."""
    hidden = ",".join(sorted(table.hidden))
    return [
        *postgres_no_log(table.name),
        f"CREATE TRIGGER {PREFIX} AFTER INSERT OR UPDATE OR DELETE ON {_quoted(table.name)} "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}('{table.key}', '{table.person}', '{hidden}')",
    ]


def postgres_no_log(name: str) -> list[str]:
    """Take the trigger of a table away."""
    return [f"DROP TRIGGER IF EXISTS {PREFIX} ON {_quoted(name)}"]


def log(connection: Any, table: Table) -> list[Trigger]:
    """Give the triggers of a table: on SQLite for the columns that it has now."""
    if connection.vendor == POSTGRESQL:
        return [Trigger(PREFIX, table.name)]
    return [
        Trigger(_sqlite_name(table, operation), table.name, partial(_sqlite_trigger, connection, table, operation))
        for operation in OPERATIONS
    ]


def _sqlite_name(table: Table, operation: str) -> str:
    return f"{PREFIX}_{table.name}_{operation}"


def _sqlite_trigger(connection: Any, table: Table, operation: str) -> str:
    table = _as_it_is(connection, table)
    changed = " OR ".join(f"OLD.{_quoted(name)} IS NOT NEW.{_quoted(name)}" for name in table.columns)
    when = {"update": f" WHEN {changed}"}.get(operation, "")
    return (
        f"CREATE TRIGGER {_quoted(_sqlite_name(table, operation))} AFTER {operation.upper()} "
        f"ON {_quoted(table.name)}{when} BEGIN {_sqlite_line(table, operation)}; END"
    )


def _as_it_is(connection: Any, table: Table) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA table_info({_quoted(table.name)})")
        columns = [(name, kind.upper()) for _id, name, kind, *_rest in cursor.fetchall()]
    return replace(
        table,
        columns=[name for name, _kind in columns],
        blobs=frozenset(name for name, kind in columns if kind == "BLOB"),
    )


def _sqlite_line(table: Table, operation: str) -> str:
    row = "OLD" if operation == "delete" else "NEW"
    before = "NULL" if operation == "insert" else _sqlite_json(table, "OLD")
    after = "NULL" if operation == "delete" else _sqlite_json(table, "NEW")
    person = f"{row}.{_quoted(table.person)}" if table.person else "NULL"
    return (
        f"INSERT INTO audit_change ({_COLUMNS}) VALUES ("
        "strftime('%Y-%m-%d %H:%M:%f', 'now'), NULLIF(fodfaeste_context('user'), ''), fodfaeste_context('words'), "
        f"fodfaeste_context('request'), '{table.name}', {row}.{_quoted(table.key)}, '{operation}', {person}, "
        f"{before}, {after})"
    )


def _sqlite_json(table: Table, row: str) -> str:
    def value(name: str) -> str:
        if name in table.hidden:
            return f"'{HIDDEN}'"
        return f"hex({row}.{_quoted(name)})" if name in table.blobs else f"{row}.{_quoted(name)}"

    pairs = ", ".join(f"'{name}', {value(name)}" for name in table.columns)
    return f"json_object({pairs})"


def refusals(vendor: str, name: str) -> list[Trigger]:
    """Refuse that lines of a log are changed or taken away, by anybody."""
    if vendor == POSTGRESQL:
        return [
            Trigger(
                f"{trigger}_{name}",
                name,
                f"CREATE TRIGGER {trigger}_{name} BEFORE {what} ON {_quoted(name)} "
                f"FOR EACH {each} EXECUTE FUNCTION fodfaeste_refuse()",
            )
            for trigger, what, each in (
                ("fodfaeste_refuse", "UPDATE OR DELETE", "ROW"),
                ("fodfaeste_refuse_all", "TRUNCATE", "STATEMENT"),
            )
        ]
    return [
        Trigger(
            f"fodfaeste_refuse_{name}_{operation}",
            name,
            f"CREATE TRIGGER fodfaeste_refuse_{name}_{operation} BEFORE {operation.upper()} ON {_quoted(name)} "
            f"BEGIN SELECT RAISE(ABORT, 'the_log_is_not_changed: lines of {name} are written once'); END",
        )
        for operation in ("update", "delete")
    ]


def postgres_no_refusals(name: str) -> list[str]:
    """Take the refusals away again."""
    return [f'DROP TRIGGER IF EXISTS "{one.name}" ON {_quoted(name)}' for one in refusals(POSTGRESQL, name)]


def _quoted(name: str) -> str:
    return f'"{name}"'
