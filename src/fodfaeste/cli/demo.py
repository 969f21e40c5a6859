"""`fodfaeste demo`: builds the report of 2002, that on a synthetic register and a year placed, and serves them here."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import typer

from fodfaeste.cli._output import Progress, progress
from fodfaeste.errors import FodfaesteError

if TYPE_CHECKING:
    from fodfaeste.report.words import Lang

HOST = "127.0.0.1"
PORT = 8000
PAGE = "report.html"
SEED = 1
LANGUAGES: Mapping[Lang, str] = {"da": "Dansk", "en": "English"}
REPORT_2002 = "The report of 2002, measured again"
REGISTER = "A synthetic register that agrees with it, measured (nobody in it exists)"
PLACED = "A year of arrivals placed week by week, and what it gains (nobody in it exists)"
PUBLISHED, MEASURED, BUILT = 0.25, 0.5, 0.2
"""Shares of the work: until the report of 2002 is done, and that on the register; of the latter, the building of it."""


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to build in.")] = Path("build/demo"),
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help=f"Serve on this port; 0 for any that is free.  [default: {PORT}]", show_default=False
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Check that the pages answer, and stop; on any free port without --port.")
    ] = False,
) -> None:
    """Build the report of 2002, a synthetic register with its report, and a plan for a year of its arrivals.

    All in Danish and English, and served here.
    """
    if port is None:
        port = 0 if once else PORT
    with _server(out, port) as server:
        pages = build(out)
        for page in pages:
            typer.echo(f"Report: {page.resolve()}")
        address = f"http://{HOST}:{server.server_port}/"
        if once:
            check(address, server, [page.relative_to(out).as_posix() for page in pages])
            return
        typer.echo(f"Served at {address} until you press Ctrl-C.")
        server.serve_forever()


def build(out: Path) -> Sequence[Path]:
    """Write all reports in each language and a page that leads to them; return the reports' pages."""
    with progress() as show:
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
    from fodfaeste.cli import _place_a_year

    return _place_a_year.place_a_year(out / "register" / "data", out / "place", list(LANGUAGES), SEED, show)


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


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing: a line for each request buries the address."""


def _server(folder: Path, port: int) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        other = PORT + 1 if port == PORT else PORT
        raise FodfaesteError(
            f"Port {port} is taken by another program or not yours to use ({error.strerror}). "
            f"Choose another: fodfaeste demo --port {other}"
        ) from None


def check(address: str, server: ThreadingHTTPServer, pages: Sequence[str]) -> None:
    """Fetch the pages from the running server: each has to answer, and its title to name its heading.

    Raises
    ------
    FodfaesteError
        If a page does not answer, or is not what was built.
    """
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for page in ("", *pages):
            typer.echo(f"{address}{page} answers: {_heading(address + page)}")
    finally:
        server.shutdown()
        thread.join()


def _heading(url: str) -> str:
    # No proxy: what a proxy says of this machine's own address is not what the server says.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=30) as answer:
            body = answer.read().decode("utf-8")
    except HTTPError as error:
        error.close()
        raise FodfaesteError(f"{url} answers {error.code}, {error.reason}.") from None
    heading = re.search(r"<h1[^>]*>([^<]+)</h1>", body)
    title = re.search(r"<title>([^<]+)</title>", body)
    if heading is None or title is None or not title[1].startswith(heading[1]):
        raise FodfaesteError(f"{url} answers, but its title does not name its heading.")
    return title[1]
