"""Spells of the same person that must not overlap: kept by the database itself, on both.

Days are half open, as in the register: `start` is the first day, `end` the first day no longer so, and empty while it
lasts. PostgreSQL has exclusion constraints for this; on SQLite triggers refuse the row. Both refuse with the
constraint's name.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class NoOverlap(Operation):
    """Let no two rows of a model overlap in time that agree in some columns.

    Parameters
    ----------
    model : str
    name : str
        The constraint's name.
    same : sequence of str
        Columns in which rows have to agree for an overlap to count.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, name: str, same: list[str]) -> None:
        self.model, self.name, self.same = model, name, same

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that models know of."""

    def database_forwards(self, app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make the constraint, or the triggers that stand in for it."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        for statement in self._make(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take it away again."""
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {self.name}")
            return
        for when in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER {self.name}_{when}")

    def describe(self) -> str:
        """Say what it does."""
        return f"No two rows of {self.model} that agree in {', '.join(self.same)} overlap in time"

    def _make(self, vendor: str, table: str) -> list[str]:
        if vendor == "postgresql":
            agree = ", ".join(f"{column} WITH =" for column in self.same)
            return [
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
                f"ALTER TABLE {table} ADD CONSTRAINT {self.name} "
                f"EXCLUDE USING gist ({agree}, daterange(start, \"end\", '[)') WITH &&)",
            ]
        agree = " AND ".join(f"other.{column} = NEW.{column}" for column in self.same)
        refuse = (
            f"SELECT RAISE(ABORT, '{self.name}') FROM {table} AS other WHERE other.id <> NEW.id AND {agree} "
            'AND (other."end" IS NULL OR NEW.start < other."end") '
            'AND (NEW."end" IS NULL OR other.start < NEW."end");'
        )
        return [
            # NEW.id of a row that is being inserted is -1 before it has one; after it has, it is its own.
            f"CREATE TRIGGER {self.name}_{when} AFTER {when.upper()} ON {table} BEGIN {refuse} END"
            for when in ("insert", "update")
        ]
