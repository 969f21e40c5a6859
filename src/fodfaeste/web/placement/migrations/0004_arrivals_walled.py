"""Arriving households stand behind the wall by the office that has them; records are written once; all is logged."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, Walled

OWN_OFFICE = wall.of_office("organisation_id")
OF_ARRIVAL = wall.below("placement_arrival", "arrival_id")
OF_ARRIVALS = ("ArrivingPerson", "ArrivalWish", "PlacementRecord", "ArrivalOpening")
OF_OFFICES = ("PlaceFacts", "RoomTaken", "Proposal", "ForecastSwitch")
# Health needs stay out of the log, as those of persons do.
HIDDEN = {"Arrival": ("needs",)}


class Migration(migrations.Migration):
    dependencies = [("placement", "0003_arrivals"), ("audit", "0003_the_wall")]
    operations = [
        *(AppendOnly("placement", model) for model in ("PlacementRecord", "ArrivalOpening", "ForecastSwitch")),
        *(Logged("placement", model, hidden=HIDDEN.get(model, ())) for model in ("Arrival", *OF_ARRIVALS, *OF_OFFICES)),
        Walled("placement", "Arrival", rows=f"{OWN_OFFICE} OR {wall.of_office('receiver_id')}"),
        *(Walled("placement", model, rows=OF_ARRIVAL) for model in OF_ARRIVALS),
        *(Walled("placement", model, rows=OWN_OFFICE) for model in OF_OFFICES),
    ]
