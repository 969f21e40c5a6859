"""An index of the words that persons are found by: three letters at a time, on both databases.

PostgreSQL has an index for it. SQLite has a table of its own kind, which triggers keep in step with the persons; when
they were off it is made anew.
"""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.base.kept import POSTGRESQL, Keeps, Trigger

MAKE = [
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
TABLE = (
    "CREATE VIRTUAL TABLE people_words USING fts5("
    "search, content='people_person', content_rowid='id', tokenize='trigram case_sensitive 1')"
)
TRIGGERS = {
    "people_words_insert": f"AFTER INSERT ON people_person BEGIN {ADD} END",
    "people_words_delete": f"AFTER DELETE ON people_person BEGIN {REMOVE} END",
    "people_words_update": f"AFTER UPDATE OF search ON people_person BEGIN {REMOVE} {ADD} END",
}


class WordsIndex(Keeps):
    """The index, and what keeps it in step."""

    def triggers(self, _app_label, _models, connection):
        if connection.vendor == POSTGRESQL:
            return []
        return [Trigger(name, "people_person", f"CREATE TRIGGER {name} {what}") for name, what in TRIGGERS.items()]

    def when_put_on(self):
        return ["INSERT INTO people_words(people_words) VALUES ('rebuild')"]

    def on_postgresql(self, _app_label, _models):
        return MAKE

    def off_postgresql(self, _app_label, _models):
        return ["DROP FUNCTION people_with_some", "DROP INDEX persons_by_words"]

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor != POSTGRESQL:
            schema_editor.execute(TABLE, None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor != POSTGRESQL:
            schema_editor.execute("DROP TABLE people_words", None)

    def describe(self):
        return "Persons are found by stretches of their words"


class Migration(migrations.Migration):
    dependencies = [("people", "0002_no_overlap")]
    operations = [WordsIndex()]
