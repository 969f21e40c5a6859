"""Handovers, the cases in them, and stand-ins."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_no_two_rule_sets"),
        ("people", "0004_lists_read_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaves", models.DateField(verbose_name="første dag uden medarbejderen")),
                ("begun", models.DateTimeField(auto_now_add=True, verbose_name="begyndt")),
                ("closed", models.DateTimeField(blank=True, null=True, verbose_name="afsluttet")),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begyndt af",
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
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="medarbejder",
                    ),
                ),
            ],
            options={
                "verbose_name": "overdragelse",
                "verbose_name_plural": "overdragelser",
                "ordering": ["leaves", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HandedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told", models.TextField(blank=True, verbose_name="det vil jeg fortælle dig")),
                ("matters", models.TextField(blank=True, verbose_name="hvem der betyder noget")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "ikke tilbudt"),
                            ("offered", "tilbudt"),
                            ("accepted", "modtaget"),
                            ("returned", "givet tilbage"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="stand",
                    ),
                ),
                ("answered", models.DateTimeField(blank=True, null=True, verbose_name="besvaret")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="hvorfor den blev givet tilbage")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="modtager",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="handover.handover",
                        verbose_name="overdragelse",
                    ),
                ),
            ],
            options={
                "verbose_name": "sag i overdragelse",
                "verbose_name_plural": "sager i overdragelse",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.DateField(verbose_name="fra")),
                ("end", models.DateField(verbose_name="første dag uden")),
                ("urgent", models.CharField(max_length=500, verbose_name="det, der haster")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="aftalt")),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="fraværende",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="aftalt af",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="rolle, der fulgte med",
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
                (
                    "stand_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="vikar",
                    ),
                ),
            ],
            options={
                "verbose_name": "vikariat",
                "verbose_name_plural": "vikariater",
                "ordering": ["start", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed", None)), fields=("worker", "organisation"), name="one_handover_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="handedcase",
            constraint=models.UniqueConstraint(fields=("handover", "person"), name="a_case_once_a_handover"),
        ),
        migrations.AddConstraint(
            model_name="handedcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receiver", None), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("receiver__isnull", False)),
                    _connector="OR",
                ),
                name="what_is_offered_has_a_receiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="handedcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "waiting"), models.Q(("told", ""), _negated=True), _connector="OR"),
                name="what_is_offered_is_told_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="handedcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="what_comes_back_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(("end", None), ("end__gt", models.F("start")), _connector="OR"),
                name="a_stand_in_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(("absent", models.F("stand_in")), _negated=True),
                name="nobody_stands_in_for_themselves",
            ),
        ),
    ]
