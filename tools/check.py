"""Runs the checks that are named, all of them even if one fails, and says how each went and how long it took.

.venv/bin/python tools/check.py lint types
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from postgres import cluster

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TESTS = 5
BOTH_CORES = ("-n", "2", "--dist", "loadfile")
"""A file's tests stay together: they share what is slow to make."""

WEB = ROOT / "tests" / "web"
DIFFER = (
    "audit_changes",
    "audit_flush",
    "chain",
    "gate",
    "import",
    "keeping",
    "kept",
    "overlap",
    "people_merging",
    "programme_parts",
    "search",
)
"""Tests of what SQLite and PostgreSQL do each in its own way: triggers, spells, collation, search, locks."""

PYTEST = ("pytest", "-q", *BOTH_CORES, "-m")
NO_BROWSER = "not long and not browser"

STEPS: Mapping[str, Sequence[Sequence[str]]] = {
    "lint": [["ruff", "check", "."]],
    "format": [["ruff", "format", "--check", "."]],
    "types": [["mypy"]],
    "layers": [["lint-imports", "--no-logo"]],
    "tests": [[*PYTEST, "not long"]],
    "walls": [
        [
            *(*PYTEST, NO_BROWSER),
            *sorted(str(file.relative_to(ROOT)) for file in WEB.glob("test_*wall.py")),
            *(f"tests/web/test_{name}.py" for name in DIFFER),
        ]
    ],
    "postgres": [[*PYTEST, NO_BROWSER, "tests/web"]],
    "coverage": [[*PYTEST, NO_BROWSER, "--cov", "--cov-report=term"]],
    "long": [["pytest", "-q", "-m", "long"]],
    "docs": [["python", "docs/figures"], ["mkdocs", "build", "--strict", "--quiet"]],
}
ON_POSTGRESQL = ("walls", "postgres")
"""Run with a server of their own: what differs with every `make test`, the whole with the long tests."""

# Material's note about its own future is not about our pages.
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def run(step: str) -> bool:
    """Run the commands of one check; True if it passed."""
    if step not in ON_POSTGRESQL:
        return _run(step, ENVIRONMENT)
    with cluster() as address:
        if address is None:
            print(f"== {step}: left out, no PostgreSQL server is installed (Debian: postgresql)\n", flush=True)
            return True
        return _run(step, {**ENVIRONMENT, "DATABASE_URL": address})


def _run(step: str, environment: Mapping[str, str]) -> bool:
    """Run the commands of one check until one fails."""
    began = time.monotonic()
    code = 0
    for program, *arguments in STEPS[step]:
        print(f"== {step}: {program} {' '.join(arguments)}", flush=True)
        command = [str(BIN / program), *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        if code != 0:
            break
    none = step == "long" and code == NO_TESTS
    passed = code == 0 or none
    said = "no test is marked long" if none else "passed" if passed else f"FAILED (exit {code})"
    print(f"== {step}: {said}, {time.monotonic() - began:.1f} s\n", flush=True)
    return passed


def main(steps: Sequence[str]) -> int:
    """Run the checks; 0 if all passed."""
    if unknown := [step for step in steps if step not in STEPS]:
        print(f"No such check: {', '.join(unknown)}. There are: {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    began = time.monotonic()
    failed = [step for step in steps if not run(step)]
    print(
        f"== {len(steps) - len(failed)} of {len(steps)} checks passed in {time.monotonic() - began:.0f} s", flush=True
    )
    if failed:
        print(f"== failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
