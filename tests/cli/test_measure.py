"""`fodfaeste measure`: what it asks for, what it says, and how it ends when it is interrupted or refused."""

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app, main
from fodfaeste.cli._output import progress
from fodfaeste.errors import Refused


@pytest.fixture
def asked(monkeypatch):
    """Stand in for the report on a register; remembers what was asked for."""
    given = {}

    def write(source, out, langs, **options):
        options["progress"]("count status", 0.25)
        options["progress"]("charts", 0.75)
        given.update(source=source, out=out, langs=langs, **options)
        files = [out / "report.html", out / "tables" / "league.csv", out / "tables" / "datapackage.json"]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        return files

    monkeypatch.setattr("fodfaeste.report.register.write", write)
    return given


def test_by_default_it_writes_danish_on_duckdb_and_hides_nothing(asked, tmp_path):
    done = CliRunner().invoke(app, ["measure", "extract", "-o", str(tmp_path / "r")])
    assert done.exit_code == 0, done.output
    assert (asked["source"], asked["out"], asked["langs"]) == ("extract", tmp_path / "r", ["da"])
    assert (asked["engine"], asked["publish"]) == ("duckdb", False)
    assert done.stdout.splitlines() == [str(tmp_path / "r" / "report.html"), f"{tmp_path / 'r' / 'tables'}: 2 tables"]


def test_language_engine_and_edition_are_chosen(asked, tmp_path):
    done = CliRunner().invoke(
        app, ["measure", "duckdb://x.db", "-o", str(tmp_path), "--lang", "en", "--engine", "local", "--publish"]
    )
    assert done.exit_code == 0, done.output
    assert (asked["source"], asked["langs"], asked["engine"], asked["publish"]) == (
        "duckdb://x.db",
        ["en"],
        "local",
        True,
    )


def test_for_machines_it_lists_the_files_and_nothing_else(asked, tmp_path):
    done = CliRunner().invoke(app, ["measure", "extract", "-o", str(tmp_path), "--json"])
    files = [Path(file) for file in json.loads(done.stdout)["files"]]
    assert [file.name for file in files] == ["report.html", "league.csv", "datapackage.json"]


def test_where_nobody_watches_each_thing_done_is_a_line_on_stderr(asked, tmp_path):
    done = CliRunner().invoke(app, ["measure", "extract", "-o", str(tmp_path)])
    assert [line.split(maxsplit=1) for line in done.stderr.splitlines()] == [["25%", "count status"], ["75%", "charts"]]


def test_ctrl_c_leaves_with_130(monkeypatch, tmp_path, capsys):
    def write(*_given, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("fodfaeste.report.register.write", write)
    with pytest.raises(SystemExit) as left:
        main(["measure", "extract", "-o", str(tmp_path / "r")])
    assert left.value.code == 130
    assert "Traceback" not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_leaves_with_4_and_says_why_also_to_machines(monkeypatch, tmp_path, capsys):
    def write(*_given, **_options):
        raise Refused("2 small counts could be worked out.")

    monkeypatch.setattr("fodfaeste.report.register.write", write)
    with pytest.raises(SystemExit) as left:
        main(["measure", "extract", "-o", str(tmp_path / "r"), "--publish", "--json"])
    assert left.value.code == 4
    assert json.loads(capsys.readouterr().err)["error"]["message"] == "2 small counts could be worked out."


def test_a_folder_that_is_not_there_leaves_with_3_and_nothing_behind(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["measure", str(tmp_path / "nowhere"), "-o", str(tmp_path / "r")])
    assert left.value.code == 3
    assert "no such folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_it_takes():
    said = " ".join(
        CliRunner().invoke(app, ["measure", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output.split()
    )
    for word in ("--publish", "--engine", "--lang", "postgres://", "Interrupt it"):
        assert word in said, word


def test_on_a_terminal_a_bar_shows_what_is_done_and_the_time_left(monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress() as show:
        show("count status", 0.1)
        show("count moves", 0.6)
    said = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)
    assert "count moves" in said
    assert re.search(r"time left (-|\d)", said)


def test_elsewhere_a_thing_is_named_once_however_often_it_is_told(capsys):
    with progress() as show:
        for share in (0.1, 0.2, 0.3):
            show("charts", share)
        show("pages", 0.9)
    assert [line.split() for line in capsys.readouterr().err.splitlines()] == [["10%", "charts"], ["90%", "pages"]]
