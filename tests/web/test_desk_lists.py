"""A list of arriving households: read, mended cell by cell, saved whole."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fodfaeste.web.base.files import csv_lines
from fodfaeste.web.placement.desk.models import Arrival

from .conftest import signed_in
from .desk_examples import ODENSE, arriving
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db
ADDRESS = "/visitation/husstande/liste/"
HEADS = (
    "Husstand",
    "Betegnelse",
    "Ankommer",
    "Sprog",
    "Fornavn",
    "Efternavn",
    "Født",
    "Køn",
    "Statsborgerskab",
    "Familie i",
)
FAMILY = (
    ("U-1", "", "01-03-2027", "arabisk", "Amal", "Opdigtet", "24-03-1988", "kvinde", "SYR", "Odense"),
    ("U-1", "", "01-03-2027", "ar", "Barn", "Opdigtet", "2020-01-01", "m", "SYR", ""),
    ("U-2", "Olena O.", "8.3.2027", "uk", "Olena", "", "1.1.1990", "K", "UKR", ""),
)


def page() -> Any:
    return signed_in(officer_of(agency()))


def sent(rows: Any, heads: tuple[str, ...] = HEADS, client: Any = None) -> Any:
    content = "".join(csv_lines(heads, rows)).encode()
    file = SimpleUploadedFile("husstande.csv", content)
    return (client or page()).post(ADDRESS, {"organisation": agency().pk, "file": file})


def hidden(answer: Any) -> dict[str, str]:
    rows = re.search(r'name="rows" value="([^"]+)"', answer.text)
    assert rows is not None
    return {"rows": rows[1], "organisation": str(agency().pk)}


def test_a_list_is_seen_and_saved() -> None:
    client = page()
    answer = sent(FAMILY, client=client)
    assert "3 personer, 2 husstande. Intet skal rettes." in " ".join(answer.text.split())
    assert not Arrival.objects.exists()
    client.post(ADDRESS, {**hidden(answer), "gem": "1"})
    first, second = Arrival.objects.order_by("reference")
    assert (first.reference, first.name, first.members.count()) == ("U-1", "Familien Opdigtet", 2)
    assert [(one.kind, one.code) for one in first.wishes.all()] == [("family", ODENSE)]
    assert (second.name, second.language, str(second.arrives)) == ("Olena O.", "uk", "2027-03-08")


def test_what_is_wrong_is_mended_in_its_cell() -> None:
    client, rows = page(), [list(row) for row in FAMILY]
    rows[0][6], rows[1][7], rows[2][4] = "i foråret", "barn", ""
    rows[2][9] = "Odensse"
    answer = sent(rows, client=client)
    assert answer.status_code == 422
    assert "4 celler skal rettes" in answer.text
    assert "Mente du odense?" in answer.text
    still = client.post(ADDRESS, {**hidden(answer), "celle-0-birth_date": "24-03-1988", "gem": "1"})
    assert "3 celler skal rettes" in still.text
    cells = {"celle-1-sex": "mand", "celle-2-given_name": "Olena", "celle-2-family": "Odense"}
    mended = client.post(ADDRESS, {**hidden(still), **cells})
    client.post(ADDRESS, {**hidden(mended), "gem": "1"})
    assert Arrival.objects.count() == 2


def test_a_number_is_used_once_and_nobody_is_born_after_arriving() -> None:
    arriving(reference="U-1")
    rows = [list(row) for row in FAMILY]
    rows[2][6] = "01-04-2027"
    answer = sent(rows)
    assert answer.text.count("Nummeret er skrevet ind før.") == 2
    assert "Født efter ankomsten." in answer.text


@pytest.mark.parametrize(
    ("rows", "heads", "words"),
    [(FAMILY, HEADS[1:], "ingen kolonne Husstand"), ((("1",),), ("Noget",), "ingen liste")],
)
def test_what_is_no_list_is_refused(rows: Any, heads: tuple[str, ...], words: str) -> None:
    answer = sent([row[: len(heads)] for row in rows], heads)
    assert answer.status_code == 422
    assert words in answer.text


def test_rows_that_somebody_has_changed_are_not_read() -> None:
    assert page().post(ADDRESS, {"rows": "noget andet", "organisation": agency().pk}).status_code == 404
    stranger = signed_in(officer_of(agency("En anden styrelse")))
    answer = sent(FAMILY)
    assert stranger.post(ADDRESS, {**hidden(answer), "gem": "1"}).status_code == 404


def test_the_template_has_the_heads() -> None:
    answer = page().get(f"{ADDRESS}skabelon.csv")
    assert "Husstand;Betegnelse;Ankommer" in b"".join(answer.streaming_content).decode()
    assert page().get(f"{ADDRESS}skabelon.txt").status_code == 404
