"""Spells of a person that cannot overlap: one municipality responsible, one residence, one household at a time."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.base.overlap import NoOverlap


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        NoOverlap("Responsibility", "one_municipality_responsible", ["person_id"]),
        NoOverlap("ResidenceSpell", "one_residence_at_a_time", ["person_id"]),
        NoOverlap("HouseholdMember", "one_household_at_a_time", ["person_id"]),
        NoOverlap("EmploymentSpell", "no_overlap_of_the_same_kind", ["person_id", "kind"]),
    ]
