"""Builds the report of 2002, that on a synthetic register, and a year placed, with a page that leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fodfaeste.cli._output import Progress

if TYPE_CHECKING:
    from fodfaeste.report.words import Lang

PAGE = "report.html"
SEED = 1
LANGUAGES: Mapping[Lang, str] = {"da": "Dansk", "en": "English"}
REPORT_2002 = "The report of 2002, measured again"
REGISTER = "A synthetic register that agrees with it, measured (nobody in it exists)"
PLACED = "A year of arrivals placed week by week, and what it gains (nobody in it exists)"
PUBLISHED, MEASURED, BUILT = 0.25, 0.5, 0.2
"""Shares of the work: until the report of 2002 is done, and that on the register; of the latter, the building of it."""


def build(out: Path, show: Progress) -> Sequence[Path]:
    """Write all reports in each language and a page that leads to them; return the reports' pages."""
    published = _published(out, lambda doing, share: show(doing, PUBLISHED * share))
    measured = _measured(out, lambda doing, share: show(doing, PUBLISHED + (MEASURED - PUBLISHED) * share))
    placed = _placed(out, lambda doing, share: show(f"place: {doing}", MEASURED + (1 - MEASURED) * share))
    reports = {REPORT_2002: published, REGISTER: measured, PLACED: placed}
    (out / "index.html").write_text(_index(out, reports), encoding="utf-8")
    return [folder / lang / PAGE for folder in (out, out / "register", out / "place") for lang in LANGUAGES]


def _published(out: Path, show: Progress) -> dict[Lang, Sequence[Path]]:
    from fodfaeste.report import write

    written: dict[Lang, Sequence[Path]] = {}
    for position, lang in enumerate(LANGUAGES):

        def shown(doing: str, share: float, lang: Lang = lang, done: int = position) -> None:
            show(f"{lang}: {doing}", (done + share) / len(LANGUAGES))

        written[lang] = write(out / lang, lang, shown)
    return written


def _measured(out: Path, show: Progress) -> dict[Lang, Sequence[Path]]:
    from fodfaeste.data import synthetic
    from fodfaeste.report import register

    source = out / "register" / "data"
    show("register: build", 0.0)
    synthetic.build(SEED, 1.0, source)
    files = register.write(
        source,
        out / "register",
        list(LANGUAGES),
        progress=lambda doing, share: show(f"register: {doing}", BUILT + (1 - BUILT) * share),
    )
    return {lang: [file for file in files if file.is_relative_to(out / "register" / lang)] for lang in LANGUAGES}


def _placed(out: Path, show: Progress) -> Mapping[Lang, Sequence[Path]]:
    from fodfaeste.cli.demo import place_a_year

    return place_a_year.place_a_year(out / "register" / "data", out / "place", list(LANGUAGES), SEED, show)


def _index(out: Path, reports: Mapping[str, Mapping[Lang, Sequence[Path]]]) -> str:
    def links(files: Iterable[Path]) -> str:
        shown = [file for file in files if file.name in (PAGE, "report.pdf", "report.xlsx")]
        paths = (file.relative_to(out).as_posix() for file in shown)
        return "".join(f'<li><a href="{escape(path)}">{escape(Path(path).name)}</a></li>' for path in paths)

    parts = (
        f"<section><h2>{escape(title)}</h2>"
        + "".join(
            f'<div lang="{lang}"><h3>{LANGUAGES[lang]}</h3><ul>{links(files)}</ul></div>' for lang, files in by.items()
        )
        + "</section>"
        for title, by in reports.items()
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Fodfæste</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>Fodfæste</h1>{''.join(parts)}</main></body></html>\n"
    )
