"""Checks an agency's chain, and each record by it: the first thing that does not fit is named.

The chain itself is read by the library's own check (`place.audit_chain.verify`), from the same lines that are handed
out; here records are held against what the chain says of them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import models

from fodfaeste.place.audit_chain import FIRST, verify
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.chain.chained import Chained, chained_models, digest
from fodfaeste.web.placement.chain.models import ChainCheck, ChainEntry, ChainHead

KEPT = 50
"""Findings that are kept of a check; the others are counted."""
AT_A_TIME = 500
LINES, HEAD = "chain.jsonl", "chain.jsonl.head"


@dataclass(frozen=True)
class Found:
    """A thing that does not fit.

    Attributes
    ----------
    kind : str
        Of the chain: changed, removed, moved, unreadable, head, noted. Of a record: record_changed, record_removed,
        record_unchained.
    entry : int or None
        The number of the entry, or how many there are where the end is wrong.
    table : str
    row : int or None
        The record, by its table and number.
    """

    kind: str
    entry: int | None = None
    table: str = ""
    row: int | None = None


@dataclass(frozen=True)
class Checked:
    """What a check found, the first thing first, and how the chain ends."""

    lines: int
    hash: str
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Said:
    """What the chain said last of a record, and in which entry."""

    entry: int
    columns: tuple[str, ...]
    digest: str


def check(office: Organisation) -> Checked:
    """Check an agency's chain and records."""
    with seeing([office.pk]):
        entries = list(entries_of(office))
        last = ChainCheck.objects.filter(organisation=office).exclude(lines=0).first()
        with tempfile.TemporaryDirectory() as room:
            write_lines(office, entries, Path(room))
            wrong = verify(Path(room) / LINES)
        found = [Found(str(one.kind), entry=_number(entries, one.line, one.kind)) for one in wrong]
        if last is not None and last.hash not in {one.hash for one in entries}:
            found.append(Found("noted", entry=last.lines))
        found += _records(office, entries)
    head = entries[-1].hash if entries else FIRST
    return Checked(len(entries), head, tuple(sorted(found, key=lambda one: (one.entry is None, one.entry or 0))))


def keep_check(office: Organisation) -> ChainCheck:
    """Check, and write down what was found."""
    checked = check(office)
    with seeing([office.pk]):
        return ChainCheck.objects.create(
            organisation=office,
            lines=checked.lines,
            hash=checked.hash,
            found=[asdict(one) for one in checked.found[:KEPT]],
            more=max(0, len(checked.found) - KEPT),
        )


def entries_of(office: Organisation) -> Iterable[ChainEntry]:
    """Give an agency's entries in the order in which they were written."""
    return ChainEntry.objects.filter(organisation=office).order_by("pk").iterator(AT_A_TIME)


def write_lines(office: Organisation, entries: Iterable[ChainEntry], folder: Path) -> None:
    """Write a chain as the library's log: `chain.jsonl` and beside it how it ends."""
    with (folder / LINES).open("w", encoding="utf-8") as file:
        for one in entries:
            file.write(json.dumps(asdict(one.entry()), ensure_ascii=False) + "\n")
    head = ChainHead.objects.filter(organisation=office).first()
    if head is not None:
        told = {"lines": head.lines, "hash": head.hash}
        (folder / HEAD).write_text(json.dumps(told) + "\n", encoding="utf-8")


def rows_of(model: type[Chained], office: Organisation) -> models.QuerySet[Any]:
    """Give an agency's records of a kind."""
    return model._default_manager.filter(**{model.CHAIN_OF: office.pk}).order_by("pk")


def said_of(entries: Iterable[ChainEntry]) -> dict[tuple[str, int], Said]:
    """Give what the chain says last of each record: a record that was reduced by rule is what was said of it then."""
    found: dict[tuple[str, int], Said] = {}
    for entry in entries:
        facts = entry.facts
        for told in (facts, *facts.get("now", ())):
            if isinstance(told, dict) and {"table", "row", "columns", "digest"} <= told.keys():
                said = Said(entry.number, tuple(told["columns"]), told["digest"])
                found[told["table"], told["row"]] = said
    return found


def _records(office: Organisation, entries: list[ChainEntry]) -> Iterator[Found]:
    said = said_of(entries)
    for model in chained_models():
        table = model._meta.db_table
        expected = {row: one for (name, row), one in said.items() if name == table}
        there = set()
        for record in rows_of(model, office).iterator(AT_A_TIME):
            there.add(record.pk)
            one = expected.get(record.pk)
            if one is None:
                yield Found("record_unchained", table=table, row=record.pk)
            elif digest(record, one.columns) != one.digest:
                yield Found("record_changed", entry=one.entry, table=table, row=record.pk)
        for row in sorted(expected.keys() - there):
            yield Found("record_removed", entry=expected[row].entry, table=table, row=row)


def _number(entries: list[ChainEntry], line: int, kind: str) -> int | None:
    """Give the number of the entry at a line of the log; of the end, how many there are."""
    if kind == "head":
        return len(entries)
    return entries[line - 1].number if 0 < line <= len(entries) else None
