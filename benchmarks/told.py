"""Benchmarks told: on the screen, as Markdown, as JSON. No day and no machine's name in any of them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.timing import Task, Timing

LIBRARIES = ("fodfaeste", "numpy", "scipy", "numba", "polars", "pandas", "statsmodels", "highspy")
HEADER = ("what", "who", "seconds", "CPU s", "ours is", "target", "says")
WIDTHS = (36, 9, 9, 18, 13, 60)


def machine(load: Sequence[float]) -> dict[str, Any]:
    """Describe what it ran on; `load` is the load average when it began and when it ended."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "load_before": round(load[0], 1),
        "load_after": round(load[1], 1),
    }


def rows(task: Task) -> Iterator[tuple[str, ...]]:
    """Give a row a timing, ours first; "ours is" says how many times as quick as the peer ours is."""
    yield task.ours.who, *_seconds(task.ours), "", _target(task), _said(task.ours, task.says)
    for peer in task.peers:
        yield peer.who, *_seconds(peer), _ratio(peer.seconds / task.ours.seconds), "", _said(peer)


def show(tasks: Sequence[Task], where: dict[str, Any]) -> None:
    """Print a small table a task."""
    console = Console()
    for task in tasks:
        table = Table(title=task.name, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for name, width in zip(HEADER[1:], WIDTHS, strict=True):
            table.add_column(name, width=width, justify="right" if name in ("seconds", "CPU s") else "left")
        for row in rows(task):
            table.add_row(*row)
        console.print(table, "")
    console.print(_where(where))


def write(tasks: Sequence[Task], where: dict[str, Any], folder: Path) -> None:
    """Write `measure.json` and `measure.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"machine": where, "tasks": [{**asdict(task), "met": task.met} for task in tasks]}
    (folder / "measure.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    said = [(task.name if first == 0 else "", *row) for task in tasks for first, row in enumerate(rows(task))]
    lines = [HEADER, ("---",) * len(HEADER), *said]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    (folder / "measure.md").write_text(f"{_where(where)}\n\n{table}\n", encoding="utf-8")


def _seconds(timing: Timing) -> tuple[str, str]:
    return f"{timing.seconds:.3g}", f"{timing.cpu:.3g}"


def _ratio(ratio: float) -> str:
    times = max(ratio, 1 / ratio)
    if times < 1.05:
        return "as quick"
    shown = f"{times:,.0f}" if times >= 100 else f"{times:.2g}"
    return f"{shown} x as {'quick' if ratio >= 1 else 'slow'}"


def _target(task: Task) -> str:
    if task.target is None:
        return ""
    return f"{task.target:g} s: {'met' if task.met else 'not met'}"


def _said(timing: Timing, more: str = "") -> str:
    memory = f"{timing.mib:.0f} MiB at most" if timing.mib else ""
    said = "; ".join(part for part in (timing.says, memory) if part)
    return ". ".join(part for part in (said, more) if part)


def _where(where: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in where["libraries"].items())
    return (
        f"{where['cores']} cores ({where['architecture']}), {where['memory_gib']} GiB, Python {where['python']}, "
        f"{versions}. Medians of three runs or more in a warm process, fresh processes of fewer. Load average "
        f"{where['load_before']} when it began and {where['load_after']} when it ended (of which 1 or so is the run "
        "itself)."
    )
