"""Moves are written down and walled; programmes and notes stand behind the wall by the office that wrote them."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, OnPostgres, Walled

# Movers of a newcomer who looks at their own things. As its owner: the walls of moves and movers would ask each other.
MOVES_OF_PERSONS = """
CREATE OR REPLACE FUNCTION fodfaeste_moves_of_persons() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT move_id FROM moving_mover WHERE person_id = ANY (fodfaeste_numbers('fodfaeste.persons'))
$$
"""
# Who is protected now, of persons that some offices have closed the file of. It tells numbers alone.
PROTECTED = """
CREATE OR REPLACE FUNCTION fodfaeste_protected_of_closed() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT person.id FROM people_person AS person
  JOIN moving_closedcase AS closed ON closed.person_id = person.id
  WHERE person.protected AND closed.organisation_id = ANY (fodfaeste_numbers('fodfaeste.organisations'))
  UNION
  SELECT person.id FROM people_person AS person
  JOIN moving_mover AS mover ON mover.person_id = person.id
  JOIN moving_move AS move ON move.id = mover.move_id
  WHERE person.protected AND (move.from_office_id = ANY (fodfaeste_numbers('fodfaeste.organisations'))
    OR move.to_office_id = ANY (fodfaeste_numbers('fodfaeste.organisations')))
$$
"""

OWN_OFFICE = wall.of_office("organisation_id")
OF_OFFICES = f"{wall.of_office('from_office_id')} OR {wall.of_office('to_office_id')}"
OF_MOVES = "move_id IN (SELECT id FROM moving_move)"
OF_MOVERS = "mover_id IN (SELECT id FROM moving_mover)"

# What another office wrote about a person in sight stays out of sight. Who is let see a single person (a leader with a
# reason, a newcomer themselves) is let through here, and sees what the gate lets them.
THEIR_OFFICE = (
    f"{OWN_OFFICE} OR {wall.of_office('organisation_id', 'watched')} "
    "OR person_id = ANY (fodfaeste_numbers('fodfaeste.persons'))"
)
OF_OFFICE = f"({wall.in_sight('person_id')}) AND ({THEIR_OFFICE})"

KEPT = "fodfaeste_wall_kept"
PROGRAMME, PLAN, NOTE = "programme_programme", "programme_plan", "programme_journalnote"
WATCHED = wall.of_office("organisation_id", "watched")
BEFORE = f"{wall.in_sight('person_id')} OR {WATCHED}"
OF_KEPT_PROGRAMMES = f"programme_id IN (SELECT own.id FROM {PROGRAMME} AS own WHERE {OWN_OFFICE})"


def _reads(table: str, condition: str) -> list[str]:
    return [f'CREATE POLICY {KEPT} ON "{table}" FOR SELECT USING ({condition})']


def _no_reads(table: str) -> list[str]:
    return [f'DROP POLICY IF EXISTS {KEPT} ON "{table}"']


class Migration(migrations.Migration):
    dependencies = [("moving", "0001_initial"), ("programme", "0003_logged_and_walled"), ("audit", "0003_the_wall")]
    operations = [
        OnPostgres(
            [MOVES_OF_PERSONS, PROTECTED],
            ["DROP FUNCTION fodfaeste_protected_of_closed()", "DROP FUNCTION fodfaeste_moves_of_persons()"],
        ),
        *(Logged("moving", model) for model in ("Move", "Mover", "Agreement", "ClosedCase")),
        Walled("moving", "Move", rows=f"{OF_OFFICES} OR id IN (SELECT fodfaeste_moves_of_persons())"),
        Walled("moving", "Mover", rows=OF_MOVES),
        Walled("moving", "Agreement", rows=OF_MOVERS),
        Walled("moving", "ClosedCase", rows=OWN_OFFICE),
        OnPostgres(
            [
                *wall.no_policy(PROGRAMME),
                *wall.policy(PROGRAMME, OF_OFFICE),
                # Whoever has closed a file reads on in it, and leaders count; neither writes.
                *_reads(PROGRAMME, f"{OWN_OFFICE} OR {WATCHED}"),
                *_reads(PLAN, OF_KEPT_PROGRAMMES),
                *wall.no_policy(NOTE),
                *wall.policy(NOTE, OF_OFFICE),
                *_reads(NOTE, OWN_OFFICE),
            ],
            [
                *_no_reads(NOTE),
                *wall.no_policy(NOTE),
                *wall.policy(NOTE, wall.in_sight("person_id")),
                *_no_reads(PLAN),
                *_no_reads(PROGRAMME),
                *wall.no_policy(PROGRAMME),
                *wall.policy(PROGRAMME, BEFORE),
            ],
        ),
    ]
