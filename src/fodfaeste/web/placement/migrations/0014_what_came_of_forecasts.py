"""What came of forecasts, counted year by year; another agency's stands behind the wall."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_the_wall"),
        ("accounts", "0007_invitations"),
        ("placement", "0013_limits_of_proposals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForecastOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="år")),
                ("day", models.DateField(verbose_name="opgjort den")),
                ("model", models.CharField(max_length=100, verbose_name="model")),
                (
                    "kind",
                    models.CharField(
                        choices=[("work", "i arbejde"), ("staying", "bliver boende")],
                        max_length=10,
                        verbose_name="udfald",
                    ),
                ),
                ("by", models.CharField(max_length=20, verbose_name="efter")),
                ("value", models.CharField(max_length=20, verbose_name="gruppe")),
                ("households", models.PositiveIntegerField(verbose_name="husstande")),
                ("adults", models.PositiveIntegerField(verbose_name="voksne")),
                ("expected", models.FloatField(verbose_name="forudsagt")),
                ("came", models.PositiveIntegerField(verbose_name="skete")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forecast_outcomes",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "det, der kom af prognosen",
                "verbose_name_plural": "det, der kom af prognoserne",
                "ordering": ["model", "kind", "-year", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "year", "model", "kind", "by", "value"),
                        name="a_years_outcomes_are_counted_once",
                    )
                ],
            },
        ),
        Logged("placement", "ForecastOutcome"),
        Walled("placement", "ForecastOutcome", rows=wall.of_office("organisation_id")),
    ]
