"""Pages of persons: what they show, what they hide, what is asked, and how many questions each puts to the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.people.domain import households, merging, parts, persons
from fodfaeste.web.people.domain.facts import PersonFacts, facts_of
from fodfaeste.web.people.models import HouseholdMember, Need, Person
from fodfaeste.web.people.views.parts import PARTS

from .conftest import Country, made_person, signed_in

FACTS = PersonFacts(
    given_name="Amina",
    family_name="Prøvesen",
    own_script="أمينة",
    birth_date=date(1990, 2, 1),
    sex="female",
    citizenship="SYR",
    arrival_date=date(2024, 3, 1),
    takeover_date=date(2024, 3, 4),
    cpr="010290-1234",
)
TYPED = {
    "given_name": "Amina",
    "family_name": "Prøvesen",
    "birth_date": "1990-02-01",
    "sex": "female",
    "citizenship": "SYR",
    "permit": "refugee",
    "arrival_date": "2024-03-01",
    "takeover_date": "04-03-2024",
    "schooling": "primary",
    "schooling_years": "7",
    "language": "ar",
}
BUDGET = 25
"""Queries that a page may put, whatever it shows."""


@pytest.fixture
def amina(country: Country) -> Person:
    return persons.register_person(FACTS, organisation=country.own, by=country.users[Role.WORKER])


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


def full(person: Person, country: Country, times: int) -> None:
    """Let there be some of everything about a person."""
    by = country.users[Role.WORKER]
    for number in range(times):
        day = date(2025, 1, 1) + timedelta(days=7 * number)
        parts.record_wish(person, about="work", words=f"Ønske {number}", said=day, by=by)
        parts.note_need(person, words=f"Hensyn {number}", noted=day, by=by)
        parts.add_occupation(person, name=f"fag {number}", by=by)
        parts.give_consent(person, to_what=f"CV {number}", to_whom="Bageriet", given=day, by=by)
        parts.start_work(person, kind="traineeship", start=day, end=day + timedelta(days=7), by=by)
        parts.add_language(person, language=f"x{number}", mother_tongue=number == 0, by=by)


def rows(page: str) -> str:
    """What a list shows, without the filters that say what was typed."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


# One person


def test_everything_about_a_person_is_on_one_page(country: Country, worker: Client, amina: Person) -> None:
    full(amina, country, 1)
    page = worker.get(f"/personer/{amina.pk}/").text
    for words in ("أمينة", "Syrien", "worker, Egenby", "Ønske 0", "Hensyn 0", "fag 0", "CV 0", "praktik", "Tidslinje"):
        assert words in page, words
    assert 'lang="x0" dir="auto">أمينة' in page


def test_the_number_is_hidden_until_a_click_which_is_logged(worker: Client, amina: Person) -> None:
    page = worker.get(f"/personer/{amina.pk}/")
    assert "1234" not in page.text.replace(amina.case_number, "")
    assert "Vis CPR-nummeret" in page.text
    assert worker.get(f"/personer/{amina.pk}/cpr/").status_code == 405
    shown = worker.post(f"/personer/{amina.pk}/cpr/")
    assert "010290-1234" in shown.text
    assert "no-store" in shown["Cache-Control"]
    fragment = worker.post(f"/personer/{amina.pk}/cpr/", headers={"HX-Request": "true"}).text
    assert fragment.strip() == '<span dir="ltr">010290-1234</span>'
    assert list(Opening.objects.order_by("pk").values_list("page", flat=True)) == [
        "people:person",
        "people:cpr",
        "people:cpr",
    ]


def test_a_birth_date_by_decree_says_so(country: Country, worker: Client, amina: Person) -> None:
    persons.change_person(amina, replace(FACTS, birth_date_by_decree=True), version=1, by=country.users[Role.WORKER])
    assert "fastsat af en myndighed" in worker.get(f"/personer/{amina.pk}/").text


@pytest.mark.parametrize("path", ["", "ret/", "laeg-sammen/", "sprog/ny/", "cpr/"])
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.NEWCOMER])
def test_others_find_nobody(country: Country, amina: Person, path: str, role: Role) -> None:
    assert signed_in(country.users[role]).post(f"/personer/{amina.pk}/{path}").status_code == 404
    assert signed_in(country.stranger).post(f"/personer/{amina.pk}/{path}").status_code == 404


# Lists


def test_who_is_protected_stands_by_case_number_in_lists_and_files(
    country: Country, worker: Client, amina: Person
) -> None:
    by = country.users[Role.WORKER]
    persons.change_person(amina, replace(FACTS, protected=True), version=1, by=by)
    home = households.make_household("Hjemmet", by=by)
    households.join_household(home, amina, start=date(2024, 3, 1), by=by)
    pages = [
        worker.get("/personer/").text,
        rows(worker.get("/personer/?q=Amina").text),
        b"".join(worker.get("/personer/?format=csv").streaming_content).decode(),
        worker.get(f"/personer/husstande/{home.pk}/").text,
        worker.post("/personer/ny/", {**TYPED, "given_name": "Aminah", "family_name": ""}).text.replace("Aminah", ""),
    ]
    for page in pages:
        assert f"Beskyttet ({amina.case_number})" in page
        assert "Amina" not in page
        assert "Prøvesen" not in page
    assert "Amina Prøvesen" in worker.get(f"/personer/{amina.pk}/").text


def test_a_list_is_searched_with_slips_the_nearest_first(country: Country, worker: Client, amina: Person) -> None:
    second = persons.register_person(
        replace(FACTS, given_name="Amena", family_name="Abe", cpr=""),
        organisation=country.own,
        by=country.users[Role.WORKER],
    )
    page = worker.get("/personer/?q=amina").text
    assert page.index("Amina Prøvesen") < page.index("Amena Abe")
    assert second.case_number in page
    page = worker.get("/personer/?q=amina&orden=navn").text
    assert page.index("Amena Abe") < page.index("Amina Prøvesen")
    assert "Anden" not in rows(worker.get("/personer/?q=Anden").text)


def test_a_list_can_be_of_ones_own_cases(country: Country, amina: Person) -> None:
    page = signed_in(country.users[Role.CONSULTANT]).get("/personer/")
    assert "Amina" in page.text
    assert "Amina" not in signed_in(country.users[Role.CONSULTANT]).get("/personer/?mine=on").text


# Registering


def test_a_person_is_registered_by_a_form(country: Country, worker: Client) -> None:
    assert worker.get("/personer/ny/").status_code == 200
    answer = worker.post("/personer/ny/", {**TYPED, "cpr": "010290-1234"})
    person = Person.objects.get(given_name="Amina")
    assert answer["Location"] == f"/personer/{person.pk}/"
    assert (person.cpr, person.schooling_years, person.takeover_date) == ("0102901234", 7, date(2024, 3, 4))


def test_who_may_be_the_same_is_shown_before_another_is_made(worker: Client, amina: Person) -> None:
    typed = {**TYPED, "given_name": "Aminah"}
    page = worker.post("/personer/ny/", typed).text
    assert "Er det en af dem?" in page
    assert amina.case_number in page
    assert Person.objects.filter(given_name="Aminah").count() == 0
    worker.post("/personer/ny/", {**typed, "not_the_same": "on"})
    assert Person.objects.filter(given_name="Aminah").count() == 1


def test_what_is_refused_is_said_at_the_form_and_what_was_typed_stays(worker: Client) -> None:
    page = worker.post("/personer/ny/", {**TYPED, "cpr": "020290-1234"}).text
    assert "CPR-nummeret siger født 02-02-1990" in page
    assert 'value="Prøvesen"' in page


def test_who_works_with_nobody_registers_nobody(country: Country) -> None:
    assert signed_in(country.users[Role.LEADER]).get("/personer/ny/").status_code == 403


# Changing


def test_two_windows_the_second_sees_both_texts(country: Country, worker: Client, amina: Person) -> None:
    opened = {**TYPED, "version": "1"}
    assert worker.post(f"/personer/{amina.pk}/ret/", {**opened, "phone": "11 11 11 11"}).status_code == 302
    other = signed_in(country.users[Role.CONSULTANT])
    page = other.post(f"/personer/{amina.pk}/ret/", {**opened, "phone": "22 22 22 22"}).text
    assert "En anden har gemt ændringer" in page
    assert "<dt>Telefon</dt><dd>11 11 11 11</dd>" in page
    assert 'value="22 22 22 22"' in page
    assert 'name="version" value="2"' in page
    other.post(f"/personer/{amina.pk}/ret/", {**opened, "version": "2", "phone": "22 22 22 22"})
    assert Person.objects.get(pk=amina.pk).phone == "22 22 22 22"


def test_the_form_does_not_show_the_number_and_keeps_it(worker: Client, amina: Person) -> None:
    page = worker.get(f"/personer/{amina.pk}/ret/").text
    assert "1234" not in page.replace(amina.case_number, "")
    worker.post(f"/personer/{amina.pk}/ret/", {**TYPED, "version": "1"})
    assert Person.objects.get(pk=amina.pk).cpr == "0102901234"
    worker.post(f"/personer/{amina.pk}/ret/", {**TYPED, "version": "2", "forget_cpr": "on"})
    assert Person.objects.get(pk=amina.pk).cpr is None
    page = worker.post(f"/personer/{amina.pk}/ret/", {**TYPED, "version": "3", "cpr": "nonsense"}).text
    assert "Det er ikke et CPR-nummer" in page


NEW = {
    "sprog": {"language": "ar", "spoken": "C2"},
    "arbejde": {"kind": "traineeship", "start": "2025-01-01", "hours_a_week": "22,5"},
    "erfaring": {"name": "bager", "years": "4"},
    "oenske": {"about": "work", "words": "Jeg vil bage", "said": "2025-01-01"},
    "hensyn": {"words": "Kan ikke løfte", "noted": "2025-01-01"},
    "samtykke": {"to_what": "CV", "to_whom": "Bageriet", "given": "2025-01-01"},
    "ophold": {"municipality": "902", "start": "2025-01-01"},
    "husstand": {"name": "Prøvesen", "start": "2025-01-01"},
}
CHANGED = {
    "sprog": {"language": "ar", "spoken": "C1"},
    "arbejde": {"kind": "traineeship", "start": "2025-01-01", "end": "2025-04-01"},
    "erfaring": {"name": "bager", "years": "5"},
    "hensyn": {"words": "Kan løfte 5 kg", "noted": "2025-01-02"},
    "samtykke": {"withdrawn": "2025-02-01"},
    "ophold": {"end": "2025-02-01", "reason": "unknown"},
    "husstand": {"end": "2025-02-01"},
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_added_and_changed_by_its_form(worker: Client, amina: Person, part: str) -> None:
    if part == "ophold":
        amina.residence_spells.update(end=date(2024, 6, 1), end_reason="unknown")
    new = f"/personer/{amina.pk}/{part}/ny/"
    assert worker.get(new).status_code == 200
    assert worker.post(new, {}).status_code == 200
    assert worker.post(new, NEW[part]).status_code == 302
    row = PARTS[part].model.objects.filter(person=amina).order_by("-pk")[0]
    change = f"/personer/{amina.pk}/{part}/{row.pk}/"
    if part not in CHANGED:
        assert worker.get(change).status_code == 404
        return
    assert worker.get(change).status_code == 200
    assert worker.post(change, {**CHANGED[part], "version": "1"}).status_code == 302
    page = worker.post(change, {**CHANGED[part], "version": "1"}).text
    assert ("allerede trukket tilbage" if part == "samtykke" else "En anden har gemt ændringer") in page


def test_what_is_refused_of_a_part_is_said(worker: Client, amina: Person) -> None:
    worker.post(f"/personer/{amina.pk}/sprog/ny/", NEW["sprog"])
    assert "Sproget står der allerede" in worker.post(f"/personer/{amina.pk}/sprog/ny/", NEW["sprog"]).text
    assert worker.get(f"/personer/{amina.pk}/hemmelighed/ny/").status_code == 404


def test_a_code_that_the_list_does_not_have_stays(country: Country, worker: Client, amina: Person) -> None:
    skill = parts.add_language(amina, language="qqq", by=country.users[Role.WORKER])
    answer = worker.post(f"/personer/{amina.pk}/sprog/{skill.pk}/", {"language": "qqq", "spoken": "A1", "version": "1"})
    assert answer.status_code == 302


# Households


def test_a_household_shows_who_is_expected_and_when(country: Country, worker: Client, amina: Person) -> None:
    by, day = country.users[Role.WORKER], timezone.localdate() + timedelta(days=60)
    home = households.make_household("Prøvesen", by=by)
    households.join_household(home, amina, start=date(2024, 3, 1), relation="mor", by=by)
    address = f"/personer/husstande/{home.pk}/"
    typed = {
        "given_name": "Samir",
        "relation": "ægtefælle",
        "birth_date": "1988-01-01",
        "sex": "male",
        "citizenship": "SYR",
        "day": day.isoformat(),
    }
    assert worker.get(f"{address}ventet/").status_code == 200
    assert "ligge i fremtiden" in worker.post(f"{address}ventet/", {**typed, "day": "2024-01-01"}).text
    assert worker.post(f"{address}ventet/", typed).status_code == 302
    assert "Samir" in worker.get(address).text
    member = HouseholdMember.objects.get(person__given_name="Samir")
    later = (day + timedelta(days=7)).isoformat()
    moving = f"{address}ventet/{member.pk}/"
    assert worker.get(moving).status_code == 200
    assert "ligge i fremtiden" in worker.post(moving, {"day": "2024-01-01", "version": "1"}).text
    assert worker.post(moving, {"day": later, "version": "1"}).status_code == 302
    assert "En anden har gemt" in worker.post(moving, {"day": later, "version": "1"}).text
    assert worker.get(f"{address}navn/").status_code == 200
    assert worker.post(f"{address}navn/", {"name": "Prøvesen, Egenby", "version": "1"}).status_code == 302
    assert "<dd>Prøvesen, Egenby</dd>" in worker.post(f"{address}navn/", {"name": "Andet", "version": "1"}).text
    assert signed_in(country.stranger).get(address).status_code == 404


# Merging


def test_two_are_merged_and_parted_by_pages(country: Country, worker: Client, amina: Person) -> None:
    twin = persons.register_person(
        replace(FACTS, given_name="Aminah", cpr=""), organisation=country.own, by=country.users[Role.WORKER]
    )
    address = f"/personer/{amina.pk}/laeg-sammen/"
    assert twin.case_number in worker.get(address).text
    assert "ingen anden person" in worker.post(address, {"case_number": "XXX-0000-X"}).text
    assert worker.post(address, {"case_number": twin.case_number.lower()}).status_code == 302
    page = worker.get(f"/personer/{amina.pk}/").text
    assert f"Fortryd sammenlægningen med {twin.case_number}" in page
    assert worker.get(f"/personer/{twin.pk}/").status_code == 404
    merge = amina.merges.get()
    assert worker.post(f"{address}{merge.pk}/fortryd/").status_code == 302
    assert worker.get(f"/personer/{twin.pk}/").status_code == 200


def test_what_cannot_be_undone_says_why(country: Country, worker: Client, amina: Person) -> None:
    by = country.users[Role.WORKER]
    twin = persons.register_person(replace(FACTS, given_name="Aminah", cpr=""), organisation=country.own, by=by)
    merge = merging.merge_persons(amina, twin, by=by)
    now = Person.objects.get(pk=amina.pk)
    persons.change_person(now, replace(facts_of(now), phone="1"), version=now.version, by=by)
    page = worker.post(f"/personer/{amina.pk}/laeg-sammen/{merge.pk}/fortryd/", follow=True).text
    assert "Personens oplysninger er ændret siden" in page


# Questions to the database


@pytest.mark.parametrize("rows", [5, 50])
def test_pages_put_no_more_questions_for_more_rows(
    country: Country, amina: Person, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    by = country.users[Role.WORKER]
    full(amina, country, rows)
    home = households.make_household("Prøvesen", by=by)
    for number in range(rows):
        person = made_person(f"N{number}", by, country.own)
        households.join_household(home, person, start=date(2024, 3, 1), by=by)
    asked = {}
    worker = signed_in(by)
    for path in (
        "",
        "?q=eksempel",
        f"{amina.pk}/",
        f"{amina.pk}/ret/",
        f"husstande/{home.pk}/",
        f"{amina.pk}/husstand/ny/",
    ):
        with django_assert_max_num_queries(BUDGET) as queries:
            assert worker.get(f"/personer/{path}").status_code == 200
        asked[path.replace(str(amina.pk), "A").replace(str(home.pk), "H")] = len(queries)
    QUERIES.setdefault(rows, asked)
    assert all(asked == other for other in QUERIES.values()), QUERIES
    assert Need.objects.count() == rows


QUERIES: dict[int, dict[str, int]] = {}
