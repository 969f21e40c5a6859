"""Charts to SVG and PNG, with letters of our own so that a machine without fonts draws the same."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import vl_convert

from fodfaeste.report.document import Figure
from fodfaeste.report.words import Lang

FONT = "Source Sans Pro"
INK, SOFT_INK, GRID = "#1f2933", "#52606d", "#d9e2ec"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": SOFT_INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": SOFT_INK,
        "tickColor": SOFT_INK,
        "labelLimit": 420,
    },
    "header": {"labelFontSize": 13, "labelFontWeight": "bold", "labelColor": INK, "title": None},
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK, "titleColor": SOFT_INK, "labelLimit": 400},
    "text": {"font": FONT, "fontSize": 12, "color": INK},
    "title": {"fontSize": 13, "color": INK, "anchor": "start"},
}

_LOCALES: dict[Lang, dict[str, Any]] = {
    "da": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " kr."], "percent": "\u00a0%"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["£", ""]},
}


def font_folder() -> str:
    """Say where the letters of charts and PDF lie."""
    return str(files("font_source_sans_pro") / "files")


@cache
def _register_font() -> None:
    vl_convert.register_font_directory(font_folder())


def svg(figure: Figure, lang: Lang) -> str:
    """Draw a figure as SVG that reads its title and description aloud."""
    _register_font()
    spec = figure.chart.configure(**CONFIG).to_dict(validate=False)
    drawn = vl_convert.vegalite_to_svg(json.dumps(spec), format_locale=_LOCALES[lang])
    # One title and one description read better than a role on every group of marks, and axe agrees.
    drawn = re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", drawn)
    # Names inside one picture must not meet those of another on the same page.
    drawn = re.sub(r'(id="|url\(#|href="#)(\w+)', rf"\g<1>{figure.name}-\2", drawn)
    words = f"<title>{escape(figure.title)}</title><desc>{escape(figure.alt)}</desc>"
    return re.sub(r"(<svg [^>]*>)", rf"\g<1>{words}", drawn, count=1).replace("<svg ", '<svg role="img" ', 1)


def png(drawn: str) -> bytes:
    """Turn an SVG into PNG at twice its size."""
    _register_font()
    return bytes(vl_convert.svg_to_png(drawn, scale=2))
