"""A run that is interrupted leaves nothing behind but finished steps, and the next one goes on from there."""

import os
import re
import stat
from contextlib import contextmanager
from pathlib import Path

import pytest

from fodfaeste.data.register import open_register
from fodfaeste.errors import Refused
from fodfaeste.report import register
from fodfaeste.report.document import Column, Document, Section, Table
from fodfaeste.report.register import content, tables

CELLS = ("status", "moves", "histories", "work", "support", "destinations", "employment", "indicators")
TABLE = Table("t", "T", (Column("a"), Column("b", "count")), (("x", 1),), "From 1 person.")
TINY = Document("en", "Tiny", "A report of one table", (Section("one", "One", (TABLE,)),))


class Stop:
    """Listens to progress and interrupts, as Ctrl-C does, at the step that it is told."""

    def __init__(self, at=None):
        self.at, self.heard = at, []

    def __call__(self, doing, share):
        self.heard.append((doing, share))
        if doing == self.at:
            raise KeyboardInterrupt


def left(out):
    """Name what lies in and beside `out`, but the steps."""
    return sorted(path.name for path in out.parent.iterdir() if not path.name.startswith(f".{out.name}-steps-"))


def steps(out):
    return sorted(out.parent.glob(f".{out.name}-steps-*"))


def plain(file):
    """Read a page or a table; the drawing engine numbers clips through a process, which says nothing."""
    return re.sub(r"\bclip\d+|(?<=-)clip\d+", "clip", file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def opened(source, tmp_path_factory):
    with open_register(source, work=tmp_path_factory.mktemp("opened")) as one:
        yield one


@pytest.fixture
def quick(opened, monkeypatch):
    """Count for real, but open the register once for all, and tell one table; returns what the engine was asked."""
    asked = []
    fetch, keep = opened.engine.fetch, opened.engine.keep

    @contextmanager
    def open_again(_source, *, engine, work, progress):
        progress("check persons", 0.0)
        opened.engine.work = work
        yield opened

    monkeypatch.setattr("fodfaeste.data.register.open_register", open_again)
    monkeypatch.setattr(opened.engine, "fetch", lambda table: asked.append("fetch") or fetch(table), raising=False)
    monkeypatch.setattr(
        opened.engine, "keep", lambda name, table: asked.append(name) or keep(name, table), raising=False
    )

    def find(found, progress):
        progress("compute arrivals", 0.0)
        return found

    monkeypatch.setattr(content, "find", find)
    monkeypatch.setattr(content, "document", lambda _found, _lang: TINY)
    return asked


STEPS = ("check persons", *(f"count {name}" for name in CELLS), "compute arrivals", "pages")


@pytest.mark.parametrize("at", STEPS)
def test_an_interrupt_leaves_what_was_there_and_nothing_half_written(source, quick, tmp_path, at):
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("yesterday's", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        register.write(source, out, ["en"], progress=Stop(at))
    assert left(out) == ["out"]
    assert [path.name for path in out.iterdir()] == ["report.html"]
    assert (out / "report.html").read_text(encoding="utf-8") == "yesterday's"
    assert not list(tmp_path.rglob("*.part"))


def test_after_one_interrupt_a_step_no_step_is_done_twice(source, quick, tmp_path, monkeypatch):
    out = tmp_path / "out"
    written = []
    kept = tables._kept

    def counted(path, expression, engine):
        if not path.exists():
            written.append(path.stem)
        return kept(path, expression, engine)

    monkeypatch.setattr(tables, "_kept", counted)
    for at in STEPS:
        with pytest.raises(KeyboardInterrupt):
            register.write(source, out, ["en"], progress=Stop(at))
    files = register.write(source, out, ["en"])
    assert written == list(CELLS)
    assert quick.count("first_stays") == 1
    assert {path.name for path in files} >= {"report.html", "report.pdf", "report.xlsx", "t.csv", "datapackage.json"}
    assert steps(out) == []


def test_the_steps_are_readable_by_their_owner_alone_and_gone_at_the_end(source, quick, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        register.write(source, out, ["en"], progress=Stop("compute arrivals"))
    (room,) = steps(out)
    assert stat.S_IMODE(room.stat().st_mode) == 0o700
    assert {path.stem for path in (room / "cells").glob("*.parquet")} == set(CELLS)
    register.write(source, out, ["en"])
    assert left(out) == ["out"]
    assert steps(out) == []


def test_a_register_that_has_changed_is_counted_afresh(world, raw, quick, tmp_path):
    folder, out = world.write(raw, tmp_path / "register"), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        register.write(folder, out, ["en"], progress=Stop("compute arrivals"))
    (before,) = steps(out)
    file = folder / "persons.csv"
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 10**9))
    with pytest.raises(KeyboardInterrupt):
        register.write(folder, out, ["en"], progress=Stop("compute arrivals"))
    (after,) = steps(out)
    assert before != after
    assert quick.count("first_stays") == 2


def test_steps_of_a_database_file_follow_the_file_and_those_of_a_server_are_never_used_again(tmp_path):
    file, out = tmp_path / "register.duckdb", tmp_path / "out"
    file.write_bytes(b"one")
    address = f"duckdb://{file}"
    first = register._room(address, out, "duckdb")
    assert register._room(address, out, "duckdb") == first
    file.write_bytes(b"another")
    assert register._room(address, out, "duckdb") != first
    server = "postgres://reader@host/register"
    assert register._room(server, out, "duckdb") != register._room(server, out, "duckdb")


def test_what_cannot_be_measured_leaves_no_steps_with_personal_data(source, quick, tmp_path, monkeypatch):
    def find(_found, _progress):
        raise Refused("It would mislead.")

    monkeypatch.setattr(content, "find", find)
    with pytest.raises(Refused):
        register.write(source, tmp_path / "out", ["en"])
    assert list(tmp_path.iterdir()) == []


def test_the_edition_to_be_published_is_protected_before_anything_is_computed(source, quick, tmp_path, monkeypatch):
    protected = []
    monkeypatch.setattr(
        "fodfaeste.report.register.publication.for_publication", lambda found: protected.append(found) or found
    )
    listener = Stop()
    register.write(source, tmp_path / "out", ["en"], publish=True, progress=listener)
    heard = [doing for doing, _ in listener.heard]
    assert len(protected) == 1
    assert heard.index("protect small counts") < heard.index("compute arrivals")


def test_another_engine_does_not_use_the_steps_of_the_first(source, tmp_path):
    out = tmp_path / "out"
    assert register._room(source, out, "duckdb") != register._room(source, out, "local")


def test_with_two_languages_each_has_its_own_folder_and_progress_only_grows(source, quick, tmp_path):
    listener = Stop()
    files = register.write(source, tmp_path / "out", ["da", "en"], progress=listener)
    assert {path.relative_to(tmp_path / "out").parts[0] for path in files} == {"da", "en"}
    shares = [share for _, share in listener.heard]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] < 1


@pytest.mark.long
def test_resumed_for_real_the_report_is_the_one_of_a_single_run(source, written, tmp_path):
    out = tmp_path / "full"
    with pytest.raises(KeyboardInterrupt):
        register.write(source, out, ["da"], progress=Stop("count support"))
    files = register.write(source, out, ["da"])
    for file in (out / "report.html", *out.glob("tables/*"), *out.glob("charts/*.svg")):
        assert plain(file) == plain(Path(written.full) / file.relative_to(out)), file.name
    assert {path.relative_to(out) for path in files} == {
        path.relative_to(written.full) for path in Path(written.full).rglob("*") if path.is_file()
    }
    assert steps(out) == []
