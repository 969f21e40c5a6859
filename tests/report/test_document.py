"""What every report keeps to: each figure says from how many, in both languages, everywhere the same."""

import json
import re
from html.parser import HTMLParser

import openpyxl
import pypdf
import pytest

from fodfaeste import report
from fodfaeste.errors import BadInput
from fodfaeste.report.document import Column, Document, Section, Table, Text
from fodfaeste.report.folder import write_document

LANGS = ("da", "en")


def silent(_step, _share):
    """Take progress and say nothing."""


@pytest.mark.parametrize("lang", LANGS)
def test_every_table_and_chart_says_from_how_many(documents, lang):
    for block in (*documents[lang].tables(), *documents[lang].figures()):
        assert re.search(r"\d", block.base), block.name


@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_has_a_finding_a_description_and_a_table_in_its_section(documents, lang):
    for section in documents[lang].sections:
        figures = [block for block in section.blocks if block in list(documents[lang].figures())]
        if figures and section.anchor != "missing":
            assert any(isinstance(block, Table) for block in section.blocks), section.anchor
        for figure in figures:
            assert len(figure.alt) > 40, figure.name
            assert re.search(r"\d", figure.title), figure.name


@pytest.mark.parametrize("lang", LANGS)
def test_no_table_ranks_without_people_and_intervals(documents, lang):
    for table in documents[lang].tables():
        kinds = [column.kind for column in table.columns]
        if "rank_interval" in kinds:
            assert "count" in kinds
            assert "percent_interval" in kinds


def test_both_languages_hold_the_same_figures(documents):
    danish, english = (list(documents[lang].tables()) for lang in LANGS)
    assert [table.name for table in danish] == [table.name for table in english]
    for one, other in zip(danish, english, strict=True):
        for row, same in zip(one.rows, other.rows, strict=True):
            numbers = [cell for cell in row if not isinstance(cell, str)]
            assert numbers == [cell for cell in same if not isinstance(cell, str)]


def test_the_names_of_tables_and_charts_are_unique(documents):
    names = [block.name for block in (*documents["da"].tables(), *documents["da"].figures())]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", LANGS)
def test_no_causal_word_stands_in_the_report(documents, lang):
    said = json.dumps([vars(block) for section in documents[lang].sections for block in section.blocks], default=str)
    banned = {"en": r"\b(because of|effect|effort|caused)\b", "da": r"\b(effekt|på grund af|forårsage)"}
    assert not re.search(banned[lang], said, re.IGNORECASE)


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.lang, self.asks = [], [], None, []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = given["lang"]
        if "id" in given:
            self.ids.append(given["id"])
        self.asks += [value for name, value in attrs if name in ("src", "href") and value and not value.startswith("#")]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_stands_alone(written, lang):
    text = (written / lang / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.lang == lang
    assert page.tags.count("h1") == 1
    assert "script" not in page.tags
    assert page.asks == []
    assert len(set(page.ids)) == len(page.ids)
    assert set(re.findall(r'url\("?([^")]{0,5})', text)) <= {"data:", *{f"#{name[:4]}" for name in page.ids}}


@pytest.mark.parametrize("lang", LANGS)
def test_the_pdf_is_tagged_titled_and_numbered(written, lang):
    pdf = pypdf.PdfReader(written / lang / "report.pdf")
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title == {"da": "Rapporten fra 2002, målt igen", "en": "The 2002 report, measured again"}[lang]
    first = pdf.pages[0].extract_text()
    assert {"da": "Side 1 af", "en": "Page 1 of"}[lang] in first
    assert len(pdf.pages) < 30


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_has_every_table_with_raw_figures(written, documents, lang):
    book = openpyxl.load_workbook(written / lang / "report.xlsx")
    assert book.sheetnames[1:] == [table.name[:31] for table in documents[lang].tables()]
    sheet = book["employment_all"]
    head = [cell.value for cell in sheet[4]]
    first = dict(zip(head, [cell.value for cell in sheet[5]], strict=True))
    assert first[{"da": "Kommune", "en": "Municipality"}[lang]] == "Nørager"
    assert first[{"da": "Andel i arbejde", "en": "Share in work"}[lang]] == pytest.approx(11 / 16)
    assert sheet.max_row == 4 + 216


def test_every_chart_is_written_twice_and_reads_aloud(written, documents):
    for figure in documents["da"].figures():
        drawn = (written / "da" / "charts" / f"{figure.name}.svg").read_text(encoding="utf-8")
        assert 'role="img"' in drawn
        assert "<title>" in drawn
        assert "<desc>" in drawn
        assert (written / "da" / "charts" / f"{figure.name}.png").read_bytes()[:4] == b"\x89PNG"


def test_charts_are_drawn_with_letters_of_our_own(written):
    drawn = (written / "da" / "charts" / "retention_rural.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'font-family="([^"]*)"', drawn)) == {"Source Sans Pro"}


TINY = Document(
    "en",
    "Tiny",
    "A report of one table",
    (
        Section(
            "one",
            "One",
            (
                Text("A text."),
                Table(
                    "t",
                    "T",
                    (Column("a"), Column("b", "percent_interval")),
                    (("=1+1", (0.1, 0.2)), ("x", None)),
                    "3 people",
                ),
            ),
        ),
    ),
)


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    write_document(TINY, tmp_path / "out", silent)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")["t"]
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")
    assert [cell.value for cell in sheet[4]] == ["a", "b, lower", "b, upper"]
    assert [cell.value for cell in sheet[6]] == ["x", None, None]


def test_a_report_that_fails_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("yesterday's", encoding="utf-8")

    def broken(*_given):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("fodfaeste.report.folder.xlsx.write", broken)
    with pytest.raises(RuntimeError):
        write_document(TINY, out, silent)
    assert (out / "report.html").read_text(encoding="utf-8") == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in out.iterdir()] == ["report.html"]


def test_a_file_in_the_way_is_said(tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match=r"found a file of that name, expected a folder to write into"):
        write_document(TINY, tmp_path / "out", silent)


def test_the_front_door_writes_and_says_how_far_it_is(tmp_path):
    heard = []
    files = report.write(tmp_path / "out", "da", lambda step, share: heard.append((step, share)))
    assert {path.name for path in files} >= {"report.html", "report.pdf", "report.xlsx"}
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert shares[-1] < 1
