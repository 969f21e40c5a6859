"""Every change of a programme is written down, and PostgreSQL shows programmes of persons in sight alone."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled

# Leaders count what was missed; whose it is stands in no row that they can reach from here.
OWN_OR_WATCHED = f"{wall.in_sight('person_id')} OR organisation_id = ANY (fodfaeste_numbers('fodfaeste.watched'))"
OF_PROGRAMMES = "programme_id IN (SELECT id FROM programme_programme)"
OF_PLANS = "plan_id IN (SELECT id FROM programme_plan)"
OF_ACTIVITIES = "activity_id IN (SELECT id FROM programme_activity)"

BELOW = {
    "Plan": wall.in_sight("(SELECT person_id FROM programme_programme AS own WHERE own.id = programme_id)"),
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
