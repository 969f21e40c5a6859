"""The journal: notes found by word, kind, tag, author and day; templates of the office; files only a page gives out."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.files import DOCX, ODT, PDF, TEXT, XLSX, checked, kind_of
from fodfaeste.web.programme.domain.note_templates import Template, brought, templates_of, write_template
from fodfaeste.web.programme.domain.notes import add_note, correct_note
from fodfaeste.web.programme.models import JournalNote, NoteFile, NoteTag, NoteTemplate

from .conftest import Country, signed_in
from .programme_examples import opened

A_PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
NOTE = {"kind": "note", "day": "2024-03-05", "text": "Et notat"}


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def page(country: Country, worker: User) -> Client:
    opened(country)
    return signed_in(worker)


def at(country: Country, rest: str = "") -> str:
    return f"/program/{country.person.pk}/journal/{rest}"


def note(country: Country, text: str, by: User | None = None, **more: object) -> JournalNote:
    facts = {"day": date(2024, 3, 5), **more}
    return add_note(
        country.person,
        by=by or country.users[Role.WORKER],
        organisation=country.own,
        text=text,
        **facts,  # type: ignore[arg-type]
    )


def packed(**parts: str) -> bytes:
    """A packed file with some parts; ``__`` stands for the stroke in a path."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as folder:
        for name, text in parts.items():
            folder.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return held.getvalue()


# ------------------------------------------------------------------ found again


def texts(answer: object) -> list[str]:
    return [row.text for row in answer.context["list"].page.object_list]  # type: ignore[attr-defined]


def test_notes_are_found_by_word_kind_tag_author_and_day(country: Country, page: Client) -> None:
    consultant = country.users[Role.CONSULTANT]
    note(country, "Bussen kører ikke om søndagen", tags=["transport"], day=date(2024, 3, 1))
    note(country, "Ringede til skolen", kind="phone", by=consultant, day=date(2024, 3, 9))
    first, second = "Bussen kører ikke om søndagen", "Ringede til skolen"
    asked = {
        "": [second, first],
        "?q=SØNDAGEN": [first],
        "?art=phone": [second],
        "?emneord=transport": [first],
        f"?forfatter={consultant.pk}": [second],
        "?fra=2024-03-02": [second],
        "?til=2024-03-01": [first],
        "?orden=dag": [first, second],
        "?q=ingenting": [],
    }
    assert {one: texts(page.get(at(country, one))) for one in asked} == asked


def test_a_note_is_found_by_what_corrects_it_and_stands_once(country: Country, page: Client, worker: User) -> None:
    wrong = note(country, "Hun har to børn")
    correct_note(correct_note(wrong, by=worker, text="Hun har tre børn"), by=worker, text="Hun har fire drenge")
    assert texts(page.get(at(country, "?q=drenge"))) == ["Hun har to børn"]
    csv = page.get(at(country, "?format=csv")).getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    whole = "Hun har to børn\n\nRettet til: Hun har tre børn\n\nRettet til: Hun har fire drenge"
    assert f'2024-03-05;notat;"{whole}";;nej;;;worker;' in csv


def test_the_journal_has_pages(country: Country, page: Client) -> None:
    for number in range(51):
        note(country, f"Notat {number}")
    assert len(texts(page.get(at(country)))) == 50
    assert texts(page.get(at(country, "?side=2"))) == ["Notat 0"]


# ------------------------------------------------------------------ words


def test_tags_are_small_letters_each_once_and_are_offered_from_those_in_use(country: Country, page: Client) -> None:
    page.post(at(country, "skriv/"), NOTE | {"tags": "Bolig,  bus ,BOLIG,"})
    assert sorted(NoteTag.objects.values_list("word", flat=True)) == ["bolig", "bus"]
    page.post(at(country, "skriv/"), NOTE | {"tags": "bus"})
    assert "i brug på kontoret: bus, bolig" in page.get(at(country)).text


def test_too_many_words_or_too_long_ones_are_refused_at_the_field(country: Country, page: Client) -> None:
    for words in (",".join(f"ord{n}" for n in range(11)), "x" * 41):
        answer = page.post(at(country, "skriv/"), NOTE | {"tags": words})
        assert "Skriv højst 10 emneord på hver højst 40 tegn" in answer.text
    assert not JournalNote.objects.exists()


# ------------------------------------------------------------------ templates


def test_an_office_has_the_templates_that_are_brought(country: Country, page: Client) -> None:
    names = [one.name for one in templates_of(country.own)]
    assert {"Første samtale", "Opfølgning efter 14 dage", "Telefonnotat", "Partshøring"} <= set(names)
    assert all(one.text and one.kind in JournalNote.Kind.values for one in brought())
    assert not NoteTemplate.objects.exists()


def test_a_template_fills_an_empty_note_without_script(country: Country, page: Client) -> None:
    sent = NOTE | {"text": "", "do": "template", "template": "Telefonnotat", "present": "Skolen", "tags": "skole"}
    answer = page.post(at(country, "skriv/"), sent)
    form = answer.context["form"]
    assert form["text"].value().startswith("Talt med (navn og rolle):")
    assert (form["kind"].value(), form["present"].value(), form["tags"].value()) == ("phone", "Skolen", "skole")
    assert "Notatet er ikke skrevet endnu." in answer.text
    assert not JournalNote.objects.exists()


def test_a_template_does_not_take_the_place_of_what_is_written(country: Country, page: Client) -> None:
    sent = NOTE | {"do": "template", "template": "Telefonnotat"}
    answer = page.post(at(country, "skriv/"), sent)
    assert "Notatet er ikke tomt." in answer.text
    assert answer.context["form"]["text"].value() == "Et notat"
    assert "Vælg en skabelon." in page.post(at(country, "skriv/"), sent | {"template": ""}).text


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_leader_and_administrator_write_the_offices_templates(country: Country, page: Client, role: Role) -> None:
    writer = signed_in(country.users[role])
    address = f"/program/skabeloner/{country.own.pk}/"
    visit = {"name": "Hjemmebesøg", "kind": "talk", "text": "Hvem var hjemme:"}
    answer = writer.post(f"{address}skriv/", visit, follow=True)
    assert "Skabelonen er gemt." in answer.text
    assert {one.name for one in templates_of(country.own)} == {"Hjemmebesøg", *(one.name for one in brought())}
    writer.post(f"{address}skriv/?navn=Hjemmebesøg", visit | {"text": "Hvem åbnede:"})
    assert next(one for one in templates_of(country.own) if one.name == "Hjemmebesøg").text == "Hvem åbnede:"
    answer = writer.post(f"{address}skriv/", visit)
    assert "Kontoret har allerede en skabelon med det navn." in answer.text
    writer.post(f"{address}skriv/?navn=Partshøring", {"do": "remove"})
    assert "Partshøring" not in page.get(at(country)).text
    assert writer.get(f"{address}skriv/?navn=Partshøring").status_code == 404


def test_a_worker_reads_templates_and_writes_none(country: Country, page: Client, worker: User) -> None:
    address = f"/program/skabeloner/{country.own.pk}/"
    assert "Partshøring" in page.get(address).text
    assert "Skriv en skabelon" not in page.get(address).text
    with pytest.raises(Refused, match="leder eller administrator"):
        write_template(country.own, Template("Ny", "note", "Tekst"), by=worker)
    assert str(NoteTemplate(name="Ny")) == "Ny"


# ------------------------------------------------------------------ files


def sent_with(page: Client, country: Country, *files: SimpleUploadedFile) -> object:
    return page.post(at(country, "skriv/"), NOTE | {"files": list(files)}, follow=True)


def test_a_file_is_given_out_to_be_saved_and_lies_under_a_name_that_says_nothing(
    country: Country, page: Client, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    sent_with(page, country, SimpleUploadedFile("Udtalelse.pdf", A_PDF), SimpleUploadedFile("brev.txt", "æ".encode()))
    row = NoteFile.objects.get(name="Udtalelse.pdf")
    assert (row.kind, row.size, row.note.text) == (PDF, len(A_PDF), "Et notat")
    stored = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(stored) == 2
    assert not [one for one in stored if "Udtalelse" in one.name or one.suffix]
    answer = page.get(at(country, f"bilag/{row.pk}/"))
    assert answer.content == A_PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Udtalelse.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == PDF
    assert "Udtalelse.pdf" in page.get(at(country)).text


def test_a_file_is_there_for_nobody_else(country: Country, page: Client, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    sent_with(page, country, SimpleUploadedFile("Udtalelse.pdf", A_PDF))
    row = NoteFile.objects.get()
    assert signed_in(country.stranger).get(at(country, f"bilag/{row.pk}/")).status_code == 404
    assert page.get(f"/program/{country.their_person.pk}/journal/bilag/{row.pk}/").status_code == 404
    for address in (f"/static/{row.stored.name}", f"/media/{row.stored.name}", f"/{row.stored.name}"):
        assert page.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("side.pdf", b"<html><script>alert(1)</script></html>"),
        ("side.txt", b"<html><script>alert(1)</script></html>"),
        ("billede.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("program.exe", b"MZ\x90\x00"),
        ("udtalelse.html", A_PDF),
        ("uden", A_PDF),
        ("tom.txt", b"   "),
        ("makro.docx", packed(**{"[Content_Types].xml": "", "word__document.xml": "", "word__vbaProject.bin": ""})),
        ("arkiv.docx", packed(**{"noget.txt": "hej"})),
        ("knust.docx", b"PK\x03\x04knust"),
    ],
)
def test_what_a_file_is_its_content_says_and_its_name_has_to_agree(
    country: Country, page: Client, name: str, content: bytes
) -> None:
    answer = sent_with(page, country, SimpleUploadedFile(name, content))
    assert f"{name} kan ikke lægges ved: filen skal være .pdf, .png, .jpg, .jpeg" in answer.text  # type: ignore[attr-defined]
    assert not JournalNote.objects.exists()


def test_kinds_are_known_by_their_content() -> None:
    kinds = {
        "[Content_Types].xml": {"word__document.xml": DOCX, "xl__workbook.xml": XLSX, "ppt__presentation.xml": ""},
    }
    for first, others in kinds.items():
        for other, kind in others.items():
            assert kind_of(packed(**{first: "", other: ""})) == kind
    assert kind_of(packed(mimetype=ODT)) == ODT
    assert kind_of(b"\x89PNG\r\n\x1a\nrest") == "image/png"
    assert kind_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert (kind_of("Ærø\n".encode()), kind_of(b"\xc3\x28"), kind_of(b"a\x00b")) == (TEXT, "", "")


def test_a_file_that_is_too_large_is_refused_with_the_limit(country: Country, page: Client, settings: object) -> None:
    settings.NOTE_FILE_LARGEST = 2_000_000  # type: ignore[attr-defined]
    large = SimpleUploadedFile("stor.pdf", A_PDF + b"x" * 2_000_000)
    answer = sent_with(page, country, large, SimpleUploadedFile("hus.exe", b"MZ"))
    assert "stor.pdf er for stor: højst 2 MB." in answer.text  # type: ignore[attr-defined]
    assert "hus.exe kan ikke lægges ved" in answer.text  # type: ignore[attr-defined]


def test_kinds_that_the_setting_does_not_let_are_refused(settings: object) -> None:
    settings.NOTE_FILE_KINDS = ("text/plain",)  # type: ignore[attr-defined]
    with pytest.raises(Refused, match=r"filen skal være \.txt"):
        checked(SimpleUploadedFile("a.pdf", A_PDF))


def test_a_path_in_a_name_is_no_path() -> None:
    assert checked(SimpleUploadedFile("..\\..\\hemmelig.pdf", A_PDF)).name == "hemmelig.pdf"
    assert settings.NOTE_FILE_LARGEST == 10_000_000


def test_files_and_words_of_a_note_stay_as_they_were_written(
    country: Country, page: Client, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    sent_with(page, country, SimpleUploadedFile("Udtalelse.pdf", A_PDF))
    page.post(at(country, "skriv/"), NOTE | {"tags": "bus"})
    assert (str(NoteFile.objects.get()), str(NoteTag.objects.get())) == ("Udtalelse.pdf", "bus")
    for model, change in ((NoteFile, {"name": "andet.pdf"}), (NoteTag, {"word": "bil"})):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            model.objects.update(**change)
