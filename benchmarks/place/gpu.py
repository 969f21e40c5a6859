"""The price solver with scores read by a graphics card beside the processor of the same machine.

`python -m benchmarks place gpu` writes `place-gpu.md` and `place-gpu.json`. On a machine that has PyTorch and what
`fodfaeste.place` needs, and no more, `python -m benchmarks.place.gpu FOLDER` does so. Without a card it says so and
writes nothing.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.place.instances import Size, drawn, problem_of
from benchmarks.place.lp import price_bound
from fodfaeste.place import Goal, Problem, solve
from fodfaeste.place.prices.device import reader_on
from fodfaeste.place.prices.market import look, market_of
from fodfaeste.place.units import units_of

CASES = ((Size(22_000, 275), 1e-4), (Size(100_000, 275), 1e-4), (Size(1_000_000, 400), 1e-4))
LOW_RANK = ((Size(100_000, 1_500, rank=32), 1e-3), (Size(1_000_000, 11_000, rank=32), 1e-3))
SEED = 1


def measured(size: Size, gap: float, devices: tuple[str, ...]) -> list[dict[str, object]]:
    """Solve one instance on each device, once to load what it loads and once for the clock."""
    arrays = drawn(size)
    problem = problem_of(arrays)
    rows = []
    for device in devices:
        small = problem_of(drawn(replace(size, households=3_000)))
        solve(small, Goal(), gap=gap, seed=SEED, device=device, method="prices")
        began = time.perf_counter()
        plan = solve(problem, Goal(), gap=gap, seed=SEED, device=device)
        seconds = time.perf_counter() - began
        proof = plan.certificate
        rows.append(
            {
                "what": f"{size}, gap {gap * 100:g} %",
                "device": device,
                "seconds": seconds,
                "one read": one_read(problem, device),
                "reads": proof.reads,
                "gap": proof.gap,
                "value": proof.value,
                "bound": proof.bound,
                "unplaced": int((plan.place < 0).sum()),
                "bound by other code": price_bound(arrays, proof.prices) if size.rank is None else None,
            }
        )
        print(rows[-1], flush=True)
    return rows


def one_read(problem: Problem, device: str) -> float:
    """Time one pass over all scores, at no prices."""
    units = units_of(problem, Goal())
    market = market_of(units, Goal(), 4.0, 1.0, reader_on(device, units.scores, units.allowed))
    began = time.perf_counter()
    look(market, np.zeros(market.most.shape), np.full(market.sizes.shape[0], 1e-3), 32)
    return time.perf_counter() - began


def table(rows: list[dict[str, object]], where: str) -> str:
    """Write the figures as a Markdown table."""
    lines = [
        f"{where}. Only the passes over all scores go to the card; one read is one of these. One run each, after a "
        "small one of the same kind.",
        "",
        "| what | read by | seconds | one read, seconds | reads | gap | value |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['what']} | {row['device']} | {row['seconds']:.3g} | {row['one read']:.3g} | {row['reads']:.3g} | "
        f"{100 * float(str(row['gap'])):.2g} % | {row['value']:.8g} |"
        for row in rows
    ]
    return "\n".join([*lines, ""])


def main(folder: Path, device: str = "cuda") -> int:
    """Measure all cases and write them down; 2 where there is no card, or no PyTorch."""
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: pip install torch.", file=sys.stderr)
        return 2
    if device == "cuda" and not torch.cuda.is_available():
        print("PyTorch sees no card on this machine.", file=sys.stderr)
        return 2
    card = torch.cuda.get_device_name(0) if device == "cuda" else platform.processor()
    where = f"{card}, {os.cpu_count()} cores, Python {platform.python_version()}, PyTorch {torch.__version__}"
    rows: list[dict[str, object]] = []
    for size, gap in (*CASES, *LOW_RANK):
        rows += measured(size, gap, ("cpu", device))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "place-gpu.json").write_text(json.dumps({"where": where, "rows": rows}, indent=1) + "\n", "utf-8")
        (folder / "place-gpu.md").write_text(table(rows, where), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:3]))
