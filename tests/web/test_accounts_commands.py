"""``python -m fodfaeste.web``: serving, migrating, the first administrator; and the door to it in the command line."""

from __future__ import annotations

import inspect
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from django.test import Client
from typer.testing import CliRunner

from fodfaeste import cli
from fodfaeste.errors import Refused, UnknownName
from fodfaeste.web import __main__ as web
from fodfaeste.web.accounts.domain.first import first_administrator
from fodfaeste.web.accounts.domain.links import password_link
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.config import serving

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"
SECRET = "et kodeord på mindst seksten tegn"


class Replaced(Exception):
    """Instead of giving this process away to another program."""


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which programs this process would have become."""
    became: list[list[str]] = []

    def note(_file: str, arguments: list[str]) -> None:
        became.append(arguments)
        raise Replaced

    monkeypatch.setattr(os, "execv", note)
    return became


def said(*arguments: str) -> str:
    done = CliRunner().invoke(web.app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return str(done.stdout)


@pytest.mark.django_db
def test_an_administrator_gets_a_link_and_chooses_a_password_once() -> None:
    link = said("new-administrator", "Ada@example.invalid", "Ada Prøve", "--organisation", "ringsted").strip()
    assert link.startswith("http://127.0.0.1:8000/konto/password/reset/key/")
    path = link.removeprefix("http://127.0.0.1:8000")
    browser = Client()
    form = browser.get(path, follow=True)
    to = form.redirect_chain[-1][0]
    browser.post(to, {"password1": SECRET, "password2": SECRET})
    user = User.objects.get(email="ada@example.invalid")
    assert user.check_password(SECRET)
    assert Membership.objects.filter(user=user, role=Role.ADMINISTRATOR, organisation__code="329").exists()
    again = Client().get(path, follow=True)
    assert "password1" not in again.text


@pytest.mark.django_db
def test_a_password_of_fewer_than_16_signs_is_refused() -> None:
    browser = Client()
    to = browser.get(password_link(first_administrator("a@example.invalid", "A", "329")), follow=True)
    page = browser.post(to.redirect_chain[-1][0], {"password1": "kort og godt", "password2": "kort og godt"})
    assert "16" in page.text
    assert not User.objects.get().has_usable_password()


@pytest.mark.django_db
def test_what_an_organisation_is_called() -> None:
    first_administrator("a@example.invalid", "A", "Ringsted")
    first_administrator("b@example.invalid", "B", "329")
    first_administrator("b@example.invalid", "B", "329")
    assert Organisation.objects.get().name == "Ringsted"
    assert Membership.objects.count() == 2
    first_administrator("c@example.invalid", "C", "Venneforeningen", Kind.ASSOCIATION)
    assert Organisation.objects.get(kind=Kind.ASSOCIATION).name == "Venneforeningen"


@pytest.mark.django_db
def test_what_is_refused_makes_nothing() -> None:
    with pytest.raises(UnknownName, match="Did you mean Ringsted"):
        first_administrator("a@example.invalid", "A", "Ringstedt")
    with pytest.raises(UnknownName, match="kind of organisation 'club'"):
        first_administrator("a@example.invalid", "A", "Klubben", "club")
    with pytest.raises(Refused, match="Employers come by link"):
        first_administrator("a@example.invalid", "A", "Smedjen", Kind.EMPLOYER)
    assert not User.objects.exists()


def test_it_serves_on_this_machine_alone(programs: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    migrated: list[str] = []
    monkeypatch.setattr(web, "_migrate", lambda: migrated.append("first"))
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: migrated.append(" ".join(command[1:])))
    with pytest.raises(Replaced):
        CliRunner().invoke(web.app, ["serve", "--port", "8765"], catch_exceptions=False)
    assert migrated == ["first", "-m fodfaeste.place.loops"]
    command = " ".join(programs[0][1:])
    assert command == (
        "-m gunicorn --config python:fodfaeste.web.config.serving --no-control-socket --log-level warning "
        f"--preload --worker-class gthread --workers {web.WORKERS} "
        "--threads 1 --worker-connections 6 --bind 127.0.0.1:8765 fodfaeste.web.config.wsgi:application"
    )


def test_the_server_still_asks_how_long_to_wait_on_an_idle_connection() -> None:
    """What `config.serving` sets is a name of the server's own: a release without it would wait five seconds again."""
    assert serving.gthread.DEFAULT_WORKER_DATA_TIMEOUT == serving.IDLE_SECONDS
    assert "DEFAULT_WORKER_DATA_TIMEOUT" in inspect.getsource(serving.gthread.ThreadWorker.handle)


def test_a_port_that_is_taken_is_named(programs: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind((web.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            web.main(["serve", "--port", str(port)])
    assert ended.value.code == 1
    assert f"Port {port} is taken" in capsys.readouterr().err
    assert not programs


def test_migrating_reaches_the_database_as_its_owner(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    called: list[Any] = []
    monkeypatch.setattr("django.core.management.call_command", lambda *names, **more: called.append(more["database"]))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    said("migrate")
    monkeypatch.setitem(settings.DATABASES, "owner", settings.DATABASES["default"])
    said("migrate")
    assert called == ["default", "owner"]


def test_django_has_its_own_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr("django.core.management.execute_from_command_line", called.append)
    said("manage", "check", "--deploy", "--help")
    assert called == [["fodfaeste web manage", "check", "--deploy", "--help"]]


def test_an_empty_folder_becomes_an_installation(tmp_path: Path) -> None:
    """From nothing to an administrator's link, as a process of its own."""
    environment = {**os.environ, "FODFAESTE_DATA": str(tmp_path), "DATABASE_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fodfaeste.web", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run("migrate").returncode == 0
    made = run("new-administrator", "ada@example.invalid", "Ada", "--organisation", "329", "--address", "https://x.dk/")
    assert re.fullmatch(r"https://x\.dk/konto/password/reset/key/\S+/\n", made.stdout)
    assert "holds for 3 days" in made.stderr
    unknown = run("new-administrator", "ada@example.invalid", "Ada", "--organisation", "Atlantis")
    assert (unknown.returncode, unknown.stderr[:7]) == (3, "Error: ")


def test_the_command_lines_door_gives_everything_on(programs: list[list[str]]) -> None:
    for given in (["serve", "--port", "1"], ["--help"], []):
        with pytest.raises(Replaced):
            cli.app(["web", *given], standalone_mode=False)
    rest = [arguments[1:] for arguments in programs]
    assert rest == [["-m", "fodfaeste.web", *more] for more in (["serve", "--port", "1"], ["--help"], ["--help"])]


def commands() -> Iterator[tuple[str, Any]]:
    yield from typer.main.get_command(web.app).commands.items()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_option_stands_on_its_page(name: str, command: Any) -> None:
    _, _, below = PAGE.read_text(encoding="utf-8").partition("## `fodfaeste web")
    _, _, section = below.partition("\n## ")[0].partition(f"### `{name}")
    section = section.partition("\n### ")[0]
    assert section, f"{name} has no section"
    for option in (opt for parameter in command.params for opt in parameter.opts if opt.startswith("--")):
        assert option == "--help" or f"`{option}" in section
