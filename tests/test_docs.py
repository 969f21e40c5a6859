"""What the documentation shows is so: its code and commands are run in order, page by page, and its output compared."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fodfaeste import measure
from fodfaeste.cli import app, main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*/*.md")), DOCS / "index.md"]
GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```\n', flags=re.MULTILINE | re.DOTALL)
MINUTES = ("report", "demo", "measure")
"""Commands that other tests run; here only their options are looked up."""

BUILT = DOCS / "tutorial" / "measure-a-register.md"
"""Run by `docs/figures/measure_a_register.py` whenever the documentation is built, which is often enough."""


@dataclass(frozen=True)
class Block:
    """A fenced block; `output` is the text block straight below it, if there is one."""

    language: str
    file: str
    text: str
    output: str | None


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = list(FENCE.finditer(text))
    blocks = []
    for position, fence in enumerate(found):
        below = found[position + 1] if position + 1 < len(found) else None
        told = below and below[1] == "text" and not text[fence.end() : below.start()].strip()
        blocks.append(Block(fence[1], fence[2] or "", fence[3], below[3] if below and told else None))
    return blocks


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def said_by(act: Callable[[], object]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        act()
    return "\n".join(line.rstrip() for line in said.getvalue().splitlines()) + "\n"


def commands_in(block: Block) -> list[list[str]]:
    lines = block.text.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page) and page != BUILT], ids=name_of)
def test_a_page_does_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks with a file name are written, Python and commands run; text below them is what they print."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": name_of(page)}
    for block in blocks_of(page):
        said = ""
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            program = compile(block.text, name_of(page), "exec")
            said = said_by(lambda program=program: exec(program, names))
        elif block.language == "sh":
            said = "".join(run_command(words) for words in commands_in(block))
        if block.output is not None:
            same = doctest.OutputChecker().check_output(block.output, said, doctest.ELLIPSIS)
            assert same, f"{name_of(page)} shows\n{block.output}\nand this is printed:\n{said}"


def run_command(words: list[str]) -> str:
    """What a command prints; of the ones that take long, only the options are looked up."""
    if Path(words[0]).name != "fodfaeste":
        assert words[0] in {"make", "cd", "git"}, f"nobody checks {words}"
        return ""
    if words[1] == "web":
        # A program of its own, which goes on serving: what is asked of it is looked up.
        asked = [sys.executable, "-m", "fodfaeste.web", words[2], "--help"]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        assert [word for word in words[3:] if word.startswith("-") and word not in told] == []
        return ""
    if words[1] not in MINUTES:
        return said_by(lambda: main(words[1:]))
    told = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"}).output
    assert [word for word in words[2:] if word.startswith("-") and word not in told] == []
    return ""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_output_that_a_page_shows_is_compared(page: Path) -> None:
    blocks = blocks_of(page)
    slow = [words for block in blocks if block.output for words in commands_in(block) if words[1:2] in MINUTES]
    assert slow == []
    assert sum(block.language == "text" for block in blocks) == sum(block.output is not None for block in blocks)


def test_the_picture_of_the_readme_is_what_its_script_draws(tmp_path: Path) -> None:
    drawn = runpy.run_path(str(DOCS / "figures" / "screenshots.py"))["draw"](tmp_path).read_text(encoding="utf-8")
    kept = (DOCS / "assets" / "report-retention.svg").read_text(encoding="utf-8")
    assert "assets/report-retention.svg" in (ROOT / "README.md").read_text(encoding="utf-8")
    number = re.compile(r"\d+(?:\.\d+)?")
    assert number.sub("#", drawn) == number.sub("#", kept)
    # A hundredth of a pixel may round either way on another processor.
    assert [float(figure) for figure in number.findall(drawn)] == pytest.approx(
        [float(figure) for figure in number.findall(kept)], abs=0.011
    )


def test_every_picture_of_the_pages_has_a_script_that_draws_it() -> None:
    others = (ROOT / "benchmarks" / "measure" / "growth.py", ROOT / "tools" / "screenshots.py")
    drawing = [*(DOCS / "figures").glob("*.py"), *others]
    scripts = "".join(script.read_text(encoding="utf-8") for script in drawing)
    shown = {name for page in PAGES for name in re.findall(r"assets/([\w.-]+)", page.read_text(encoding="utf-8"))}
    assert shown
    assert {name for name in shown if f'"{name}"' not in scripts} == set()


# The glossary


ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("|") and not line.startswith("|---")
]


def test_every_term_of_the_glossary_has_its_danish_its_meaning_and_its_source() -> None:
    assert ROWS[0] == ["English", "Danish", "Meaning", "Source"]
    assert [row for row in ROWS[1:] if len(row) != len(ROWS[0]) or not all(row)] == []


def test_the_glossary_is_in_order_and_has_each_term_once() -> None:
    terms = [row[0].casefold() for row in ROWS[1:]]
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("average", "mark.average"),
        ("funnel plot", "col.flag"),
        ("gamma", "col.gamma"),
        ("level", "who.level"),
        ("misprint", "audit.misprint"),
        ("moved away", "col.moved"),
        ("rural municipality", "name.rural"),
        ("seat", "col.seat"),
        ("share moved away", "col.moved_share"),
        ("share in work", "col.employment_share"),
        ("shrunken rate", "col.shrunken"),
        ("small-town municipality", "name.small_town"),
        ("told apart", "mark.told_apart"),
        ("composition", "who.composition"),
    ],
)
def test_the_report_and_the_glossary_use_one_word_in_both_languages(term: str, key: str) -> None:
    """The report's word, singular or plural, is the glossary's; where two are given, one of them."""
    texts = tomllib.loads((ROOT / "src/fodfaeste/report/texts/dk2002.toml").read_text(encoding="utf-8"))
    section, name = key.split(".")
    danish = texts[section][name]["da"].replace("{value}", "").strip().casefold()
    row = next(row for row in ROWS if row[0].casefold() == term)
    assert any(danish.removesuffix("r") == word.strip().casefold().removesuffix("r") for word in row[1].split(";"))


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("composition", "mix.part_composition"),
        ("bounds", "col.bounds"),
        ("edition for publication", "edition.public"),
        ("event", "col.event"),
        ("grade", "col.grade"),
        ("level", "mix.part_level"),
        ("moved away", "col.moved"),
        ("rest", "col.part_rest"),
        ("share moved away", "col.rate"),
        ("shrunken rate", "col.shrunken"),
    ],
)
def test_the_register_report_and_the_glossary_use_one_word_in_both_languages(term: str, key: str) -> None:
    texts = tomllib.loads((ROOT / "src/fodfaeste/report/texts/register.toml").read_text(encoding="utf-8"))
    section, name = key.split(".")
    row = next(row for row in ROWS if row[0].casefold() == term)
    words = [word.strip().casefold() for word in row[1].split(";")]
    assert texts[section][name]["da"].split(",")[0].casefold() in words


# The site


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert [page for page in pages if page not in listed] == []


def test_the_reference_has_every_public_measure() -> None:
    reference = (DOCS / "reference" / "measure.md").read_text(encoding="utf-8")
    listed = re.findall(r"^::: ([\w.]+)\n    options:\n      members: \[(.+)\]$", reference, flags=re.MULTILINE)
    members = {(module, name) for module, names in listed for name in names.split(", ")}
    assert {(getattr(measure, name).__module__, name) for name in measure.__all__} - members == set()
    assert {name for name in measure.__all__ if f"`{name}`" not in reference} == set()


def test_the_page_of_rights_says_what_the_test_of_every_address_says() -> None:
    told = runpy.run_path(str(DOCS / "figures" / "rights_table.py"))
    told["draw"](DOCS / "assets")
    rows = {row[0]: row[1:] for row in told["rows"](told["read_matrix"]())}
    file = "a person's file: facts, programme, plan, journal, letter"
    assert rows[file] == ["sees", "with a reason", "with a reason", "", "", "", "", ""]


def test_an_address_that_stands_in_no_row_of_the_page_of_rights_is_named() -> None:
    told = runpy.run_path(str(DOCS / "figures" / "rights_table.py"))
    matrix = told["read_matrix"]()
    assert told["not_told"](matrix | {"people:new-room": {"own": 404}}) == ["people:new-room"]
    assert told["not_told"]({name: entry for name, entry in matrix.items() if name != "people:cpr"}) == ["people:cpr"]


def test_the_decisions_are_numbered_without_a_gap_and_have_the_parts_that_contributing_asks_for() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert headings[:4] == ["The question", "The decision", "What follows", "What else there was"], page.name


def test_the_changelog_tells_of_the_version_that_is_built() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
