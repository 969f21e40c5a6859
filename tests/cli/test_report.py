"""`fodfaeste report`: what it writes, and what it refuses to."""

import json

import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app, main
from fodfaeste.errors import UnknownName


def test_it_writes_the_page_the_pdf_the_workbook_and_the_charts(tmp_path):
    done = CliRunner().invoke(app, ["report", "dk2002", "-o", str(tmp_path / "r"), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "r").iterdir()} == {"report.html", "report.pdf", "report.xlsx", "charts"}
    assert "24 charts" in done.output


def test_for_machines_it_lists_the_files(tmp_path):
    done = CliRunner().invoke(app, ["report", "-o", str(tmp_path / "r"), "--json"])
    files = json.loads(done.stdout)["files"]
    assert len(files) == 3 + 24
    assert str(tmp_path / "r" / "report.html") in files


def test_an_unknown_source_says_what_there_is(tmp_path):
    done = CliRunner().invoke(app, ["report", "dk2001", "-o", str(tmp_path / "r")])
    assert isinstance(done.exception, UnknownName)
    assert "Did you mean dk2002?" in str(done.exception)
    assert not (tmp_path / "r").exists()


def test_a_file_in_the_way_leaves_with_3_and_writes_nothing(tmp_path, capsys):
    (tmp_path / "r").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["report", "-o", str(tmp_path / "r")])
    assert left.value.code == 3
    assert "expected a folder to write into" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
