"""A household that came by its link is in its own sight; its links and answers are logged and stand behind the wall."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, OnPostgres, Walled

ARRIVAL = "placement_arrival"
OF_OFFICES = f"{wall.of_office('organisation_id')} OR {wall.of_office('receiver_id')}"
ITSELF = wall.of_office("id", "arrival")
OF_ARRIVAL = wall.below(ARRIVAL, "arrival_id")
# What is not sent yet is the household's own: not even its office has it in sight.
ITS_OWN = wall.of_office("arrival_id", "arrival")


class Migration(migrations.Migration):
    dependencies = [("placement", "0011_own_door"), ("audit", "0003_the_wall")]
    operations = [
        AppendOnly("placement", "Asking"),
        Logged("placement", "Asking"),
        Logged("placement", "ArrivalLink", hidden=("secret", "code")),
        Logged("placement", "WishDraft", hidden=("pages",)),
        OnPostgres(
            [*wall.no_policy(ARRIVAL), *wall.policy(ARRIVAL, f"{OF_OFFICES} OR {ITSELF}")],
            [*wall.no_policy(ARRIVAL), *wall.policy(ARRIVAL, OF_OFFICES)],
        ),
        Walled("placement", "Asking", rows=OF_ARRIVAL),
        Walled("placement", "ArrivalLink", rows=OF_ARRIVAL),
        Walled("placement", "WishDraft", rows=ITS_OWN),
    ]
