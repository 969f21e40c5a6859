"""`fodfaeste demo`: builds the report of 2002 and that on a synthetic register, and serves both on this machine."""

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
PUBLISHED, BUILT = 0.4, 0.2
"""Shares of the work: the report of 2002, and of the rest the building of the register."""


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
    """Build the report of 2002 and a synthetic register with its report, in Danish and English, and serve them here."""
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
    """Write both reports in each language and a page that leads to them; return the reports' pages."""
    with progress() as show:
        published = _published(out, lambda doing, share: show(doing, PUBLISHED * share))
        measured = _measured(out, lambda doing, share: show(doing, PUBLISHED + (1 - PUBLISHED) * share))
    (out / "index.html").write_text(_index(out, {REPORT_2002: published, REGISTER: measured}), encoding="utf-8")
    return [*(out / lang / PAGE for lang in LANGUAGES), *(out / "register" / lang / PAGE for lang in LANGUAGES)]


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
