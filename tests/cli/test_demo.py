"""The demonstration: it builds, serves on this machine alone, checks itself, and stops when told to.

The reports themselves are stood in for: `make demo ARGS=--once` builds and checks the real ones.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from fodfaeste.cli import main
from fodfaeste.cli._output import progress

PAGE = "<title>{title} – Fodfæste</title><h1>{heading}</h1>"


def stand_in(out: Path, lang: str, progress: Callable[[str, float], None], *, heading: str = "Rapport") -> list[Path]:
    out.mkdir(parents=True)
    progress("writing", 0.5)
    files = [out / "report.html", out / "report.xlsx", out / "chart.svg"]
    for file in files:
        file.write_text(PAGE.format(title="Rapport", heading=heading), encoding="utf-8")
    return files


def measured(source: Path, out: Path, langs: list[str], *, progress: Callable[[str, float], None]) -> list[Path]:
    assert source == out / "data"
    progress("measuring", 0.5)
    return [file for lang in langs for file in stand_in(out / lang, lang, lambda _doing, _share: None)]


def placed(
    source: Path, out: Path, langs: list[str], seed: int, show: Callable[[str, float], None]
) -> dict[str, list[Path]]:
    assert source == out.parent / "register" / "data"
    assert seed == 1
    show("training", 0.5)
    return {lang: stand_in(out / lang, lang, lambda _doing, _share: None) for lang in langs}


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.data.synthetic.build", lambda _seed, _scale, _out: None)
    monkeypatch.setattr("fodfaeste.report.register.write", measured)
    monkeypatch.setattr("fodfaeste.cli._place_a_year.place_a_year", placed)


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.report.write", stand_in)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("report")
def test_once_builds_both_languages_fetches_every_page_and_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--once", "--out", str(tmp_path)) == 0
    said = capsys.readouterr()
    for lang in ("da", "en"):
        assert f"Report: {tmp_path / lang / 'report.html'}" in said.out
        assert f"/{lang}/report.html answers: Rapport – Fodfæste" in said.out
        assert f"/register/{lang}/report.html answers: Rapport – Fodfæste" in said.out
        assert f"/place/{lang}/report.html answers: Rapport – Fodfæste" in said.out
    told = [
        "6% da: writing",
        "19% en: writing",
        "25% register: build",
        "40% register: measuring",
        "75% place: training",
    ]
    assert [line.strip() for line in said.err.splitlines()] == told


@pytest.mark.usefixtures("report")
def test_the_front_page_leads_to_what_a_reader_opens(tmp_path: Path) -> None:
    run("--once", "--out", str(tmp_path))
    front = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="da/report.html"' in front
    assert 'href="en/report.xlsx"' in front
    assert 'href="register/da/report.html"' in front
    assert 'href="place/en/report.html"' in front
    assert "chart.svg" not in front


def test_a_page_whose_title_is_not_its_heading_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "fodfaeste.report.write", lambda out, lang, progress: stand_in(out, lang, progress, heading="Something else")
    )
    assert run("--once", "--out", str(tmp_path)) == 1
    assert "its title does not name its heading" in capsys.readouterr().err


def test_a_page_that_was_not_written_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fodfaeste.report.write", lambda out, lang, progress: out.mkdir(parents=True) or [])
    assert run("--once", "--out", str(tmp_path)) == 1
    assert "da/report.html answers 404, File not found" in capsys.readouterr().err


def test_a_taken_port_is_told_before_anything_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run("--port", str(port), "--out", str(tmp_path / "out")) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is taken" in said
    assert "fodfaeste demo --port 8000" in said
    assert not (tmp_path / "out").exists()


def test_it_serves_until_ctrl_c_and_ends_quietly(tmp_path: Path) -> None:
    program = (
        "import sys, fodfaeste.report; from pathlib import Path; from fodfaeste.cli import main\n"
        "def write(out, lang, progress):\n"
        "    out.mkdir(); page = out / 'report.html'; page.write_text('Rapport'); return [page]\n"
        "fodfaeste.report.write = write\n"
        "import fodfaeste.data.synthetic, fodfaeste.report.register\n"
        "fodfaeste.data.synthetic.build = lambda *given: None\n"
        "fodfaeste.report.register.write = lambda *given, **options: []\n"
        "import fodfaeste.cli._place_a_year\n"
        "fodfaeste.cli._place_a_year.place_a_year = lambda *given: {}\n"
        f"main(['demo', '--port', '0', '--out', {str(tmp_path)!r}])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = next(line for line in process.stdout if line.startswith("Served at"))
        address = said.split()[2]
        with urlopen(f"{address}en/report.html", timeout=30) as answer:
            assert answer.read() == b"Rapport"
        assert address.startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read().split() == ["25%", "register:", "build"]


def test_on_a_terminal_a_bar_shows_what_is_being_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress() as show:
        show("da: writing", 0.5)
    assert "da: writing" in capsys.readouterr().err
