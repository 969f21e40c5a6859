"""Registers as drawn tables, and the generator of broken ones under the name `broken`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fodfaeste.data.engine import DuckEngine

_place = Path(__file__).parents[1] / "broken.py"
_spec = importlib.util.spec_from_file_location("broken", _place)
broken = importlib.util.module_from_spec(_spec)
sys.modules["broken"] = broken
_spec.loader.exec_module(broken)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a register of drawn tables; who is not drawn was born in 1970 and arrived on 1999-01-01."""

    def written(suffix: str = ".csv", name: str = "register", **tables: str) -> Path:
        whole = broken.sound(1, persons=0)
        whole |= {name: broken.drawn(text) for name, text in tables.items()}
        if "persons" not in tables:
            spells = [*whole["residence_spells"], *whole["employment_spells"]]
            for person in dict.fromkeys(spell["person"] for spell in spells):
                broken.stay(whole | {"residence_spells": []}, person=person)
        return broken.write(whole, tmp_path / name, suffix)

    return written


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    """One DuckDB for all tests that do not close it."""
    with DuckEngine(tmp_path_factory.mktemp("work")) as opened:
        yield opened
