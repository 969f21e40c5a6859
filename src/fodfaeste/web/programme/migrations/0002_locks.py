"""What the database itself keeps: approved plans, how they became so, notes, and one programme at a time."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.base.overlap import NoOverlap
from fodfaeste.web.programme.locks import Refuse, honest_approval, journal, locked_text


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial")]
    operations = [
        Refuse(locked_text(), "approved plans as they are"),
        Refuse(honest_approval(), "approval honest"),
        Refuse(journal(), "notes as they were written"),
        NoOverlap("Programme", "one_programme_at_a_time", ["person_id"]),
    ]
