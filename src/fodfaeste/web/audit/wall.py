"""The second wall: PostgreSQL itself shows the application only persons of the municipality that acts.

The application connects as a member of `ROLE`, which owns nothing. Each table about persons has one policy, for reading
and writing alike: the row's person is *in sight*. In sight are the persons for whom a municipality of the connection's
setting ``fodfaeste.organisations`` is responsible today, single ones that a reason was given for
(``fodfaeste.persons``), and those whom the same transaction has made or handed over. Without a setting nobody is.

The gate (`accounts.gate`) remains what pages ask; the wall is for the day that somebody forgets to.
"""

from __future__ import annotations

ROLE = "fodfaeste_app"
POLICY = "fodfaeste_wall"

TODAY = "(now() AT TIME ZONE 'Europe/Copenhagen')::date"

HELD_PERSONS, HELD_HOUSEHOLDS = "fodfaeste.held_persons", "fodfaeste.held_households"

MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    BEGIN
      CREATE ROLE {ROLE} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- roles are the server's: another database's migrations have made it at the same moment
    END;
  END IF;
  IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
    EXECUTE format('GRANT {ROLE} TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'There is no role {ROLE} and % may not make one: CREATE ROLE {ROLE} NOLOGIN, then migrate again.',
    current_user;
END $$
"""

NUMBERS = """
CREATE OR REPLACE FUNCTION fodfaeste_numbers(setting text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT string_to_array(NULLIF(current_setting(setting, true), ''), ',')::bigint[]
$$
"""

SEEN = f"""
CREATE OR REPLACE VIEW fodfaeste_seen AS
  SELECT person_id AS seen FROM people_responsibility, (SELECT 1) AS nothing_is_written_through
  WHERE organisation_id = ANY ((SELECT fodfaeste_numbers('fodfaeste.organisations'))::bigint[])
    AND start <= (SELECT {TODAY}) AND ("end" IS NULL OR "end" > (SELECT {TODAY}))
"""
"""Persons for whom a municipality that acts is responsible today. A view asks as its owner: the wall around
responsibilities would ask it again. It has two tables so that nobody writes through it."""

HOLD = """
CREATE OR REPLACE FUNCTION fodfaeste_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held text := COALESCE(current_setting(TG_ARGV[0], true), '');
BEGIN
  IF row_security_active(TG_RELID) THEN
    PERFORM set_config(TG_ARGV[0], held || ',' || (to_jsonb(NEW) ->> TG_ARGV[1]) || ',', true);
  END IF;
  RETURN NEW;
END
$$
"""
"""Keeps in sight, until the transaction ends, whom it has made or handed over: nobody may be responsible for them yet
or any longer. A row that the wall refuses takes the whole statement back, and this with it."""


def in_sight(person: str, held: str = HELD_PERSONS) -> str:
    """Say in SQL that the person of a row is in sight.

    It is asked so that the planner chooses: for a few rows one by one, for many by listing whoever is seen first.

    Parameters
    ----------
    person : str
        The column that holds the person's number.
    held : str
        The setting that lists what the transaction has made.
    """
    return (
        f"EXISTS (SELECT FROM fodfaeste_seen WHERE seen = {person}) "
        f"OR {person} = ANY ((SELECT fodfaeste_numbers('fodfaeste.persons'))::bigint[]) OR {is_held(person, held)}"
    )


def below(table: str, column: str) -> str:
    """Say in SQL that the row above is in sight: the one of `table`, itself behind the wall, that a column names.

    The column may have no namesake in the table above.
    """
    return f"EXISTS (SELECT FROM {table} AS above WHERE above.id = {column})"


def of_office(column: str, setting: str = "organisations") -> str:
    """Say in SQL that a row belongs to an office: one where they work with persons, or one they watch (``watched``)."""
    return f"{column} = ANY (fodfaeste_numbers('fodfaeste.{setting}'))"


def is_held(column: str, held: str) -> str:
    """Say in SQL that the transaction has made the row."""
    return f"strpos(current_setting('{held}', true), ',' || {column} || ',') > 0"


def policy(table: str, condition: str) -> list[str]:
    """Let a table show, and take, only rows that hold a condition."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'CREATE POLICY {POLICY} ON "{table}" USING ({condition}) WITH CHECK ({condition})',
    ]


def log_policies(table: str, condition: str) -> list[str]:
    """Let lines of a log be written by everybody, and read by whom a condition lets."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'CREATE POLICY {POLICY} ON "{table}" FOR SELECT USING ({condition})',
        f'CREATE POLICY {POLICY}_lines ON "{table}" FOR INSERT WITH CHECK (true)',
    ]


def no_policy(table: str) -> list[str]:
    """Take the wall around a table away."""
    return [
        f'DROP POLICY IF EXISTS {POLICY}_lines ON "{table}"',
        f'DROP POLICY IF EXISTS {POLICY} ON "{table}"',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
    ]


def hold(table: str, when: str, setting: str, column: str) -> list[str]:
    """Keep in sight what a transaction makes or hands over."""
    return [
        f'CREATE TRIGGER fodfaeste_hold BEFORE {when} ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION fodfaeste_hold('{setting}', '{column}')"
    ]


def grants(logs: list[str]) -> list[str]:
    """Let the application's role read and write rows of every table, and only add to the logs."""
    kept = ", ".join(f'"{name}"' for name in logs)
    everything = f"""
        GRANT USAGE ON SCHEMA public TO {ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
        REVOKE UPDATE, DELETE, TRUNCATE ON {kept} FROM {ROLE};
        REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {ROLE};
    """
    return [f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN {everything} END IF; END $$"]
