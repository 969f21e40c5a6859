"""PostgreSQL shows an office which cases will be its own, by person's number and day, and nothing else of the persons.

Without it nobody could count what begins later: an account would close over it, and no colleague could be asked.
"""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import OnPostgres

LATER = f"({wall.of_office('organisation_id')} AND start > (SELECT {wall.TODAY}))"
HANDED_LATER = (
    "EXISTS (SELECT FROM people_responsibility AS later WHERE later.person_id = handover_handedcase.person_id "
    f"AND {wall.of_office('later.organisation_id')} AND later.start > (SELECT {wall.TODAY}))"
)


def altered(table: str, condition: str) -> str:
    """Give a table's policy another condition."""
    return f'ALTER POLICY {wall.POLICY} ON "{table}" USING ({condition}) WITH CHECK ({condition})'


IN_SIGHT = wall.in_sight("person_id")


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0002_logged_and_walled"),
        ("people", "0006_registers_handed_out"),
        ("audit", "0005_openings_by_no_user"),
    ]
    operations = [
        OnPostgres(
            [
                altered("people_responsibility", f"{IN_SIGHT} OR {LATER}"),
                altered("handover_handedcase", f"{IN_SIGHT} OR {HANDED_LATER}"),
            ],
            [altered(table, IN_SIGHT) for table in ("people_responsibility", "handover_handedcase")],
        )
    ]
