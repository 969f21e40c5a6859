"""How long a call takes and how much memory, in this process or in one of its own."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RUNS, MOST_RUNS = 3, 50
ENOUGH = 0.5
"""Seconds of runs after which no more are needed."""
SLOW = 1.0
"""Seconds from which on a first run counts, in a process that is warm already."""
ONCE = 8.0
"""Seconds of processor time from which on the first run is the only one, in a process that was not warm either."""
CPU_LIMIT, WALL_LIMIT, MEMORY_LIMIT = 120, 600, 10
"""Seconds and GiB that a run may use; processor time, because the machine may have other work."""
# Not every system lets memory be limited.
IN_MEMORY = f'ulimit -v {MEMORY_LIMIT * 2**20} 2> /dev/null; exec "$@"'
IN_TIME = f'ulimit -t {CPU_LIMIT}; exec "$@"'
LIMITED = f"ulimit -v {MEMORY_LIMIT * 2**20} 2> /dev/null; {IN_TIME}"


@dataclass(frozen=True)
class Timing:
    """Seconds of the median of some runs; `says` is what the figure does not say by itself.

    `mib` is the most memory that the process held, libraries included, and `held` what it held before the first call,
    which took `first` seconds. A run that was `stopped` took longer than `seconds` says. `answer` is what came of it,
    where a benchmark compares that too.
    """

    who: str
    seconds: float
    cpu: float
    runs: int
    says: str = ""
    mib: float | None = None
    held: float | None = None
    first: float | None = None
    stopped: bool = False
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Absent:
    """A peer without a figure, and why."""

    who: str
    why: str


Peer = Timing | Absent


@dataclass(frozen=True)
class Task:
    """One thing to do, by us and by others; `target` is the most seconds it may take us, `target_mib` the most MiB.

    `parts` are how far ours was when.
    """

    name: str
    ours: Peer
    peers: tuple[Peer, ...] = ()
    target: float | None = None
    says: str = ""
    target_mib: float | None = None
    parts: tuple[Timing, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the targets are met; None where there is none, or nothing was measured."""
        if self.target is None or isinstance(self.ours, Absent):
            return None
        quick = self.ours.seconds <= self.target and not self.ours.stopped
        return quick and (self.target_mib is None or (self.ours.mib or 0) <= self.target_mib)


def timed(who: str, call: Callable[[], object], says: str = "", times: float = 1.0, *, warm: bool = True) -> Timing:
    """Time the median run in this process; `times` scales it up, where only a part was run.

    The first run warms up and does not count, unless one takes so long that there is little to warm; in a process that
    is not `warm` it loads libraries and compiled code, and counts only if it takes very long.
    """
    first = _once(call)
    taken = [first] if first[1] >= ONCE or (warm and first[0] >= SLOW) else []
    while first[1] < ONCE and not _enough(taken):
        taken.append(_once(call))
    seconds, cpu = _median(taken)
    return Timing(who, seconds * times, cpu * times, len(taken), says, first=first[0])


def _enough(taken: Sequence[tuple[float, float]]) -> bool:
    total = sum(seconds for seconds, _ in taken)
    return len(taken) >= RUNS and (total >= ENOUGH or len(taken) >= MOST_RUNS)


def _once(call: Callable[[], object]) -> tuple[float, float]:
    gc.collect()
    began, worked = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - worked


def _median(taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(seconds for seconds, _ in taken), statistics.median(cpu for _, cpu in taken)


def peak_mib() -> float:
    """Give the most memory that this process has held.

    Where there is a /proc, it is read: `ru_maxrss` of a child begins at what its parent held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def alone(
    who: str,
    call: Callable[..., object],
    *arguments: object,
    says: str = "",
    needs: str | None = None,
    by: str = "benchmarks.alone",
    limits: str = LIMITED,
    wall: int = WALL_LIMIT,
) -> Peer:
    """Time a function of a benchmark module in a process of its own; the arguments reach it as text.

    What it needs and is not installed, and what it ends with other than a result, makes it `Absent`. `by` names the
    module that is run and calls it; `limits` and the seconds of `wall` are what it may use.
    """
    if needs and find_spec(needs) is None:
        return Absent(who, f"{needs} is not installed")
    name = f"{call.__module__}:{call.__qualname__}"
    found = run([sys.executable, "-m", by, name, *map(str, arguments)], who, limits, wall)
    return replace(found, who=who, says=says) if isinstance(found, Timing) else found


def run(command: Sequence[str], who: str, limits: str = LIMITED, wall: int = WALL_LIMIT) -> Peer:
    """Run a command that ends by printing a timing as JSON, within the limits."""
    told = printed(command, who, limits, wall)
    if not isinstance(told, str):
        return told
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return Absent(who, figures["absent"]) if "absent" in figures else Timing(who, **figures)


def printed(command: Sequence[str], who: str, limits: str = LIMITED, wall: int = WALL_LIMIT) -> str | Peer:
    """Give what a command prints, or that it was stopped, or what it ended with."""
    began, worked = time.perf_counter(), _children()
    process = subprocess.Popen(
        ["sh", "-c", limits, "sh", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        told, complaint = process.communicate(timeout=wall)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Timing(who, wall, _children() - worked, 1, stopped=True)
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Timing(who, time.perf_counter() - began, _children() - worked, 1, stopped=True)
    if process.returncode or not told.strip():
        return Absent(who, (complaint.strip() or "it said nothing").splitlines()[-1][:200])
    return told.strip()


def _children() -> float:
    """Give the processor seconds of all processes that this one has started and seen end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed_process(
    who: str, program: str, argument: str, environment: Mapping[str, str], *, says: str, runs: int
) -> Timing:
    """Time the median of some fresh processes that run a Python program, with the most memory that one held."""
    program = f"{program}; from benchmarks.timing import peak_mib; print(peak_mib())"
    taken: list[tuple[float, float]] = []
    most = 0.0
    for _ in range(runs):
        began, before = time.perf_counter(), _children()
        done = subprocess.run(
            [sys.executable, "-c", program, argument],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        taken.append((time.perf_counter() - began, _children() - before))
        most = max(most, float(done.stdout.split()[-1]))
    seconds, cpu = _median(taken)
    return Timing(who, seconds, cpu, runs, says, most)
