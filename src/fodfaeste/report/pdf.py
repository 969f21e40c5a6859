"""A report as a tagged PDF (PDF/UA-1), set by Typst; see docs/decisions/0003."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from math import sqrt
from pathlib import Path
from typing import Any

import typst

from fodfaeste.report.document import Block, Document, Figure, Points, Table, Text
from fodfaeste.report.render import FONT, font_folder
from fodfaeste.report.words import Words

NO_BREAK, MAY_BREAK = "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"
_LONG_TEXT = 20
"""Columns with a longer text share the width that is left; the others take what they need."""


def write(document: Document, path: Path, drawings: dict[str, str]) -> Path:
    """Write the PDF; `drawings` holds the SVG of each figure by name."""
    words = Words(document.lang, "page")
    content = {
        "lang": document.lang,
        "font": FONT,
        "title": document.title,
        "subtitle": document.subtitle,
        "page": words("page"),
        "of": words("of"),
        "contents": words("contents"),
        "colophon": document.colophon,
        "sections": [
            {"heading": section.heading, "blocks": [_block(block, words) for block in section.printed]}
            for section in document.sections
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for name, drawn in drawings.items():
            (room / f"{name}.svg").write_text(drawn, encoding="utf-8")
        (room / "content.json").write_text(json.dumps(content), encoding="utf-8")
        template = files("fodfaeste.report").joinpath("templates/report.typ").read_text("utf-8")
        (room / "report.typ").write_text(template, encoding="utf-8")
        typst.compile(str(room / "report.typ"), output=str(path), font_paths=[font_folder()], pdf_standards=["ua-1"])
    return path


def _block(block: Block, words: Words) -> dict[str, Any]:
    match block:
        case Text(text):
            return {"is": "text", "text": text}
        case Points(items):
            return {"is": "points", "items": items}
        case Figure():
            note = f"{block.base} {block.note}".strip()
            return {"is": "figure", "file": f"{block.name}.svg", "title": block.title, "alt": block.alt, "note": note}
        case Table():
            cells = [
                [words.cell(cell, column) for cell, column in zip(row, block.columns, strict=True)]
                for row in block.rows
            ]
            weights = [_weight(cells, position) for position in range(len(block.columns))]
            return {
                "is": "table",
                "title": block.title,
                "note": f"{block.base} {block.note}".strip(),
                "head": [column.label for column in block.columns],
                "rows": [_kept_together(row, weights) for row in cells],
                "right": [column.kind != "text" for column in block.columns],
                "weights": weights,
            }


def _kept_together(row: list[str], weights: list[float]) -> list[str]:
    """Let only the columns that share the width break their lines."""
    # A name of a table or a row may break behind each of its underscores.
    return [
        cell.replace("_", f"_{MAY_BREAK}") if weight else cell.replace(" ", NO_BREAK)
        for cell, weight in zip(row, weights, strict=True)
    ]


def _weight(cells: list[list[str]], position: int) -> float:
    """Give a column's share of the width that is left, or 0 for one that takes what it needs."""
    longest = max((len(row[position]) for row in cells), default=0)
    return round(sqrt(longest), 1) if longest > _LONG_TEXT else 0
