"""Lists of people that are read in, and whom a municipality was ever responsible for, which its register is about."""

import django.db.models.deletion
import encrypted_fields.fields
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, OnPostgres, Walled

OF_LISTS = "imported_id IN (SELECT id FROM people_importedlist)"

# Behind the wall nobody sees whom a municipality has handed on. It tells numbers alone, and runs as its owner.
EVER = """
CREATE OR REPLACE FUNCTION fodfaeste_ever_responsible(organisations bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT person_id FROM people_responsibility WHERE organisation_id = ANY (organisations)
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_no_two_rule_sets"),
        ("people", "0003_search_index"),
        ("audit", "0003_the_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="fil")),
                ("left_out", models.TextField(blank=True, verbose_name="kolonner, der ikke læses")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "ikke gemt"), ("saved", "gemt"), ("undone", "fortrudt")],
                        default="open",
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="indlæst")),
                ("saved", models.DateTimeField(blank=True, null=True, verbose_name="gemt")),
                ("undone", models.DateTimeField(blank=True, null=True, verbose_name="fortrudt")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="kommune",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="indlæst af",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gemt af",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="fortrudt af",
                    ),
                ),
            ],
            options={
                "verbose_name": "indlæst liste",
                "verbose_name_plural": "indlæste lister",
                "ordering": ["-made", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="række")),
                ("text", encrypted_fields.fields.EncryptedTextField(blank=True, null=True, verbose_name="celler")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "ikke besluttet"),
                            ("same", "samme person"),
                            ("new", "en anden person"),
                            ("out", "udeladt"),
                        ],
                        max_length=10,
                        verbose_name="beslutning",
                    ),
                ),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="people.importedlist",
                        verbose_name="liste",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imported_rows",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "række på indlæst liste",
                "verbose_name_plural": "rækker på indlæste lister",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ImportedThing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="hvad")),
                ("key", models.BigIntegerField(verbose_name="nøgle")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="things",
                        to="people.importedlist",
                        verbose_name="liste",
                    ),
                ),
            ],
            options={
                "verbose_name": "oprettet af indlæst liste",
                "verbose_name_plural": "oprettet af indlæste lister",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="importedlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("saved", None), ("state", "open")),
                    models.Q(("saved__isnull", False), ("state__in", ["saved", "undone"])),
                    _connector="OR",
                ),
                name="a_saved_list_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrow",
            constraint=models.UniqueConstraint(fields=("imported", "number"), name="one_row_a_number"),
        ),
        migrations.AddConstraint(
            model_name="importedthing",
            constraint=models.UniqueConstraint(fields=("imported", "kind", "key"), name="a_thing_is_made_once"),
        ),
        Logged("people", "ImportedList"),
        Logged("people", "ImportedRow", hidden=("text",)),
        Logged("people", "ImportedThing"),
        Walled("people", "ImportedList", rows=wall.of_office("organisation_id")),
        Walled("people", "ImportedRow", rows=OF_LISTS),
        Walled("people", "ImportedThing", rows=OF_LISTS),
        OnPostgres([EVER], ["DROP FUNCTION fodfaeste_ever_responsible(bigint[])"]),
    ]
