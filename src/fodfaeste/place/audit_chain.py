"""The chain of an audit log: each line holds the hash of the one before, so that none can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from fodfaeste.errors import BadInput, Problem

Event = Literal["goal", "proposal", "decision", "outcome", "note"]
FIRST = "0" * 64
"""What the first line holds as the hash of the line before."""


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes
    ----------
    number : int
        From 1.
    at : str
        When, with the offset from UTC.
    by : tuple of str
        Who; two where a rule asks for two.
    event : str
    facts : mapping
    before : str
        The hash of the line before.
    hash : str
        SHA-256 of all the others.
    """

    number: int
    at: str
    by: tuple[str, ...]
    event: Event
    facts: Mapping[str, Any]
    before: str
    hash: str


@dataclass(frozen=True)
class Tampering:
    """One thing wrong with the log: which line of the file, and what happened to it."""

    line: int
    kind: Literal["changed", "removed", "moved", "unreadable", "head"]
    text: str

    def __str__(self) -> str:
        return self.text


def verify(path: Path, *, last_hash: str | None = None) -> tuple[Tampering, ...]:
    """Find every line that was changed, removed or moved.

    Parameters
    ----------
    last_hash : str, optional
        The hash of a line that was noted elsewhere; it has to be in the log still.

    Returns
    -------
    tuple of Tampering
        Empty where the log is as it was written.

    Raises
    ------
    BadInput
        If there is no log.
    """
    if not path.is_file():
        raise BadInput(Problem("no such file", "an audit log", "Check the path.", str(path)))
    lines = _lines(path)
    found: list[Tampering] = []
    seen: list[Entry] = []
    before, number = FIRST, 0
    numbers = {entry.number for entry in map(_read_line, lines) if entry is not None}
    for at, line in enumerate(lines, 1):
        entry = _read_line(line)
        if entry is None:
            found.append(Tampering(at, "unreadable", f"Line {at} is not a line of the log."))
            number += 1
            before = ""
            continue
        found += _wrong_with(at, entry, number, before, numbers)
        number, before = entry.number, entry.hash
        seen.append(entry)
    found += _wrong_with_end(path, seen, last_hash)
    return tuple(found)


def _wrong_with(at: int, entry: Entry, number: int, before: str, numbers: set[int]) -> Iterator[Tampering]:
    if entry.hash != hash_of(_told(entry)):
        yield Tampering(at, "changed", f"Line {at} was changed: its hash is not that of what it says.")
    if entry.number == number + 1:
        # Behind a line that was changed or cannot be read the chain is broken once, and told once.
        if before and entry.before != before:
            yield Tampering(at, "changed", f"Line {at - 1} or line {at} was replaced: they do not fit together.")
        return
    if entry.number <= number:
        yield Tampering(at, "moved", f"Line {at} is entry {entry.number} and stands behind entry {number}.")
        return
    gone = [one for one in range(number + 1, entry.number) if one not in numbers]
    if gone:
        which = f"Entry {gone[0]} is" if len(gone) == 1 else f"Entries {gone[0]} to {gone[-1]} are"
        yield Tampering(at, "removed", f"{which} missing before line {at}.")
    if len(gone) < entry.number - number - 1:
        yield Tampering(at, "moved", f"Line {at} is entry {entry.number} and stands behind entry {number}.")


def _wrong_with_end(path: Path, seen: Sequence[Entry], last_hash: str | None) -> Iterator[Tampering]:
    if last_hash is not None and last_hash not in {entry.hash for entry in seen}:
        text = "The hash that was noted is of no line of the log: lines were removed, or the whole was written anew."
        yield Tampering(len(seen), "removed", text)
    wrong = wrong_end(path, seen)
    if wrong:
        yield Tampering(len(seen), "head", wrong)


def wrong_end(path: Path, entries: Sequence[Entry]) -> str:
    """Say in words how the end of the log differs from what its head says; empty where it does not."""
    head = head_of(path)
    if not head.is_file():
        return f"{head.name} is missing." if entries else ""
    try:
        told = json.loads(head.read_text(encoding="utf-8"))
        lines, last = int(told["lines"]), str(told["hash"])
    except (ValueError, LookupError, TypeError):
        return f"{head.name} cannot be read."
    if lines > len(entries):
        gone = lines - len(entries)
        return f"{gone} {'entry is' if gone == 1 else 'entries are'} missing: {head.name} counts {lines}."
    if lines < len(entries):
        return f"{len(entries) - lines} entries were added in another way than by the log: {head.name} counts {lines}."
    return "" if not entries or entries[-1].hash == last else f"The last entry is not the one that {head.name} names."


# Lines


def hash_of(told: Mapping[str, Any]) -> str:
    """Give the SHA-256 of what a line says, its hash aside."""
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _told(entry: Entry) -> dict[str, Any]:
    told = asdict(entry)
    del told["hash"]
    return {**told, "by": list(entry.by)}


def entry_of(line: Mapping[str, Any]) -> Entry:
    """Make an entry of a line's values."""
    return Entry(**{**line, "by": tuple(line["by"])})


def _read_line(text: str) -> Entry | None:
    try:
        entry = entry_of(json.loads(text))
    except (ValueError, TypeError, LookupError):
        return None
    return entry if isinstance(entry.number, int) and isinstance(entry.hash, str) else None


def entries_of(path: Path) -> Iterator[Entry]:
    """Give the lines that can be read."""
    for line in _lines(path):
        entry = _read_line(line)
        if entry is not None:
            yield entry


def _lines(path: Path) -> list[str]:
    # Only line feeds end a line: a text may hold other signs that Python counts as line ends.
    text = path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    return text.split("\n") if text else []


def head_of(path: Path) -> Path:
    """Name the file that holds the number of lines and the last hash."""
    return path.with_name(f"{path.name}.head")
