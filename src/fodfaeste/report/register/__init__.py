"""The report on a register: from its tables to pages, in steps that can be interrupted."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fodfaeste import __version__
from fodfaeste.errors import FodfaesteError

if TYPE_CHECKING:
    from fodfaeste.report.register.tables import Progress, RegisterTables
    from fodfaeste.report.words import Lang

COUNTING, COMPUTING = 0.5, 0.7
"""The share of the work that is done when the register is counted, and when all is computed."""


def write(
    source: str | Path,
    out: Path,
    langs: Sequence[Lang] = ("da",),
    *,
    engine: str = "duckdb",
    publish: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the report on a register into a folder: HTML, PDF, XLSX, charts, and its tables as a data package.

    Parameters
    ----------
    source : str or Path
        The register, as `fodfaeste.data.register.open_register` takes it.
    out : Path
        Where to write; with several languages each has its own folder in it.
    langs : sequence of {"da", "en"}
    engine : str
        `duckdb`, `local` or `spark://host:port`.
    publish : bool
        Write the edition for publication: small counts hidden over all tables together, and the tables attacked.
    progress : callable, optional
        Hears what is being done, and the share of 1 that is done.

    Raises
    ------
    BadInput
        If the register breaks a rule: nothing is written.
    Refused
        If small counts could be worked out from the edition for publication: nothing is written.

    Notes
    -----
    Finished steps lie in a folder beside `out` until the report is written, so an interrupted run goes on where it
    was. The folder holds personal data; it is readable by its owner alone, and gone when the report is there.
    """
    say = progress or (lambda _doing, _share: None)
    room = _room(source, out, engine)
    try:
        tables = _counted(source, room, engine, lambda doing, share: say(doing, COUNTING * share))
        made = _told(_edition(tables, publish=publish, say=say), out, langs, say)
    except FodfaesteError:
        # What cannot be used is not kept for the next run; an interrupt leaves the steps that are done.
        _tidy(out)
        raise
    _tidy(out)
    return made


def _edition(tables: RegisterTables, *, publish: bool, say: Progress) -> RegisterTables:
    if not publish:
        return tables
    from fodfaeste.report.register.publication import for_publication

    say("protect small counts", COUNTING)
    return for_publication(tables)


def _told(tables: RegisterTables, out: Path, langs: Sequence[Lang], say: Progress) -> list[Path]:
    from fodfaeste.report.folder import write_document
    from fodfaeste.report.register import content

    found = content.find(tables, lambda doing, share: say(doing, COUNTING + (COMPUTING - COUNTING) * share))
    made: list[Path] = []
    for done, lang in enumerate(langs):

        def told(doing: str, share: float, before: int = done) -> None:
            say(doing, COMPUTING + (1 - COMPUTING) * (before + share) / len(langs))

        folder = out / lang if len(langs) > 1 else out
        made += write_document(content.document(found, lang), folder, told, csv=True)
    return made


def _counted(source: str | Path, room: Path, engine: str, say: Progress) -> RegisterTables:
    from fodfaeste.data.register import open_register
    from fodfaeste.report.register.tables import gather

    say("look the register through", 0.0)
    with open_register(
        source, engine=engine, work=room, progress=lambda doing, share: say(doing, 0.5 * share)
    ) as opened:
        return gather(opened, room / "cells", lambda doing, share: say(doing, 0.5 + 0.5 * share))


def _room(source: str | Path, out: Path, engine: str) -> Path:
    """Give the folder for finished steps: another one as soon as the register, the engine or the program differs."""
    out.parent.mkdir(parents=True, exist_ok=True)
    told = [__version__, engine, str(source), *_state(source)]
    key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    room = out.parent / f"{_prefix(out)}{key}"
    _tidy(out, but=room)
    room.mkdir(mode=0o700, exist_ok=True)
    return room


def _state(source: str | Path) -> list[str]:
    """Say what tells one state of the register from the next; of a server's nothing does, so it is counted afresh."""
    from fodfaeste.data.register.reading import database_file

    scheme, colon, rest = str(source).partition("://")
    if colon and scheme not in ("duckdb", "sqlite"):
        return [uuid.uuid4().hex]
    place = database_file(rest) if colon else Path(source)
    files = sorted(place.iterdir()) if place.is_dir() else [place, place.parent / "register.json"]
    return [f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.exists()]


def _prefix(out: Path) -> str:
    return f".{out.name}-steps-"


def _tidy(out: Path, but: Path | None = None) -> None:
    for room in out.parent.glob(f"{_prefix(out)}*"):
        if room != but:
            shutil.rmtree(room, ignore_errors=True)
