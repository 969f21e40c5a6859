"""Three views show an association those who have agreed to be in touch with it, by what it may know of them."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Shown

# A consent that stays with an office holds as long as that office is responsible.
CONTACT = """
SELECT c.id AS id, c.person_id AS person, c.organisation_id AS association_id, held.organisation_id AS organisation_id,
  held.worker_id AS worker_id,
  (CASE WHEN c.called <> '' THEN c.called WHEN p.protected THEN '' ELSE p.given_name END) COLLATE "danish" AS name,
  p.protected AS protected, c.to_what AS to_what, c.given AS start, c.until AS "end",
  held.start AS held_start, held."end" AS held_end
FROM people_consent AS c
JOIN people_person AS p ON p.id = c.person_id
JOIN people_responsibility AS held ON held.person_id = c.person_id
WHERE c.organisation_id IS NOT NULL AND c.withdrawn IS NULL AND p.merged_into_id IS NULL
  AND (c.kept_by_id IS NULL OR c.kept_by_id = held.organisation_id) {wall}
"""
OF_ASSOCIATION = (
    "c.organisation_id = ANY ((SELECT fodfaeste_numbers('fodfaeste.associations'))::bigint[]) "
    f"AND c.given <= {wall.TODAY} AND (c.until IS NULL OR c.until > {wall.TODAY}) "
    f'AND held.start <= {wall.TODAY} AND (held."end" IS NULL OR held."end" > {wall.TODAY})'
)
GONE_ALONG = "(one.kept_by_id IS NULL OR one.kept_by_id = c.organisation_id)"
LANGUAGE = f"""
SELECT c.id || '-' || one.id AS id, c.id AS contact_id, c.association_id AS association_id,
  c.start AS start, c."end" AS "end", c.held_start AS held_start, c.held_end AS held_end, one.language AS language, one.mother_tongue AS mother_tongue
FROM ({CONTACT}) AS c JOIN people_languageskill AS one ON one.person_id = c.person AND {GONE_ALONG}
"""
WISH = f"""
SELECT c.id || '-' || one.id AS id, c.id AS contact_id, c.association_id AS association_id,
  c.start AS start, c."end" AS "end", c.held_start AS held_start, c.held_end AS held_end, one.words AS words, one.said AS said
FROM ({CONTACT}) AS c JOIN people_wish AS one ON one.person_id = c.person AND one.about = 'leisure' AND {GONE_ALONG}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0001_initial"),
        ("people", "0009_consent_to_an_association"),
        ("audit", "0003_the_wall"),
    ]
    operations = [
        Shown("community_contact", CONTACT, OF_ASSOCIATION, like="people_consent"),
        Shown("community_language", LANGUAGE, OF_ASSOCIATION, like="people_consent"),
        Shown("community_wish", WISH, OF_ASSOCIATION, like="people_consent"),
    ]
