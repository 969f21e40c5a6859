"""A table with its description: a ZIP file of a CSV file and a Frictionless `datapackage.json` that says what is in it.

Spreadsheets get CSV with their own mark at the beginning (`files`); here it is left out, for programs.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _

from fodfaeste.web.base.cells import defused, plain
from fodfaeste.web.base.files import csv_lines, private

FORMAT = "zip"
"""What the address calls it."""

DESCRIPTOR = "datapackage.json"

MORE: Mapping[str, Mapping[str, Any]] = {"number": {"decimalChar": ","}, "datetime": {"format": "%Y-%m-%d %H:%M"}}
"""What a description says of columns of a type besides it."""


@dataclass(frozen=True)
class Made:
    """Who made a file, for which offices, and when."""

    by: str
    offices: tuple[str, ...]
    at: datetime

    def described(self) -> dict[str, Any]:
        """Say it as a description does."""
        who = {"title": self.by, "role": "author", "organization": ", ".join(self.offices)}
        return {"created": self.at.isoformat(timespec="seconds"), "contributors": [who]}


class Columns:
    """Says of what types columns are, from what stood in them."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._headings = headings
        self._found: list[set[str]] = [set() for _heading in headings]

    def note(self, row: Sequence[object]) -> None:
        """Take note of a row."""
        for found, value in zip(self._found, row, strict=True):
            if kind := type_of(value):
                found.add(kind)

    def fields(self) -> list[dict[str, Any]]:
        """Describe the columns; one in which nothing stood, or this and that, is text."""
        return [_field(heading, _together(found)) for heading, found in zip(self._headings, self._found, strict=True)]


def type_of(value: object) -> str:
    """Name the type of a cell as Table Schema calls it; nothing of an empty one."""
    if isinstance(value, bool):
        return "boolean"
    if value is None or plain(value) == "":
        return ""
    for kind, name in ((datetime, "datetime"), (date, "date"), (int, "integer"), ((float, Decimal), "number")):
        if isinstance(value, kind):
            return name
    return "string"


def _together(found: set[str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    return "number" if found == {"integer", "number"} else "string"


def _field(heading: str, kind: str) -> dict[str, Any]:
    said = {"trueValues": [_("ja")], "falseValues": [_("nej")]} if kind == "boolean" else MORE.get(kind, {})
    return {"name": defused(heading), "title": heading, "type": kind, **said}


def package_file(
    name: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], made: Made
) -> FileResponse:
    """Answer with a table and its description.

    Parameters
    ----------
    name : str
        What the files are called, without their endings.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it once it is sent
    columns, count, written, digest = Columns(headings), -1, 0, hashlib.sha256()

    def noted() -> Iterable[Sequence[object]]:
        for row in rows:
            columns.note(row)
            yield row

    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        with parts.open(f"{name}.csv", "w", force_zip64=True) as file:
            for line in csv_lines(headings, noted(), mark=""):
                content = line.encode()
                count, written = count + 1, written + file.write(content)
                digest.update(content)
        resource = {
            "profile": "tabular-data-resource",
            "name": "table",
            "path": f"{name}.csv",
            "title": title,
            "rowCount": count,
            "bytes": written,
            "hash": f"sha256:{digest.hexdigest()}",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {
                "delimiter": ";",
                "lineTerminator": "\r\n",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
            },
            "schema": {"fields": columns.fields(), "missingValues": [""]},
        }
        described = {"profile": "tabular-data-package", "name": name, "title": title, **made.described()}
        parts.writestr(DESCRIPTOR, as_text({**described, "resources": [resource]}))
    out.seek(0)
    return private(FileResponse(out, content_type="application/zip"), f"{name}.zip")


def as_text(described: Mapping[str, Any]) -> str:
    """Write a description."""
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
