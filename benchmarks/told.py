"""Benchmarks told: on the screen, as Markdown, as JSON. No day and no machine's name in any of them."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.timing import Absent, Peer, Task, Timing

LIBRARIES = (
    "fodfaeste",
    "numpy",
    "scipy",
    "numba",
    "polars",
    "duckdb",
    "pandas",
    "statsmodels",
    "lifelines",
    "highspy",
    "ortools",
    "pot",
)
R_PACKAGES = ("survival", "cmprsk", "lme4", "glmmTMB", "vcdExtra")
HEADER = ("what", "who", "seconds", "CPU s", "MiB", "ours is", "target", "says")
WIDTHS = (34, 9, 9, 6, 22, 13, 60)

Row = tuple[str, ...]


def machine(load: Sequence[float]) -> dict[str, Any]:
    """Describe what it ran on; `load` is the load average when it began and when it ended."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "r": _r_versions(),
        "load_before": round(load[0], 1),
        "load_after": round(load[1], 1),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _r_versions() -> dict[str, str]:
    if (rscript := shutil.which("Rscript")) is None:
        return {}
    names = ", ".join(f'"{name}"' for name in R_PACKAGES)
    asked = (
        'cat("R", paste(R.version$major, R.version$minor, sep = "."), "\\n"); '
        f"for (name in c({names})) if (nzchar(system.file(package = name))) "
        'cat(name, as.character(packageVersion(name)), "\\n")'
    )
    said = subprocess.run([rscript, "--vanilla", "-e", asked], capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"(\S+) (\S+)", said))


def rows(task: Task) -> Iterator[Row]:
    """Give a row a timing, ours first; "ours is" says how many times as quick as the peer ours is."""
    yield *figures(task.ours), "", _target(task), _said(task.ours, task.says)
    for part in task.parts:
        yield *figures(part), "", "", _said(part)
    for peer in task.peers:
        yield *figures(peer), compared(task.ours, peer), "", _said(peer)


def show(task: Task) -> None:
    """Print a small table."""
    table = Table(title=task.name, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name, width in zip(HEADER[1:], WIDTHS, strict=True):
        table.add_column(name, width=width, justify="right" if name in ("seconds", "CPU s", "MiB") else "left")
    for row in rows(task):
        table.add_row(*row)
    Console().print(table, "")


def write(tasks: Sequence[Task], where: dict[str, Any], folder: Path) -> None:
    """Write `measure.json` and `measure.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    measured = {"machine": where, "tasks": [{**asdict(task), "met": task.met} for task in tasks]}
    (folder / "measure.json").write_text(json.dumps(measured, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    said = [(task.name if first == 0 else "", *row) for task in tasks for first, row in enumerate(rows(task))]
    text = f"{told_machine(where)}\n\n{markdown(HEADER, said)}\n"
    (folder / "measure.md").write_text(text, encoding="utf-8")


def kept(tasks: Sequence[Task], folder: Path) -> list[Task]:
    """Put tasks that were run again in the place of those that are written in `folder`."""
    again = {task.name: task for task in tasks}
    before = [_task(told) for told in json.loads((folder / "measure.json").read_text(encoding="utf-8"))["tasks"]]
    return [again.pop(task.name, task) for task in before] + list(again.values())


def _task(told: dict[str, Any]) -> Task:
    fields = {name: value for name, value in told.items() if name != "met"}
    peers = tuple(map(peer_of, told["peers"]))
    parts = tuple(Timing(**part) for part in told["parts"])
    return Task(**{**fields, "ours": peer_of(told["ours"]), "peers": peers, "parts": parts})


def peer_of(told: dict[str, Any]) -> Peer:
    """Read back what was written of a peer."""
    return Absent(**told) if "why" in told else Timing(**told)


def markdown(header: Row, body: Sequence[Row]) -> str:
    """Lay out a Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ("---",) * len(header), *body))


def figures(peer: Peer) -> Row:
    """Give who, seconds, processor seconds and MiB."""
    if isinstance(peer, Absent):
        return peer.who, "-", "-", "-"
    more = "over " if peer.stopped else ""
    memory = "" if peer.mib is None else f"{peer.mib:,.0f}"
    return peer.who, f"{more}{_three(peer.seconds)}", f"{more}{_three(peer.cpu)}", memory


def _three(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def compared(ours: Peer, peer: Peer) -> str:
    """Say how many times as quick as the peer ours is, and in how much less memory."""
    if isinstance(ours, Absent) or isinstance(peer, Absent):
        return ""
    quick = f"{'over ' if peer.stopped else ''}{_ratio(peer.seconds / ours.seconds)}"
    if ours.mib is None or peer.mib is None:
        return quick
    memory = peer.mib / ours.mib
    return f"{quick}, {max(memory, 1 / memory):.2g} x {'less' if memory >= 1 else 'more'} memory"


def _ratio(ratio: float) -> str:
    times = max(ratio, 1 / ratio)
    if times < 1.05:
        return "as quick"
    shown = f"{times:,.0f}" if times >= 100 else f"{times:.2g}"
    return f"{shown} x as {'quick' if ratio >= 1 else 'slow'}"


def _target(task: Task) -> str:
    if task.target is None:
        return ""
    memory = f", {task.target_mib:g} MiB" if task.target_mib else ""
    verdict = {None: "not measured", True: "met", False: "not met"}[task.met]
    return f"{task.target:g} s{memory}: {verdict}"


def _said(peer: Peer, more: str = "") -> str:
    if isinstance(peer, Absent):
        said = f"left out: {peer.why}"
    else:
        stopped = f"stopped after {peer.cpu:.0f} s of processor time" if peer.stopped else ""
        said = "; ".join(part for part in (stopped, peer.says) if part)
    return ". ".join(part.rstrip(".") for part in (said, more) if part)


def told_load(where: dict[str, Any]) -> str:
    """Say what else the machine had to do."""
    return (
        f"Load average {where['load_before']} when it began and {where['load_after']} when it ended (of which 1 or so "
        "is the run itself): where there was other work, read processor seconds."
    )


def told_machine(where: dict[str, Any]) -> str:
    """Say what it ran on, in a sentence or two."""
    several = " Run in several goes, of which this is the last." if where.get("several_runs") else ""
    versions = ", ".join(f"{name} {number}" for name, number in {**where["libraries"], **where["r"]}.items())
    return (
        f"{where['cores']} cores ({where['architecture']}), {where['memory_gib']} GiB, Python {where['python']}, "
        f"{versions}. Medians of three runs or more when warm; of one where that takes long. MiB is the most that the "
        "process held, libraries included; without it, several were timed in one process. "
        f"{told_load(where)}{several}"
    )
