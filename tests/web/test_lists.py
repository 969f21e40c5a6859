"""Lists: filter, order, pages, files. One is declared in list_example.py as a room would."""

from __future__ import annotations

import csv
import io
import itertools
import math
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base import files
from fodfaeste.web.base.cells import LONGEST, TRAPS, defused, plain, shown, value_of, written
from fodfaeste.web.base.lists import is_unbroken
from fodfaeste.web.people.models import Person

from .conftest import Country, made_person, signed_in

pytestmark = pytest.mark.urls("tests.web.list_example")


@pytest.fixture
def worker(country: Country) -> Client:
    """Somebody who sees Prøve, Anna, Bo and Åse, and not Anden of the other municipality."""
    by = country.users[Role.WORKER]
    made_person("Anna", by, country.own, birth_date=date(2001, 2, 3), schooling_years=9, has_car=True)
    made_person("Bo", by, country.own, birth_date=date(1980, 1, 1), sex="male", schooling_years=0)
    made_person("Åse", by, country.own, family_name="Aagaard")
    return signed_in(by)


def names(page: object) -> list[str]:
    return [row[0].text for row in page.context["list"].rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Anna Eksempel", "Bo Eksempel", "Prøve Eksempel", "Åse Aagaard"]),
        ("?q=ann", ["Anna Eksempel"]),
        ("?q=eksempel+bo", ["Bo Eksempel"]),
        ("?q=S-Anna", ["Anna Eksempel"]),
        ("?koen=male", ["Bo Eksempel"]),
        ("?fra=2001-02-03", ["Anna Eksempel"]),
        ("?foer=01-01-1981", ["Bo Eksempel"]),
        ("?bil=on", ["Anna Eksempel"]),
        ("?q=Anden", []),
    ],
)
def test_filters_keep_what_they_say_and_open_nothing(worker: Client, asked: str, found: list[str]) -> None:
    assert names(worker.get(f"/liste/{asked}")) == found


@pytest.mark.parametrize(
    ("asked", "first", "sorted_by"),
    [
        ("", "Anna Eksempel", {"navn": "ascending"}),
        ("?orden=-navn", "Åse Aagaard", {"navn": "descending"}),
        ("?orden=foedt", "Bo Eksempel", {"foedt": "ascending"}),
        ("?orden=hvad+som+helst", "Anna Eksempel", {}),
        ("?orden=koen", "Anna Eksempel", {}),
    ],
)
def test_headings_sort_and_say_so(worker: Client, asked: str, first: str, sorted_by: dict[str, str]) -> None:
    page = worker.get(f"/liste/{asked}")
    assert names(page)[0] == first
    headings = page.context["list"].headings
    assert {heading.name: heading.sorted_by for heading in headings if heading.sorted_by} == sorted_by
    assert page.text.count("aria-sort=") == len(sorted_by)


def test_a_heading_leads_to_the_other_order_and_keeps_the_filters(worker: Client) -> None:
    page = worker.get("/liste/?q=eksempel&orden=navn&side=1&uvedkommende=1")
    assert page.context["list"].headings[0].href == "?q=eksempel&orden=-navn"


def test_a_column_can_begin_with_its_largest(worker: Client) -> None:
    Person.objects.filter(schooling_years=None).update(schooling_years=3)
    years = [row[4].text for row in worker.get("/liste/?orden=aar").context["list"].rows]
    assert years == ["9", "3", "3", "0"]
    assert [row[4].text for row in worker.get("/liste/?orden=-aar").context["list"].rows] == years[::-1]


def test_a_day_that_is_none_is_said_at_the_field_and_shows_nothing(worker: Client) -> None:
    page = worker.get("/liste/?fra=i+går")
    assert page.status_code == 200
    assert names(page) == []
    assert '<a href="#filter-fra">Født fra og med: Indtast en gyldig dato.</a>' in page.text
    assert "<title>Fejl: Personer – Fodfæste</title>" in page.text


def test_a_file_is_refused_where_a_filter_was_not_understood(worker: Client) -> None:
    page = worker.get("/liste/?fra=i+går&format=csv")
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")


def test_an_unknown_kind_of_file_is_refused(worker: Client) -> None:
    assert worker.get("/liste/?format=pdf").status_code == 400


def test_pages(worker: Client, country: Country) -> None:
    for number in range(120):
        made_person(f"Nr{number:03d}", country.users[Role.WORKER], country.own, family_name="Åmange")
    page = worker.get("/liste/?q=åmange&side=2")
    assert "Viser 51–100 af 120 rækker" in page.text
    assert names(page)[0] == "Nr050 Åmange"
    assert len(names(worker.get("/liste/?q=åmange&antal=200"))) == 120
    assert len(names(worker.get("/liste/?antal=100000"))) == 50
    assert "Viser 101–120 af 120 rækker" in worker.get("/liste/?q=åmange&side=99").text
    shown_page = page.context["list"]
    assert shown_page.previous == "?q=%C3%A5mange&side=1"
    assert shown_page.next == "?q=%C3%A5mange&side=3"


def lines(response: object) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_csv_holds_the_filtered_rows_that_the_viewer_may_see_of_all_pages(worker: Client) -> None:
    response = worker.get("/liste/?q=eksempel&orden=-navn&antal=50&side=7&format=csv")
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="personer-' in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert lines(response) == [
        ["Navn", "Sagsnummer", "Født", "Køn", "Års skolegang"],
        ["Prøve Eksempel", "S-Prøve", "1990-05-01", "kvinde", ""],
        ["Bo Eksempel", "S-Bo", "1980-01-01", "mand", "0"],
        ["Anna Eksempel", "S-Anna", "2001-02-03", "kvinde", "9"],
    ]


def cells(response: object) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


def test_a_spreadsheet_holds_days_as_days_and_numbers_as_numbers(worker: Client) -> None:
    assert cells(worker.get("/liste/?q=anna&format=xlsx")) == [
        ("Navn", "Sagsnummer", "Født", "Køn", "Års skolegang"),
        ("Anna Eksempel", "S-Anna", datetime(2001, 2, 3), "kvinde", 9),
    ]


def test_a_name_that_would_be_a_formula_stays_a_name(worker: Client) -> None:
    Person.objects.filter(given_name="Anna").update(given_name='=HYPERLINK("http://example.invalid";"Anna")')
    assert lines(worker.get("/liste/?bil=on&format=csv"))[1][0].startswith("'=HYPERLINK")
    assert str(cells(worker.get("/liste/?bil=on&format=xlsx"))[1][0]).startswith("'=HYPERLINK")


def test_who_sees_nobody_gets_a_file_of_nobody(country: Country) -> None:
    assert len(lines(signed_in(country.users[Role.LEADER]).get("/liste/?format=csv"))) == 1


@pytest.mark.parametrize("asked", ["", "?format=csv", "?format=xlsx", "?format=zip"])
def test_queries_do_not_grow_with_rows(worker: Client, country: Country, asked: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            response = worker.get(f"/liste/{asked}")
            if response.streaming:
                b"".join(response.streaming_content)
        return len(caught)

    few = queries()
    for number in range(45):
        made_person(f"Nr{number}", country.users[Role.WORKER], country.own)
    assert queries() == few <= 25


def test_rows_pass_through_one_by_one() -> None:
    endless = ([number] for number in itertools.count())
    assert list(itertools.islice(files.csv_lines(["Nr"], endless), 3)) == ["\ufeffNr\r\n", "0\r\n", "1\r\n"]


def test_a_table_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "A_SHEET", 4)
    out = io.BytesIO()
    files.write_xlsx(out, ["Nr"], ([number] for number in range(7)))
    book = openpyxl.load_workbook(out)
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book] == [
        ["Nr", 0, 1, 2],
        ["Nr", 3, 4, 5],
        ["Nr", 6],
    ]


@pytest.mark.parametrize(
    ("value", "page", "file"),
    [
        (None, "–", ""),
        ("", "–", ""),
        (True, "ja", "ja"),
        (False, "nej", "nej"),
        (date(2026, 11, 26), "26-11-2026", "2026-11-26"),
        (datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "01-07-2026 14:05", "2026-07-01 14:05"),
        (-3, "-3", "-3"),
        (2.5, "2,5", "2,5"),
        (Decimal("37.0"), "37,0", "37,0"),
        (Decimal("NaN"), "–", ""),
        (math.inf, "–", ""),
        ("-3", "-3", "'-3"),
        ("0012", "0012", "0012"),
    ],
)
def test_how_values_are_written(value: object, page: str, file: str) -> None:
    assert shown(value) == page
    assert written(value) == file


numbers = some.integers() | some.floats() | some.decimals()
anything = (
    some.none() | some.booleans() | numbers | some.dates() | some.datetimes() | some.text() | some.sampled_from(TRAPS)
)
traps = some.builds(str.__add__, some.sampled_from(TRAPS), some.text())


@given(anything | traps)
def test_no_text_in_a_file_begins_a_formula(value: object) -> None:
    for held in (plain(value), written(value)):
        if isinstance(held, str) and not isinstance(value, int | float | Decimal):
            assert not held.startswith(TRAPS)
            assert len(held) <= LONGEST


@given(numbers)
def test_numbers_stay_numbers(number: float | Decimal) -> None:
    if written(number) == "":
        assert not Decimal(number).is_finite()
        assert plain(number) == ""
        return
    exact = Decimal(str(number)) if isinstance(number, float) else Decimal(number)
    assert Decimal(written(number).replace(",", ".")) == exact
    assert isinstance(plain(number), int | float) or abs(exact) > Decimal(sys.float_info.max)


@given(some.text())
def test_what_is_no_trap_is_left_as_it_is(text: str) -> None:
    if not text.startswith(TRAPS):
        assert defused(text) == text


@given(some.lists(some.lists(anything | traps, min_size=2, max_size=2), max_size=4))
def test_a_csv_file_reads_back_as_it_was_written(rows: list[list[object]]) -> None:
    text = "".join(files.csv_lines(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))
    assert read[1:] == [[written(value) for value in row] for row in rows]


def test_a_path_ends_where_there_is_nothing(country: Country) -> None:
    responsibility = country.person.responsibilities.get()
    assert value_of(responsibility, "organisation__name") == "Egenby"
    assert value_of(responsibility, "organisation__kind") == "Kommune"
    assert value_of(SimpleNamespace(organisation=None), "organisation__name") is None
    with translation.override("en"):
        assert value_of(responsibility, "organisation__kind") == "Municipality"


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("S-2024-17", False),
        ("00 00 07 56", False),
        ("+45 12345678", False),
        ("Vejen-egnens skole", True),
        ("2026", True),
    ],
)
def test_codes_and_telephone_numbers_keep_to_one_line(value: str, broken: bool) -> None:
    assert is_unbroken(value) is not broken
