"""An index with all that the gate and the wall ask of who is responsible: a person is looked up in it alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_registers_handed_out")]
    operations = [
        migrations.AddIndex(
            "responsibility",
            models.Index(fields=["person", "organisation", "start", "end"], name="who_is_responsible"),
        ),
    ]
