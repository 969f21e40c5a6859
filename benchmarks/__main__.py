"""Runs the benchmarks of `measure`, all of them or those named: `python -m benchmarks gamma-cells wilson`.

A run of all is written to `benchmarks/results`; after `keep` those named take their place in what is written there.
`growth` and `scale` are run, and written, only by name. `place` runs what is missing of the benchmarks of `place`, and
what is named behind it again. Figures are worth keeping when little else was running.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import told
from benchmarks.measure import TASKS, growth, scale

RESULTS = Path(__file__).parent / "results"


def main(names: Sequence[str]) -> int:
    """Run, show, and write what was measured; 2 if there is no such benchmark."""
    if names[:1] == ["growth"]:
        growth.run(RESULTS)
        return 0
    if names[:1] == ["scale"]:
        scale.run(RESULTS, *map(int, names[1:2]))
        return 0
    if names[:1] == ["place"]:
        return place(names[1:])
    keep = names[:1] == ["keep"]
    names = names[keep:]
    if unknown := [name for name in names if name not in TASKS]:
        there = ", ".join([*TASKS, "growth", "scale", "place"])
        print(f"No such benchmark: {', '.join(unknown)}. There are: {there}.", file=sys.stderr)
        return 2
    before = os.getloadavg()[0]
    tasks = []
    with Console(stderr=True).status("") as status:
        for name in names or TASKS:
            status.update(name)
            tasks.append(TASKS[name]())
            told.show(tasks[-1])
    where = told.machine((before, os.getloadavg()[0]))
    print(told.told_machine(where))
    if keep or not names:
        where["several_runs"] = bool(names)
        told.write(told.kept(tasks, RESULTS) if names else tasks, where, RESULTS)
    return 0


def place(names: Sequence[str]) -> int:
    """Run the benchmarks of `place`; 1 if an answer is not true, 2 if there is no such benchmark."""
    if names[:1] == ["gpu"]:
        from benchmarks.place import gpu

        return gpu.main(RESULTS)
    from benchmarks.place import growth as place_growth
    from benchmarks.place import run as place_run

    if names[:1] == ["growth"]:
        place_growth.run(RESULTS, again=place_run.AGAIN in names)
        return 0
    there = [*place_run.CASES, *place_run.WORDS]
    if unknown := [name for name in names if name not in there]:
        there = [*there, "growth"]
        print(f"No such benchmark of place: {', '.join(unknown)}. There are: {', '.join(there)}.", file=sys.stderr)
        return 2
    faults = place_run.run(RESULTS, names)
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
