"""Runs the tutorial on a register and takes its charts over; stops if the page shows anything but what is printed.

python docs/figures measure_a_register         (part of the build of the documentation)
python docs/figures/measure_a_register.py      writes what is printed into the page
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "tutorial" / "measure-a-register.md"
CHARTS = ("register-incidence.svg", "register-funnel.svg", "register-release.svg")
BLOCK = re.compile(r"^```python\n(?P<program>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def executed(page: str, folder: Path) -> str:
    """Run the page's Python blocks in a folder, in order, and put what each prints below it."""
    names: dict[str, object] = {"__name__": PAGE.stem}

    def run(block: re.Match[str]) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(block["program"], PAGE.name, "exec"), names)
        shown = f"\n```text\n{said.getvalue()}```\n" if said.getvalue() else ""
        return f"```python\n{block['program']}```\n{shown}"

    with _in(folder):
        return BLOCK.sub(run, page)


def draw(out: Path, *, write: bool = False) -> None:
    """Run the page and copy its charts into the folder `out`."""
    shown = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        printed = executed(shown, Path(folder))
        for name in CHARTS:
            shutil.copyfile(Path(folder, name), out / name)
    if write:
        PAGE.write_text(printed, encoding="utf-8")
    elif printed != shown:
        raise SystemExit(f"{PAGE.name} shows something else than its code prints: run python {__file__}, and look.")


if __name__ == "__main__":
    draw(PAGE.parents[1] / "assets", write=True)
