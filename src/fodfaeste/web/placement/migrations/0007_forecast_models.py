"""Forecast models, and what the past says of each; what a trained one may ask of an arriving person."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logo"),
        ("placement", "0006_price_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="arrivingperson",
            name="civil_status",
            field=models.CharField(
                blank=True,
                choices=[("married", "gift"), ("unmarried", "ikke gift")],
                default="",
                max_length=10,
                verbose_name="civilstand",
            ),
        ),
        migrations.AddField(
            model_name="arrivingperson",
            name="schooling",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "ingen"),
                    ("primary", "grundskole"),
                    ("secondary", "ungdomsuddannelse"),
                    ("tertiary", "videregående uddannelse"),
                    ("unknown", "ukendt"),
                ],
                default="",
                max_length=10,
                verbose_name="skolegang",
            ),
        ),
        migrations.AddField(
            model_name="forecastswitch",
            name="sha256",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="modellens fingeraftryk"),
        ),
        migrations.AddField(
            model_name="forecastswitch",
            name="trial",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="prøvens fingeraftryk"),
        ),
        migrations.AddField(
            model_name="forecastswitch",
            name="version",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="forecastswitch",
            name="act",
            field=models.CharField(
                choices=[
                    ("asked", "bedt slået til"),
                    ("on", "slået til"),
                    ("off", "slået fra"),
                    ("withdrawn", "trukket tilbage"),
                ],
                max_length=10,
                verbose_name="handling",
            ),
        ),
        migrations.CreateModel(
            name="ForecastModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, verbose_name="navn")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                ("software", models.CharField(max_length=30, verbose_name="trænet med version")),
                ("first_arrival", models.DateField(verbose_name="ankommet fra")),
                ("last_arrival", models.DateField(verbose_name="ankommet til")),
                ("observed_until", models.DateField(verbose_name="registeret slutter")),
                ("adults", models.PositiveIntegerField(verbose_name="voksne")),
                ("source", models.TextField(verbose_name="hvor data kommer fra")),
                ("facts", models.JSONField(verbose_name="datablad")),
                ("calibration", models.JSONField(default=list, verbose_name="kalibrering")),
                ("pictures", models.JSONField(default=list, verbose_name="diagrammer")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="navn")),
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
                        related_name="forecast_models",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "prognosemodel",
                "verbose_name_plural": "prognosemodeller",
                "ordering": ["name", "-version"],
            },
        ),
        migrations.CreateModel(
            name="ForecastTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                ("passed", models.BooleanField(verbose_name="bestået")),
                ("told", models.JSONField(verbose_name="resultat")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="af")),
                (
                    "model",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trials",
                        to="placement.forecastmodel",
                        verbose_name="model",
                    ),
                ),
            ],
            options={
                "verbose_name": "prøve på fortiden",
                "verbose_name_plural": "prøver på fortiden",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="forecastmodel",
            constraint=models.UniqueConstraint(
                fields=("organisation", "name", "version"), name="one_model_a_name_and_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="forecastmodel",
            constraint=models.UniqueConstraint(fields=("organisation", "sha256"), name="a_model_is_brought_in_once"),
        ),
    ]
