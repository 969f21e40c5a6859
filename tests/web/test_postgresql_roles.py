"""The how-to of PostgreSQL, done: two users, one that owns the tables and migrates, and one that serves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parents[2]
HOW_TO = (ROOT / "docs/how-to/postgresql.md").read_text(encoding="utf-8")
SQL = re.search(r"```sql\n(.*?)```", HOW_TO, re.DOTALL)

# A server of its own, and every migration: half a minute, more where others work.
pytestmark = pytest.mark.long
psycopg = pytest.importorskip("psycopg")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server on which the how-to's SQL was run, with a place for the user in its address."""
    sys.path.insert(0, str(ROOT / "tools"))
    from postgres import cluster

    with cluster() as found:
        if found is None:
            pytest.skip("no PostgreSQL server is installed")
        folder = found.partition("host=")[2]
        assert SQL is not None
        with psycopg.connect(f"postgresql://owner@/postgres?host={folder}", autocommit=True) as administrator:
            administrator.execute("DROP DATABASE fodfaeste")
            for statement in SQL[1].split(";\n"):
                if statement.strip():
                    administrator.execute(statement)
        yield f"postgresql://{{}}@/fodfaeste?host={quote(folder, safe='/')}"


def run(address: str, tmp_path: Path, serving: str, owner: str = "", command: tuple[str, ...] = ("migrate",)) -> str:
    """Run a command of the web application; what it says to whoever installs."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "FODFAESTE_DATA": str(tmp_path),
        "DATABASE_URL": address.format(serving),
    }
    if owner:
        environment["FODFAESTE_OWNER_DATABASE_URL"] = address.format(owner)
    done = subprocess.run(
        [sys.executable, "-m", "fodfaeste.web", *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_owner_migrates_and_who_serves_owns_nothing(address: str, tmp_path: Path) -> None:
    said = run(address, tmp_path, "fodfaeste_web", "fodfaeste_owner")
    assert "Warning" not in said
    run(address, tmp_path, "fodfaeste_web")  # as `serve` does: there is nothing to migrate, and it says nothing
    check = ("manage", "check", "--database", "default")
    assert "W00" not in run(address, tmp_path, "fodfaeste_web", command=check)
    with psycopg.connect(address.format("fodfaeste_web"), autocommit=True) as serving:
        assert serving.execute("SELECT count(*) FROM people_person").fetchone() == (0,)
        for statement in (
            "CREATE TABLE mine (id int)",
            "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE audit_change DISABLE TRIGGER ALL",
            "DELETE FROM audit_change",
            "UPDATE audit_opening SET page = ''",
            "DELETE FROM django_migrations",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                serving.execute(statement)

    for above in ("fodfaeste_owner", "owner"):  # the tables' owner, and a superuser
        said = run(address, tmp_path, above)
        assert f"as {above}, which owns its tables or stands above them" in said
        assert "fodfaeste.W002" in run(address, tmp_path, above, command=check)


A_HOUSEHOLD_OF_LONG_AGO = """
from datetime import UTC, date, datetime
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.placement.models import Arrival, ArrivingPerson, PlacementRecord
office = Organisation.objects.create(kind="agency", name="Styrelsen")
by = User.objects.create_user("visitator@example.invalid", "a long enough secret", name="Visitator")
family = Arrival.objects.create(
    organisation=office, reference="V00001", name="Hemmelighedsen", arrives=date(2015, 3, 1), language="ar",
    needs="trapper", state="sent", place="561", year=2015, made_by=by,
)
ArrivingPerson.objects.create(
    arrival=family, given_name="Amal", family_name="Hemmelighedsen", birth_date=date(1990, 5, 1), sex="female",
    citizenship="SYR",
)
for act in ("objected", "upheld", "sent"):
    PlacementRecord.objects.create(arrival=family, act=act, by=by, by_name=by.name, facts={"text": "Hemmelighedsen"})
with logs_off():
    PlacementRecord.objects.update(at=datetime(2015, 3, 2, tzinfo=UTC))
"""
"""Written by the owner; the records' day is moved back past the program, as no clock of a test can."""


def test_who_owns_the_tables_deletes_by_rule_and_who_serves_cannot(address: str, tmp_path: Path) -> None:
    run(address, tmp_path, "fodfaeste_web", "fodfaeste_owner")
    run(address, tmp_path, "fodfaeste_owner", command=("manage", "shell", "-c", A_HOUSEHOLD_OF_LONG_AGO))
    delete = ("manage", "delete_by_rule", "--archive", str(tmp_path / "archive"))
    with pytest.raises(AssertionError, match="Only who owns the tables"):
        run(address, tmp_path, "fodfaeste_web", command=delete)
    run(address, tmp_path, "fodfaeste_web", "fodfaeste_owner", command=delete)
    with psycopg.connect(address.format("fodfaeste_owner"), autocommit=True) as owner:
        assert owner.execute("SELECT reference, name, erased FROM placement_arrival").fetchone() == (
            "slettet-1",
            "",
            True,
        )
        for table in ("placement_arrival", "placement_arrivingperson", "placement_placementrecord", "audit_change"):
            found = owner.execute(f"SELECT count(*) FROM {table} AS one WHERE one::text LIKE '%Hemmelighedsen%'")
            assert found.fetchone() == (0,), table
        # What was written past the program is named no more: of a record the last entry counts.
        assert owner.execute("SELECT max(number) FROM placement_chainentry").fetchone() == (4,)
    run(address, tmp_path, "fodfaeste_web", command=("manage", "check_records"))
