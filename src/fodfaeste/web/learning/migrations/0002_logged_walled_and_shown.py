"""Enrolments are the municipality's; a school reads them and writes below them, and reads two views of its learners."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, OnPostgres, Shown, Walled
from fodfaeste.web.base.overlap import NoOverlap

ENROLMENT = "learning_enrolment"

# Of a person in sight, what another office arranged stays out of sight, as its programmes do.
OF_OFFICE = (
    f"({wall.in_sight('person_id')}) AND ({wall.of_office('organisation_id')} "
    f"OR {wall.of_office('organisation_id', 'watched')} OR person_id = ANY (fodfaeste_numbers('fodfaeste.persons')))"
)
SCHOOLS = "ANY ((SELECT fodfaeste_numbers('fodfaeste.schools'))::bigint[])"
LASTING = f'("end" IS NULL OR "end" > {wall.TODAY})'
# A policy of its own, for reading alone: no school enrols anybody, or says whose an enrolment is.
SCHOOL = "fodfaeste_wall_school"

LEARNER = """
SELECT e.id AS id, e.person_id AS person, e.school_id AS school_id, e.organisation_id AS organisation_id,
  held.worker_id AS worker_id,
  (CASE WHEN e.called <> '' THEN e.called WHEN p.protected THEN ''
    ELSE trim(p.given_name || ' ' || p.family_name) END) COLLATE "danish" AS name,
  COALESCE((SELECT s.track FROM learning_step AS s WHERE s.enrolment_id = e.id ORDER BY s.day DESC, s.id DESC LIMIT 1),
    '') AS track,
  (SELECT CASE WHEN s.passed AND s.module < 6 THEN s.module + 1 ELSE s.module END FROM learning_step AS s
    WHERE s.enrolment_id = e.id ORDER BY s.day DESC, s.id DESC LIMIT 1) AS module,
  e.days AS days, e.activity AS activity, e.start AS start, e."end" AS "end",
  held.start AS held_start, held."end" AS held_end
FROM learning_enrolment AS e
JOIN people_person AS p ON p.id = e.person_id
JOIN people_responsibility AS held ON held.person_id = e.person_id AND held.organisation_id = e.organisation_id
WHERE p.merged_into_id IS NULL {wall}
"""
LESSON = f"""
SELECT e.id || '-' || slot.id AS id, e.id AS learner_id, e.school_id AS school_id, e."end" AS until,
  e.held_start AS held_start, e.held_end AS held_end, slot.weekday AS weekday, slot.begins AS begins,
  slot.ends AS ends, COALESCE(slot.start, a.start) AS start,
  CASE WHEN run."end" < COALESCE(slot."end", a."end") THEN run."end" ELSE COALESCE(slot."end", a."end") END AS "end"
FROM ({LEARNER}) AS e
JOIN programme_programme AS run ON run.person_id = e.person AND run.organisation_id = e.organisation_id
JOIN programme_plan AS plan ON plan.programme_id = run.id AND plan.state = 'approved'
JOIN programme_activity AS a
  ON a.plan_id = plan.id AND a.kind = 'danish' AND (e.activity IS NULL OR e.activity = a.number)
JOIN programme_slot AS slot ON slot.activity_id = a.id
"""
OF_SCHOOL = (
    f'e.school_id = {SCHOOLS} AND (e."end" IS NULL OR e."end" > {wall.TODAY}) '
    f'AND held.start <= {wall.TODAY} AND (held."end" IS NULL OR held."end" > {wall.TODAY})'
)


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0001_initial"),
        ("audit", "0003_the_wall"),
        ("programme", "0005_journal_and_evaluation"),
    ]
    operations = [
        NoOverlap("Enrolment", "one_enrolment_at_a_school", ["person_id", "school_id"]),
        *(Logged("learning", model) for model in ("Enrolment", "Step", "Attendance")),
        Walled("learning", "Enrolment", rows=OF_OFFICE),
        OnPostgres(
            [f'CREATE POLICY {SCHOOL} ON "{ENROLMENT}" FOR SELECT USING (school_id = {SCHOOLS} AND {LASTING})'],
            [f'DROP POLICY IF EXISTS {SCHOOL} ON "{ENROLMENT}"'],
        ),
        *(Walled("learning", model, rows=wall.below(ENROLMENT, "enrolment_id")) for model in ("Step", "Attendance")),
        Shown("learning_learner", LEARNER, OF_SCHOOL, like=ENROLMENT),
        Shown("learning_lesson", LESSON, OF_SCHOOL, like=ENROLMENT),
    ]
