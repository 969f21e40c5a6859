"""A PostgreSQL of its own for tests: in a temporary folder, from the server's binaries where they are installed.

    with cluster() as address:      # postgresql://owner@/fodfaeste?host=FOLDER, or None where there is no server
        ...

It listens on a socket in its folder alone, runs as somebody else where we are root (a server refuses to be), and is
stopped and taken away in the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BINARIES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt/postgresql")
OWNER, NAME = "owner", "fodfaeste"
OPTIONS = ("-c", "listen_addresses=")
# Nothing is to survive: so nothing is waited for to reach the disk.
FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


def binaries() -> Path | None:
    """Find the folder of the newest server that is installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [file.parent for root in BINARIES for file in Path(root).glob("**/bin/initdb")]
    return max(folders, key=_version, default=None)


def _version(folder: Path) -> tuple[int, ...]:
    digits = [part for part in folder.parent.name.split(".") if part.isdigit()]
    return tuple(map(int, digits))


@contextmanager
def cluster(*, lasting: bool = False) -> Iterator[str | None]:
    """Start a server and give its address; None where none is installed. A `lasting` one waits for the disk."""
    server = binaries()
    if server is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="fodfaeste-pg-"))
    user = _other_user(folder)
    try:
        data = folder / "data"
        _run([server / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"], user)
        options = [*OPTIONS, *(() if lasting else FORGETFUL), "-k", str(folder)]
        started = ["-D", data, "-w", "-o", " ".join(options), "-l", folder / "log", "start"]
        _run([server / "pg_ctl", *started], user)
        try:
            _run([server / "createdb", "-h", folder, "-U", OWNER, NAME], user)
            yield f"postgresql://{OWNER}@/{NAME}?host={folder}"
        finally:
            _run([server / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> str | None:
    """Name who the server runs as where we are root, and let them into the folder."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return name
    raise SystemExit("Nobody but root is known here, and PostgreSQL refuses to run as root.")


def _run(command: Sequence[str | Path], user: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        list(map(str, command)), user=user, env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{Path(str(command[0])).name} failed: {done.stderr.strip() or done.stdout.strip()}")
