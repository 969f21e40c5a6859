"""The journal's files, words and templates; drafts of any form, encrypted; goals evaluated; choices that leaders count."""

from __future__ import annotations

import django.db.models.deletion
import encrypted_fields.fields
from django.conf import settings
from django.db import migrations, models

import fodfaeste.web.programme.models
from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled
from fodfaeste.web.programme.locks import Refuse
from fodfaeste.web.programme.written_once import written_once

OF_PROGRAMMES = wall.below("programme_programme", "programme_id")
# Not by the follow-up: leaders count those.
OF_GOALS = wall.below("programme_goal", "goal_id")
OF_NOTES = wall.below("programme_journalnote", "note_id")

BELOW = {"ChoiceCount": OF_PROGRAMMES, "GoalEvaluation": OF_GOALS, "NoteFile": OF_NOTES, "NoteTag": OF_NOTES}


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0004_lists_read_in"),
        ("programme", "0004_persons_themselves"),
    ]
    operations = [
        # A draft was text of one form, not encrypted: what somebody had half written that hour is let go.
        migrations.DeleteModel("Draft"),
        migrations.CreateModel(
            name="ChoiceCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chosen", models.PositiveSmallIntegerField(verbose_name="med reelt valg")),
                ("of", models.PositiveSmallIntegerField(verbose_name="aktiviteter")),
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices_counted",
                        to="programme.programme",
                        verbose_name="program",
                    ),
                ),
            ],
            options={
                "verbose_name": "reelle valg i en plan",
                "verbose_name_plural": "reelle valg i planer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("chosen__lte", models.F("of"))), name="no_more_choices_than_activities"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=200, verbose_name="formular")),
                ("window", models.CharField(max_length=40, verbose_name="vindue")),
                ("edits", models.PositiveIntegerField(default=0)),
                ("fields", encrypted_fields.fields.EncryptedTextField(verbose_name="det skrevne")),
                (
                    "other",
                    encrypted_fields.fields.EncryptedTextField(
                        blank=True, null=True, verbose_name="skrevet i et andet vindue"
                    ),
                ),
                ("saved", models.DateTimeField(verbose_name="gemt")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bruger",
                    ),
                ),
            ],
            options={
                "verbose_name": "kladde",
                "verbose_name_plural": "kladder",
                "constraints": [models.UniqueConstraint(fields=("user", "person", "address"), name="one_draft_a_form")],
            },
        ),
        migrations.CreateModel(
            name="GoalEvaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("reached", "nået"), ("partly", "delvist nået"), ("not", "ikke nået")],
                        max_length=10,
                        verbose_name="resultat",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="med ord")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="skrevet")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="skrevet af",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="programme.followup",
                        verbose_name="opfølgning",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="programme.goal",
                        verbose_name="mål",
                    ),
                ),
            ],
            options={
                "verbose_name": "evaluering af et mål",
                "verbose_name_plural": "evalueringer af mål",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "goal"), name="one_evaluation_of_a_goal_a_talk")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="navn")),
                ("kind", models.CharField(max_length=100, verbose_name="art")),
                ("size", models.PositiveIntegerField(verbose_name="størrelse i byte")),
                ("stored", models.FileField(upload_to=fodfaeste.web.programme.models.random_name, verbose_name="fil")),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="programme.journalnote",
                        verbose_name="notat",
                    ),
                ),
            ],
            options={
                "verbose_name": "bilag",
                "verbose_name_plural": "bilag",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="a_file_has_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40, verbose_name="emneord")),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="programme.journalnote",
                        verbose_name="notat",
                    ),
                ),
            ],
            options={
                "verbose_name": "emneord",
                "verbose_name_plural": "emneord",
                "ordering": ["word"],
                "constraints": [models.UniqueConstraint(fields=("note", "word"), name="one_tag_a_word")],
            },
        ),
        migrations.CreateModel(
            name="NoteTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="navn")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("talk", "samtale"),
                            ("phone", "telefonsamtale"),
                            ("letter", "brev eller besked"),
                            ("note", "notat"),
                        ],
                        default="note",
                        max_length=10,
                        verbose_name="art",
                    ),
                ),
                ("text", models.TextField(verbose_name="tekst")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="note_templates",
                        to="accounts.organisation",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "notatskabelon",
                "verbose_name_plural": "notatskabeloner",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("organisation", "name"), name="one_template_a_name")],
            },
        ),
        *(Logged("programme", model) for model in (*BELOW, "NoteTemplate")),
        *(Walled("programme", model, rows=rows) for model, rows in BELOW.items()),
        Walled("programme", "Draft"),
        Refuse(written_once(), "files, words and evaluations as they were written"),
    ]
