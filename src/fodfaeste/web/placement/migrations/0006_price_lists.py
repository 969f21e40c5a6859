"""Price lists of room, behind the wall by the agency whose they are, and in the log of changes."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logo"),
        ("placement", "0005_work_and_surroundings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="år")),
                ("day", models.DateField(verbose_name="dag")),
                ("prices", models.JSONField(verbose_name="priser")),
                ("waiting", models.PositiveIntegerField(verbose_name="personer, der venter")),
                ("to_come", models.FloatField(verbose_name="personer, der ventes")),
                ("known", models.PositiveIntegerField(verbose_name="husstande, der er trukket af")),
                ("samples", models.PositiveSmallIntegerField(verbose_name="tænkte forløb")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_lists",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "prisliste for pladser",
                "verbose_name_plural": "prislister for pladser",
                "ordering": ["-day", "-pk"],
            },
        ),
        Logged("placement", "PriceList"),
        Walled("placement", "PriceList", rows=wall.of_office("organisation_id")),
    ]
