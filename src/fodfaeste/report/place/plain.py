"""A document as plain text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from fodfaeste.report.document import Document, Figure, Points, Table, Text
from fodfaeste.report.words import Words

WIDTH = 88


def as_text(document: Document) -> str:
    """Write titles, paragraphs, lists and tables; charts by their title."""
    w = Words(document.lang, "page")
    lines = [document.title, "=" * len(document.title), *_wrapped(document.subtitle), ""]
    for section in document.sections:
        lines += [section.heading, "-" * len(section.heading)]
        for block in section.printed:
            match block:
                case Text(text):
                    lines += _wrapped(text)
                case Points(items):
                    for item in items:
                        lines += textwrap.wrap(item, WIDTH, initial_indent="- ", subsequent_indent="  ")
                case Figure():
                    lines += _wrapped(f"{block.title}. {block.base}")
                case Table():
                    lines += [
                        *([block.title] if block.title != section.heading else []),
                        *_table(block, w),
                        *_wrapped(f"{block.base} {block.note}".strip()),
                    ]
            lines.append("")
    return "\n".join([*lines, *document.colophon]).rstrip() + "\n"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


def _table(table: Table, w: Words) -> Iterator[str]:
    cells = [[w.cell(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    heads = [column.label for column in table.columns]
    widths = [max(map(len, one)) for one in zip(heads, *cells, strict=True)]
    left = [column.kind == "text" for column in table.columns]
    for row in (heads, ["-" * width for width in widths], *cells):
        padded = (
            cell.ljust(width) if is_left else cell.rjust(width)
            for cell, width, is_left in zip(row, widths, left, strict=True)
        )
        yield "  ".join(padded).rstrip()
