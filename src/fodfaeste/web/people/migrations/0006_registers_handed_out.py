"""That a register was handed out is written down for good; the row names nobody, so it stands outside the wall."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit.operations import AppendOnly, Logged


class Migration(migrations.Migration):
    dependencies = [("people", "0005_kept_by"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="RegisterExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="hentet")),
                ("day", models.DateField(verbose_name="kendt til og med")),
                ("persons", models.PositiveIntegerField(verbose_name="personer")),
                ("left_out", models.PositiveIntegerField(verbose_name="beskyttede, der ikke er med")),
                ("sha256", models.CharField(max_length=64, verbose_name="filens fingeraftryk")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hentet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "hentet register",
                "verbose_name_plural": "hentede registre",
                "ordering": ["-at", "-pk"],
            },
        ),
        Logged("people", "RegisterExport"),
        AppendOnly("people", "RegisterExport"),
    ]
