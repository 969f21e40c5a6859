"""The switch of floors for groups: written once, logged, and behind the wall by the agency whose it is."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, Walled


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logo"),
        ("audit", "0003_the_wall"),
        ("placement", "0017_records_chained"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FloorSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "column",
                    models.CharField(
                        choices=[("language", "sprog"), ("household", "en eller flere personer")],
                        max_length=20,
                        verbose_name="gulv efter",
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("asked", "bedt slået fra"),
                            ("off", "slået fra"),
                            ("withdrawn", "trukket tilbage"),
                            ("on", "slået til"),
                        ],
                        max_length=10,
                        verbose_name="handling",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="navn")),
                ("reason", models.TextField(verbose_name="hvorfor")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="floor_switches",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "afbryder for gulve",
                "verbose_name_plural": "afbryder for gulve",
                "ordering": ["at", "pk"],
            },
        ),
        AppendOnly("placement", "FloorSwitch"),
        Logged("placement", "FloorSwitch"),
        Walled("placement", "FloorSwitch", rows=wall.of_office("organisation_id")),
    ]
