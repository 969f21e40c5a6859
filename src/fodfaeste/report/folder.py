"""Writes a whole report into a folder, all of it or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fodfaeste.errors import BadInput, Problem
from fodfaeste.report import csvs, html, pdf, xlsx
from fodfaeste.report.document import Document
from fodfaeste.report.render import png, svg

Progress = Callable[[str, float], None]


def write_document(document: Document, out: Path, progress: Progress, *, csv: bool = False) -> list[Path]:
    """Write `report.html`, `report.pdf`, `report.xlsx` and `charts/*.svg|png`; with `csv` also `tables/*.csv`.

    Everything is made in a folder beside `out` first and moved in when it is done, so an error or an interrupt leaves
    `out` as it was.

    Raises
    ------
    BadInput
        If `out` is a file.
    """
    if out.exists() and not out.is_dir():
        raise BadInput(Problem("a file of that name", "a folder to write into", "Choose another -o.", str(out)))
    out.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        made = _make(document, room, progress)
        made += csvs.write(document, room / "tables") if csv else []
        out.mkdir(exist_ok=True)
        return [_moved(path, out / path.relative_to(room)) for path in made]
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _make(document: Document, room: Path, progress: Progress) -> list[Path]:
    (room / "charts").mkdir()
    figures = list(document.figures())
    drawings: dict[str, str] = {}
    for done, figure in enumerate(figures):
        progress("charts", done / (len(figures) + 3))
        drawings[figure.name] = svg(figure, document.lang)
    progress("pages", len(figures) / (len(figures) + 3))
    # Typst lets go of the interpreter while it sets the PDF, so that takes no time beside the rest.
    with ThreadPoolExecutor(1) as beside:
        printed = beside.submit(pdf.write, document, room / "report.pdf", drawings)
        made = [path for name, drawn in drawings.items() for path in _charts(drawn, room / "charts" / name)]
        made.append(html.write(document, room / "report.html", drawings))
        workbook = xlsx.write(document, room / "report.xlsx")
        return [*made, printed.result(), workbook]


def _charts(drawn: str, path: Path) -> tuple[Path, Path]:
    path.with_suffix(".svg").write_text(drawn, encoding="utf-8")
    path.with_suffix(".png").write_bytes(png(drawn))
    return path.with_suffix(".svg"), path.with_suffix(".png")


def _moved(made: Path, to: Path) -> Path:
    to.parent.mkdir(exist_ok=True)
    made.replace(to)
    return to
