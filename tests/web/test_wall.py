"""The second wall: PostgreSQL itself, tried as the role that the application has there.

The gate is not asked in any of these: they read and write as if somebody had forgotten it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import scoped_models, visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.api.models import Token
from fodfaeste.web.audit.context import Context, current, telling
from fodfaeste.web.audit.models import Change, Opening, Sample
from fodfaeste.web.audit.wall import POLICY, ROLE
from fodfaeste.web.people.models import Household, HouseholdMember, Need, Person, RegisterExport, Responsibility

from .conftest import TAKEOVER, Country, signed_in

# Apps and models of which no row is about persons, each with its reason.
NOT_WALLED = {
    "accounts": "who has which role where: it is asked before anybody acts",
    "api.token": "which system reads, by its digest: it is looked up before anybody acts, and names no person",
    "people.registerexport": "how many left in a file, and when: analysts read it, who work with no person",
}

pytestmark = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has no row-level security: the wall is PostgreSQL's"
)


@contextmanager
def as_the_application() -> Iterator[None]:
    """Read and write as the role that owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@contextmanager
def refused(words: str = "row-level security") -> Iterator[None]:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


def names() -> set[str]:
    return set(Person.objects.values_list("given_name", flat=True))


def test_without_anybody_there_is_nobody(country: Country) -> None:
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    with as_the_application():
        assert names() == set()
        assert not Responsibility.objects.exists()
        assert not Need.objects.exists()
        assert Organisation.objects.count() == 2


def test_a_worker_sees_the_own_municipality_and_no_other(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert names() == {"Prøve"}
        assert [row.person for row in Responsibility.objects.all()] == [country.person]
    with audit.acting(country.stranger), as_the_application():
        assert names() == {"Anden"}


@pytest.mark.parametrize("role", [Role.LEADER, Role.PROTECTION, Role.ADMINISTRATOR, Role.NEWCOMER])
def test_whoever_works_with_nobody_sees_nobody(country: Country, role: Role) -> None:
    with audit.acting(country.users[role]), as_the_application():
        assert names() == set()


def test_a_search_names_nobody_out_of_sight(country: Country) -> None:
    """Candidates are found by an index as the tables' owner would, and those in sight told."""
    Person.objects.update(search=" eksempel ")

    def candidates() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM people_with_some(ARRAY['eks', 'emp'], 2)")
            return sorted(pk for (pk,) in cursor.fetchall())

    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert candidates() == [country.person.pk]
    with as_the_application():
        assert candidates() == []
    assert candidates() == [country.person.pk, country.their_person.pk]


def test_nobody_writes_through_the_list_of_whom_they_see(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]), as_the_application(), connection.cursor() as cursor:
        cursor.execute("SELECT seen FROM fodfaeste_seen")
        assert cursor.fetchall() == [(country.person.pk,)]
        for statement in (
            f"INSERT INTO fodfaeste_seen VALUES ({country.their_person.pk})",
            f"UPDATE fodfaeste_seen SET seen = {country.their_person.pk}",
            "DELETE FROM fodfaeste_seen",
        ):
            with refused("cannot .* view"):
                cursor.execute(statement)


def test_who_is_not_seen_is_not_changed_either(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert Person.objects.update(phone="1") == 1
        assert Person.objects.filter(pk=country.their_person.pk).update(phone="1") == 0
        assert Responsibility.objects.filter(person=country.their_person).delete() == (0, {})
        with refused():
            Need.objects.create(person=country.their_person, words="stjålet", noted=TAKEOVER)
        mine = Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
        with refused():
            Need.objects.filter(pk=mine.pk).update(person=country.their_person)
    assert Person.objects.get(pk=country.their_person.pk).phone == ""


def test_taking_over_a_person_who_is_not_seen_is_refused(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]), as_the_application(), refused():
        Responsibility.objects.create(
            person=country.their_person,
            organisation=country.own,
            worker=country.users[Role.WORKER],
            start=TAKEOVER - timedelta(days=30),
            end=TAKEOVER,
        )


def made(worker: User, organisation: Organisation) -> Person:
    """A person, a household and the rest, as a form makes them: in one transaction."""
    with transaction.atomic():
        person, sibling = Person.objects.bulk_create(
            Person(
                case_number=f"S-{name}",
                given_name=name,
                birth_date=TAKEOVER,
                sex="male",
                citizenship="SYR",
                arrival_date=TAKEOVER,
                takeover_date=TAKEOVER,
            )
            for name in ("Ny", "Søskende")
        )
        household = Household.objects.create(name="Ny")
        for member in (person, sibling):
            HouseholdMember.objects.create(household=household, person=member, start=TAKEOVER)
            Responsibility.objects.create(person=member, organisation=organisation, worker=worker, start=TAKEOVER)
    return person


def test_persons_are_made_and_seen_by_whom_they_were_made_for(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker), as_the_application():
        made(worker, country.own)
        assert names() == {"Prøve", "Ny", "Søskende"}
        assert [row.name for row in Household.objects.all()] == ["Ny"]
    with audit.acting(country.stranger), as_the_application():
        assert names() >= {"Anden"}


def test_a_person_is_handed_over_in_one_transaction(country: Country) -> None:
    today = timezone.localdate()
    with audit.acting(country.users[Role.WORKER]), as_the_application(), transaction.atomic():
        Responsibility.objects.filter(person=country.person).update(end=today)
        Responsibility.objects.create(
            person=country.person, organisation=country.other, worker=country.stranger, start=today
        )
    forget_what_was_held()
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert names() == set()
    with audit.acting(country.stranger), as_the_application():
        assert names() == {"Prøve", "Anden"}


def forget_what_was_held() -> None:
    """End what a transaction remembers, which a test's own transaction goes on with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fodfaeste.held_persons', '', true)")


def test_what_a_transaction_remembers_ends_with_it(country: Country) -> None:
    worker = country.users[Role.WORKER]
    with audit.acting(worker), as_the_application():
        made(worker, country.other)
    forget_what_was_held()
    with audit.acting(worker), as_the_application():
        assert names() == {"Prøve"}


def test_responsibility_that_is_over_or_still_to_come_shows_nobody(country: Country) -> None:
    today = timezone.localdate()
    held = Responsibility.objects.filter(person=country.person)
    for start, end in [(date(2020, 1, 1), today), (today + timedelta(days=2), None)]:
        held.update(start=start, end=end)
        with audit.acting(country.users[Role.WORKER]), as_the_application():
            assert names() == set()
    held.update(start=today - timedelta(days=1), end=today + timedelta(days=2))
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert names() == {"Prøve"}


def test_one_person_more_is_seen_with_a_reason(country: Country) -> None:
    with audit.acting(country.users[Role.LEADER]), as_the_application():
        with telling(replace(current(), persons=frozenset({country.person.pk}))):
            assert names() == {"Prøve"}
        assert names() == set()


def test_the_logs_are_added_to_and_never_changed(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        Opening.objects.bulk_create(
            [Opening(person=country.person.pk, page="people:person", request=current().request)]
        )
        Person.objects.update(phone="1")
        assert Change.objects.filter(person=country.person.pk, operation="update").exists()
        for log in (Change, Opening):
            with refused("permission denied"):
                log.objects.update(request="mended")
            with refused("permission denied"):
                log.objects.all().delete()
        with refused("permission denied|must be owner"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_change DISABLE TRIGGER ALL")
        with refused("permission denied|must be owner"), connection.cursor() as cursor:
            cursor.execute("DROP POLICY fodfaeste_wall ON people_person")


def test_lines_about_others_are_not_read(country: Country) -> None:
    Person.objects.update(phone="1")
    Opening.objects.create(person=country.their_person.pk, page="people:person", organisation=country.other)
    with audit.acting(country.users[Role.WORKER]), as_the_application():
        assert set(Change.objects.values_list("person", flat=True)) == {country.person.pk}
        assert not Opening.objects.exists()
    with audit.acting(country.users[Role.PROTECTION]), as_the_application():
        assert not Change.objects.exists()
        assert not Opening.objects.exists()


def test_pages_work_behind_the_wall(country: Country) -> None:
    worker = signed_in(country.users[Role.WORKER])
    with as_the_application():
        assert "Prøve" in worker.get("/personer/").text
        assert worker.get(f"/personer/{country.person.pk}/").status_code == 200
        assert worker.get(f"/personer/{country.their_person.pk}/").status_code == 404


def test_pages_of_the_logs_and_their_files_work_behind_the_wall(country: Country) -> None:
    lines = [Opening(person=country.person.pk, page="people:person", user=country.users[Role.WORKER])]
    Opening.objects.bulk_create(lines)
    officer, own = signed_in(country.users[Role.PROTECTION]), f"/log/person/{country.person.pk}/egen/"
    with as_the_application():
        assert "S-Prøve" in officer.get("/log/").text
        for path in ("/log/?format=csv", f"/log/person/{country.person.pk}/?format=csv"):
            assert "worker@example.invalid" in b"".join(officer.get(path).streaming_content).decode()
        assert "Personens side" in b"".join(officer.get(f"{own}?format=csv").streaming_content).decode()


def test_a_sample_is_drawn_and_answered_behind_the_wall(country: Country) -> None:
    last_month = timezone.now().replace(day=1) - timedelta(days=5)
    Opening.objects.create(
        person=country.person.pk,
        page="people:person",
        user=country.users[Role.WORKER],
        organisation=country.own,
        at=last_month,
    )
    officer, leader = signed_in(country.users[Role.PROTECTION]), signed_in(country.users[Role.LEADER])
    with as_the_application():
        officer.post("/log/stikproever/traek/", {"organisation": country.own.pk, "month": f"{last_month:%Y-%m}"})
    sample = Sample.objects.get()
    line, address = sample.lines.get(), f"/log/stikproever/{sample.pk}/"
    with as_the_application():
        assert "sag S-Prøve" in leader.get(address).text
        leader.post(address, {f"{line.pk}-needed": "yes", f"{line.pk}-why": "Samtale samme dag"})
        assert not Sample.objects.exists()
    assert sample.lines.get().needed is True


def test_after_a_request_nobody_acts(country: Country) -> None:
    signed_in(country.users[Role.WORKER]).get("/personer/")
    with as_the_application():
        assert names() == set()
    assert current() == Context(words=current().words)


def test_every_model_that_the_gate_knows_stands_behind_the_wall(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
            "WHERE relrowsecurity AND polname = %s",
            [POLICY],
        )
        walled = {name for (name,) in cursor.fetchall()}
    about_persons = {
        model for model in scoped_models() if not {model._meta.app_label, model._meta.label_lower} & NOT_WALLED.keys()
    }
    linked = {
        field.related_model
        for model in (Token, RegisterExport)
        for field in model._meta.concrete_fields
        if field.is_relation
    }
    assert linked == {Organisation, User}, "what is not walled leads to no person"
    views = {model._meta.db_table for model in about_persons if not model._meta.managed}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_views ON viewname = relname WHERE relkind = 'v' "
            "AND 'security_barrier=true' = ANY (reloptions) AND definition LIKE '%fodfaeste_numbers(%'"
        )
        walled |= {name for (name,) in cursor.fetchall()} & views
    missing = {model._meta.db_table for model in about_persons} - walled
    assert not missing, "Add Walled(app, model) to a migration of its app."


def test_the_wall_and_the_gate_agree(country: Country) -> None:
    """Who the gate shows, the wall shows: neither hides what the other promises."""
    for user in [*country.users.values(), country.stranger]:
        viewer = viewer_of(user, timezone.localdate())
        by_gate = {row.pk for row in visible(viewer, Person)}
        with audit.acting(user), as_the_application():
            assert {row.pk for row in Person.objects.all()} == by_gate
