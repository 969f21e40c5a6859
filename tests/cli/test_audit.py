"""`fodfaeste audit`: what it prints, as text and as JSON, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app
from fodfaeste.errors import BadInput

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "audit-roles.md"


def audit(*arguments: str):
    return CliRunner().invoke(app, ["audit", *arguments])


@pytest.fixture
def own_package(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    descriptor, table = (re.search(rf"```{kind}\n(.*?)```", text, re.S)[1] for kind in ("json", "csv"))
    (tmp_path / "datapackage.json").write_text(descriptor, encoding="utf-8")
    (tmp_path / "moves.csv").write_text(table, encoding="utf-8")
    return tmp_path


def test_the_report_is_audited_table_by_table():
    ended = audit("dk2002")
    assert ended.exit_code == 0
    assert (
        "moves_matrix: Moves by kind of origin and destination municipality (Chapter 1, section 1.1, " in ended.output
    )
    assert "rural, total (row 8)" in ended.output
    assert re.search(r"\b9124\b.*\b9134\b.*misprint", ended.output)
    assert re.search(r"\d+ figures checked in \d+ checks: \d+ findings\.\n$", ended.output)


def test_json_gives_the_whole_result():
    ended = audit("dk2002", "--json")
    result = json.loads(ended.output)
    assert len(result["table"]) == result["summary"]["findings"]
    assert {"table": "regression", "printed": "79.2"}.items() <= next(
        found for found in result["table"] if found["table"] == "regression"
    ).items()


def test_ones_own_package_is_audited(own_package):
    ended = audit(str(own_package))
    assert "Two digits exchanged: 31 % instead of 13 %." in re.sub(r"\s+", " ", ended.output.replace("│", " "))
    assert ended.output.endswith("6 figures checked in 7 checks: 1 finding.\n")
    assert ended.exit_code == 0


def test_strict_leaves_with_1_only_if_there_is_a_finding(own_package):
    assert audit(str(own_package), "--strict").exit_code == 1
    table = own_package / "moves.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("31,13", "31,31"), encoding="utf-8")
    ended = audit(str(own_package), "--strict")
    assert ended.exit_code == 0
    assert "no findings." in ended.output


def test_a_package_without_marks_says_that_nothing_was_checked(tmp_path):
    bare = {"resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}]}}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(bare), encoding="utf-8")
    (tmp_path / "t.csv").write_text("a\n1\n", encoding="utf-8")
    assert audit(str(tmp_path)).output == (
        "Nothing was checked: the package declares no role and no checks. See docs/reference/audit-roles.md.\n"
    )


def test_notes_are_printed_before_the_summary(own_package):
    table = own_package / "moves.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Eg,", "Elm,part,0,0,0\nEg,"), encoding="utf-8")
    assert audit(str(own_package)).output.splitlines()[-2:] == [
        "Note: moves, Elm (row 4): the rate of nobody is unknown.",
        "6 figures checked in 7 checks: 1 finding.",
    ]


def test_a_folder_without_a_package(tmp_path):
    ended = audit(str(tmp_path))
    assert isinstance(ended.exception, BadInput)
    assert "no datapackage.json" in str(ended.exception)
