"""Checks the demonstration as its users meet it: signed in as each role, every page that the menu leads to."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

import typer

from fodfaeste.cli.demo import country
from fodfaeste.errors import FodfaesteError

SECONDS_TO_START = 60.0
LOOKS_EVERY = 0.2
SIGN_IN = "konto/login/"
APART = " – "
"""What stands in a title between a thing and its place."""


def check(out: Path, port: int, built: Mapping[str, Any], reports: Sequence[str]) -> None:
    """Serve the demonstration, fetch its pages, and stop it.

    Raises
    ------
    FodfaesteError
        If the server does not start, a page does not answer, or one is not what its title says.
    """
    with served(out, port) as address:
        visitor = _visitor()
        for page in ("", *reports):
            typer.echo(f"{address}{page} answers: {_heading(visitor, address + page)}")
        for sign_in in country.one_of_each(built):
            pages = list(_pages_of(address, sign_in["email"], built["password"]))
            typer.echo(f"{sign_in['email']} ({sign_in['role']}): {len(pages)} pages answer: {', '.join(pages)}")
        if own := built.get("own_page"):
            typer.echo(f"A newcomer's own page answers: {_own_page(address, own['path'].lstrip('/'), own['code'])}")
        for page in built.get("households", ()):
            typer.echo(f"{page['what']}, answers: {_own_page(address, page['path'].lstrip('/'), page['code'])}")
        if path := built.get("workplace"):
            typer.echo(f"A workplace's page answers: {_heading(_visitor(), address + path.lstrip('/'))}")


@contextmanager
def served(out: Path, port: int) -> Iterator[str]:
    """Serve the demonstration, give its address once it answers, and stop it in the end.

    Raises
    ------
    FodfaesteError
        If it does not answer.
    """
    address = f"http://{country.HOST}:{port}/"
    with subprocess.Popen(
        country.serving(port), env=country.environment(out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as server:
        try:
            _wait(server, address)
            yield address
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[Any], address: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with _visitor().open(f"{address}sundhed/", timeout=SECONDS_TO_START):
                return
        except URLError:
            time.sleep(LOOKS_EVERY)
    raise FodfaesteError(f"The web application did not answer at {address} within {SECONDS_TO_START:.0f} seconds.")


def _visitor() -> OpenerDirector:
    # No proxy: what a proxy says of this machine's own address is not what the server says.
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))


def _pages_of(address: str, email: str, password: str) -> Iterator[str]:
    """Sign in, and give the heading of each page that the menu and the first row of a list lead to."""
    visitor = _visitor()
    _sign_in(visitor, address, email, password)
    front = _fetch(visitor, address)
    menu = re.search(r"<nav [^>]*>(.*?)</nav>", front, re.DOTALL)
    for page in dict.fromkeys(_links(menu[1] if menu else "")):
        yield _named(_fetch(visitor, address + page), page)
        if person := next((link for link in _links(_fetch(visitor, address + page)) if _is_a_person(link)), None):
            yield _named(_fetch(visitor, address + person), person)


def _is_a_person(link: str) -> bool:
    return re.fullmatch(r"(personer|program|sprogskole)/\d+/", link) is not None


def _links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'<a [^>]*href="/([^"#?]*)"', html)]


def _sign_in(visitor: OpenerDirector, address: str, email: str, password: str) -> None:
    there, _body = _sent(visitor, address + SIGN_IN, {"login": email, "password": password})
    if there.endswith(SIGN_IN):
        raise FodfaesteError(f"{email} could not sign in at {address}{SIGN_IN}.")


def _own_page(address: str, path: str, code: str) -> str:
    """Open a link of somebody's own page with its code, and give the heading of their first page."""
    there, body = _sent(_visitor(), address + path, {"code": code})
    if there.endswith(path):
        raise FodfaesteError(f"The link {there} did not open with its code.")
    return _named(body, there)


def _sent(visitor: OpenerDirector, url: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Fill in the form of a page; give where that leads, and what stands there."""
    with visitor.open(url, timeout=SECONDS_TO_START) as answer:
        url, form = answer.url, answer.read().decode("utf-8")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    sent = urlencode({"csrfmiddlewaretoken": token[1] if token else "", **fields}).encode()
    with visitor.open(Request(url, sent, {"Referer": url}), timeout=SECONDS_TO_START) as answer:
        return answer.url, answer.read().decode("utf-8")


def _fetch(visitor: OpenerDirector, url: str) -> str:
    try:
        with visitor.open(url, timeout=SECONDS_TO_START) as answer:
            return str(answer.read().decode("utf-8"))
    except HTTPError as error:
        error.close()
        raise FodfaesteError(f"{url} answers {error.code}, {error.reason}.") from None


def _heading(visitor: OpenerDirector, url: str) -> str:
    return _named(_fetch(visitor, url), url)


def _named(body: str, url: str) -> str:
    """Give a page's title; it and the heading have to name the same thing, and one may say more."""
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    title = re.search(r"<title>(.*?)</title>", body, re.DOTALL)
    if heading is None or title is None:
        raise FodfaesteError(f"{url} answers, but has no title or no heading.")
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", heading[1])).split())
    named = " ".join(unescape(title[1]).split())
    thing = named.split(APART)[0]
    if not (thing.startswith(said) or said.startswith(thing) or named.startswith(said)):
        raise FodfaesteError(f"{url} answers, but its title ({named}) does not name its heading ({said}).")
    return named
