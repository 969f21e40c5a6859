"""The report of 2002: its small counts, and the whole of it from a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.resources import as_file, files

import polars as pl

from benchmarks.timing import ROOT, Task, timed, timed_process
from fodfaeste.measure.disclosure import protect


def suppression() -> Task:
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "employment_2000.csv") as path:
        wide = pl.read_csv(path)
    groups = ["employed", "unemployed", "outside_labour_force"]
    table = wide.unpivot(groups, index="municipality", variable_name="status", value_name="count")
    found = protect(table).summary
    choice = f"at most {found['gap']:.1%} above the fewest" if found["gap"] else "proven to be the fewest"
    return Task(
        "small counts of the employment table (216 x 3 with totals) suppressed",
        timed("protect", lambda: protect(table)),
        says=f"{found['suppressed']} of {found['cells']} cells, {choice}. No peer in Python.",
    )


def report_again() -> Task:
    return report(bytecode=True)


def report_first() -> Task:
    return report(bytecode=False)


def report(*, bytecode: bool) -> Task:
    """Write the report in a fresh process, with the bytecode of all libraries at hand, as pip leaves it, or not."""
    program = "import sys; from pathlib import Path; from fodfaeste.report import write; write(Path(sys.argv[1]))"
    others = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/report"
        if bytecode:
            environment = {**others, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
            subprocess.run([sys.executable, "-c", program, out], cwd=ROOT, env=environment, check=True)
            says, runs = "page, PDF, workbook, charts; imports counted, compiled as pip leaves them", 2
        else:
            environment = {**others, "PYTHONPYCACHEPREFIX": f"{folder}/none", "PYTHONDONTWRITEBYTECODE": "1"}
            says, runs = "the same, with every library compiled to bytecode first", 1
        return Task(
            f"the whole report of 2002 from a fresh process, {'bytecode' if bytecode else 'no bytecode'} at hand",
            timed_process("fodfaeste report", program, out, environment, says=says, runs=runs),
            target=20.0,
            says="No peer.",
        )


def employment() -> pl.DataFrame:
    """Read the report's employed persons of 216 municipalities."""
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "employment_2000.csv") as path:
        table = pl.read_csv(path)
    people = pl.sum_horizontal("employed", "unemployed", "outside_labour_force")
    return table.select(unit="municipality", events="employed", n=people)
