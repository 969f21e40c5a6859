"""A proposal can say below what nobody may get."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placement", "0012_own_door_walled")]
    operations = [
        migrations.AddField(
            model_name="proposal",
            name="protects",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Ingen grænse: det, der samlet giver mest"),
                    ("chance", "Ingen får mindre, end lodtrækning i gennemsnit ville give den"),
                    ("today", "Ingen får mindre, end reglen i dag ville give den"),
                ],
                default="",
                max_length=6,
                verbose_name="grænse",
            ),
        ),
    ]
