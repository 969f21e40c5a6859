"""Spells of the same person that must not overlap: kept by the database itself, on both.

Days are half open, as in the register: `start` is the first day, `end` the first day no longer so, and empty while it
lasts. PostgreSQL has exclusion constraints for this; on SQLite triggers refuse the row. Both refuse with the
constraint's name.
"""

from __future__ import annotations

from typing import Any

from fodfaeste.web.base.kept import POSTGRESQL, Keeps, Trigger


class NoOverlap(Keeps):
    """Let no two rows of a model overlap in time that agree in some columns.

    Parameters
    ----------
    model : str
    name : str
        The constraint's name.
    same : sequence of str
        Columns in which rows have to agree for an overlap to count.
    without : str, optional
        A column that has to be empty in both rows for an overlap to count.
    """

    def __init__(self, model: str, name: str, same: list[str], without: str = "") -> None:
        self.model, self.name, self.same, self.without = model, name, same, without

    def triggers(self, app_label: str, models: Any, connection: Any) -> list[Trigger]:
        """Give the constraint, or the triggers that stand in for it."""
        table = self._table(app_label, models)
        if connection.vendor == POSTGRESQL:
            return [Trigger(self.name, table)]
        agree = " AND ".join(f"other.{column} = NEW.{column}" for column in self.same)
        if self.without:
            agree += f" AND other.{self.without} IS NULL AND NEW.{self.without} IS NULL"
        refuse = (
            f"SELECT RAISE(ABORT, '{self.name}') FROM {table} AS other WHERE other.id <> NEW.id AND {agree} "
            'AND (other."end" IS NULL OR NEW.start < other."end") '
            'AND (NEW."end" IS NULL OR other.start < NEW."end");'
        )
        return [
            # NEW.id of a row that is being inserted is -1 before it has one; after it has, it is its own.
            Trigger(
                f"{self.name}_{when}",
                table,
                f"CREATE TRIGGER {self.name}_{when} AFTER {when.upper()} ON {table} BEGIN {refuse} END",
            )
            for when in ("insert", "update")
        ]

    def on_postgresql(self, app_label: str, models: Any) -> list[str]:
        """Make the constraint."""
        agree = ", ".join(f"{column} WITH =" for column in self.same)
        only = f" WHERE ({self.without} IS NULL)" if self.without else ""
        return [
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"ALTER TABLE {self._table(app_label, models)} ADD CONSTRAINT {self.name} "
            f"EXCLUDE USING gist ({agree}, daterange(start, \"end\", '[)') WITH &&){only}",
        ]

    def off_postgresql(self, app_label: str, models: Any) -> list[str]:
        """Take it away."""
        return [f"ALTER TABLE {self._table(app_label, models)} DROP CONSTRAINT {self.name}"]

    def describe(self) -> str:
        """Say what it does."""
        return f"No two rows of {self.model} that agree in {', '.join(self.same)} overlap in time"

    def _table(self, app_label: str, models: Any) -> str:
        return str(models.get_model(app_label, self.model)._meta.db_table)
