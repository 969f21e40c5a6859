"""Links to a household's own pages, whether it was asked for its wishes, and what it does itself."""

from __future__ import annotations

import django.db.models.deletion
import encrypted_fields.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("placement", "0010_facts_become_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArrivalLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="givet")),
                ("expires", models.DateTimeField(verbose_name="gælder til")),
                ("secret", models.CharField(editable=False, max_length=64, unique=True)),
                ("code", models.CharField(editable=False, max_length=64)),
                (
                    "language",
                    models.CharField(
                        choices=[("da", "Dansk"), ("en", "Engelsk"), ("ar", "Arabisk"), ("uk", "Ukrainsk")],
                        max_length=5,
                        verbose_name="sprog",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="forkerte koder")),
                ("opened", models.DateTimeField(blank=True, null=True, verbose_name="åbnet første gang")),
                ("withdrawn", models.DateTimeField(blank=True, null=True, verbose_name="trukket tilbage")),
            ],
            options={
                "verbose_name": "husstandens adgang til egen side",
                "verbose_name_plural": "husstandes adgange til egne sider",
                "ordering": ["-made", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Asking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("asked", "spurgt"),
                            ("answered", "har svaret"),
                            ("none", "har svaret, at den ingen ønsker har"),
                        ],
                        max_length=10,
                        verbose_name="handling",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                (
                    "own_link",
                    models.PositiveBigIntegerField(null=True, verbose_name="af husstanden selv, med link nr."),
                ),
            ],
            options={
                "verbose_name": "spørgsmål om ønsker",
                "verbose_name_plural": "spørgsmål om ønsker",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="WishDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pages", encrypted_fields.fields.EncryptedTextField(verbose_name="det svarede")),
                ("saved", models.DateTimeField(auto_now=True, verbose_name="gemt")),
            ],
            options={
                "verbose_name": "kladde til ønsker",
                "verbose_name_plural": "kladder til ønsker",
            },
        ),
        migrations.AddField(
            model_name="arrivalopening",
            name="own_link",
            field=models.PositiveBigIntegerField(null=True, verbose_name="af husstanden selv, med link nr."),
        ),
        migrations.AddField(
            model_name="arrivalwish",
            name="origin",
            field=models.CharField(
                choices=[("officer", "skrevet af en visitator"), ("household", "skrevet af husstanden selv")],
                default="officer",
                editable=False,
                max_length=10,
                verbose_name="hvorfra",
            ),
        ),
        migrations.AddField(
            model_name="placementrecord",
            name="own_link",
            field=models.PositiveBigIntegerField(null=True, verbose_name="af husstanden selv, med link nr."),
        ),
        migrations.AlterField(
            model_name="arrivalopening",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="af",
            ),
        ),
        migrations.AlterField(
            model_name="placementrecord",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="af",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrivalopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("own_link", None)),
                    models.Q(("by", None), ("own_link__isnull", False)),
                    _connector="OR",
                ),
                name="somebody_opened_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="placementrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("own_link", None)),
                    models.Q(("by", None), ("own_link__isnull", False)),
                    _connector="OR",
                ),
                name="somebody_did_it",
            ),
        ),
        migrations.AddField(
            model_name="arrivallink",
            name="arrival",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="placement.arrival",
                verbose_name="husstand",
            ),
        ),
        migrations.AddField(
            model_name="arrivallink",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="givet af",
            ),
        ),
        migrations.AddField(
            model_name="asking",
            name="arrival",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="askings",
                to="placement.arrival",
                verbose_name="husstand",
            ),
        ),
        migrations.AddField(
            model_name="asking",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="af",
            ),
        ),
        migrations.AddField(
            model_name="wishdraft",
            name="arrival",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="wish_draft",
                to="placement.arrival",
                verbose_name="husstand",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrivallink",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("secret", ""), _negated=True), models.Q(("code", ""), _negated=True)),
                name="a_household_link_has_a_secret",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrivallink",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires__gt", models.F("made"))), name="a_household_link_lasts"
            ),
        ),
        migrations.AddConstraint(
            model_name="asking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("own_link", None)),
                    models.Q(("by", None), ("own_link__isnull", False)),
                    _connector="OR",
                ),
                name="somebody_asked_or_answered",
            ),
        ),
    ]
