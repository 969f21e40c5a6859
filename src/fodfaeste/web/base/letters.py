"""Letters as tagged PDF: a Typst source beside its content, set in the fonts of reports; days as letters write them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date

from fodfaeste.report.render import font_folder

DAY_FORMS = {"da": "d. MMMM y", "en": "d MMMM y", "ar": "d MMMM y", "uk": "d MMMM y"}


def typeset(
    package: str,
    source: str,
    content: Mapping[str, Any],
    more_fonts: Callable[[Path], str] | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> bytes:
    """Set a letter as a PDF that follows PDF/UA-1.

    Parameters
    ----------
    package, source : str
        The package that the Typst source lies in, and its path there. It reads ``content.json`` beside it.
    content : mapping
        Finished sentences.
    more_fonts : function of a folder, optional
        Puts further fonts into a folder below the one it is given, and says which.
    beside : mapping, optional
        Files that the source shows, such as a logo, by their names.
    """
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "content.json").write_text(json.dumps(content), encoding="utf-8")
        (room / "letter.typ").write_text(files(package).joinpath(source).read_text("utf-8"), encoding="utf-8")
        for name, data in (beside or {}).items():
            (room / name).write_bytes(data)
        fonts = [font_folder(), *([more_fonts(room)] if more_fonts else [])]
        return bytes(typst.compile(str(room / "letter.typ"), font_paths=fonts, pdf_standards=["ua-1"]))


def can_be_set(picture: bytes, kind: str) -> bool:
    """Say whether a letter can show a picture: it is read as a letter would read it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"picture.{kind}").write_bytes(picture)
        (Path(folder) / "page.typ").write_text(f'#image("picture.{kind}", width: 1cm)', encoding="utf-8")
        try:
            typst.compile(str(Path(folder) / "page.typ"))
        except typst.TypstError:
            return False
    return True


def written_day(day: date, lang: str) -> str:
    """Write a day out, with the digits that clocks and calendars here have, in every language."""
    said = format_date(day, DAY_FORMS[lang], locale=lang)
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in said)
