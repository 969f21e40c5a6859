"""What stays with an office when a person moves on: it alone sees it, and it does not stand in the next one's way."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import OnPostgres
from fodfaeste.web.base.overlap import NoOverlap

TABLES = ("ResidenceSpell", "EmploymentSpell", "LanguageSkill", "Occupation", "Wish", "Need", "Consent")
KEEPERS = f"{wall.of_office('kept_by_id')} OR {wall.of_office('kept_by_id', 'watched')}"

# What went along belongs to persons in sight; what was kept, to them as long as the office that kept it is responsible.
CURRENT = f"({wall.in_sight('person_id')}) AND (kept_by_id IS NULL OR {KEEPERS})"
# A policy of its own, for reading alone: nobody writes in what they kept of somebody who has moved on.
KEPT = "fodfaeste_wall_kept"


def _walled(model: str) -> list[str]:
    table = f"people_{model.lower()}"
    return [
        *wall.no_policy(table),
        *wall.policy(table, CURRENT),
        f'CREATE POLICY {KEPT} ON "{table}" FOR SELECT USING ({wall.of_office("kept_by_id")})',
    ]


def _as_before(model: str) -> list[str]:
    table = f"people_{model.lower()}"
    gone = f'DROP POLICY IF EXISTS {KEPT} ON "{table}"'
    return [gone, *wall.no_policy(table), *wall.policy(table, wall.in_sight("person_id"))]


def _overlap(table: str, name: str, same: str) -> OnPostgres:
    off = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    on = f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({same}, daterange(start, \"end\", '[)') WITH &&)"
    return OnPostgres([off], [on])


def _kept_by(model: str) -> migrations.AddField:
    return migrations.AddField(
        model_name=model.lower(),
        name="kept_by",
        field=models.ForeignKey(
            blank=True,
            editable=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="accounts.organisation",
            verbose_name="bliver hos",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_no_two_rule_sets"),
        ("people", "0004_lists_read_in"),
        ("audit", "0003_the_wall"),
    ]
    operations = [
        *map(_kept_by, TABLES),
        migrations.RemoveConstraint(model_name="languageskill", name="one_row_a_language"),
        migrations.AddConstraint(
            model_name="languageskill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kept_by", None)), fields=("person", "language"), name="one_row_a_language"
            ),
        ),
        _overlap("people_residencespell", "one_residence_at_a_time", "person_id WITH ="),
        NoOverlap("ResidenceSpell", "one_residence_at_a_time", ["person_id"], without="kept_by_id"),
        _overlap("people_employmentspell", "no_overlap_of_the_same_kind", "person_id WITH =, kind WITH ="),
        NoOverlap("EmploymentSpell", "no_overlap_of_the_same_kind", ["person_id", "kind"], without="kept_by_id"),
        OnPostgres(
            [statement for model in TABLES for statement in _walled(model)],
            [statement for model in TABLES for statement in _as_before(model)],
        ),
    ]
