"""Persons are found by the index of their words behind the wall too.

PostgreSQL asks the wall of every row before it compares letters, lest a comparison tell of a row that the wall hides; so
no index of letters is used there, and a search read everybody, once for each stretch of letters. Now a function of the
tables' owner names the candidates by the index, and tells those in sight alone.
"""

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import OnPostgres

CANDIDATES = """
  SELECT person.id FROM unnest(stretches) AS stretch
  JOIN people_person AS person ON person.search LIKE '%' || stretch || '%' {where}
  GROUP BY person.id HAVING count(*) >= at_least
"""
IN_SIGHT = f"""
CREATE OR REPLACE FUNCTION people_in_sight_with_some(stretches text[], at_least integer) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET enable_seqscan = off SET search_path FROM CURRENT AS $$
  SELECT found.id FROM ({CANDIDATES.format(where="")}) AS found WHERE {wall.in_sight("found.id")}
$$
"""
SEARCH = """
CREATE OR REPLACE FUNCTION people_with_some(stretches text[], at_least integer) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE SET enable_seqscan = off SET search_path FROM CURRENT AS $$
"""
BEHIND = f"""{SEARCH}
  SELECT found.id FROM people_in_sight_with_some(stretches, at_least) AS found
  WHERE row_security_active('people_person')
  UNION ALL {CANDIDATES.format(where="WHERE NOT row_security_active('people_person')")}
$$
"""
BEFORE = f"""{SEARCH} {CANDIDATES.format(where="")} $$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_who_is_responsible"), ("audit", "0003_the_wall")]
    operations = [OnPostgres([IN_SIGHT, BEHIND], [BEFORE, "DROP FUNCTION people_in_sight_with_some"])]
