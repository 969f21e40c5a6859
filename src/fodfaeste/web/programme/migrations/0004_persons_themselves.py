"""A person signs the plan and answers appointments by themselves."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled

OF_FOLLOW_UPS = wall.below("programme_followup", "follow_up_id")


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0003_logged_and_walled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            model_name="approval",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="modtaget af",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="own_link",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="givet på egen side, med link nr."
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=Q(taken_by__isnull=False, own_link=None)
                | Q(taken_by=None, own_link__isnull=False, side="person"),
                name="who_took_an_approval_is_known",
            ),
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "follow_up",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reply",
                        serialize=False,
                        to="programme.followup",
                        verbose_name="opfølgning",
                    ),
                ),
                (
                    "coming",
                    models.CharField(
                        choices=[("yes", "Jeg kommer"), ("no", "Jeg kan ikke komme")],
                        max_length=3,
                        verbose_name="kommer",
                    ),
                ),
                ("interpreter", models.BooleanField(default=False, verbose_name="ønsker tolk")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="egne ord")),
                ("language", models.CharField(max_length=8, verbose_name="sprog")),
                ("own_link", models.PositiveBigIntegerField(verbose_name="givet på egen side, med link nr.")),
                ("at", models.DateTimeField(verbose_name="svaret")),
            ],
            options={"verbose_name": "svar fra personen", "verbose_name_plural": "svar fra personer"},
        ),
        Logged("programme", "Reply"),
        Walled("programme", "Reply", rows=OF_FOLLOW_UPS),
    ]
