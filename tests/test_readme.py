"""What the README tells a newcomer to type works, and so does its code."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.removeprefix("$ ").partition(" #")[0].strip()
    for language, block in BLOCKS
    if language in ("sh", "bash", "shell", "console")
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]
PROGRAMS = [block for language, block in BLOCKS if language == "python"]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_the_readme_says_what_to_type() -> None:
    assert "make demo" in COMMANDS


def test_only_commands_that_this_file_knows_how_to_check_are_in_the_readme() -> None:
    assert {shlex.split(command)[0] for command in COMMANDS} <= {
        "make",
        "fodfaeste",
        ".venv/bin/fodfaeste",
        "git",
        "cd",
    }


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make ")])
def test_a_make_command_has_its_target(command: str) -> None:
    goals = [word for word in shlex.split(command)[1:] if "=" not in word]
    assert set(goals) <= TARGETS
    subprocess.run(["make", "--dry-run", *shlex.split(command)[1:]], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("command", [command for command in COMMANDS if "fodfaeste " in command])
def test_a_fodfaeste_command_has_its_options(command: str) -> None:
    """Its subcommand exists and every option it is given stands in that subcommand's help."""
    words = shlex.split(command)[1:]
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    path = words[: 2 if words[0] in ("data", "place") else 1]
    told = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0, told.output
    assert [option for option in options if option not in told.output] == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_code_runs(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize("link", re.findall(r"\]\((?!\w+:)([^)#]+)", README))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
