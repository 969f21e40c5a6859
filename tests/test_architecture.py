"""What a room loads when it is imported; who may import whom is import-linter's to check."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    """Top-level names of all modules in memory after a fresh Python imported `module`."""
    code = f"import sys, json, {module}; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "room", ["fodfaeste", "fodfaeste.tables", "fodfaeste.data.report2002", "fodfaeste.measure", "fodfaeste.plan"]
)
def test_a_room_of_figures_loads_neither_web_nor_charts_nor_cluster(room: str) -> None:
    assert loaded_by(room) & {"django", "altair", "vl_convert", "typst", "pyspark", "pandas"} == set()


def test_the_command_line_loads_nothing_heavy_before_a_command_asks_for_it() -> None:
    heavy = {"numpy", "scipy", "numba", "polars", "altair", "vl_convert", "typst", "babel", "xlsxwriter"}
    assert loaded_by("fodfaeste.cli") & heavy == set()
