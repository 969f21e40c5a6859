"""An office's logo: what is taken for one, who is shown it, and that letters have it."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.logo import checked, set_logo
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base.pictures import Picture, picture_in
from fodfaeste.web.programme.letter import letter

from .conftest import Country, signed_in
from .programme_examples import agreed, opened

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////"
    "////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAQABgD"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAP/xAAUEQEA"
    "AAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCACiYAD//Z"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(width: int = 64, height: int = 32, dots: bytes | None = None, after: bytes = b"") -> bytes:
    """A picture of one colour."""
    dots = zlib.compress((b"\0" + b"\x20\x60\xa0" * width) * height) if dots is None else dots
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", dots), (b"IEND", b"")]
    whole = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + whole + after


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada(country: Country) -> User:
    return country.users[Role.ADMINISTRATOR]


def test_a_picture_is_known_by_what_is_in_it() -> None:
    assert picture_in(png()) == Picture("png", 64, 32)
    assert picture_in(JPEG) == Picture("jpg", 24, 16)
    assert checked(JPEG).kind == "jpg"


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"",
        b"GIF89a" + bytes(40),
        png()[:-6],
        png(after=b"<script>"),
        png()[:40] + b"x" + png()[41:],
        JPEG[:-2],
        JPEG[:200] + JPEG[-2:],
        b"\xff\xd8\xff\xd9",
        png(dots=zlib.compress(b"too few")),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="ikke et helt billede i PNG eller JPEG"):
        checked(content)


def test_a_logo_that_is_too_large_or_too_small_is_refused_with_the_numbers() -> None:
    with pytest.raises(Refused, match=r"fylder 101 kB\. Vælg et på højst 100 kB"):
        checked(bytes(100_001))
    with pytest.raises(Refused, match=r"er 2001 × 20 punkter\. Hver side skal være mellem 16 og 2000"):
        checked(png(2001, 20))
    with pytest.raises(Refused, match="er 64 × 15 punkter"):
        checked(png(64, 15))


@given(
    st.binary(max_size=60),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b""]),
    st.sampled_from([b"\xff\xd9", b""]),
)
def test_no_bytes_are_too_odd_to_be_looked_at(content: bytes, begins: bytes, ends: bytes) -> None:
    found = picture_in(begins + content + ends)
    assert found is None or found.kind in {"png", "jpg"}


def sent(office: int, browser: Client, content: bytes | None = None, **more: str) -> Any:
    logo = {} if content is None else {"logo": SimpleUploadedFile("kommune.exe", content, "application/x-msdownload")}
    return browser.post(f"/kontor/{office}/start/kommune/", {"code": "329", **logo, **more})


def test_the_first_step_asks_for_it_and_every_page_and_letter_shows_it(country: Country, ada: User) -> None:
    office, browser = country.own, signed_in(ada)
    assert b"site-logo" not in browser.get("/personer/").content
    assert sent(office.pk, browser, png()).status_code == 302
    page = signed_in(country.users[Role.WORKER]).get("/personer/").text
    address = page.split('class="site-logo" src="')[1].split('"')[0]
    answer = signed_in(country.users[Role.WORKER]).get(address)
    assert (answer["Content-Type"], answer.content) == ("image/png", png())
    assert answer["X-Content-Type-Options"] == "nosniff"
    for other in (country.stranger, None):
        assert signed_in(other).get(address).status_code in {404, 302}
    # Sent again without a file it stays; a new one has a new address; and it can be taken away.
    sent(office.pk, browser)
    office.refresh_from_db()
    first = office.logo.name
    assert office.logo.storage.exists(first)
    sent(office.pk, browser, JPEG)
    office.refresh_from_db()
    assert office.logo.name != first
    assert signed_in(ada).get(f"/kontor/{office.pk}/logo/")["Content-Type"] == "image/jpeg"
    assert "Fjern det logo" in browser.get(f"/kontor/{office.pk}/start/kommune/").text
    sent(office.pk, browser, without_logo="on")
    assert signed_in(ada).get(f"/kontor/{office.pk}/logo/").status_code == 404


def test_what_was_replaced_is_gone_from_the_disk(
    country: Country, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_logo(country.own, png(), by=ada)
    country.own.refresh_from_db()
    name = country.own.logo.name
    with django_capture_on_commit_callbacks(execute=True):
        set_logo(country.own, JPEG, by=ada)
    country.own.refresh_from_db()
    assert not country.own.logo.storage.exists(name)
    country.own.logo.storage.delete(country.own.logo.name)
    assert signed_in(ada).get(f"/kontor/{country.own.pk}/logo/").status_code == 404


def test_a_picture_that_is_none_is_said_at_the_field_and_nothing_is_saved(country: Country, ada: User) -> None:
    answer = sent(country.own.pk, signed_in(ada), SVG)
    assert answer.status_code == 200
    assert "ikke et helt billede" in str(answer.context["form"].errors["logo"])
    country.own.refresh_from_db()
    assert (country.own.logo.name, country.own.name) == ("", "Egenby")


def test_only_an_administrator_gives_one(country: Country) -> None:
    with pytest.raises(Refused):
        set_logo(country.own, png(), by=country.users[Role.LEADER])


def test_a_letter_has_the_logo_with_the_office_as_its_words(country: Country, ada: User) -> None:
    plan = agreed(opened(country), country.users[Role.WORKER])
    assert not pictures(letter(plan, "da", on=date(2026, 11, 27)))
    set_logo(country.own, png(), by=ada)
    plan.programme.organisation.refresh_from_db()
    pdf = letter(plan, "da", on=date(2026, 11, 27))
    assert pictures(pdf) == [(64, 32)]
    assert "Egenby" in alternatives(pdf)


def pictures(pdf: bytes) -> list[tuple[int, int]]:
    return [(one["/Width"], one["/Height"]) for one in parts(pdf) if one.get("/Subtype") == "/Image"]


def alternatives(pdf: bytes) -> list[str]:
    return [str(one["/Alt"]) for one in parts(pdf) if "/Alt" in one]


def parts(pdf: bytes) -> list[Any]:
    """Every dictionary of the file."""
    reader = PdfReader(io.BytesIO(pdf))
    numbers = {number for table in (*reader.xref.values(), reader.xref_objStm) for number in table} - {0}
    return [one for number in sorted(numbers) if isinstance(one := reader.get_object(number), dict)]
