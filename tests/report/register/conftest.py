"""The small register counted, computed and told once for all tests of this folder."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from fodfaeste.data.register import open_register
from fodfaeste.report.folder import write_document
from fodfaeste.report.register import content
from fodfaeste.report.register.publication import for_publication
from fodfaeste.report.register.tables import gather

LANGS, EDITIONS = ("da", "en"), ("full", "public")


def silent(_doing, _share):
    """Take progress and say nothing."""


def _world():
    """Load the made-up register beside this file; tests are no package."""
    place = Path(__file__).with_name("world.py")
    spec = importlib.util.spec_from_file_location("register_world", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("register_world", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def world():
    return _world()


@pytest.fixture(scope="session")
def raw(world):
    return world.register()


@pytest.fixture(scope="session")
def source(world, raw, tmp_path_factory):
    return world.write(raw, tmp_path_factory.mktemp("register"))


@pytest.fixture(scope="session")
def count(tmp_path_factory):
    """Count a register's tables from its folder."""

    def counted(folder):
        work = tmp_path_factory.mktemp("work")
        with open_register(folder, work=work) as opened:
            return gather(opened, work / "cells", silent)

    return counted


@pytest.fixture(scope="session")
def tables(count, source):
    return count(source)


@pytest.fixture(scope="session")
def published(tables):
    return for_publication(tables)


@pytest.fixture(scope="session")
def findings(tables, published):
    return {"full": content.find(tables, silent), "public": content.find(published, silent)}


@pytest.fixture(scope="session")
def documents(findings):
    return {(name, lang): content.document(found, lang) for name, found in findings.items() for lang in LANGS}


@pytest.fixture(scope="session")
def written(documents, tmp_path_factory):
    """Each edition as its readers get it, the full one in Danish and the public one in English."""
    folder = tmp_path_factory.mktemp("written")
    write_document(documents["full", "da"], folder / "full", silent, csv=True)
    write_document(documents["public", "en"], folder / "public", silent, csv=True)
    return SimpleNamespace(full=folder / "full", public=folder / "public")
