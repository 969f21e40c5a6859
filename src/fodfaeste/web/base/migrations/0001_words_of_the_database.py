"""Danish order on PostgreSQL; on SQLite each connection is taught it (`base.apps`)."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def make(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE COLLATION IF NOT EXISTS danish (provider = icu, locale = 'da', deterministic = true)"
        )


def take_away(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP COLLATION IF EXISTS danish")


class Migration(migrations.Migration):
    dependencies: list[Any] = []
    operations = [migrations.RunPython(make, take_away)]
