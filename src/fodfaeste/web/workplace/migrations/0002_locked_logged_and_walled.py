"""What the three have before them stays as it is; all is logged; PostgreSQL shows a workplace its one agreement."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled
from fodfaeste.web.programme.locks import Refuse
from fodfaeste.web.workplace.locks import approved_by_three

# Of a person in sight, what another office agreed on stays out of sight, as its programmes do.
OF_OFFICE = "({sight}) AND ({office} OR {{row}}person_id = ANY (fodfaeste_numbers('fodfaeste.persons')))".format(
    sight=wall.in_sight("{row}person_id"), office=wall.of_office("{row}organisation_id")
)
# Whoever came by an agreement's own link sees it, and no person.
CAME_FOR = "{row}id = ANY ((SELECT fodfaeste_numbers('fodfaeste.agreements'))::bigint[])"
AGREEMENTS = f"({OF_OFFICE}) OR {CAME_FOR}".format(row="")
ABOVE = "EXISTS (SELECT FROM workplace_agreement AS above WHERE above.id = agreement_id AND ({which}))"
# The workplace reads and writes answers of its own side alone.
ANSWERS = (
    f"{ABOVE.format(which=OF_OFFICE.format(row='above.'))} OR "
    f"(side = 'workplace' AND {ABOVE.format(which=CAME_FOR.format(row='above.'))})"
)


class Migration(migrations.Migration):
    dependencies = [("workplace", "0001_initial"), ("audit", "0003_the_wall")]
    operations = [
        Refuse(approved_by_three(), "agreements as they were approved"),
        Logged("workplace", "Agreement"),
        Logged("workplace", "Answer"),
        Logged("workplace", "WorkplaceLink", hidden=("secret",)),
        Walled("workplace", "Agreement", rows=AGREEMENTS),
        Walled("workplace", "Answer", rows=ANSWERS),
        Walled("workplace", "WorkplaceLink", rows=wall.below("workplace_agreement", "agreement_id")),
    ]
