"""A hundred million rows on disk, counted once where they lie: `python -m benchmarks scale [rows]`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import told
from benchmarks.people import write_people
from benchmarks.timing import ROOT, peak_mib

SEED, ROWS = 2002, 100_000_000
COLUMNS = ("municipality", "cohort", "months", "event")
MEMORY = "2GB"
"""What DuckDB may hold; without a limit it takes four fifths of the machine."""


def run(results: Path, rows: int = ROWS) -> None:
    """Write the rows, measure in a process of its own, delete them; write `scale.json` and `scale.md`."""
    before = os.getloadavg()[0]
    folder = Path(tempfile.mkdtemp(prefix="fodfaeste-scale-"))
    try:
        source = write_people(folder / "people", rows) if rows > 10_000_000 else _one(folder, rows)
        size = sum(file.stat().st_size for file in source.glob("*.parquet"))
        command = [sys.executable, "-m", "benchmarks.measure.scale", str(source)]
        said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    finally:
        shutil.rmtree(folder)
    steps = [json.loads(line) for line in said.splitlines()]
    figures = {"machine": told.machine((before, os.getloadavg()[0])), "rows": rows, "bytes": size, "steps": steps}
    print(table(figures))
    if rows == ROWS:
        write(figures, results)


def _one(folder: Path, rows: int) -> Path:
    (folder / "people").mkdir()
    write_people(folder / "people" / "part-000.parquet", rows)
    return folder / "people"


def write(figures: dict[str, Any], results: Path) -> None:
    """Write the figures."""
    (results / "scale.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (results / "scale.md").write_text(table(figures), encoding="utf-8")


def table(figures: dict[str, Any]) -> str:
    """Lay out a row a step."""
    size = figures["bytes"] / 2**20
    says = (
        f"{figures['rows']:,} rows of ten columns in Parquet ({size:,.0f} MiB), read by DuckDB (limited to {MEMORY}) "
        "where they lie, all steps in one process, each once, the first with what it loads. MiB is the most that the "
        "process had held by the end of the step, libraries included. Run by `python -m benchmarks scale`. "
        f"{told.told_load(figures['machine'])}"
    )
    body = [
        (step["step"], f"{step['seconds']:.3g}", f"{step['cpu']:.3g}", f"{step['mib']:,.0f}", step["says"])
        for step in figures["steps"]
    ]
    return f"{says}\n\n{told.markdown(('what', 'seconds', 'CPU s', 'MiB', 'says'), body)}\n"


def measured(source: str) -> None:
    """Count, and estimate from the file and from the cells; print a line a step."""
    import duckdb

    from fodfaeste.measure import cif, release_test
    from fodfaeste.measure.cells import count_cells

    connection = duckdb.connect()
    # A progress bar would stand among the figures.
    connection.execute(f"set memory_limit = '{MEMORY}'; set enable_progress_bar = false")
    relation = connection.read_parquet(f"{source}/*.parquet")
    cells = step("count_cells", lambda: count_cells(relation, COLUMNS), lambda found: f"{found.frame.height:,} cells")
    step("cif by municipality, from the rows", lambda: cif(relation, "months", "event", by="municipality"), _height)
    asked: dict[str, Any] = {"bound": "bound", "free": "free", "seed": SEED}
    names = ("months", "event", "cohort")
    step("release_test, from the rows", lambda: release_test(relation, *names, **asked), _height)
    frame = cells.frame
    again = "from the cells counted once"
    step(f"cif, {again}", lambda: cif(frame, "months", "event", by="municipality", count="persons"), _height)
    step(f"release_test, {again}", lambda: release_test(frame, *names, count="persons", **asked), _height)


def _height(result: Any) -> str:
    return f"table of {result.table.height:,} rows"


def step(name: str, call: Callable[[], Any], says: Callable[[Any], str] = str) -> Any:
    """Take one step and print what it took."""
    began, worked = time.perf_counter(), time.process_time()
    found = call()
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    print(json.dumps({"step": name, "seconds": seconds, "cpu": cpu, "mib": peak_mib(), "says": says(found)}))
    return found


if __name__ == "__main__":
    measured(sys.argv[1])
