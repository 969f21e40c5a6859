"""Who stands behind a figure is shown by PostgreSQL only to whom works with them, and to their leaders."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Walled

OWN_OR_WATCHED = f"{wall.in_sight('person_id')} OR {wall.of_office('organisation_id', 'watched')}"


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial"), ("audit", "0003_the_wall")]
    operations = [Walled("insight", "Counted", rows=OWN_OR_WATCHED)]
