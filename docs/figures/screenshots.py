"""Draws the README's picture: the rural municipalities that the report lists, as `fodfaeste report` draws them."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

from fodfaeste.report.dk2002 import findings, retention
from fodfaeste.report.document import Figure
from fodfaeste.report.render import FONT, svg
from fodfaeste.report.words import Words

NAME = "retention_rural"
MARGIN = 20
"""What the names to the left need more where the reader has other letters than ours."""


def draw(out: Path) -> Path:
    """Write `report-retention.svg` into the folder `out`."""
    found = SimpleNamespace(retention={kind: findings.retention(kind) for kind in findings.KINDS})
    told = retention.tell(found, Words("en"))  # type: ignore[arg-type]  # it asks for nothing else of the findings
    figure = next(block for block in told if isinstance(block, Figure) and block.name == NAME)
    path = out / "report-retention.svg"
    path.write_text(_anywhere(svg(figure, "en")), encoding="utf-8")
    return path


def _anywhere(drawn: str) -> str:
    """Make a picture that stands alone: other letters where ours are not, and figures that every machine agrees on."""
    drawn = drawn.replace(f'font-family="{FONT}"', f'font-family="{FONT}, Helvetica, Arial, sans-serif"')
    drawn = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), drawn)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    wider = width + MARGIN
    return (
        drawn.replace("<rect ", f'<rect x="-{MARGIN}" ', 1)
        .replace(f'width="{width}" height="{height}"', f'width="{wider}" height="{height}"')
        .replace(f'viewBox="0 0 {width} {height}"', f'viewBox="-{MARGIN} 0 {wider} {height}"')
        .replace("The table below has every figure.", "The report has a table with every figure.")
        + "\n"
    )
