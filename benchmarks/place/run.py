"""Runs what is not measured yet, keeps each row as soon as it is there, and tells everything at the end."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import told as words
from benchmarks.place import told
from benchmarks.place.cases import ALLOWED, CASES, MOST_COLUMNS, Case, Entrant
from benchmarks.place.instances import Size, drawn
from benchmarks.timing import Absent, Peer, Timing, alone

AGAIN, OURS, PEERS = "again", "ours", "peers"
WORDS = (AGAIN, OURS, PEERS)

Kept = dict[str, dict[str, Peer]]


def run(results: Path, names: Sequence[str] = ()) -> list[str]:
    """Measure, write `place.json` and `place.md`, show the table; give what does not hold.

    Without names what is missing is measured, so that an interrupted run goes on; `again` measures everything anew.
    With names of cases, those anew; with `ours` or `peers`, only those rows of them.
    """
    kept = {} if AGAIN in names else read(results)
    where = words.machine((os.getloadavg()[0], 0.0))
    where["several_runs"] = bool(kept)
    with Console(stderr=True).status("") as status:
        for name, case in chosen(names).items():
            rows = kept.setdefault(name, {})
            todo = to_measure(case, rows, names)
            with instance_for(case.size, needed=bool(todo)) as folder:
                for entrant in todo:
                    status.update(f"{case.title}: {entrant.who}")
                    rows[entrant.who] = measured(case, entrant, folder)
                    write(kept, {**where, "load_after": round(os.getloadavg()[0], 1)}, results)
    show(kept)
    return told.faults(CASES, kept)


def chosen(names: Sequence[str]) -> Mapping[str, Case]:
    """Give the cases that are named, or all."""
    asked = [name for name in names if name not in WORDS]
    return {name: case for name, case in CASES.items() if not asked or name in asked}


def to_measure(case: Case, rows: Mapping[str, Peer], names: Sequence[str]) -> list[Entrant]:
    """Give who is to be measured: who is missing, or who was asked for."""
    if not names or AGAIN in names:
        return [entrant for entrant in case.entrants if not isinstance(rows.get(entrant.who), Timing)]
    wanted = {True: OURS in names, False: PEERS in names}
    return [entrant for entrant in case.entrants if wanted[entrant.mine] or not any(wanted.values())]


def measured(case: Case, entrant: Entrant, folder: Path | None) -> Peer:
    """Measure one solver in a process of its own, unless its model would not fit into memory."""
    columns = case.size.households * case.size.places * (1 if case.size.rank else ALLOWED)
    if not entrant.mine and columns > MOST_COLUMNS:
        return Absent(entrant.who, f"{columns / 1e6:,.0f} million pairs are not written out for it")
    found = alone(
        entrant.who,
        entrant.call,
        folder,
        *entrant.arguments,
        needs=entrant.needs,
        by="benchmarks.place.alone",
        limits=entrant.limits,
        wall=entrant.wall,
    )
    return replace(found, says=told.says(entrant, found)) if isinstance(found, Timing) else found


@contextmanager
def instance_for(size: Size, *, needed: bool = True) -> Iterator[Path | None]:
    """Draw an instance into a folder that is deleted afterwards; only where it is needed."""
    if not needed:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="fodfaeste-place-"))
    try:
        drawn(size, folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def read(results: Path) -> Kept:
    """Read the rows that were kept."""
    file = results / "place.json"
    if not file.exists():
        return {}
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    return {name: {who: words.peer_of(row) for who, row in case.items()} for name, case in rows.items()}


def write(kept: Kept, where: dict[str, Any], results: Path) -> None:
    """Write the figures, and all that follows from them."""
    results.mkdir(parents=True, exist_ok=True)
    rows = {name: {who: asdict(row) for who, row in case.items()} for name, case in kept.items()}
    figures = json.dumps({"machine": where, "rows": rows}, ensure_ascii=False, indent=2)
    (results / "place.json").write_text(f"{figures}\n", encoding="utf-8")
    (results / "place.md").write_text(told.text(CASES, kept, words.told_machine(where)), encoding="utf-8")


def show(kept: Kept) -> None:
    """Print the tables."""
    parts = ((told.HEADER, told.table(CASES, kept)), (told.TARGETS, told.targets(CASES, kept)))
    for header, body in parts:
        table = Table(*header, box=None, pad_edge=False)
        for row in body:
            table.add_row(*row)
        Console().print(table, "")
