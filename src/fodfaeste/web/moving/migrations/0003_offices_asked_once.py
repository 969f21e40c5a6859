"""The wall of programmes asks for the acting offices once a query, and for a plan's programme by its number.

Before, PostgreSQL read the setting anew for each row, and listed all programmes of the office for each plan.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import OnPostgres

before = import_module("fodfaeste.web.moving.migrations.0002_logged_and_walled")


def _of(column: str, setting: str) -> str:
    return f"{column} = ANY ((SELECT fodfaeste_numbers('fodfaeste.{setting}'))::bigint[])"


OWN_OFFICE, WATCHED = _of("organisation_id", "organisations"), _of("organisation_id", "watched")
OF_OFFICE = f"({wall.in_sight('person_id')}) AND ({OWN_OFFICE} OR {WATCHED} OR {_of('person_id', 'persons')})"
OF_KEPT_PROGRAMMES = f"EXISTS (SELECT FROM {before.PROGRAMME} AS own WHERE own.id = programme_id AND own.{OWN_OFFICE})"


def _written(table: str, condition: str) -> str:
    return f'ALTER POLICY {wall.POLICY} ON "{table}" USING ({condition}) WITH CHECK ({condition})'


def _kept(table: str, condition: str) -> str:
    return f'ALTER POLICY {before.KEPT} ON "{table}" USING ({condition})'


class Migration(migrations.Migration):
    dependencies = [("moving", "0002_logged_and_walled")]
    operations = [
        OnPostgres(
            [
                _written(before.PROGRAMME, OF_OFFICE),
                _kept(before.PROGRAMME, f"{OWN_OFFICE} OR {WATCHED}"),
                _kept(before.PLAN, OF_KEPT_PROGRAMMES),
                _written(before.NOTE, OF_OFFICE),
                _kept(before.NOTE, OWN_OFFICE),
            ],
            [
                _kept(before.NOTE, before.OWN_OFFICE),
                _written(before.NOTE, before.OF_OFFICE),
                _kept(before.PLAN, before.OF_KEPT_PROGRAMMES),
                _kept(before.PROGRAMME, f"{before.OWN_OFFICE} OR {before.WATCHED}"),
                _written(before.PROGRAMME, before.OF_OFFICE),
            ],
        ),
    ]
