"""A report as one self-contained page: no script, no request to anywhere, ready to print."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fodfaeste.report.document import Document, Figure, Points, Table, Text
from fodfaeste.report.render import FONT, font_folder
from fodfaeste.report.words import Words

_FALLBACK = f"{FONT}, Source Sans 3, system-ui, sans-serif"

_SENTENCE = 60


def write(document: Document, path: Path, drawings: dict[str, str]) -> Path:
    """Write the page; `drawings` holds the SVG of each figure by name."""
    environment = Environment(
        loader=PackageLoader("fodfaeste.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = Words(document.lang, "page")
    page = environment.get_template("report.html.j2").render(
        document=document,
        words=words,
        kind_of={Table: "table", Figure: "figure", Text: "text", Points: "points"},
        fonts=[(weight, _font(name)) for weight, name in ((400, "Regular"), (700, "Bold"))],
        stacks=_stacks,
        drawing=lambda figure: Markup(
            drawings[figure.name].replace(f'font-family="{FONT}"', f'font-family="{_FALLBACK}"')
        ),
    )
    path.write_text(page, encoding="utf-8")
    return path


def _font(name: str) -> str:
    """Give a font file, whole and unchanged as its licence asks, as it goes into the page."""
    return b64encode((Path(font_folder()) / f"SourceSansPro-{name}.otf").read_bytes()).decode()


def _stacks(table: Table) -> bool:
    """Say whether a table is read better as a list where the page is narrow: when its cells are sentences."""
    return any(isinstance(cell, str) and len(cell) > _SENTENCE for row in table.rows for cell in row)
