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


class _OnATable(Operation):
    """A step that changes no model."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, app: str, model: str) -> None:
        self.app, self.model = app, model

    def state_forwards(self, _app_label: str, _state: Any) -> None:
        """Nothing that models know of."""

    def meta(self, state: Any) -> Any:
        """Give what the model's table is, at a state."""
        return state.apps.get_model(self.app, self.model)._meta


class Logged(_OnATable):
    """Write every change of a model's rows to the log, whoever makes it.

    On SQLite a table that is altered is made anew, without its triggers. There they are made when all migrations are
    done (`audit.installing`), from the columns that the table has then.

    Parameters
    ----------
    app, model : str
    person : str, optional
        The column that says whom a row is about; ``person_id`` where there is one.
    hidden : sequence of str
        Columns whose values stay out of the log.
    """

    def __init__(self, app: str, model: str, *, person: str = "", hidden: tuple[str, ...] = ()) -> None:
        super().__init__(app, model)
        self.person, self.hidden = person, hidden

    def database_forwards(self, _app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make the trigger."""
        if schema_editor.connection.vendor == "postgresql":
            for statement in triggers.postgres_log(self.table(self.meta(to_state))):
                schema_editor.execute(statement, None)

    def database_backwards(self, _app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take it away again."""
        name = self.meta(from_state).db_table
        off = triggers.postgres_no_log if schema_editor.connection.vendor == "postgresql" else triggers.sqlite_no_log
        for statement in off(name):
            schema_editor.execute(statement, None)

    def table(self, meta: Any) -> triggers.Table:
        """Say how the table is logged."""
        columns = [column.column for column in meta.local_concrete_fields]
        return triggers.Table(
            name=meta.db_table,
            key=meta.pk.column,
            columns=columns,
            person=self.person or ("person_id" if "person_id" in columns else ""),
            hidden=frozenset(self.hidden),
        )

    def describe(self) -> str:
        """Say what it does."""
        return f"Every change of {self.app}.{self.model} is logged"


class AppendOnly(_OnATable):
    """Refuse that rows of a model are changed or taken away."""

    def database_forwards(self, _app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make the triggers."""
        for statement in triggers.refusals(schema_editor.connection.vendor, self.meta(to_state).db_table):
            schema_editor.execute(statement, None)

    def database_backwards(self, _app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take them away again."""
        for statement in triggers.no_refusals(schema_editor.connection.vendor, self.meta(from_state).db_table):
            schema_editor.execute(statement, None)

    def describe(self) -> str:
        """Say what it does."""
        return f"Rows of {self.app}.{self.model} are written once"


class Walled(_OnATable):
    """Let PostgreSQL show and change only rows about persons in sight (`audit.wall`). SQLite has no such wall.

    Parameters
    ----------
    app, model : str
    person : str
        The column that says whom a row is about.
    rows : str
        Instead of it, a condition on the row in SQL.
    """

    def __init__(self, app: str, model: str, *, person: str = "person_id", rows: str = "") -> None:
        super().__init__(app, model)
        self.person, self.rows = person, rows

    def database_forwards(self, _app_label: str, schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        """Make the policy."""
        if schema_editor.connection.vendor == "postgresql":
            for statement in wall.policy(self.meta(to_state).db_table, self.rows or wall.in_sight(self.person)):
                schema_editor.execute(statement, None)

    def database_backwards(self, _app_label: str, schema_editor: Any, from_state: Any, _to_state: Any) -> None:
        """Take it away again."""
        if schema_editor.connection.vendor == "postgresql":
            for statement in wall.no_policy(self.meta(from_state).db_table):
                schema_editor.execute(statement, None)

    def describe(self) -> str:
        """Say what it does."""
        return f"{self.app}.{self.model} stands behind the wall"


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
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, None)
