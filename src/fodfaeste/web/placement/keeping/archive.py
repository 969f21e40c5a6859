"""What goes to the archive before it is deleted: a line of JSON for each household, with all that is known of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from fodfaeste.web.placement.desk.models import Arrival

SECRETS = frozenset({"secret", "code", "salt"})
OF_HOUSEHOLD = ("members", "wishes", "askings", "records", "openings", "holds")


class Archive:
    """A file that is only written to, and on disk before anything is deleted."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self.name, self._file = path.name, file

    def keep(self, arrival: Arrival) -> str:
        """Write a household down; gives the SHA-256 of its line."""
        told = {"household": _row(arrival), **{name: _rows(arrival, name) for name in OF_HOUSEHOLD}}
        line = json.dumps(told, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
        self._file.write(line + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return hashlib.sha256(line.encode()).hexdigest()


@contextmanager
def begun_in(folder: Path) -> Iterator[Archive]:
    """Begin a file that nobody else reads; one that stays empty is taken away again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"husstande-{timezone.localtime():%Y-%m-%d-%H%M%S}.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yield Archive(path, file)
    if not path.stat().st_size:
        path.unlink()


def _rows(arrival: Arrival, name: str) -> list[dict[str, Any]]:
    return [_row(one) for one in getattr(arrival, name).order_by("pk")]


def _row(row: models.Model) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in SECRETS or isinstance(row, Arrival)
    }
