"""The list arrives: files are read, looked through, mended, saved whole, and undone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.web.people.importing import sheet
from fodfaeste.web.people.importing.candidate import read_row
from fodfaeste.web.people.importing.cells import Spoken, Worked
from fodfaeste.web.people.importing.columns import Cells
from fodfaeste.web.people.importing.sheet import read_sheet
from fodfaeste.web.people.importing.template import EXAMPLE, HEADS, write_csv, write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
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
    candidate, problems = read_row(row.number, row.cells)
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
    page.append(
        [head.strip("* ") for head in HEADS[:1]] + SHORT.strip().split(";")[:5] + ["Års skolegang", "Beskyttet"]
    )
    page.append([12, "Rana", date(1990, 2, 1), "kvinde", "IRQ", date(2026, 3, 1), 9.0, True])
    page["A2"].number_format = "0000"
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
        read_sheet("liste.csv", b"x" * (sheet.LARGEST + 1))
    monkeypatch.setattr(sheet, "LARGEST_UNPACKED", 100)
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
        ("languages", "klingonsk?", "sprog med niveau", "Skriv et af de ord"),
        ("languages", "arabisk C0", "niveauer", "Ret niveauet"),
        ("languages", "arabisk, ar", "hvert sprog én gang", "Slet det ene"),
        ("occupations", "10 tømrer", "arbejde som", "antal år"),
        ("cpr", "1234", "ti cifre", "lad cellen være tom"),
        ("cpr", "0101850001", "begynder med 240388", "Ret nummeret"),
        ("worker", "Bente", "e-mailadresse", "e-mail"),
        ("phone", "spørg Bente", "telefonnummer", "cifre"),
        ("case_number", "0" * 21, "højst 20 tegn", "kortere"),
        ("protected", "måske", "ja, nej", "Skriv et af de ord"),
    ],
)
def test_a_wrong_cell_is_named_with_what_stands_there_and_what_to_do(
    column: str, cell: str, expected: str, todo: str
) -> None:
    candidate, (problem,) = read_row(7, replace(EXAMPLE, **{column: cell}))
    assert candidate is None
    assert (problem.row, problem.column) == (7, column)
    assert expected in problem.expected
    assert todo in problem.todo
    assert "begynder" in expected or (f"”{cell}”" if cell else "en tom celle") in problem.found


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Syrien", "SYR"), ("syria", "SYR"), ("SY", "SYR"), ("Eritrea", "ERI"), ("statsløs", "XXA"), ("ukr", "UKR")],
)
def test_a_country_may_be_named_in_many_ways(cell: str, code: str) -> None:
    candidate, _ = read_row(2, replace(EXAMPLE, citizenship=cell))
    assert candidate is not None
    assert candidate.citizenship == code


@pytest.mark.parametrize("cell", ["24-03-1988", "24.3.1988", "24/03/1988", "1988-03-24"])
def test_a_day_may_be_written_in_many_ways(cell: str) -> None:
    candidate, _ = read_row(2, replace(EXAMPLE, birth_date=cell))
    assert candidate is not None
    assert candidate.birth_date == date(1988, 3, 24)
