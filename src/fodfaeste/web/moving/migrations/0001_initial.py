"""Moves, who agreed to them, and the files that offices have closed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_no_two_rule_sets"),
        ("people", "0005_kept_by"),
        ("programme", "0003_logged_and_walled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("to_code", models.CharField(blank=True, max_length=3, verbose_name="kommunekode")),
                ("to_name", models.CharField(max_length=200, verbose_name="kommune")),
                ("day", models.DateField(verbose_name="første dag i den nye kommune")),
                ("groups", models.JSONField(blank=True, default=list, verbose_name="det, der går med")),
                ("ground", models.CharField(blank=True, max_length=40, verbose_name="hjemmel")),
                ("ground_words", models.TextField(blank=True, verbose_name="hvorfor hjemlen er opfyldt")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "forberedt"),
                            ("offered", "tilbudt"),
                            ("accepted", "modtaget"),
                            ("handed", "afleveret som fil"),
                            ("returned", "sendt tilbage"),
                            ("withdrawn", "trukket tilbage"),
                        ],
                        default="prepared",
                        max_length=10,
                        verbose_name="stand",
                    ),
                ),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="forberedt")),
                ("sent", models.DateTimeField(blank=True, null=True, verbose_name="sendt")),
                ("answered", models.DateTimeField(blank=True, null=True, verbose_name="besvaret")),
                ("why", models.TextField(blank=True, verbose_name="begrundelse")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="besvaret af",
                    ),
                ),
                (
                    "from_office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="fra",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="forberedt af",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sendt af",
                    ),
                ),
                (
                    "to_office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="til",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ny medarbejder",
                    ),
                ),
            ],
            options={
                "verbose_name": "flytning",
                "verbose_name_plural": "flytninger",
                "ordering": ["-day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ClosedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="første dag uden")),
                (
                    "why",
                    models.CharField(
                        choices=[("moved", "flyttet"), ("emigrated", "udrejst"), ("died", "død")],
                        max_length=10,
                        verbose_name="hvorfor",
                    ),
                ),
                ("gone_along", models.JSONField(blank=True, default=list, verbose_name="det, der gik med")),
                ("name", models.CharField(db_collation="danish", max_length=241, verbose_name="navn")),
                ("case_number", models.CharField(max_length=20, verbose_name="sagsnummer")),
                ("birth_date", models.DateField(verbose_name="født")),
                ("closed", models.DateTimeField(auto_now_add=True, verbose_name="afsluttet")),
                ("reopened", models.DateField(blank=True, null=True, verbose_name="genåbnet")),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_cases",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sidste medarbejder",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed",
                        to="moving.move",
                        verbose_name="flytning",
                    ),
                ),
            ],
            options={
                "verbose_name": "afsluttet sag",
                "verbose_name_plural": "afsluttede sager",
                "ordering": ["-day", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Mover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_collation="danish", max_length=241, verbose_name="navn")),
                ("case_number", models.CharField(max_length=20, verbose_name="sagsnummer")),
                ("birth_date", models.DateField(verbose_name="født")),
                ("live", models.BooleanField(default=True, editable=False)),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="movers",
                        to="moving.move",
                        verbose_name="flytning",
                    ),
                ),
                (
                    "new_programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="programme.programme",
                        verbose_name="program efter",
                    ),
                ),
                (
                    "old_programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="programme.programme",
                        verbose_name="program før",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "person, der flytter",
                "verbose_name_plural": "personer, der flytter",
                "ordering": ["birth_date", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="navn, som det blev skrevet")),
                ("present", models.CharField(blank=True, max_length=300, verbose_name="til stede")),
                ("with_interpreter", models.BooleanField(default=False, verbose_name="med tolk")),
                ("language", models.CharField(max_length=8, verbose_name="læst på")),
                ("text_hash", models.CharField(max_length=64, verbose_name="tekstens fingeraftryk")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="skrevet")),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.consent",
                        verbose_name="samtykke",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="modtaget af",
                    ),
                ),
                (
                    "mover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to="moving.mover",
                        verbose_name="person, der flytter",
                    ),
                ),
            ],
            options={
                "verbose_name": "samtykke til flytning",
                "verbose_name_plural": "samtykker til flytning",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_office", None),
                    models.Q(("to_office", models.F("from_office")), _negated=True),
                    _connector="OR",
                ),
                name="a_move_leads_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(("answered_by__isnull", False), ("worker__isnull", False)),
                    _connector="OR",
                ),
                name="who_accepted_a_move_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground", ""), models.Q(("ground_words", ""), _negated=True), _connector="OR"),
                name="a_legal_ground_says_why_it_holds",
            ),
        ),
        migrations.AddIndex(
            model_name="closedcase",
            index=models.Index(fields=["organisation", "day"], name="closed_cases_by_day"),
        ),
        migrations.AddConstraint(
            model_name="mover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)), fields=("person",), name="one_move_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="who_agrees_has_a_name"
            ),
        ),
    ]
