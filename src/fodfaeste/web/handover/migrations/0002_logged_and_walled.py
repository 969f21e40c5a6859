"""Handovers and stand-ins are written down, and PostgreSQL shows them to the office, and cases to who sees the person."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled
from fodfaeste.web.base.overlap import NoOverlap

OF_OFFICE = f"{wall.of_office('organisation_id')} OR {wall.of_office('organisation_id', 'watched')}"
MODELS = ("Handover", "HandedCase", "StandIn")


class Migration(migrations.Migration):
    dependencies = [("handover", "0001_initial"), ("audit", "0003_the_wall")]
    operations = [
        NoOverlap("StandIn", "one_stand_in_at_a_time", ["absent_id", "organisation_id"]),
        *(Logged("handover", model) for model in MODELS),
        Walled("handover", "HandedCase"),
        Walled("handover", "Handover", rows=OF_OFFICE),
        Walled("handover", "StandIn", rows=OF_OFFICE),
    ]
