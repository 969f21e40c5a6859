"""Runs the benchmarks, all of them or those named: `python -m benchmarks gamma-cells wilson`.

Only a run of all is written to `benchmarks/results`. The figures are worth keeping when little else was running.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import told
from benchmarks.measure import TASKS

RESULTS = Path(__file__).parent / "results"


def main(names: Sequence[str]) -> int:
    """Run, show, and write what was measured; 2 if there is no such benchmark."""
    if unknown := [name for name in names if name not in TASKS]:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(TASKS)}.", file=sys.stderr)
        return 2
    before = os.getloadavg()[0]
    tasks = []
    with Console(stderr=True).status("") as status:
        for name in names or TASKS:
            status.update(name)
            tasks.append(TASKS[name]())
    where = told.machine((before, os.getloadavg()[0]))
    told.show(tasks, where)
    if not names:
        told.write(tasks, where, RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
