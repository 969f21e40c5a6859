"""Peers in R: scripts of `benchmarks/peers`, each in a process of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from benchmarks.timing import Absent, Peer, Timing, run

SCRIPTS = Path(__file__).parent / "peers"


def in_r(who: str, script: str, *arguments: object, says: str = "") -> Peer:
    """Time what a script of `benchmarks/peers` does once it has read its CSV file; `who` is package::function."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return Absent(who, "R is not installed")
    command = [rscript, "--vanilla", str(SCRIPTS / script), str(SCRIPTS), *map(str, arguments)]
    found = run(command, who)
    return replace(found, says=says) if isinstance(found, Timing) else found
