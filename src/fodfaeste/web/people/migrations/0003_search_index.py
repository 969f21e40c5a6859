"""An index of the words that persons are found by: three letters at a time, on both databases.

PostgreSQL has an index for it. SQLite has a table of its own kind, which triggers keep in step with the persons.
"""

from __future__ import annotations

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX persons_by_words ON people_person USING gin (search gin_trgm_ops)",
    # By the index whatever the planner thinks: it counts pages read from a turning disk, and would read all persons once
    # for each stretch.
    """
    CREATE FUNCTION people_with_some(stretches text[], at_least integer) RETURNS TABLE (id bigint)
    LANGUAGE sql STABLE SET enable_seqscan = off SET search_path FROM CURRENT AS $$
      SELECT person.id FROM unnest(stretches) AS stretch
      JOIN people_person AS person ON person.search LIKE '%' || stretch || '%'
      GROUP BY person.id HAVING count(*) >= at_least
    $$
    """,
]
ADD = "INSERT INTO people_words(rowid, search) VALUES (NEW.id, NEW.search);"
REMOVE = "INSERT INTO people_words(people_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);"
SQLITE = [
    "CREATE VIRTUAL TABLE people_words USING fts5("
    "search, content='people_person', content_rowid='id', tokenize='trigram case_sensitive 1')",
    f"CREATE TRIGGER people_words_insert AFTER INSERT ON people_person BEGIN {ADD} END",
    f"CREATE TRIGGER people_words_delete AFTER DELETE ON people_person BEGIN {REMOVE} END",
    f"CREATE TRIGGER people_words_update AFTER UPDATE OF search ON people_person BEGIN {REMOVE} {ADD} END",
    "INSERT INTO people_words(people_words) VALUES ('rebuild')",
]


def make(_apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def take_away(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION people_with_some")
        schema_editor.execute("DROP INDEX persons_by_words")
        return
    for when in ("insert", "delete", "update"):
        schema_editor.execute(f"DROP TRIGGER people_words_{when}")
    schema_editor.execute("DROP TABLE people_words")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_no_overlap")]
    operations = [migrations.RunPython(make, take_away)]
