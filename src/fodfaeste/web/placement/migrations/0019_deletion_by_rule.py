"""Households are deleted by rule: what holds that up, and the log of what was deleted."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, Walled

# Whoever leads an agency reads its log of deletions too, and watches its logs.
ROWS = f"{wall.of_office('organisation_id')} OR {wall.of_office('organisation_id', 'watched')}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_invitations"),
        ("audit", "0003_the_wall"),
        ("placement", "0018_floors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="erased",
            field=models.BooleanField(default=False, editable=False, verbose_name="slettet efter reglen"),
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("arrival", models.PositiveBigIntegerField(verbose_name="sag")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("needs", "hensyn, ønsker og adgange"),
                            ("persons", "navne og alt andet om personerne"),
                        ],
                        max_length=10,
                        verbose_name="hvad",
                    ),
                ),
                ("rule_set", models.CharField(max_length=20, verbose_name="regelsæt")),
                ("months", models.PositiveSmallIntegerField(verbose_name="måneder")),
                ("settled", models.DateField(verbose_name="afsluttet")),
                ("due", models.DateField(verbose_name="forfalden")),
                ("counts", models.JSONField(verbose_name="antal")),
                ("archive", models.CharField(max_length=100, verbose_name="arkivets fil")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingeraftryk af arkivets linje")),
                ("now", models.JSONField(default=list, verbose_name="optegnelser, som de er nu")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="af")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "sletning efter reglen",
                "verbose_name_plural": "sletninger efter reglen",
                "ordering": ["-at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("arrival", "step"), name="deleted_once_a_step")],
            },
        ),
        migrations.CreateModel(
            name="KeepingHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="hvorfor")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="sat")),
                ("lifted", models.DateTimeField(null=True, verbose_name="ophævet")),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="placement.arrival",
                        verbose_name="husstand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sat af",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ophævet af",
                    ),
                ),
            ],
            options={
                "verbose_name": "udsat sletning",
                "verbose_name_plural": "udsatte sletninger",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(lifted=None), fields=("arrival",), name="one_hold_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(lifted=None, lifted_by=None)
                        | models.Q(lifted__isnull=False, lifted_by__isnull=False),
                        name="a_hold_is_lifted_by_somebody",
                    ),
                ],
            },
        ),
        AppendOnly("placement", "Erasure"),
        *(Logged("placement", model) for model in ("Erasure", "KeepingHold")),
        Walled("placement", "Erasure", rows=ROWS),
        Walled("placement", "KeepingHold", rows=wall.below("placement_arrival", "arrival_id")),
    ]
