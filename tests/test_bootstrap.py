"""Set-up: which Python is taken, what is said when there is none, and when there is nothing to do."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
assert spec is not None
assert spec.loader is not None
bootstrap = importlib.util.module_from_spec(spec)
sys.modules["bootstrap"] = bootstrap
spec.loader.exec_module(bootstrap)
Interpreter = bootstrap.Interpreter


def test_the_first_python_that_is_new_enough_is_taken() -> None:
    old, good, newer = (
        Interpreter("/a", (3, 9), True),
        Interpreter("/b", (3, 12), True),
        Interpreter("/c", (3, 13), True),
    )
    assert bootstrap.choose([None, old, good, newer]) == good


def test_a_python_without_ensurepip_is_passed_over() -> None:
    bare, whole = Interpreter("/a", (3, 13), False), Interpreter("/b", (3, 11), True)
    assert bootstrap.choose([bare, whole]) == whole


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "Python 3.11 or newer (found: none)"),
        ([None, Interpreter("/a", (3, 9), True)], "Python 3.11 or newer (found: 3.9)"),
        ([Interpreter("/a", (3, 12), False)], "apt-get install python3.12-venv"),
    ],
)
def test_what_is_missing_is_said_in_one_line(found: list[object], said: str) -> None:
    with pytest.raises(bootstrap.Missing) as missing:
        bootstrap.choose(found)
    assert said in str(missing.value)
    assert "\n" not in str(missing.value)


def test_this_python_answers_and_a_name_that_leads_nowhere_does_not() -> None:
    answer = bootstrap.ask(sys.executable)
    assert answer.version == sys.version_info[:2]
    assert bootstrap.ask("no-such-python") is None


def test_a_program_that_is_no_python_does_not_answer(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert bootstrap.ask(str(shim)) is None


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy>=2"]\n\n[tool.ruff]\nline-length = 120\n'
    )
    (tmp_path / "requirements.lock").write_text(
        "numpy==2.0 \\\n    --hash=sha256:00\nscipy==1.0 ; python_version < '4'\n"
    )
    (tmp_path / "requirements-dev.lock").write_text("numpy==2.0 \\\n    --hash=sha256:00\npytest==9.0\n")
    (tmp_path / "requirements-bench.lock").write_text("numpy==2.0 \\\n    --hash=sha256:00\npot==1.0\n")
    return tmp_path


@pytest.mark.parametrize("kind", ["run", "dev", "bench"])
def test_the_stamp_follows_what_is_installed(project: Path, kind: str) -> None:
    before = bootstrap.stamp(project, kind)
    assert bootstrap.stamp(project, kind) == before
    changed = project / "requirements.lock"
    changed.write_text(changed.read_text().replace("2.0", "2.1"))
    assert bootstrap.stamp(project, kind) != before


def test_the_stamp_follows_the_dependencies_and_not_the_tools_settings(project: Path) -> None:
    before = bootstrap.stamp(project, "run")
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace("120", "100"))
    assert bootstrap.stamp(project, "run") == before
    (project / "pyproject.toml").write_text(text.replace("numpy>=2", "numpy>=3"))
    assert bootstrap.stamp(project, "run") != before


def test_the_development_lock_matters_only_to_development(project: Path) -> None:
    run, dev = bootstrap.stamp(project, "run"), bootstrap.stamp(project, "dev")
    (project / "requirements-dev.lock").write_text("pytest==9.1\n")
    assert bootstrap.stamp(project, "run") == run
    assert bootstrap.stamp(project, "dev") != dev


def test_what_only_benchmarks_need_changes_no_other_set_up(project: Path) -> None:
    dev, bench = bootstrap.stamp(project, "dev"), bootstrap.stamp(project, "bench")
    (project / "requirements-bench.lock").write_text("pot==1.1\n")
    assert bootstrap.stamp(project, "dev") == dev
    assert bootstrap.stamp(project, "bench") != bench


@pytest.mark.parametrize(
    ("kind", "brings"),
    [
        ("run", ["run"]),
        ("dev", ["run", "dev"]),
        ("bench", ["run", "dev", "bench"]),
        ("long", ["run", "dev", "long"]),
    ],
)
def test_a_set_up_brings_those_whose_locks_it_holds_and_no_other(kind: str, brings: list[str]) -> None:
    assert bootstrap.included(kind) == brings


def test_packages_are_counted_once(project: Path) -> None:
    assert [bootstrap.packages(project, kind) for kind in ("run", "dev", "bench")] == [2, 3, 4]


def test_a_new_folder_is_not_ready(project: Path) -> None:
    assert not bootstrap.Environment(project).ready("run")


@pytest.fixture
def environment(project: Path) -> bootstrap.Environment:
    """A .venv as an ended set-up leaves it, with this Python inside."""
    environment = bootstrap.Environment(project)
    (environment.folder / "bin").mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    (environment.folder / "bin" / "pip").write_text(f"#!{environment.python}\n")
    (environment.folder / "installed-run").write_text(bootstrap.stamp(project, "run"))
    return environment


def test_an_ended_set_up_is_ready_for_what_it_installed(environment: bootstrap.Environment) -> None:
    assert environment.ready("run")
    assert not environment.ready("dev")


def test_an_interrupted_set_up_is_not_usable(environment: bootstrap.Environment) -> None:
    environment.unfinished.touch()
    assert not environment.usable()


def test_a_python_that_went_away_makes_it_unusable(environment: bootstrap.Environment) -> None:
    environment.python.unlink()
    environment.python.symlink_to("/nonexistent/python3")
    assert not environment.ready("run")


def test_a_copied_one_is_unusable(environment: bootstrap.Environment, tmp_path: Path) -> None:
    elsewhere = tmp_path / "copy"
    shutil.copytree(environment.folder, elsewhere / ".venv", symlinks=True)
    assert environment.usable()
    assert not bootstrap.Environment(elsewhere).usable()


def test_every_dependency_is_locked_with_hashes_and_without_an_index() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        "requirements.lock": project["project"]["dependencies"] + groups["build"],
        "requirements-dev.lock": groups["dev"],
        "requirements-bench.lock": groups["bench"],
        "requirements-spark.lock": groups["spark"],
    }
    for file, requirements in wanted.items():
        lock = (ROOT / file).read_text(encoding="utf-8")
        locked = set(re.findall(r"(?m)^([\w.-]+)==", lock))
        named = {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in requirements}
        assert named - locked == set(), file
        assert "://" not in lock, file
        assert all("--hash=sha256:" in entry for entry in re.split(r"(?m)^(?=[\w.-]+==)", lock) if entry.strip()), file
