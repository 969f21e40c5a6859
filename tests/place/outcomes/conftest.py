"""One small world and one model of it for all tests that only look."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fodfaeste.place.outcomes import Model, train
from fodfaeste.place.outcomes.fitting import one_thread

# Test modules are imported by their path alone; the worlds that they share have to be found by name.
spec = importlib.util.spec_from_file_location("worlds", Path(__file__).parent / "worlds.py")
assert spec is not None
assert spec.loader is not None
worlds = importlib.util.module_from_spec(spec)
sys.modules["worlds"] = worlds
spec.loader.exec_module(worlds)


@pytest.fixture(autouse=True)
def _few_threads() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def small_world() -> worlds.World:  # type: ignore[name-defined]
    return worlds.world(1, households=900, places=12, place_sd=0.9)


@pytest.fixture(scope="session")
def model(small_world: worlds.World) -> Model:  # type: ignore[name-defined]
    return train(small_world.frames, ("work_24", "staying_24"), seed=1, kinds=("glm",))
