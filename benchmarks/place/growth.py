"""How our cost grows with households x places; the chart is drawn from the figures with the documentation."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks import told
from benchmarks.place import ours
from benchmarks.place.cases import OUR_WALL, OURS
from benchmarks.place.instances import Size
from benchmarks.place.run import instance_for
from benchmarks.timing import IN_MEMORY, Peer, alone

TABLE, FACTORS = "scores in a table", "scores of rank 32"
GAP = 1e-3
"""What `solve` is asked for unless told otherwise; a smaller one is closed by a search tree in small problems."""
CURVES: Mapping[str, tuple[Size, ...]] = {
    TABLE: (
        Size(2_000, 98),
        Size(5_000, 98),
        Size(10_000, 275),
        Size(22_000, 275),
        Size(100_000, 275),
        Size(300_000, 400),
        Size(1_000_000, 400),
    ),
    FACTORS: (
        Size(10_000, 1_100, rank=32),
        Size(50_000, 2_200, rank=32),
        Size(200_000, 5_500, rank=32),
        Size(1_000_000, 11_000, rank=32),
    ),
}
HEADER = ("what", "households x places", "seconds", "CPU s", "MiB", "CPU ns a pair", "gap", "scores read")


def run(results: Path, *, again: bool = False) -> None:
    """Measure what is missing of the curves, or everything `again`; write `place-growth.json` and `place-growth.md`."""
    file = results / "place-growth.json"
    points = [] if again or not file.exists() else json.loads(file.read_text(encoding="utf-8"))["points"]
    before = os.getloadavg()[0]
    with Console(stderr=True).status("") as status:
        for curve, sizes in CURVES.items():
            for size in sizes:
                if any((one["curve"], one["households"], one["places"]) == _key(curve, size) for one in points):
                    continue
                status.update(f"{curve}, {size}")
                points.append(point(curve, size, _measured(size)))
                write(points, told.machine((before, os.getloadavg()[0])), results)
    print((results / "place-growth.md").read_text(encoding="utf-8"))


def _key(curve: str, size: Size) -> tuple[str, int, int]:
    return curve, size.households, size.places


def _measured(size: Size) -> Peer:
    with instance_for(size) as folder:
        limits: dict[str, Any] = {"limits": IN_MEMORY, "wall": OUR_WALL}
        return alone(OURS, ours.cold, folder, f"{GAP:g}", by="benchmarks.place.alone", **limits)


def point(curve: str, size: Size, measured: Peer) -> dict[str, Any]:
    """Give a point of a curve as plain values."""
    return {"curve": curve, "households": size.households, "places": size.places, **asdict(measured)}


def write(points: list[dict[str, Any]], where: dict[str, Any], results: Path) -> None:
    """Write the figures and a table of them."""
    figures = json.dumps({"machine": where, "points": points}, ensure_ascii=False, indent=2)
    (results / "place-growth.json").write_text(f"{figures}\n", encoding="utf-8")
    says = (
        f"`place.solve` to a gap of {GAP * 100:g} %, in a process of its own; medians of three runs or more, of one "
        "where it takes 8 s of processor time. MiB is the most that the process held, what it had mapped of the scores "
        "included. Run by "
        f"`python -m benchmarks place growth`. {told.told_load(where)}"
    )
    table = told.markdown(HEADER, [row(one) for one in points])
    (results / "place-growth.md").write_text(f"{says}\n\n{table}\n\n{powers(points)}\n", encoding="utf-8")


def powers(points: Sequence[Mapping[str, Any]]) -> str:
    """Say with which power of the pairs processor time grows, by least squares on logarithms: 1 is in step."""
    said = []
    for curve in CURVES:
        there = [one for one in points if one["curve"] == curve and "cpu" in one and not one["stopped"]]
        if len(there) > 1:
            pairs = np.log([one["households"] * one["places"] for one in there])
            power = np.polyfit(pairs, np.log([one["cpu"] for one in there]), 1)[0]
            said.append(f"{power:.2f} ({curve})")
    return (
        f"Processor time grows with the pairs to the power of {', '.join(said)}." if said else "Nothing to compare yet."
    )


def row(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Lay out a point."""
    size = f"{one['households']:,} x {one['places']:,}"
    if "why" in one:
        return one["curve"], size, "-", "-", "-", "-", "-", one["why"]
    per_pair = one["cpu"] / (one["households"] * one["places"]) * 1e9
    answer = one["answer"] or {}
    gap = f"{answer['gap'] * 100:.2g} %" if answer else "-"
    figures = (f"{one['seconds']:.3g}", f"{one['cpu']:.3g}", f"{one['mib'] or 0:,.0f}", f"{per_pair:.3g}")
    return one["curve"], size, *figures, gap, f"{answer['reads']:.3g}" if answer else "-"
