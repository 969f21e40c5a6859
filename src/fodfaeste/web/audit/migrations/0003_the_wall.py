"""The second wall: on PostgreSQL the application's role sees and changes only persons in sight."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import OnPostgres, Walled

WATCHED = wall.of_office("organisation_id", "watched")
OF_THIS_REQUEST = "(request <> '' AND request = current_setting('fodfaeste.request', true))"
OWN_HOUSEHOLDS = (
    "EXISTS (SELECT FROM people_householdmember AS member WHERE member.household_id = people_household.id) "
    f"OR {wall.is_held('id', wall.HELD_HOUSEHOLDS)}"
)
OWN_SAMPLES = "sample_id IN (SELECT sample.id FROM audit_sample AS sample)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_changes_are_logged")]
    operations = [
        OnPostgres(
            [wall.MAKE_ROLE, wall.NUMBERS, wall.SEEN, wall.HOLD],
            [
                "DROP FUNCTION fodfaeste_hold()",
                "DROP VIEW fodfaeste_seen",
                "DROP FUNCTION fodfaeste_numbers(text)",
            ],
        ),
        Walled("people", "Person", person="id"),
        Walled("people", "Household", rows=OWN_HOUSEHOLDS),
        Walled("people", "HouseholdMember"),
        Walled("people", "Responsibility"),
        Walled("people", "ResidenceSpell"),
        Walled("people", "EmploymentSpell"),
        Walled("people", "LanguageSkill"),
        Walled("people", "Occupation"),
        Walled("people", "Wish"),
        Walled("people", "Need"),
        Walled("people", "Consent"),
        Walled("people", "Merge", person="kept_id"),
        Walled("audit", "Sample", rows=WATCHED),
        Walled("audit", "SampleLine", rows=OWN_SAMPLES),
        OnPostgres(
            [
                *wall.hold("people_person", "INSERT", wall.HELD_PERSONS, "id"),
                *wall.hold("people_responsibility", "UPDATE", wall.HELD_PERSONS, "person_id"),
                *wall.hold("people_household", "INSERT", wall.HELD_HOUSEHOLDS, "id"),
                *wall.log_policies(
                    "audit_opening",
                    f"{WATCHED} OR {OF_THIS_REQUEST} OR {wall.in_sight('person')}",
                ),
                *wall.log_policies("audit_change", f"{OF_THIS_REQUEST} OR {wall.in_sight('person')}"),
            ],
            [
                *wall.no_policy("audit_change"),
                *wall.no_policy("audit_opening"),
                "DROP TRIGGER fodfaeste_hold ON people_household",
                "DROP TRIGGER fodfaeste_hold ON people_responsibility",
                "DROP TRIGGER fodfaeste_hold ON people_person",
            ],
        ),
    ]
