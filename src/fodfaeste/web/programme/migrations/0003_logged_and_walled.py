"""Every change of a programme is written down, and PostgreSQL shows programmes of persons in sight alone."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled

# Leaders count what was missed; whose it is stands in no row that they can reach from here.
OWN_OR_WATCHED = f"{wall.in_sight('person_id')} OR organisation_id = ANY (fodfaeste_numbers('fodfaeste.watched'))"
OF_PROGRAMMES = wall.below("programme_programme", "programme_id")
OF_PLANS = wall.below("programme_plan", "plan_id")
OF_ACTIVITIES = wall.below("programme_activity", "activity_id")
OWN = wall.in_sight("own.person_id")

BELOW = {
    "Plan": f"EXISTS (SELECT FROM programme_programme AS own WHERE own.id = programme_id AND ({OWN}))",
    "FollowUp": OF_PROGRAMMES,
    "Absence": OF_PROGRAMMES,
    "Goal": OF_PLANS,
    "Activity": OF_PLANS,
    "Approval": OF_PLANS,
    "Alternative": OF_ACTIVITIES,
    "Slot": OF_ACTIVITIES,
}


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_locks"), ("audit", "0003_the_wall")]
    operations = [
        Logged("programme", "Programme"),
        Walled("programme", "Programme", rows=OWN_OR_WATCHED),
        *(Logged("programme", model) for model in (*BELOW, "JournalNote", "Feed", "TravelTimes")),
        *(Walled("programme", model, rows=rows) for model, rows in BELOW.items()),
        Walled("programme", "JournalNote"),
        Walled("programme", "Draft"),
    ]
