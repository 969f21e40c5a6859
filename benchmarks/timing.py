"""How long a call takes, and how that is told."""

from __future__ import annotations

import gc
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

RUNS, MOST_RUNS = 3, 50
ENOUGH = 0.5
"""Seconds of runs after which no more are needed."""
SLOW = 1.0
"""Seconds from which on a first run counts."""


@dataclass(frozen=True)
class Timing:
    """Seconds of the median of some runs; `says` is what the figure does not say by itself."""

    who: str
    seconds: float
    cpu: float
    runs: int
    says: str = ""
    mib: float | None = None


@dataclass(frozen=True)
class Task:
    """One thing to do, by us and by others; `target` is the most seconds it may take us."""

    name: str
    ours: Timing
    peers: tuple[Timing, ...] = ()
    target: float | None = None
    says: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return None if self.target is None else self.ours.seconds <= self.target


def timed(who: str, call: Callable[[], object], says: str = "", times: float = 1.0) -> Timing:
    """Time the median run in this process; `times` scales it up, where only a part was run.

    The first run warms up and does not count, unless one takes so long that there is little to warm.
    """
    first = _once(call)
    taken = [first] if first[0] >= SLOW else []
    while len(taken) < RUNS or (sum(seconds for seconds, _ in taken) < ENOUGH and len(taken) < MOST_RUNS):
        taken.append(_once(call))
    seconds, cpu = _median(taken)
    return Timing(who, seconds * times, cpu * times, len(taken), says)


def _once(call: Callable[[], object]) -> tuple[float, float]:
    gc.collect()
    began, worked = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - worked


def _median(taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(seconds for seconds, _ in taken), statistics.median(cpu for _, cpu in taken)


def timed_process(who: str, command: Sequence[str], environment: Mapping[str, str], says: str, runs: int) -> Timing:
    """Time the median of some fresh processes, with the most memory that any child so far has held."""
    taken: list[tuple[float, float]] = []
    for _ in range(runs):
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        taken.append((time.perf_counter() - began, worked))
    seconds, cpu = _median(taken)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Timing(who, seconds, cpu, runs, says, most)
