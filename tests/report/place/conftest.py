"""A small problem, its plan, all that is evaluated of it, and the report, once for all tests of this folder."""

import importlib.util
import sys
from pathlib import Path

import pytest

from fodfaeste.place import solve
from fodfaeste.report.place import content


def world():
    """Load the module beside this one that makes problems up; test modules are not importable by name."""
    place = Path(__file__).with_name("plan_world.py")
    spec = importlib.util.spec_from_file_location("plan_world", place)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make_town():
    """Make the problem, with changes."""
    return world().town


@pytest.fixture(scope="session")
def plan():
    return solve(world().town())


@pytest.fixture(scope="session")
def evaluation(plan):
    return world().evaluated(plan)


@pytest.fixture(scope="session")
def documents(plan, evaluation):
    found = content.find(plan, evaluation)
    return {lang: content.document(found, lang) for lang in ("da", "en")}
