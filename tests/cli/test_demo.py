"""The demonstration: it builds, says who can sign in, serves on this machine alone, checks itself, and stops.

The reports and the web application are stood in for: `make demo ARGS=--once` builds and checks the real ones.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from fodfaeste.cli import main
from fodfaeste.cli.demo import country

PAGE = "<title>{title} – Fodfæste</title><h1>{heading}</h1>"

COUNTRY = {
    "password": "not-a-secret",
    "persons": 398,
    "sign_ins": [
        {"email": "worker1.825@demo.invalid", "role": "worker", "organisation": "Læsø (opdigtet)"},
        {"email": "worker2.825@demo.invalid", "role": "worker", "organisation": "Læsø (opdigtet)"},
        {"email": "leader1.825@demo.invalid", "role": "leader", "organisation": "Læsø (opdigtet)"},
    ],
    "own_page": {"path": "/min/link/7/", "code": "514713"},
    "workplace": "/arbejdsplads/1.1.x/",
    "households": [{"what": "An arriving household's own page", "path": "/min/link/7/", "code": "514713"}],
}

WEB = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs
import os
published = Path(os.environ["FODFAESTE_PUBLISHED"])
assert os.environ["FODFAESTE_SECOND_FACTOR"] == "off"
words, broken = sys.argv[1:], {broken!r}
PAGES = {{
    "/": '<title>I dag – F</title><h1>I dag</h1><nav aria-label="m"><a href="/program/i-dag/">I dag</a></nav>',
    "/sundhed/": "ok",
    "/konto/login/": '<title>Log ind</title><h1>Log ind</h1><input name="csrfmiddlewaretoken" value="t">',
    "/program/i-dag/": '<title>I dag – F</title><h1>I <b>dag</b></h1><a class="x" href="/program/7/">En</a>',
    "/program/7/": "<title>Program – Prøve – F</title><h1>Program for Prøve</h1>",
    "/min/link/7/": '<title>Kode</title><h1>Kode</h1><input name="csrfmiddlewaretoken" value="t">',
    "/min/": "<title>Din egen side – F</title><h1>Din egen side</h1>",
    "/arbejdsplads/1.1.x/": "<title>Aftale om Prøve – F</title><h1>Aftale om Prøve</h1>",
}}
PAGES.update(broken)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        file = published / self.path.strip("/")
        body = PAGES.get(self.path) or (file.read_text() if file.is_file() else None)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write((body or "").encode())

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        opens = {{"/konto/login/": ("password", "not-a-secret", "/"), "/min/link/7/": ("code", "514713", "/min/")}}
        field, secret, within = opens[self.path]
        let_in = sent[field] == [secret] and sent["csrfmiddlewaretoken"] == ["t"]
        self.send_response(302)
        self.send_header("Location", within if let_in else self.path)
        self.end_headers()

    def log_message(self, *words):
        pass


if words[:2] == ["manage", "build_demonstration"]:
    if {fails!r}:
        sys.exit(3)
    print(json.dumps({country!r}))
elif words[:2] == ["manage", "remove_demonstration"]:
    print("398 made-up persons taken away.")
elif words[0] == "serve":
    HTTPServer(("127.0.0.1", int(words[2])), Handler).serve_forever()
"""
"""A stand-in for ``python -m fodfaeste.web``: it answers as much as the demonstration asks of it."""


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
def reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.data.synthetic.build", lambda _seed, _scale, _out: None)
    monkeypatch.setattr("fodfaeste.report.register.write", measured)
    monkeypatch.setattr("fodfaeste.report.write", stand_in)
    monkeypatch.setattr("fodfaeste.cli.demo.place_a_year.place_a_year", placed)


Web = Callable[..., None]


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Web:
    """Give what puts a stand-in in the place of the web application."""

    def put(*, broken: dict[str, str] | None = None, fails: bool = False, built: dict[str, object] = COUNTRY) -> None:
        script = tmp_path / "web.py"
        script.write_text(WEB.format(broken=broken or {}, fails=fails, country=built), encoding="utf-8")
        monkeypatch.setattr(country, "program", lambda *words: [sys.executable, str(script), *words])

    put()
    return put


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("web")
def test_once_builds_fetches_every_report_and_every_page_of_each_role_and_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--once", "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr()
    for lang in ("da", "en"):
        assert f"Report: {tmp_path / 'out' / 'published' / 'rapporter' / lang / 'report.html'}" in said.out
        assert f"/rapporter/{lang}/report.html answers: Rapport – Fodfæste" in said.out
        assert f"/rapporter/register/{lang}/report.html answers: Rapport – Fodfæste" in said.out
        assert f"/rapporter/place/{lang}/report.html answers: Rapport – Fodfæste" in said.out
    assert "worker1.825@demo.invalid (worker): 2 pages answer: I dag – F, Program – Prøve – F" in said.out
    assert "leader1.825@demo.invalid (leader): 2 pages answer" in said.out
    assert "worker2" not in said.out
    assert "A newcomer's own page answers: Din egen side – F" in said.out
    assert "An arriving household's own page, answers: Din egen side – F" in said.out
    assert "A workplace's page answers: Aftale om Prøve – F" in said.out
    told = [
        "6% da: writing",
        "19% en: writing",
        "25% register: build",
        "40% register: measuring",
        "75% place: training",
    ]
    assert [line.strip() for line in said.err.splitlines()] == told


@pytest.mark.usefixtures("web")
def test_the_front_page_of_the_reports_leads_to_what_a_reader_opens(tmp_path: Path) -> None:
    run("--once", "--out", str(tmp_path / "out"))
    front = (tmp_path / "out" / "published" / "rapporter" / "index.html").read_text(encoding="utf-8")
    assert 'href="da/report.html"' in front
    assert 'href="en/report.xlsx"' in front
    assert 'href="register/da/report.html"' in front
    assert 'href="place/en/report.html"' in front
    assert "chart.svg" not in front


@pytest.mark.parametrize(
    ("page", "answer", "said"),
    [
        ("/program/i-dag/", "<title>Andet – F</title><h1>I dag</h1>", "does not name its heading"),
        ("/program/7/", "<h1>Program</h1>", "has no title or no heading"),
        ("/program/i-dag/", "<title>I dag</title><h1>I dag</h1><a href='#'></a><a href=\"/personer/9/\">9</a>", "404"),
    ],
)
def test_a_page_that_is_not_what_it_says_fails_the_check(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str], page: str, answer: str, said: str
) -> None:
    web(broken={page: answer})
    assert run("--once", "--out", str(tmp_path / "out")) == 1
    assert said in capsys.readouterr().err


def test_somebody_who_cannot_sign_in_fails_the_check(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web(built={**COUNTRY, "password": "another"})
    assert run("--once", "--out", str(tmp_path / "out")) == 1
    assert "worker1.825@demo.invalid could not sign in" in capsys.readouterr().err


def test_a_newcomer_whose_link_does_not_open_fails_the_check(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web(built={**COUNTRY, "own_page": {"path": "/min/link/7/", "code": "000000"}})
    assert run("--once", "--out", str(tmp_path / "out")) == 1
    assert "did not open with its code" in capsys.readouterr().err


def test_a_country_that_cannot_be_built_is_said(tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    web(fails=True)
    assert run("--once", "--out", str(tmp_path / "out")) == 1
    assert "ended with 3" in capsys.readouterr().err


def test_a_server_that_ends_at_once_is_said(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    web()
    monkeypatch.setattr(country, "serving", lambda _port: [sys.executable, "-c", "raise SystemExit(1)"])
    assert run("--once", "--out", str(tmp_path / "out")) == 1
    assert "did not answer" in capsys.readouterr().err


def test_a_taken_port_is_told_before_anything_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run("--port", str(port), "--out", str(tmp_path / "out")) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is taken" in said
    assert "fodfaeste demo --port 8000" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("web")
def test_the_country_alone_is_built_with_one_sign_in_of_each_role(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "398 persons, none of whom exists. Sign in at http://127.0.0.1:8000/konto/login/" in said
    assert "Everybody's password: not-a-secret" in said
    assert "worker1.825@demo.invalid" in said
    assert "leader1.825@demo.invalid" in said
    assert "and 1 more" in said
    assert "A newcomer's own page, code 514713: http://127.0.0.1:8000/min/link/7/" in said
    assert "An arriving household's own page, code 514713: http://127.0.0.1:8000/min/link/7/" in said
    assert "An agreement that waits for its workplace: http://127.0.0.1:8000/arbejdsplads/1.1.x/" in said


@pytest.mark.usefixtures("web")
def test_it_is_taken_away_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("remove", "--out", str(tmp_path / "out")) == 1
    assert "There is no demonstration country" in capsys.readouterr().err
    (tmp_path / "out" / "data").mkdir(parents=True)
    assert run("remove", "--out", str(tmp_path / "out")) == 0
    assert "398 made-up persons taken away." in capsys.readouterr().out


@pytest.mark.usefixtures("web")
def test_it_serves_until_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "web.py"
    program = (
        "import sys, fodfaeste.report; from pathlib import Path; from fodfaeste.cli import main\n"
        "from fodfaeste.cli.demo import country, place_a_year\n"
        "def write(out, lang, progress):\n"
        "    out.mkdir(parents=True); page = out / 'report.html'; page.write_text('Rapport'); return [page]\n"
        "fodfaeste.report.write = write\n"
        "import fodfaeste.data.synthetic, fodfaeste.report.register\n"
        "fodfaeste.data.synthetic.build = lambda *given: None\n"
        "fodfaeste.report.register.write = lambda *given, **options: []\n"
        "place_a_year.place_a_year = lambda *given: {}\n"
        f"country.program = lambda *words: [sys.executable, {str(script)!r}, *words]\n"
        f"main(['demo', '--port', '0', '--out', {str(tmp_path / 'out')!r}])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = next(line for line in process.stdout if line.startswith("398 persons"))
        address = said.split()[-1].removesuffix("konto/login/")
        assert address.startswith("http://127.0.0.1:")
        for line in process.stdout:
            if "and 1 more" in line:
                break
        body = _fetched_when_up(f"{address}rapporter/en/report.html")
        assert body == b"Rapport"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) != 0


def _fetched_when_up(url: str) -> bytes:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=30) as answer:
                return bytes(answer.read())
        except ConnectionError:
            continue
        except OSError as error:
            if "refused" not in str(error):
                raise
    raise AssertionError(f"{url} never answered")


def test_every_role_that_signs_in_has_a_name_here() -> None:
    from fodfaeste.web.accounts.roles import Role

    assert {role.value for role in Role} - {"newcomer"} <= set(country.ROLES)
