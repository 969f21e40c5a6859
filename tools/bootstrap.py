"""Makes .venv, installs what the lock files name, and fetches what the web application serves (tools/assets.py).

Needs nothing but Python's own library.

python3 tools/bootstrap.py          what `make demo` and `make report` need
python3 tools/bootstrap.py --dev    what `make test` and `make docs` need besides
python3 tools/bootstrap.py --bench  what `make bench` needs besides that: peers
python3 tools/bootstrap.py --long   what `make test-long` needs besides what --dev brings: Spark

A stamp in .venv says what was installed, so that a run with nothing to do ends at once. It is written last: an
interrupted set-up has none, and the next run starts over. This file has to run on Pythons that are too old for the
project, far enough to say so.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
# The Python that was asked for comes first; a name on PATH may be a shim that leads nowhere, so each is tried.
CANDIDATES = (sys.executable, "python3.13", "python3.12", "python3.11", "python3")
LOCKS = {
    "run": ("requirements.lock",),
    "dev": ("requirements.lock", "requirements-dev.lock"),
    "bench": ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock"),
    "long": ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock"),
}
# What comes as source only; all else is installed from wheels.
SOURCE_ONLY = "pyspark"


class Missing(Exception):
    """What the machine lacks or pip could not do, in one line."""


class Interpreter(NamedTuple):
    """A Python that answered."""

    path: str
    version: tuple[int, int]
    makes_venvs: bool


def ask(candidate: str) -> Interpreter | None:
    """Ask a Python for its version and whether it can make virtual environments; None if it does not run."""
    question = (
        "import sys; from importlib.util import find_spec as has; "
        "print(sys.executable, *sys.version_info[:2], int(bool(has('venv') and has('ensurepip'))), sep='\\n')"
    )
    try:
        answer = subprocess.run(
            [candidate, "-c", question], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    path, major, minor, makes_venvs = answer.stdout.splitlines()
    return Interpreter(path, (int(major), int(minor)), makes_venvs == "1")


def choose(found: Iterable[Interpreter | None]) -> Interpreter:
    """Take the first Python that is new enough and can make virtual environments; otherwise say what is missing."""
    answered = []
    for interpreter in found:
        if interpreter is None:
            continue
        if interpreter.version >= OLDEST and interpreter.makes_venvs:
            return interpreter
        answered.append(interpreter)
    bare = next((one for one in answered if one.version >= OLDEST), None)
    if bare is not None:
        name = "python{}.{}".format(*bare.version)
        raise Missing(f"Missing: {name} has no venv and ensurepip. On Debian: apt-get install {name}-venv")
    seen = ", ".join("{}.{}".format(*one.version) for one in answered) or "none"
    raise Missing(f"Missing: Python 3.11 or newer (found: {seen}). On Debian: apt-get install python3 python3-venv")


def stamp(root: Path, kind: str) -> str:
    """Hash all that decides what is installed: the lock files, and what pyproject.toml says of the package."""
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    sections = re.split(r"(?m)^(?=\[)", project)
    installed = [part for part in sections if part.startswith(("[build-system", "[project", "[tool.setuptools"))]
    locks = [(root / lock).read_text(encoding="utf-8") for lock in LOCKS[kind]]
    return hashlib.sha256("\0".join(installed + locks).encode()).hexdigest()


def packages(root: Path, kind: str) -> int:
    """Count what the lock files name, each once."""
    texts = [(root / lock).read_text(encoding="utf-8") for lock in LOCKS[kind]]
    return len({entry for text in texts for entry in re.findall(r"(?m)^[\w.-]+==[^ ]+", text)})


def included(kind: str) -> list[str]:
    """Name the kinds of set-up that one brings: itself, and those whose lock files are all among its own."""
    return [other for other, locks in LOCKS.items() if set(locks) <= set(LOCKS[kind])]


class Environment:
    """The project's .venv."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.unfinished = self.folder / "unfinished"

    def ready(self, kind: str) -> bool:
        """Say whether there is nothing to do."""
        file = self.folder / f"installed-{kind}"
        return file.is_file() and file.read_text() == stamp(self.root, kind) and self.usable()

    def usable(self) -> bool:
        """Say whether it is whole, runs, and was made in this folder: a copied one still points to the old folder."""
        try:
            made_here = str(self.folder).encode() in (self.folder / "bin" / "pip").read_bytes()
        except OSError:
            return False
        answered = ask(str(self.python))
        return made_here and answered is not None and answered.version >= OLDEST and not self.unfinished.exists()

    def make(self) -> None:
        """Make it anew."""
        interpreter = choose(ask(candidate) for candidate in CANDIDATES)
        if self.folder.exists():
            print(".venv is damaged, unfinished or from another folder: making it anew.")
            shutil.rmtree(self.folder)
        print("Making .venv with Python {}.{} ({})".format(*interpreter.version, interpreter.path), flush=True)
        command = [interpreter.path, "-m", "venv", str(self.folder)]
        made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Missing(f"Missing: {interpreter.path} could not make .venv: {' '.join(made.stdout.split())[-300:]}")

    def install(self, kind: str) -> None:
        """Install what is locked, then the project itself, then say so in the stamp."""
        for file in self.folder.glob("installed-*"):
            file.unlink()
        self.unfinished.touch()
        locks = [part for lock in LOCKS[kind] for part in ("-r", lock)]
        # The first lock brings what builds the packages of the last.
        wheels = "--no-deps", "--require-hashes", "--only-binary=:all:", f"--no-binary={SOURCE_ONLY}"
        if kind == "long":
            self._pip(*wheels, *locks[:-2], total=packages(self.root, "dev"))
        self._pip(*wheels, "--no-build-isolation", *locks, total=packages(self.root, kind))
        self._pip("--no-deps", "--no-build-isolation", "--editable", ".", total=1)
        print("Compiling the inner loops", flush=True)
        # Not checked: what is not compiled now is compiled when it is first needed.
        subprocess.run(
            [str(self.python), "tools/compile_loops.py"], cwd=self.root, stdin=subprocess.DEVNULL, check=False
        )
        self.unfinished.unlink()
        for done in included(kind):
            (self.folder / f"installed-{done}").write_text(stamp(self.root, done))

    def _pip(self, *arguments: str, total: int) -> None:
        options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        process = subprocess.Popen(
            [str(self.python), "-m", "pip", "install", *options, *arguments],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        last: deque[str] = deque(maxlen=12)
        collected, line = 0, Counter()
        with process:
            try:
                for said in process.stdout or ():
                    last.append(said)
                    if said.startswith(("Collecting ", "Requirement already satisfied", "Ignoring ", "Obtaining ")):
                        collected += 1
                        line.show("Collecting", min(collected, total), total)
                    elif said.startswith("Installing collected packages:"):
                        self._watch(process, line, said.count(",") + 1)
            except KeyboardInterrupt:
                process.terminate()
                raise
            finally:
                line.end()
        if process.returncode:
            sys.stderr.writelines(last)
            raise Missing(
                "Missing: pip could not install what the lock files name (its last words are above). "
                "It needs a network or a package index in its own configuration."
            )

    def _watch(self, process: subprocess.Popen[str], line: Counter, total: int) -> None:
        """Count finished packages while pip, which says nothing meanwhile, unpacks them."""
        began = time.time()
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
            infos = self.folder.glob("lib/python*/site-packages/*.dist-info/RECORD")
            with contextlib.suppress(FileNotFoundError):  # pip moves old versions away under our eyes
                line.show("Installing", min(sum(file.stat().st_mtime >= began for file in infos), total), total)

    def assets(self) -> int:
        """Fetch the web application's style sheets and fonts, unless they are there, and compile its other languages.

        Both say themselves what they lack.
        """
        for tool in (["tools/assets.py"], ["tools/messages.py", "compile"]):
            command = [str(self.python), *tool]
            if code := subprocess.run(command, cwd=self.root, stdin=subprocess.DEVNULL, check=False).returncode:
                return code
        return 0


class Counter:
    """A line that counts: rewritten in place on a terminal, a new line for every tenth elsewhere."""

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()
        self.shown = ("", 0)

    def show(self, doing: str, done: int, total: int) -> None:
        """Show ``Collecting 12 of 39``; there is nothing to count in one package."""
        before = self.shown[1] if self.shown[0] == doing else 0
        if total == 1 or done == before or not (self.terminal or done == total or done - before >= 10):
            return
        self.shown = (doing, done)
        text = f"{doing} {done} of {total}"
        print(f"\r\x1b[K{text}" if self.terminal else text, end="" if self.terminal else "\n", flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.terminal and self.shown[0]:
            print()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for another set-up of the same folder; the lock falls with the process, so none is ever left behind."""
    import fcntl

    with Path(__file__).open("rb") as this:
        fcntl.flock(this, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, unless all is there already."""
    parser = argparse.ArgumentParser(description="Make .venv and install what the lock files name.")
    parser.add_argument("--dev", action="store_true", help="install what the tests and the docs need as well")
    parser.add_argument("--bench", action="store_true", help="install what the benchmarks need as well")
    parser.add_argument("--long", action="store_true", help="install what the long tests need as well")
    asked = parser.parse_args(arguments)
    kind = next((name for name in ("long", "bench", "dev") if getattr(asked, name)), "run")
    environment = Environment(ROOT)
    try:
        with one_at_a_time():
            if not environment.ready(kind):
                began = time.monotonic()
                if not environment.usable():
                    environment.make()
                environment.install(kind)
                print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)
            return environment.assets()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the next run starts over.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
