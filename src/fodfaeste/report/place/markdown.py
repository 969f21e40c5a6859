"""A document as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from fodfaeste.report.document import Column, Document, Figure, Points, Table, Text
from fodfaeste.report.words import Words


def as_markdown(document: Document) -> str:
    """Write headings, paragraphs, lists and tables; charts by their title and description."""
    w = Words(document.lang, "page")
    parts = [f"# {document.title}", document.subtitle]
    for section in document.sections:
        parts.append(f"## {section.heading}")
        for block in section.printed:
            match block:
                case Text(text):
                    parts.append(text)
                case Points(items):
                    parts.append("\n".join(f"- {item}" for item in items))
                case Figure():
                    parts.append(f"**{block.title}** {block.alt} {block.base}")
                case Table():
                    below = f"{block.base} {block.note}".strip()
                    parts += [f"**{block.title}**", "\n".join(_table(block, w)), below]
    return "\n\n".join([*parts, *document.colophon]) + "\n"


def _table(table: Table, w: Words) -> Iterator[str]:
    yield _line(column.label for column in table.columns)
    yield _line(_rule(column) for column in table.columns)
    for row in table.rows:
        yield _line(w.cell(cell, column) for cell, column in zip(row, table.columns, strict=True))


def _rule(column: Column) -> str:
    return "---" if column.kind == "text" else "---:"


def _line(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
