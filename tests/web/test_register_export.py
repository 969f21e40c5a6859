"""The register goes out: what daily work has written down is measured as it is, without a name in it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fodfaeste.cli import app
from fodfaeste.data import package as packages
from fodfaeste.data.register import check
from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Membership, Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.audit.context import of_request, telling
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.people.domain.households import join_household, make_household
from fodfaeste.web.people.domain.register_exports import hand_out
from fodfaeste.web.people.models import EmploymentSpell, Person, RegisterExport, ResidenceSpell, Responsibility
from fodfaeste.web.people.register import pseudonym, register_tables, write_register

from .conftest import Country, made_person, made_user, signed_in
from .test_wall import as_the_application

DAY = date(2026, 11, 27)
CODES = ("901", "902", "461", "101", "851")


def rows(organisation: Organisation | None, table: str, day: date = DAY) -> list[dict[str, object]]:
    return register_tables(organisation, day=day).tables[table].to_dicts()


def stay(person: Person, municipality: str, start: date, end: date | None = None, why: str = "", to: str = "") -> None:
    ResidenceSpell.objects.create(person=person, municipality=municipality, start=start, end=end, end_reason=why, to=to)


def handed_on(country: Country, day: date) -> None:
    """The own municipality's person moves to the other one."""
    held = Responsibility.objects.get(person=country.person)
    held.end = day
    held.save()
    Responsibility.objects.create(person=country.person, organisation=country.other, worker=country.stranger, start=day)


# What is in it


def test_a_person_is_a_number_with_what_the_register_asks(country: Country) -> None:
    by = country.users[Role.WORKER]
    household = make_household("Eksempel", by=by)
    join_household(household, country.person, start=date(2024, 3, 1), by=by)
    (row,) = rows(country.own, "persons")
    assert row == {
        "person": pseudonym("person", country.person.pk),
        "household": pseudonym("household", household.pk),
        "sex": "female",
        "birth_date": date(1990, 5, 1),
        "citizenship": "SYR",
        "civil_status": None,
        "arrival_date": date(2024, 3, 1),
        "permit": "refugee",
        "schooling": "unknown",
    }


def test_who_moved_away_is_still_followed_and_their_work_is_until_they_were_handed_on(country: Country) -> None:
    left = date(2025, 6, 1)
    stay(country.person, "901", date(2024, 3, 1), left, "moved", "902")
    stay(country.person, "902", left)
    EmploymentSpell.objects.create(person=country.person, kind="ordinary", start=date(2025, 1, 1))
    EmploymentSpell.objects.create(person=country.person, kind="education", start=date(2025, 8, 1))
    handed_on(country, left)
    assert [(one["municipality"], one["end_reason"], one["to"]) for one in rows(country.own, "residence_spells")] == [
        ("901", "moved", "902"),
        ("902", "open", None),
    ]
    assert [(one["kind"], one["end"]) for one in rows(country.own, "employment_spells")] == [("employee", left)]
    both = [(one["kind"], one["end"]) for one in rows(None, "employment_spells")]
    assert both == [("employee", None), ("education", None)]


def test_a_person_has_one_number_wherever_and_whenever(country: Country) -> None:
    handed_on(country, date(2025, 6, 1))
    own = {one["person"] for one in rows(country.own, "persons")}
    theirs = {one["person"] for one in rows(country.other, "persons")}
    assert own < theirs
    assert len(theirs) == 2
    assert own == {one["person"] for one in rows(country.own, "persons", date(2026, 12, 24))}


def test_work_is_named_as_the_register_names_it_and_a_traineeship_is_none(country: Country) -> None:
    for kind in EmploymentSpell.Kind.values:
        EmploymentSpell.objects.create(person=country.person, kind=kind, start=date(2025, 1, 1))
    assert [one["kind"] for one in rows(country.own, "employment_spells")] == [
        "employee",
        "subsidised",
        "education",
        "unemployed",
    ]


def test_what_comes_after_the_last_day_is_not_known_yet(country: Country) -> None:
    stay(country.person, "901", date(2024, 3, 1), date(2026, 12, 1), "moved", "902")
    stay(country.person, "902", date(2026, 12, 1))
    (row,) = rows(country.own, "residence_spells")
    assert (row["end"], row["end_reason"], row["to"]) == (None, "open", None)
    assert rows(country.own, "persons", date(2024, 2, 28)) == []


def test_protected_persons_are_left_out_and_counted(country: Country) -> None:
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    stay(country.person, "901", date(2024, 3, 1))
    register = register_tables(country.own, day=DAY)
    assert register.left_out == 1
    assert register.tables["persons"].is_empty()
    assert register.tables["residence_spells"].is_empty()


def test_no_name_and_no_case_number_leaves(country: Country, tmp_path: Path) -> None:
    stay(country.person, "901", date(2024, 3, 1))
    write_register(register_tables(day=DAY), tmp_path / "register")
    written = "".join(file.read_text() for file in (tmp_path / "register").iterdir())
    for secret in ("Prøve", "Eksempel", "S-Prøve", "Anden"):
        assert secret not in written


# The law: whatever the database allows, a register takes

days = st.integers(0, 4000).map(lambda day: date(2016, 1, 1) + timedelta(days=day))
kinds = st.sampled_from(EmploymentSpell.Kind.values)


@st.composite
def spells(draw: st.DrawFn) -> list[tuple[date, date | None]]:
    """Spells that do not overlap: what the database lets one person have."""
    bounds = sorted(draw(st.sets(days, min_size=2, max_size=8)))
    found = [(start, end) for start, end in pairwise(bounds) if draw(st.booleans())]
    return [*found, (bounds[-1], None)] if draw(st.booleans()) else found


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), arrival=days, homes=spells(), works=spells(), handed=st.none() | days)
def test_whatever_is_written_down_a_register_takes(
    country: Country,
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    arrival: date,
    homes: list[tuple[date, date | None]],
    works: list[tuple[date, date | None]],
    handed: date | None,
) -> None:
    person = country.person
    for written in (person.residence_spells, person.employment_spells):
        written.all().delete()
    Person.objects.filter(pk=person.pk).update(
        arrival_date=arrival, citizenship=data.draw(st.sampled_from(["SYR", "?"]))
    )
    for start, end in homes:
        why = data.draw(st.sampled_from(["", *ResidenceSpell.EndReason.values]))
        to = data.draw(st.sampled_from(["", "999", *CODES])) if why == "moved" else ""
        stay(person, data.draw(st.sampled_from(CODES)), start, end, why, to)
    for start, end in works:
        EmploymentSpell.objects.create(person=person, kind=data.draw(kinds), start=start, end=end)
    Responsibility.objects.filter(person=person).update(start=date(2010, 1, 1), end=handed)
    folder = tmp_path_factory.mktemp("law") / "register"
    write_register(register_tables(country.own, day=DAY), folder)
    findings = check(folder)
    assert not findings.refused, findings.table.filter(pl.col("severity") == "refuse").to_dicts()


# It is measured


def a_small_municipality(country: Country) -> None:
    """Sixty people over the years: a third comes from the neighbour, a third moves there, and half find work."""
    worker = country.users[Role.WORKER]
    for number in range(60):
        came = date(2019, 1, 15) + timedelta(days=40 * number)
        facts = {
            "arrival_date": came,
            "sex": ("female", "male")[number % 2],
            "birth_date": date(1970 + number % 40, 5, 1),
        }
        person = made_person(f"N{number}", worker, country.own, **facts)
        left = came + timedelta(days=500 + 10 * number)
        first, then = (("901", "902"), ("902", "901"), ("901", ""))[number % 3]
        stay(person, first, came, left if then else None, "moved" if then else "", then)
        if then:
            stay(person, then, left)
        if number % 2:
            EmploymentSpell.objects.create(person=person, kind="ordinary", start=came + timedelta(days=400))


def test_the_folder_is_measured_as_it_is(country: Country, tmp_path: Path) -> None:
    a_small_municipality(country)
    said = io.StringIO()
    call_command("export_register", tmp_path / "register", "--municipality=901", "--day=2026-11-27", stdout=said)
    assert "61 persons, 0 protected ones left out" in said.getvalue()
    written = json.loads((tmp_path / "register" / "register.json").read_text())
    assert written == {"title": "Egenby", "observed_until": "2026-11-27"}
    done = CliRunner().invoke(app, ["measure", str(tmp_path / "register"), "-o", str(tmp_path / "report")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "report" / "report.html").exists()


def test_all_municipalities_leave_together(country: Country, tmp_path: Path) -> None:
    call_command("export_register", tmp_path / "register", stdout=io.StringIO())
    assert pl.read_csv(tmp_path / "register" / "persons.csv").height == 2


def test_the_command_writes_nothing_where_something_is_and_says_so(country: Country, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="findes allerede"):
        call_command("export_register", tmp_path)
    with pytest.raises(CommandError, match="'777'"):
        call_command("export_register", tmp_path / "x", "--municipality=777")
    for day in ("2026-02-31", "i går"):
        with pytest.raises(CommandError, match="is no day"):
            call_command("export_register", tmp_path / "x", f"--day={day}")
    assert list(tmp_path.iterdir()) == []


def test_a_register_is_written_whole_or_not_at_all(country: Country, tmp_path: Path) -> None:
    register = register_tables(country.own, day=DAY)
    (tmp_path / "there").write_text("")
    with pytest.raises(Refused, match="findes allerede"):
        write_register(register, tmp_path / "there")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no row-level security")
def test_behind_the_wall_a_leader_sees_nobody_and_the_register_has_everybody(country: Country) -> None:
    handed_on(country, date(2025, 6, 1))
    leader = viewer_of(country.users[Role.LEADER], timezone.localdate())
    with as_the_application(), telling(of_request(leader)):
        assert [one["person"] for one in rows(country.own, "persons")] == [pseudonym("person", country.person.pk)]
        assert not Person.objects.exists()


# Who may take it away


def test_a_leader_takes_the_own_register_away(country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])
    page = leader.get("/personer/register/")
    assert "Hent registeret for Egenby" in page.text
    answer = leader.post("/personer/register/hent/", {"organisation": country.own.pk})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        assert {Path(name).name for name in parts.namelist()} == {
            *(f"{table}.csv" for table in ("persons", "residence_spells", "employment_spells", "municipalities")),
            "register.json",
            "datapackage.json",
        }
        assert pl.read_csv(parts.read("register/persons.csv")).height == 1


def test_what_leaves_is_described_and_reads_as_it_is_described(country: Country, tmp_path: Path) -> None:
    by = country.users[Role.WORKER]
    join_household(make_household("Eksempel", by=by), country.person, start=date(2024, 3, 1), by=by)
    stay(country.person, "901", date(2024, 3, 1), date(2025, 3, 1), "moved", "461")
    stay(country.person, "461", date(2025, 3, 1))
    EmploymentSpell.objects.create(person=country.person, kind="ordinary", start=date(2025, 1, 1))
    answer = signed_in(country.users[Role.LEADER]).post("/personer/register/hent/", {"organisation": country.own.pk})
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    described = json.loads((tmp_path / "register" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["contributors"] == [{"title": "leader", "role": "author", "organization": "Egenby"}]
    # Our own reader of packages checks cells against types, constraints, row counts and keys.
    package = packages.read(tmp_path / "register")
    assert {name: package.table(name).frame.height for name in package.names if name != "municipalities"} == {
        "persons": 1,
        "residence_spells": 2,
        "employment_spells": 1,
    }
    assert package.table("persons").frame["birth_date"].to_list() == [date(1990, 5, 1)]
    assert package.table("municipalities").frame.height > 98
    for one in described["resources"]:
        content = (tmp_path / "register" / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_a_register_of_all_says_when_it_was_made(country: Country, tmp_path: Path) -> None:
    write_register(register_tables(day=DAY), tmp_path / "register")
    described = json.loads((tmp_path / "register" / "datapackage.json").read_text(encoding="utf-8"))
    assert date.fromisoformat(described["created"][:10]) == timezone.localdate()
    assert "contributors" not in described


# What is written down of it


def test_whose_rows_left_is_written_down_one_line_a_person(country: Country) -> None:
    friend = made_person("Ven", country.users[Role.WORKER], country.own)
    hidden = made_person("Skjult", country.users[Role.WORKER], country.own, protected=True)
    leader = country.users[Role.LEADER]
    # In two offices: no question is asked for each person.
    Membership.objects.create(user=leader, organisation=country.other, role=Role.LEADER, start=date(2020, 1, 1))
    signed_in(leader).post("/personer/register/hent/", {"organisation": country.own.pk})
    lines = Opening.objects.order_by("person").values_list("person", "user", "page", "in_list", "organisation")
    assert list(lines) == [
        (person.pk, leader.pk, "people:register-download", True, country.own.pk) for person in (country.person, friend)
    ]
    assert not Opening.objects.filter(person=hidden.pk).exists()


def test_how_many_lines_cost_no_more_questions(country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            leader.post("/personer/register/hent/", {"organisation": country.own.pk})
        return len(asked)

    questions()
    few = questions()
    for number in range(20):
        made_person(f"Nr{number}", country.users[Role.WORKER], country.own)
    assert questions() == few


def test_that_it_left_is_written_down_for_good(country: Country) -> None:
    made_person("Skjult", country.users[Role.WORKER], country.own, protected=True)
    analyst = country.users[Role.ANALYST]
    answer = signed_in(analyst).post("/personer/register/hent/", {"organisation": country.own.pk})
    export = RegisterExport.objects.get()
    assert (export.by, export.organisation, export.persons, export.left_out) == (analyst, country.own, 1, 1)
    assert export.sha256 == hashlib.sha256(answer.content).hexdigest()
    line = Change.objects.get(table="people_registerexport")
    assert (line.operation, line.user_id, line.after["sha256"]) == ("insert", analyst.pk, export.sha256)
    page = signed_in(country.users[Role.LEADER]).get("/personer/register/").text
    assert export.sha256[:16] in page
    assert "analyst" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterExport.objects.update(persons=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterExport.objects.all().delete()


def test_another_office_does_not_see_that_it_left(country: Country) -> None:
    hand_out(country.own, by=country.users[Role.LEADER], day=DAY)
    neighbour = made_user("nabo", country.other, Role.LEADER)
    assert "Ingen har hentet registeret endnu" in signed_in(neighbour).get("/personer/register/").text
    assert visible(viewer_of(country.users[Role.PROTECTION], timezone.localdate()), RegisterExport).count() == 1
    assert not visible(viewer_of(country.users[Role.WORKER], timezone.localdate()), RegisterExport).exists()


def test_it_is_handed_to_leaders_and_analysts_alone(country: Country) -> None:
    with pytest.raises(Refused, match="Kun ledere og analytikere"):
        hand_out(country.own, by=country.users[Role.WORKER], day=DAY)
    assert not RegisterExport.objects.exists()


def test_nobody_takes_another_municipalitys_register_away(country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])
    for chosen in (country.other.pk, "", "x"):
        assert leader.post("/personer/register/hent/", {"organisation": chosen}).status_code == 404


@pytest.mark.parametrize("role", [Role.WORKER, Role.CONSULTANT, Role.PROTECTION, Role.ADMINISTRATOR, Role.NEWCOMER])
def test_other_roles_find_no_register(country: Country, role: Role) -> None:
    refused(signed_in(country.users[role]), country.own)


def test_a_leader_of_a_school_finds_no_register(country: Country) -> None:
    school = Organisation.objects.create(kind=Kind.SCHOOL, name="Sprogskolen")
    user = made_user("head", school, Role.LEADER)
    refused(signed_in(user), school)
    Membership.objects.filter(user=user).update(organisation=country.own, role=Role.ANALYST)
    assert signed_in(user).get("/personer/register/").status_code == 200


def refused(client: Client, organisation: Organisation) -> None:
    assert client.get("/personer/register/").status_code == 404
    assert client.post("/personer/register/hent/", {"organisation": organisation.pk}).status_code == 404
