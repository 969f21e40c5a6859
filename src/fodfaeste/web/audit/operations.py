"""Steps of migrations: a table is logged, a log is never changed, a table stands behind the wall.

    class Migration(migrations.Migration):
        dependencies = [("housing", "0001_initial"), ("audit", "0003_wall")]
        operations = [Logged("housing", "Offer"), Walled("housing", "Offer")]

An app that stands above `audit` writes them in migrations of its own.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from fodfaeste.web.audit import triggers, wall
from fodfaeste.web.audit.triggers import Table
from fodfaeste.web.base.kept import POSTGRESQL, Keeps, Trigger, View


class Logged(Keeps):
    """Write every change of a model's rows to the log, whoever makes it.

    On SQLite each column of the table stands in the trigger, which is made anew where columns have changed.

    Parameters
    ----------
    app, model : str
    person : str, optional
        The column that says whom a row is about; ``person_id`` where there is one.
    hidden : sequence of str
        Columns whose values stay out of the log.
    """

    def __init__(self, app: str, model: str, *, person: str = "", hidden: tuple[str, ...] = ()) -> None:
        self.app, self.model, self.person, self.hidden = app, model, person, hidden

    def triggers(self, _app_label: str, models: Any, connection: Any) -> list[Trigger]:
        """Give the triggers of the table."""
        return triggers.log(connection, self.table(models))

    def on_postgresql(self, _app_label: str, models: Any) -> list[str]:
        """Make the trigger."""
        return triggers.postgres_log(self.table(models))

    def off_postgresql(self, _app_label: str, models: Any) -> list[str]:
        """Take it away again."""
        return triggers.postgres_no_log(self.table(models).name)

    def table(self, models: Any) -> Table:
        """Say how the table is logged."""
        meta = models.get_model(self.app, self.model)._meta
        columns = {column.column for column in meta.local_concrete_fields}
        return Table(
            name=meta.db_table,
            key=meta.pk.column,
            person=self.person or ("person_id" if "person_id" in columns else ""),
            hidden=frozenset(self.hidden),
        )

    def describe(self) -> str:
        """Say what it does."""
        return f"Every change of {self.app}.{self.model} is logged"


class AppendOnly(Keeps):
    """Refuse that rows of a model are changed or taken away."""

    def __init__(self, app: str, model: str) -> None:
        self.app, self.model = app, model

    def triggers(self, _app_label: str, models: Any, connection: Any) -> list[Trigger]:
        """Give the triggers of the table."""
        return triggers.refusals(connection.vendor, self.table(models))

    def on_postgresql(self, _app_label: str, models: Any) -> list[str]:
        """Make the triggers."""
        return [one.statement for one in triggers.refusals(POSTGRESQL, self.table(models))]

    def off_postgresql(self, _app_label: str, models: Any) -> list[str]:
        """Take them away again."""
        return triggers.postgres_no_refusals(self.table(models))

    def table(self, models: Any) -> str:
        """Name the table."""
        return str(models.get_model(self.app, self.model)._meta.db_table)

    def describe(self) -> str:
        """Say what it does."""
        return f"Rows of {self.app}.{self.model} are written once"


class Walled(Operation):
    """Let PostgreSQL show and change only rows about persons in sight (`audit.wall`). SQLite has no such wall.

    Parameters
    ----------
    app, model : str
    person : str
        The column that says whom a row is about.
    rows : str
        Instead of it, a condition on the row in SQL.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, app: str, model: str, *, person: str = "person_id", rows: str = "") -> None:
        self.app, self.model, self.person, self.rows = app, model, person, rows

    def state_forwards(self, _app_label: str, _state: Any) -> None:
        """Nothing that models know of."""

    def database_forwards(self, _app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make the policy."""
        if schema_editor.connection.vendor == POSTGRESQL:
            for statement in wall.policy(self._table(to_state), self.rows or wall.in_sight(self.person)):
                schema_editor.execute(statement, None)

    def database_backwards(self, _app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take it away again."""
        if schema_editor.connection.vendor == POSTGRESQL:
            for statement in wall.no_policy(self._table(from_state)):
                schema_editor.execute(statement, None)

    def describe(self) -> str:
        """Say what it does."""
        return f"{self.app}.{self.model} stands behind the wall"

    def _table(self, state: Any) -> str:
        return str(state.apps.get_model(self.app, self.model)._meta.db_table)


class Shown(Keeps):
    """Let a view show some columns of rows about persons to whoever has none of those persons in sight.

    A view asks as its owner, whom no wall holds; on PostgreSQL it has a wall of its own, in its condition, which holds
    whomever that of a table holds. It is there to read: nothing is written through it.

    Parameters
    ----------
    name : str
    select : str
        What it shows, with ``{wall}`` at the end of its condition.
    wall : str
        The condition that PostgreSQL asks besides. SQLite has no wall.
    like : str
        The table like whose wall it holds: whom that one lets through, this one does.
    """

    def __init__(self, name: str, select: str, wall: str, *, like: str) -> None:
        self.name_of_view, self.select, self.wall, self.like = name, select, wall, like

    def triggers(self, _app_label: str, _models: Any, _connection: Any) -> list[Trigger]:
        """Give the view."""
        return [View(self.name_of_view, self.name_of_view, f"CREATE VIEW {self.name_of_view} AS {self._asking('')}")]

    def on_postgresql(self, _app_label: str, _models: Any) -> list[str]:
        """Make the view; no function that a query brings along sees a row before the wall has."""
        asking = self._asking(f"AND ((SELECT NOT row_security_active('{self.like}')) OR ({self.wall}))")
        return [f"CREATE VIEW {self.name_of_view} WITH (security_barrier) AS {asking}"]

    def off_postgresql(self, _app_label: str, _models: Any) -> list[str]:
        """Take it away."""
        return [f"DROP VIEW {self.name_of_view}"]

    def describe(self) -> str:
        """Say what it does."""
        return f"{self.name_of_view} shows some columns to others"

    def _asking(self, wall: str) -> str:
        return " ".join(self.select.replace("{wall}", wall).split())


class OnPostgres(Operation):
    """Run statements that PostgreSQL alone needs."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, forwards: list[str], backwards: list[str]) -> None:
        self.forwards, self.backwards = forwards, backwards

    def state_forwards(self, _app_label: str, _state: Any) -> None:
        """Nothing that models know of."""

    def database_forwards(self, _app_label: str, schema_editor: Any, _from_state: Any, _to_state: Any) -> None:
        """Run them."""
        self._run(schema_editor, self.forwards)

    def database_backwards(self, _app_label: str, schema_editor: Any, _from_state: Any, _to_state: Any) -> None:
        """Run those that undo them."""
        self._run(schema_editor, self.backwards)

    def describe(self) -> str:
        """Say what it does."""
        return "Statements for PostgreSQL"

    @staticmethod
    def _run(schema_editor: Any, statements: list[str]) -> None:
        if schema_editor.connection.vendor == POSTGRESQL:
            for statement in statements:
                schema_editor.execute(statement, None)
