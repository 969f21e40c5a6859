"""Files that say what is in them: a list as CSV with its datapackage.json."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base.packages import Made, package_file, type_of
from fodfaeste.web.people.models import Person

from .conftest import Country, made_person, signed_in

MADE = Made("Opdigtet Medarbejder", ("Egenby",), datetime(2026, 11, 27, 9, 30, tzinfo=UTC))


def unpacked(response: Any) -> tuple[dict[str, Any], bytes]:
    """The description, and the one file that it names."""
    whole = b"".join(response.streaming_content)
    if response.file_to_stream is not None:  # a browser's is closed already
        response.file_to_stream.close()
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        described = json.loads(parts.read("datapackage.json"))
        (resource,) = described["resources"]
        assert sorted(parts.namelist()) == sorted(["datapackage.json", resource["path"]])
        return described, parts.read(resource["path"])


def package(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> tuple[dict[str, Any], bytes]:
    return unpacked(package_file("liste-2026-11-27", "En liste", headings, rows, MADE))


def fields(rows: Sequence[Sequence[object]]) -> list[dict[str, Any]]:
    described, _content = package([f"K{number}" for number in range(len(rows[0]))], rows)
    return described["resources"][0]["schema"]["fields"]


@pytest.mark.django_db
def test_a_list_leaves_with_who_made_it_for_which_office_and_when(country: Country) -> None:
    worker: Client = signed_in(country.users[Role.WORKER])
    made_person("Bo", country.users[Role.WORKER], country.own)
    assert "format=zip" in worker.get("/personer/").text
    answer = worker.get("/personer/?orden=navn&format=zip")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    described, content = unpacked(answer)
    assert described["title"] == "Personer"
    assert described["contributors"] == [{"title": "worker", "role": "author", "organization": "Egenby"}]
    assert datetime.fromisoformat(described["created"]).tzinfo is not None
    (table,) = described["resources"]
    assert table["rowCount"] == 2
    assert table["bytes"] == len(content)
    assert table["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    named = {one["name"]: one["type"] for one in table["schema"]["fields"]}
    assert named["Navn"] == "string"
    assert named["Født"] == named["Overtaget"] == "date"


def test_the_file_is_as_it_is_described() -> None:
    rows = [[1, Decimal("2.5"), date(2026, 1, 2), "a;b"], [3, 4, None, 'c"d']]
    described, content = package(["Tal", "Timer", "Dag", "Tekst"], rows)
    (table,) = described["resources"]
    assert described["profile"] == "tabular-data-package"
    assert table["profile"] == "tabular-data-resource"
    said = table["dialect"]
    read = list(csv.reader(io.StringIO(content.decode(table["encoding"]), newline=""), delimiter=said["delimiter"]))
    # Headings are the fields' names, in their order: this is what the specification asks for.
    assert read[0] == [one["name"] for one in table["schema"]["fields"]]
    assert read[1:] == [["1", "2,5", "2026-01-02", "a;b"], ["3", "4", "", 'c"d']]
    assert len(read) - 1 == table["rowCount"]
    assert content.endswith(said["lineTerminator"].encode())


def test_columns_have_the_type_of_what_stands_in_them() -> None:
    found = fields(
        [
            [1, 1, "a", None, date(2026, 1, 2), datetime(2026, 1, 2, 8, 30), True, 1, float("nan")],
            [2, 1.5, None, "", None, datetime(2026, 1, 2, 9), False, "x", None],
        ]
    )
    kinds = ["integer", "number", "string", "string", "date", "datetime", "boolean", "string", "string"]
    assert [one["type"] for one in found] == kinds
    assert found[1]["decimalChar"] == ","
    assert found[5]["format"] == "%Y-%m-%d %H:%M"
    assert (found[6]["trueValues"], found[6]["falseValues"]) == (["ja"], ["nej"])
    assert type_of(Decimal("NaN")) == ""


def test_yes_and_no_are_said_in_the_language_of_the_file() -> None:
    with translation.override("en"):
        described, content = package(["Bil"], [[True]])
    (field,) = described["resources"][0]["schema"]["fields"]
    assert content.decode().splitlines()[1] == field["trueValues"][0]


def test_an_empty_list_has_columns_and_no_rows() -> None:
    described, content = package(["Navn"], [])
    assert described["resources"][0]["rowCount"] == 0
    assert content == b"Navn\r\n"


@pytest.mark.django_db
def test_no_formula_gets_through(country: Country) -> None:
    Person.objects.filter(pk=country.person.pk).update(given_name="=1+1")
    _described, content = unpacked(signed_in(country.users[Role.WORKER]).get("/personer/?format=zip"))
    assert "'=1+1" in content.decode()
    _described, content = package(["=1+1"], [["@x"], ["-2"], [-2]])
    assert content.decode().splitlines() == ["'=1+1", "'@x", "'-2", "-2"]


@pytest.mark.django_db
def test_who_sees_nobody_gets_a_file_of_nobody(country: Country) -> None:
    described, _content = unpacked(signed_in(country.users[Role.LEADER]).get("/personer/?format=zip"))
    assert described["resources"][0]["rowCount"] == 0
