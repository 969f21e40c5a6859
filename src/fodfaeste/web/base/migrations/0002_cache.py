"""The table of the cache, so that all processes count wrong codes together."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import migrations

NAME = "fodfaeste_cache"


def make(_apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", NAME, database=schema_editor.connection.alias, verbosity=0)


def take_away(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DROP TABLE {NAME}")


class Migration(migrations.Migration):
    dependencies = [("base", "0001_words_of_the_database")]
    operations = [migrations.RunPython(make, take_away)]
