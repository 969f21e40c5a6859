"""A price list says which forecast it was worked out with."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placement", "0015_arrivals_by_system")]
    operations = [
        migrations.AddField(
            model_name="pricelist",
            name="model",
            field=models.CharField(editable=False, max_length=60, null=True, verbose_name="regnet med modellen"),
        ),
        migrations.AddField(
            model_name="pricelist",
            name="version",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=30, verbose_name="modellens version"
            ),
        ),
        migrations.AddField(
            model_name="pricelist",
            name="sha256",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=64, verbose_name="modellens fingeraftryk"
            ),
        ),
    ]
