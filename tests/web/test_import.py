"""The list arrives: files are read, looked through, mended, saved whole, and undone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.models import Membership
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.audit.context import of_request, telling
from fodfaeste.web.base import sheets
from fodfaeste.web.people import cpr
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.households import join_household, make_household
from fodfaeste.web.people.domain.parts import add_language
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.importing import sheet
from fodfaeste.web.people.importing.candidate import read_row
from fodfaeste.web.people.importing.cells import Spoken, Worked
from fodfaeste.web.people.importing.columns import Cells
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.importing.sheet import read_sheet
from fodfaeste.web.people.importing.template import EXAMPLE, write_csv, write_xlsx
from fodfaeste.web.people.models import Household, Person

from .conftest import Country, signed_in
from .test_wall import as_the_application

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
TODAY = date(2026, 11, 27)
SHORT = "Fornavn;Født;Køn;Statsborgerskab;Overtaget;Sagsnummer\n"

# What a cell says once spaces around and doubled ones are gone.
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Z")) | st.just(" "), max_size=30).map(
    lambda text: " ".join(text.split())
)
rows = st.builds(Cells, **{field.name: texts for field in fields(Cells)}).filter(lambda row: not row.empty)


# Files


@pytest.mark.parametrize("kind", WRITERS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(wrote=st.lists(rows, min_size=1, max_size=4))
def test_what_the_template_holds_is_read_back_the_same(kind: str, wrote: list[Cells]) -> None:
    read = read_sheet(f"liste.{kind}", WRITERS[kind](wrote))
    assert [row.cells for row in read.rows] == wrote
    assert [row.number for row in read.rows] == list(range(2, len(wrote) + 2))
    assert read.unread == ()


@pytest.mark.parametrize("kind", WRITERS)
def test_the_example_of_the_template_is_a_person(kind: str) -> None:
    (row,) = read_sheet("skabelon", WRITERS[kind]([EXAMPLE])).rows
    candidate, problems = read_row(row.number, row.cells, today=TODAY)
    assert problems == ()
    assert candidate is not None
    assert (candidate.case_number, candidate.name, candidate.citizenship) == ("0012", "Amina Eksempel", "SYR")
    assert candidate.birth_date == date(1988, 3, 24)
    assert candidate.languages == (Spoken("ar", "B2", "B1"), Spoken("en", "A2", ""))
    assert candidate.occupations == (Worked("syerske", 6, 2015),)


@pytest.mark.parametrize("kind", WRITERS)
def test_an_empty_template_says_that_there_is_nobody(kind: str) -> None:
    with pytest.raises(BadInput, match="ingen rækker"):
        read_sheet("skabelon", WRITERS[kind]())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_comes_with_the_separators_and_letters_of_offices(encoding: str, separator: str) -> None:
    text = (SHORT + "Åse;01-02-1990;kvinde;Syrien;01-03-2026;0012\n").replace(";", separator)
    (row,) = read_sheet("liste.csv", text.encode(encoding)).rows
    assert (row.cells.given_name, row.cells.case_number) == ("Åse", "0012")


def test_english_heads_are_understood_and_so_is_a_title_above_them() -> None:
    text = (
        "Uge 48\n\nGiven name *,BORN,Sex (f/m),Citizenship,Takeover,Shoe size\nRana,1990-02-01,female,IRQ,2026-03-01,38"
    )
    read = read_sheet("list.csv", text.encode())
    assert read.unread == ("Shoe size",)
    (row,) = read.rows
    assert (row.number, row.cells.given_name, row.cells.sex) == (4, "Rana", "female")


def test_cells_that_a_spreadsheet_made_numbers_and_days_of_are_written_as_it_shows_them() -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.append([*SHORT.strip().split(";"), "Års skolegang", "Beskyttet"])
    page.append(["Rana", date(1990, 2, 1), "kvinde", "IRQ", date(2026, 3, 1), 12, 9.0, True])
    page["F2"].number_format = "0000"
    out = io.BytesIO()
    book.save(out)
    (row,) = read_sheet("liste.xlsx", out.getvalue()).rows
    wanted = Cells(
        case_number="0012",
        given_name="Rana",
        birth_date="01-02-1990",
        sex="kvinde",
        citizenship="IRQ",
        takeover_date="01-03-2026",
        schooling_years="9",
        protected="ja",
    )
    assert row.cells == wanted


BAD = {
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "ikke er tekst"),
    "an old or locked spreadsheet": (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "adgangskode"),
    "half an XLSX": (write_xlsx([EXAMPLE])[:900], "ikke kan læses"),
    "a ZIP of something else": (b"PK\x03\x04 nothing", "ikke kan læses"),
    "nothing": (b"", "ingen kolonne"),
    "another list": (b"navn;alder\nRana;36\n", "ingen kolonne"),
    "heads alone": (SHORT.encode(), "ingen rækker"),
    "a column twice": ((SHORT.strip() + ";Fornavn\n").encode(), "to gange"),
    "a cell too long": ((SHORT + "R" * 501 + ";;;;;\n").encode(), "501 tegn"),
    "a quote that never ends": ((SHORT + '"' + "x" * 140_000).encode(), "ingen regneark"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_list_is_refused_with_words(what: str) -> None:
    content, words = BAD[what]
    with pytest.raises(BadInput, match=words) as refused:
        read_sheet("liste", content)
    assert all(problem.todo and problem.file == "liste" for problem in refused.value.problems)


def test_a_head_that_is_nearly_right_is_named() -> None:
    with pytest.raises(BadInput, match="Er det ”Fornavne”"):
        read_sheet("liste.csv", SHORT.replace("Fornavn", "Fornavne").encode())


def test_limits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    with pytest.raises(BadInput, match="3 rækker"):
        read_sheet("liste.csv", write_csv([EXAMPLE] * 3))
    with pytest.raises(BadInput, match=r"højst 5 MB"):
        read_sheet("liste.csv", b"x" * (sheets.LARGEST + 1))
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100)
    with pytest.raises(BadInput, match="pakket ud"):
        read_sheet("liste.xlsx", write_xlsx([EXAMPLE]))


# Cells


@pytest.mark.parametrize(
    ("column", "cell", "expected", "todo"),
    [
        ("birth_date", "31-02-1990", "en dag som 24-03-1988", "findes ikke i kalenderen"),
        ("birth_date", "1-2-90", "en dag som 24-03-1988", "fire cifre"),
        ("birth_date", "01-02-1090", "en dag som 24-03-1988", "årstallet"),
        ("birth_date", "", "dag-måned-år", "udelad rækken"),
        ("takeover_date", "01-01-1980", "ikke er før fødslen", "Ret en af de to dage"),
        ("sex", "kvnde", "kvinde, mand", "Mente du kvinde?"),
        ("citizenship", "Syrrien", "et land", "Mente du Syrien?"),
        ("citizenship", "Atlantis", "et land", "statsløs"),
        ("schooling_years", "ni", "et helt tal", "cifre"),
        ("languages", "arabisk B9", "niveauer", "Ret niveauet"),
        ("languages", "qqqq", "sprog med niveau", "Skriv et af de ord"),
        ("languages", "arabisk C0", "niveauer", "Ret niveauet"),
        ("languages", "arabisk, ar", "hvert sprog én gang", "Slet det ene"),
        ("occupations", "10 tømrer", "arbejde som", "antal år"),
        ("cpr", "1234", "ti cifre", "lad cellen være tom"),
        ("cpr", "0101850001", "kan være personens", "født 01-01-1985"),
        ("worker", "Bente", "e-mailadresse", "e-mail"),
        ("phone", "spørg Bente", "telefonnummer", "cifre"),
        ("case_number", "0" * 21, "højst 20 tegn", "kortere"),
        ("protected", "måske", "ja, nej", "Skriv et af de ord"),
    ],
)
def test_a_wrong_cell_is_named_with_what_stands_there_and_what_to_do(
    column: str, cell: str, expected: str, todo: str
) -> None:
    candidate, (problem,) = read_row(7, replace(EXAMPLE, **{column: cell}), today=TODAY)
    assert candidate is None
    assert (problem.row, problem.column) == (7, column)
    assert expected in problem.expected
    assert todo in problem.todo
    assert "kan være" in expected or (f"”{cell}”" if cell else "en tom celle") in problem.found


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Syrien", "SYR"), ("syria", "SYR"), ("SY", "SYR"), ("Eritrea", "ERI"), ("statsløs", "XXA"), ("ukr", "UKR")],
)
def test_a_country_may_be_named_in_many_ways(cell: str, code: str) -> None:
    candidate, _ = read_row(2, replace(EXAMPLE, citizenship=cell), today=TODAY)
    assert candidate is not None
    assert candidate.citizenship == code


@pytest.mark.parametrize("cell", ["24-03-1988", "24.3.1988", "24/03/1988", "1988-03-24"])
def test_a_day_may_be_written_in_many_ways(cell: str) -> None:
    candidate, _ = read_row(2, replace(EXAMPLE, birth_date=cell), today=TODAY)
    assert candidate is not None
    assert candidate.birth_date == date(1988, 3, 24)


# The list arrives (journey 1)

LIST = """\
Sagsnummer;Fornavn;Efternavn;Husstand;Forhold;Født;Køn;Statsborgerskab;Sprog;Tidligere arbejde;Overtaget;Medarbejder
0012;Amina;Prøvesen;H1;mor;24-03-1988;kvinde;Syrien;arabisk B2/B1, engelsk A2;syerske 6 (2015);01-03-2001;
;Karim;Prøvesen;H1;far;02-11-1985;mand;Syrien;arabisk C1;tømrer 10 (2019);01-03-2001;consultant@example.invalid
;Lina;Prøvesen;H1;datter;15-06-1999;kvinde;Syrien;;;01-03-2001;
;Sami;Prøvesen;H1;søn;31-02-2000;mand;Syrien;;;01-03-2001;
;Tesfay;Eksempelgab;;;01-01-1990;mand;Eritrea;tigrinya B2;;01-03-2026;
;Selam;Eksempelgab;;;05-05-1992;kvinde;Eritrea;;;01-03-2026;
;Oksana;Opdigtenko;H2;mor;07-07-1980;kvinde;Ukraine;ukrainsk C2;lærer 12 (2022);01-03-2026;
;Danylo;Opdigtenko;H2;søn;08-08-2010;dreng;Ukraine;;;01-03-2026;
;Muhammed;Eksampel;H3;far;01-05-1990;mand;Syrien;;;01-03-2026;
;Rima;Eksempel;H3;mor;09-09-1991;kvinde;Syrien;;;01-03-2026;
;Nour;Eksempel;H3;datter;10-10-2015;kvinde;Syrien;;;01-03-2026;
;Yonas;Opfundet;;;12-12-1979;mand;Eritrea;;;01-03-2026;
"""
"""Twelve rows: Sami's birth and Danylo's sex are faulty, and Muhammed Eksampel is known as Mohamad Eksempel."""


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


@pytest.fixture
def known(country: Country) -> Person:
    """Somebody of the own municipality who stands on the list in another spelling, and is in a household."""
    facts = PersonFacts(
        given_name="Mohamad",
        family_name="Eksempel",
        birth_date=date(1990, 5, 1),
        sex="male",
        citizenship="SYR",
        arrival_date=date(2025, 9, 1),
        takeover_date=date(2025, 9, 1),
    )
    by = country.users[Role.WORKER]
    person = register_person(facts, organisation=country.own, by=by)
    join_household(make_household("Eksempel", by=by), person, start=date(2025, 9, 1), by=by)
    return person


def uploaded(client: Client, content: bytes = LIST.encode(), name: str = "liste.csv") -> ImportedList:
    own = Membership.objects.get(user=client.session["_auth_user_id"]).organisation
    answer = client.post("/personer/import/", {"file": SimpleUploadedFile(name, content), "organisation": own.pk})
    assert answer.status_code == 302, answer.text
    return ImportedList.objects.latest("pk")


def row(imported: ImportedList, number: int) -> ImportedRow:
    return imported.rows.get(number=number)


def address(imported: ImportedList, *parts: object) -> str:
    return "/".join(["/personer/import", str(imported.pk), *map(str, parts), ""])


def mended(client: Client, imported: ImportedList, number: int, **cells: str) -> None:
    client.post(address(imported, "raekke", row(imported, number).pk), cells)


def decided(client: Client, imported: ImportedList, number: int, decision: str, **more: object) -> None:
    client.post(address(imported, "raekke", row(imported, number).pk, "beslut"), {"decision": decision, **more})


def made_ready(client: Client, known: Person) -> ImportedList:
    imported = uploaded(client)
    mended(client, imported, 5, birth_date="28-02-2000")
    mended(client, imported, 9, sex="mand")
    decided(client, imported, 10, "same", person=known.pk)
    return imported


def test_the_list_arrives(worker: Client, known: Person, country: Country) -> None:
    """Twelve rows; before saving nobody is new, after it eleven are, one is joined, and undoing takes eleven away."""
    before = set(Person.objects.values_list("pk", flat=True))
    imported = uploaded(worker)
    page = worker.get(address(imported)).text
    assert page.count('<tr id="raekke-') == 12
    assert "Gem " not in page
    faulty = worker.get(address(imported) + "?vis=fejl").text
    assert [number for number in range(2, 14) if f'id="raekke-{number}"' in faulty] == [5, 9, 10]
    assert "fundet ”31-02-2000”, ventet en dag som 24-03-1988. Den dag findes ikke i kalenderen" in faulty
    assert 'name="birth_date" value="31-02-2000"' in faulty
    assert f"Mohamad Eksempel</a>, 01-05-1990, {known.case_number}" in faulty

    mended(worker, imported, 5, birth_date="28-02-2000")
    mended(worker, imported, 9, sex="mand")
    decided(worker, imported, 10, "same", person=known.pk)
    page = worker.get(address(imported)).text
    assert "Gem 12 personer" in page
    assert page.count("<td>IL-1999</td>") == 4
    assert page.count("<td>IL-2025</td>") == 7
    assert set(Person.objects.values_list("pk", flat=True)) == before

    saved = worker.post(address(imported, "gem"), follow=True)
    assert "Listen er gemt." in saved.text
    assert saved.text.count("<td>oprettet</td>") == 11
    assert saved.text.count("<td>kendt i forvejen</td>") == 1
    new = Person.objects.exclude(pk__in=before)
    assert new.count() == 11
    amina = new.get(case_number="0012")
    assert (amina.given_name, amina.birth_date, amina.takeover_date) == ("Amina", date(1988, 3, 24), date(2001, 3, 1))
    assert [(skill.language, skill.spoken, skill.written) for skill in amina.languages.order_by("pk")] == [
        ("ar", "B2", "B1"),
        ("en", "A2", ""),
    ]
    assert (amina.occupations.get().name, amina.occupations.get().last_year) == ("syerske", 2015)
    karim = new.get(given_name="Karim")
    assert karim.responsibilities.get().worker == country.users[Role.CONSULTANT]
    assert households_by_name() == [
        {"Amina", "Karim", "Lina", "Sami"},
        {"Danylo", "Oksana"},
        {"Mohamad", "Nour", "Rima"},
        {"Selam"},
        {"Tesfay"},
        {"Yonas"},
    ]
    assert "Amina" in worker.get("/personer/?q=Amina").text
    assert not any(kept.text for kept in imported.rows.all())

    undone = worker.post(address(imported, "fortryd"), follow=True)
    assert "er væk igen" in undone.text
    assert set(Person.objects.values_list("pk", flat=True)) == before
    assert households_by_name() == [{"Mohamad"}]


def households_by_name() -> list[set[str]]:
    homes = [{member.person.given_name for member in home.members.all()} for home in Household.objects.all()]
    return sorted(homes, key=min)


def test_saving_twice_makes_everybody_once(worker: Client, known: Person) -> None:
    imported = made_ready(worker, known)
    worker.post(address(imported, "gem"))
    made = Person.objects.count()
    again = worker.post(address(imported, "gem"), follow=True)
    assert "allerede gemt" in again.text
    assert Person.objects.count() == made
    for act in ("slet", f"raekke/{row(imported, 2).pk}"):
        assert "allerede gemt" in worker.post(address(imported, act), follow=True).text
    assert Person.objects.count() == made


def test_nothing_is_saved_while_a_row_has_to_be_looked_at(worker: Client, known: Person) -> None:
    imported = uploaded(worker)
    before = Person.objects.count()
    refused = worker.post(address(imported, "gem"), follow=True)
    assert "3 rækker skal rettes eller besluttes først: række 5, 9, 10." in refused.text
    assert Person.objects.count() == before


def test_when_one_row_fails_while_saving_nobody_is_made(
    worker: Client, known: Person, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = made_ready(worker, known)
    before = Person.objects.count()

    def failing(person: Person, **more: Any) -> object:
        if person.given_name == "Oksana":
            raise Refused("Ikke hende.")
        return add_language(person, **more)

    monkeypatch.setattr("fodfaeste.web.people.importing.writing.add_language", failing)
    assert "Ikke hende." in worker.post(address(imported, "gem"), follow=True).text
    assert Person.objects.count() == before
    imported.refresh_from_db()
    assert imported.state == "open"


def test_an_import_that_somebody_has_built_on_is_not_undone_and_says_what_stands_in_the_way(
    worker: Client, known: Person, country: Country
) -> None:
    imported = made_ready(worker, known)
    worker.post(address(imported, "gem"))
    made = Person.objects.count()
    amina = Person.objects.get(case_number="0012")
    amina.wishes.create(about="work", words="Et systue", said=date(2026, 4, 1))
    karim = Person.objects.get(given_name="Karim")
    karim.phone = "11 22 33 44"
    karim.save()
    refused = worker.post(address(imported, "fortryd"), follow=True).text
    assert "”Amina Prøvesen” har fået ønske: Et systue" in refused
    assert "person ”Karim Prøvesen” er ændret" in refused
    assert Person.objects.count() == made
    amina.wishes.all().delete()
    karim.phone = ""
    karim.save()
    assert "er væk igen" in worker.post(address(imported, "fortryd"), follow=True).text
    again = worker.post(address(imported, "fortryd"), follow=True).text
    assert "intet at fortryde" in again


def test_somebody_who_is_only_like_another_is_made_anew(worker: Client, known: Person) -> None:
    imported = uploaded(worker)
    decided(worker, imported, 10, "new")
    for number in (5, 9):
        decided(worker, imported, number, "out")
    assert "Gem 10 personer" in worker.get(address(imported)).text
    decided(worker, imported, 9, "")
    assert "Gem " not in worker.get(address(imported)).text
    decided(worker, imported, 9, "out")
    before = Person.objects.count()
    worker.post(address(imported, "gem"))
    assert Person.objects.count() == before + 10
    assert {"Mohamad"} in households_by_name()
    assert {"Muhammed", "Nour", "Rima"} in households_by_name()


def test_who_a_row_is_about_is_asked_again_when_its_name_is_mended(worker: Client, known: Person) -> None:
    imported = made_ready(worker, known)
    mended(worker, imported, 10, relation="onkel")
    assert row(imported, 10).person == known
    mended(worker, imported, 10, given_name="Mohammad")
    assert row(imported, 10).person is None
    assert "Samme person, række 10" in worker.get(address(imported)).text


def test_a_row_can_only_be_somebody_who_is_suggested(worker: Client, known: Person, country: Country) -> None:
    imported = uploaded(worker)
    decided(worker, imported, 2, "same", person=country.person.pk)
    assert row(imported, 2).decision == ""
    kept = address(imported, "raekke", row(imported, 10).pk, "beslut")
    assert worker.post(kept, {"decision": "same", "person": country.their_person.pk}).status_code == 404
    assert worker.post(kept, {"decision": "whatever"}).status_code == 404


def list_of(*lines: str) -> bytes:
    heads = "Sagsnummer;Fornavn;Husstand;Født;Køn;Statsborgerskab;Overtaget;CPR-nummer;Medarbejder"
    return "\n".join([heads, *lines]).encode()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["S-Prøve;Ny;;01-02-1990;mand;IRQ;01-03-2026;;"], "ventet et ledigt sagsnummer"),
        (["S-Anden;Ny;;01-02-1990;mand;IRQ;01-03-2026;;"], "ventet et ledigt sagsnummer"),
        (["1;Ny;;01-02-1990;mand;IRQ;01-03-2026;;", "1;En;;02-02-1990;mand;IRQ;01-03-2026;;"], "hvert sagsnummer én"),
        ([";Ny;;01-02-1990;mand;IRQ;01-03-2026;;", ";Ny;;01-02-1990;mand;IRQ;01-03-2026;;"], "Række 2 har samme navn"),
        ([";Ny;;01-02-1990;mand;IRQ;01-03-2026;;stranger@example.invalid"], "ventet en kollega i kommunen"),
        ([";Ny;;01-02-1990;mand;IRQ;01-03-2026;;leader@example.invalid"], "ventet en kollega i kommunen"),
        ([f";{who};;01-02-1990;mand;IRQ;01-03-2026;0102901234;" for who in ("Ny", "En")], "hvert CPR-nummer én gang"),
        ([";Ny;;01-02-2990;mand;IRQ;01-03-2026;;"], "Ret årstallet"),
        ([";Ny;;01-02-2090;mand;IRQ;01-03-2091;;"], "en dag, der er gået"),
    ],
)
def test_rows_are_held_against_each_other_and_against_what_is_known(
    worker: Client, country: Country, lines: list[str], words: str
) -> None:
    imported = uploaded(worker, list_of(*lines))
    page = worker.get(address(imported)).text
    assert words in page
    assert "Gem " not in page
    assert "Nabo" not in page


def test_a_cpr_number_of_another_municipality_is_said_to_be_a_case_to_hand_over(
    worker: Client, country: Country
) -> None:
    their = country.their_person
    their.cpr_hash = cpr.hashes("0102901234")[0]
    their.save()
    imported = uploaded(worker, list_of(";Ny;;01-02-1990;mand;IRQ;01-03-2026;0102901234;"))
    page = worker.get(address(imported)).text
    assert "skal den overdrages, ikke oprettes igen" in page
    assert their.given_name not in page


def test_whoever_has_the_cpr_number_is_suggested_whatever_the_name(worker: Client, country: Country) -> None:
    country.person.cpr_hash = cpr.hashes("0102901234")[0]
    country.person.save()
    imported = uploaded(worker, list_of(";Helt Anden;;01-02-1990;mand;IRQ;01-03-2026;0102901234;"))
    assert "Ligner" in worker.get(address(imported)).text
    decided(worker, imported, 2, "new")
    assert "ikke står på en anden person" in worker.get(address(imported)).text
    decided(worker, imported, 2, "same", person=country.person.pk)
    assert "Gem 1 person<" in worker.get(address(imported)).text


def test_known_persons_of_two_households_do_not_make_one(worker: Client, known: Person, country: Country) -> None:
    by = country.users[Role.WORKER]
    other = country.person
    Person.objects.filter(pk=other.pk).update(given_name="Rima", birth_date=date(1991, 9, 9), search=" rima eksempel ")
    join_household(make_household("En anden", by=by), other, start=date(2025, 9, 1), by=by)
    imported = made_ready(worker, known)
    decided(worker, imported, 11, "same", person=other.pk)
    assert "kendte personer fra én husstand" in worker.get(address(imported)).text


def test_a_takeover_to_come_makes_the_municipality_responsible_today(worker: Client, country: Country) -> None:
    imported = uploaded(worker, list_of(";Snart;;01-02-1990;mand;IRQ;01-03-2099;;"))
    worker.post(address(imported, "gem"))
    person = Person.objects.get(given_name="Snart")
    assert person.takeover_date == date(2099, 3, 1)
    assert person.responsibilities.get().start == timezone.localdate()
    assert not person.residence_spells.exists()
    assert "Snart" in worker.get("/personer/").text


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no row-level security")
def test_behind_the_wall_a_list_is_saved_and_undone_and_no_number_is_given_twice(
    worker: Client, known: Person, country: Country
) -> None:
    mine = of_request(viewer_of(country.users[Role.WORKER], timezone.localdate()))
    with as_the_application(), telling(mine):
        imported = made_ready(worker, known)
        mended(worker, imported, 2, case_number="S-Anden")
        refused = worker.post(address(imported, "gem"), follow=True).text
        assert "Sagsnummeret S-Anden er givet til en anden" in refused
        mended(worker, imported, 2, case_number="0012")
        assert "Listen er gemt" in worker.post(address(imported, "gem"), follow=True).text
    assert Person.objects.count() == 3 + 11
    with as_the_application(), telling(mine):
        assert "er væk igen" in worker.post(address(imported, "fortryd"), follow=True).text
    assert Person.objects.count() == 3


def test_a_list_that_is_thrown_away_leaves_nothing(worker: Client, country: Country) -> None:
    imported = uploaded(worker)
    assert "Der er ikke oprettet nogen" in worker.post(address(imported, "slet"), follow=True).text
    assert not ImportedList.objects.exists()
    assert not ImportedRow.objects.exists()


def test_cells_are_encrypted_where_they_lie(worker: Client, country: Country) -> None:
    uploaded(worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM people_importedrow")
        assert not any("Amina" in text for (text,) in cursor.fetchall())


def test_a_file_that_is_no_list_is_refused_on_the_page(worker: Client, country: Country) -> None:
    sent = SimpleUploadedFile("billede.png", b"\x89PNG\0\0")
    answer = worker.post("/personer/import/", {"file": sent, "organisation": country.own.pk})
    assert answer.status_code == 422
    assert "billede.png" not in answer.text
    assert "fundet noget, der ikke er tekst, ventet en .xlsx- eller .csv-fil" in answer.text
    assert not ImportedList.objects.exists()
    assert worker.post("/personer/import/", {"organisation": country.own.pk}).status_code == 422


def test_a_list_is_for_an_own_municipality(worker: Client, country: Country) -> None:
    sent = SimpleUploadedFile("liste.csv", LIST.encode())
    assert worker.post("/personer/import/", {"file": sent, "organisation": country.other.pk}).status_code == 422


def test_all_cells_of_a_row_can_be_opened(worker: Client, country: Country) -> None:
    imported = uploaded(worker)
    page = worker.get(address(imported) + f"?ret={row(imported, 2).pk}").text
    assert page.count('form="ret-2"') == 21
    mended(worker, imported, 2, phone="  11 22  33 44 ", nonsense="x")
    assert row(imported, 2).cells.phone == "11 22 33 44"


def test_the_template_is_handed_out(worker: Client, country: Country) -> None:
    for kind in WRITERS:
        answer = worker.get(f"/personer/import/skabelon.{kind}")
        with pytest.raises(BadInput, match="ingen rækker"):
            read_sheet("skabelon", answer.content)
    assert worker.get("/personer/import/skabelon.pdf").status_code == 404


def test_the_page_asks_no_more_of_the_database_for_more_rows(
    worker: Client, country: Country, django_assert_max_num_queries: Any
) -> None:
    lines = [f";Ny{number};;01-02-1990;mand;IRQ;01-03-2026;;" for number in range(60)]
    imported = uploaded(worker, list_of(*lines))
    with django_assert_max_num_queries(25):
        worker.get(address(imported))


# Who may


def test_a_stranger_finds_no_list(worker: Client, country: Country) -> None:
    imported = uploaded(worker)
    stranger = signed_in(country.stranger)
    kept = row(imported, 2).pk
    assert stranger.get(address(imported)).status_code == 404
    for act in ("gem", "fortryd", "slet", f"raekke/{kept}", f"raekke/{kept}/beslut"):
        assert stranger.post(address(imported, act), {"decision": "out"}).status_code == 404
    assert "liste.csv" not in stranger.get("/personer/import/").text
    assert row(imported, 2).decision == ""


@pytest.mark.parametrize("role", [Role.LEADER, Role.PROTECTION, Role.ADMINISTRATOR, Role.NEWCOMER])
def test_who_does_no_casework_finds_no_such_page(country: Country, role: Role) -> None:
    client = signed_in(country.users[role])
    assert client.get("/personer/import/").status_code == 404
    assert client.get("/personer/import/skabelon.csv").status_code == 404
    assert client.get("/personer/import/1/").status_code == 404


def test_who_works_in_two_municipalities_chooses(worker: Client, country: Country) -> None:
    user = country.users[Role.WORKER]
    Membership.objects.create(user=user, organisation=country.other, role=Role.WORKER, start=date(2000, 1, 1))
    assert "Nabo</option>" in worker.get("/personer/import/").text
