"""The whole report on a register of a million persons, from a fresh process, and how far it is when."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.people import folder
from benchmarks.timing import IN_TIME, Peer, Task, Timing, peak_mib, printed

SEED, SCALE = 1, 10
STAGES = ("tables counted", "findings computed", "pages written")


def whole() -> Task:
    source = folder() / "register"
    who = "fodfaeste measure"
    built = printed([sys.executable, "-m", "benchmarks.measure.register", "build", str(source)], who)
    told = ran(source, folder() / "report", who) if isinstance(built, str) else (built,)
    *parts, ours = told
    people = f"of {int(built.splitlines()[-1]):,} persons" if isinstance(built, str) else "of a million persons"
    return Task(
        f"the whole report on a register {people} (Parquet, DuckDB), from a fresh process",
        ours,
        target=10.0,
        target_mib=500.0,
        parts=tuple(part for part in parts if isinstance(part, Timing)),
        says="English; page, PDF, workbook, CSV, charts; imports counted. No peer",
    )


def ran(source: Path, out: Path, who: str) -> tuple[Peer, ...]:
    """Write the report in a process of its own: how far it was when, the whole last."""
    # What draws the charts reserves more memory than it ever uses.
    said = printed([sys.executable, "-m", "benchmarks.measure.register", "report", str(source), str(out)], who, IN_TIME)
    if not isinstance(said, str):
        return (said,)
    stages = [json.loads(line) for line in said.splitlines()]
    last = len(stages) - 1
    return tuple(
        Timing(
            who if k == last else f"until {stage['stage']}", stage["seconds"], stage["cpu"], runs=1, mib=stage["mib"]
        )
        for k, stage in enumerate(stages)
    )


def build(out: str) -> None:
    """Build the synthetic register and print how many persons are in it."""
    import polars as pl

    from fodfaeste.data import synthetic

    made = synthetic.build(SEED, SCALE, Path(out), file_format="parquet")
    print(pl.scan_parquet(Path(made or out) / "persons.parquet").select(pl.len()).collect().item())


def report(source: str, out: str) -> None:
    """Write the report and print after each stage how long it has taken."""
    began = time.perf_counter()
    from fodfaeste.report import register

    # Where one stage ends, the next says what it does.
    ends = dict(zip((register.COUNTING, register.COMPUTING), STAGES, strict=False))

    def heard(_doing: str, share: float) -> None:
        for end in [end for end in ends if share >= end]:
            tell(ends.pop(end), began)

    register.write(source, Path(out), ("en",), progress=heard)
    tell(STAGES[-1], began)


def tell(stage: str, began: float) -> None:
    """Print how far we are as JSON."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.perf_counter() - began
    print(json.dumps({"stage": stage, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mib": peak_mib()}))


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(sys.argv[2])
    else:
        report(*sys.argv[2:])
